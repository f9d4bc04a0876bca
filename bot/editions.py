"""Editions: digests that are kept for good and have a page of their own."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import asdict, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from adapters.store.codec import Codec, SwiftCodec
from adapters.store.editions import Told
from bot.access import WEB
from bot.grammar.commands import Options
from bot.mentions import mention
from summarizer.digests import Digest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from adapters.store import Store
    from bot.access import Access
    from summarizer.digests import Generation
    from summarizer.filters import Filter
    from summarizer.items import Item
    from summarizer.windows import Edition

_DIGEST: Codec[Digest] = SwiftCodec(Digest)

NEWEST = 100

AT_HAND = 8
"""Digests that stay open: whoever reads a page soon asks for its pictures."""

LOOKED_AT = 8
"""Digests that are opened to find some of one kind: each takes a moment."""


class Editions:
    """Keeps them, and tells where their pages are."""

    def __init__(
        self, store: Store, access: Access, *, public_url: str | None, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._now = now
        self._access = access
        self._public_url = public_url
        self._at_hand: OrderedDict[bytes, Digest] = OrderedDict()

    async def keep(self, digest: Digest) -> str:
        """Keep it, in the place of an earlier revision; returns the path of its page. Raises StoreError.

        It is kept without what people wrote in its items, which no rendering shows and the mirror holds: that would be
        three quarters of it.
        """
        repo = digest.facts.repo
        data = await asyncio.to_thread(lambda: _DIGEST.dump(_without_texts(digest)))
        before = await self._store.editions.load(repo, digest.id, digest.lang)
        kept_at = await self._kept_at(digest) if data == before else self._now()
        await self._store.editions.keep(
            repo,
            digest.id,
            digest.lang,
            data,
            at=digest.facts.window.until,
            title=digest.title,
            edition=digest.edition,
            told=_told(digest, kept_at),
        )
        if data != before:
            await mention(self._store, digest, before)
        return _path(repo, digest.id)

    async def _kept_at(self, digest: Digest) -> datetime:
        """Since when it is kept just as it is: each of its subscriptions keeps it anew, which is news to nobody."""
        for kept in await self._store.editions.listed(digest.facts.repo, [digest.id]):
            return kept.kept.get(digest.lang) or self._now()
        return self._now()

    async def kept(self, repo: str, digest_id: str, lang: str) -> Digest | None:
        """The digest that was kept, for those who were let in elsewhere; None where it is not. Raises StoreError."""
        data = await self._store.editions.load(repo, digest_id, lang)
        if data is None:
            return None
        digest = self._at_hand.get(data)
        if digest is None:
            digest = self._at_hand[data] = await asyncio.to_thread(_DIGEST.load, data)
        self._at_hand.move_to_end(data)
        while len(self._at_hand) > AT_HAND:
            self._at_hand.popitem(last=False)
        return digest

    async def page(self, digest: Digest) -> str:
        """The address of its page, "" where nobody could open it: it is not kept, private, or there are no pages.

        Raises StoreError.
        """
        repo = digest.facts.repo
        if self._public_url is None or not await self._is_open(repo):
            return ""
        if digest.lang not in await self._store.editions.languages(repo, digest.id):
            return ""
        return f"{self._public_url}{_path(repo, digest.id)}?lang={digest.lang}"

    async def generations(
        self, repo: str, edition: Edition, filters: Sequence[Filter], limit: int
    ) -> Sequence[Generation]:
        """How the newest kept digests of such a kind came about, at most `limit`, for a forecast of what the next one
        takes. Raises StoreError."""
        found: list[Generation] = []
        of_edition = [
            kept for kept in await self._store.editions.newest(repo, NEWEST) if kept.edition == edition
        ]
        for kept in of_edition[:LOOKED_AT]:
            data = await self._store.editions.load(repo, kept.id, next(iter(kept.titles)))
            digest = await asyncio.to_thread(_DIGEST.load, data) if data else None
            if digest is not None and set(digest.facts.filters) == set(filters):
                found.append(digest.generation)
                if len(found) == limit:
                    break
        return found

    async def _is_open(self, repo: str) -> bool:
        """Whether any visitor may read the repository, by what is known of it."""
        state = await self._store.states.load(repo)
        # what only a file told is not known to be public
        is_private = state.is_private or state.synced_until is None
        return self._access.may_read(WEB, state.repo, private=is_private)


def _without_texts(digest: Digest) -> Digest:
    facts = digest.facts
    items, related = (
        {number: _without_text(item) for number, item in each.items()}
        for each in (facts.items, facts.related)
    )
    return replace(
        digest,
        facts=replace(facts, items=items, related=related),
        # whoever comes to it later has the same digest
        generation=replace(digest.generation, cached=False),
    )


def _without_text(item: Item) -> Item:
    return replace(
        item,
        body=None,
        comments=tuple(replace(comment, body="") for comment in item.comments),
        reviews=tuple(replace(review, body="") for review in item.reviews),
    )


def _told(digest: Digest, kept_at: datetime) -> Told:
    facts = digest.facts
    return Told(
        since=facts.window.since,
        kept_at=kept_at,
        revision=digest.revision,
        outcome=digest.outcome,
        counts=asdict(facts.counts),
        topics=tuple(key for key, ledger in facts.ledgers.items() if ledger.about or ledger.tagged),
        filters=tuple(Options(filters=facts.filters).words()),
    )


def _path(repo: str, digest_id: str) -> str:
    return f"/{repo}/digests/{quote(digest_id)}"
