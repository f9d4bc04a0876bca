"""Whoever dies in the middle of a sync, the process, the store or the holder of its lease: what was recorded is there,
and whoever comes next ends the work."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import structlog
from redis.asyncio import Redis

from adapters.chat import unwatched
from adapters.github.fetch import GitHub
from adapters.store import connection, open_store
from adapters.store.embedded import embedded_server
from bot import turns
from bot.grammar.expressions import Duration, Last
from bot.history import sync_turn
from bot.sync import Sync
from summarizer import languages
from summarizer.errors import GitHubError, StoreError
from summarizer.windows import span as window_of
from tests.bot.running import Heard, Host
from tests.bot.scenes import DAY, EVERY, HOUR, MINUTE, MORNING, REPO, TODAY, Scene
from tests.bot.shell import vllm_digest
from tests.bot.truths import ahead_of_data, busy_week, differences, shorten_pages
from tests.servers.github import World, faults, github_server
from tests.servers.redis import (
    kill,
    lapse_leases,
    parent_pid,
    server_pid,
    until_old_enough,
    until_stopped,
)
from tests.servers.redis.cut import cut_off

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from adapters.store import Store
    from bot.sync import Span
    from tests.servers.github import GitHub as Server
    from tests.servers.github import Request

WEEK = Last(Duration(7, "d"))


@asynccontextmanager
async def reading(
    server: Server, now: Callable[[], datetime], sleep: Callable[[float], Awaitable[None]] | None = None
) -> AsyncIterator[GitHub]:
    """A source whose pauses take no time, or as long as `sleep` does."""

    async def nap(_seconds: float) -> None:
        await asyncio.sleep(0)

    async with GitHub(server.url, server.token or "", now=now, sleep=sleep or nap) as source:
        yield source


@asynccontextmanager
async def busy(store: Store, days: int = 6) -> AsyncIterator[Scene]:
    """A busy week, or so many days of one, and a bot over `store`."""
    held: list[Scene] = []

    def clock() -> datetime:
        return held[0].now if held else MORNING

    async with github_server(busy_week(days), clock=clock) as server, reading(server, clock) as source:
        held.append(Scene(server, source, store))
        yield held[0]


async def week_of(scene: Scene, sync: Sync | None = None) -> Span:
    return await (sync or scene.sync).span(REPO, WEEK, "UTC", unwatched)


async def assert_complete(scene: Scene, store: Store) -> None:
    """A bot that starts over this store ends with the week as GitHub has it."""
    span = await week_of(scene, Sync(scene.source, store, now=lambda: scene.now, every=EVERY))
    assert span.coverage.complete, span.coverage
    assert await differences(store, scene.repository, span.window) == []


# The store


async def test_cut_off_from_its_store_at_any_moment_a_sync_leaves_nothing_ahead_of_its_data(
    redis_server: str, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorten_pages(monkeypatch)
    monkeypatch.setattr(connection, "RETRY_FOR_S", 0.0)  # else each cut is waited out for two seconds

    async def day_then_week(scene: Scene, url: str) -> None:
        async with open_store(url, tmp_path) as cut_store:
            sync = Sync(scene.source, cut_store, now=lambda: scene.now, every=EVERY)
            await sync.span(REPO, TODAY, "UTC", unwatched)
            await week_of(scene, sync)

    async with (
        busy(store) as scene,
        cut_off(Path(redis_server.removeprefix("unix://"))) as cut,
        Redis.from_url(redis_server) as redis,
    ):
        await day_then_week(scene, cut.url)
        whole, broken = cut.passed, 0
        for part in range(1, 16):
            await redis.flushall()
            cut.mend(whole * part // 16 + part)
            try:
                await day_then_week(scene, cut.url)
            except StoreError:
                broken += 1
            await lapse_leases(redis_server)
            async with open_store(redis_server, tmp_path) as fresh:
                assert await ahead_of_data(fresh, scene.repository) == []
                await assert_complete(scene, fresh)
    assert broken >= 12


async def test_a_store_that_is_killed_in_the_middle_of_a_sync_comes_back_and_the_sync_ends_complete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorten_pages(monkeypatch)
    async with (
        embedded_server(tmp_path, grace_s=0) as socket,
        open_store(f"unix://{socket}", tmp_path) as store,
        busy(store) as scene,
    ):
        pid = await server_pid(socket)
        await until_old_enough(socket)
        scene.server.before_answer = lambda request: kill(pid) if request.number == 6 else None

        await assert_complete(scene, store)

        assert await server_pid(socket) != pid
    await until_stopped(tmp_path)


async def test_a_store_that_stays_away_is_told_and_the_next_sync_mends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorten_pages(monkeypatch)
    async with (
        embedded_server(tmp_path, grace_s=0) as socket,
        open_store(f"unix://{socket}", tmp_path) as store,
        busy(store) as scene,
    ):
        pid = await server_pid(socket)

        def end_both(request: Request) -> None:
            if request.number == 6:
                kill(parent_pid(pid))
                kill(pid)

        scene.server.before_answer = end_both
        with pytest.raises(StoreError) as caught:
            await week_of(scene)
        async with embedded_server(tmp_path, grace_s=0) as again:
            assert again == socket
            await lapse_leases(socket)
            await assert_complete(scene, store)
    assert caught.value.key == "store.lost"
    await until_stopped(tmp_path)


# The process


def busy_month() -> World:
    world = World()
    repository = world.repository(REPO)
    for number in range(90):
        at = MORNING - number * 8 * HOUR - HOUR
        if number % 2:
            repository.open_pr(f"{number}", by="ann", at=at, files=["a.py"]).review(by="bob", at=at + MINUTE)
        else:
            repository.open_issue(f"{number}", by="ann", at=at).comment(by="bob", at=at + MINUTE)
    return world


async def test_a_process_killed_at_any_request_is_gone_on_with_by_the_next(
    host: Host, tmp_path: Path
) -> None:
    async with github_server(busy_month(), clock=lambda: MORNING) as server, host.bot(server, MORNING) as bot:
        reply = await bot.commands("sync since:30d", Heard().chat())
        assert reply.problem is None
        at_once = len(server.requests)

    anew = await asyncio.gather(*(killed_and_gone_on_with(number, tmp_path) for number in (3, 9, 12)))

    assert anew[0] <= at_once
    assert max(anew[1:]) < at_once, (anew, at_once)  # by then stretches were recorded


async def killed_and_gone_on_with(number: int, folder: Path) -> int:
    """Start a sync whose process is killed at its request of that number, and another that ends well; returns how many
    requests that took."""
    cwd = folder / f"killed at {number}"
    cwd.mkdir()
    async with github_server(busy_month(), clock=lambda: MORNING) as server:
        environment = {
            "GITHUB_TOKEN": server.token or "",
            "GITHUB_GRAPHQL_URL": server.url,
            "DIGEST_AT": MORNING.isoformat(),
        }
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "sync", "since:30d"),
            cwd=cwd,
            env={"PATH": os.environ["PATH"], "HOME": str(cwd), "DIGEST_STATE_DIR": str(cwd / "state")}
            | environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        server.before_answer = lambda request: process.kill() if request.number == number else None
        assert await process.wait() < 0
        async with embedded_server(cwd / "state", grace_s=10) as socket:
            await lapse_leases(socket)
        server.before_answer = lambda _request: None
        before = len(server.requests)

        finished = await vllm_digest("sync", "since:30d", cwd=cwd, **environment)

        assert finished.code == 0, finished.err
        window = window_of(MORNING - 30 * DAY, None, "UTC", now=MORNING, synced_until=MORNING)
        async with open_store(None, cwd / "state", grace_s=0) as store:
            assert await differences(store, server.world.repository(REPO), window) == []
        return len(server.requests) - before


# Several bots

BOT = f"""
import asyncio, sys
from datetime import datetime, timedelta
from datetime import timedelta
from pathlib import Path
from adapters.chat import unwatched
from adapters.github.fetch import GitHub
from adapters.store import open_store
from bot.grammar.expressions import RelativeDay
from bot.logs import set_up_logs
from bot.sync import Sync

