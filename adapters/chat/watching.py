"""Watching: the word of progress while an answer is worked on, neither too soon nor too often."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from adapters.chat.port import Progress
    from summarizer.languages import Language

log = structlog.get_logger()

LATE_S: Final = 3.0
_STEPS: Final = 10
"""Of the bar that shows how far the work is."""


@dataclass(frozen=True, slots=True)
class Cadence:
    """first_s: what is done by then needs no word. every_s: between the first two, and grows times as long between each
    two after that. most: how many, None for as many as come."""

    first_s: float = 0.6
    every_s: float = 3.0
    grows: float = 1.0
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """As `Progress` is told it. key: below `[progress]`. total: None where nobody knows."""

    key: str
    done: int
    total: int | None


@asynccontextmanager
async def watched(tell: Callable[[Step], Awaitable[object]], cadence: Cadence) -> AsyncIterator[Progress]:
    """What the work is told to tell of itself, until the block is left; then nothing more is told. A DigestError of
    `tell` is the end of the telling, not of the work."""
    step = Step("begin", 0, None)
    moved, finished = asyncio.Event(), asyncio.Event()

    def progress(key: str, done: int, total: int | None) -> None:
        nonlocal step
        step = Step(key, done, total)
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
                await tell(step)
            except DigestError as error:  # the answer itself may still get through
                log.info("progress not told", error=error.key)
                return
            told += 1
            pause_s = cadence.every_s * cadence.grows ** (told - 1)

    teller = asyncio.create_task(telling(), name="progress")
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


def step_told(step: Step, language: Language) -> tuple[str, str]:
    """A bar that shows how far the work is, "███░░░░░░░ ", or "" where nobody knows; and the words of it."""
    done, total = step.done, step.total
    if not total and not done:
        return "", language.text("chat.notice.progress", step=language.text(f"progress.{step.key}"))
    bar, count = "", f"{done:,}"
    if total:
        done = min(done, total)
        count = f"{done:,}/{total:,}"
        full = done * _STEPS // total
        bar = f"{'█' * full}{'░' * (_STEPS - full)} "
    return bar, language.text(f"chat.progress.{step.key}", count=count, n=total or done)
