"""The mirror: our copy of a repository's items and releases, from which every window and answer is cut.

Records are swapped only against the revision they were read at, so writers in several processes lose nothing. Indexes
are written before the record they point to, and entries leave them after it: they may tell too much, never too little
(indexes.py tells why that holds for several writers). What changed is announced in a feed, so that whatever is derived
from the mirror (the items in this process's memory, the text index) follows it.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from adapters.source import Wanted
from adapters.store import indexes
from adapters.store.codec import Codec
from adapters.store.indexes import Entries, moments, score, seconds
from adapters.store.keys import item_key, repo_key
from adapters.store.merging import filled, merged
from adapters.store.recent import Recent
from adapters.store.records import Record, dump_light, dump_text, load_record, without_text
from adapters.store.room import passed_over
from adapters.store.texts import Texts
from summarizer.items import Item, Kind, Release

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from adapters.source import Reading
    from adapters.store.connection import Command, Connection

BATCH = 100  # records a round trip: some 100 KB, and a pause for other tasks in between
HOURS = 1_000  # sets of numbers a round trip; the busiest hold a few dozen

# An item is a hash of `rev`, a count, `light` and `text`. A swap against a revision that has passed does nothing; one
# that is sent again because its reply was lost is told that it was done.
_SWAP = """
local rev, text = redis.call('HGET', KEYS[1], 'rev') or '0', redis.call('HGET', KEYS[1], 'text') or ''
if rev ~= ARGV[1] then
  local same = text == ARGV[3] and redis.call('HGET', KEYS[1], 'light') == ARGV[2]
  return tonumber(rev) == tonumber(ARGV[1]) + 1 and same and 1 or 0
end
redis.call('HINCRBY', KEYS[1], 'rev', 1)
redis.call('HSET', KEYS[1], 'light', ARGV[2])
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], 'text') else redis.call('HSET', KEYS[1], 'text', ARGV[3]) end
return 1
"""

# What is buried keeps its revision: who read an earlier one must not be able to swap against it ever again.
_BURY = """
local rev = redis.call('HGET', KEYS[1], 'rev') or '0'
if rev ~= ARGV[1] then
  local gone = redis.call('HEXISTS', KEYS[1], 'light') == 0
  return tonumber(rev) == tonumber(ARGV[1]) + 1 and gone and 1 or 0
