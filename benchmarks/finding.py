"""Finding in a mirror of vLLM's size: how long typed questions take, alone and a hundred at once, beside a scan of the
same items that are all in memory already."""

from __future__ import annotations

import asyncio
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import mean, quantiles
from typing import TYPE_CHECKING

from adapters.source import Reading
from adapters.store import open_store
from benchmarks.measure import Row, at_most
from benchmarks.words import AREAS, body_of, comment_of, title_of
from bot.find import Find
from summarizer.counting import build_facts
from summarizer.filters import Filter
from summarizer.items import Comment, Coverage, Event, Item, Person, Review, Seen
from summarizer.questions.query import Part, Query
from summarizer.topics import load_topics
from summarizer.windows import Window

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from summarizer.questions.found import Found
    from summarizer.topics import TopicRules

SEED = 7
REPO = "vllm-project/vllm"
ITEMS = 40_000
WITH_TEXT = ITEMS * 2 // 3
"""Numbers above this have their text: the last year's."""
NOW = datetime(2026, 3, 24, 12, tzinfo=UTC)
EACH_MINUTES = 25
POOL = 2_000
PEOPLE = 3_000
ASKERS = 100
NAIVE = 5
SAMPLE_S = 0.002
FOLDER_BATCH = 500

_COMPLETE = Coverage(Seen(0, 0), Seen(0, 0))


async def measure_finding() -> list[Row]:
    """The rows of questions over 40,000 items, a third of them with their text."""
    items = list(made_items(Random(SEED)))
    rules = load_topics(None)
    questions = list(_questions())
    with tempfile.TemporaryDirectory() as folder:
        async with open_store(None, Path(folder)) as store, Find(Path(folder) / "search.db", store) as find:
            for at in range(0, ITEMS, FOLDER_BATCH):
                await store.mirror.save(REPO, map(reading, items[at : at + FOLDER_BATCH]))
            asking = _Asking(find, rules)
            indexed_s, _ = await asking.ask(Query(numbers=(1,)), None)
            alone = [(await asking.ask(*question))[0] for question in questions]
            again = [(await asking.ask(*question))[0] for question in questions]
            lags: list[float] = []
            sampler = asyncio.create_task(_sample(lags))
            started = time.monotonic()
            crowd = await asyncio.gather(
                *(asking.ask(*questions[turn % len(questions)]) for turn in range(ASKERS))
            )
            crowd_s = time.monotonic() - started
            sampler.cancel()
    scanned = [_scan_s(items, rules, window) for _, window in questions if window is not None][:NAIVE]
    return [
        at_most(f"finding in {ITEMS:,} items: p95 of {len(alone)} questions", _p95(alone) * 1000, 80, " ms"),
        Row("  mean; asked once more", f"{mean(alone) * 1000:.1f} ms; {mean(again) * 1000:.1f} ms"),
        Row(
            "  as many times faster than counting all items in memory",
            f"{mean(scanned) / mean(alone):.0f} ({mean(scanned) * 1000:.0f} / {mean(alone) * 1000:.1f} ms)",
        ),
        at_most(f"  {ASKERS} at once: p95", _p95([taken for taken, _ in crowd]) * 1000, 1_000, " ms"),
        Row("  and that many a second", f"{ASKERS / crowd_s:.0f}"),
        at_most("  event loop blocked at most", max(lags) * 1000, 50, " ms"),
        Row("  the first question, which indexes all", f"{indexed_s:.1f} s"),
    ]


class _Asking:
    def __init__(self, find: Find, rules: TopicRules) -> None:
        self._find = find
        self._rules = rules

    async def ask(self, query: Query, window: Window | None) -> tuple[float, Found]:
        """How many seconds it took, and what was found."""
        started = time.monotonic()
        found = await self._find.found(
            REPO,
            query,
            window=window,
            rules=self._rules,
            now=NOW,
            coverage=_COMPLETE,
            mirror_from=None,
            synced_until=NOW,
        )
        return time.monotonic() - started, found


