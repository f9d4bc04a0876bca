"""The worker: does the jobs that wait, of each priority so many at once. Any number of them may run."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from bot.jobs import handlers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.queue import Priority, Queue
    from bot.jobs import Engine

AT_ONCE: Final[Mapping[Priority, int]] = {"people": 4, "posts": 32, "builds": 64}
"""A post waits a second or so for each of its parts, at the pace that a channel allows. A job that builds first says
for which deliveries, which takes no time, and then waits for its turn (`bot.delivery.preparing.BUILDS_AT_ONCE`)."""


_ARENA_MAX: Final = -8
"""Of malloc.h."""


async def run_worker(queue: Queue, engine: Engine, at_once: Mapping[Priority, int] = AT_ONCE) -> None:
    """Do jobs until cancelled; what runs then may come to its end, and what cannot is handed back."""
    _have_one_heap()
    await queue.work(handlers(engine), at_once)


def _have_one_heap() -> None:
    """Digests are unpacked and packed beside the event loop, in whichever thread is free. With a heap for each thread,
    as glibc has it, each keeps the room of the largest; other libraries have no such thing.

    Source: man7.org/linux/man-pages/man3/mallopt.3.html, M_ARENA_MAX
    """
    with suppress(AttributeError, OSError, TypeError):  # TypeError: Windows, which opens no program itself
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)
