"""Waking: the queue between processes, opened by the first job, so that a shell command need not load it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from adapters.queue import Job, Priority, Queue


class OnDemandQueue:
    """See `adapters.queue.Queue`."""

    def __init__(self, redis_url: str | None, state_dir: Path, stack: AsyncExitStack) -> None:
        """stack: closes it."""
        self._address = (redis_url, state_dir)
        self._stack = stack
        self._opening = asyncio.Lock()
        self._queue: Queue | None = None

    async def opened(self) -> Queue:
        """The queue itself. Raises StoreError."""
        async with self._opening:
            if self._queue is None:
                from adapters.queue import open_queue

                self._queue = await self._stack.enter_async_context(open_queue(*self._address))
            return self._queue

    async def kick_many(self, priority: Priority, jobs: Sequence[Job]) -> None:
        """See `Queue.kick_many`."""
        await (await self.opened()).kick_many(priority, jobs)

    async def waiting(self, priority: Priority) -> int:
        """See `Queue.waiting`."""
        return await (await self.opened()).waiting(priority)


@asynccontextmanager
async def queue_on_demand(redis_url: str | None, state_dir: Path) -> AsyncIterator[OnDemandQueue]:
    """On the server at `redis_url`, or on the embedded one of `state_dir` when there is none."""
    async with AsyncExitStack() as stack:
        yield OnDemandQueue(redis_url, state_dir, stack)