def _questions() -> Iterator[tuple[Query, Window | None]]:
    """Different ones; in each round they are of other days, people, topics and words."""
    random = Random(SEED)
    topics = ("amd", "nvidia", "quantization", "ci")
    words = ("throughput", "crash", "scheduler|prefix", "memory", "DeepSeek", "显存占用")
    for turn in range(8):
        login, topic, word = f"author-{random.randrange(200)}", topics[turn % 4], words[turn % 6]
        week, month = _last(7 + turn), _last(30 + turn)
        yield Query(kind="pull_request", topics=(topic,)), week
        yield Query(events=("opened", "merged"), kind="pull_request", topics=(topic,)), week
        yield Query(events=("merged",)), _last(1 + turn)
        yield Query(order="discussed", limit=5), week
        yield Query(kind="issue", events=("closed",), filters=(Filter("is", ("bot",), negated=True),)), month
        yield Query(words=(word,)), month
        yield Query(words=(word, "slow"), states=("open",)), None
        yield Query(states=("waiting", "open"), people=(Part("requested", login),)), None
        yield Query(kind="pull_request", people=(Part("author", login),)), None
        yield Query(events=("reviewed",), people=(Part("reviewer", login),)), month
        yield Query(states=("stale",), labels=(AREAS["ROCm"][0],)), None
        yield Query(paths=("vllm/v1/",)), week
        yield Query(numbers=(ITEMS - 1 - turn,), form="explain"), None


def _last(days: int) -> Window:
    return Window(NOW - timedelta(days=days), NOW, "UTC", so_far=True)


def reading(item: Item) -> Reading:
    return Reading(item, "light" if item.body is None else "whole", NOW)


def made_items(random: Random) -> Iterator[Item]:
    bodies = [body_of(random, dump=random.choice((None, None, "cuda", "rocm"))) for _ in range(POOL)]
    comments = [comment_of(random) for _ in range(POOL)]
    people = [Person(f"author-{number}") for number in range(PEOPLE)]
    bot = Person("mergify[bot]", is_bot=True)

    def somebody(busy: float) -> Person:
        """Few write most; busy: how many those are."""
        return people[min(int(random.expovariate(1 / busy)), PEOPLE - 1)]

    for number in range(1, ITEMS + 1):
        area = random.choice(list(AREAS))
        label, paths = AREAS[area]
        is_pull, author = number % 5 < 3, somebody(200)
        created = NOW - timedelta(minutes=EACH_MINUTES * (ITEMS - number + 1))
        ended = created + timedelta(hours=random.randint(1, 900))
        is_open, is_merged = random.random() < 0.15 or ended >= NOW, is_pull and random.random() < 0.75
        events = [Event("opened", created, author)]
        if not is_open:
            events.append(
                Event(
                    "merged" if is_merged else "closed_unmerged" if is_pull else "closed", ended, somebody(20)
                )
            )
        has_text, until = number > WITH_TEXT, min(ended, NOW)
        moments = sorted(
            created + random.random() * (until - created)
            for _ in range(min(int(random.expovariate(1 / 6)), 100) if has_text else 0)
        )
        said = tuple(
            Comment(somebody(100) if random.random() < 0.8 else bot, moment, random.choice(comments))
            for moment in moments
        )
        reviews = tuple(
            Review(somebody(50), moment, random.choice(("APPROVED", "COMMENTED")), "Looks good.")
            for moment in moments[:3]
        )
        yield Item(
            REPO,
            number,
            "pull_request" if is_pull else "issue",
            title_of(random, area, "pull" if is_pull else random.choice(("bug", "feature", "usage"))),
            f"https://github.com/{REPO}/{'pull' if is_pull else 'issues'}/{number}",
            author=author,
            labels=(label, random.choice(("bug", "ready", "stale"))),
            is_draft=random.random() < 0.1 if is_pull else None,
            state="open" if is_open else "merged" if is_merged else "closed",
            created_at=created,
            updated_at=until,
            closed_at=None if is_open else ended,
            merged_at=ended if is_merged and not is_open else None,
            body=random.choice(bodies) if has_text else None,
            files=paths if has_text and is_pull else None,
            additions=random.randint(1, 2_000),
            deletions=random.randint(0, 500),
            linked=(number - random.randint(1, 300),) if number > 300 and random.random() < 0.2 else (),
            events=tuple(events),
            comments=said,
            reviews=reviews if is_pull else (),
            review_requests=tuple({somebody(60).login for _ in range(random.randint(0, 2))})
            if is_pull
            else None,
        )


def _scan_s(items: Sequence[Item], rules: TopicRules, window: Window) -> float:
    """The named alternative: every item is looked at, and what a digest counts is counted."""
    started = time.monotonic()
    build_facts(repo=REPO, window=window, items=items, coverage=_COMPLETE, topics=rules.topics)
    return time.monotonic() - started


async def _sample(lags: list[float]) -> None:
    loop = asyncio.get_running_loop()
    while True:
        before = loop.time()
        await asyncio.sleep(SAMPLE_S)
        lags.append(loop.time() - before - SAMPLE_S)


def _p95(values: Sequence[float]) -> float:
    return quantiles(values, n=20)[-1]
