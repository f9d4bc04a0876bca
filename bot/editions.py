"""Editions: digests that are kept for good and have a page of their own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import quote

from adapters.store.codec import Codec
from adapters.web.editions import Listed
from bot.access import WEB
from summarizer.digests import Digest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.store import Store
    from bot.access import Access
    from summarizer.digests import Generation
    from summarizer.filters import Filter
    from summarizer.windows import Edition

_DIGEST: Codec[Digest] = Codec(Digest)

NEWEST = 100

LOOKED_AT = 8
"""Digests that are opened to find some of one kind: each takes a moment."""


class Editions:
    """Keeps them, and hands visitors of the web what they may read. See `adapters.web.editions.Editions`."""

    def __init__(self, store: Store, access: Access, *, repos: Sequence[str], public_url: str | None) -> None:
        """repos: those that are listed together."""
        self._store = store
        self._repos = repos
        self._access = access
        self._public_url = public_url

    async def keep(self, digest: Digest) -> str:
        """Keep it, in the place of an earlier revision; returns the path of its page. Raises StoreError."""
        repo = digest.facts.repo
        data = await asyncio.to_thread(_DIGEST.dump, digest)
        await self._store.editions.keep(
            repo,
            digest.id,
            digest.lang,
            data,
            at=digest.facts.window.until,
            title=digest.title,
            edition=digest.edition,
        )
        return _path(repo, digest.id)

    async def kept(self, repo: str, digest_id: str, lang: str) -> Digest | None:
        """The digest that was kept, for those who were let in elsewhere; None where it is not. Raises StoreError."""
        data = await self._store.editions.load(repo, digest_id, lang)
        return await asyncio.to_thread(_DIGEST.load, data) if data else None

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

    async def newest(self, repo: str | None) -> Sequence[Listed]:
        """See `adapters.web.editions.Editions`."""
        found: list[Listed] = []
        for each in self._repos if repo is None else (repo,):
            if await self._is_open(each):
                for kept in await self._store.editions.newest(each, NEWEST):
                    title = kept.titles.get("en") or next(iter(kept.titles.values()))
                    found.append(Listed(kept.repo, kept.id, title, kept.at, tuple(kept.titles)))
        return sorted(found, key=lambda listed: listed.at, reverse=True)[:NEWEST]

    async def languages(self, repo: str, digest_id: str) -> Sequence[str]:
        """See `adapters.web.editions.Editions`."""
        if not await self._is_open(repo):
            return ()
        return tuple(await self._store.editions.languages(repo, digest_id))

    async def open(self, repo: str, digest_id: str, lang: str) -> Digest | None:
        """See `adapters.web.editions.Editions`."""
        if not await self._is_open(repo):
            return None
        return await self.kept(repo, digest_id, lang)

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


def _path(repo: str, digest_id: str) -> str:
    return f"/{repo}/digests/{quote(digest_id)}"
