"""The archive, put together: each kind of page asks its own part, through one gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from adapters.web.archive import Listed
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from adapters.chat import Reply
    from adapters.store import Store
    from adapters.store.editions import KeptEdition
    from adapters.web.archive import (
        Asked,
        ItemShown,
        SearchShown,
        Standing,
        TopicListed,
        TopicShown,
        Trends,
        Visitor,
    )
    from bot.archive.asking import WebQuestions
    from bot.archive.gate import Gate
    from bot.archive.items import ItemPages
    from bot.archive.searching import Searches
    from bot.archive.topics import TopicPages
    from bot.archive.trends import WeeklyTrends
    from bot.editions import Editions
    from summarizer.digests import Digest
    from summarizer.windows import Edition

log = structlog.get_logger()

MOST = 5_000
"""Kept digests that are looked through for those of an edition, so many at once:"""
BATCH = 50


class Archive:
    """See `adapters.web.archive.Archive`."""

    def __init__(
        self,
        *,
        gate: Gate,
        store: Store,
        editions: Editions,
        items: ItemPages,
        topics: TopicPages,
        trends: WeeklyTrends,
        searches: Searches,
        questions: WebQuestions,
        repos: Sequence[str],
    ) -> None:
        """repos: those of the settings, the default one first."""
        self._gate = gate
        self._store = store
        self._editions = editions
        self._items = items
        self._topics = topics
        self._trends = trends
        self._searches = searches
        self._questions = questions
        self._repos = tuple(repos)
        self.at_hand = gate.at_hand
        self.standing = gate.standing

    async def repos(self, visitor: Visitor) -> Sequence[Standing]:
        """See `adapters.web.archive.Archive`."""
        return [each for repo in self._repos if (each := await self.standing(repo, visitor))]

    async def newest(
        self,
        repo: str,
        visitor: Visitor,
        *,
        edition: Edition | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 100,
    ) -> Sequence[Listed]:
        """See `adapters.web.archive.Archive`."""
        standing = await self.standing(repo, visitor)
        if standing is None:
            return ()
        found: dict[str, Listed] = {}
        skipped, batch = 0, limit if edition is None else max(limit, BATCH)
        while len(found) < limit and skipped < MOST:
            kept = await self._store.editions.newest(repo, batch, since=since, until=until, skip=skipped)
            found |= {
                each.id: listed(each, standing.repo) for each in kept if edition in (None, each.edition)
            }
            if edition is None or not kept:
                break
            skipped += batch
        return list(found.values())[:limit]

    async def languages(self, repo: str, digest_id: str, visitor: Visitor) -> Sequence[str]:
        """See `adapters.web.archive.Archive`."""
        if await self.standing(repo, visitor) is None:
            return ()
        return await self._store.editions.languages(repo, digest_id)

    async def open(self, repo: str, digest_id: str, lang: str, visitor: Visitor) -> Digest | None:
        """See `adapters.web.archive.Archive`."""
        if await self.standing(repo, visitor) is None:
            return None
        try:
            return await self._editions.kept(repo, digest_id, lang)
        except StoreError as error:
            if error.key != "store.record":
                raise
            log.warning("kept edition unreadable", id=digest_id, error=error.key)
            return None  # what is told of many digests is told without one that another version wrote

    async def item(self, repo: str, number: int, visitor: Visitor) -> ItemShown | None:
        """See `adapters.web.archive.Archive`."""
        standing = await self.standing(repo, visitor)
        return await self._items.item(standing, number) if standing else None

    async def trends(self, repo: str, visitor: Visitor) -> Trends | None:
        """See `adapters.web.archive.Archive`."""
        standing = await self.standing(repo, visitor)
        return await self._trends.trends(standing) if standing else None

    async def topics(self, repo: str, visitor: Visitor) -> Sequence[TopicListed]:
        """See `adapters.web.archive.Archive`."""
        standing = await self.standing(repo, visitor)
        return await self._topics.listed(standing) if standing else ()

    async def topic(self, repo: str, key: str, visitor: Visitor, *, before: str = "") -> TopicShown | None:
        """See `adapters.web.archive.Archive`."""
        standing = await self.standing(repo, visitor)
        return await self._topics.topic(standing, key, before=before) if standing else None

    async def search(self, repo: str, words: str, visitor: Visitor, *, page: int = 1) -> SearchShown | None:
        """See `adapters.web.archive.Archive`."""
        standing = await self.standing(repo, visitor)
        if standing is None:
            return None
        return await self._searches.search(standing, words, self._gate.principal(visitor), visitor, page=page)

    async def ask(self, asked: Asked, visitor: Visitor) -> Reply:
        """See `adapters.web.archive.Archive`."""
        return await self._questions.ask(asked, self._gate.principal(visitor), visitor)


def listed(kept: KeptEdition, repo: str) -> Listed:
    """A kept digest, as the pages list it. repo: as it is spelt now, so that all pages are at one address."""
    told = kept.told
    return Listed(
        repo=repo,
        id=kept.id,
        edition=kept.edition,
        titles=kept.titles,
        until=kept.at,
        since=told.since,
        kept_at=told.kept_at,
        revision=told.revision,
        outcome=told.outcome,
        counts=told.counts,
        topics=told.topics,
        filters=told.filters,
        kept=kept.kept,
    )
