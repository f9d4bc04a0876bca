"""The mirror at vLLM's size: a cold week, what it costs to keep up, and forty thousand items in the store."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import ceil
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import TYPE_CHECKING

from redis.asyncio import Redis

from adapters.chat import Context, unwatched
from adapters.source import Reading
from adapters.store import open_store
from adapters.store.keeper import recorded_socket
from adapters.store.keys import item_key
from adapters.store.records import dump_text
from benchmarks import alternatives
from benchmarks.generate import REPO
from benchmarks.measure import Row, at_least, at_most, run
from benchmarks.serve import Week, served
from benchmarks.words import AREAS, title_of
from bot.digests import DigestRequest
from bot.grammar.expressions import Week as WeekExpr
from bot.settings import load_settings
from bot.wiring import open_services
from summarizer.items import Event, Item, Person
from tests.servers.github import peak_in_flight, requests_in_sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.serve import Served
    from bot.wiring import Services
    from tests.servers.github import Request

WEEK = Week()
NOW = datetime(2026, 3, 23, 0, 5, tzinfo=UTC)
WEEKLY = DigestRequest(REPO, WeekExpr("numbered", 2026, 12), "UTC", "en")  # the week that has just ended
TOUCHED = 1_500
SINCE = datetime(2026, 3, 16, tzinfo=UTC)
LISTING = ("edge", "counts", "slices")
LATENCY_S = 0.2
NAIVE_ITEMS = 100
ITEMS = 40_000
HISTORY = replace(WEEK, background=37_000)
SAMPLE_S = 0.005
REPEATED = 20


async def measure_mirror() -> list[Row]:
    """The rows of the mirror."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder, served(WEEK, latency_s=LATENCY_S, now=NOW) as github:
        settings = load_settings(
            DIGEST_STATE_DIR=Path(folder),
            GITHUB_TOKEN=github.token,
            GITHUB_GRAPHQL_URL=github.url,
            DIGEST_AT=NOW.isoformat(),
        )
        async with open_services(settings, demo=False, one_shot=True) as services:
            cold, week_s, listing_s = await _cold_week(services, github)
            rows += cold
            rows += await _nothing_new(services, github)
            rows += await _facts(services)
            rows += await _texts(Path(folder))
        rows += await asyncio.to_thread(_alternatives, github, week_s, listing_s)
    rows += await _forty_thousand()
    rows += await asyncio.to_thread(_whole_history)
    return rows


async def _cold_week(services: Services, github: Served) -> tuple[list[Row], float, float]:
    lags: list[float] = []
    sampler = asyncio.create_task(_sample(lags))
    started = time.monotonic()
    facts = await services.digests.facts(WEEKLY, unwatched)
    week_s = time.monotonic() - started
    sampler.cancel()
    assert facts.complete, facts.warnings
    log = await asyncio.to_thread(github.log)
    light = [request for request in log if request.operation in LISTING]
    threads = {node for request in log for node in request.variables.get("ids", ())}
    listed = len(
        threads
    )  # all that was touched is read whole, since a digest of the week counts its comments
    planned = ceil(listed / 100) + ceil(len(threads) / 25)
    points = sum(request.cost for request in log)
    return (
        [
            Row("a cold week", f"{listed} items listed, {len(threads)} threads read, {len(log)} requests"),
            at_most("  listing it: requests in sequence", requests_in_sequence(light), 4),
            at_most("  at most in flight", peak_in_flight(log), 8),
            Row("  points", f"{points}"),
            at_most("  times ceil(items/100) + ceil(threads/25)", points / planned, 1.3, digits=2),
            Row(f"  wall clock, {LATENCY_S * 1000:.0f} ms latency", f"{week_s:.2f} s"),
            Row("  of it listing", f"{_span(light):.2f} s"),
            at_most(
                "  event-loop lag while syncing, p99", quantiles(lags, n=100)[98] * 1000, 50, " ms", digits=1
            ),
        ],
        week_s,
        _span(light),
    )


async def _nothing_new(services: Services, github: Served) -> list[Row]:
    await asyncio.to_thread(github.clear)
    reply = await services.commands("sync tz:UTC", Context("shell"))
    assert reply.problem is None, reply.text
    log = await asyncio.to_thread(github.log)
    return [at_most("a sync with nothing new: requests", len(log), 1)]


