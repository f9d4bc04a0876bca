"""The server's clock, its ids, and waiting for what happens."""

from __future__ import annotations

import asyncio
import itertools
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

EPOCH_MS: Final = 1_420_070_400_000
"""The first moment of 2015 (docs.discord.com/developers/reference, "snowflakes")."""


class Moments:
    """closing: set once the server goes, which keeps nobody waiting. late_effects: what is done although its answer has
    gone out, and is not done yet."""

    def __init__(self) -> None:
        self.closing = asyncio.Event()
        self.late_effects: set[asyncio.Task[None]] = set()
        self._ahead = 0.0
        self._counts = itertools.count(1)
        self._changed = asyncio.Event()

    def now(self) -> float:
        """The server's clock, seconds since 1970."""
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        """Let the server's clock be later."""
        self._ahead += seconds

    def snowflake(self) -> int:
        """An id of now that nothing else has; later ones are greater."""
        return ((int(self.now() * 1000) - EPOCH_MS) << 22) | (next(self._counts) & 0x3FFFFF)

    def count(self) -> int:
        return next(self._counts)

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Have it done while the server goes on."""
        task = asyncio.ensure_future(work)
        self.late_effects.add(task)
        task.add_done_callback(self.late_effects.discard)

    async def ended(self) -> None:
        """Wait until all of that is done."""
        await asyncio.gather(*self.late_effects)

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
