"""Connections to the index's file in threads of their own, so that nobody's event loop waits for SQLite: one that
writes, and one that reads meanwhile.

More that read would be slower: what they do besides waiting for SQLite needs Python's lock, which they would take from
each other and from the event loop, and each would have to work out anew what another one remembers.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

from adapters.store.search.file import IndexFile

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from adapters.store.search.connection import Connection

_Result = TypeVar("_Result")


class _Lane:
    """One connection and its thread, for one piece of work after the other."""

    def __init__(self, file: IndexFile, name: str) -> None:
        self._file = file
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=name)

    async def run(self, work: Callable[[IndexFile], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._executor, work, self._file)

    async def close(self) -> None:
        try:
            await self.run(IndexFile.close)
        finally:
            self._executor.shutdown(wait=False)


class Pool:
    """Runs work over connections. Everything raises what `IndexFile.run` does."""

    def __init__(self, path: Path) -> None:
        lost: set[tuple[int, int] | None] = set()
        self._writer = _Lane(IndexFile(path, lost), "index-writer")
        self._reader = _Lane(IndexFile(path, lost), "index-reader")

    async def open(self) -> None:
        """See that the file can be used."""
        await self._writer.run(IndexFile.open)

    async def read(self, work: Callable[[Connection], _Result]) -> _Result:
        return await self._reader.run(lambda file: file.run(work))

    async def write(self, work: Callable[[Connection], _Result]) -> _Result:
        return await self._writer.run(lambda file: file.run(work))

    async def close(self) -> None:
        await asyncio.gather(self._writer.close(), self._reader.close())


@asynccontextmanager
async def open_pool(path: Path) -> AsyncIterator[Pool]:
    """Raises StoreError: `store.no_fts`, `store.index`."""
    pool = Pool(path)
    try:
        await pool.open()
        yield pool
    finally:
        await pool.close()
