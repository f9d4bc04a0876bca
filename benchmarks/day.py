"""A day of vLLM's size, from a cold start: what it asks of GitHub, and what a digest of it takes."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from adapters.chat import Context
from benchmarks.generate import REPO, generate_day
from benchmarks.measure import Process, Row, at_most, run
from bot.settings import load_settings
from bot.wiring import open_services
from tests.servers.github import GitHub, github_server, peak_in_flight, requests_in_sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from summarizer.facts import Counts
    from tests.servers.github import Request

SEED = 7
DAY = date(2026, 3, 24)
NOW = datetime(2026, 3, 24, 23, 59, tzinfo=UTC)
TOKEN = "ghp_testsonly"
LATENCY_S = 0.2
NAIVE_ITEMS = 40

_ONE_ITEM = """
query OneItem($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    issueOrPullRequest(number: $number) {
      ... on Issue { title comments(first: 100) { nodes { body createdAt author { login } } } }
      ... on PullRequest { title comments(first: 100) { nodes { body createdAt author { login } } } }
    }
  }
}
"""


async def measure_day() -> list[Row]:
    """The rows of a cold day, asked again, and cut again once the data is in."""
    world = generate_day(SEED, DAY)
    # the tests' GitHub lives in this process, and its many objects are not for the bot's collector to walk
    gc.collect()
    gc.freeze()
    with tempfile.TemporaryDirectory() as folder:
        async with github_server(world, token=TOKEN, latency_s=LATENCY_S, clock=lambda: NOW) as github:
            rows = await _cold(github, Path(folder))
            rows += await asyncio.to_thread(_one_shot, Path(folder), github.url)
    return rows


async def _cold(github: GitHub, state_dir: Path) -> list[Row]:
    settings = load_settings(
        DIGEST_STATE_DIR=state_dir,
        GITHUB_TOKEN=TOKEN,
        GITHUB_GRAPHQL_URL=github.url,
        DIGEST_AT=NOW.isoformat(),
    )
    async with open_services(settings, demo=False, one_shot=True) as services:
        started = time.monotonic()
        reply = await services.commands("ask today any AMD PRs? tz:UTC", Context("shell"))
        cold_s = time.monotonic() - started
        assert reply.problem is None, reply.text
        log = list(github.requests)
        # another page first, so that templates are compiled, as in a bot that runs; the day's own is still unwritten
        await services.commands("2026-03-24T00:00..00:10 tz:UTC", Context("shell"))
        started_wall, started = time.monotonic(), time.process_time()
        written = await services.commands("today tz:UTC", Context("shell"))
        written_s, written_cpu_s = time.monotonic() - started_wall, time.process_time() - started
        assert written.digest is not None, written.text
        asked_again = len(github.requests) - len(log)
    counts = written.digest.facts.counts
    an_item_s = cold_s / len(_detailed(log))
    naive_item_s = await _naive(github)
    return [
        *_requests(log, counts, cold_s),
        Row(
            f"  as many times faster than one item after another ({NAIVE_ITEMS} items, extrapolated)",
            f"{naive_item_s / an_item_s:.0f}",
        ),
        at_most("asked again within a minute: requests", asked_again, 0),
        at_most(
            "that day's first digest by extraction, data in, in a running bot: wall clock",
            written_s,
            0.5,
            " s",
            2,
        ),
        Row("  of it CPU", f"{written_cpu_s:.2f} s"),
    ]


def _requests(log: list[Request], counts: Counts, cold_s: float) -> Iterator[Row]:
    issues = f"{counts.issues_opened} issues opened, {counts.issues_closed} closed"
    pulls = f"{counts.prs_opened} PRs opened, {counts.prs_merged} merged"
    yield Row("a cold day", f"{issues}; {pulls}; {counts.comments} comments of people")
    yield at_most("  requests", len(log), 14)
    yield at_most("  of them in sequence", requests_in_sequence(log), 4)
    yield at_most("  at most in flight", peak_in_flight(log), 8)
    yield Row("  points", f"{sum(request.cost for request in log)}")
    yield Row(f"  wall clock, {LATENCY_S * 1000:.0f} ms latency", f"{cold_s:.2f} s")


def _detailed(log: list[Request]) -> set[str]:
    """The node ids whose details were asked for."""
    return {node for request in log for node in request.variables.get("ids", ())}


async def _naive(github: GitHub) -> float:
    """Seconds an item takes in the named alternative: a loop over a GraphQL client, one item after another."""
    from gql import Client, gql
    from gql.transport.httpx import HTTPXAsyncTransport

    transport = HTTPXAsyncTransport(github.url, headers={"Authorization": f"Bearer {TOKEN}"})
    owner, name = REPO.split("/")
    numbers = sorted(github.world.repository(REPO).threads)[-NAIVE_ITEMS:]
    query = gql(_ONE_ITEM)
    started = time.monotonic()
    async with Client(transport=transport, fetch_schema_from_transport=False) as session:
        for number in numbers:
            query.variable_values = {"owner": owner, "name": name, "number": number}
            await session.execute(query)
    return (time.monotonic() - started) / len(numbers)


def _one_shot(folder: Path, url: str) -> list[Row]:
    """A command of its own process over the mirror that is there already."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DIGEST_STATE_DIR": str(folder),
        "DIGEST_AT": NOW.isoformat(),
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_GRAPHQL_URL": url,
    }
    python = (sys.executable, "-m", "bot")
    cwd = Path.cwd()
    shown: Process = run((*python, "today", "tz:UTC", "lang:en"), cwd=cwd, environment=environment)
    demo = run((*python, "today", "--demo"), cwd=cwd, environment=environment)
    help_ = run((*python, "--help"), cwd=cwd, environment=environment, times=5)
    bare = run((sys.executable, "-c", "pass"), cwd=cwd, environment=environment, times=5)
    return [
        at_most("one-shot command over that day, offline: memory", shown.rss_mb, 150, " MB"),
        Row("  CPU", f"{shown.cpu_s:.2f} s"),
        at_most("one-shot demo: memory", demo.rss_mb, 150, " MB"),
        Row("  CPU", f"{demo.cpu_s:.2f} s"),
        at_most("vllm-digest --help: CPU", help_.cpu_s, 0.35, " s", 2),
        Row("  times a bare `python -c pass`", f"{help_.cpu_s / bare.cpu_s:.1f}"),
    ]
