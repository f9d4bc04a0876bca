"""Watching: the word of progress while an answer is worked on, neither too soon nor too often."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from adapters.slack.layout import notices
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from adapters.chat import Progress
    from adapters.slack.blocks import Message

log = structlog.get_logger()

LATE_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class Cadence:
    """first_s: what is done by then needs no word. every_s: between the first two, and grows times as long between each
    two after that. most: how many, None for as many as come."""

    first_s: float = 0.6
    every_s: float = 3.0
    grows: float = 1.0
    most: int | None = None


@asynccontextmanager
async def watched(
    tell: Callable[[Message], Awaitable[object]], lang: str, cadence: Cadence
) -> AsyncIterator[Progress]:
    """What the work is told to tell of itself, until the block is left; then nothing more is told."""
    step: tuple[str, int, int | None] = ("begin", 0, None)
    moved, finished = asyncio.Event(), asyncio.Event()

    def progress(key: str, done: int, total: int | None) -> None:
        nonlocal step
        step = (key, done, total)
        moved.set()

    async def is_finished_within(seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await finished.wait()
        except TimeoutError:
            return False

    async def telling() -> None:
        told = 0
        pause_s = cadence.first_s
        while (cadence.most is None or told < cadence.most) and not await is_finished_within(pause_s):
            if told:
                await moved.wait()
                if finished.is_set():
                    return
            moved.clear()
            try:
                await tell(notices.progress(lang, *step))
            except DigestError as error:  # the answer itself may still get through
                log.info("progress not told", error=error.key)
                return
            told += 1
            pause_s = cadence.every_s * cadence.grows ** (told - 1)

    teller = asyncio.create_task(telling(), name="slack progress")
    try:
        yield progress
    finally:
        finished.set()
        moved.set()
        # a word that is on its way should not come after the answer, nor hold it back for long
        _, late = await asyncio.wait((teller,), timeout=LATE_S)
        if late:
            teller.cancel()
            await asyncio.wait((teller,))