end
redis.call('HINCRBY', KEYS[1], 'rev', 1)
redis.call('HDEL', KEYS[1], 'light', 'text')
return 1
"""

_ANNOUNCE = """
local now = redis.call('TIME')
local last = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local position = math.max(now[1] * 1000000 + now[2], tonumber(last[2] or '0') + 1)
for _, number in ipairs(ARGV) do redis.call('ZADD', KEYS[1], string.format('%.0f', position), number) end
return 1
"""

CHECKED_TTL_S = 86_400
OID_BYTES = 20  # of a SHA-1, which GitHub names its commits by

_RELEASE: Codec[Release] = Codec(Release)
KINDS: tuple[Kind, ...] = ("issue", "pull_request")
_T = TypeVar("_T")

Change: TypeAlias = "Callable[[Record | None], Record | None]"
"""What becomes of a record; None: there is none yet."""


class _Stored(NamedTuple):
    rev: int
    record: Record | None
    text: bytes | None


class Mirror:
    """Items and releases of repositories, named `owner/name` in any case."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._texts: dict[str, Texts] = {}
        self._recent = Recent()

    # Writing

    async def save(self, repo: str, readings: Iterable[Reading]) -> int:
        """Merge readings in (see merging.py); returns how many records changed. Nothing where there is no room."""
        self._connection.room.admit()
        return await self._change(
            repo, ((reading.item.number, partial(merged, reading=reading)) for reading in readings)
        )

    async def fill(self, repo: str, items: Iterable[tuple[Item, Collection[str]]]) -> int:
        """Merge in what a file tells: items, each with the names of the fields that are told."""
        self._connection.room.admit()
        return await self._change(
            repo, ((item.number, partial(filled, item=item, told=told)) for item, told in items)
        )

    async def bury(self, repo: str, why: Mapping[int, str], at: datetime) -> None:
        """Take items out that are not there any more, and leave a tombstone each. why: "deleted", "transferred" or
        "no item" by number; `at` is when that was seen."""
        for numbers in _batches(why):
            waiting = numbers
            while waiting:
                buried = await self._bury(
                    repo, {number: f"{why[number]} {at.isoformat()}" for number in waiting}
                )
                waiting = [number for number in waiting if number not in buried]

    async def forget(self, repo: str, number: int, at: datetime) -> bool:
        """Take an item out for good; whether it was held. All that is kept of it, then and when it is read again, is
        its number and when it was updated, so that what GitHub counts is not taken for missing."""
        await self._connection.call("HSETNX", repo_key(repo, "forgotten"), number, at.isoformat())
        [before] = await self._load(repo, [number], text=False)
        tombstone = (await self.tombstones(repo)).get(number, "")
        if before.record is None and tombstone.startswith("forgotten"):
            return False  # it has been counted since
        await self.bury(repo, {number: "forgotten"}, at)
        if before.record is not None:
            await self._connection.call_many(_only_counted(repo, {number: (before.rev, before.record)}))
        await self._connection.call("ZREM", repo_key(repo, "cited"), number)
        return before.record is not None

    async def drop_texts(self, repo: str, before: datetime, keep: Collection[int]) -> int:
        """Drop the text of items that were not updated since `before`, but of those in `keep`; returns how many."""
        dropped = 0
        for kind in KINDS:
            key = repo_key(repo, f"updated:{kind}")
            members = await self._connection.call(
                "ZRANGE", key, "-inf", f"({score(seconds(before))}", "BYSCORE"
            )
            numbers = [number for number in map(int, members) if number not in keep]
            for batch in _batches(numbers):
                flags = await self._connection.call_many(
                    [("HEXISTS", item_key(repo, number), "text") for number in batch]
                )
                having = [number for number, has in zip(batch, flags, strict=True) if has]
                dropped += await self._change(
                    repo, ((number, partial(_without_old_text, before=before)) for number in having)
                )
        return dropped

    # Reading

    async def items_between(self, repo: str, since: datetime, until: datetime) -> list[Item]:
        """The items with an event, comment or review in `[since, until)`, by number and whole."""
        position = await self._follow(repo)
        known = self._recent.window(repo, since, until)
        if known is not None:
            return list(known)
        records = await self._remembered(repo, await self.numbers_between(repo, since, until), position)
        items = [record.item for record in records if any(since <= at < until for at in moments(record.item))]
        self._recent.keep_window(repo, since, until, items, position)
        return items

    async def numbers_between(self, repo: str, since: datetime, until: datetime) -> list[int]:
        """The numbers of the items that may have an event in `[since, until)`, ascending: all that do, and others that
        have one within the same hours."""
        hours = [("SMEMBERS", repo_key(repo, f"hour:{hour}")) for hour in indexes.hours_between(since, until)]
        found: set[int] = set()
        for batch in _batches(hours, HOURS):
            for members in await self._connection.call_many(batch):
                found.update(map(int, members))
        return sorted(found)

    async def item(self, repo: str, number: int) -> Item | None:
        """The item, or None when the mirror does not hold it."""
        [stored] = await self._load(repo, [number])
        return stored.record.item if stored.record else None

    async def items(self, repo: str, numbers: Sequence[int]) -> list[Item]:
        """Those of `numbers` that the mirror holds, whole and in that order; from this process's memory where they are
        there."""
        position = await self._follow(repo)
        return [record.item for record in await self._remembered(repo, numbers, position)]

    async def records(self, repo: str, numbers: Sequence[int], *, text: bool = False) -> list[Record]:
        """The records of those of `numbers` that the mirror holds, in that order. text: with their text."""
        found: list[Record] = []
        for batch in _batches(numbers):
            found.extend(entry.record for entry in await self._load(repo, batch, text=text) if entry.record)
        return found

    async def lacking(self, repo: str, since: datetime, until: datetime) -> list[Wanted]:
        """The items that may have had a part in `[since, until)` and were not read whole for it, newest first."""
        return [each async for each in self._lacking(repo, since, until)]

    async def lacks(self, repo: str, since: datetime, until: datetime) -> bool:
        """Whether there are any of those."""
        async for _ in self._lacking(repo, since, until):
            return True
        return False

    async def unchecked(self, repo: str, numbers: Collection[int], since: datetime) -> list[Wanted]:
        """Those of the items that GitHub has not confirmed at `since` or later."""
        batch = sorted(numbers)
        scores = await self._connection.call_many(
            [("ZMSCORE", repo_key(repo, "checked"), *part) for part in _batches(batch)]
        )
        known = [score for part in scores for score in part]
        late = [
            number
            for number, score in zip(batch, known, strict=True)
            if score is None or float(score) < seconds(since)
        ]
        return [wanted(record) for record in await self.records(repo, late) if record.item.node_id]

    async def confirm(self, repo: str, numbers: Iterable[int], at: datetime) -> None:
        """Remember that GitHub has just shown these items."""
        for batch in _batches(numbers):
            pairs = [part for number in batch for part in (seconds(at), number)]
            with passed_over("confirmed items"):
                await self._connection.call_many(
                    [
                        ("ZADD", repo_key(repo, "checked"), "GT", *pairs),
                        ("EXPIRE", repo_key(repo, "checked"), CHECKED_TTL_S),
                    ]
                )

    async def cite(self, repo: str, numbers: Collection[int], until: datetime) -> None:
        """Keep the text of these items at least until then: a digest that is kept so long cites them."""
        for batch in _batches(numbers):
            pairs = [part for number in batch for part in (seconds(until), number)]
            with passed_over("cited items"):
                await self._connection.call("ZADD", repo_key(repo, "cited"), "GT", *pairs)

    async def cited(self, repo: str, now: datetime) -> set[int]:
        """The items that digests kept at `now` cite; others are forgotten."""
        key = repo_key(repo, "cited")
        await self._connection.call("ZREMRANGEBYSCORE", key, "-inf", f"({seconds(now)}")
        return set(map(int, await self._connection.call("ZRANGE", key, 0, -1)))

    async def count(
        self, repo: str, kind: Kind, since: datetime | None = None, until: datetime | None = None
    ) -> int:
        """How many items of the kind the mirror holds; only those updated in `[since, until)`."""
        low = "-inf" if since is None else score(seconds(since))
        high = "+inf" if until is None else f"({score(seconds(until))}"
        return int(await self._connection.call("ZCOUNT", repo_key(repo, f"updated:{kind}"), low, high))

    async def updated_since(self, repo: str, since: datetime | None = None) -> list[int]:
        """The numbers of the items updated at `since` or later, ascending; of all for None."""
        low = "-inf" if since is None else score(seconds(since))
        found: list[list[bytes]] = await self._connection.call_many(
            [("ZRANGE", repo_key(repo, f"updated:{kind}"), low, "+inf", "BYSCORE") for kind in KINDS]
        )
        return sorted(int(member) for members in found for member in members)

    async def tombstones(self, repo: str) -> dict[int, str]:
        """Why items are not there any more, and when that was seen, by number."""
        stored: dict[bytes, bytes] = await self._connection.call("HGETALL", repo_key(repo, "tombstones"))
        return {int(number): why.decode() for number, why in stored.items()}

    async def with_term(self, repo: str, term: str) -> set[int]:
        """The numbers of the items with a term: "label:rocm", "author:ann"; case does not matter. A writer that failed
        may have left one too many, so the records decide."""
        members = await self._connection.call("ZRANGE", repo_key(repo, term.lower()), 0, -1)
        return set(map(int, members))

    async def position(self, repo: str) -> int:
        """How far the feed of changes has come."""
        last = await self._connection.call("ZREVRANGE", repo_key(repo, "changes"), 0, 0, "WITHSCORES")
        return int(float(last[1])) if last else 0

    async def changes(self, repo: str, after: int) -> tuple[set[int], int]:
        """The items that changed after that position of the feed, and the position they reach. Items whose writer died
        before it could announce them come each time. A position below `after`: the mirror was emptied, and what was
        known of it holds no more."""
        pending, rows, length = await self._connection.call_many(
            [  # in this order, else what is announced in between is in neither
                ("ZRANGE", repo_key(repo, "pending"), 0, -1),
                ("ZRANGE", repo_key(repo, "changes"), f"({after}", "+inf", "BYSCORE", "WITHSCORES"),
                ("ZCARD", repo_key(repo, "changes")),
            ]
        )
        position = int(float(rows[-1])) if rows else after if length else 0
        return {*map(int, rows[::2]), *map(int, pending)}, position

    # Releases

    async def save_releases(self, repo: str, releases: Iterable[Release]) -> None:
        key = repo_key(repo, "releases")
        commands: list[Command] = [
            ("HSET", key, release.tag_name, _RELEASE.dump(release)) for release in releases
        ]
        with passed_over("releases"):
            await self._connection.call_many(commands)

    async def drop_releases(self, repo: str, tag_names: Collection[str]) -> None:
        """Forget releases that are not there any more."""
        if tag_names:
            await self._connection.call("HDEL", repo_key(repo, "releases"), *tag_names)

    async def save_commits(self, repo: str, base: str, head: str, oids: Collection[str]) -> None:
        """Keep which commits the tag `head` reaches and the tag `base` does not: neither moves."""
        packed = b"".join(bytes.fromhex(oid) for oid in oids)
        with passed_over("commits of a release"):
            await self._connection.call("HSET", repo_key(repo, "commits"), f"{base}..{head}", packed)

    async def commits(self, repo: str, base: str, head: str) -> tuple[str, ...] | None:
        """Those commits' object ids; None when they were never saved."""
        packed: bytes | None = await self._connection.call(
            "HGET", repo_key(repo, "commits"), f"{base}..{head}"
        )
        if packed is None:
            return None
        return tuple(packed[at : at + OID_BYTES].hex() for at in range(0, len(packed), OID_BYTES))

    async def releases(self, repo: str) -> list[Release]:
        """Every release that is known, oldest first."""
        records: dict[bytes, bytes] = await self._connection.call("HGETALL", repo_key(repo, "releases"))
        found = (_RELEASE.load(data) for data in records.values())
        return sorted(found, key=lambda release: (release.published_at, release.tag_name))

    async def releases_between(self, repo: str, since: datetime, until: datetime) -> list[Release]:
        """The releases published in `[since, until)`, oldest first."""
        return [release for release in await self.releases(repo) if since <= release.published_at < until]

    # How records get in and out

    async def _change(self, repo: str, changes: Iterable[tuple[int, Change]]) -> int:
        changed = 0
        remaining = iter(changes)
        while batch := list(islice(remaining, BATCH)):
            waiting: dict[int, list[Change]] = defaultdict(list)
            for number, change in batch:
                waiting[number].append(change)
            changed += await self._swap_in(repo, waiting)
        return changed

    async def _swap_in(self, repo: str, waiting: dict[int, list[Change]]) -> int:
        changed = 0
        failed: dict[int, int] = {}
        while waiting:
            stored = await self._load(repo, list(waiting))
            unheld = [number for number, entry in zip(waiting, stored, strict=True) if entry.record is None]
            forgotten = await self._forgotten(repo, unheld)
            new: dict[int, tuple[_Stored, Record]] = {}
            counted: dict[int, tuple[int, Record]] = {}
            for (number, steps), entry in zip(waiting.items(), stored, strict=True):
                record = entry.record
                for step in steps:
                    record = step(record)
                if record is not None and number in forgotten:
                    counted[number] = (entry.rev, record)
                elif record is not None and record != entry.record:
                    new[number] = (entry, record)
            await self._connection.call_many(_only_counted(repo, counted))
            # nothing is left to change of what another writer changed first; it is not pending on our account
            await self._announce(repo, {number: rev for number, rev in failed.items() if number not in new})
            if not new:
                return changed
            swapped = await self._write(repo, new)
            changed += len(swapped)
            waiting = {number: waiting[number] for number in new if number not in swapped}
            failed = {number: new[number][0].rev + 1 for number in waiting}
        return changed

    async def _forgotten(self, repo: str, numbers: Sequence[int]) -> set[int]:
        """Those of them that nobody may keep."""
        if not numbers:
            return set()
        since = await self._connection.call("HMGET", repo_key(repo, "forgotten"), *numbers)
        return {number for number, at in zip(numbers, since, strict=True) if at is not None}

    async def _write(self, repo: str, new: Mapping[int, tuple[_Stored, Record]]) -> set[int]:
        """Swap the records that nobody changed meanwhile; returns their numbers."""
        raw = {
            number: dump_text(record.item)
            for number, (entry, record) in new.items()
            if entry.record is None or _text_of(entry.record.item) != _text_of(record.item)
        }
        texts = self._texts_of(repo)
        await texts.prepare([text for text in raw.values() if text])
        swaps = {
            number: (
                entry.rev,
                dump_light(record),
                _compressed(texts, raw[number]) if number in raw else entry.text or b"",
            )
            for number, (entry, record) in new.items()
        }
        leaving: Entries = defaultdict(dict)
        await self._connection.call_many(self._before(repo, new, leaving))
        done = await self._connection.call_many(
            [("EVAL", _SWAP, 1, item_key(repo, number), *swap) for number, swap in swaps.items()]
        )
        swapped = {number: new[number][0].rev + 1 for number, swap in zip(swaps, done, strict=True) if swap}
        await self._announce(repo, swapped, leaving)
        return set(swapped)

    def _before(
        self, repo: str, new: Mapping[int, tuple[_Stored, Record]], leaving: Entries
    ) -> list[Command]:
        """What the indexes must tell before the records do; what they need not tell afterwards goes to `leaving`."""
        entering: Entries = defaultdict(dict)
        hours: dict[int, set[int]] = {}
        unburied: list[int] = []
        for number, (entry, record) in new.items():
            rev = entry.rev + 1
            old = {} if entry.record is None else indexes.standing(entry.record)
            now = indexes.standing(record)
            entering["pending"][number] = score(0, rev)
            for index, at_s in now.items():
                if old.get(index) != at_s:
                    entering[index][number] = score(at_s, rev)
            for index in {*old, "stale"} - now.keys():
                leaving[index][number] = rev
            hours[number] = indexes.hours(record.item)
            if entry.record is None:
                unburied.append(number)
            else:
                hours[number] -= indexes.hours(entry.record.item)
        commands = indexes.entering(repo, entering) + indexes.entering_hours(repo, hours)
        if unburied:
            commands.append(("HDEL", repo_key(repo, "tombstones"), *unburied))
        return commands

    async def _lacking(self, repo: str, since: datetime, until: datetime) -> AsyncIterator[Wanted]:
        members = await self._connection.call(
            "ZRANGE", repo_key(repo, "stale"), "+inf", score(seconds(since)), "BYSCORE", "REV"
        )
        for numbers in _batches(map(int, members)):
            for record in await self.records(repo, numbers):
                opened = record.item.created_at
                there_by_then = opened is None or opened < until
                if record.item.node_id and there_by_then and not record.whole_until(until):
                    yield wanted(record)

    async def _bury(self, repo: str, why: Mapping[int, str]) -> Collection[int]:
        """Take out the items that nobody changes meanwhile; returns their numbers."""
        stored = dict(zip(why, await self._load(repo, list(why), text=False), strict=True))
        revs = {number: entry.rev + 1 for number, entry in stored.items()}
        leaving: Entries = {index: dict(revs) for index in ("stale", *(f"updated:{kind}" for kind in KINDS))}
        for number, entry in stored.items():
            for index in indexes.standing(entry.record) if entry.record else ():
                leaving.setdefault(index, {})[number] = revs[number]
        pairs = [part for number, text in why.items() for part in (number, text)]
        pending = {"pending": {number: score(0, rev) for number, rev in revs.items()}}
        await self._connection.call_many(
            [*indexes.entering(repo, pending), ("HSET", repo_key(repo, "tombstones"), *pairs)]
        )
        done = await self._connection.call_many(
            [("EVAL", _BURY, 1, item_key(repo, number), entry.rev) for number, entry in stored.items()]
        )
        buried = {number: revs[number] for number, gone in zip(stored, done, strict=True) if gone}
        if buried:
            await self._connection.call("ZREM", repo_key(repo, "checked"), *buried)
        await self._announce(repo, buried, leaving)
        return buried

    async def _announce(
        self, repo: str, revs: Mapping[int, int], leaving: Mapping[str, Mapping[int, int]] | None = None
    ) -> None:
        """Tell that these items have those revisions now. leaving: entries that go with that, if the item is among
        them."""
        if not revs:
            return
        gone = {
            index: {number: rev for number, rev in numbers.items() if number in revs}
            for index, numbers in (leaving or {}).items()
        }
        await self._connection.call_many(
            [
                ("EVAL", _ANNOUNCE, 1, repo_key(repo, "changes"), *revs),
                *indexes.leaving(repo, {index: numbers for index, numbers in gone.items() if numbers}),
            ]
        )
        await self._connection.call_many(indexes.leaving(repo, {"pending": revs}))

    async def _load(self, repo: str, numbers: Sequence[int], *, text: bool = True) -> list[_Stored]:
        fields = ("rev", "light", "text") if text else ("rev", "light")
        replies = await self._connection.call_many(
            [("HMGET", item_key(repo, number), *fields) for number in numbers]
        )
        texts = self._texts_of(repo)
        packed = [reply[2] if text else None for reply in replies]
        await texts.ready(packed)
        return [
            _Stored(
                int(rev or 0),
                load_record(repo, light, texts.decompress(pack) if pack else None) if light else None,
                pack,
            )
            for (rev, light, *_), pack in zip(replies, packed, strict=True)
        ]

    async def _follow(self, repo: str) -> int:
        """Forget what changed since this process's memory was last brought up to date; returns how far that is now."""
        known = self._recent.position(repo)
        changed, position = await self.changes(repo, await self.position(repo) if known is None else known)
        self._recent.follow(repo, changed, position)
        return position

    async def _remembered(self, repo: str, numbers: Sequence[int], position: int) -> list[Record]:
        """The records, from this process's memory, which was followed to `position`, where they are there."""
        found = {
            number: record for number in numbers if (record := self._recent.get(repo, number)) is not None
        }
        missing = [number for number in numbers if number not in found]
        loaded = {record.item.number: record for record in await self.records(repo, missing, text=True)}
        self._recent.keep(repo, loaded, position)
        found |= loaded
        return [found[number] for number in numbers if number in found]

    def _texts_of(self, repo: str) -> Texts:
        if repo not in self._texts:
            self._texts[repo] = Texts(self._connection, repo_key(repo, "dictionaries"))
        return self._texts[repo]


