"""Finding items by their words: the text index, brought up to the mirror before it is asked."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Self

from adapters.store.search import Document, open_index

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from adapters.store import Store
    from adapters.store.records import Record
    from adapters.store.search import Hit, TextIndex

BATCH = 300
"""Documents handed over at once; searches wait for no longer than these take."""


class Find:
    """Searches the items of mirrors. An async context manager: the index is opened when it is first needed."""

    def __init__(self, path: Path, store: Store) -> None:
        """path: of the index's file, which is made if it is not there."""
        self._path = path
        self._store = store
        self._opening = asyncio.Lock()
        self._opened: TextIndex | None = None
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_how: object) -> None:
        await self._stack.aclose()

    async def __call__(
        self,
        repo: str,
        text: str,
        *,
        within: Collection[int] | None = None,
        terms: Collection[str] = (),
        limit: int = 50,
    ) -> list[Hit]:
        """The items that hold the words, best first; only those of `within`, and those that have all of the terms, such
        as "label:rocm" (see `Mirror.with_term`). Raises StoreError."""
        for term in terms:
            having = await self._store.mirror.with_term(repo, term)
            within = having if within is None else having.intersection(within)
        index = await self._index()
        await self._follow(index, repo)
        return await index.search(repo, text, within=within, limit=limit)

    async def _index(self) -> TextIndex:
        async with self._opening:
            if self._opened is None:
                self._opened = await self._stack.enter_async_context(open_index(self._path))
            return self._opened

    async def _follow(self, index: TextIndex, repo: str) -> None:
        """Bring the index up to what the mirror holds. Several processes may do so at once: one of them is first."""
        mirror = self._store.mirror
        while True:
            after = await index.position(repo)
            changed, position = await mirror.changes(repo, after)
            if position < after:
                await index.forget(repo)
                continue
            if not changed:
                return
            numbers = sorted(changed)
            for at in range(0, len(numbers), BATCH):
                batch = numbers[at : at + BATCH]
                records = await mirror.records(repo, batch, text=True)
                gone = set(batch) - {record.item.number for record in records}
                last = at + BATCH >= len(numbers)
                applied = await index.apply(
                    repo,
                    [document_of(record) for record in records],
                    gone,
                    after=after,
                    position=position if last else after,
                )
                if not applied:
                    break  # another process was first, or the file was lost: look again where it stands
            else:
                if position > after:
                    continue
                return  # what came had no position of its own yet: it was announced by nobody


def document_of(record: Record) -> Document:
    item = record.item
    said = (*(comment.body for comment in item.comments), *(review.body for review in item.reviews))
    return Document(
        number=item.number,
        title=item.title,
        labels=item.labels,
        author=item.author.login if item.author else "",
        body=item.body or "",
        comments=tuple(body for body in said if body),
        paths=item.files or (),
    )
