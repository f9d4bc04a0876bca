"""Deliveries: the ledger's rows, what is built for several of them at once, and when to look at either again. State.

A row is claimed with a lease and a fencing token, both in the row itself, so that whoever has lost it can change
nothing any more. Rows and batches have a hash tag each. What ties them together may therefore be half done when a
process dies: a row is there before the agenda names it, and whoever plans it again finds it and goes on.

Two clocks are at work: what is due is due by the clock that everything is told by, `DIGEST_AT` included; leases, pauses
and retries take real time, by the server's.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping
    from datetime import datetime

    from adapters.store.connection import Command, Connection

FINISHED_S: Final = 90 * 24 * 3600
"""For how long the rows of finished deliveries are kept."""

AT_ONCE: Final = 500
"""Commands that are sent together."""

_NOW: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
"""

# The token tells a command that is sent again, since its reply was lost, from another one's.
_CREATE: Final = """
if redis.call('HSETNX', KEYS[1], 'data', ARGV[1]) == 1 then
  redis.call('HSET', KEYS[1], 'rev', 1, 'by', ARGV[2])
  return 1
end
return redis.call('HGET', KEYS[1], 'by') == ARGV[2] and 1 or 0
"""
_CHANGE: Final = f"""{_NOW}
local kept = redis.call('HMGET', KEYS[1], 'rev', 'by', 'until')
if kept[2] == ARGV[3] then return 1 end
if kept[1] ~= ARGV[1] or tonumber(kept[3] or '0') > now then return 0 end
redis.call('HSET', KEYS[1], 'rev', kept[1] + 1, 'by', ARGV[3], 'data', ARGV[2])
return 1
"""
_CLAIM: Final = f"""{_NOW}
local kept = redis.call('HMGET', KEYS[1], 'data', 'until', 'holder', 'fence')
if not kept[1] then return nil end
if tonumber(kept[2] or '0') > now and kept[3] ~= ARGV[2] then return nil end
local fence = string.format('%.0f', math.max(now * 1000, tonumber(kept[4] or '0') + 1))
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + ARGV[1]), 'holder', ARGV[2], 'fence', fence)
return {{fence, kept[1]}}
"""
_RENEW: Final = f"""{_NOW}
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + ARGV[2]))
return 1
"""
_WRITE: Final = """
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return 0 end
redis.call('HINCRBY', KEYS[1], 'rev', 1)
redis.call('HSET', KEYS[1], 'data', ARGV[2], 'by', '')
return 1
"""
_FREE: Final = """
if redis.call('HGET', KEYS[1], 'fence') ~= ARGV[1] then return 0 end
redis.call('HDEL', KEYS[1], 'until', 'holder')
return 1
"""
# KEYS: at, again. ARGV: by which clock it is due, how many.
_DUE: Final = f"""{_NOW}
local found = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[2])
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now, 'LIMIT', 0, ARGV[2])) do
  found[#found + 1] = id
end
return found
"""
# Whatever has been done with meanwhile stays away.
_AGAIN: Final = f"""{_NOW}
for place = 2, #ARGV do
  local id = ARGV[place]
  if redis.call('ZREM', KEYS[1], id) + (redis.call('ZSCORE', KEYS[2], id) and 1 or 0) > 0 then
    redis.call('ZADD', KEYS[2], string.format('%.0f', now + ARGV[1]), id)
  end
end
"""
_AT: Final = """
if redis.call('ZSCORE', KEYS[2], ARGV[2]) then return end
redis.call('ZADD', KEYS[1], 'NX', ARGV[1], ARGV[2])
"""
_SOON: Final = f"""{_NOW}
redis.call('ZREM', KEYS[1], ARGV[2])
redis.call('ZADD', KEYS[2], string.format('%.0f', now + ARGV[1]), ARGV[2])
"""
# KEYS: the batch, its ids. rounds: counts who joined, so that nobody ends it who has not seen all of them.
_JOIN: Final = """
redis.call('HSETNX', KEYS[1], 'data', ARGV[1])
redis.call('HINCRBY', KEYS[1], 'rounds', 1)
redis.call('SADD', KEYS[2], unpack(ARGV, 2))
"""
_END: Final = """
local rounds = redis.call('HGET', KEYS[1], 'rounds')
if rounds and rounds ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1], KEYS[2])
return 1
"""


@dataclass(slots=True)
class Claim:
    """A row that is held. fence: greater than that of any earlier claim. good_until: on the monotonic clock."""

    id: str
    fence: int
    data: bytes
    good_until: float

    @property
    def held(self) -> bool:
        """False once another may have the row."""
        return time.monotonic() < self.good_until


@dataclass(frozen=True, slots=True)
class KeptRow:
    """rev: grows with each change."""

    id: str
    rev: int
    data: bytes


@dataclass(frozen=True, slots=True)
class KeptBatch:
    """ids: of the rows that wait for it. rounds: grows whenever some join."""

    data: bytes
    ids: Sequence[str]
    rounds: int


