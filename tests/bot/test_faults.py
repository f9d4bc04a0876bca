"""However GitHub fails, a window is whole, or says what it lacks, or an error says why there is none; never is one
called complete that has a hole. And a GitHub that fails is left in peace."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from adapters.chat import unwatched
from adapters.github import limits
from adapters.github.client import Client, Patience
from adapters.github.fetch import GitHub
from benchmarks.generate import generate_day
from bot.grammar.expressions import Duration, Last
from bot.reconcile import Reconcile
from bot.sync import Sync
from bot.upkeep import Upkeep
from summarizer import languages
from summarizer.errors import GitHubError
from tests.bot.running import Heard
from tests.bot.scenes import DAY, EVERY, MINUTE, MORNING, REPO, TODAY, Scene, without_number
from tests.bot.truths import busy_week, differences, shorten_pages
from tests.servers.github import Issue, World, faults, github_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from adapters.store import Store
    from bot.sync import Span
    from summarizer.windows import Resolvable
    from tests.bot.running import Host

WEEK = Last(Duration(7, "d"))
ALWAYS = 1_000_000

FAULTS = (
    faults.bad_gateway(),
    faults.unavailable(),
    faults.gateway_timeout(),
    faults.timed_out(),
    faults.timed_out(200),
    faults.secondary_limit(7),
    faults.too_many_requests(7),
    faults.secondary_limit(None),
    faults.secondary_limit(600),
    faults.rate_limited(),
    faults.rate_limited("RATE_LIMIT"),
    faults.lost_nodes(),
    faults.lost_nodes(2, "RESOURCE_LIMITS_EXCEEDED"),
    faults.malformed(),
    faults.cut(300),
    faults.unauthorized(),
)
DAILY = ("edge", "issue_details", "pull_request_details")
SEARCHING = ("counts", "slices", "releases")
TIMES = (1, 2, ALWAYS)
CASE = ("fault", "operation", "times")
OF_EACH_SORT = (0, 4, 5, 7, 9, 11, 12, 13, 14, 15)
OF_FEW_SORTS = (0, 9, 12, 14, 15)
"""The places of faults in FAULTS; those that are left out take the same ways through the code."""

MOST_REQUESTS = 100
"""Of a small window while something fails for ever."""


def cases(operations: tuple[str, ...], places: Sequence[int] = range(len(FAULTS))) -> Sequence[object]:
    """Each of these faults at each operation, once, twice or for ever in turn."""
    return [
        pytest.param(fault, operation, TIMES[(place + column) % 3], id=f"{place}-{fault.name}-{operation}")
        for place, fault in ((place, FAULTS[place]) for place in places)
        for column, operation in enumerate(operations)
        if fault.mangle is None or operation != "counts"  # which has no nodes to lose
    ]


@pytest.fixture
def naps() -> list[float]:
    """The pauses that were taken, in seconds."""
    return []


@asynccontextmanager
async def opened(store: Store, naps: list[float]) -> AsyncIterator[Scene]:
    """A busy week; pauses take no time."""
    held: list[Scene] = []

    async def nap(seconds: float) -> None:
        naps.append(seconds)
        await asyncio.sleep(0)

    def clock() -> datetime:
        return held[0].now if held else MORNING

    async with (
        github_server(busy_week(), clock=clock) as server,
        GitHub(server.url, server.token or "", now=clock, sleep=nap) as source,
    ):
        held.append(Scene(server, source, store))
        yield held[0]


@pytest.fixture
async def week(store: Store, naps: list[float], monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    """A busy week that is read in short pages."""
    shorten_pages(monkeypatch)
    async with opened(store, naps) as scene:
        yield scene


async def asked(scene: Scene, expr: Resolvable, sync: Sync | None = None) -> Span | GitHubError:
    """The span, which if it says that it is complete is so; or the error, which has a sentence."""
    outcome: Span | GitHubError
    try:
        outcome = await (sync or scene.sync).span(REPO, expr, "UTC", unwatched)
    except GitHubError as error:
        outcome = error
    if isinstance(outcome, GitHubError):
        assert all(
            languages.load(code).text(f"errors.{outcome.key}", **outcome.values) for code in languages.codes()
        )
    elif outcome.coverage.complete:
        assert await differences(scene.store, scene.repository, outcome.window) == []
    return outcome


async def assert_mended(scene: Scene, expr: Resolvable) -> None:
    """Once GitHub is well, and the minute is over, the span is complete and equal to GitHub."""
    scene.server.faults.clear()
    scene.now += 2 * MINUTE
    span = await asked(scene, expr)
    assert not isinstance(span, GitHubError), span
    assert span.coverage.complete, span.coverage


# Whatever fails, and wherever


@pytest.mark.parametrize(CASE, cases(DAILY))
async def test_a_cold_day_is_whole_or_says_what_it_lacks(
    week: Scene, fault: faults.Fault, operation: str, times: int
) -> None:
    week.server.faults.on(operation, fault, times=times)

    span = await asked(week, TODAY)

    assert fault.name in [request.fault for request in week.server.requests]
    assert len(week.server.requests) <= MOST_REQUESTS
    if times == ALWAYS:
        assert isinstance(span, GitHubError) or span.coverage.reasons
    await assert_mended(week, TODAY)


@pytest.mark.parametrize(CASE, [*cases(SEARCHING, OF_EACH_SORT), *cases(DAILY, OF_FEW_SORTS)])
async def test_a_cold_week_is_whole_or_says_what_it_lacks(
    week: Scene, fault: faults.Fault, operation: str, times: int
) -> None:
    week.server.faults.on(operation, fault, times=times)

    span = await asked(week, WEEK)

    assert fault.name in [request.fault for request in week.server.requests]
    assert len(week.server.requests) <= MOST_REQUESTS
    if times == ALWAYS:
        assert isinstance(span, GitHubError) or span.coverage.reasons
    await assert_mended(week, WEEK)


@pytest.mark.parametrize(CASE, cases(("slices", "releases"), OF_FEW_SORTS))
async def test_a_week_behind_a_day_that_is_known_is_whole_or_says_what_it_lacks(
    week: Scene, fault: faults.Fault, operation: str, times: int
) -> None:
    await asked(week, TODAY)
    week.server.faults.on(operation, fault, times=times)

    span = await asked(week, WEEK)

    if times == ALWAYS:
        assert isinstance(span, GitHubError) or span.coverage.reasons
    await assert_mended(week, WEEK)


@pytest.mark.parametrize(CASE, cases(("checks", "issue_details"), OF_FEW_SORTS))
async def test_what_no_listing_shows_is_noticed_or_the_window_says_that_it_may_not_be(
    week: Scene, fault: faults.Fault, operation: str, times: int
) -> None:
    await asked(week, WEEK)
    lose_a_comment_and_an_item(week)
    week.now += 2 * MINUTE
    week.server.faults.on(operation, fault, times=times)

    await asked(week, WEEK)

    await assert_mended(week, WEEK)


def lose_a_comment_and_an_item(scene: Scene) -> Issue:
    """Delete both, which moves nothing; returns what lost its comment."""
    issues = [each for each in scene.repository.threads.values() if isinstance(each, Issue) and each.comments]
    issues[1].delete_comment(issues[1].comments[0])
    scene.repository.delete(issues[2].number)
    return issues[1]


@pytest.mark.parametrize("operation", ["checks", "issue_details"])
async def test_an_item_that_github_does_not_show_again_makes_the_window_partial(
    week: Scene, operation: str
) -> None:
    await asked(week, WEEK)
    issue = lose_a_comment_and_an_item(week)
    week.now += 2 * MINUTE
    week.server.faults.on(operation, faults.Fault("one item", mangle=without_item(issue.id)))

    span = await asked(week, WEEK)

    assert not isinstance(span, GitHubError)
    assert span.coverage.reasons == ("threads",)
    assert not span.final
    await assert_mended(week, WEEK)


def without_item(node_id: str) -> Callable[[dict[str, Any]], None]:
    """What makes a page fail on one item."""

    def mangle(answer: dict[str, Any]) -> None:
        for index, node in enumerate(answer["data"]["nodes"]):
            if node is not None and node["id"] == node_id:
                answer["data"]["nodes"][index] = None

    return mangle


@pytest.mark.parametrize("operation", [*DAILY, *SEARCHING, "checks"])
async def test_an_answer_that_comes_too_late_is_none(week: Scene, operation: str) -> None:
    if operation == "checks":
        await asked(week, WEEK)
        lose_a_comment_and_an_item(week)
        week.now += 2 * MINUTE
    week.server.faults.on(operation, faults.slow(0.2), times=1)

    async def nap(_seconds: float) -> None:
        await asyncio.sleep(0)

    def now() -> datetime:
        return week.now

    hasty = GitHub(week.server.url, week.server.token or "", now=now, sleep=nap, timeout_s=0.1)
    async with hasty:
        await asked(week, WEEK, Sync(hasty, week.store, now=now, every=EVERY))

    await assert_mended(week, WEEK)


@pytest.mark.parametrize(
    "too_wide",
    [faults.bad_gateway(), faults.timed_out(200), faults.lost_nodes(9, "RESOURCE_LIMITS_EXCEEDED")],
    ids=["bad_gateway", "something_went_wrong", "lost_nodes"],
)
async def test_pages_that_are_too_wide_for_github_are_halved_and_the_week_is_complete(
    store: Store, naps: list[float], too_wide: faults.Fault
) -> None:
    async with opened(store, naps) as scene:  # with pages as long as they are
        for number in range(110):
            scene.repository.open_issue(f"{number}", by="ann", at=MORNING - 4 * DAY + number * MINUTE)
        scene.server.width_budget, scene.server.width_fault = 5_000, too_wide

        span = await asked(scene, WEEK)

    assert not isinstance(span, GitHubError)
    assert span.coverage.complete, span.coverage
    wide = {request.operation for request in scene.server.requests if request.fault}
    assert wide == {"edge", "slices", "issue_details", "pull_request_details"}
    assert len(scene.server.requests) <= 2 * MOST_REQUESTS


# What a person reads of it


async def test_a_digest_whose_threads_github_does_not_show_says_so_in_both_languages(
    week: Scene, host: Host
) -> None:
    issue = next(each for each in week.repository.threads.values() if isinstance(each, Issue))
    week.server.faults.on("issue_details", faults.Fault("one item", mangle=without_item(issue.id)))

    async with host.bot(week.server, MORNING) as bot:
        english = await bot.commands("last 7d", Heard().chat())
        chinese = await bot.commands("last 7d", Heard().chat("zh"))

    assert languages.load("en").text("coverage.threads") in english.text
    assert languages.load("zh").text("coverage.threads") in chinese.text
    assert english.digest is not None
    assert (english.digest.outcome, english.digest.facts.complete) == ("partial", False)


async def test_a_digest_whose_items_the_index_hides_says_how_many_there_are(week: Scene, host: Host) -> None:
    hidden = max(week.repository.threads) - 1  # the oldest, which the edge does not show
    week.server.faults.on("slices", faults.Fault("hidden", mangle=without_number(hidden)))

    async with host.bot(week.server, MORNING) as bot:
        reply = await bot.commands("last 7d", Heard().chat())

    assert reply.digest is not None
    facts = reply.digest.facts
    assert hidden not in facts.items
    assert facts.coverage.items.expected == facts.coverage.items.seen + 1
    assert languages.load("en").text("coverage.items") in reply.text


async def test_a_digest_of_what_was_known_before_the_points_were_spent_says_so(
    week: Scene, host: Host
) -> None:
    await asked(week, TODAY)
    week.server.faults.always(faults.rate_limited())

    async with host.bot(week.server, MORNING + 5 * MINUTE) as bot:
        reply = await bot.commands("today", Heard().chat())

    assert reply.digest is not None
    assert reply.digest.outcome == "partial"
    assert languages.load("en").text("coverage.stale") in reply.text


@pytest.mark.parametrize("fault", [faults.unauthorized(), faults.rate_limited(), faults.secondary_limit(600)])
async def test_where_there_is_nothing_to_tell_the_reply_is_the_error_s_sentence(
    week: Scene, host: Host, fault: faults.Fault
) -> None:
    week.server.faults.on("slices", fault)

    async with host.bot(week.server, MORNING) as bot:
        reply = await bot.commands("last 7d", Heard().chat())

    assert isinstance(reply.problem, GitHubError)
    assert reply.digest is None
    assert reply.text == languages.load("en").text(f"errors.{reply.problem.key}", **reply.problem.values)


# A GitHub that fails is left in peace


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
async def test_while_everything_fails_a_question_costs_few_requests(week: Scene, fault: faults.Fault) -> None:
    week.server.faults.always(fault)

    assert isinstance(await asked(week, WEEK), GitHubError)

    assert len(week.server.requests) <= 20


async def test_while_no_thread_is_shown_a_busy_day_costs_few_requests(week: Scene) -> None:
    for number in range(150):
        week.repository.open_issue(f"{number}", by="ann", at=MORNING - number * timedelta(seconds=90))
    week.server.faults.on("issue_details", faults.bad_gateway())

    span = await asked(week, TODAY)

    assert isinstance(span, GitHubError) or span.coverage.reasons == ("threads",)
    details = [request for request in week.server.requests if request.operation == "issue_details"]
    assert len(details) <= 2 * 60  # what is read ahead of the listing's end gives up by itself


async def test_pauses_grow_and_are_jittered(week: Scene, naps: list[float]) -> None:
    week.server.faults.on("edge", faults.cut(10))
    rounds = []
    for _ in range(4):
        naps.clear()
        await asked(week, TODAY)
        rounds.append(list(naps))

    backoff_s = Patience().backoff_s
    for pauses in rounds:
        assert len(pauses) == Patience().attempts - 1
        for turn, pause_s in enumerate(pauses):
            assert backoff_s * 2**turn / 2 <= pause_s <= backoff_s * 2**turn
    assert len({pause_s for pauses in rounds for pause_s in pauses}) == sum(map(len, rounds))


async def test_no_request_is_sent_before_a_stated_pause_is_over_however_many_are_on_their_way() -> None:
    world = World()
    world.repository(REPO)
    query = {"first": 1, "q0": f"repo:{REPO} is:issue"}
    async with github_server(world) as server, Client(server.url, server.token or "") as client:
        refusal, slow = faults.secondary_limit(1), faults.slow(0.2)
        server.faults.next(refusal, *[slow] * (limits.IN_FLIGHT - 1))

        await asyncio.gather(*(client.query("counts", query, times=1) for _ in range(20)))

        refused = next(request for request in server.requests if request.fault == refusal.name)
        later = [request for request in server.requests if request.number > limits.IN_FLIGHT]
    assert refused.ended is not None
    assert len(later) == 20 - limits.IN_FLIGHT + 1
    assert min(request.started for request in later) >= refused.ended + 1.0


class Halted(BaseException):
    """Ends an upkeep that goes on for ever."""


async def upkeep_for(scene: Scene, reconcile: Reconcile, span: timedelta) -> list[float]:
    """Let a bot look after the repository for so long; returns its pauses."""
    pauses: list[float] = []
    until = scene.now + span

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        scene.now += timedelta(seconds=seconds)
        if scene.now >= until:
            raise Halted

    def now() -> datetime:
        return scene.now

    upkeep = Upkeep(scene.sync, reconcile, scene.store, now=now, every=EVERY, keep=90 * DAY, sleep=pause)
    with pytest.raises(Halted):
        await upkeep.run(REPO)
    return pauses


@pytest.mark.parametrize("fault", [faults.bad_gateway(), faults.unauthorized(), faults.rate_limited()])
async def test_a_bot_left_alone_with_a_failing_github_asks_ever_more_rarely_and_comes_back(
    week: Scene, fault: faults.Fault
) -> None:
    reconcile = Reconcile(week.source, week.store, week.sync, now=lambda: week.now)
    week.server.faults.always(fault)

    pauses = await upkeep_for(week, reconcile, 3 * DAY)

    assert len(week.server.requests) <= 12 * len(pauses) < 12 * 90
    assert all(before <= after * 1.25 for before, after in pairwise(pauses))
    assert 3_600 <= min(pauses[6:]) < max(pauses) <= 4_500
    assert len(set(pauses[6:])) == len(pauses[6:])
    week.server.faults.clear()
    await upkeep_for(week, reconcile, timedelta(minutes=10))
    assert (await week.store.states.load(REPO)).synced_until is not None


# No false alarm


@pytest.mark.parametrize("seed", range(30))
async def test_healthy_days_are_complete_although_the_search_index_lags_a_minute(
    store: Store, seed: int
) -> None:
    day = date(2026, 3, 1) + timedelta(days=seed)
    now = datetime(day.year, day.month, day.day, tzinfo=UTC) + DAY - timedelta(seconds=1 + seed)
    world = generate_day(
        seed, day, new_or_closed_issues=4 + seed % 3, prs=4 + seed % 4, comments=20, woken=2, background=4
    )
    async with (
        github_server(world, clock=lambda: now, search_lag=MINUTE) as server,
        GitHub(server.url, server.token or "", now=lambda: now) as source,
    ):
        scene = Scene(server, source, store)
        scene.now = now
        span = await asked(scene, TODAY if seed % 2 else Last(Duration(3, "d")))

    assert not isinstance(span, GitHubError)
    assert span.coverage.complete, span.coverage
    assert await store.mirror.items_between(REPO, span.window.since, span.window.until)