def _only_counted(repo: str, records: Mapping[int, tuple[int, Record]]) -> list[Command]:
    """Commands that have items counted of which nothing is kept, by their revisions."""
    entries: Entries = defaultdict(dict)
    for number, (rev, record) in records.items():
        updated = record.item.updated_at
        entries[f"updated:{record.item.kind}"][number] = score(seconds(updated) if updated else 0, rev)
    return indexes.entering(repo, entries)


def _without_old_text(record: Record | None, *, before: datetime) -> Record | None:
    if record is None:
        return None
    # it may have been updated since it was chosen, and of what a file told only the times of its events are known
    last = record.item.updated_at or max(moments(record.item), default=None)
    return record if last is not None and last >= before else without_text(record)


def wanted(record: Record) -> Wanted:
    item = record.item
    return Wanted(item.number, item.node_id, item.kind, item.updated_at, item.comments_total)


def _text_of(item: Item) -> tuple[Any, ...]:
    return (item.body, item.files, item.comments, item.reviews)


def _compressed(texts: Texts, text: bytes | None) -> bytes:
    return texts.compress(text) if text else b""


def _batches(values: Iterable[_T], size: int = BATCH) -> Iterable[list[_T]]:
    remaining = iter(values)
    while batch := list(islice(remaining, size)):
        yield batch
