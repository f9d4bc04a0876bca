"""The leader: one at a time, another when it fails, dies or goes, and none that has lost its lease."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog

from adapters.store import open_store
from adapters.store.connection import connect
from bot.processes import leader
from bot.processes.scheduler import NAME, run_scheduler
from summarizer.errors import BadInput
from tests.adapters.queue.working import stopped
from tests.servers.redis.cut import cut_off

if TYPE_CHECKING:
    from adapters.store import Store
    from adapters.store.leases import Lease

TTL_S = 1.5
DEADLINE_S = 30.0

SCHEDULER = """
import asyncio, sys
from pathlib import Path
from adapters.store import open_store
from bot.logs import set_up_logs
from bot.processes.scheduler import run_scheduler

async def work(lease):
    print("leads", flush=True)
    await asyncio.Event().wait()

async def main():
    set_up_logs("error")
    async with open_store(sys.argv[1], Path("unused")) as store:
        await run_scheduler(work, store.leases, ttl_s=1.5)

asyncio.run(main())
"""


class Work:
    """What a leader does. fences: of each time it led; leading: whether it does."""

    def __init__(self, *failures: Exception) -> None:
        """failures: what it fails with, time after time, before it stays."""
        self.fences: list[int] = []
        self.leading = False
        self._failures = list(failures)
        self._changed = asyncio.Condition()

    async def __call__(self, lease: Lease) -> None:
        await self._set(leading=True, fence=lease.fence)
        try:
            if self._failures:
                raise self._failures.pop(0)
            await asyncio.Event().wait()
        finally:
            await self._set(leading=False)

    async def leads(self, times: int) -> None:
        """Wait until it has led so many times and does."""
        async with asyncio.timeout(DEADLINE_S), self._changed:
            await self._changed.wait_for(lambda: self.leading and len(self.fences) >= times)

    async def ends(self) -> None:
        async with asyncio.timeout(DEADLINE_S), self._changed:
            await self._changed.wait_for(lambda: not self.leading)

    async def _set(self, *, leading: bool, fence: int | None = None) -> None:
        async with self._changed:
            self.leading = leading
            self.fences += [fence] if fence is not None else []
            self._changed.notify_all()


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits long between two looks."""
    monkeypatch.setattr(leader, "LOOK_S", 0.05)


def scheduler(work: Work, store: Store) -> asyncio.Task[None]:
    return asyncio.create_task(run_scheduler(work, store.leases, ttl_s=TTL_S))


async def test_one_leads_and_another_takes_over_when_it_goes(store: Store) -> None:
    first, second = Work(), Work()
    leading = scheduler(first, store)
    await first.leads(1)
    standing_by = scheduler(second, store)
    await stopped(leading)
    await second.leads(1)
    await stopped(standing_by)

    assert (len(first.fences), len(second.fences)) == (1, 1)
    assert second.fences > first.fences
    assert not first.leading


async def test_another_takes_over_when_the_leader_is_killed(store: Store, redis_server: str) -> None:
    victim = await asyncio.create_subprocess_exec(sys.executable, "-c", SCHEDULER, redis_server, stdout=-1)
    assert victim.stdout
    assert await victim.stdout.readline() == b"leads\n"
    work = Work()
    standing_by = scheduler(work, store)
    victim.kill()
    await victim.communicate()

    await work.leads(1)
    await stopped(standing_by)


async def test_a_leader_that_fails_lets_another_lead(store: Store) -> None:
    first, second = Work(*[RuntimeError("broken")] * 100), Work()
    with structlog.testing.capture_logs() as logged:
        failing, standing_by = scheduler(first, store), scheduler(second, store)
        await second.leads(1)
        await stopped(failing)
        await stopped(standing_by)

    assert not first.leading
    assert {line["event"] for line in logged} <= {"leads", "bug"}


async def test_a_leader_that_failed_leads_again_where_nobody_else_does(store: Store) -> None:
    work = Work(BadInput("topic.unknown", topic="x"), RuntimeError("broken"))
    with structlog.testing.capture_logs() as logged:
        alone = scheduler(work, store)
        await work.leads(3)
        await stopped(alone)

    assert work.fences == sorted(set(work.fences))
    assert [line["event"] for line in logged] == ["leads", "leader failed", "leads", "bug", "leads"]


async def test_who_has_lost_the_lease_stops_and_stands_by(store: Store, redis_server: str) -> None:
    work = Work()
    leading = scheduler(work, store)
    await work.leads(1)
    async with connect(redis_server) as connection:
        await connection.call("SET", f"vllm-digest:lease:{{{NAME}}}", "another", "PX", 500)
        await work.ends()
    await work.leads(2)
    await stopped(leading)

    assert len(work.fences) == 2


async def test_a_leader_whose_server_is_away_stops_before_another_may_lead(
    store: Store, redis_server: str, tmp_path: Path
) -> None:
    work = Work()
    async with (
        cut_off(Path(redis_server.removeprefix("unix://"))) as way,
        open_store(way.url, tmp_path) as behind,
    ):
        leading = scheduler(work, behind)
        await work.leads(1)
        way.left = 0
        await work.ends()
        way.mend()
        await work.leads(2)
        await stopped(leading)

    assert work.fences == sorted(set(work.fences))
