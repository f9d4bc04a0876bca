"""The server's clock, and waiting for what happens."""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


class Moments:
    """closing: set once the server goes, which keeps nobody waiting. late_effects: calls whose answer has gone out, and
    which are still to be done."""

    def __init__(self) -> None:
        self.closing = asyncio.Event()
        self.late_effects: set[asyncio.Task[None]] = set()
        self._ahead = 0.0
        self._counts = itertools.count(1)
        self._last_ts = 0.0
        self._changed = asyncio.Event()

    def now(self) -> float:
        """The server's clock, seconds since 1970."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let the server's clock be later."""
        self._ahead += seconds

    def new_ts(self) -> str:
        """A message's timestamp that no other has."""
        self._last_ts = max(self._last_ts + 0.000_001, self.now())
        return f"{self._last_ts:.6f}"

    def count(self) -> int:
        return next(self._counts)

    def begin(self, effect: Coroutine[None, None, None]) -> None:
        """Let something take effect later."""
        task = asyncio.create_task(effect)
        self.late_effects.add(task)
        task.add_done_callback(self.late_effects.discard)

    def changed(self) -> None:
        """Wake who waits in `until`."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, predicate: Callable[[], object], timeout: float = 20.0) -> Any:  # noqa: ANN401, ASYNC109
        """What `predicate` gives once it is true; asked after each thing that happens here. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while not (found := predicate()):
                await self._changed.wait()
        return found
