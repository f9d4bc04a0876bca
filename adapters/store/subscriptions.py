"""Subscriptions: their records, how they changed, and what of the schedule was planned. State, one entity.

All lies below one hash tag, so that a number is given, a twin refused and a change written down in one step. A record's
revision is the place of its last change among all changes: who knows a revision can ask for what is newer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import TYPE_CHECKING, Final, Literal, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adapters.store.connection import Connection

T = TypeVar("T")

MOST_NOTES: Final = 10_000
"""Notes of changes that are kept, some 400 bytes each."""

_BATCH: Final = 1_000  # records or dues at a time, so that nobody waits long for the server

_RECORDS: Final = "vllm-digest:{subscriptions}"
_STATE: Final = f"{_RECORDS}:state"
_CHANGES: Final = f"{_RECORDS}:changes"
_TWINS: Final = f"{_RECORDS}:twins"
_AUDIT: Final = f"{_RECORDS}:audit"
_PLANNED: Final = f"{_RECORDS}:planned"
_HALTS: Final = f"{_RECORDS}:halts"
_WRITTEN: Final = (_STATE, _RECORDS, _CHANGES, _TWINS, _AUDIT)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)

# What is sent again because its reply was lost is told what it did and is not applied twice, even if others changed
# something in between: the last 256 changes or so are remembered, more than there are in the seconds for which a
# command is sent again. It writes something then too, see `Connection.call_durably`.
_ONCE: Final = """
local done = redis.call('HGET', KEYS[1], 'done') or ''
local did = string.match(done, ARGV[1] .. '=([^;]*);')
if did then
    redis.call('HSET', KEYS[1], 'done', done)
    return did
end
local function finish(about, note, reply)
    redis.call('HSET', KEYS[1], 'done', string.sub(done .. ARGV[1] .. '=' .. reply .. ';', -8192))
    redis.call('LPUSH', KEYS[5], about .. ' ' .. note)
    redis.call('LTRIM', KEYS[5], 0, MOST_NOTES - 1)
    return reply
end
local function changed(id)
    redis.call('ZADD', KEYS[3], redis.call('HINCRBY', KEYS[1], 'sequence', 1), id)
end
local function claim(id, twin)
    local had = redis.call('HGET', KEYS[4], 'of ' .. id)
    if had == twin then return end
    if had then redis.call('HDEL', KEYS[4], had, 'of ' .. id) end
    if twin ~= '' then redis.call('HSET', KEYS[4], twin, id, 'of ' .. id, twin) end
end
""".replace("MOST_NOTES", str(MOST_NOTES))

_ADD: Final = (
    _ONCE
    + """
local first = redis.call('HGET', KEYS[4], ARGV[4])
if first then return {first} end
local id = ARGV[2] .. redis.call('HINCRBY', KEYS[1], 'number', 1)
redis.call('HSET', KEYS[2], id, ARGV[3])
claim(id, ARGV[4])
changed(id)
return finish(id, ARGV[5], id)
"""
)
_CHANGE: Final = (
    _ONCE
    + """
local id = ARGV[2]
if (redis.call('ZSCORE', KEYS[3], id) or '0') ~= ARGV[3] then return {} end
local first = redis.call('HGET', KEYS[4], ARGV[5])
if first and first ~= id then return {first} end
redis.call('HSET', KEYS[2], id, ARGV[4])
claim(id, ARGV[5])
changed(id)
return finish(id, ARGV[6], id)
"""
)
_HALT: Final = (
    _ONCE
    + """
if redis.call('HSETNX', KEYS[6], ARGV[2], ARGV[3]) == 0 then return {} end
return finish(ARGV[2], ARGV[4], 'halted')
"""
)
_LIFT: Final = (
    _ONCE
    + """