async def main(url, token, redis_url, folder):
    set_up_logs("warning")
    at = None
    async with GitHub(url, token, now=lambda: at) as source, open_store(redis_url, Path(folder)) as store:
        sync = Sync(source, store, now=lambda: at, every=timedelta(seconds=60))
        print("ready", flush=True)
        while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
            at = datetime.fromisoformat(line)
            span = await sync.span("{REPO}", RelativeDay("today"), "UTC", unwatched)
            print("complete" if span.coverage.complete else span.coverage.reasons, flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


class Bot:
    """A bot in a process of its own, that looks at today when it is told the time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def started(cls, server: Server, redis_url: str, folder: Path) -> Bot:
        arguments = (server.url, server.token or "", redis_url, str(folder))
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", BOT, *arguments, stdin=-1, stdout=-1
        )
        bot = cls(process)
        assert await bot.heard() == "ready"
        return bot

    def tell(self, at: object) -> None:
        assert self._process.stdin
        self._process.stdin.write(f"{at}\n".encode())

    async def heard(self) -> str:
        assert self._process.stdout
        return (await self._process.stdout.readline()).decode().strip()

    async def kill(self) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.communicate()


async def test_several_bots_sync_once_a_minute_and_when_the_one_that_does_is_killed_another_takes_over(
    tcp_server: str, tmp_path: Path
) -> None:
    async with Redis.from_url(tcp_server) as redis:
        await redis.flushall()
    now = MORNING
    async with github_server(busy_week(), clock=lambda: now) as server:
        bots = await asyncio.gather(*(Bot.started(server, tcp_server, tmp_path) for _ in range(3)))
        try:
            for minute in range(1, 5):
                now = MORNING + minute * 2 * MINUTE
                for bot in bots:
                    bot.tell(now)
                assert [await bot.heard() for bot in bots] == ["complete"] * 3
                assert [request.operation for request in server.requests].count("edge") == minute

            now += 2 * MINUTE
            late = server.world.repository(REPO).open_issue("Late", by="ann", at=now - MINUTE)
            asking = asyncio.Event()
            server.before_answer = lambda _request: asking.set()
            server.faults.on("edge", faults.slow(60), times=1)
            bots[0].tell(now)
            await asking.wait()
            for bot in bots[1:]:
                bot.tell(now)
            killed = time.monotonic()
            await bots[0].kill()
            assert [await bot.heard() for bot in bots[1:]] == ["complete"] * 2

            assert time.monotonic() - killed < 12
            assert [request.operation for request in server.requests].count("edge") == 6
            async with open_store(tcp_server, tmp_path) as store:
                assert await store.mirror.item(REPO, late.number) is not None
        finally:
            await asyncio.gather(*(bot.kill() for bot in bots))


# A holder that wakes up late


class Sleeper:
    """A pause that lasts until somebody wakes us."""

    def __init__(self) -> None:
        self.asleep, self.wake = asyncio.Event(), asyncio.Event()

    async def __call__(self, _seconds: float) -> None:
        self.asleep.set()
        await self.wake.wait()


async def test_a_sync_that_wakes_up_after_another_has_overtaken_it_moves_nothing_back(
    redis_server: str, store: Store
) -> None:
    sleeper = Sleeper()
    async with busy(store) as scene, reading(scene.server, lambda: scene.now, sleeper) as early_source:
        await scene.today()
        scene.now += 5 * MINUTE
        scene.repository.open_issue("Seen by both", by="ann", at=scene.now - MINUTE)
        scene.server.faults.on("edge", faults.cut(), times=1)
        early = Sync(early_source, store, now=lambda: scene.now, every=EVERY)
        with structlog.testing.capture_logs() as lines:
            waking = asyncio.create_task(early.span(REPO, TODAY, "UTC", unwatched))
            await sleeper.asleep.wait()
            await lapse_leases(redis_server)
            scene.now += 2 * MINUTE
            scene.repository.open_issue("Seen by the later one", by="ann", at=scene.now - MINUTE)
            await scene.today()
            state = await store.states.load(REPO)
            scene.now += timedelta(seconds=10)
            sleeper.wake.set()
            span = await waking

        assert "overtaken" in [line["event"] for line in lines]
        assert await store.states.load(REPO) == state
        assert span.coverage.complete
        assert await differences(store, scene.repository, span.window) == []
        assert await differences(store, scene.repository, (await scene.today()).window) == []


async def test_history_that_another_has_filled_in_meanwhile_is_not_forgotten(
    redis_server: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    shorten_pages(monkeypatch)
    sleeper = Sleeper()
    async with busy(store, 20) as scene, reading(scene.server, lambda: scene.now, sleeper) as early_source:
        await scene.today()
        scene.server.faults.on("slices", faults.cut(), times=1)
        early = Sync(early_source, store, now=lambda: scene.now, every=EVERY)
        with structlog.testing.capture_logs() as lines:
            waking = asyncio.create_task(week_of(scene, early))
            await sleeper.asleep.wait()
            await lapse_leases(redis_server)
            await scene.sync.history.extend(REPO, MORNING - 12 * DAY, lambda _done, _total: None)
            sleeper.wake.set()
            span = await waking

        assert "overtaken" in [line["event"] for line in lines]
        assert (await store.states.load(REPO)).reaches(MORNING - 12 * DAY)
        assert span.coverage.complete
        assert await differences(store, scene.repository, span.window) == []


async def test_a_turn_that_another_never_gives_back_is_told_and_what_is_known_is_told_from(
    redis_server: str, tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "WAIT_S", 0.05)  # where ten minutes would be waited for
    async with busy(store) as scene, open_store(redis_server, tmp_path) as other:
        async with other.leases.hold(sync_turn(REPO)):
            with pytest.raises(GitHubError) as caught:
                await scene.today()
        await scene.today()
        scene.now += 5 * MINUTE
        async with other.leases.hold(sync_turn(REPO)):
            span = await scene.today()

    assert all(
        languages.load(code).text(f"errors.{caught.value.key}", **caught.value.values)
        for code in ("en", "zh")
    )
    assert caught.value.key == "turn.busy"
    assert span.coverage.reasons == ("stale",)
