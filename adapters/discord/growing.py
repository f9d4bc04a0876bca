"""Growing: an answer that is seen while it is written, by editing its message now and then."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog

from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = structlog.get_logger()

EVERY_S: Final = 1.5
"""A channel takes five messages and edits in five seconds, for all who talk there."""


class Growing:
    """One answer. tell: shows the text so far; what fails there leaves the rest to the whole answer."""

    def __init__(self, tell: Callable[[str], Awaitable[object]], *, every_s: float = EVERY_S) -> None:
        self._tell = tell
        self._every_s = every_s
        self._text = ""
        self._moved, self._over = asyncio.Event(), asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def show(self, text: str) -> None:
        """The text so far."""
        self._text = text
        self._moved.set()
        if self._task is None and not self._over.is_set():
            self._task = asyncio.create_task(self._follow(), name="discord growing")

    async def stop(self) -> None:
        """Show nothing more: once this is done no edit is on its way that could come after the answer."""
        self._over.set()
        self._moved.set()
        if self._task is not None:
            await asyncio.wait((self._task,))

    async def _follow(self) -> None:
        shown = ""
        try:
            while not self._over.is_set():
                if self._text == shown:
                    self._moved.clear()
                    await self._moved.wait()
                    continue
                shown = self._text
                await self._tell(shown)
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._every_s):
                        await self._over.wait()
        except DigestError as error:
            log.info("answer not shown while it grew", error=error.key)
