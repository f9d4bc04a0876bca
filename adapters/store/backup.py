"""Backups: all state and expiring state of a store into a file, and back into any other store.

Leases, jobs, turns and what was handled are of the moment, and what is cached can be had again: neither is in it. Keys
that share a hash tag are read at one moment; the others while the bot goes on, so they may be of different ones.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from redis.crc import key_slot

from adapters.store import backup_file
from adapters.store.backup_file import Entry, Header, Writer, read_header
from adapters.store.forget import Forget
from adapters.store.versions import OF_THE_MOMENT, PREFIX, RESTORING, SCHEMA, is_half, kind_of, read_version
from summarizer.errors import BadInput, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from adapters.store.connection import Command, Connection

    Progress = Callable[[int, int], None]
    """How many keys are done, and of how many."""

SECRETS: Final = frozenset({"workspaces"})
"""Kinds of keys that are in one only where somebody asks for them. They are sealed, there too."""

AT_ONCE: Final = 200  # keys; a digest has some hundred kilobytes

# HGETALL and its like give pairs, which for a sorted set are the wrong way round for ZADD
_READ: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local found = {}
for _, key in ipairs(KEYS) do
    local kind, items = redis.call('TYPE', key).ok, false
    if kind == 'hash' then items = redis.call('HGETALL', key)
    elseif kind == 'set' then items = redis.call('SMEMBERS', key)
    elseif kind == 'list' then items = redis.call('LRANGE', key, 0, -1)
    elseif kind == 'string' then items = {redis.call('GET', key)}
    elseif kind == 'zset' then
        items = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
        for at = 1, #items, 2 do items[at], items[at + 1] = items[at + 1], items[at] end
    end
    local left = redis.call('PTTL', key)
    found[#found + 1] = {kind, left < 0 and 0 or now + left, items}
end
return found
"""

# of each key come its type, when it expires, how many words it has, and these
_WRITE: Final = """
local verbs = {hash = 'HSET', set = 'SADD', list = 'RPUSH', string = 'SET', zset = 'ZADD'}
local at = 1
for _, key in ipairs(KEYS) do
    local verb, expires, first, last = verbs[ARGV[at]], ARGV[at + 1], at + 3, at + 2 + ARGV[at + 2]
    redis.call('DEL', key)
    for part = first, last, 5000 do
        redis.call(verb, key, unpack(ARGV, part, math.min(part + 4999, last)))
    end
    if expires ~= '0' then redis.call('PEXPIREAT', key, expires) end
    at = last + 1
end
return 1
"""


@dataclass(frozen=True, slots=True)
class Saved:
    """What went into a file or came from it. kinds: keys by kind. before: where what was there before lies now.
    on_disk: whether the server has written it to its disk."""

    path: Path
    header: Header
    kinds: Mapping[str, int]
    bytes: int
    before: Path | None = None
    on_disk: bool = True

    @property
    def keys(self) -> int:
        return sum(self.kinds.values())


async def save(
    connection: Connection, path: Path, *, schema: int, with_secrets: bool, progress: Progress
) -> Saved:
    """Write a backup, readable by its owner alone. The file is there whole or not at all.

    schema: of the store. Raises StoreError, and BadInput `backup.*` where the file cannot be written.
    """
    header = Header(schema, datetime.now(UTC).replace(microsecond=0), with_secrets)
    writer = await asyncio.to_thread(Writer, path, header)
    try:
        keys = await _keys(connection, with_secrets=with_secrets)
        kinds, done = Counter[str](), 0
        for batch in _batches(keys):
            found = await _read(connection, batch)
            await asyncio.to_thread(writer.put, found)
            kinds.update(kind_of(entry.key.decode()) for entry in found)
            done += sum(map(len, batch))
            progress(done, len(keys))
        size = await asyncio.to_thread(writer.finish)
    except BaseException:
        writer.abandon()
        raise
    return Saved(path, header, kinds, size)


