"""What was updated lately, read as of one instant: all of it, at a price, or what is missing is told."""

from __future__ import annotations

import random
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.github.errors import PartialData, UnexpectedPayload
from summarizer.items import Person
from tests.adapters.github.connecting import DAY, HOUR, MINUTE, NOW, REPO, SINCE, WEEK, moved, silent
from tests.servers.github import Request, faults, github_server, peak_in_flight, requests_in_sequence

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from adapters.github.fetch import GitHub
    from tests.adapters.github.connecting import Connect, Kept
    from tests.servers.github import GitHub as Server
    from tests.servers.github import Repository, World

SECOND = timedelta(seconds=1)


@asynccontextmanager
async def connected(
    world: World, connect: Connect, *, latency_s: float = 0, search_lag: timedelta = timedelta(0)
) -> AsyncIterator[tuple[Server, GitHub]]:
    serving = github_server(world, clock=lambda: NOW, latency_s=latency_s, search_lag=search_lag)
    async with serving as server, connect(server) as github:
        yield server, github


def crowd(repo: Repository) -> None:
    """So much that moved lately that what is older than it has to be searched for."""
    for number in range(110):
        repo.open_issue(f"crowd {number}", by="ann", at=NOW - 20 * MINUTE + number * SECOND)
        repo.open_pr(f"crowd {number}", by="ann", at=NOW - 20 * MINUTE + number * SECOND)


def operations(server: Server) -> list[str]:
    return [request.operation for request in server.requests]


def without(number: int, *, tell: bool) -> faults.Fault:
    """The true answer, but for the item of that number, which is null; tell: with an error about it."""

    def mangle(answer: dict[str, Any]) -> None:
        for alias, page in answer["data"].items():
            for index, node in enumerate(page.get("nodes", ())):
                if node and node.get("number") == number:
                    page["nodes"][index] = None
                    if tell:
                        error = {"message": "Something", "path": [alias, "nodes", index]}
                        answer.setdefault("errors", []).append(error)

    return faults.Fault("without", mangle=mangle)