class Agenda:
    """When to look at things, by their ids: at an instant of the told time, or again after some seconds of real time.
    Every method raises StoreError."""

    def __init__(self, connection: Connection, name: str) -> None:
        self._connection = connection
        self._keys = (f"vllm-digest:{{deliveries}}:{name}:at", f"vllm-digest:{{deliveries}}:{name}:again")

    async def at(self, ids: Mapping[str, datetime]) -> None:
        """Look at these then; those that stand there already stay as they are."""
        await _in_turns(
            self._connection,
            [("EVAL", _AT, 2, *self._keys, _ms(instant), id_) for id_, instant in ids.items()],
        )

    async def again(self, ids: Collection[str], seconds: float) -> None:
        """Look at these, if they still stand there, after so long and not before."""
        if ids:
            ms = round(seconds * 1000)
            await self._connection.call("EVAL", _AGAIN, 2, *self._keys, ms, *ids)

    async def soon(self, id_: str, seconds: float = 0.0) -> None:
        """Look at it after so long, whether it stands there or not."""
        await self._connection.call("EVAL", _SOON, 2, *self._keys, round(seconds * 1000), id_)

    async def due(self, now: datetime, limit: int) -> Sequence[str]:
        """Those to look at, the longest waiting first; they stay where they are."""
        found = await self._connection.call("EVAL", _DUE, 2, *self._keys, _ms(now), limit)
        return [id_.decode() for id_ in found]

    async def done(self, *ids: str) -> None:
        """Nobody needs to look at these any more."""
        if ids:
            await self._connection.call_many([("ZREM", key, *ids) for key in self._keys])

    async def all(self) -> Sequence[str]:
        """All that stand there."""
        replies = await self._connection.call_many([("ZRANGE", key, 0, -1) for key in self._keys])
        return [id_.decode() for reply in replies for id_ in reply]


