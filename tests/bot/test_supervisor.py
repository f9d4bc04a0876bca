from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from bot.supervisor import LONGEST_PAUSE_S, Supervisor
from summarizer.errors import NotConfigured


class Failing:
    """A service that fails so many times, and then stays."""

    def __init__(self, *failures: Exception | None) -> None:
        self.failures = list(failures)
        self.runs = 0
        self.stays = asyncio.Event()

    async def __call__(self) -> None:
        self.runs += 1
        if self.failures:
            failure = self.failures.pop(0)
            if failure is not None:
                raise failure
            return
        self.stays.set()
        await asyncio.Event().wait()


async def test_a_service_that_fails_is_started_again_and_its_siblings_are_left_alone() -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    weak = Failing(RuntimeError("broken"), NotConfigured("web.port_taken", host="h", port=1), None)
    strong = Failing()
    supervisor = Supervisor(sleep=sleep)
    running = asyncio.create_task(supervisor.run({"weak": weak, "strong": strong}))
    async with asyncio.timeout(20):
        await asyncio.gather(weak.stays.wait(), strong.stays.wait())

    assert (weak.runs, strong.runs) == (4, 1)
    assert supervisor.up() == {"weak": True, "strong": True}
    assert pauses == sorted(pauses)
    assert all(1 <= pause <= LONGEST_PAUSE_S * 1.25 for pause in pauses)

    running.cancel()
    with suppress(asyncio.CancelledError):
        await running


async def test_a_service_is_down_while_it_waits_to_be_started_again() -> None:
    asleep = asyncio.Event()

    async def sleep(_seconds: float) -> None:
        asleep.set()
        await asyncio.Event().wait()

    supervisor = Supervisor(sleep=sleep)
    running = asyncio.create_task(
        supervisor.run({"weak": Failing(RuntimeError("broken")), "strong": Failing()})
    )
    async with asyncio.timeout(20):
        await asleep.wait()

    assert supervisor.up() == {"weak": False, "strong": True}

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
