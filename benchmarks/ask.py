"""Questions over a mirror of vLLM's size, without a model: how soon the first words stand there, beside a scan of every
item; a hundred askers at once; and whether ten thousand questions leave anything behind."""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import mean, quantiles
from typing import TYPE_CHECKING

from adapters.chat import Context
from adapters.source import Reading
from adapters.store import open_store
from adapters.store.states import MirrorState
from benchmarks.generate import REPO
from benchmarks.measure import Row, at_most
from benchmarks.questions.oracle import Known, matching
from benchmarks.words import AREAS, body_of, comment_of, title_of
from bot.settings import load_settings
from bot.settling import settle
from bot.wiring import open_services
from summarizer.items import Comment, Event, Item, Person, Release, Review
from summarizer.topics import load_topics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from bot.wiring import Services
    from summarizer.questions import Query

SEED = 11
NOW = datetime(2026, 3, 24, 9, 0, tzinfo=UTC)
ITEMS = 40_000
DAYS = 700
POOL = 2_000
"""Different bodies and comments; each stands in several items, as making them takes longer than asking about them."""

ALONE = 300
ASKERS = 100
ROUNDS = 5
MANY = 10_000
SCANNED = 8
SAMPLE_S = 0.002

QUESTIONS = (
    "any AMD PRs this week?", "本周有 AMD 的 PR 吗？", "how many PRs were merged yesterday?", "what got merged today?",
    "open issues about KV cache", "who reviewed the most PRs last week?", "AMD vs NVIDIA PRs this week",
    "top 5 most discussed issues this week", "上周合并了多少 PR？", "显存不足的 issue",
    "merged PRs per week over the last 8 weeks",
    "stale PRs about attention", "PRs by maintainer-03 this month", "which bugs were closed in the last 48 hours?",
    "drafts touching vllm/attention", "any quantization PRs since Monday without bots?", "PRs waiting for review",
    "issues labeled bug opened this week", "#20000", "PRs reviewed by maintainer-05 last week",
    'issues that say "out of memory"', "newest 3 MoE PRs", "最近 30 天讨论最多的 AMD issue",
    "what is new in the last 6 hours?",
)  # fmt: skip
"""Every form, both languages, windows from hours to weeks and none, words, topics, people, paths."""


@dataclass(slots=True)
class _Timed:
    """What some questions took, in seconds, and how late the event loop woke meanwhile."""

    taken: list[float] = field(default_factory=list)
    lags: list[float] = field(default_factory=list)
    wall_s: float = 0.0

    @property
    def p95_ms(self) -> float:
        return quantiles(self.taken, n=20)[-1] * 1000


async def measure_ask() -> list[Row]:
    """The rows of questions."""
    items = tuple(_items(Random(SEED)))
    with tempfile.TemporaryDirectory() as folder:
        await _fill(Path(folder), items)
        settings = load_settings(DIGEST_STATE_DIR=Path(folder), DIGEST_AT=NOW.isoformat(), DIGEST_TZ="UTC")
        async with open_services(settings, demo=False, one_shot=True) as services:
            await settle(services.ask, REPO)
            started = time.monotonic()
            await _ask(services, QUESTIONS[0], "first")
            first_s = time.monotonic() - started
            new = _Timed()
            for question in QUESTIONS[1:]:
                started = time.monotonic()
                await _ask(services, question, "new")
                new.taken.append(time.monotonic() - started)
            rows = await _alone(services, items)
            longest_ms = max(new.taken) * 1000
            told = f"{mean(new.taken) * 1000:.0f} ms, {longest_ms:.0f} ms"
            rows.append(Row(f"  asked for the first time: mean, longest of {len(new.taken)}", told))
            rows.append(Row("  the first question of all, which fills the index", f"{first_s:.1f} s"))
            rows += await _together(services)
            rows += await _many(services)
    return rows


