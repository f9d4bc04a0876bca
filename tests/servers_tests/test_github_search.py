"""The tests' GitHub searches as GitHub does: by qualifier, late, and not everything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.servers.github import World, github_server
from tests.servers.github.asker import LISTING, SEARCH, Asker, asking

if TYPE_CHECKING:
    from tests.servers.github import Repository

T = datetime(2025, 12, 10, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def test_searches_find_by_qualifier(github: Asker, vllm: Repository, world: World) -> None:
    bug = vllm.open_issue("ROCm crash", by="ada", at=T, labels=["bug", "good first issue"])
    fix = vllm.open_pr("[ROCm] Fix", by="dependabot[bot]", at=T + HOUR, draft=True)
    done = vllm.open_pr("Speed", by="lin", at=T + 2 * HOUR)
    world.repository("other/place").open_issue("ROCm", by="ada", at=T)
    bug.comment(by="lin", at=T + 3 * HOUR)
    bug.close(by="ada", at=T + 4 * HOUR, reason="NOT_PLANNED")
    done.merge(by="ada", at=T + 5 * HOUR)
    assert await github.numbers("") == [3, 2, 1]
    assert await github.numbers("is:issue") == [1]
    assert await github.numbers("is:pr -is:merged") == [2]
    assert await github.numbers("is:closed sort:created-asc") == [1, 3]
    assert await github.numbers("is:open is:draft author:app/dependabot") == [2]
    assert await github.numbers('label:"good first issue"') == [1]
    assert await github.numbers("rocm sort:updated") == [1, 2]
    assert await github.numbers('reason:"not planned"') == [1]
    assert await github.numbers("comments:>0") == [1]
    assert await github.numbers("comments:<1 sort:updated-desc") == [3, 2]
    assert await github.numbers("closed:>=2025-12-10T13:00:00Z is:issue") == [1]
    assert fix.number == 2


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("created:2025-12-10T09:00:00Z..2025-12-10T10:00:00Z", [2, 1]),
        ("created:2025-12-10T17:00:00+08:00..2025-12-10T17:59:59+08:00", [1]),
        ("created:>=2025-12-10T10:00:00Z", [3, 2]),
        ("created:>2025-12-10T10:00:00Z", [3]),
        ("created:<2025-12-10T10:00:00Z", [1]),
        ("created:<=2025-12-10T10:00:00Z", [2, 1]),
        ("created:*..2025-12-10T09:00:00Z", [1]),
        ("created:2025-12-10", [3, 2, 1]),
        ("created:>2025-12-10", []),
        ("created:2025-12-09..2025-12-10", [3, 2, 1]),
    ],
)
async def test_ranges_include_both_ends(
    github: Asker, vllm: Repository, words: str, found: list[int]
) -> None:
    for hour in range(3):
        vllm.open_issue("x", by="ada", at=T + hour * HOUR)
    assert await github.numbers(words) == found


async def test_a_search_gives_a_thousand_results_and_counts_them_all(github: Asker, vllm: Repository) -> None:
    for number in range(1, 1004):
        vllm.open_issue("x", by="ada", at=T, number=number)
    seen, after, more = 0, None, True
    while more:
        page = (await github.ask(SEARCH, q="repo:vllm-project/vllm", after=after))["data"]["search"]
        seen += len(page["nodes"])
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    assert (page["issueCount"], seen) == (1003, 1000)


async def test_the_index_lags_where_the_listing_does_not(world: World, vllm: Repository) -> None:
    now = T
    async with asking(github_server(world, search_lag=timedelta(minutes=5), clock=lambda: now)) as github:
        issue = vllm.open_issue("New", by="ada", at=T)
        assert await github.numbers("is:open") == []
        assert (await github.ask(LISTING, first=1))["data"]["repository"]["issues"]["totalCount"] == 1
        now = T + timedelta(minutes=5)
        issue.close(by="ada", at=now)
        assert await github.numbers("is:open") == [1]
        now += timedelta(minutes=5)
        assert await github.numbers("is:open") == []


async def test_a_lost_facet_hides_an_item_from_that_facet_only(github: Asker, vllm: Repository) -> None:
    pull = vllm.open_pr("Fix", by="ada", at=T)
    pull.merge(by="ada", at=T + HOUR)
    pull.lost_facets |= {"closed", "merged"}
    assert await github.numbers("merged:>=2025-12-10") == []
    assert await github.numbers("closed:>=2025-12-10") == []
    assert await github.numbers("updated:>=2025-12-10 is:merged") == [1]


@pytest.mark.parametrize(
    "words", ["x" * 240, "mentions:ada", "is:strange", "created:yesterday", "a OR b OR c OR d OR e OR f OR g"]
)
async def test_a_search_nobody_understands_is_an_error(github: Asker, words: str) -> None:
    answer = await github.ask(SEARCH, q=f"repo:vllm-project/vllm {words}")
    assert answer["data"] is None
    assert answer["errors"]


async def test_a_transferred_issue_is_found_where_it_went_as_old_as_it_was(
    github: Asker, world: World, vllm: Repository
) -> None:
    issue = vllm.open_issue("Moved", by="ada", at=T)
    vllm.transfer(issue.number, world.repository("vllm-project/recipes"))
    assert await github.numbers("") == []
    answer = await github.ask(SEARCH, q=f"repo:vllm-project/recipes updated:{T:%Y-%m-%dT%H:%M:%SZ}")
    assert answer["data"]["search"]["nodes"] == [{"number": 1}]