class Deliveries:
    """The ledger. Every method raises StoreError. Blobs are opaque."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.agenda = Agenda(connection, "rows")
        self.batches = Agenda(connection, "batches")

    # --- rows

    async def create(self, rows: Mapping[str, bytes]) -> list[str]:
        """Begin these; those that are there stay as they are, and are told."""
        token = token_hex(8)
        replies = await _in_turns(
            self._connection,
            [("EVAL", _CREATE, 1, _row(id_), data, token) for id_, data in rows.items()],
        )
        return [id_ for id_, is_new in zip(rows, replies, strict=True) if not is_new]

    async def load(self, ids: Sequence[str]) -> list[KeptRow | None]:
        """Each of these, None where there is none (any more)."""
        replies = await _in_turns(self._connection, [("HMGET", _row(id_), "rev", "data") for id_ in ids])
        return [
            KeptRow(id_, int(rev), data) if data else None
            for id_, (rev, data) in zip(ids, replies, strict=True)
        ]

    async def missing(self, ids: Sequence[str]) -> list[str]:
        """Those of these that are not there (any more)."""
        replies = await _in_turns(self._connection, [("EXISTS", _row(id_)) for id_ in ids])
        return [id_ for id_, there in zip(ids, replies, strict=True) if not there]

    async def change(self, rows: Sequence[KeptRow]) -> list[bool]:
        """Replace the data of rows that nobody holds and that have not changed since; whether each was replaced."""
        token = token_hex(8)
        commands = [("EVAL", _CHANGE, 1, _row(row.id), row.rev, row.data, token) for row in rows]
        return [bool(reply) for reply in await _in_turns(self._connection, commands)]

    @asynccontextmanager
    async def claim(self, id_: str, ttl_s: float) -> AsyncIterator[Claim | None]:
        """The row, held until the block is left; None where there is none, or another holds it.

        ttl_s: after how many seconds the row of a dead holder is free.
        """
        asked = time.monotonic()
        granted = await self._connection.call("EVAL", _CLAIM, 1, _row(id_), round(ttl_s * 1000), token_hex(8))
        if granted is None:
            yield None
            return
        claim = Claim(id_, int(granted[0]), granted[1], asked + ttl_s)
        renewal = asyncio.create_task(self._renew(claim, ttl_s), name=f"claim {id_}")
        try:
            yield claim
        finally:
            renewal.cancel()
            await asyncio.wait((renewal,))
            # when the server is gone, the claim lapses by itself
            with suppress(StoreError):
                await self._connection.call("EVAL", _FREE, 1, _row(id_), claim.fence)

    async def write(self, claim: Claim, data: bytes) -> bool:
        """Replace the data of a row that is held; False, and nothing is replaced, where another has it now."""
        return bool(await self._connection.call("EVAL", _WRITE, 1, _row(claim.id), claim.fence, data))

    async def finish(self, ids: Sequence[str]) -> None:
        """These will not change any more: they go by themselves after `FINISHED_S`."""
        await _in_turns(self._connection, [("EXPIRE", _row(id_), FINISHED_S) for id_ in ids])

    async def reopen(self, id_: str) -> None:
        """It goes on after all."""
        await self._connection.call("PERSIST", _row(id_))

    async def remove(self, ids: Sequence[str]) -> None:
        """Forget these."""
        await _in_turns(self._connection, [("DEL", _row(id_)) for id_ in ids])

    # --- batches

    async def batch(self, key: str, data: bytes, ids: Collection[str]) -> None:
        """Have these rows wait for what is built for the batch; data: the same for all that name it."""
        many = list(ids)
        for start in range(0, len(many), AT_ONCE):
            chunk = many[start : start + AT_ONCE]
            await self._connection.call("EVAL", _JOIN, 2, _batch(key), f"{_batch(key)}:ids", data, *chunk)

    async def load_batch(self, key: str) -> KeptBatch | None:
        """None where there is none (any more)."""
        # its rounds before its ids: whoever joins in between is seen, and then there are more rounds than told
        (data, rounds), ids = await self._connection.call_many(
            [("HMGET", _batch(key), "data", "rounds"), ("SMEMBERS", f"{_batch(key)}:ids")]
        )
        if data is None:
            return None
        return KeptBatch(data, sorted(id_.decode() for id_ in ids), int(rounds or 0))

    async def change_batch(self, key: str, data: bytes) -> None:
        """For whoever holds the lease of the batch."""
        await self._connection.call("HSET", _batch(key), "data", data)

    async def end_batch(self, key: str, rounds: int) -> bool:
        """It will not be built again; nobody needs what it was. False, and it stays, where some have joined since it
        had so many rounds."""
        ended = await self._connection.call("EVAL", _END, 2, _batch(key), f"{_batch(key)}:ids", rounds)
        return bool(ended)

    # --- what is found again

    async def log(self, dues: Mapping[str, Mapping[str, datetime]], keep: int) -> None:
        """List deliveries with their subscriptions, by when they are due; only the newest `keep` stay listed."""
        commands: list[Command] = []
        for subscription, ids in dues.items():
            key = _of(subscription)
            commands.append(("ZADD", key, *(part for id_, due in ids.items() for part in (_ms(due), id_))))
            commands.append(("ZREMRANGEBYRANK", key, 0, -keep - 1))
        await _in_turns(self._connection, commands)

    async def logged(self, subscription: str, limit: int) -> Sequence[str]:
        """The ids of its deliveries, the newest first."""
        found = await self._connection.call("ZREVRANGE", _of(subscription), 0, limit - 1)
        return [id_.decode() for id_ in found]

    async def drop_log(self, subscription: str) -> None:
        await self._connection.call("DEL", _of(subscription))

    async def trouble(self, id_: str, *, is_over: bool = False) -> None:
        """List it among those that a person may have to look at, or no more."""
        key = "vllm-digest:{deliveries}:troubled"
        if is_over:
            await self._connection.call("ZREM", key, id_)
        else:
            await self._connection.call("ZADD", key, round(time.time() * 1000), id_)

    async def troubled(self) -> Sequence[str]:
        """Those, the newest first."""
        found = await self._connection.call("ZREVRANGE", "vllm-digest:{deliveries}:troubled", 0, 999)
        return [id_.decode() for id_ in found]

    async def shown_as(self, place: str, id_: str) -> None:
        """Know the delivery by the message that it became. place: e.g. "slack C1 1700000000.000100"."""
        await self._connection.call("SET", _place(place), id_, "EX", FINISHED_S)

    async def shown_at(self, place: str) -> str:
        """The delivery of that message, "" where it is none's."""
        id_ = await self._connection.call("GET", _place(place))
        return id_.decode() if id_ else ""

    async def _renew(self, claim: Claim, ttl_s: float) -> None:
        while claim.held:
            await asyncio.sleep(ttl_s / 3)
            asked = time.monotonic()
            try:
                kept = await self._connection.call(
                    "EVAL", _RENEW, 1, _row(claim.id), claim.fence, round(ttl_s * 1000)
                )
            except StoreError:
                continue  # it may come back in time
            claim.good_until = asked + ttl_s if kept else 0.0


async def _in_turns(connection: Connection, commands: Sequence[Command]) -> list[Any]:
    replies: list[Any] = []
    for start in range(0, len(commands), AT_ONCE):
        replies += await connection.call_many(commands[start : start + AT_ONCE])
    return replies


def _ms(instant: datetime) -> int:
    return round(instant.timestamp() * 1000)


def _row(id_: str) -> str:
    return f"vllm-digest:delivery:{{{id_}}}"


def _batch(key: str) -> str:
    return f"vllm-digest:batch:{{{key}}}"


def _of(subscription: str) -> str:
    return f"vllm-digest:delivered:{{{subscription}}}"


def _place(place: str) -> str:
    return f"vllm-digest:posted:{{{place}}}"