async def _alone(services: Services, items: tuple[Item, ...]) -> list[Row]:
    timed = _Timed()
    queries: list[Query] = []
    for turn in range(ALONE):
        started = time.monotonic()
        reply = await _ask(services, QUESTIONS[turn % len(QUESTIONS)], f"alone {turn}")
        timed.taken.append(time.monotonic() - started)
        if turn < len(QUESTIONS) and reply is not None:
            queries.append(reply)
    known = Known(items, (_release(),), load_topics(), NOW, "UTC", "maintainer-01")
    scans = [_scan_s(query, known) for query in queries[:SCANNED]]
    return [
        at_most(f"question to answer over {ITEMS:,} items: p95 of {ALONE}", timed.p95_ms, 80, " ms"),
        Row("  mean, longest", f"{mean(timed.taken) * 1000:.0f} ms, {max(timed.taken) * 1000:.0f} ms"),
        Row(
            "  as many times faster than a scan of every item",
            f"{mean(scans) / mean(timed.taken):.0f} ({mean(scans) * 1000:.0f} ms)",
        ),
    ]


def _scan_s(query: Query, known: Known) -> float:
    """The named alternative: each item in memory is looked at in turn, nothing has to be loaded."""
    started = time.monotonic()
    matching(query, known)
    return time.monotonic() - started


async def _together(services: Services) -> list[Row]:
    timed = _Timed()
    async with _watched(timed):
        started = time.monotonic()
        for turn in range(ROUNDS):
            await asyncio.gather(*(_timed(services, timed, turn, asker) for asker in range(ASKERS)))
        timed.wall_s = time.monotonic() - started
    return [
        at_most(f"{ASKERS} askers at once: p95 of {ROUNDS * ASKERS}", timed.p95_ms, 1_000, " ms"),
        Row("  questions a second", f"{ROUNDS * ASKERS / timed.wall_s:.0f}"),
        at_most("  longest that the event loop was blocked", max(timed.lags) * 1000, 50, " ms"),
    ]


async def _timed(services: Services, timed: _Timed, turn: int, asker: int) -> None:
    started = time.monotonic()
    await _ask(services, QUESTIONS[(turn * 7 + asker) % len(QUESTIONS)], f"asker {asker}")
    timed.taken.append(time.monotonic() - started)


async def _many(services: Services) -> list[Row]:
    """Memory over many questions of ever new conversations, once everything that is kept for a while is full."""
    before = 0.0
    for at in range(0, MANY, ASKERS):
        if at == MANY // 10:
            before = _rss_mb()
        await asyncio.gather(
            *(_ask(services, QUESTIONS[(at + n) % len(QUESTIONS)], f"many {at + n}") for n in range(ASKERS))
        )
    grown = _rss_mb() - before
    return [
        at_most(f"memory that {MANY - MANY // 10:,} questions left behind", grown, 10, " MB"),
        Row("  of the process", f"{_rss_mb():.0f} MB"),
    ]


async def _ask(services: Services, question: str, conversation: str) -> Query | None:
    context = Context("terminal", conversation=conversation, lang="en")
    reply = await services.commands(question, context)
    assert reply.problem is None, (question, reply.text)
    found = reply.answer.found if reply.answer else None
    return found.query if found else None


@asynccontextmanager
async def _watched(timed: _Timed) -> AsyncIterator[None]:
    """Notes how much later than it asked for a task of the loop is woken."""

    async def sample() -> None:
        while True:
            asked = time.monotonic()
            await asyncio.sleep(SAMPLE_S)
            timed.lags.append(max(0.0, time.monotonic() - asked - SAMPLE_S))

    sampler = asyncio.create_task(sample())
    try:
        yield
    finally:
        sampler.cancel()
        with suppress(asyncio.CancelledError):
            await sampler


def _rss_mb() -> float:
    """What of this process lies in memory now; where the system does not tell, the most that ever did."""
    with suppress(OSError):
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
        return pages * resource.getpagesize() / 1024 / 1024
    per_mb = 1024 * 1024 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / per_mb


# --- the mirror that is asked


