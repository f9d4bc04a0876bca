"""A running bot keeps its mirrors in step by itself, fills in their past, and bears with failures."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from adapters.chat import Context, unwatched
from adapters.github.client import Patience
from adapters.github.fetch import GitHub
from bot import history
from bot.find import Find
from bot.grammar.expressions import parse_range
from bot.reconcile import Reconcile
from bot.sync import Sync
from bot.upkeep import LONGEST_PAUSE_S, Upkeep, looked_after
from summarizer.topics import load_topics
from tests.servers.github import World, faults, github_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from adapters.store import Store
    from tests.bot.running import Host
    from tests.servers.github import GitHub as Server
    from tests.servers.github import Repository

REPO, OTHER = "vllm-project/vllm", "acme/engine"
START = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
KEEP = timedelta(days=30)


class Stop(BaseException):
    """Ends a run that would go on for ever, from within its pause."""


class Bench:
    """A GitHub, a store, and a clock that a test moves."""

    def __init__(self, server: Server, source: GitHub, store: Store) -> None:
        self.server, self.source, self.store = server, source, store
        self.now = START
        self.pauses: list[float] = []
        self.rounds = 1
        self.sync = Sync(source, store, now=lambda: self.now, every=MINUTE)
        self.upkeep = Upkeep(
            self.sync,
            Reconcile(source, store, self.sync, now=lambda: self.now),
            store,
            now=lambda: self.now,
            every=MINUTE,
            keep=KEEP,
            sleep=self._pause,
        )

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += timedelta(seconds=seconds)
        if len(self.pauses) == self.rounds:
            raise Stop

    @property
    def repository(self) -> Repository:
        return self.server.world.repository(REPO)

    async def round(self) -> list[str]:
        """One round, a minute later; what was asked."""
        self.now += MINUTE
        before = len(self.server.requests)
        await self.upkeep.once(REPO)
        return [request.operation for request in self.server.requests[before:]]

    async def settled(self) -> None:
        """Rounds until the past is filled in and the mirror was held against GitHub once."""
        while (await self.store.states.load(REPO)).reconciled_at is None:
            await self.round()

    async def run(self, rounds: int) -> list[float]:
        """The pauses between so many rounds of `run`, and the one after them."""
        self.pauses.clear()
        self.rounds = rounds
        with pytest.raises(Stop):
            await self.upkeep.run(REPO)
        return self.pauses

    async def texts(self) -> dict[int, bool]:
        """Whether the mirror has the text of each item that it holds."""
        numbers = await self.store.mirror.updated_since(REPO)
        records = await self.store.mirror.records(REPO, numbers, text=True)
        return {record.item.number: record.item.body is not None for record in records}


@pytest.fixture
async def bench(store: Store) -> AsyncIterator[Bench]:
    held: list[Bench] = []

    def clock() -> datetime:
        return held[0].now if held else START

    world = World()
    world.repository(REPO)
    async with (
        github_server(world, clock=clock) as server,
        GitHub(server.url, server.token or "", now=clock, patience=Patience(attempts=1)) as source,
    ):
        held.append(Bench(server, source, store))
        yield held[0]


def opened_daily(repository: Repository, days: int, *, first: int = 0) -> None:
    for day in range(first, days):
        repository.open_issue(f"{day} days old", by="ann", at=START - day * DAY - HOUR, body="Text.")


# One round


async def test_a_round_syncs_the_edge_and_reads_the_threads_that_moved(bench: Bench) -> None:
    issue = bench.repository.open_issue("Old", by="ann", at=START - 40 * DAY)
    await bench.settled()
    issue.comment(by="bob", at=bench.now, body="News.")

    asked = await bench.round()

    assert asked == ["edge", "issue_details"]
    item = await bench.store.mirror.item(REPO, issue.number)
    assert item is not None
    assert [comment.body for comment in item.comments] == ["News."]


async def test_a_round_with_nothing_new_is_one_request(bench: Bench) -> None:
    opened_daily(bench.repository, 3)
    await bench.settled()

    assert await bench.round() == ["edge"]


async def test_the_past_is_filled_in_a_stretch_a_round_newest_first_until_ninety_days(bench: Bench) -> None:
    opened_daily(bench.repository, 150)
    reached: list[datetime] = []
    while not reached or bench.now - reached[-1] < 90 * DAY:
        asked = await bench.round()
        state = await bench.store.states.load(REPO)
        assert state.mirror_from is not None
        assert len(asked) < 20
        assert "checks" not in asked
        reached.append(state.mirror_from)
    await bench.round()

    steps = [earlier - later for earlier, later in pairwise(reached)]
    assert all(timedelta(0) < step <= history.FIRST_STRETCH for step in steps)
    state = await bench.store.states.load(REPO)
    assert state.reconciled_at == bench.now  # only then is it held against GitHub
    assert state.mirror_from == reached[-1]


async def test_while_the_past_is_filled_in_the_present_is_never_late(bench: Bench) -> None:
    opened_daily(bench.repository, 90)
    while (await bench.store.states.load(REPO)).reconciled_at is None:
        issue = bench.repository.open_issue("New", by="ann", at=bench.now)
        await bench.round()
        assert await bench.store.mirror.item(REPO, issue.number) is not None


async def test_a_young_repository_is_whole_at_once_and_its_past_is_looked_for_no_more(bench: Bench) -> None:
    opened_daily(bench.repository, 3)
    await bench.settled()

    assert (await bench.store.states.load(REPO)).whole


async def test_once_a_day_the_mirror_is_held_against_github(bench: Bench) -> None:
    opened_daily(bench.repository, 5)
    await bench.settled()
    first = (await bench.store.states.load(REPO)).reconciled_at
    bench.repository.delete(1)
    bench.now += 23 * HOUR

    early = await bench.round()
    held_early = await bench.store.mirror.item(REPO, 1)
    bench.now += HOUR
    late = await bench.round()

    assert "checks" not in early
    assert held_early is not None
    assert "checks" in late
    assert await bench.store.mirror.item(REPO, 1) is None
    last = (await bench.store.states.load(REPO)).reconciled_at
    assert first is not None
    assert last is not None
    assert last - first >= DAY


# Old text


async def test_the_sweep_drops_old_text_keeps_the_record_and_tells_since_when(bench: Bench) -> None:
    opened_daily(bench.repository, 50)
    await bench.settled()
    await bench.sync.threads.read(REPO, START - 60 * DAY, bench.now, lambda _done, _total: None)

    dropped = await bench.upkeep.sweep(REPO)

    texts = await bench.texts()
    assert texts == {number: number <= 30 for number in range(1, 51)}  # the numbers follow the days here
    assert dropped == 20
    assert (await bench.store.states.load(REPO)).text_from == bench.now - KEEP
    old = await bench.store.mirror.item(REPO, 50)
    assert old is not None
    assert old.title == "49 days old"


async def test_the_nightly_round_sweeps(bench: Bench) -> None:
    opened_daily(bench.repository, 50)
    await bench.settled()
    await bench.sync.threads.read(REPO, START - 60 * DAY, bench.now, lambda _done, _total: None)
    bench.now += DAY

    await bench.round()

    assert sum((await bench.texts()).values()) == 29


async def test_what_a_kept_digest_cites_keeps_its_text_as_long_as_it_is_kept(bench: Bench) -> None:
    opened_daily(bench.repository, 50)
    await bench.settled()
    await bench.sync.threads.read(REPO, START - 60 * DAY, bench.now, lambda _done, _total: None)
    await bench.store.mirror.cite(REPO, [45], bench.now + 7 * DAY)

    await bench.upkeep.sweep(REPO)
    kept = await bench.texts()
    bench.now += 8 * DAY
    await bench.upkeep.sweep(REPO)
    later = await bench.texts()

    assert kept[45]
    assert not kept[44]
    assert not later[45]


async def test_a_window_over_swept_items_reads_them_again(bench: Bench) -> None:
    opened_daily(bench.repository, 50)
    bench.repository.threads[41].comment(by="bob", at=START - 40 * DAY, body="Of old.")
    await bench.settled()
    await bench.sync.threads.read(REPO, START - 60 * DAY, bench.now, lambda _done, _total: None)
    await bench.upkeep.sweep(REPO)
    window = parse_range(f"{START - 41 * DAY:%Y-%m-%d}..{START - 40 * DAY:%Y-%m-%d}")
    assert window is not None

    span = await bench.sync.span(REPO, window, "UTC", unwatched)

    assert span.coverage.complete
    items = await bench.store.mirror.items_between(REPO, span.window.since, span.window.until)
    assert {item.number for item in items} == {41, 42}
    assert all(item.body == "Text." for item in items)
    assert [comment.body for item in items for comment in item.comments] == ["Of old."]


async def test_a_digest_of_swept_days_is_the_digest_that_it_was(host: Host) -> None:
    world = World()
    repository = world.repository(REPO)
    for hour in range(5):
        repository.open_pr(
            f"Change {hour}",
            by="ann",
            at=START - 40 * DAY + hour * HOUR,
            body="It changes things.",
            files=["a.py"],
        ).comment(by="bob", at=START - 40 * DAY + hour * HOUR + MINUTE, body="Does it?")
    line = f"{START - 40 * DAY:%Y-%m-%d} format:json"
    async with github_server(world, clock=lambda: START) as server, host.bot(server, START) as bot:
        before = await bot.commands(line, Context("terminal", tz="UTC"))
    later = START + 8 * DAY
    async with (
        github_server(world, clock=lambda: later) as server,
        host.bot(server, later, DIGEST_KEEP_DAYS=30, DIGEST_TOPICS="amd,tpu") as bot,
    ):
        await bot.commands("sync", Context("terminal"))
        swept = await bot.upkeep.sweep(REPO)
        status = await bot.commands("status", Context("terminal", tz="UTC"))
        chinese = await bot.commands("状态", Context("terminal", lang="zh", tz="UTC"))
        after = await bot.commands(line, Context("terminal", tz="UTC"))

    assert swept == 5
    assert "- Text of items that nobody updated since 2026-03-02 12:00 (UTC) was dropped;" in status.text
    assert "- 2026-03-02 12:00 (UTC) 之后没有更新的条目已不保留正文" in chinese.text
    assert before.digest is not None
    assert after.digest is not None
    assert after.digest.facts == before.digest.facts


# Failures


async def test_after_a_round_that_went_well_the_next_one_is_a_minute_later(bench: Bench) -> None:
    assert await bench.run(3) == [60.0, 60.0, 60.0]


async def test_pauses_grow_while_it_fails_up_to_an_hour_and_are_short_again_once_it_went_well(
    bench: Bench,
) -> None:
    bench.server.faults.when(lambda _request: len(bench.pauses) < 9, faults.unavailable())

    pauses = await bench.run(11)

    growing = [min(60.0 * 2**failures, LONGEST_PAUSE_S) for failures in range(1, 10)]
    assert all(least <= pause <= 1.25 * least for least, pause in zip(growing, pauses[:9], strict=True))
    assert pauses[9:] == [60.0, 60.0]


async def test_a_wait_that_github_states_is_kept(bench: Bench) -> None:
    bench.server.faults.next(faults.secondary_limit(7_200))

    [pause, after] = await bench.run(2)

    assert 7_200 <= pause <= 7_200 * 1.25
    assert after == 60.0


async def test_points_that_are_spent_are_waited_for(bench: Bench) -> None:
    bench.server.used = bench.server.points

    [pause, after] = await bench.run(2)

    assert pause >= 3_600
    assert after == 60.0


async def test_a_failure_of_one_repository_keeps_no_other_one_from_being_looked_after(bench: Bench) -> None:
    bench.server.world.repository(OTHER).open_issue("Here", by="ann", at=START - HOUR)
    bench.server.faults.when(
        lambda request: request.variables.get("owner") == "vllm-project", faults.unavailable()
    )
    done = asyncio.Event()

    async def pause(_seconds: float) -> None:
        if (await bench.store.states.load(OTHER)).synced_until is not None:
            done.set()
        await asyncio.sleep(0)

    upkeep = Upkeep(
        bench.sync,
        Reconcile(bench.source, bench.store, bench.sync, now=lambda: bench.now),
        bench.store,
        now=lambda: bench.now,
        every=MINUTE,
        keep=KEEP,
        sleep=pause,
    )
    async with looked_after(upkeep, (REPO, OTHER)):
        async with asyncio.timeout(10):
            await done.wait()

    assert (await bench.store.states.load(REPO)).synced_until is None


async def test_leaving_ends_the_work_even_in_the_middle_of_a_request(bench: Bench) -> None:
    bench.server.latency_s = 30
    begun = asyncio.Event()
    bench.server.before_answer = lambda _request: begun.set()
    others = asyncio.all_tasks()

    async with looked_after(bench.upkeep, (REPO,)):
        await begun.wait()

    bench.server.closing.set()
    assert not [task for task in asyncio.all_tasks() - others if task.get_name().startswith("upkeep")]
    async with asyncio.timeout(1):  # its turn is free again
        async with bench.sync.turns.take(history.sync_turn(REPO)):
            pass


async def test_an_error_in_what_is_done_meanwhile_ends_the_upkeep_as_well(bench: Bench) -> None:
    with pytest.raises(RuntimeError):
        async with looked_after(bench.upkeep, (REPO,)):
            raise RuntimeError

    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("upkeep")]


async def test_a_round_brings_up_what_questions_are_answered_from(bench: Bench, tmp_path: Path) -> None:
    bench.repository.open_issue("Deadlock", by="ann", at=START - HOUR)
    rules = load_topics()
    async with Find(tmp_path / "text.db", bench.store) as find:
        upkeep = Upkeep(
            bench.sync,
            Reconcile(bench.source, bench.store, bench.sync, now=lambda: bench.now),
            bench.store,
            now=lambda: bench.now,
            every=MINUTE,
            keep=KEEP,
            index=lambda repo: find.keep_up(repo, rules),
        )
        assert not (await find.names(REPO)).logins

        await upkeep.once(REPO)

        assert "ann" in (await find.names(REPO)).logins
