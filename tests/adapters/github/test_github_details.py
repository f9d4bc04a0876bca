"""Items read whole by their ids: in pages GitHub can answer, to the end of long lists, and what became of the rest."""

from __future__ import annotations

import random
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.github.errors import Failing, RepoNotFound
from adapters.source import Looked
from summarizer.items import GHOST, Person
from tests.adapters.github.connecting import DAY, HOUR, MINUTE, NOW, REPO, SINCE, silent, wanted
from tests.servers.github import Request, faults, github_server, peak_in_flight

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.github.fetch import GitHub
    from tests.adapters.github.connecting import Connect, Kept
    from tests.servers.github import GitHub as Server
    from tests.servers.github import Repository, World

DETAILS = ("issue_details", "pull_request_details")


@asynccontextmanager
async def connected(
    world: World, connect: Connect, *, latency_s: float = 0
) -> AsyncIterator[tuple[Server, GitHub]]:
    serving = github_server(world, clock=lambda: NOW, latency_s=latency_s)
    async with serving as server, connect(server) as github:
        yield server, github


def pages(server: Server) -> list[Request]:
    """The requests for whole items that were answered."""
    return [r for r in server.requests if r.operation in DETAILS and r.status == 200 and r.fault is None]


def shows(request: Request, node_id: str) -> bool:
    return request.operation in DETAILS and node_id in request.variables["ids"]


