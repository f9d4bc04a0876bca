"""Work that many ask for at the same time and that is done once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Hashable

T = TypeVar("T")


class Once(Generic[T]):
    """Runs at most one piece of work per key at a time; all who ask meanwhile get its result or its error.

    The work goes on while anyone waits for it and is cancelled when the last one has gone.
    """

    def __init__(self) -> None:
        self._running: dict[Hashable, asyncio.Task[T]] = {}
        self._waiting: dict[Hashable, int] = {}

    async def __call__(self, key: Hashable, work: Callable[[], Awaitable[T]]) -> T:
        """The result of `work` for `key`, running it unless it is already under way."""
        task = self._running.get(key)
        if task is None:
            task = asyncio.ensure_future(_as_coroutine(work))
            self._running[key] = task
            self._waiting[key] = 0
            task.add_done_callback(lambda done: self._forget(key, done))
        self._waiting[key] += 1
        try:
            # shielded, so that one who gives up does not take the result from the others
            return await asyncio.shield(task)
        finally:
            if self._running.get(key) is task:
                self._waiting[key] -= 1
                if not self._waiting[key]:
                    # forgotten at once, so that whoever asks next starts anew instead of joining the cancelled work
                    del self._running[key], self._waiting[key]
                    task.cancel()
                    # what it holds is given back before whoever gave up goes on, and perhaps closes the store
                    await asyncio.wait((task,))

    def _forget(self, key: Hashable, task: asyncio.Task[T]) -> None:
        if self._running.get(key) is task:
            del self._running[key], self._waiting[key]
        if not task.cancelled():
            task.exception()  # looked at, so that an error nobody waited for is not reported a second time


async def _as_coroutine(work: Callable[[], Awaitable[T]]) -> T:
    return await work()