if redis.call('HDEL', KEYS[6], ARGV[2]) == 0 then return {} end
return finish(ARGV[2], ARGV[3], 'lifted')
"""
)
_CHANGE_HALT: Final = """
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then redis.call('HSET', KEYS[1], ARGV[1], ARGV[2]) end
"""
_CHANGED: Final = """
local sequence = redis.call('HGET', KEYS[1], 'sequence') or '0'
local since = tonumber(ARGV[1]) > tonumber(sequence) and '0' or ARGV[1]
local found = redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. since, '+inf', 'WITHSCORES', 'LIMIT', 0, ARGV[2])
local reply = {sequence}
for at = 1, #found, 2 do
    for _, part in ipairs({found[at], found[at + 1], redis.call('HGET', KEYS[2], found[at])}) do
        reply[#reply + 1] = part
    end
end
return reply
"""
_REMOVE: Final = """
for _, id in ipairs(ARGV) do
    local twin = redis.call('HGET', KEYS[4], 'of ' .. id)
    if twin then redis.call('HDEL', KEYS[4], twin, 'of ' .. id) end
    redis.call('HDEL', KEYS[2], id)
    redis.call('ZREM', KEYS[3], id)
    redis.call('HDEL', KEYS[6], id)
end
"""
_FORGET: Final = """
local gone = {}
for _, id in ipairs(ARGV) do gone[id] = true end
local kept = {}
local count = 0
for _, note in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
    if gone[string.match(note, '^%S+')] then count = count + 1 else kept[#kept + 1] = note end
end
if count == 0 then return 0 end
redis.call('DEL', KEYS[1])
for _, note in ipairs(kept) do redis.call('RPUSH', KEYS[1], note) end
return count
"""
_PLAN: Final = """
for at = 1, #ARGV, 2 do
    local had = redis.call('HGET', KEYS[2], ARGV[at])
    if (not had or tonumber(had) < tonumber(ARGV[at + 1])) and redis.call('HEXISTS', KEYS[1], ARGV[at]) == 1 then
        redis.call('HSET', KEYS[2], ARGV[at], ARGV[at + 1])
    end
end
"""
_REPLAN: Final = """
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return end
local known = redis.call('HGET', KEYS[2], ARGV[1])
if not known or tonumber(known) > tonumber(ARGV[2]) then redis.call('HSET', KEYS[2], ARGV[1], ARGV[2]) end
"""


@dataclass(frozen=True, slots=True)
class Stored:
    """A record. revision: the place of its last change among all changes."""

    id: str
    revision: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a change. id: of what was changed. twin: of the record that is in the way, "" where the change was
    made. on_disk: whether it outlives the server's machine."""

    id: str = ""
    twin: str = ""
    on_disk: bool = True


class Subscriptions:
    """Records by id ("s3", "w4": one count for both). What they hold, their notes and halts are the caller's own bytes.
    Every method raises StoreError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, kind: Literal["s", "w"], data: bytes, *, twin: str, note: bytes) -> Written:
        """Keep a new record under the next number, unless there is one with the same twin."""
        return await self._write(_ADD, kind, data, twin, note)

    async def load(self, *ids: str) -> list[Stored | None]:
        """None for each that there is none of."""
        # the revision first: one that is older than its record is refused when the record is changed
        asked = [(("ZSCORE", _CHANGES, id_), ("HGET", _RECORDS, id_)) for id_ in ids]
        replies = await self._connection.call_many([command for pair in asked for command in pair])
        return [
            None if revision is None or data is None else Stored(id_, int(revision), data)
            for id_, revision, data in zip(ids, replies[::2], replies[1::2], strict=True)
        ]

    async def change(self, stored: Stored, data: bytes, *, twin: str, note: bytes) -> Written | None:
        """Put it in the place of what was loaded, unless another one has the same twin; None where that has changed.
        twin: "" for one that is in nobody's way."""
        written = await self._write(_CHANGE, stored.id, stored.revision, data, twin, note)
        return written if written.id or written.twin else None

    async def changed(self, since: int) -> tuple[int, list[Stored]]:
        """The place of the last change, and what has changed after the place `since`, in that order; all where that is
        0 or lies ahead, as in the place of a store that was lost."""
        found: list[Stored] = []
        while True:
            sequence, *parts = await self._connection.call(
                "EVAL", _CHANGED, 3, _STATE, _RECORDS, _CHANGES, since, _BATCH
            )
            page = [
                Stored(id_.decode(), int(revision), data)
                for id_, revision, data in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
            ]
            found += page
            if len(page) < _BATCH:
                return int(sequence), found
            since = page[-1].revision

    async def remove(self, *ids: str) -> None:
        """Drop them without a trace; whoever asks for changes is not told."""
        for part in _parts(ids):
            await self._connection.call("EVAL", _REMOVE, 6, *_WRITTEN, _PLANNED, *part)

    async def notes(self, start: int, count: int) -> list[tuple[str, bytes]]:
        """The notes of changes with the ids of what was changed, the newest first, from the place `start` on."""
        notes = await self._connection.call("LRANGE", _AUDIT, start, start + count - 1)
        return [(id_.decode(), data) for id_, _, data in (note.partition(b" ") for note in notes)]

    async def forget_notes(self, *ids: str) -> int:
        """Drop the notes of these; how many there were."""
        return int(await self._connection.call("EVAL", _FORGET, 1, _AUDIT, *ids)) if ids else 0

    async def planned(self) -> Mapping[str, datetime]:
        """The last due that was planned, by id."""
        reply: dict[bytes, bytes] = await self._connection.call("HGETALL", _PLANNED)
        return {id_.decode(): _EPOCH + int(at) * _MICROSECOND for id_, at in reply.items()}

    async def set_planned(self, at: Mapping[str, datetime]) -> None:
        """What is later already stays."""
        for part in _parts(list(at.items())):
            values = [word for id_, due in part for word in (id_, (due - _EPOCH) // _MICROSECOND)]
            await self._connection.call("EVAL", _PLAN, 2, _RECORDS, _PLANNED, *values)

    async def replan(self, id_: str, at: datetime) -> None:
        """It was planned up to there and no further."""
        micros = (at - _EPOCH) // _MICROSECOND
        await self._connection.call("EVAL", _REPLAN, 2, _RECORDS, _PLANNED, id_, micros)

    async def forget_note(self, id_: str, data: bytes) -> None:
        """Drop one note."""
        await self._connection.call("LREM", _AUDIT, 0, id_.encode() + b" " + data)

    async def halt(self, scope: str, data: bytes, *, note: bytes) -> bool:
        """Keep that it is halted; False where it was already, which stays as it is."""
        return bool((await self._write(_HALT, scope, data, note, also=_HALTS)).id)

    async def change_halt(self, scope: str, data: bytes) -> None:
        """Put that in its place; nothing is stopped that was not."""
        await self._connection.call("EVAL", _CHANGE_HALT, 1, _HALTS, scope, data)

    async def lift(self, scope: str, *, note: bytes) -> bool:
        """Whether it was halted."""
        return bool((await self._write(_LIFT, scope, note, also=_HALTS)).id)

    async def halts(self) -> Mapping[str, bytes]:
        """What is halted, by scope."""
        reply: dict[bytes, bytes] = await self._connection.call("HGETALL", _HALTS)
        return {scope.decode(): data for scope, data in reply.items()}

    async def _write(self, script: str, *values: str | int | bytes, also: str = _PLANNED) -> Written:
        reply, on_disk = await self._connection.call_durably(
            "EVAL", script, 6, *_WRITTEN, also, token_hex(8), *values
        )
        if isinstance(reply, bytes):
            return Written(reply.decode(), on_disk=on_disk)
        return Written(twin=reply[0].decode() if reply else "")


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]