async def load(connection: Connection, path: Path, *, known: int, replace: bool, progress: Progress) -> Saved:
    """Read a backup into a store, which must be empty; `replace`: or is saved beside the file first and emptied.

    Secrets that are in the store and not in the file stay. What a restore left that did not finish makes way in any
    case. known: the newest version that we know. Raises StoreError, and BadInput: `backup.broken` and its like for a
    file that is no whole backup, `backup.newer`, `backup.held` where something runs on the store, `backup.full`.
    Nothing has changed then.
    """
    header, kinds, size = await asyncio.to_thread(_checked, path)
    if header.schema > known:
        raise BadInput("backup.newer", file=str(path), version=header.schema, known=known)
    if running := await _held(connection):
        raise BadInput("backup.held", lease=running)
    stands = await _keys(connection, with_secrets=True)
    before = None
    if stands and not await is_half(connection):
        if not replace:
            raise BadInput("backup.full", file=str(path), n=len(stands))
        before = _beside(path)
        version = await read_version(connection) or known
        await save(connection, before, schema=version, with_secrets=True, progress=progress)
    await connection.call("SET", SCHEMA, RESTORING)
    goes = [key for key in stands if header.secrets or kind_of(key) not in SECRETS]
    await Forget(connection).remove(goes)
    await _fill(connection, path, sum(kinds.values()), progress)
    _, on_disk = await connection.call_durably("SET", SCHEMA, header.schema)
    return Saved(path, header, kinds, size, before, on_disk)


async def _fill(connection: Connection, path: Path, total: int, progress: Progress) -> None:
    reading, done = backup_file.entries(path), 0
    while batch := await asyncio.to_thread(lambda: list(islice(reading, AT_ONCE))):
        slots = groupby(batch, key=lambda entry: key_slot(entry.key))  # a backup has them in order
        await connection.call_many([_written(list(group)) for _, group in slots])
        done += len(batch)
        progress(done, total)


async def _keys(connection: Connection, *, with_secrets: bool) -> list[str]:
    """Those that go into a backup."""
    apart = OF_THE_MOMENT if with_secrets else OF_THE_MOMENT | SECRETS
    return [
        key for key in await Forget(connection).keys(PREFIX) if key != SCHEMA and kind_of(key) not in apart
    ]


def _batches(keys: Sequence[str]) -> Iterator[Sequence[Sequence[str]]]:
    """Some keys at once, in lists that are read by one command each: of one slot of a cluster, in which those are that
    share a hash tag."""
    batch: list[list[str]] = []
    for _, group in groupby(sorted(keys, key=_slot), key=_slot):
        batch.append(list(group))
        if sum(map(len, batch)) >= AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


def _slot(key: str) -> int:
    return key_slot(key.encode())


def _written(group: Sequence[Entry]) -> Command:
    """The command that puts some keys of one slot in place, whatever was there."""
    told = (part for each in group for part in (each.kind, each.expires_at, len(each.items), *each.items))
    return ("EVAL", _WRITE, len(group), *(each.key for each in group), *told)


async def _read(connection: Connection, batch: Sequence[Sequence[str]]) -> list[Entry]:
    """Those that are still there. Raises StoreError `store.record` for a type that none of our keys has."""
    replies = await connection.call_many([("EVAL", _READ, len(group), *group) for group in batch])
    found: list[Entry] = []
    for group, reply in zip(batch, replies, strict=True):
        for key, (kind, expires_at, items) in zip(group, reply, strict=True):
            if kind == b"none":
                continue
            if items is None:
                raise StoreError("store.record")
            found.append(Entry(key.encode(), _kind(kind), expires_at, items))
    return found


def _kind(kind: bytes) -> Any:  # noqa: ANN401 - one of the five, as `_READ` has seen to
    return kind.decode()


def _checked(path: Path) -> tuple[Header, Mapping[str, int], int]:
    """What a whole backup holds, by kind. Raises BadInput, also for keys that none of ours writes."""
    header, kinds = read_header(path), Counter[str]()
    for entry in backup_file.entries(path):
        key = entry.key.decode(errors="replace")
        kind = kind_of(key)
        if not key.startswith(PREFIX) or key == SCHEMA or kind in OF_THE_MOMENT or not entry.items:
            raise BadInput("backup.broken", file=str(path))
        if kind in SECRETS and not header.secrets:
            raise BadInput("backup.broken", file=str(path))
        kinds[kind] += 1
    return header, kinds, path.stat().st_size


async def _held(connection: Connection) -> str | None:
    """A lease that somebody holds, who is therefore at work on the store."""
    keys = await Forget(connection).keys(f"{PREFIX}lease:")
    return next((key.split("{")[1].rstrip("}") for key in keys if not key.endswith(":fence")), None)


def _beside(path: Path) -> Path:
    """Where what a restore replaces is saved: in the file's folder, by the time."""
    now = datetime.now(UTC)
    return path.with_name(f"{path.stem}.before-{now:%Y%m%dT%H%M%SZ}{path.suffix or '.backup'}")
