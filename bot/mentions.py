"""Mentions: which items a kept digest tells of is written down with it, so that the page of an item can name it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import structlog

from adapters.store.codec import Codec
from summarizer.digests import Section
from summarizer.errors import StoreError
from summarizer.facts import Listed, ListName

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.store import Store
    from adapters.store.editions import KeptEdition
    from summarizer.digests import Digest

log = structlog.get_logger()

MOST_EDITIONS: Final = 1_000_000

CLAIMED_S: Final = 3_600
"""For how long the process that began to look through the digests of a repository has to end it."""


@dataclass(frozen=True, slots=True)
class _Facts:
    lists: Mapping[ListName, tuple[Listed, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Telling:
    """What of a digest tells of items. To read all of one takes a while, for which nothing else could be done."""

    facts: _Facts = field(default_factory=_Facts)
    sections: tuple[Section, ...] = ()


_TELLING: Codec[_Telling] = Codec(_Telling)


def mentioned(digest: Digest | _Telling) -> frozenset[int]:
    """The items that were an event of a digest, or are cited in it."""
    listed = (row.number for rows in digest.facts.lists.values() for row in rows)
    cited = (number for section in digest.sections for number in section.cites)
    return frozenset((*listed, *cited))


async def mention(store: Store, digest: Digest, before: bytes | None) -> None:
    """Write down what a digest tells of that has just been kept. before: what was kept in its place, as bytes.

    Raises StoreError.
    """
    repo, numbers = digest.facts.repo, mentioned(digest)
    await store.mentions.add(repo, digest.id, digest.facts.window.until, numbers)
    earlier = await asyncio.to_thread(_read, before) if before else None
    gone = mentioned(earlier) - numbers if earlier else frozenset[int]()
    if gone:
        gone -= await told_in(store, repo, digest.id, await store.editions.languages(repo, digest.id))
        await store.mentions.remove(repo, digest.id, gone)
    await store.editions.touch(repo)  # a page may have been made in between


async def told_in(store: Store, repo: str, digest_id: str, langs: Iterable[str]) -> frozenset[int]:
    """The items that a kept digest tells of in any of these languages. Raises StoreError."""
    found: set[int] = set()
    for lang in langs:
        data = await store.editions.load(repo, digest_id, lang)
        telling = await asyncio.to_thread(_read, data) if data else None
        if telling is not None:
            found |= mentioned(telling)
    return frozenset(found)


class CatchingUp:
    """Looks through the digests that were kept before mentions were written down: once a repository, beside whoever
    asked first. To be closed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._running: dict[str, asyncio.Task[None]] = {}
        self._whole: set[str] = set()

    async def close(self) -> None:
        """Break off what is under way; the next process goes on with it."""
        running = [*self._running.values()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def begin(self, repo: str) -> None:
        """Have the digests of a repository looked through, if they are not. Raises StoreError."""
        name = repo.lower()
        if name in self._whole or name in self._running:
            return
        if await self._store.mentions.is_whole(repo):
            self._whole.add(name)
        elif name not in self._running:
            self._running[name] = asyncio.create_task(self._look(repo))

    async def ended(self, repo: str) -> None:
        """Wait until what is under way of a repository has ended."""
        if task := self._running.get(repo.lower()):
            with suppress(asyncio.CancelledError):
                await asyncio.shield(task)

    async def _look(self, repo: str) -> None:
        claim = f"mentions {repo.lower()}"
        try:
            if not await self._store.handled.claim(claim, CLAIMED_S):
                return
            try:
                await self._look_through(repo)
            except BaseException:
                await self._store.handled.release(claim)
                raise
        except StoreError as error:
            log.warning("mentions of earlier digests not written", repo=repo, error=error.key)
        finally:
            del self._running[repo.lower()]

    async def _look_through(self, repo: str) -> None:
        kept = await self._store.editions.newest(repo, MOST_EDITIONS)
        for each in kept:
            await self._look_at(repo, each)
        await self._store.mentions.make_whole(repo)
        await self._store.editions.touch(repo)  # pages that were made without them are out of date
        log.info("mentions of earlier digests written", repo=repo, digests=len(kept))

    async def _look_at(self, repo: str, kept: KeptEdition) -> None:
        """Once more where it may have been kept anew or let go meanwhile."""
        written: frozenset[int] = frozenset()
        while True:
            standing = await self._store.editions.changes(repo)
            langs = await self._store.editions.languages(repo, kept.id)
            numbers = await told_in(self._store, repo, kept.id, langs)
            await self._store.mentions.add(repo, kept.id, kept.at, numbers)
            await self._store.mentions.remove(repo, kept.id, written - numbers)
            if await self._store.editions.changes(repo) == standing:
                return
            written |= numbers


def _read(data: bytes) -> _Telling | None:
    """None for another version's."""
    try:
        return _TELLING.load(data)
    except StoreError:
        return None
