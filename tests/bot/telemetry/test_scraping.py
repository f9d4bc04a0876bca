"""/metrics of a running bot: what the store tells, what each process counted, and whose names are told."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from adapters import metrics
from adapters.metrics import table
from adapters.metrics.registry import Registry, dumped
from adapters.store import Store
from adapters.store.connection import connect
from bot.settings import load_settings
from bot.telemetry.running import kind_of, telemetry
from bot.telemetry.scraping import Scraping
from tests.bot.delivery.scene import Scene, day
from tests.bot.talk import SHELL
from tests.bot.test_running_process import running as running_web
from tests.servers.github import World, github_server
from tests.servers.redis import until
from tests.servers.redis.cut import cut_off
from tests.servers.slack import slack_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.settings import Settings
    from bot.wiring import Services
    from tests.bot.running import Host

NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
OPEN, SECRET = "acme/open", "acme/engine"
REPOS = f"{OPEN},{SECRET}"


def parsed(text: bytes | str) -> dict[str, dict[frozenset[tuple[str, str]], float]]:
    """Samples by name and labels."""
    found: dict[str, dict[frozenset[tuple[str, str]], float]] = {}
    for family in text_string_to_metric_families(text if isinstance(text, str) else text.decode()):
        for sample in family.samples:
            found.setdefault(sample.name, {})[frozenset(sample.labels.items())] = sample.value
    return found


def labelled(**labels: str) -> frozenset[tuple[str, str]]:
    return frozenset(labels.items())


def chosen(**settings: object) -> Settings:
    return load_settings(DIGEST_TZ="UTC", **settings)


@asynccontextmanager
async def two_repos(host: Host) -> AsyncIterator[Services]:
    """A bot that has looked at a public repository an hour ago, and at a private one two."""
    world = World()
    world.repository(OPEN).open_issue("First", by="ann", at=NOW - 5 * HOUR)
    world.repository(SECRET, private=True).open_issue("Plans", by="ann", at=NOW - 5 * HOUR)
    for repo, ago in ((SECRET, 2), (OPEN, 1)):
        at = NOW - ago * HOUR
        async with (
            github_server(world, clock=lambda at=at: at) as server,  # type: ignore[misc]
            host.bot(server, at, DIGEST_REPOS=REPOS, DIGEST_ACCESS=f"{SECRET}=shell") as bot,
        ):
            synced = await bot.commands(f"sync repo:{repo}", SHELL)
            assert synced.problem is None, synced.text
    async with host.bot(None, NOW, DIGEST_REPOS=REPOS, DIGEST_ACCESS=f"{SECRET}=shell") as bot:
        yield bot


async def test_only_those_with_the_token_are_told_the_name_of_a_private_repository(host: Host) -> None:
    async with two_repos(host) as bot:
        scraping = Scraping(chosen(DIGEST_REPOS=REPOS), bot)
        known = parsed(await scraping(with_names=True))["vllm_digest_sync_age_seconds"]
        text = await scraping(with_names=False)
    hidden = parsed(text)["vllm_digest_sync_age_seconds"]

    assert set(known) == {labelled(repo=OPEN), labelled(repo=SECRET)}
    assert set(hidden) == {labelled(repo=OPEN), labelled(repo="private")}
    assert 3_600 <= known[labelled(repo=OPEN)] < 3_660
    assert 7_200 <= hidden[labelled(repo="private")] < 7_260
    assert SECRET.encode() not in text


async def test_what_waits_and_what_is_late_is_told_from_the_store(host: Host) -> None:
    async with slack_server() as slack:
        scene = Scene(host, slack)
        async with scene.at(day(24, 8)) as process:
            await process.say("subscribe daily 09:00")
            await process.say("subscribe daily 10:00 lang:zh")
            await process.say("pause s2")
            await process.services.delivering.scheduling.planner.refresh()
        async with scene.at(day(24, 9, 7), is_synced=False) as process:
            scheduling = process.services.delivering.scheduling
            await scheduling.planner.refresh()
            await scheduling.planner.plan()
            await process.services.delivering.queue.kick_many("builds", [_job()])
            scraping = Scraping(chosen(), process.services)
            before = parsed(await scraping(with_names=True))
            await process.settle()
            after = parsed(await scraping(with_names=True))

    of_slack = labelled(platform="slack")
    assert before["vllm_digest_store_up"] == {labelled(): 1}
    assert before["vllm_digest_deliveries_due"][of_slack] == 1
    assert before["vllm_digest_deliveries_late"][of_slack] == 1
    assert before["vllm_digest_queue_waiting"] == {
        labelled(priority="people"): 0,
        labelled(priority="posts"): 0,
        labelled(priority="builds"): 1,
    }
    assert before["vllm_digest_subscriptions"] == {
        labelled(platform="slack", state="active"): 1,
        labelled(platform="slack", state="paused"): 1,
    }
    assert before["vllm_digest_store_used_bytes"][labelled()] > 100_000
    assert before["vllm_digest_spent_today_tokens"] == {labelled(): 0}
    assert "vllm_digest_cap_tokens" not in before
    assert after["vllm_digest_deliveries_due"][of_slack] == 0
    assert after["vllm_digest_deliveries_late"][of_slack] == 0


async def test_a_delivery_and_its_digest_are_counted(host: Host) -> None:
    registry = Registry("worker@host:1")
    async with slack_server() as slack:
        scene = Scene(host, slack)
        async with scene.at(day(24, 8)) as process:
            await process.say("subscribe daily 09:00")
        with metrics.installed(registry):
            async with scene.at(day(24, 9, 2), is_synced=False) as process:
                await process.settle()
    told = registry.snapshot()

    posted = {"platform": "slack", "state": "posted", "outcome": "normal"}
    assert ("", posted, 1.0) in told[table.DELIVERIES.name]
    assert ("_sum", {"platform": "slack"}, 120.0) in told[table.DELIVERY_LATE.name]
    assert ("", {"edition": "daily", "rung": "extraction"}, 1.0) in told[table.BUILT.name]
    assert ("_count", {"edition": "daily"}, 1.0) in told[table.BUILD.name]
    assert next(value for suffix, _, value in told[table.STORE_SECONDS.name] if suffix == "_count") > 50


async def test_requests_to_github_are_counted_with_what_is_left_of_its_points(host: Host) -> None:
    registry = Registry("scheduler@host:1")
    world = World()
    world.repository(OPEN).open_issue("First", by="ann", at=NOW - 5 * HOUR)
    with metrics.installed(registry):
        async with github_server(world, clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
            assert (await bot.commands(f"sync repo:{OPEN}", SHELL)).problem is None
            missing = await bot.commands("sync repo:acme/absent", SHELL)
    told = registry.snapshot()
    counts = {
        (labels["operation"], labels["outcome"]): value
        for suffix, labels, value in told[table.GITHUB_SECONDS.name]
        if suffix == "_count"
    }

    assert missing.problem is not None
    assert counts["edge", "ok"] >= 1
    assert counts["describe", missing.problem.key] >= 1
    [(_, _, left)] = told[table.GITHUB_LEFT.name]
    [(_, _, limit)] = told[table.GITHUB_LIMIT.name]
    assert 0 < left < limit


async def test_while_the_store_is_away_a_process_tells_of_itself_and_that(
    host: Host, redis_server: str
) -> None:
    registry = Registry("web@host:1")
    async with (
        cut_off(Path(redis_server.removeprefix("unix://"))) as cut,
        connect(cut.url) as connection,
        host.bot(None, NOW) as bot,
    ):
        services = replace(bot, store=Store(connection))
        with metrics.installed(registry):
            metrics.count(table.BUGS)
            cut.mend(0)
            told = parsed(await Scraping(chosen(), services)(with_names=True))

    assert told["vllm_digest_store_up"] == {labelled(): 0}
    assert told["vllm_digest_bugs_total"] == {labelled(process="web@host:1"): 1}
    assert told["vllm_digest_store_errors_total"]
    assert "vllm_digest_queue_waiting" not in told


async def test_what_another_process_has_counted_is_told_beside_ones_own(host: Host) -> None:
    mine, other = Registry("web@host:1"), Registry("worker@host:2")
    other.count(table.BUGS, 3, {})
    async with host.bot(None, NOW) as bot:
        await bot.store.metrics.put("worker@host:2", dumped(other.snapshot()))
        await bot.store.metrics.put("odd@host:3", b"no snapshot")
        await bot.store.metrics.put("web@host:1", b"{}")
        with metrics.installed(mine):
            told = parsed(await Scraping(chosen(), bot)(with_names=True))

    assert told["vllm_digest_bugs_total"] == {
        labelled(process="web@host:1"): 0,
        labelled(process="worker@host:2"): 3,
    }
    assert told["vllm_digest_processes"] == {labelled(kind="web"): 1, labelled(kind="worker"): 1}


async def test_a_process_tells_of_itself_while_it_serves_and_a_last_time_when_it_stops(store: Store) -> None:
    async with telemetry(store.metrics, "bot", environ={}) as registry:
        await until(lambda: _is_told(store))
        metrics.count(table.BUGS, 2)
    told = parsed(_exposed(await store.metrics.all()))

    assert told["vllm_digest_bugs_total"] == {labelled(process=registry.process): 2}
    [info] = told["vllm_digest_info"]
    assert dict(info)["kind"] == "bot"
    assert told["vllm_digest_memory_bytes"][labelled(process=registry.process)] > 10_000_000


async def test_the_web_process_tells_of_the_worker_as_well(tmp_path: Path) -> None:
    async with (
        running_web(tmp_path, "web") as (_, port),
        _worker(tmp_path),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as web,
        asyncio.timeout(60),
    ):
        await web.get("/healthz")
        while True:
            told = parsed((await web.get("/metrics")).raise_for_status().text)
            if told["vllm_digest_processes"].get(labelled(kind="worker")):
                break
    processes = {dict(labels)["process"].partition("@")[0] for labels in told["vllm_digest_info"]}

    assert processes == {"web", "worker"}
    assert told["vllm_digest_store_up"] == {labelled(): 1}
    healthy = [
        value
        for labels, value in told["vllm_digest_web_requests_total"].items()
        if {("route", "healthz"), ("status", "200")} <= labels
    ]
    assert healthy == [1]
    assert any(value for value in told["vllm_digest_loop_lag_seconds_count"].values())


def test_a_process_is_called_by_what_it_does() -> None:
    kinds = [
        ({"web"}, "web"),
        ({"platforms"}, "bot"),
        ({"worker"}, "worker"),
        ({"scheduler", "upkeep"}, "scheduler"),
        ({"scheduler"}, "scheduler"),
        ({"web", "platforms", "upkeep", "scheduler", "worker"}, "run"),
    ]

    assert [kind_of(parts) for parts, _ in kinds] == [kind for _, kind in kinds]


async def _is_told(store: Store) -> bool:
    return bool(await store.metrics.all())


def _job() -> Any:  # noqa: ANN401
    from adapters.queue import Job

    return Job("prepare", "a batch")


def _exposed(snapshots: Any) -> bytes:  # noqa: ANN401
    from adapters.metrics.exposition import exposition
    from adapters.metrics.registry import loaded

    return exposition({name: loaded(data) for name, data in snapshots.items()}, {})


@asynccontextmanager
async def _worker(folder: Path) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "worker", "--demo"),
        env={"PATH": os.environ["PATH"], "DIGEST_STATE_DIR": str(folder)},
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(60):
            assert (await process.stderr.readline()).startswith(b"vllm-digest ")
        rest = asyncio.create_task(process.stderr.read())  # else it would wait for a reader
        yield
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            assert await process.wait() == 0
            assert b"Traceback" not in await rest
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
