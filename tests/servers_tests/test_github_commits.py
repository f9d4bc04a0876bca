"""The tests' GitHub compares tags as GitHub does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.servers.github import Repository
    from tests.servers.github.asker import Asker

T = datetime(2025, 12, 10, 9, tzinfo=UTC)
COMPARE = """query($base: String!, $head: String!, $first: Int = 100, $after: String) {
  repository(owner: "vllm-project", name: "vllm") { ref(qualifiedName: $base) { compare(headRef: $head) {
    status aheadBy behindBy
    commits(first: $first, after: $after) { totalCount nodes { messageHeadline } pageInfo { hasNextPage endCursor } }
  } } }
}"""


@pytest.fixture
def released(vllm: Repository) -> Repository:
    """Two releases of main, and one of a branch between them that picked the second one's fix."""
    vllm.commit("Start", at=T)
    vllm.release("v0.10.0", at=T)
    fix, new = vllm.open_pr("Fix", by="ada", at=T), vllm.open_pr("New", by="ada", at=T)
    fix.merge(by="grace", at=T)
    new.merge(by="grace", at=T)
    vllm.tag("v0.10.1", on="v0.10.0", picks=[fix])
    vllm.release("v0.11.0", at=T)
    return vllm


async def compared(github: Asker, base: str, head: str) -> dict[str, Any]:
    answer = await github.ask(COMPARE, base=base, head=head)
    found: dict[str, Any] = answer["data"]["repository"]["ref"]["compare"]
    return found


@pytest.mark.parametrize(
    ("base", "head", "status", "ahead", "behind", "headlines"),
    [
        ("refs/tags/v0.10.0", "v0.11.0", "AHEAD", 2, 0, ["Fix (#1)", "New (#2)"]),
        ("v0.10.0", "refs/tags/v0.11.0", "AHEAD", 2, 0, ["Fix (#1)", "New (#2)"]),
        ("v0.11.0", "v0.10.0", "BEHIND", 0, 2, []),
        ("v0.11.0", "main", "IDENTICAL", 0, 0, []),
        ("v0.10.0", "v0.10.1", "AHEAD", 1, 0, ["Fix (#1)"]),
        ("v0.10.1", "v0.11.0", "DIVERGED", 2, 1, ["Fix (#1)", "New (#2)"]),
    ],
)
async def test_a_comparison_is_what_the_head_reaches_and_the_base_does_not(
    github: Asker,
    released: Repository,
    base: str,
    head: str,
    status: str,
    ahead: int,
    behind: int,
    headlines: list[str],
) -> None:
    found = await compared(github, base, head)
    assert (found["status"], found["aheadBy"], found["behindBy"]) == (status, ahead, behind)
    assert [node["messageHeadline"] for node in found["commits"]["nodes"]] == headlines


async def test_a_commit_is_a_head_too(github: Asker, released: Repository) -> None:
    oid = released.pull_requests[0].merge_commit
    assert oid
    assert (await compared(github, "v0.10.0", oid))["aheadBy"] == 1


async def test_what_is_not_there_is_null(github: Asker, released: Repository) -> None:
    nowhere = await github.ask(COMPARE, base="refs/tags/v9", head="v0.10.0")
    assert nowhere == {"data": {"repository": {"ref": None}}}
    assert await compared(github, "v0.10.0", "v9") is None


async def test_commits_come_page_by_page(github: Asker, released: Repository) -> None:
    page = await github.ask(COMPARE, base="v0.10.0", head="v0.11.0", first=1)
    commits = page["data"]["repository"]["ref"]["compare"]["commits"]
    assert (commits["totalCount"], commits["pageInfo"]["hasNextPage"]) == (2, True)
    after = commits["pageInfo"]["endCursor"]
    rest = await github.ask(COMPARE, base="v0.10.0", head="v0.11.0", first=1, after=after)
    commits = rest["data"]["repository"]["ref"]["compare"]["commits"]
    assert [node["messageHeadline"] for node in commits["nodes"]] == ["New (#2)"]
    assert commits["pageInfo"]["hasNextPage"] is False


async def test_an_annotated_tag_points_at_an_object_of_its_own_and_a_plain_one_at_the_commit(
    github: Asker, released: Repository
) -> None:
    released.tag("signed", annotated=True)
    released.release("signed", at=T)
    answer = await github.ask("""{ repository(owner: "vllm-project", name: "vllm") {
        signed: ref(qualifiedName: "refs/tags/signed") { name prefix target { __typename
            ... on Tag { name target { oid } } } }
        plain: ref(qualifiedName: "refs/tags/v0.11.0") { target { __typename oid } }
        releases(last: 1) { nodes { tagCommit { oid } } } } }""")
    found, oid = answer["data"]["repository"], released.pull_requests[1].merge_commit
    target = {"__typename": "Tag", "name": "signed", "target": {"oid": oid}}
    assert found["signed"] == {"name": "signed", "prefix": "refs/tags/", "target": target}
    assert found["plain"] == {"target": {"__typename": "Commit", "oid": oid}}
    assert found["releases"]["nodes"] == [{"tagCommit": {"oid": oid}}]


async def test_a_draft_release_sets_no_tag(github: Asker, vllm: Repository) -> None:
    vllm.commit("Start", at=T)
    vllm.release("v1", at=T, draft=True)
    assert (await github.ask(COMPARE, base="v1", head="main"))["data"]["repository"]["ref"] is None