async def _fill(folder: Path, items: tuple[Item, ...]) -> None:
    """A mirror that holds all of it, synced and confirmed a moment ago."""
    async with open_store(None, folder) as store:
        await store.mirror.save(REPO, (Reading(item, "whole", NOW) for item in items))
        await store.mirror.save_releases(REPO, [_release()])
        state = MirrorState(
            REPO,
            synced_until=NOW,
            synced_at=NOW,
            mirror_from=NOW - timedelta(days=DAYS),
            whole=True,
            reconciled_at=NOW,
        )
        await store.states.change(REPO, 1, lambda _current: state)


def _release() -> Release:
    at = NOW - timedelta(days=20)
    return Release("v0.11.0", "v0.11.0", f"https://github.com/{REPO}/releases/tag/v0.11.0", at)


def _items(random: Random) -> Iterator[Item]:
    bodies = [body_of(random, dump=random.choice((None, None, "cuda", "rocm"))) for _ in range(POOL)]
    remarks = [comment_of(random) for _ in range(POOL)]
    for number in range(1, ITEMS + 1):
        opened = NOW - timedelta(days=DAYS) + timedelta(days=DAYS) * (number / (ITEMS + 1))
        item = _item(random, number, opened)
        is_whole = random.random() < 1 / 3
        yield _with_text(item, random, random.choice(bodies), remarks) if is_whole else item


def _item(random: Random, number: int, opened: datetime) -> Item:
    area = random.choice(tuple(AREAS))
    is_pull = random.random() < 0.6
    open_for = timedelta(hours=random.expovariate(1 / 90))
    is_closed = random.random() < 0.8 and opened + open_for < NOW - timedelta(minutes=2)
    closed = opened + open_for if is_closed else None
    author = Person(
        random.choice((f"contributor-{random.randint(1, 900)}", f"maintainer-{random.randint(1, 18):02}"))
    )
    member = Person(f"maintainer-{random.randint(1, 18):02}")
    events = [Event("opened", opened, author)]
    state = "open"
    if closed is not None:
        how = random.choices(("merged", "closed_unmerged"), (8, 2))[0] if is_pull else "closed"
        events.append(Event(how, closed, member))  # type: ignore[arg-type]
        state = "merged" if how == "merged" else "closed"
    return Item(
        repo=REPO,
        number=number,
        kind="pull_request" if is_pull else "issue",
        title=title_of(random, area, "pull" if is_pull else "bug"),
        url=f"https://github.com/{REPO}/{'pull' if is_pull else 'issues'}/{number}",
        author=author,
        labels=(AREAS[area][0], "bug", "ready")[: random.randint(0, 3)],
        is_draft=random.random() < 0.1 if is_pull else None,
        state=state,  # type: ignore[arg-type]
        created_at=opened,
        updated_at=closed or opened,
        closed_at=closed,
        merged_at=closed if state == "merged" else None,
        merged_by=member if state == "merged" else None,
        additions=random.randint(1, 900) if is_pull else None,
        deletions=random.randint(0, 300) if is_pull else None,
        files=AREAS[area][1] if is_pull else None,
        events=tuple(events),
        comments_total=0,
        node_id=f"I_{number}",
    )


def _with_text(item: Item, random: Random, body: str, remarks: list[str]) -> Item:
    opened = item.created_at or NOW
    span = (item.closed_at or NOW) - opened
    times = sorted(opened + span * random.random() for _ in range(random.randint(0, 8)))
    comments = tuple(
        Comment(Person(f"contributor-{random.randint(1, 900)}"), at, random.choice(remarks)) for at in times
    )
    reviews = tuple(
        Review(
            Person(f"maintainer-{random.randint(1, 18):02}"),
            at,
            random.choice(("APPROVED", "COMMENTED")),
            "ok",
        )
        for at in times[:2]
        if item.is_pull_request
    )
    last = max([item.updated_at or opened, *times])
    return replace(
        item, body=body, comments=comments, comments_total=len(comments), reviews=reviews, updated_at=last
    )
