"""Jobs: what is sent comes to whoever does it, over a real server."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from adapters.queue import open_queue
from bot.jobs import Jobs
from bot.processes.worker import run_worker
from tests.adapters.queue.working import Hands, stopped

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.store import Store


class Done:
    """An engine that writes down what it was asked for."""

    def __init__(self, *, busy: bool = False) -> None:
        """busy: it never comes to the end of what nobody waits for."""
        self.prepare, self.deliver, self.watch = Hands(busy=busy), Hands(), Hands()


async def test_each_job_comes_to_who_does_it(store: Store, redis_server: str, tmp_path: Path) -> None:
    engine = Done()
    async with open_queue(redis_server, tmp_path) as queue:
        worker = asyncio.create_task(run_worker(queue, engine))
        jobs = Jobs(queue)
        await jobs.prepare("daily 1", "daily 2")
        await jobs.deliver("s1-20251210T0100Z")
        await jobs.watch("w2")
        await engine.prepare.has(2)
        await engine.deliver.has(1)
        await engine.watch.has(1)
        await stopped(worker)

    assert engine.prepare.given == ["daily 1", "daily 2"]
    assert (engine.deliver.given, engine.watch.given) == (["s1-20251210T0100Z"], ["w2"])


async def test_what_a_person_waits_for_goes_before_what_was_scheduled(
    store: Store, redis_server: str, tmp_path: Path
) -> None:
    engine = Done(busy=True)
    async with open_queue(redis_server, tmp_path, grace_s=0) as queue:
        jobs = Jobs(queue)
        await jobs.prepare(*(f"daily {number}" for number in range(20)))
        worker = asyncio.create_task(run_worker(queue, engine, {"people": 2, "posts": 2, "builds": 2}))
        await engine.prepare.has(2)
        await jobs.prepare("asked for", urgent=True)
        await jobs.deliver("asked for", urgent=True)
        await engine.prepare.has(3)
        await engine.deliver.has(1)
        await stopped(worker)

    assert engine.prepare.given == ["daily 0", "daily 1", "asked for"]
    assert engine.deliver.given == ["asked for"]
