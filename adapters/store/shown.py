"""Shown: the digests that people asked for lately, 20 each, for a week. Expiring state."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import structlog

from adapters.store.codec import Codec
from adapters.store.room import passed_over
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from adapters.store.connection import Connection

log = structlog.get_logger()

KEEP_S: Final = 7 * 24 * 3600
MOST: Final = 20

# By the server's clock, which runs on where the bot's is set to another time. KEYS[1]: handles by when they were asked
# for; KEYS[2]: their records.
_ADD: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[1])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
local old = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - ARGV[3] * 1000000))
for _, handle in ipairs(old) do redis.call('ZREM', KEYS[1], handle) redis.call('HDEL', KEYS[2], handle) end
for _, handle in ipairs(redis.call('ZRANGE', KEYS[1], 0, -(ARGV[4] + 1))) do
    redis.call('ZREM', KEYS[1], handle)
    redis.call('HDEL', KEYS[2], handle)
end
redis.call('EXPIRE', KEYS[1], ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[3])
"""
_NEWEST: Final = """
local time = redis.call('TIME')
local since = string.format('%.0f', time[1] * 1000000 + time[2] - ARGV[1] * 1000000)
local records = {}
for at, handle in ipairs(redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', '(' .. since)) do
    records[at] = redis.call('HGET', KEYS[2], handle)
end
return records
"""


@dataclass(frozen=True, slots=True)
class RecentEntry:
    """A digest that somebody asked for. title: plain words. at: aware. line: what asks for it anew."""

    handle: str
    title: str
    repo: str
    at: datetime
    line: str


_ENTRY: Codec[RecentEntry] = Codec(RecentEntry)


class Shown:
    """By who asked, named by whatever tells people apart."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, speaker: str, entry: RecentEntry) -> None:
        """Put it first; one of the same handle goes. Raises StoreError."""
        record = _ENTRY.dump(entry)
        with passed_over("shown digests"):
            await self._connection.call("EVAL", _ADD, 2, *_keys(speaker), entry.handle, record, KEEP_S, MOST)

    async def newest(self, speaker: str) -> Sequence[RecentEntry]:
        """Those of the last week, the one that was asked for last first. Raises StoreError."""
        records = await self._connection.call("EVAL", _NEWEST, 2, *_keys(speaker), KEEP_S)
        return [entry for record in records if (entry := _read(record)) is not None]

    async def remove_repo(self, keys: Sequence[str], repo: str) -> int:
        """Drop the digests of a repository, in lower case, from the records that lie under such keys; how many went."""
        count = 0
        for key in (key for key in keys if not key.endswith(":at")):
            for handle, record in _pairs(await self._connection.call("HGETALL", key)):
                if record is None or record.repo.lower() == repo:
                    await self._connection.call_many([("ZREM", f"{key}:at", handle), ("HDEL", key, handle)])
                    count += 1
        return count

    async def drop(self, speaker: str) -> bool:
        """Forget them; whether there were any. Raises StoreError."""
        return bool(await self._connection.call("DEL", *_keys(speaker)))


def _read(record: bytes) -> RecentEntry | None:
    try:
        return _ENTRY.load(record)
    except StoreError as error:
        log.warning("shown digest unreadable", error=error.key)  # another version's
        return None


def _pairs(records: Mapping[bytes, bytes]) -> Iterator[tuple[bytes, RecentEntry | None]]:
    for handle, record in records.items():
        yield handle, _read(record)


def _keys(speaker: str) -> tuple[str, str]:
    # platforms' ids are of any length and alphabet
    tag = hashlib.sha256(speaker.encode()).hexdigest()[:32]
    return f"vllm-digest:shown:{{{tag}}}:at", f"vllm-digest:shown:{{{tag}}}"