async def test_nothing_new_is_one_request_of_one_point(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    for number in range(120):
        repo.open_issue(f"old {number}", by="ann", at=SINCE - number * HOUR)
        repo.open_pr(f"old {number}", by="ann", at=SINCE - number * HOUR)

    async with connected(world, connect) as (server, github):
        edge = await github.updated_since(REPO, NOW - 5 * MINUTE, kept, silent)

        assert [(request.operation, request.cost) for request in server.requests] == [("edge", 1)]
    assert (edge.issues, edge.pull_requests, edge.found.expected) == (120, 120, 0)
    assert NOW - MINUTE < edge.at <= NOW


async def test_the_edge_tells_of_the_repository_and_its_newest_releases(
    world: World, connect: Connect, kept: Kept
) -> None:
    repo = world.repository("vllm-project/Secret", private=True)
    repo.open_issue("one", by="ann", at=SINCE)
    repo.release("v1", at=NOW - DAY, name="The first", prerelease=True)
    repo.release("v2", at=NOW - HOUR)
    repo.release("v3", at=NOW - HOUR, draft=True)

    async with connected(world, connect) as (_, github):
        edge = await github.updated_since("VLLM-project/secret", NOW - HOUR, kept, silent)

    assert (edge.repo, edge.is_private) == ("vllm-project/Secret", True)
    assert (edge.issues, edge.pull_requests) == (1, 0)
    assert [(each.tag_name, each.name, each.is_prerelease) for each in edge.releases] == [
        ("v2", "v2", False),
        ("v1", "The first", True),
    ]


@pytest.mark.parametrize("since", [SINCE, NOW - WEEK], ids=["listed", "searched"])
async def test_light_readings_hold_what_a_listing_shows_and_when_it_was_asked(
    world: World, repo: Repository, connect: Connect, kept: Kept, since: datetime
) -> None:
    crowd(repo)
    at = SINCE + HOUR
    opened = repo.open_issue("opened", by="ann", at=at, labels=["rocm"], association="MEMBER", body="words")
    opened.comment(by="bob", at=at + HOUR)
    repo.open_issue("closed", by="ann", at=at - 9 * DAY).close(by="bob", at=at)
    merged = repo.open_pr("merged", by="mergify[bot]", at=at - DAY, files=["a.py"])
    merged.merge(by="bob", at=at)
    repo.open_pr("closed unmerged", by="cyd", at=at, draft=True).close(by="bob", at=at + HOUR)

    async with connected(world, connect) as (_, github):
        edge = await github.updated_since(REPO, since, kept, silent)

    items = {title: item for title, item in kept.titles.items() if not title.startswith("crowd")}
    assert {name: [event.name for event in item.events] for name, item in items.items()} == {
        "opened": ["opened"],
        "closed": ["opened", "closed"],
        "merged": ["opened", "merged"],
        "closed unmerged": ["opened", "closed_unmerged"],
    }
    one, pull = items["opened"], items["merged"]
    assert (one.author, one.author_association, one.labels) == (Person("ann"), "MEMBER", ("rocm",))
    assert (one.repo, one.node_id, one.updated_at) == (REPO, opened.id, at + HOUR)
    assert (one.body, one.comments_total, one.comments) == (None, None, ())
    assert (pull.author, pull.merged_by) == (Person("mergify", is_bot=True), Person("bob"))
    assert (pull.state, pull.merged_at, pull.is_draft) == ("merged", at, False)
    assert items["closed unmerged"].is_draft
    assert pull.head
    assert pull.merge_commit
    assert {reading.part for reading in kept.readings} == {"light"}
    assert all(reading.at < NOW for reading in kept.readings)
    assert edge.at < NOW  # both are careful by what an answer took, each by its own


async def test_a_thread_that_is_months_old_is_seen_when_it_is_talked_in(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    repo.open_issue("RFC", by="ann", at=SINCE - 90 * DAY).comment(by="bob", at=SINCE + HOUR)
    repo.open_pr("kernel", by="ann", at=SINCE - 60 * DAY).review(by="bob", at=SINCE + HOUR)
    repo.open_issue("silent", by="ann", at=SINCE - 60 * DAY)
    for number in range(100):
        repo.open_issue(f"{number}", by="ann", at=SINCE - HOUR - number * MINUTE)

    async with connected(world, connect) as (_, github):
        await github.updated_since(REPO, SINCE, kept, silent)

    assert {"RFC", "kernel"} <= kept.titles.keys()


async def test_a_day_is_paged_through(world: World, repo: Repository, connect: Connect, kept: Kept) -> None:
    for number in range(250):
        repo.open_issue(f"i{number}", by="ann", at=SINCE + number * 5 * MINUTE)
    for number in range(120):
        repo.open_pr(f"p{number}", by="ann", at=SINCE + number * 10 * MINUTE)

    async with connected(world, connect) as (server, github):
        await github.updated_since(REPO, SINCE, kept, silent)

        assert operations(server) == ["edge"] * 4  # three pages, and a look at what moved meanwhile
    assert len(kept.numbers) == 370


def busy_week(repo: Repository) -> set[int]:
    """1,482 items that were updated in it, unevenly; returns their numbers."""
    chance = random.Random(1)
    span = int(WEEK.total_seconds())
    for number in range(1482):
        at = NOW - WEEK + timedelta(seconds=int(span * chance.random() ** 1.5))
        old = repo.open_pr if number % 2 else repo.open_issue
        old(f"{number}", by="ann", at=at - 30 * DAY).comment(by="bob", at=at)
    numbers = set(repo.threads)
    for number in range(300):
        repo.open_issue(f"older {number}", by="ann", at=NOW - 8 * DAY - number * HOUR)
    return numbers


async def test_a_week_is_counted_and_read_in_slices_4_in_sequence_and_8_at_once(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    numbers = busy_week(repo)

    async with connected(world, connect, latency_s=0.25, search_lag=MINUTE) as (server, github):
        edge = await github.updated_since(REPO, NOW - WEEK, kept, silent)

        assert requests_in_sequence(server.requests) <= 4, operations(server)
        assert peak_in_flight(server.requests) <= 8
        assert len(server.requests) <= 20, operations(server)
        assert operations(server)[-1] == "edge"
    assert numbers <= kept.numbers
    assert edge.found.missing == 0
    assert edge.found.seen >= 1482 - 200


@pytest.mark.parametrize("back", [5 * MINUTE, DAY, WEEK, 400 * DAY], ids=str)
async def test_the_newest_minutes_are_seen_although_the_search_index_lags(
    world: World, repo: Repository, connect: Connect, kept: Kept, back: timedelta
) -> None:
    for number in range(140):
        repo.open_issue(f"{number}", by="ann", at=NOW - 10 * MINUTE + number * SECOND)
    repo.open_pr("merged just now", by="ann", at=NOW - 401 * DAY).merge(by="bob", at=NOW - 2 * MINUTE)

    async with connected(world, connect, search_lag=11 * MINUTE) as (_, github):
        edge = await github.updated_since(REPO, NOW - back, kept, silent)

    assert len(kept.numbers) == 141
    assert edge.found.missing == 0


async def test_what_the_listing_shows_late_is_seen_by_the_next_sync(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    async with connected(world, connect) as (_, github):
        edge = await github.updated_since(REPO, SINCE, kept, silent)
        repo.open_issue("opened before the edge", by="ann", at=edge.at - 10 * MINUTE)
        await github.updated_since(REPO, edge.at, kept, silent)

    assert "opened before the edge" in kept.titles


async def test_what_moves_between_two_pages_is_read_again(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    for number in range(150):
        repo.open_issue(f"{number}", by="ann", at=SINCE + number * MINUTE)
    moving = repo.threads[3]

    def move(request: Request) -> None:
        if request.number == 2:
            moving.comment(by="bob", at=NOW)

    async with connected(world, connect) as (server, github):
        server.before_answer = move
        await github.updated_since(REPO, SINCE, kept, silent)

    assert moved(kept.newest[moving.number]) == NOW
    assert len(kept.numbers) == 150


async def test_what_moves_out_of_its_slice_is_found_at_the_edge(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    busy_week(repo)
    moving = repo.threads[1]

    def move(request: Request) -> None:
        if request.operation == "slices":
            moving.comment(by="bob", at=NOW)

    async with connected(world, connect) as (server, github):
        server.before_answer = move
        edge = await github.updated_since(REPO, NOW - WEEK, kept, silent)

    assert moved(kept.newest[moving.number]) == NOW
    assert edge.found.missing == 0


@pytest.mark.parametrize("back", [2 * MINUTE, DAY, 3 * DAY], ids=str)
@pytest.mark.parametrize("seed", range(3))
async def test_nothing_is_lost_or_stale_as_of_the_edge_however_much_moves(
    world: World, repo: Repository, connect: Connect, kept: Kept, seed: int, back: timedelta
) -> None:
    chance = random.Random(seed)
    clock = NOW
    for number in range(420):
        at = NOW - timedelta(seconds=chance.randrange(1, 3 * 86_400))
        (repo.open_pr if number % 3 else repo.open_issue)(f"{number}", by="ann", at=at)

    def move(request: Request) -> None:
        nonlocal clock
        clock += timedelta(seconds=chance.random())
        if request.number < 40:  # else it would go on for as long as anybody looks
            for number in chance.sample(range(1, 421), 3):
                repo.threads[number].comment(by="bob", at=clock)

    async with (
        github_server(world, clock=lambda: clock, search_lag=5 * MINUTE) as server,
        connect(server) as github,
    ):
        server.before_answer = move
        edge = await github.updated_since(REPO, NOW - back, kept, silent)

    newest = kept.newest
    for thread in repo.threads.values():
        known = max(each.updated_at for each in thread.history if each.at < edge.at)
        if known >= NOW - back:
            assert moved(newest[thread.number]) >= known
    assert edge.at >= NOW - 2 * SECOND


async def test_a_repository_that_never_rests_is_looked_at_only_so_often_and_the_rest_is_left_to_the_next_sync(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    clock = NOW
    for number in range(120):
        repo.open_issue(f"{number}", by="ann", at=SINCE + number * MINUTE)

    def move(_request: Request) -> None:
        nonlocal clock
        clock += SECOND
        for thread in repo.threads.values():
            thread.label(f"{clock}", at=clock)

    async with github_server(world, clock=lambda: clock) as server, connect(server) as github:
        server.before_answer = move
        edge = await github.updated_since(REPO, SINCE, kept, silent)

        assert len(server.requests) <= 40
        server.before_answer = lambda _request: None
        await github.updated_since(REPO, edge.at, kept, silent)

    assert len(kept.numbers) == 120


async def test_more_than_a_search_can_give_is_read_in_slices(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    for number in range(1200):
        repo.open_issue(f"{number}", by="ann", at=NOW - 6 * DAY + number * MINUTE)

    async with connected(world, connect) as (_, github):
        edge = await github.updated_since(REPO, NOW - WEEK, kept, silent)

    assert len(kept.numbers) == 1200
    assert edge.found.expected > 1000
    assert edge.found.missing == 0


@pytest.mark.parametrize("seconds", [1, 10])
@pytest.mark.parametrize("ago", [MINUTE, 20 * HOUR, 4 * DAY], ids=str)
async def test_a_burst_is_read_to_its_end_wherever_it_lies(
    world: World, repo: Repository, connect: Connect, kept: Kept, seconds: int, ago: timedelta
) -> None:
    for number in range(230):
        repo.open_issue(f"burst {number}", by="ann", at=NOW - ago + (number % seconds) * SECOND)
    for number in range(20):
        repo.open_issue(f"{number}", by="ann", at=NOW - 9 * HOUR - number * HOUR)

    async with connected(world, connect, latency_s=0.01) as (server, github):
        edge = await github.updated_since(REPO, NOW - ago - 5 * MINUTE, kept, silent)

        assert len(server.requests) <= 30, operations(server)
        assert requests_in_sequence(server.requests) <= 12
    assert sum(title.startswith("burst") for title in kept.titles) == 230
    assert edge.found.missing == 0


async def test_a_burst_of_this_minute_costs_its_pages_and_one_more_look(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    for number in range(150):
        repo.open_issue(f"{number}", by="ann", at=NOW - MINUTE)

    async with connected(world, connect) as (server, github):
        await github.updated_since(REPO, NOW - 5 * MINUTE, kept, silent)

        assert operations(server) == ["edge"] * 4
    assert len(kept.numbers) == 150


async def test_of_more_than_a_search_gives_of_one_second_the_rest_is_told_to_be_missing(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    for number in range(1010):
        repo.open_issue(f"{number}", by="ann", at=NOW - 4 * DAY)

    async with connected(world, connect) as (_, github):
        edge = await github.updated_since(REPO, NOW - WEEK, kept, silent)

    assert edge.found.missing == 10
    assert len(kept.numbers) >= 1000


async def test_a_renamed_repository_is_read_under_its_new_name(
    world: World, connect: Connect, kept: Kept
) -> None:
    renamed = world.repository("vllm-project/vllm-new")
    world.repositories[REPO] = renamed
    crowd(renamed)
    renamed.open_issue("searched", by="ann", at=NOW - 3 * DAY)

    async with connected(world, connect) as (server, github):
        edge = await github.updated_since(REPO, NOW - WEEK, kept, silent)

        slices = [request for request in server.requests if request.operation == "slices"]
        assert slices
        assert all("repo:vllm-project/vllm-new " in str(request.variables) for request in slices)
    assert edge.repo == "vllm-project/vllm-new"
    assert {item.repo for item in kept.newest.values()} == {"vllm-project/vllm-new"}
    assert "searched" in kept.titles
    assert edge.found.missing == 0


async def test_items_bear_their_repository_as_github_spells_it(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    crowd(repo)
    repo.open_issue("searched", by="ann", at=NOW - 3 * DAY)

    async with connected(world, connect) as (_, github):
        await github.updated_since("VLLM-Project/vLLM", NOW - WEEK, kept, silent)

    assert {item.repo for item in kept.newest.values()} == {REPO}
    assert "searched" in kept.titles


@pytest.mark.parametrize("ahead", [3 * DAY, 40 * MINUTE, -40 * MINUTE, -3 * DAY], ids=str)
@pytest.mark.parametrize("back", [5 * MINUTE, DAY, WEEK], ids=str)
async def test_a_clock_of_ours_that_is_wrong_loses_nothing(
    world: World, repo: Repository, connect: Connect, kept: Kept, ahead: timedelta, back: timedelta
) -> None:
    for number in range(240):
        repo.open_issue(f"{number}", by="ann", at=NOW - number * back / 240)

    async with (
        github_server(world, clock=lambda: NOW, search_lag=MINUTE) as server,
        connect(server, now=lambda: NOW + ahead) as github,
    ):
        edge = await github.updated_since(REPO, NOW - back, kept, silent)

        assert len(server.requests) <= 20, operations(server)
    assert len(kept.numbers) == 240
    assert NOW - MINUTE < edge.at <= NOW


@pytest.mark.parametrize("tell", [False, True], ids=["null", "null with an error"])
async def test_what_the_index_counts_and_does_not_show_is_told_to_be_missing(
    world: World, repo: Repository, connect: Connect, kept: Kept, tell: bool
) -> None:
    for number in range(300):
        repo.open_issue(f"{number}", by="ann", at=NOW - 6 * DAY + number * MINUTE)

    async with connected(world, connect) as (server, github):
        server.faults.on("slices", without(77, tell=tell))
        edge = await github.updated_since(REPO, NOW - WEEK, kept, silent)

        assert len(server.requests) <= 90
    assert kept.numbers == set(range(1, 301)) - {77}
    assert (edge.found.expected - edge.found.seen, edge.found.missing) == (1, 1)


async def test_a_slice_that_shows_less_than_it_counts_for_a_moment_is_read_again(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    crowd(repo)
    lost = repo.open_issue("lost", by="ann", at=NOW - 3 * DAY).number

    async with connected(world, connect) as (server, github):
        server.faults.on("slices", without(lost, tell=False), times=2)
        edge = await github.updated_since(REPO, NOW - WEEK, kept, silent)

        assert operations(server).count("slices") >= 3
    assert lost in kept.numbers
    assert edge.found.missing == 0


@pytest.mark.parametrize("kind", [None, "RESOURCE_LIMITS_EXCEEDED"])
async def test_data_with_holes_is_asked_for_again(
    world: World, repo: Repository, connect: Connect, kept: Kept, kind: str | None
) -> None:
    for number in range(130):
        repo.open_issue(f"{number}", by="ann", at=NOW - 6 * DAY + number * HOUR)

    async with connected(world, connect) as (server, github):
        for operation in ("edge", "slices"):
            server.faults.on(operation, faults.lost_nodes(3, kind), times=1)
        edge = await github.updated_since(REPO, NOW - WEEK, kept, silent)

    assert len(kept.numbers) == 130
    assert edge.found.missing == 0


async def test_pages_counts_and_slices_shrink_until_github_can_answer_them(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    for number in range(900):
        repo.open_pr(f"{number}", by="ann", at=NOW - number * 10 * MINUTE)

    async with connected(world, connect) as (server, github):
        server.faults.when(
            lambda r: r.operation == "slices" and ("q1" in r.variables or r.variables["page"] > 50),
            faults.timed_out(),
        )
        server.faults.when(
            lambda r: r.operation == "edge" and r.variables["page"] > 50, faults.gateway_timeout()
        )
        server.faults.when(lambda r: r.operation == "counts" and "q9" in r.variables, faults.bad_gateway())
        edge = await github.updated_since(REPO, NOW - WEEK, kept, silent)

        assert len(server.requests) <= 90
    assert len(kept.numbers) == 900
    assert edge.found.missing == 0


def stuck(change: Callable[[dict[str, Any]], object]) -> faults.Fault:
    """A listing that says it goes on, from where `change` puts its cursor."""

    def mangle(answer: dict[str, Any]) -> None:
        info = answer["data"]["repository"]["issues"]["pageInfo"]
        info["hasNextPage"] = True
        change(info)

    return faults.Fault("stuck", mangle=mangle)


@pytest.mark.parametrize("cursor", [None, "Y3Vyc29yOnYyOlsxLCAxXQ=="], ids=["none", "the same"])
async def test_a_listing_that_leads_nowhere_else_is_told_instead_of_followed_for_ever(
    world: World, repo: Repository, connect: Connect, kept: Kept, cursor: str | None
) -> None:
    repo.open_issue("one", by="ann", at=NOW - HOUR)

    async with connected(world, connect) as (server, github):
        server.faults.on("edge", stuck(lambda info: info.update(endCursor=cursor)))
        server.faults.when(lambda _request: len(server.requests) > 5, faults.unauthorized())
        with pytest.raises((UnexpectedPayload, PartialData)):
            await github.updated_since(REPO, SINCE, kept, silent)


async def test_releases_that_lead_nowhere_else_are_told_as_well(
    world: World, repo: Repository, connect: Connect
) -> None:
    repo.release("v1", at=SINCE)

    def stay(answer: dict[str, Any]) -> None:
        answer["data"]["repository"]["releases"]["pageInfo"]["hasNextPage"] = True

    async with connected(world, connect) as (server, github):
        server.faults.on("releases", faults.Fault("stuck", mangle=stay))
        server.faults.when(lambda _request: len(server.requests) > 5, faults.unauthorized())
        with pytest.raises(UnexpectedPayload) as caught:
            await github.releases(REPO, SINCE)

    assert caught.value.path == "pageInfo.endCursor"


async def test_progress_of_a_search_grows(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    busy_week(repo)
    told: list[tuple[int, int | None]] = []

    async with connected(world, connect) as (_, github):
        edge = await github.updated_since(
            REPO, NOW - WEEK, kept, lambda done, total: told.append((done, total))
        )

    assert told[-1] == (edge.found.seen, None)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


async def test_a_stretch_of_the_past_holds_its_first_second_and_not_its_end(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    since, until = NOW - 30 * DAY, NOW - 20 * DAY
    for title, at in (
        ("before", since - SECOND), ("first", since), ("last", until - SECOND), ("end", until),
    ):  # fmt: skip
        repo.open_issue(title, by="ann", at=NOW - 90 * DAY).comment(by="bob", at=at)
        repo.open_pr(f"pr {title}", by="ann", at=NOW - 90 * DAY).comment(by="bob", at=at)

    async with connected(world, connect) as (server, github):
        found = await github.updated_between(REPO, since, until, kept, silent)
        count = await github.count_updated(REPO, since, until)

        assert "edge" not in operations(server)
    assert kept.titles.keys() == {"first", "last", "pr first", "pr last"}
    assert (found.expected, found.seen, count) == (4, 4, 4)


async def test_an_empty_stretch_asks_nothing(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    repo.open_issue("one", by="ann", at=SINCE)

    async with connected(world, connect) as (server, github):
        found = await github.updated_between(REPO, SINCE, SINCE, kept, silent)
        count = await github.count_updated(REPO, SINCE, SINCE - HOUR)

        assert server.requests == []
    assert (found.expected, found.seen, count, kept.readings) == (0, 0, 0, [])


async def test_years_are_counted_in_one_request_of_one_point(
    world: World, repo: Repository, connect: Connect
) -> None:
    for number in range(1200):
        repo.open_issue(f"{number}", by="ann", at=NOW - number * DAY - HOUR)

    async with connected(world, connect) as (server, github):
        count = await github.count_updated(REPO, NOW - 3000 * DAY, NOW)

        assert [(request.operation, request.cost) for request in server.requests] == [("counts", 1)]
    assert count == 1200


async def test_what_happened_long_ago_is_found_by_its_own_times(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    then = NOW - 400 * DAY
    repo.open_issue("opened", by="ann", at=then + HOUR).comment(by="bob", at=NOW - HOUR)
    repo.open_pr("pr opened", by="ann", at=then + HOUR).comment(by="bob", at=NOW - HOUR)
    closed = repo.open_issue("closed", by="ann", at=then - DAY)
    closed.close(by="bob", at=then + HOUR)
    closed.comment(by="bob", at=NOW - HOUR)
    merged = repo.open_pr("merged", by="ann", at=then - DAY)
    merged.merge(by="bob", at=then + HOUR)
    merged.comment(by="bob", at=NOW - HOUR)
    lost = repo.open_pr("facets lost", by="ann", at=then - DAY)
    lost.merge(by="bob", at=then + HOUR)
    lost.lost_facets = {"closed", "merged"}
    repo.open_issue("talked in", by="ann", at=then - DAY).comment(by="bob", at=then + HOUR)
    repo.open_issue("before", by="ann", at=then - HOUR)
    repo.open_issue("after", by="ann", at=then + DAY)

    async with connected(world, connect) as (server, github):
        found = await github.happened(REPO, then, then + DAY, kept, silent)

        assert len(server.requests) <= 8
    assert kept.titles.keys() == {"opened", "pr opened", "closed", "merged", "facets lost", "talked in"}
    assert found.missing == 0


async def test_older_releases_are_found_behind_many_newer_ones(
    world: World, repo: Repository, connect: Connect
) -> None:
    then = NOW - 300 * DAY
    for number in range(150):
        repo.release(f"v1.{number:03}", at=then + number * DAY)
    repo.release("v2.0", at=then + HOUR, draft=True)
    late = repo.release("made long before", at=then + 2 * HOUR)
    late.created_at = then - 20 * DAY
    repo.release("v0.9", at=then - HOUR)

    async with connected(world, connect) as (_, github):
        releases = await github.releases(REPO, then)

    tags = [release.tag_name for release in releases]
    assert tags[:3] == ["v1.000", "made long before", "v1.001"]
    assert len(tags) == 151
