"""Work: each event is handled once, whichever process hears of it, and again only where that failed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from adapters.chat import work as working
from adapters.chat.work import Work
from adapters.store import Store, connection, open_store
from summarizer.errors import DigestError
from tests.servers.redis.cut import cut_off


class Job:
    """Counts how often it was done. fails: with what."""

    def __init__(self, fails: BaseException | None = None) -> None:
        self.done = 0
        self.fails = fails

    async def __call__(self) -> None:
        self.done += 1
        if self.fails is not None:
            raise self.fails


async def test_an_event_is_handled_once_by_whichever_process(store: Store) -> None:
    job, first, second = Job(), Work(store.handled, "discord"), Work(store.handled, "discord")

    for each in (first, second, first):
        each.start("E1", job)
        await each.close()

    assert job.done == 1


async def test_what_has_no_id_is_handled_each_time(store: Store) -> None:
    job, work = Job(), Work(store.handled, "discord")

    work.start("", job)
    work.start("", job)
    await work.close()

    assert job.done == 2


async def test_events_of_two_platforms_are_two(store: Store) -> None:
    job = Job()

    for platform in ("slack", "discord"):
        work = Work(store.handled, platform)
        work.start("1", job)
        await work.close()

    assert job.done == 2
    assert not await store.handled.claim("slack 1", 1)


@pytest.mark.parametrize(
    ("fails", "logged"), [(DigestError("slack.unreachable"), "event not handled"), (ValueError("x"), "bug")]
)
async def test_what_failed_is_done_when_it_comes_again(fails: Exception, logged: str, store: Store) -> None:
    failing, job, work = Job(fails), Job(), Work(store.handled, "slack")

    with capture_logs() as logs:
        work.start("E1", failing)
        await work.close()
    work.start("E1", job)
    await work.close()

    assert (failing.done, job.done) == (1, 1)
    assert [entry["event"] for entry in logs if entry["log_level"] != "info"] == [logged]


async def test_without_a_store_an_event_is_better_handled_twice_than_not_at_all(
    redis_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "RETRY_FOR_S", 0.0)
    job = Job()

    async with (
        cut_off(Path(redis_server.removeprefix("unix://"))) as cut,
        open_store(cut.url, tmp_path) as store,
    ):
        cut.left = 0
        with capture_logs() as logs:
            work = Work(store.handled, "slack")
            work.start("E1", job)
            await work.close()

    assert job.done == 1
    assert "event not remembered" in [entry["event"] for entry in logs]


async def test_nobody_waits_for_somebody_elses_work(store: Store) -> None:
    work, gate, job = Work(store.handled, "slack"), asyncio.Event(), Job()
    done = asyncio.Event()

    async def slow() -> None:
        await gate.wait()

    async def quick() -> None:
        await job()
        done.set()

    work.start("E1", slow)
    work.start("E2", quick)
    async with asyncio.timeout(20):
        await done.wait()
    gate.set()
    await work.close()

    assert job.done == 1


async def test_at_the_end_what_takes_too_long_is_cancelled_and_may_be_done_elsewhere(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(working, "LEAVE_S", 0.01)
    work, begun, was_cancelled = Work(store.handled, "slack"), asyncio.Event(), False

    async def endless() -> None:
        nonlocal was_cancelled
        begun.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            was_cancelled = True
            raise

    work.start("E1", endless)
    await begun.wait()
    await work.close()

    assert was_cancelled
    assert await store.handled.claim("slack E1", 1)
