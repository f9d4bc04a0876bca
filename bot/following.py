"""Following: the index of items is brought up to what the mirror's feed of changes tells."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from typing import TYPE_CHECKING, NamedTuple

from adapters.chat import Progress
from adapters.store.mirror import Mirror
from adapters.store.search import Document, Membership, Rules, TextIndex
from summarizer.topics import match_topics

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence

    from adapters.store.records import Record
    from summarizer.items import Item
    from summarizer.topics import Tier, Topic, TopicRules

VERSION = version("vllm-digest")

BATCH = 300
"""Documents handed over at once; other writers wait for no longer than these take."""


class Following:
    """Brings an index up to a mirror, for all who ask in this process together."""

    def __init__(self, mirror: Mirror) -> None:
        self._mirror = mirror
        self._turns: defaultdict[str, _Turns] = defaultdict(_Turns)

    async def follow(self, index: TextIndex, repo: str, rules: Rules | None, progress: Progress) -> Standing:
        """Bring the index up to what the mirror holds now. rules: by which members of topics are known then.

        Several processes may do so at once: one of them is first. Raises StoreError.
        """
        turns = self._turns[f"{repo.lower()} {rules.name if rules else ''}"]
        return await turns.take(_Follower(index, self._mirror, repo, rules, progress).follow)


class Standing(NamedTuple):
    """Where the index of a repository stands: while it is the same, what is found there is the same.

    position: in the mirror's feed. changes: how often this process changed something.
    """

    position: int
    changes: int


class _Turns:
    """Lets one follow at a time and others wait. Who comes meanwhile needs what comes after: done once more, it is done
    for all of them."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._begun = 0
        self._ended = 0
        self._standing = Standing(0, 0)

    async def take(self, follow: Callable[[], Awaitable[tuple[int, bool]]]) -> Standing:
        """follow: tells the position, and whether anything changed."""
        came = self._begun
        async with self._lock:
            if self._ended > came:
                return self._standing
            self._begun += 1
            begun = self._begun
            position, changed = await follow()
            self._standing = Standing(position, self._standing.changes + changed)
            self._ended = begun
            return self._standing


@dataclass(frozen=True, slots=True)
class _Follower:
    index: TextIndex
    mirror: Mirror
    repo: str
    rules: Rules | None
    progress: Progress

    async def follow(self) -> tuple[int, bool]:
        """How far it came, and whether anything was changed."""
        moved = False
        while True:
            after, known = await self.index.positions(self.repo, self.rules.name if self.rules else "")
            changed, position = await self.mirror.changes(self.repo, after)
            if position < after:
                await self.index.forget(self.repo)
                moved = True
                continue
            moved = moved or bool(changed)
            if changed and not (await self._apply(sorted(changed), after, position) and position == after):
                continue
            # what came without moving the position was announced by nobody, and comes again each time
            if self.rules is None or known >= after:
                return after, moved
            await self._learn(self.rules, known)
            moved = True

    async def _apply(self, numbers: Sequence[int], after: int, position: int) -> bool:
        """Whether all of it was applied; else another process was first, or the file was lost."""
        for batch, told in self._batches(numbers, after, position):
            records = await self.mirror.records(self.repo, batch, text=True)
            gone = set(batch) - {record.item.number for record in records}
            documents = [document_of(record) for record in records]
            if not await self.index.apply(
                self.repo, documents, gone, after=after, position=told, rules=self.rules
            ):
                return False
        return True

    async def _learn(self, rules: Rules, known: int) -> None:
        """Learn the members of topics by rules that are new here, or that other processes do not have."""
        changed, position = await self.mirror.changes(self.repo, known)
        for batch, told in self._batches(sorted(changed), known, position):
            records = await self.mirror.records(self.repo, batch, text=True)
            items = [record.item for record in records]
            if not await self.index.apply_members(self.repo, items, rules, after=known, position=told):
                return

    def _batches(
        self, numbers: Sequence[int], after: int, position: int
    ) -> Iterator[tuple[Sequence[int], int]]:
        """The numbers in parts, each with the position that is reached with it; progress is told in between."""
        for at in range(0, max(1, len(numbers)), BATCH):
            if len(numbers) > BATCH:
                self.progress("index", at, len(numbers))
            is_last = at + BATCH >= len(numbers)
            yield numbers[at : at + BATCH], position if is_last else after


def document_of(record: Record) -> Document:
    item = record.item
    said = (*(comment.body for comment in item.comments), *(review.body for review in item.reviews))
    return Document(
        number=item.number,
        title=item.title,
        labels=item.labels,
        body=item.body or "",
        comments=tuple(body for body in said if body),
        paths=item.files or (),
        item=item,
    )


def rules_of(rules: TopicRules) -> Rules:
    """How members of topics are told from others, whatever mends and links say. What rules mean may change with our
    version."""
    return Rules(f"{(rules.unmended or rules.hash)[:16]} {VERSION}", partial(members_of, rules.topics))


def members_of(topics: Iterable[Topic], items: Iterable[Item]) -> dict[int, list[Membership]]:
    """What items belong to by the rules on themselves, by number."""
    own = [
        replace(topic, mends=(), rules=tuple(rule for rule in topic.rules if rule.on != "linked"))
        for topic in topics
    ]
    found: dict[int, list[Membership]] = {}
    for key, ledger in match_topics(items, own).items():
        about = frozenset(ledger.about)
        for number, reasons in ledger.reasons.items():
            bare = _tier(reason.tier for reason in reasons if reason.rule != "author")
            tier: Tier = "about" if number in about else "tagged"
            found.setdefault(number, []).append(Membership(key, tier, bare))
    return found


def _tier(tiers: Iterable[Tier]) -> Tier | None:
    found = set(tiers)
    return "about" if "about" in found else "tagged" if found else None
