"""The queue: who gets which job, how many at once, and what is left of those that are done."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest
import structlog

from adapters.queue import Job, open_queue
from adapters.store.connection import connect
from summarizer.errors import BadInput, StoreError
from tests.adapters.queue.working import Hands, working
from tests.servers.redis import until
from tests.servers.redis.valkey import running, running_sentinel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from adapters.queue import Queue
    from adapters.store import Store

POSTS = "vllm-digest:queue:{posts}"


@pytest.fixture
async def queues(any_store: Store, any_server: str, tmp_path: Path) -> AsyncIterator[tuple[Queue, Queue]]:
    """Those of two processes."""
    async with open_queue(any_server, tmp_path) as one, open_queue(any_server, tmp_path) as another:
        yield one, another


async def test_a_job_that_was_sent_before_any_worker_came_is_done(queues: tuple[Queue, Queue]) -> None:
    sender, worker = queues
    await sender.kick("posts", "deliver", "s1-20251210T0100Z")
    hands = Hands()

    async with working(worker, {"deliver": hands}):
        await hands.has(1)

    assert hands.given == ["s1-20251210T0100Z"]


async def test_each_job_goes_to_one_of_several_workers(queues: tuple[Queue, Queue]) -> None:
    hands = Hands()
    sent = [str(number) for number in range(60)]

    async with (
        working(queues[0], {"deliver": hands}, {"posts": 2}),
        working(queues[1], {"deliver": hands}, {"posts": 2}),
    ):
        await queues[0].kick_many("posts", [Job("deliver", argument) for argument in sent])
        await hands.has(len(sent))

    assert sorted(hands.given, key=int) == sent


async def test_jobs_of_a_priority_are_done_in_the_order_they_were_sent(queues: tuple[Queue, Queue]) -> None:
    hands = Hands()
    await queues[0].kick_many("posts", [Job("deliver", str(number)) for number in range(10)])

    async with working(queues[1], {"deliver": hands}):
        await hands.has(10)

    assert hands.given == [str(number) for number in range(10)]


async def test_no_more_are_done_at_once_than_may_be_and_no_priority_waits_for_another(
    queues: tuple[Queue, Queue],
) -> None:
    sender, worker = queues
    posting, answering = Hands(busy=True), Hands()
    await sender.kick_many("posts", [Job("deliver", str(number)) for number in range(5)])

    async with working(worker, {"deliver": posting, "answer": answering}, {"posts": 2, "people": 1}):
        await posting.has(2)
        await sender.kick_many("people", [Job("answer", str(number)) for number in range(3)])
        await answering.has(3)
        held = list(posting.given)
        posting.rest()
        await posting.has(5)

    assert held == ["0", "1"]
    assert posting.most == 2


async def test_what_a_busy_worker_has_no_room_for_is_left_to_the_others(queues: tuple[Queue, Queue]) -> None:
    busy, idle = Hands(busy=True), Hands()
    await queues[0].kick_many("posts", [Job("deliver", str(number)) for number in range(4)])

    async with working(queues[0], {"deliver": busy}):
        await busy.has(1)
        async with working(queues[1], {"deliver": idle}):
            await idle.has(3)
        busy.rest()

    assert (busy.given, idle.given) == (["0"], ["1", "2", "3"])


async def test_a_priority_that_a_worker_does_not_serve_waits_for_one_that_does(
    queues: tuple[Queue, Queue],
) -> None:
    hands = Hands()
    await queues[0].kick("builds", "prepare", "batch")
    await queues[0].kick("posts", "deliver", "s1")

    async with working(queues[1], {"deliver": hands, "prepare": hands}, {"posts": 1}):
        await hands.has(1)

    assert hands.given == ["s1"]
    assert await queues[0].waiting("builds") == 1


async def test_a_job_that_fails_is_logged_and_the_next_one_done(queues: tuple[Queue, Queue]) -> None:
    hands = Hands()

    async def breaks(argument: str) -> None:
        raise BadInput("topic.unknown", topic=argument) if argument == "said" else RuntimeError(argument)

    await queues[0].kick_many("posts", [Job("break", "said"), Job("break", "bug"), Job("deliver", "s1")])
    with structlog.testing.capture_logs() as logged:
        async with working(queues[1], {"deliver": hands, "break": breaks}):
            await hands.has(1)

    assert [(line["event"], line["argument"]) for line in logged] == [("job failed", "said"), ("bug", "bug")]
    assert logged[0]["error"] == "topic.unknown"


async def test_a_job_that_nobody_knows_is_dropped_and_the_next_one_done(
    queues: tuple[Queue, Queue], any_server: str
) -> None:
    hands = Hands()
    async with connect(any_server) as connection:
        for data in (
            b"{}",
            b"\xff",
            b'{"task_id":"1","task_name":"deliver","labels":{},"args":[1],"kwargs":{}}',
        ):
            await connection.call("XADD", POSTS, "*", "data", data)
        await connection.call("XADD", POSTS, "*", "other", "field")
    await queues[0].kick_many("posts", [Job("unheard-of", "s1"), Job("deliver", "s2")])

    with structlog.testing.capture_logs() as logged:
        async with working(queues[1], {"deliver": hands}):
            await hands.has(1)

    assert hands.given == ["s2"]
    assert [line["event"] for line in logged] == ["queue holds what is no job"] * 4 + [
        "queue holds an unknown job"
    ]
    assert await queues[0].waiting("posts") == 0


async def test_jobs_wait_until_they_are_taken_and_are_gone_once_they_are_done(
    queues: tuple[Queue, Queue], any_server: str
) -> None:
    sender, worker = queues
    hands = Hands(busy=True)
    before = await sender.waiting("posts")
    await sender.kick_many("posts", [Job("deliver", str(number)) for number in range(3)])
    sent = await sender.waiting("posts")

    async with connect(any_server) as connection, working(worker, {"deliver": hands}, {"posts": 2}):
        await hands.has(2)
        taken = await sender.waiting("posts")
        hands.rest()

        async def all_done() -> bool:
            return bool(await connection.call("XLEN", POSTS) == 0)

        await until(all_done)

    assert (before, sent, taken, await sender.waiting("posts")) == (0, 3, 1, 0)


async def test_a_worker_that_has_gone_leaves_no_trace(queues: tuple[Queue, Queue], any_server: str) -> None:
    hands = Hands()
    async with working(queues[0], {"deliver": hands}):
        await queues[1].kick("posts", "deliver", "s1")
        await hands.has(1)

    async with connect(any_server) as connection:
        assert await connection.call("XINFO", "CONSUMERS", POSTS, "workers") == []


async def test_who_sends_is_told_that_the_server_is_gone(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        with running(tmp_path / "server") as node:
            queue = await stack.enter_async_context(open_queue(node.url, tmp_path))

        with pytest.raises(StoreError, match=r"store\.lost"):
            await queue.kick("posts", "deliver", "s1")


async def test_sentinels_tell_where_the_queue_is(tmp_path: Path) -> None:
    hands = Hands()
    with running(tmp_path / "main") as main, running_sentinel(tmp_path / "sentinel", main, "main") as node:
        url = f"redis+sentinel://127.0.0.1:{node.port}/main"
        async with open_queue(url, tmp_path) as queue, working(queue, {"deliver": hands}):
            await queue.kick("posts", "deliver", "s1")
            await hands.has(1)

    assert hands.given == ["s1"]
