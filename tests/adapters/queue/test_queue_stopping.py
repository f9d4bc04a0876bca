"""A worker that is told to stop, or dies: what it had is finished, or goes to another."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from adapters.queue import Job, open_queue
from adapters.queue.broker import StreamBroker
from adapters.store.connection import connect
from tests.adapters.queue.working import Hands, stopped, working
from tests.servers.redis import DEADLINE_S

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from adapters.queue import Queue
    from adapters.store import Store

POSTS = "vllm-digest:queue:{posts}"

WORKER = """
import asyncio, sys
from pathlib import Path
from adapters.queue import open_queue

async def deliver(argument):
    print(argument, flush=True)
    await asyncio.Event().wait()

async def main():
    async with open_queue(sys.argv[1], Path("unused")) as queue:
        await queue.work({"deliver": deliver}, {"posts": 1})

asyncio.run(main())
"""


@pytest.fixture
async def queue(any_store: Store, any_server: str, tmp_path: Path) -> AsyncIterator[Queue]:
    """Of the worker that is not stopped."""
    async with open_queue(any_server, tmp_path) as queue:
        yield queue


async def test_what_runs_comes_to_its_end_and_nothing_more_is_taken(
    queue: Queue, any_server: str, tmp_path: Path
) -> None:
    hands = Hands(busy=True)
    async with open_queue(any_server, tmp_path) as leaving:
        worker = asyncio.create_task(leaving.work({"deliver": hands}, {"posts": 1}))
        await queue.kick_many("posts", [Job("deliver", "1"), Job("deliver", "2")])
        await hands.has(1)
        worker.cancel()
        await asyncio.sleep(0)  # it has heard
        hands.rest()
        with suppress(asyncio.CancelledError):
            await worker

    assert (hands.given, hands.done) == (["1"], ["1"])
    assert await queue.waiting("posts") == 1


async def test_what_does_not_come_to_its_end_in_the_grace_is_handed_back(
    queue: Queue, any_server: str, tmp_path: Path
) -> None:
    endless, hands = Hands(busy=True), Hands()
    async with open_queue(any_server, tmp_path, grace_s=0.1) as leaving:
        worker = asyncio.create_task(leaving.work({"deliver": endless}, {"posts": 2}))
        await queue.kick_many("posts", [Job("deliver", "1"), Job("deliver", "2")])
        await endless.has(2)
        await stopped(worker)

    async with working(queue, {"deliver": hands}):
        await hands.has(2)

    assert endless.done == []
    assert sorted(hands.given) == ["1", "2"]


async def test_who_is_told_twice_to_stop_does_not_wait_for_what_runs(
    queue: Queue, any_server: str, tmp_path: Path
) -> None:
    endless, hands = Hands(busy=True), Hands()
    async with open_queue(any_server, tmp_path, grace_s=10 * DEADLINE_S) as leaving:
        worker = asyncio.create_task(leaving.work({"deliver": endless}, {"posts": 1}))
        await queue.kick("posts", "deliver", "1")
        await endless.has(1)
        worker.cancel()
        await asyncio.sleep(0)  # it has heard
        await stopped(worker)

    async with working(queue, {"deliver": hands}):
        await hands.has(1)

    assert (endless.done, hands.given) == ([], ["1"])


async def test_a_worker_that_was_killed_keeps_nobody_from_the_rest(queue: Queue, any_server: str) -> None:
    hands = Hands()
    await queue.kick_many("posts", [Job("deliver", str(number)) for number in range(3)])
    victim = await asyncio.create_subprocess_exec(sys.executable, "-c", WORKER, any_server, stdout=-1)
    assert victim.stdout
    assert await victim.stdout.readline() == b"0\n"
    victim.kill()
    await victim.communicate()

    async with working(queue, {"deliver": hands}):
        await hands.has(2)

    assert hands.given == ["1", "2"]


async def test_what_a_killed_worker_had_is_handed_back_once_it_is_taken_for_dead(
    queue: Queue, any_server: str
) -> None:
    hands = Hands()
    await queue.kick("posts", "deliver", "0")
    victim = await asyncio.create_subprocess_exec(sys.executable, "-c", WORKER, any_server, stdout=-1)
    assert victim.stdout
    assert await victim.stdout.readline() == b"0\n"
    victim.kill()
    await victim.communicate()

    async with connect(any_server) as connection:
        broker = StreamBroker(connection, POSTS, "who tidies")
        too_early = await broker.tidy(3600)
        handed = await broker.tidy(0)
        known = await connection.call("XINFO", "CONSUMERS", POSTS, "workers")
    async with working(queue, {"deliver": hands}):
        await hands.has(1)

    assert (too_early, handed, known) == (0, 1, [])
    assert hands.given == ["0"]


async def test_nothing_is_handed_back_where_nothing_was_ever_sent(any_store: Store, any_server: str) -> None:
    async with connect(any_server) as connection:
        broker = StreamBroker(connection, POSTS, "nobody")

        assert (await broker.tidy(0), await broker.hand_back(), await broker.waiting()) == (0, 0, 0)