async def _facts(services: Services) -> list[Row]:
    """The week's facts, cut from the mirror and counted, as each command of a running bot does."""
    taken = []
    for _ in range(REPEATED + 1):
        started = time.perf_counter()
        facts = await services.digests.facts(WEEKLY, unwatched)
        taken.append((time.perf_counter() - started) * 1000)
    first, rest = taken[0], sorted(taken[1:])
    return [
        at_most(
            f"a week's facts ({len(facts.items)} items, {facts.counts.comments} comments): median",
            rest[REPEATED // 2],
            50,
            " ms",
        ),
        Row("  the first time in a process", f"{first:.0f} ms"),
    ]


async def _texts(folder: Path) -> list[Row]:
    """What the texts take, against what they are."""
    async with (
        open_store(None, folder) as store,
        Redis(unix_socket_path=recorded_socket(folder / "store")) as redis,
    ):
        numbers = await store.mirror.updated_since(REPO)
        records = await store.mirror.records(REPO, numbers, text=True)
        raw = [text for record in records if (text := dump_text(record.item))]
        stored = [int(await redis.hstrlen(item_key(REPO, record.item.number), "text")) for record in records]
    return [
        Row(
            f"texts of {len(raw)} threads, as a share of their {sum(map(len, raw)) / 1e6:.1f} MB",
            f"{sum(stored) / sum(map(len, raw)):.0%}",
        )
    ]


def _alternatives(github: Served, week_s: float, listing_s: float) -> Iterator[Row]:
    if not alternatives.installed():
        yield Row("alternatives", "not installed, not measured")
        return
    other = alternatives.github_activity(github, REPO, SINCE, NOW)
    yield Row(f"the same week with {other.name}", f"{other.items} items, {other.wall_s:.1f} s")
    yield at_least("  as many times faster our listing, with all items", other.wall_s / listing_s, 2.5)
    yield Row("  listing and reading every thread whole", f"{other.wall_s / week_s:.1f}")
    numbers = range(30_001, 30_001 + NAIVE_ITEMS)
    # without the quarter of a second that PyGithub pauses between two requests unless told otherwise
    naive = alternatives.pygithub(github, REPO, list(numbers), paced=False)
    yield Row(
        f"{NAIVE_ITEMS} items in a loop with {naive.name}, its pauses switched off", f"{naive.wall_s:.1f} s"
    )
    yield Row("  as many times slower an item, extrapolated", f"{naive.item_s / (week_s / TOUCHED):.0f}")


async def _forty_thousand() -> list[Row]:
    """Light records with their indexes, saved as a sync saves them."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(None, Path(folder)) as store:
            before = (await store.memory()).used_bytes
            started = time.monotonic()
            random = Random(7)
            for first in range(1, ITEMS + 1, 500):
                await store.mirror.save(
                    REPO, [_light(random, number) for number in range(first, first + 500)]
                )
            took_s = time.monotonic() - started
            each = ((await store.memory()).used_bytes - before) / ITEMS
    return [
        at_most(f"{ITEMS:,} light records with their indexes: bytes each", each, 2_048, " B"),
        Row("  saving them", f"{took_s:.1f} s"),
    ]


def _light(random: Random, number: int) -> Reading:
    area = random.choice(tuple(AREAS))
    is_pull = number % 5 < 3
    created = datetime(2023, 3, 1, tzinfo=UTC) + timedelta(minutes=40 * number)
    closed = created + timedelta(hours=random.randint(1, 900)) if random.random() < 0.8 else None
    author, member = Person(f"contributor-{random.randint(1, 4_000)}"), Person("maintainer-07")
    events = [Event("opened", created, author)]
    if closed:
        events.append(Event("merged" if is_pull else "closed", closed, member))
    item = Item(
        repo=REPO,
        number=number,
        kind="pull_request" if is_pull else "issue",
        title=title_of(random, area, "pull" if is_pull else "bug"),
        url=f"https://github.com/{REPO}/{'pull' if is_pull else 'issues'}/{number}",
        author=author,
        author_association="CONTRIBUTOR",
        labels=(AREAS[area][0], "ready", "v1")[: random.randint(0, 3)],
        is_draft=False if is_pull else None,
        state="open" if closed is None else "merged" if is_pull else "closed",
        created_at=created,
        updated_at=closed or created,
        closed_at=closed,
        merged_at=closed if is_pull else None,
        merged_by=member if is_pull and closed else None,
        head=f"{random.getrandbits(160):040x}" if is_pull else None,
        merge_commit=f"{random.getrandbits(160):040x}" if is_pull and closed else None,
        events=tuple(events),
        node_id=f"PR_kwDOI{random.getrandbits(48):012x}",
    )
    return Reading(item, "light", NOW)


def _whole_history() -> Iterator[Row]:
    """A process that mirrors the whole history from an empty store."""
    with tempfile.TemporaryDirectory() as folder, served(HISTORY, latency_s=0, now=NOW) as github:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": folder,
            "DIGEST_STATE_DIR": folder,
            "DIGEST_AT": NOW.isoformat(),
            "DIGEST_KEEP_DAYS": "7",
            "GITHUB_TOKEN": github.token,
            "GITHUB_GRAPHQL_URL": github.url,
        }
        python = (sys.executable, "-m", "bot")
        shown = run((*python, "sync", "since:3650d", "lang:en"), cwd=Path.cwd(), environment=environment)
        log = github.log()
    yield Row("a whole history", f"{len(log)} requests, {sum(request.cost for request in log)} points")
    yield at_most("  memory of the process that mirrors it", shown.rss_mb, 250, " MB")
    yield Row("  its CPU", f"{shown.cpu_s:.1f} s")
    yield at_most("  at most in flight", peak_in_flight(log), 8)


async def _sample(lags: list[float]) -> None:
    """How much later than it asked for a task of the loop is woken."""
    while True:
        asked = time.monotonic()
        await asyncio.sleep(SAMPLE_S)
        lags.append(max(0.0, time.monotonic() - asked - SAMPLE_S))


def _span(log: list[Request]) -> float:
    """Seconds from the first request's start to the last one's end."""
    ends = [request.ended for request in log if request.ended is not None]
    return max(ends) - min(request.started for request in log)
