"""What lies between two tags is read whole, and nothing of what the earlier one has."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.github import errors
from adapters.github.client import Client, Patience
from adapters.github.compare import Commits, commits_between
from tests.adapters.github.connecting import NOW, TOKEN
from tests.servers.github import Request, World, faults, github_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.github import GitHub, PullRequest, Repository

REPO = "vllm-project/vllm"
THEN = NOW - timedelta(days=30)


@pytest.fixture
def vllm() -> Repository:
    return World().repository(REPO)


@asynccontextmanager
async def connected(repo: Repository, **options: Any) -> AsyncIterator[tuple[Client, GitHub]]:  # noqa: ANN401
    async def nap(_seconds: float) -> None:
        return

    patience = Patience(attempts=2, backoff_s=0.01)
    async with (
        github_server(repo.world, clock=lambda: NOW, **options) as server,
        Client(server.url, TOKEN, patience=patience, sleep=nap) as client,
    ):
        yield client, server


async def between(repo: Repository, base: str, head: str) -> Commits | None:
    async with connected(repo) as (client, _):
        return await commits_between(client, REPO, base, head)


def merged(repo: Repository, title: str, at: datetime = THEN) -> PullRequest:
    pull = repo.open_pr(title, by="ada", at=at)
    pull.merge(by="grace", at=at)
    return pull


def headlines(found: Commits | None) -> list[str]:
    assert found is not None
    return [commit.headline for commit in found.commits]


async def test_a_release_is_the_commits_its_tag_has_and_the_one_before_lacks(vllm: Repository) -> None:
    merged(vllm, "Old")
    vllm.release("v0.10.0", at=THEN)
    pull = merged(vllm, "New")
    vllm.commit("Bump", at=THEN)
    vllm.release("v0.11.0", at=THEN)
    merged(vllm, "Later")

    found = await between(vllm, "v0.10.0", "v0.11.0")

    assert headlines(found) == ["New (#2)", "Bump"]
    assert found is not None
    assert (found.base, found.head, found.complete) == ("v0.10.0", "v0.11.0", True)
    assert found.oids[0] == pull.merge_commit


async def test_a_branch_release_brings_its_picks_under_oids_of_their_own(vllm: Repository) -> None:
    merged(vllm, "Old")
    vllm.tag("v0.11.0")
    fix, feature = merged(vllm, "Fix"), merged(vllm, "Feature")
    vllm.tag("v0.11.1", on="v0.11.0", picks=[fix])
    vllm.tag("v0.12.0")

    patch, minor = await between(vllm, "v0.11.0", "v0.11.1"), await between(vllm, "v0.11.1", "v0.12.0")

    assert headlines(patch) == ["Fix (#2)"]
    assert headlines(minor) == ["Fix (#2)", "Feature (#3)"]
    assert patch is not None
    assert minor is not None
    assert fix.merge_commit not in patch.oids
    assert minor.oids == (fix.merge_commit, feature.merge_commit)


@pytest.mark.parametrize(("base", "head"), [("v1", "v1"), ("v2", "v1")])
async def test_a_tag_that_reaches_nothing_more_brings_nothing(vllm: Repository, base: str, head: str) -> None:
    for name in ("v1", "v2"):
        merged(vllm, name)
        vllm.tag(name)

    assert await between(vllm, base, head) == Commits(base, head, (), complete=True)


async def test_annotated_tags_compare_like_others(vllm: Repository) -> None:
    vllm.commit("One", at=THEN)
    vllm.tag("v1", annotated=True)
    vllm.commit("Two", at=THEN)
    vllm.tag("v2", annotated=True)

    assert headlines(await between(vllm, "v1", "v2")) == ["Two"]


async def test_a_long_way_is_read_to_its_end(vllm: Repository) -> None:
    vllm.commit("Base", at=THEN)
    vllm.tag("v1")
    expected = [vllm.commit(f"Commit {number}", at=THEN).oid for number in range(230)]
    vllm.tag("v2")

    async with connected(vllm) as (client, server):
        found = await commits_between(client, REPO, "v1", "v2")

    assert found is not None
    assert list(found.oids) == expected
    assert found.complete
    assert [request.cost for request in server.requests] == [1, 1, 1]


async def test_pages_that_are_too_wide_are_halved(vllm: Repository) -> None:
    vllm.tag("v1")
    expected = [vllm.commit(f"Commit {number}", at=THEN).oid for number in range(60)]
    vllm.tag("v2")

    async with connected(vllm, width_budget=120) as (client, server):
        found = await commits_between(client, REPO, "v1", "v2")

    assert found is not None
    assert list(found.oids) == expected
    assert [request.variables["page"] for request in server.requests] == [100, 50, 50]


@pytest.mark.parametrize(("base", "head"), [("v1", "v9"), ("v9", "v1")])
async def test_a_tag_nobody_knows_is_none(vllm: Repository, base: str, head: str) -> None:
    vllm.commit("One", at=THEN)
    vllm.tag("v1")

    assert await between(vllm, base, head) is None


@pytest.mark.parametrize("kind", ["NOT_FOUND", None])
async def test_an_error_about_an_unknown_head_is_none_as_well(vllm: Repository, kind: str | None) -> None:
    def refuse(answer: dict[str, Any]) -> None:
        error = {"message": "Could not resolve", "path": ["repository", "base", "compare"]}
        answer["errors"] = [error | ({"type": kind} if kind else {})]

    def compares(request: Request) -> bool:
        return bool(request.variables["withCommits"])

    vllm.commit("One", at=THEN)
    vllm.tag("v1")
    async with connected(vllm) as (client, server):
        server.faults.when(compares, faults.Fault("refused", mangle=refuse))

        assert await commits_between(client, REPO, "v1", "v9") is None


async def test_an_unknown_repository_is_told(vllm: Repository) -> None:
    async with connected(vllm) as (client, _):
        with pytest.raises(errors.RepoNotFound):
            await commits_between(client, "no/where", "v1", "v2")


async def test_what_never_comes_is_an_error(vllm: Repository) -> None:
    vllm.tag("v1")
    vllm.commit("One", at=THEN)
    vllm.tag("v2")
    async with connected(vllm) as (client, server):
        server.faults.when(lambda request: request.variables["withCommits"], faults.bad_gateway())

        with pytest.raises(errors.Failing):
            await commits_between(client, REPO, "v1", "v2")


async def test_a_rest_that_never_comes_makes_it_incomplete(vllm: Repository) -> None:
    vllm.tag("v1")
    for number in range(150):
        vllm.commit(f"Commit {number}", at=THEN)
    vllm.tag("v2")
    async with connected(vllm) as (client, server):
        server.faults.when(lambda request: request.variables["after"], faults.bad_gateway())
        found = await commits_between(client, REPO, "v1", "v2")

    assert found is not None
    assert (len(found.commits), found.complete) == (100, False)


async def test_a_commit_that_github_withholds_makes_it_incomplete(vllm: Repository) -> None:
    def hole(answer: dict[str, Any]) -> None:
        answer["data"]["repository"]["base"]["compare"]["commits"]["nodes"][1] = None

    vllm.tag("v1")
    for number in range(3):
        vllm.commit(f"Commit {number}", at=THEN)
    vllm.tag("v2")
    async with connected(vllm) as (client, server):
        server.faults.next(faults.Fault("hole", mangle=hole))
        found = await commits_between(client, REPO, "v1", "v2")

    assert headlines(found) == ["Commit 0", "Commit 2"]
    assert found is not None
    assert not found.complete


async def test_an_answer_of_another_shape_is_named(vllm: Repository) -> None:
    def lose(answer: dict[str, Any]) -> None:
        answer["data"]["repository"]["base"]["compare"]["commits"]["nodes"][0].pop("oid")

    vllm.tag("v1")
    vllm.commit("One", at=THEN)
    vllm.tag("v2")
    async with connected(vllm) as (client, server):
        server.faults.next(faults.Fault("odd", mangle=lose))

        with pytest.raises(errors.UnexpectedPayload) as caught:
            await commits_between(client, REPO, "v1", "v2")

    assert caught.value.path == "repository.base.compare.commits.nodes[0].oid"
