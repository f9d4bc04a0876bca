"""The mirror: our copy of a repository's items and releases, and how far it reaches.

Records are swapped only against the revision they were read at, so writers in several processes lose nothing.
The index of events is written before the record it points to: it may tell too much, never too little.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from adapters.store.codec import Codec
from adapters.store.merging import merged
from adapters.store.reaches import Reach, extended
from summarizer.items import Item, Release

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.store.connection import Connection

BATCH = 200  # records a round trip: some 200 KB, and a pause for other tasks in between

# A record is a hash of `rev`, a count, and `data`. A swap against a revision that has passed does nothing.
_SWAP = """
if (redis.call('HGET', KEYS[1], 'rev') or '0') ~= ARGV[1] then return 0 end
redis.call('HINCRBY', KEYS[1], 'rev', 1)
redis.call('HSET', KEYS[1], 'data', ARGV[2])
return 1
"""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ITEM: Codec[Item] = Codec(Item)
_RELEASE: Codec[Release] = Codec(Release)
_REACHES: Codec[tuple[Reach, ...]] = Codec(tuple[Reach, ...])


class _Stored(NamedTuple):
    rev: str
    data: bytes | None


class Mirror:
    """Items, releases and reaches of repositories, named `owner/name` in any case."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def save(self, repo: str, items: Iterable[Item], releases: Iterable[Release], reach: Reach) -> None:
        """Merge items (see merging.py) and releases in; `reach` is recorded once all of it is stored."""
        remaining = iter(items)
        while batch := list(islice(remaining, BATCH)):
            await self._save_items(repo, batch)
        key = _key(repo, "releases")
        await self._connection.call_many(
            [("HSET", key, release.tag_name, _RELEASE.dump(release)) for release in releases]
        )
        await self._record(repo, reach)

    async def items_between(self, repo: str, since: datetime, until: datetime) -> list[Item]:
        """The items with an event, comment or review in `[since, until)`, by number and whole."""
        members: list[bytes] = await self._connection.call(
            "ZRANGE", _key(repo, "events"), _score(since), f"({_score(until)}", "BYSCORE"
        )
        numbers = iter(sorted({int(member.partition(b":")[0]) for member in members}))
        found: list[Item] = []
        while batch := list(islice(numbers, BATCH)):
            stored = await self._load([_item_key(repo, number) for number in batch])
            items = (_ITEM.load(record.data) for record in stored if record.data)
            found.extend(item for item in items if any(since <= at < until for _, at in _moments(item)))
        return found

    async def releases_between(self, repo: str, since: datetime, until: datetime) -> list[Release]:
        """The releases published in `[since, until)`, oldest first."""
        records: dict[bytes, bytes] = await self._connection.call("HGETALL", _key(repo, "releases"))
        releases = (_RELEASE.load(data) for data in records.values())
        between = [release for release in releases if since <= release.published_at < until]
        return sorted(between, key=lambda release: (release.published_at, release.tag_name))

    async def item(self, repo: str, number: int) -> Item | None:
        """The item, or None when the mirror does not hold it."""
        [stored] = await self._load([_item_key(repo, number)])
        return _ITEM.load(stored.data) if stored.data else None

    async def reach(self, repo: str) -> tuple[Reach, ...]:
        """What the mirror covers: disjoint, ascending, adjacent complete ones joined."""
        [stored] = await self._load([_key(repo, "reach")])
        return _REACHES.load(stored.data) if stored.data else ()

    async def _save_items(self, repo: str, items: Iterable[Item]) -> None:
        waiting: dict[int, Item] = {}
        for item in items:
            waiting[item.number] = merged(waiting[item.number], item) if item.number in waiting else item
        while waiting:
            stored = await self._load([_item_key(repo, number) for number in waiting])
            swaps: dict[int, tuple[str, bytes]] = {}
            entries: list[str | int] = []
            for (number, fetched), (rev, data) in zip(waiting.items(), stored, strict=True):
                known = _ITEM.load(data) if data else None
                record = merged(known, fetched) if known else fetched
                if record != known:
                    swaps[number] = (rev, _ITEM.dump(record))
                    for name, at in sorted(_moments(record) - (_moments(known) if known else set())):
                        entries += (_score(at), f"{number}:{name}:{_score(at)}")
            if entries:
                await self._connection.call("ZADD", _key(repo, "events"), *entries)
            done = await self._connection.call_many(
                [("EVAL", _SWAP, 1, _item_key(repo, number), *swap) for number, swap in swaps.items()]
            )
            waiting = {
                number: waiting[number] for number, swapped in zip(swaps, done, strict=True) if not swapped
            }

    async def _record(self, repo: str, reach: Reach) -> None:
        key = _key(repo, "reach")
        while True:
            [(rev, data)] = await self._load([key])
            known = _REACHES.load(data) if data else ()
            reaches = extended(known, reach)
            if reaches == known:
                return
            if await self._connection.call("EVAL", _SWAP, 1, key, rev, _REACHES.dump(reaches)):
                return

    async def _load(self, keys: list[str]) -> list[_Stored]:
        replies = await self._connection.call_many([("HMGET", key, "rev", "data") for key in keys])
        return [_Stored(rev.decode() if rev else "0", data) for rev, data in replies]


def _moments(item: Item) -> set[tuple[str, datetime]]:
    """What happened to the item, and when."""
    moments: set[tuple[str, datetime]] = {(event.name, event.at) for event in item.events}
    if item.created_at is not None:
        moments.add(("opened", item.created_at))
    moments.update(("commented", comment.created_at) for comment in item.comments)
    moments.update(("reviewed", review.submitted_at) for review in item.reviews)
    return moments


def _score(instant: datetime) -> int:
    """Microseconds since 1970: whole numbers that a zset's double holds exactly until the year 2255."""
    return (instant - _EPOCH) // timedelta(microseconds=1)


def _key(repo: str, index: str) -> str:
    return f"vllm-digest:mirror:{{{repo.lower()}:{index}}}"  # GitHub ignores case in names


def _item_key(repo: str, number: int) -> str:
    return f"vllm-digest:mirror:{{{repo.lower()}#{number}}}"
