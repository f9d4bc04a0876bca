"""The tests' GitHub knows whose review is waited for, and what a token may see of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.servers.github.asker import kinds

if TYPE_CHECKING:
    from tests.servers.github import PullRequest, Repository
    from tests.servers.github.asker import Asker

T = datetime(2025, 12, 10, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
WAITING = """query($id: ID!) { node(id: $id) { ... on PullRequest { updatedAt reviewDecision
  assignees(first: 10) { nodes { login } }
  reviewRequests(first: 10) { totalCount nodes { requestedReviewer { __typename
    ... on User { login } ... on Bot { login } %s } } } } } }"""
NAMED = WAITING % "... on Team { combinedSlug slug }"


def reviewers(answer: dict[str, Any]) -> list[Any]:
    return [node["requestedReviewer"] for node in answer["data"]["node"]["reviewRequests"]["nodes"]]


def waiting(vllm: Repository) -> PullRequest:
    """A pull request that waits for a user and for a team."""
    pull = vllm.open_pr("Speed it up", by="lin", at=T)
    pull.request_review(of="grace", at=T + HOUR)
    pull.request_review(of=vllm.world.team("vllm-project/rocm", "yan"), at=T + HOUR)
    return pull


async def test_requests_are_told_by_type_and_move_the_update(github: Asker, vllm: Repository) -> None:
    pull = waiting(vllm)
    pull.request_review(of="copilot[bot]", at=T + 2 * HOUR)
    pull.request_review(of="grace", at=T + 2 * HOUR)
    pull.assign("ada", "lin", at=T + 3 * HOUR)
    pull.unassign("ada", at=T + 4 * HOUR)

    answer = await github.ask(NAMED, id=pull.id)

    assert reviewers(answer) == [
        {"__typename": "User", "login": "grace"},
        {"__typename": "Team", "combinedSlug": "vllm-project/rocm", "slug": "rocm"},
        {"__typename": "Bot", "login": "copilot"},
    ]
    node = answer["data"]["node"]
    assert node["reviewRequests"]["totalCount"] == 3
    assert node["assignees"] == {"nodes": [{"login": "lin"}]}
    assert (node["reviewDecision"], node["updatedAt"]) == ("REVIEW_REQUIRED", "2025-12-10T13:00:00Z")


async def test_a_review_answers_the_requests_that_its_author_could_answer(
    github: Asker, vllm: Repository
) -> None:
    pull = waiting(vllm)
    pull.review(by="ada", at=T + 2 * HOUR)
    pull.review(by=None, at=T + 2 * HOUR)
    assert len(reviewers(await github.ask(NAMED, id=pull.id))) == 2

    pull.review(by="yan", at=T + 3 * HOUR, state="COMMENTED")
    assert reviewers(await github.ask(NAMED, id=pull.id)) == [{"__typename": "User", "login": "grace"}]

    pull.withdraw_request(of="grace", at=T + 4 * HOUR)
    assert reviewers(await github.ask(NAMED, id=pull.id)) == []


async def test_a_deleted_pull_request_takes_its_requests_along(github: Asker, vllm: Repository) -> None:
    pull = waiting(vllm)
    [request, _] = pull.review_requests
    find = "query($id: ID!) { node(id: $id) { id } }"
    there = await github.ask(find, id=request.id)

    vllm.delete(pull.number)

    assert there == {"data": {"node": {"id": request.id}}}
    assert kinds(await github.ask(find, id=request.id)) == ["NOT_FOUND"]


async def test_a_team_that_is_hidden_is_null_with_an_error_in_its_place(
    github: Asker, vllm: Repository
) -> None:
    github.server.teams = "hidden"

    answer = await github.ask(NAMED, id=waiting(vllm).id)

    assert reviewers(answer) == [{"__typename": "User", "login": "grace"}, None]
    assert kinds(answer) == ["FORBIDDEN"]
    assert answer["errors"][0]["path"] == ["node", "reviewRequests", "nodes", 1, "requestedReviewer"]


async def test_a_query_for_which_scopes_are_missing_is_refused_whole(github: Asker, vllm: Repository) -> None:
    github.server.teams = "unscoped"
    pull = waiting(vllm)

    refused = await github.ask(NAMED, id=pull.id)
    answer = await github.ask(WAITING % "", id=pull.id)

    assert "data" not in refused
    assert kinds(refused) == ["INSUFFICIENT_SCOPES", "INSUFFICIENT_SCOPES"]
    assert "The 'combinedSlug' field requires one of the following" in refused["errors"][0]["message"]
    assert reviewers(answer) == [{"__typename": "User", "login": "grace"}, {"__typename": "Team"}]
