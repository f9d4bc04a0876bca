"""The tests' GitHub over REST: what a loop over items reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.servers.github import faults

if TYPE_CHECKING:
    from tests.servers.github import Repository
    from tests.servers.github.asker import Asker

T = datetime(2025, 12, 10, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
REPO = "/repos/vllm-project/vllm"


async def got(github: Asker, path: str) -> Any:  # noqa: ANN401 - any JSON
    answer = await github.http.get(f"{github.server.rest_url}{path}")
    assert answer.status_code == 200
    return answer.json()


async def test_an_issue_and_its_comments_are_spelt_as_rest_spells_them(
    github: Asker, vllm: Repository
) -> None:
    issue = vllm.open_issue("Wrong tokens", by="ada", at=T, labels=["bug"])
    issue.comment(by="mergify[bot]", at=T + HOUR, body="hello")
    issue.comment(by=None, at=T + HOUR, body="from a deleted account")
    issue.close(by="ada", at=T + 2 * HOUR, reason="NOT_PLANNED")

    shown, comments = await got(github, f"{REPO}/issues/1"), await got(github, f"{REPO}/issues/1/comments")

    assert (shown["state"], shown["state_reason"], shown["closed_at"]) == (
        "closed",
        "not_planned",
        "2025-12-10T11:00:00Z",
    )
    assert (shown["user"]["login"], [label["name"] for label in shown["labels"]]) == ("ada", ["bug"])
    assert shown["url"] == f"{github.server.rest_url}{REPO}/issues/1"
    assert "pull_request" not in shown
    assert [(each["user"]["login"], each["body"]) for each in comments] == [
        ("mergify[bot]", "hello"),
        ("ghost", "from a deleted account"),
    ]


async def test_a_pull_request_is_an_issue_too_and_has_files_and_reviews(
    github: Asker, vllm: Repository
) -> None:
    pull = vllm.open_pr("Fix", by="lin", at=T, files=["a.py", "b.py"])
    pull.review(by="grace", at=T + HOUR, state="APPROVED", body="fine")
    pull.merge(by="grace", at=T + 2 * HOUR)

    issue, shown = await got(github, f"{REPO}/issues/1"), await got(github, f"{REPO}/pulls/1")
    files, reviews = await got(github, f"{REPO}/pulls/1/files"), await got(github, f"{REPO}/pulls/1/reviews")

    assert issue["pull_request"]["merged_at"] == shown["merged_at"] == "2025-12-10T11:00:00Z"
    assert (shown["merged"], shown["merged_by"]["login"], shown["additions"]) == (True, "grace", 20)
    assert [(file["filename"], file["status"]) for file in files] == [
        ("a.py", "modified"),
        ("b.py", "modified"),
    ]
    assert [(review["user"]["login"], review["state"]) for review in reviews] == [("grace", "APPROVED")]


async def test_long_lists_come_in_pages_that_are_linked(github: Asker, vllm: Repository) -> None:
    issue = vllm.open_issue("Talk", by="ada", at=T)
    for number in range(5):
        issue.comment(by="ada", at=T + number * HOUR, body=str(number))

    bodies, url, links = [], f"{github.server.rest_url}{REPO}/issues/1/comments?per_page=2", []
    while url:
        answer = await github.http.get(url)
        bodies.append([each["body"] for each in answer.json()])
        links.append(set(answer.links))
        url = answer.links.get("next", {}).get("url", "")

    assert bodies == [["0", "1"], ["2", "3"], ["4"]]
    assert links == [{"next", "last"}, {"prev", "next", "last", "first"}, {"prev", "first"}]


@pytest.mark.parametrize(
    "path", ["/repos/no/where", f"{REPO}/issues/9", f"{REPO}/pulls/1", f"{REPO}/pulls/1/files"]
)
async def test_what_is_not_there_is_a_404(github: Asker, vllm: Repository, path: str) -> None:
    vllm.open_issue("No pull request", by="ada", at=T)

    answer = await github.http.get(f"{github.server.rest_url}{path}")

    assert (answer.status_code, answer.json()["message"]) == (404, "Not Found")


async def test_requests_are_logged_paid_refused_and_failed_like_the_others(
    github: Asker, vllm: Repository
) -> None:
    path = f"{github.server.rest_url}{REPO}"
    await github.http.get(path)
    github.server.faults.next(faults.secondary_limit(7))
    limited = await github.http.get(path)
    refused = await github.http.get(path, headers={"Authorization": "Bearer no"})

    assert (limited.status_code, limited.headers["Retry-After"], refused.status_code) == (403, "7", 401)
    assert [(each.operation, each.status, each.cost) for each in github.server.requests] == [
        ("GET /repos/{owner}/{name}", 200, 1),
        ("GET /repos/{owner}/{name}", 403, 1),
        ("GET /repos/{owner}/{name}", 401, 0),
    ]