async def test_a_whole_reading_holds_all_that_is_known(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    at = SINCE + HOUR
    issue = repo.open_issue(
        "opened", by="ann", at=at, labels=["rocm"], association="MEMBER", reactions=3, body="words"
    )
    issue.comment(by="bob", at=at + HOUR, body="+1")
    issue.comment(by=None, at=at + 2 * HOUR)
    issue.comment(by="mergify[bot]", at=at + 3 * HOUR)
    again = repo.open_issue("reopened", by="ann", at=at - 9 * DAY)
    again.close(by="bob", at=at)
    again.reopen(by="ann", at=at + HOUR)
    pull = repo.open_pr("merged", by="cyd", at=at - DAY, files=["b.py", "a.py"], closes=[again])
    pull.review(by="bob", at=at - HOUR, state="CHANGES_REQUESTED", body="no")
    pull.merge(by="bob", at=at)
    repo.open_pr("closed unmerged", by="cyd", at=at).close(by="bob", at=at + HOUR)

    async with connected(world, connect) as (_, github):
        looked = await github.read(REPO, wanted(repo.threads.values()), kept, silent)

    items = kept.titles
    assert looked == Looked()
    assert {reading.part for reading in kept.readings} == {"whole"}
    assert {name: [event.name for event in item.events] for name, item in items.items()} == {
        "opened": ["opened"],
        "reopened": ["opened", "closed", "reopened"],
        "merged": ["opened", "merged"],
        "closed unmerged": ["opened", "closed_unmerged"],
    }
    one, change = items["opened"], items["merged"]
    assert (one.author, one.author_association, one.labels) == (Person("ann"), "MEMBER", ("rocm",))
    assert (one.body, one.reactions, one.state, one.comments_total) == ("words", 3, "open", 3)
    assert [(comment.author, comment.body) for comment in one.comments] == [
        (Person("bob"), "+1"),
        (Person(GHOST), ""),
        (Person("mergify", is_bot=True), ""),
    ]
    assert (change.state, change.merged_at, change.merged_by) == ("merged", at, Person("bob"))
    assert (change.files, change.changed_files, change.additions) == (("a.py", "b.py"), 2, 20)
    assert [(review.author.login, review.state) for review in change.reviews] == [
        ("bob", "CHANGES_REQUESTED")
    ]
    assert (change.linked, items["reopened"].linked) == ((again.number,), (pull.number,))


async def test_a_page_holds_one_kind_and_costs_one_point(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    for number in range(60):
        repo.open_issue(f"{number}", by="ann", at=SINCE)
        repo.open_pr(f"{number}", by="ann", at=SINCE)

    async with connected(world, connect, latency_s=0.05) as (server, github):
        await github.read(REPO, wanted(repo.threads.values()), kept, silent)

        asked = sorted((r.operation, len(r.variables["ids"]), r.cost) for r in server.requests)
        assert asked == [
            ("issue_details", 12, 1),
            ("issue_details", 24, 1),
            ("issue_details", 24, 1),
            ("pull_request_details", 6, 1),
            ("pull_request_details", 18, 1),
            ("pull_request_details", 18, 1),
            ("pull_request_details", 18, 1),
        ]
        assert peak_in_flight(server.requests) == 7
    assert len(kept.readings) == 120


async def test_a_busy_day_with_its_900_comments_costs_at_most_14_requests(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    chance = random.Random(1)
    for number in range(200):
        repo.open_issue(f"old {number}", by="ann", at=SINCE - (1 + number % 60) * DAY)
    hot = list(repo.threads.values())[:50]
    hot += [repo.open_issue(f"new {number}", by="ann", at=SINCE) for number in range(35)]
    hot += [repo.open_pr(f"change {number}", by="cyd", at=SINCE, files=["a.py"]) for number in range(110)]
    for _ in range(900):
        chance.choice(hot).comment(by="bob", at=SINCE + timedelta(seconds=chance.randrange(80_000)))

    async with connected(world, connect, latency_s=0.02) as (server, github):
        await github.updated_since(REPO, SINCE, kept, silent)
        talked_in = [
            repo.threads[number] for number in kept.numbers if repo.threads[number].updated_at >= SINCE
        ]
        kept.readings.clear()
        await github.read(REPO, wanted(talked_in), kept, silent)

        assert len(server.requests) <= 14, [request.operation for request in server.requests]
        assert sum(request.cost for request in server.requests) <= 20
        assert peak_in_flight(server.requests) <= 8
    assert sum(len(item.comments) for item in kept.newest.values()) == 900


async def test_nothing_wanted_asks_nothing(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    async with connected(world, connect) as (server, github):
        await github.read(REPO, [], kept, silent)
        await github.check(REPO, [])
        none = await github.numbered(REPO, [], kept)

        assert server.requests == []
    assert none == set()


async def test_long_lists_are_read_to_their_end(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    issue = repo.open_issue("long", by="ann", at=SINCE)
    for number in range(250):
        issue.comment(by="bob", at=SINCE + number * MINUTE, body=f"{number}")
    files = [f"f{number:03}.py" for number in range(230)]
    pull = repo.open_pr("wide", by="ann", at=SINCE, files=files)
    for number in range(120):
        pull.review(by="bob", at=SINCE + number * MINUTE)
        pull.comment(by="bob", at=SINCE + number * MINUTE, body=f"{number}")

    async with connected(world, connect, latency_s=0.01) as (server, github):
        await github.read(REPO, wanted(repo.threads.values()), kept, silent)

        assert [request.operation for request in server.requests].count("more") == 4
        assert peak_in_flight(server.requests) <= 8
    items = kept.titles
    assert [comment.body for comment in items["long"].comments] == [f"{number}" for number in range(250)]
    assert [comment.body for comment in items["wide"].comments] == [f"{number}" for number in range(120)]
    assert items["wide"].files == tuple(files)
    assert len(items["wide"].reviews) == 120


async def test_a_reading_is_of_the_instant_its_first_page_was_asked_for(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    clock = NOW
    issue = repo.open_issue("long", by="ann", at=SINCE)
    for number in range(150):
        issue.comment(by="bob", at=SINCE + number * MINUTE)

    def move(request: Request) -> None:
        nonlocal clock
        if request.operation == "more":
            clock = NOW + HOUR
            issue.comment(by="bob", at=clock)

    async with github_server(world, clock=lambda: clock) as server, connect(server) as github:
        server.before_answer = move
        await github.read(REPO, wanted([issue]), kept, silent)

    [reading] = kept.readings
    assert reading.at < NOW
    assert (len(reading.item.comments), reading.item.comments_total) == (150, 151)


async def test_what_is_deleted_transferred_or_made_a_discussion_is_told(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    gone, away, talk, here = (repo.open_issue(f"{number}", by="ann", at=SINCE) for number in range(4))
    known = wanted(repo.threads.values())
    repo.delete(gone.number)
    repo.transfer(away.number, world.repository("vllm-project/other"))

    def discussion(answer: dict[str, Any]) -> None:
        answer["data"]["nodes"][2] = {"__typename": "Discussion"}

    async with connected(world, connect) as (server, github):
        server.faults.on("issue_details", faults.Fault("converted", mangle=discussion))
        looked = await github.read(REPO, known, kept, silent)

        assert len(server.requests) == 1
    assert looked.gone == {1}
    assert looked.moved == {2, talk.number}
    assert kept.numbers == {here.number}
    assert not looked.unreadable


async def test_a_renamed_repository_s_items_are_where_they_were(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    issue = repo.open_issue("here", by="ann", at=SINCE)
    repo.name_with_owner = "vllm-project/vllm-new"

    async with connected(world, connect) as (_, github):
        looked = await github.read(REPO, wanted([issue]), kept, silent)

    assert looked.moved == set()
    assert [reading.item.repo for reading in kept.readings] == ["vllm-project/vllm-new"]


async def test_of_a_repository_that_may_not_be_read_any_more_nothing_is_called_deleted(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    known = wanted([repo.open_issue("here", by="ann", at=SINCE)])
    world.nodes.clear()
    world.repositories.clear()

    async with connected(world, connect) as (_, github):
        with pytest.raises(RepoNotFound):
            await github.read(REPO, known, kept, silent)
        with pytest.raises(RepoNotFound):
            await github.check(REPO, known)
        with pytest.raises(RepoNotFound):
            await github.numbered(REPO, [1], kept)


@pytest.mark.parametrize("fault", [faults.bad_gateway(), faults.timed_out(200)], ids=lambda fault: fault.name)
async def test_pages_shrink_until_github_can_answer_them(
    world: World, repo: Repository, connect: Connect, kept: Kept, fault: faults.Fault
) -> None:
    for number in range(60):
        repo.open_pr(f"{number}", by="ann", at=SINCE)

    async with connected(world, connect) as (server, github):
        await github.read(REPO, wanted(repo.threads.values()), kept, silent)
        widest = max(request.leaves for request in server.requests)
        server.requests.clear()
        kept.readings.clear()
        server.width_budget, server.width_fault = widest // 3, fault
        looked = await github.read(REPO, wanted(repo.threads.values()), kept, silent)

        sizes = [len(request.variables["ids"]) for request in pages(server)]
        assert 1 < max(sizes) <= 8
        assert len(server.requests) <= 30
    assert len(kept.readings) == 60
    assert not looked.unreadable


@pytest.mark.parametrize("kind", [None, "RESOURCE_LIMITS_EXCEEDED"])
async def test_a_page_with_nulls_is_asked_for_again_in_halves(
    world: World, repo: Repository, connect: Connect, kept: Kept, kind: str | None
) -> None:
    for number in range(20):
        repo.open_issue(f"{number}", by="ann", at=SINCE)

    async with connected(world, connect) as (server, github):
        server.faults.when(
            lambda r: r.operation in DETAILS and len(r.variables["ids"]) > 10, faults.lost_nodes(3, kind)
        )
        await github.read(REPO, wanted(repo.threads.values()), kept, silent)

        assert [len(request.variables["ids"]) for request in server.requests] == [20, 10, 10]
    assert len(kept.numbers) == 20


async def test_nulls_without_an_error_are_asked_for_again_alone(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    for number in range(20):
        repo.open_issue(f"{number}", by="ann", at=SINCE)

    def hole(answer: dict[str, Any]) -> None:
        answer["data"]["nodes"][4] = None

    async with connected(world, connect) as (server, github):
        server.faults.on("issue_details", faults.Fault("hole", mangle=hole), times=1)
        await github.read(REPO, wanted(repo.threads.values()), kept, silent)

        assert [len(request.variables["ids"]) for request in server.requests] == [20, 1]
    assert len(kept.numbers) == 20


@pytest.mark.parametrize("others", [29, 0], ids=["among others", "alone"])
@pytest.mark.parametrize(
    "fault", [faults.lost_nodes(100), faults.bad_gateway()], ids=lambda fault: fault.name
)
async def test_an_item_that_github_never_shows_is_unreadable_and_the_others_are_read(
    world: World, repo: Repository, connect: Connect, kept: Kept, others: int, fault: faults.Fault
) -> None:
    poisoned = repo.open_pr("poisoned", by="ann", at=SINCE)
    for number in range(others):
        repo.open_pr(f"{number}", by="ann", at=SINCE)

    async with connected(world, connect) as (server, github):
        server.faults.when(lambda r: shows(r, poisoned.id), fault)
        looked = await github.read(REPO, wanted(repo.threads.values()), kept, silent)

        assert len(server.requests) <= 25
    assert looked.unreadable == {poisoned.number}
    assert len(kept.numbers) == others
    assert poisoned.number not in kept.numbers
    assert not looked.gone


@pytest.mark.parametrize("count", [1, 5, 60])
async def test_while_github_is_down_nothing_is_called_unreadable(
    world: World, repo: Repository, connect: Connect, kept: Kept, count: int
) -> None:
    for number in range(count):
        repo.open_issue(f"{number}", by="ann", at=SINCE)
    known = wanted(repo.threads.values())

    async with connected(world, connect) as (server, github):
        server.faults.always(faults.bad_gateway())
        with pytest.raises(Failing):
            await github.read(REPO, known, kept, silent)
        server.requests.clear()
        with pytest.raises(Failing):
            await github.check(REPO, known)

        assert len(server.requests) <= 60


async def test_details_that_never_come_are_an_error_and_not_an_empty_day(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    for number in range(60):
        repo.open_issue(f"{number}", by="ann", at=SINCE)

    async with connected(world, connect) as (server, github):
        server.faults.on("issue_details", faults.bad_gateway())
        with pytest.raises(Failing):
            await github.read(REPO, wanted(repo.threads.values()), kept, silent)

        assert len(server.requests) <= 80


async def test_a_list_that_github_does_not_show_on_is_cut_and_counted_whole(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    issue = repo.open_issue("long", by="ann", at=SINCE)
    for number in range(250):
        issue.comment(by="bob", at=SINCE + number * MINUTE, body=f"{number}")

    async with connected(world, connect) as (server, github):
        server.faults.on("more", faults.bad_gateway())
        looked = await github.read(REPO, wanted([issue]), kept, silent)

    [item] = kept.newest.values()
    assert [comment.body for comment in item.comments] == [f"{number}" for number in range(150, 250)]
    assert item.comments_total == 250
    assert not looked.unreadable


async def test_reviews_that_github_does_not_show_on_leave_their_thread_unread(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    pull, other = (repo.open_pr(title, by="ann", at=SINCE) for title in ("long", "short"))
    for number in range(150):
        pull.review(by="bob", at=SINCE + number * MINUTE, state="APPROVED")

    async with connected(world, connect) as (server, github):
        server.faults.on("more", faults.bad_gateway())
        looked = await github.read(REPO, wanted([pull, other]), kept, silent)

    assert looked.unreadable == {pull.number}
    assert list(kept.newest) == [other.number]


async def test_a_list_that_leads_nowhere_else_is_not_followed_for_ever(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    issue = repo.open_issue("long", by="ann", at=SINCE)
    for number in range(150):
        issue.comment(by="bob", at=SINCE + number * MINUTE)

    def stuck(answer: dict[str, Any]) -> None:
        answer["data"]["node"]["comments"]["pageInfo"] = {"hasPreviousPage": True, "startCursor": None}
        answer["data"]["node"]["comments"]["nodes"] = []

    async with connected(world, connect) as (server, github):
        server.faults.on("more", faults.Fault("stuck", mangle=stuck))
        server.faults.when(lambda _request: len(server.requests) > 20, faults.unauthorized())
        await github.read(REPO, wanted([issue]), kept, silent)

        assert len(server.requests) <= 4


async def test_progress_grows_to_its_total(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    for number in range(60):
        repo.open_issue(f"{number}", by="ann", at=SINCE)
    known = wanted(repo.threads.values())
    repo.delete(9)
    told: list[tuple[int, int | None]] = []

    async with connected(world, connect) as (_, github):
        await github.read(REPO, known, kept, lambda done, total: told.append((done, total)))

    assert told[-1] == (60, 60)
    assert [done for done, _ in told] == sorted(done for done, _ in told)
