"""Who a pull request waits for, read with whatever the token may see, and never at the price of the rest."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from adapters.github.errors import Forbidden
from adapters.source import Looked
from tests.adapters.github.connecting import HOUR, NOW, REPO, SINCE, silent, wanted
from tests.servers.github import faults, github_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.github.fetch import GitHub
    from tests.adapters.github.connecting import Connect, Kept
    from tests.servers.github import GitHub as Server
    from tests.servers.github import PullRequest, Repository, World


@asynccontextmanager
async def connected(world: World, connect: Connect) -> AsyncIterator[tuple[Server, GitHub]]:
    async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
        yield server, github


@pytest.fixture
def pull(world: World, repo: Repository) -> PullRequest:
    """A pull request that waits for a user and for a team."""
    pull = repo.open_pr("waits", by="ann", at=SINCE)
    pull.request_review(of="zoe", at=SINCE + HOUR)
    pull.request_review(of=world.team("vllm-project/rocm"), at=SINCE + HOUR)
    return pull


async def test_a_whole_reading_tells_reviewers_decision_and_assignees(
    world: World, repo: Repository, pull: PullRequest, connect: Connect, kept: Kept
) -> None:
    copilot, imported = world.account("copilot[bot]"), world.account("imported", "Mannequin")
    assert copilot
    assert imported
    pull.request_review(of=copilot, at=SINCE + HOUR)
    pull.request_review(of=imported, at=SINCE + HOUR)
    pull.assign("bob", "ann", at=SINCE + HOUR)
    issue = repo.open_issue("assigned", by="ann", at=SINCE)
    issue.assign("cyd", at=SINCE + HOUR)
    repo.open_pr("waits for nobody", by="ann", at=SINCE).review(by="bob", at=SINCE + HOUR)

    async with connected(world, connect) as (_, github):
        looked = await github.read(REPO, wanted(repo.threads.values()), kept, silent)

    assert looked == Looked()
    waits, assigned, free = (kept.titles[title] for title in ("waits", "assigned", "waits for nobody"))
    assert waits.review_requests == ("zoe", "vllm-project/rocm", "copilot", "imported")
    assert (waits.review_decision, waits.assignees) == ("REVIEW_REQUIRED", ("bob", "ann"))
    assert (free.review_requests, free.review_decision, free.assignees) == ((), "APPROVED", ())
    assert (assigned.review_requests, assigned.review_decision) == (None, None)
    assert assigned.assignees == ("cyd",)


async def test_a_listing_tells_none_of_it(
    world: World, pull: PullRequest, connect: Connect, kept: Kept
) -> None:
    async with connected(world, connect) as (_, github):
        await github.updated_since(REPO, SINCE, kept, silent)

    [item] = kept.newest.values()
    assert item.number == pull.number
    assert (item.review_requests, item.review_decision, item.assignees) == (None, None, None)


async def test_a_hundred_reviewers_are_all_told(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    pull = repo.open_pr("popular", by="ann", at=SINCE)
    logins = tuple(f"r{number}" for number in range(100))
    for login in logins:
        pull.request_review(of=login, at=SINCE)

    async with connected(world, connect) as (_, github):
        await github.read(REPO, wanted([pull]), kept, silent)

    assert kept.titles["popular"].review_requests == logins


async def test_a_team_that_the_token_may_not_see_hides_nothing_else(
    world: World, repo: Repository, pull: PullRequest, connect: Connect, kept: Kept
) -> None:
    only = repo.open_pr("waits for a team alone", by="ann", at=SINCE)
    only.request_review(of=world.team("vllm-project/rocm"), at=SINCE)

    async with connected(world, connect) as (server, github):
        server.teams = "hidden"
        looked = await github.read(REPO, wanted([pull, only]), kept, silent)

        assert [request.errors for request in server.requests] == [["FORBIDDEN", "FORBIDDEN"]]
    assert looked == Looked()
    assert kept.titles["waits"].review_requests == ("zoe",)
    assert kept.titles["waits for a team alone"].review_requests is None


async def test_a_token_without_the_scopes_of_teams_is_refused_them_once_and_reads_on(
    world: World, repo: Repository, pull: PullRequest, connect: Connect, kept: Kept
) -> None:
    for number in range(60):
        repo.open_pr(f"{number}", by="ann", at=SINCE)

    async with connected(world, connect) as (server, github):
        server.teams = "unscoped"
        looked = await github.read(REPO, wanted(repo.threads.values()), kept, silent)
        refused = [request for request in server.requests if request.errors]
        assert {kind for request in refused for kind in request.errors} == {"INSUFFICIENT_SCOPES"}
        assert len(refused) <= 4  # those that were under way at once
        server.requests.clear()
        await github.read(REPO, wanted([pull]), kept, silent)

        assert [request.errors for request in server.requests] == [[]]
    assert looked == Looked()
    assert len(kept.numbers) == 61
    assert kept.titles["waits"].review_requests == ("zoe",)


async def test_scopes_that_are_missing_for_more_than_teams_are_told(
    world: World, pull: PullRequest, connect: Connect, kept: Kept
) -> None:
    refusal = '{"errors": [{"type": "INSUFFICIENT_SCOPES", "message": "Your token has not been granted"}]}'

    async with connected(world, connect) as (server, github):
        server.faults.always(faults.Fault("unscoped", body=refusal))
        with pytest.raises(Forbidden):
            await github.read(REPO, wanted([pull]), kept, silent)

        assert len(server.requests) == 2
