"""Items: what the page of one tells, from the mirror, the topics and the kept digests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import structlog

from adapters.store.codec import Codec
from adapters.store.indexes import moments
from adapters.web.archive import ItemShown, TopicOf
from bot.archive.archive import listed
from bot.archive.remembering import Remembered
from summarizer import rubric
from summarizer.assessments import Assessment
from summarizer.counting import build_facts
from summarizer.errors import StoreError
from summarizer.items import Coverage, Seen
from summarizer.topics import mark_bots, match_topics
from summarizer.windows import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from adapters.store import Store
    from adapters.store.editions import KeptEdition
    from adapters.web.archive import Standing
    from bot.mends import MendTopics
    from bot.mentions import CatchingUp
    from summarizer.items import Item

log = structlog.get_logger()

MOST_NUMBER: Final = 999_999_999
"""Higher ones are none of GitHub's."""

MOST_MENTIONS: Final = 100

LOOKED_AT: Final = 6
"""Digests that are opened to find what one made of an item: each takes a moment."""

_GONE: Final = ("deleted", "transferred")


@dataclass(frozen=True, slots=True)
class _Judged:
    """What a digest made of its items. To read all of it would take longer."""

    assessments: Mapping[int, Assessment] = field(default_factory=dict)


_JUDGED: Codec[_Judged] = Codec(_Judged)


class ItemPages:
    """See `adapters.web.archive.Archive`."""

    def __init__(
        self, store: Store, mends: MendTopics, catching_up: CatchingUp, *, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._mends = mends
        self._catching_up = catching_up
        self._now = now
        self._judged: Remembered[Mapping[int, Assessment]] = Remembered()

    async def item(self, standing: Standing, number: int) -> ItemShown:
        """From what is held alone: GitHub is not asked. Raises StoreError."""
        repo = standing.repo
        if not 0 < number <= MOST_NUMBER:
            return ItemShown(repo, number, None, missing="unknown")
        await self._catching_up.begin(repo)
        held = await self._store.mirror.items(repo, [number])
        kept = await self._mentions(repo, number)
        mentions = tuple(listed(each, repo) for each in kept)
        if not held:
            return ItemShown(repo, number, None, missing=await self._missing(repo, number), mentions=mentions)
        rules = await self._mends.rules(repo)
        linked = await self._store.mirror.items(repo, held[0].linked)
        [item, *partners] = mark_bots([*held, *linked], rules.bots)
        ledgers = await asyncio.to_thread(match_topics, [item, *partners], rules.topics)
        return ItemShown(
            repo,
            number,
            item,
            assessment=await self._assessment(repo, item, kept),
            topics=tuple(
                TopicOf(
                    key,
                    ledger.topic.title,
                    "about" if number in ledger.about else "tagged",
                    ledger.reasons[number],
                )
                for key, ledger in ledgers.items()
                if number in ledger.reasons
            ),
            mentions=mentions,
            incomplete=tuple(_lacks(item, standing)),
        )

    async def _mentions(self, repo: str, number: int) -> Sequence[KeptEdition]:
        ids = await self._store.mentions.newest(repo, number, MOST_MENTIONS)
        return await self._store.editions.listed(repo, ids)

    async def _missing(self, repo: str, number: int) -> str:
        why = (await self._store.mirror.tombstones(repo)).get(number, "").partition(" ")[0]
        return why if why in _GONE else "unknown"

    async def _assessment(self, repo: str, item: Item, kept: Sequence[KeptEdition]) -> Assessment:
        """The last that a digest has, else what code makes of the whole item."""
        for each in kept[:LOOKED_AT]:
            data = await self._store.editions.load(repo, each.id, next(iter(each.titles)))
            if data is None:
                continue
            known = await self._judged.of(sha256(data).digest(), partial(_read, data))
            if item.number in known:
                return known[item.number]
        return await asyncio.to_thread(_by_code, item, self._now())


async def _read(data: bytes) -> Mapping[int, Assessment]:
    """What a digest made of its items; nothing where it is another version's."""
    try:
        return (await asyncio.to_thread(_JUDGED.load, data)).assessments
    except StoreError as error:
        log.warning("kept edition unreadable", error=error.key)
        return {}


def _by_code(item: Item, now: datetime) -> Assessment:
    """What code makes of an item with all that was ever said of it."""
    times = list(moments(item))
    since, until = min(times, default=now), max([*times, now])
    window = Window(since, until + timedelta(seconds=1), "UTC")
    coverage = Coverage(Seen(None, 1), Seen(None, 0))
    facts = build_facts(repo=item.repo, window=window, items=[item], coverage=coverage)
    return rubric.assess(item, facts)


def _lacks(item: Item, standing: Standing) -> Iterator[str]:
    """Keys below `[coverage]`."""
    if standing.synced_until is None:
        yield "imported"
    if item.body is None:
        yield "threads"
    elif (item.comments_total or 0) > len(item.comments):
        yield "comments"
