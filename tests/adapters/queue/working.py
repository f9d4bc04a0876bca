"""Workers of the tests: what they were given, and when they let go of it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

from tests.servers.redis import DEADLINE_S

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from adapters.queue import Handler, Priority, Queue

EACH: Mapping[Priority, int] = {"people": 1, "posts": 1, "builds": 1}


class Hands:
    """A handler. given: the arguments, in the order they came; done: those it was let go of; most: how many it ever
    had at once."""

    def __init__(self, *, busy: bool = False) -> None:
        """busy: it holds on to each job until `rest`."""
        self.given: list[str] = []
        self.done: list[str] = []
        self.most = 0
        self._now = 0
        self._came = asyncio.Condition()
        self._free = asyncio.Event()
        if not busy:
            self._free.set()

    async def __call__(self, argument: str) -> None:
        self.given.append(argument)
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            async with self._came:
                self._came.notify_all()
            await self._free.wait()
            self.done.append(argument)
        finally:
            self._now -= 1

    def rest(self) -> None:
        self._free.set()

    async def has(self, jobs: int) -> None:
        """Wait until it was given so many."""
        async with asyncio.timeout(DEADLINE_S), self._came:
            await self._came.wait_for(lambda: len(self.given) >= jobs)


@asynccontextmanager
async def working(
    queue: Queue, handlers: Mapping[str, Handler], at_once: Mapping[Priority, int] = EACH
) -> AsyncIterator[asyncio.Task[None]]:
    """A worker, stopped when the block is left."""
    task = asyncio.create_task(queue.work(handlers, at_once))
    try:
        yield task
    finally:
        await stopped(task)


async def stopped(task: asyncio.Task[None]) -> None:
    """Tell a worker to stop, and wait until it has."""
    task.cancel()
    async with asyncio.timeout(DEADLINE_S):
        with suppress(asyncio.CancelledError):
            await task
