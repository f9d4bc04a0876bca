"""The worker: does the jobs that wait, of each priority so many at once. Any number of them may run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.jobs import handlers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.queue import Priority, Queue
    from bot.jobs import Engine

AT_ONCE: Final[Mapping[Priority, int]] = {"people": 4, "posts": 32, "builds": 64}
"""A post waits a second or so for each of its parts, at the pace that a channel allows. A job that builds first says
for which deliveries, which takes no time, and then waits for its turn (`bot.delivery.preparing.BUILDS_AT_ONCE`)."""


async def run_worker(queue: Queue, engine: Engine, at_once: Mapping[Priority, int] = AT_ONCE) -> None:
    """Do jobs until cancelled; what runs then may come to its end, and what cannot is handed back."""
    await queue.work(handlers(engine), at_once)
