"""A window's data from the tests' GitHub: all of it, at a price, or what is missing said."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from summarizer.items import GHOST, Person
from tests.adapters.github.connecting import NOW, SINCE
from tests.servers.github import (
    PullRequest,
    Request,
    World,
    faults,
    github_server,
    peak_in_flight,
    requests_in_sequence,
)

if TYPE_CHECKING:
    from adapters.source import Fetched
    from summarizer.items import Item
    from tests.adapters.github.connecting import Connect
    from tests.servers.github import GitHub as Server
    from tests.servers.github.world import Repository

REPO = "vllm-project/vllm"
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def repo(world: World) -> Repository:
    return world.repository(REPO)


def silent(_done: int, _total: int | None) -> None:
    pass


async def fetched(
    world: World,
    connect: Connect,
    *,
    since: datetime = SINCE,
    until: datetime = NOW,
    lag: timedelta = timedelta(0),
) -> Fetched:
    async with github_server(world, clock=lambda: NOW, search_lag=lag) as server, connect(server) as github:
        return await github.fetch(REPO, since, until, silent)


def by_title(result: Fetched) -> dict[str, Item]:
    return {item.title: item for item in result.items}


def happened(item: Item) -> list[str]:
    return [event.name for event in item.events]


async def test_a_window_holds_whatever_was_opened_closed_reopened_or_merged(
    world: World, repo: Repository, connect: Connect
) -> None:
    at = SINCE + HOUR
    repo.open_issue(
        "opened", by="ann", at=at, labels=["rocm"], association="MEMBER", reactions=3, body="words"
    )
    repo.open_issue("closed", by="ann", at=at - 9 * DAY).close(by="bob", at=at)
    again = repo.open_issue("reopened", by="ann", at=at - 9 * DAY)
    again.close(by="bob", at=at)
    again.reopen(by="ann", at=at + HOUR)
    merged = repo.open_pr("merged", by="cyd", at=at - DAY, files=["b.py", "a.py"], closes=[again])
    merged.merge(by="bob", at=at)
    repo.open_pr("closed unmerged", by="cyd", at=at).close(by="bob", at=at + HOUR)
    repo.release("v0.12.0", at=at, name="v0.12.0")

    result = await fetched(world, connect)

    items = by_title(result)
    assert result.coverage.complete, result.coverage
    assert (result.since, result.until) == (SINCE, NOW)
    assert happened(items["opened"]) == ["opened"]
    assert happened(items["closed"]) == ["opened", "closed"]
    assert happened(items["reopened"]) == ["opened", "closed", "reopened"]
    assert happened(items["merged"]) == ["opened", "merged"]
    assert happened(items["closed unmerged"]) == ["opened", "closed_unmerged"]
    assert [release.tag_name for release in result.releases] == ["v0.12.0"]
    opened, pull = items["opened"], items["merged"]
    assert (opened.author, opened.author_association, opened.labels) == (Person("ann"), "MEMBER", ("rocm",))
    assert (opened.body, opened.reactions, opened.state, opened.comments_total) == ("words", 3, "open", 0)
    assert (pull.state, pull.merged_at, pull.merged_by) == ("merged", at, Person("bob"))
    assert (pull.files, pull.changed_files, pull.additions) == (("a.py", "b.py"), 2, 20)
    assert pull.head
    assert pull.merge_commit
    assert pull.linked == (again.number,)
    assert items["reopened"].linked == (merged.number,)


async def test_a_thread_that_is_months_old_is_seen_when_it_is_talked_in(
    world: World, repo: Repository, connect: Connect
) -> None:
    issue = repo.open_issue("RFC", by="ann", at=SINCE - 90 * DAY)
    issue.comment(by="bob", at=SINCE + HOUR, body="+1")
    issue.comment(by=None, at=SINCE + 2 * HOUR)
    issue.comment(by="mergify[bot]", at=SINCE + 3 * HOUR)
    pull = repo.open_pr("kernel", by="ann", at=SINCE - 60 * DAY)
    pull.review(by="bob", at=SINCE + HOUR, state="CHANGES_REQUESTED", body="no")

    items = by_title(await fetched(world, connect))

    assert [comment.author for comment in items["RFC"].comments] == [
        Person("bob"),
        Person(GHOST),
        Person("mergify", is_bot=True),
    ]
    assert [(review.author.login, review.state) for review in items["kernel"].reviews] == [
        ("bob", "CHANGES_REQUESTED")
    ]


async def test_what_was_touched_again_after_a_past_window_is_read_while_that_is_affordable(
    world: World, repo: Repository, connect: Connect
) -> None:
    issue = repo.open_issue("hot then", by="ann", at=SINCE - 60 * DAY)
    issue.comment(by="bob", at=SINCE - 30 * DAY + HOUR)
    issue.comment(by="bob", at=SINCE)

    result = await fetched(world, connect, since=SINCE - 30 * DAY, until=SINCE - 29 * DAY)

    assert [item.title for item in result.items] == ["hot then"]
    assert result.coverage.complete


async def test_a_far_past_window_is_read_by_its_own_times_and_says_what_that_cannot_show(
    world: World, repo: Repository, connect: Connect
) -> None:
    then = SINCE - 400 * DAY
    for number in range(1001):
        repo.open_issue(f"i{number}", by="ann", at=then - DAY).comment(by="bob", at=NOW - HOUR)
        repo.open_pr(f"p{number}", by="ann", at=then - DAY).comment(by="bob", at=NOW - HOUR)
    for issue in (repo.threads[1], repo.open_issue("opened", by="ann", at=then + HOUR)):
        issue.close(by="bob", at=then + 2 * HOUR)
        issue.comment(by="bob", at=NOW - HOUR)
    pull = repo.threads[2]
    assert isinstance(pull, PullRequest)
    pull.merge(by="bob", at=then + HOUR)
    pull.comment(by="bob", at=NOW - HOUR)
    lost = repo.open_pr("facets lost", by="ann", at=then - DAY)
    lost.merge(by="bob", at=then + HOUR)
    lost.lost_facets = {"closed", "merged"}

    result = await fetched(world, connect, since=then, until=then + DAY)

    assert {item.title for item in result.items} == {"i0", "opened", "p0", "facets lost"}
    assert result.coverage.reasons == ("old_comments",)


async def test_the_newest_minutes_are_seen_although_the_search_index_lags(
    world: World, repo: Repository, connect: Connect
) -> None:
    repo.open_issue("just now", by="ann", at=NOW - MINUTE)
    repo.open_pr("merged just now", by="ann", at=NOW - DAY).merge(by="bob", at=NOW - 2 * MINUTE)
    repo.open_pr("an hour ago", by="ann", at=NOW - HOUR)

    result = await fetched(world, connect, lag=10 * MINUTE)

    assert {item.title for item in result.items} == {"just now", "merged just now", "an hour ago"}
    assert result.coverage.complete


async def test_more_than_a_search_can_give_is_read_in_slices(
    world: World, repo: Repository, connect: Connect
) -> None:
    for number in range(1100):
        repo.open_issue(f"{number}", by="ann", at=SINCE + number * MINUTE)

    result = await fetched(world, connect)

    assert len(result.items) == 1100
    assert result.coverage.complete
    assert result.coverage.items.seen == 1100


async def test_a_burst_within_a_long_window_is_cut_until_all_of_it_is_seen(
    world: World, repo: Repository, connect: Connect
) -> None:
    start = NOW - 20 * DAY
    for number in range(150):
        issue = repo.open_issue(f"stale {number}", by="ann", at=start - 30 * DAY)
        issue.close(by="bob", at=start + timedelta(seconds=number // 15))

    async with github_server(world) as server, connect(server) as github:
        result = await github.fetch(REPO, NOW - 31 * DAY, NOW - DAY, lambda _done, _total: None)

    assert len(result.items) == 150
    assert result.coverage.complete
    assert (result.coverage.items.expected or 0) <= result.coverage.items.seen


async def test_a_second_in_which_more_happened_than_fits_a_page_is_paged_on(
    world: World, repo: Repository, connect: Connect
) -> None:
    for number in range(230):
        repo.open_issue(f"import {number}", by="ann", at=SINCE + HOUR)
    for number in range(120):
        repo.open_issue(f"later {number}", by="ann", at=SINCE + 2 * HOUR + number * MINUTE)

    result = await fetched(world, connect)

    assert len(result.items) == 350
    assert result.coverage.complete


async def test_an_item_that_moves_while_we_read_is_not_lost(
    world: World, repo: Repository, connect: Connect
) -> None:
    moving = repo.open_issue("moving", by="ann", at=SINCE - 9 * DAY)
    moving.comment(by="bob", at=SINCE + HOUR)
    for number in range(120):
        repo.open_issue(f"{number}", by="ann", at=SINCE + 2 * HOUR + number * MINUTE)

    def move(request: Request) -> None:
        # after the listing was read, before the search: it is in neither
        if request.operation == "search" and request.number <= 2:
            moving.comment(by="bob", at=NOW + MINUTE)
            moving.history[:] = [snapshot for snapshot in moving.history if snapshot.at < SINCE]

    async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
        server.before_answer = move
        result = await github.fetch(REPO, SINCE, NOW, silent)

    assert "moving" in by_title(result)


async def test_what_is_deleted_or_transferred_on_the_way_is_left_out_and_nothing_is_missing(
    world: World, repo: Repository, connect: Connect
) -> None:
    gone = repo.open_issue("gone", by="ann", at=SINCE + HOUR).number
    away = repo.open_issue("away", by="ann", at=SINCE + HOUR).number
    repo.open_issue("here", by="ann", at=SINCE + HOUR)
    elsewhere = world.repository("vllm-project/other")

    def move(request: Request) -> None:
        if request.operation == "details" and gone in repo.threads:
            repo.delete(gone)
            repo.transfer(away, elsewhere)

    async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
        server.before_answer = move
        result = await github.fetch(REPO, SINCE, NOW, silent)

    assert [item.title for item in result.items] == ["here"]
    assert result.coverage.complete


async def test_long_lists_are_read_to_their_end(world: World, repo: Repository, connect: Connect) -> None:
    issue = repo.open_issue("long", by="ann", at=SINCE + HOUR)
    for number in range(250):
        issue.comment(by="bob", at=SINCE + 2 * HOUR + number * MINUTE, body=f"{number}")
    files = [f"f{number:03}.py" for number in range(230)]
    pull = repo.open_pr("wide", by="ann", at=SINCE + HOUR, files=files)
    for number in range(120):
        pull.review(by="bob", at=SINCE + 2 * HOUR + number * MINUTE)

    result = await fetched(world, connect)

    items = by_title(result)
    assert [comment.body for comment in items["long"].comments] == [f"{number}" for number in range(250)]
    assert items["wide"].files == tuple(files)
    assert len(items["wide"].reviews) == 120
    assert (result.coverage.comments.expected, result.coverage.comments.seen) == (250, 250)


async def test_an_old_threads_comments_are_read_back_to_the_window_alone(
    world: World, repo: Repository, connect: Connect
) -> None:
    issue = repo.open_issue("old", by="ann", at=SINCE - 90 * DAY)
    for number in range(500):
        issue.comment(by="bob", at=SINCE - 80 * DAY + number * HOUR)
    for number in range(120):
        issue.comment(by="bob", at=SINCE + number * MINUTE)

    async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
        result = await github.fetch(REPO, SINCE, NOW, silent)
        operations = [request.operation for request in server.requests]

    [item] = result.items
    assert sum(comment.created_at >= SINCE for comment in item.comments) == 120
    assert item.comments_total == 620
    assert operations.count("more") == 1
    assert result.coverage.complete


async def test_pages_shrink_until_github_can_answer_them(
    world: World, repo: Repository, connect: Connect
) -> None:
    for number in range(60):
        repo.open_pr(f"{number}", by="ann", at=SINCE + number * MINUTE)

    async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
        await github.fetch(REPO, SINCE, NOW, silent)
        widest = max(request.leaves for request in server.requests if request.operation == "details")
        server.requests.clear()
        server.width_budget = widest // 3
        result = await github.fetch(REPO, SINCE, NOW, silent)
        sizes = [
            len(r.variables["ids"]) for r in server.requests if r.operation == "details" and r.status == 200
        ]

    assert len(result.items) == 60
    assert max(sizes) <= 12
    assert result.coverage.complete


async def test_searches_and_listings_shrink_as_well(world: World, repo: Repository, connect: Connect) -> None:
    for number in range(130):
        repo.open_pr(f"{number}", by="ann", at=SINCE + number * MINUTE)

    async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
        server.faults.when(
            lambda r: r.operation == "search" and bool(r.variables["withC"]), faults.timed_out()
        )
        server.faults.when(
            lambda r: r.operation == "recent" and int(r.variables["page"]) > 50, faults.gateway_timeout()
        )
        result = await github.fetch(REPO, SINCE, NOW, silent)

    assert len(result.items) == 130
    assert result.coverage.complete


@pytest.mark.parametrize("kind", [None, "RESOURCE_LIMITS_EXCEEDED"])
async def test_data_with_holes_is_asked_for_again(
    world: World, repo: Repository, connect: Connect, kind: str | None
) -> None:
    for number in range(30):
        repo.open_issue(f"{number}", by="ann", at=SINCE + number * MINUTE)

    async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
        for operation in ("recent", "search", "details"):
            server.faults.on(operation, faults.lost_nodes(3, kind), times=1)
        result = await github.fetch(REPO, SINCE, NOW, silent)

    assert len(result.items) == 30
    assert result.coverage.complete


async def test_an_item_that_github_never_shows_makes_the_coverage_partial(
    world: World, repo: Repository, connect: Connect
) -> None:
    for number in range(30):
        repo.open_issue(f"{number}", by="ann", at=SINCE + number * MINUTE)
    hidden = repo.threads[7].id

    async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
        server.faults.when(
            lambda r: r.operation == "details" and hidden in r.variables["ids"], faults.lost_nodes(100)
        )
        result = await github.fetch(REPO, SINCE, NOW, silent)

    assert len(result.items) == 29
    assert (result.coverage.items.expected, result.coverage.items.seen) == (30, 29)
    assert result.coverage.reasons == ("items",)


async def test_comments_that_github_never_shows_make_the_coverage_partial(
    world: World, repo: Repository, connect: Connect
) -> None:
    issue = repo.open_issue("long", by="ann", at=SINCE + HOUR)
    for number in range(150):
        issue.comment(by="bob", at=SINCE + 2 * HOUR + number * MINUTE)

    async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
        server.faults.on("more", faults.bad_gateway())
        result = await github.fetch(REPO, SINCE, NOW, silent)

    assert len(result.items[0].comments) == 100
    assert result.coverage.reasons == ("comments",)


async def test_older_releases_are_found_behind_many_newer_ones(
    world: World, repo: Repository, connect: Connect
) -> None:
    then = SINCE - 300 * DAY
    for number in range(150):
        repo.release(f"v1.{number}", at=then + number * DAY)
    repo.release("v2.0", at=then + HOUR, draft=True)

    result = await fetched(world, connect, since=then, until=then + 2 * DAY)

    assert [release.tag_name for release in result.releases] == ["v1.0", "v1.1"]


async def test_a_renamed_repository_is_read_under_its_new_name(world: World, connect: Connect) -> None:
    renamed = world.repository("vllm-project/vllm-new")
    world.repositories[REPO] = renamed
    renamed.open_issue("here", by="ann", at=SINCE + HOUR)

    result = await fetched(world, connect)

    assert [(item.repo, item.title) for item in result.items] == [("vllm-project/vllm-new", "here")]


async def test_a_window_that_reaches_past_now_is_cut_there(
    world: World, repo: Repository, connect: Connect
) -> None:
    repo.open_issue("here", by="ann", at=SINCE + HOUR)

    result = await fetched(world, connect, until=NOW + DAY)

    assert result.until == NOW
    assert result.coverage.complete


async def test_an_empty_window_is_complete(world: World, repo: Repository, connect: Connect) -> None:
    repo.open_issue("older", by="ann", at=SINCE - DAY)

    result = await fetched(world, connect)

    assert result.items == ()
    assert result.coverage.complete


async def test_progress_grows_to_its_total(world: World, repo: Repository, connect: Connect) -> None:
    for number in range(60):
        repo.open_issue(f"{number}", by="ann", at=SINCE + number * MINUTE)
    told: list[tuple[int, int | None]] = []

    async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
        await github.fetch(REPO, SINCE, NOW, lambda done, total: told.append((done, total)))

    assert told[0] == (0, None)
    assert told[-1] == (60, 60)
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def busy_day(repo: Repository) -> None:
    """60 new or closed issues, 110 pull requests and 900 comments."""
    chance = random.Random(1)

    def moment(after: datetime = SINCE) -> datetime:
        return after + timedelta(seconds=chance.randrange(int((NOW - after).total_seconds())))

    old = [
        repo.open_issue(f"old {number}", by="ann", at=SINCE - (1 + number % 60) * DAY)
        for number in range(200)
    ]
    threads = [repo.open_issue(f"new {number}", by="ann", at=moment()) for number in range(35)]
    for issue in old[:25]:
        issue.close(by="bob", at=moment())
    threads += old[:50]
    pulls = [repo.open_pr(f"change {number}", by="cyd", at=moment(), files=["a.py"]) for number in range(110)]
    for pull in pulls[::3]:
        pull.merge(by="bob", at=moment(pull.created_at))
    for _ in range(900):
        thread = chance.choice([*threads, *pulls])
        thread.comment(
            by=f"user-{chance.randrange(50)}", at=moment(max(thread.created_at, SINCE)), body="words"
        )


def operations(server: Server) -> list[str]:
    return [request.operation for request in server.requests]


async def test_a_busy_day_costs_at_most_14_requests_4_in_sequence_and_8_at_once(
    world: World, repo: Repository, connect: Connect
) -> None:
    busy_day(repo)

    async with github_server(world, clock=lambda: NOW, latency_s=0.05) as server, connect(server) as github:
        result = await github.fetch(REPO, SINCE, NOW, silent)

        assert len(server.requests) <= 14, operations(server)
        assert requests_in_sequence(server.requests) <= 4, operations(server)
        assert peak_in_flight(server.requests) <= 8
    assert result.coverage.complete
    assert (result.coverage.comments.expected, result.coverage.comments.seen) == (900, 900)
