"""Reading ahead: threads are read whole while listings still come in, so that a first digest need not wait twice."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Self

import structlog

from adapters.source import Wanted, untold
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from adapters.source import Reading
    from bot.threads import Threads
    from summarizer.items import Kind

log = structlog.get_logger()

BATCH = 24
"""A page of threads of one kind; what does not fill one is left to whoever reads the window."""


class ReadAhead:
    """Reads what is offered in full pages. An async context manager: at its end all of them are done.

    What fails is not lost: it stays unread, and whoever needs it meets the failure.
    """

    def __init__(self, threads: Threads, repo: str) -> None:
        self._threads = threads
        self._repo = repo
        self._waiting: defaultdict[Kind, list[Wanted]] = defaultdict(list)
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        type_: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        if type_ is not None:
            for task in self._tasks:
                task.cancel()
        results = await asyncio.gather(*self._tasks, return_exceptions=True)
        for result in results:
            if type_ is None and isinstance(result, BaseException):
                raise result

    def offer(self, readings: Sequence[Reading]) -> None:
        for reading in readings:
            item = reading.item
            if reading.part == "light" and item.node_id:
                self._waiting[item.kind].append(Wanted(item.number, item.node_id, item.kind))
        for waiting in self._waiting.values():
            while len(waiting) >= BATCH:
                page = [waiting.pop(0) for _ in range(BATCH)]
                self._tasks.append(asyncio.create_task(self._read(page)))

    async def _read(self, page: Sequence[Wanted]) -> None:
        try:
            await self._threads.read_these(self._repo, page, untold)
        except DigestError as error:
            log.info("not read ahead", repo=self._repo, error=error.key)
