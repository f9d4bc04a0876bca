"""What no listing shows: whether items are still there and as we know them, and what lies under a number."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from adapters.github.errors import Failing, UnexpectedPayload
from adapters.source import Looked
from tests.adapters.github.connecting import HOUR, NOW, REPO, SINCE, wanted
from tests.servers.github import faults, github_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.github.fetch import GitHub
    from tests.adapters.github.connecting import Connect, Kept
    from tests.servers.github import GitHub as Server
    from tests.servers.github import Repository, World


@asynccontextmanager
async def connected(world: World, connect: Connect) -> AsyncIterator[tuple[Server, GitHub]]:
    async with github_server(world, clock=lambda: NOW) as server, connect(server) as github:
        yield server, github


async def test_items_that_are_as_we_know_them_are_confirmed_a_hundred_for_a_point(
    world: World, repo: Repository, connect: Connect
) -> None:
    for number in range(150):
        repo.open_issue(f"{number}", by="ann", at=SINCE).comment(by="bob", at=SINCE + HOUR)
        repo.open_pr(f"{number}", by="ann", at=SINCE)

    async with connected(world, connect) as (server, github):
        looked = await github.check(REPO, wanted(repo.threads.values()))

        assert sorted((len(r.variables["ids"]), r.cost) for r in server.requests) == [
            (50, 1),
            (50, 1),
            (100, 1),
            (100, 1),
        ]
    assert looked == Looked()


async def test_what_is_deleted_transferred_or_changed_is_told_apart(
    world: World, repo: Repository, connect: Connect
) -> None:
    same, gone, away, touched, talked, lost, talk = (
        repo.open_issue(title, by="ann", at=SINCE)
        for title in ("same", "gone", "away", "touched", "talked", "lost", "talk")
    )
    pull = repo.open_pr("pull", by="ann", at=SINCE)
    comment = lost.comment(by="bob", at=SINCE + HOUR)
    known = wanted(repo.threads.values())
    repo.delete(gone.number)
    repo.transfer(away.number, world.repository("vllm-project/other"))
    touched.label("bug", at=SINCE + HOUR)
    talked.comment(by="bob", at=SINCE + HOUR)
    lost.delete_comment(comment)
    pull.push(at=SINCE + HOUR)

    def discussion(answer: dict[str, Any]) -> None:
        nodes = answer["data"]["nodes"]
        if len(nodes) > 6:
            nodes[6] = {"__typename": "Discussion"}

    async with connected(world, connect) as (server, github):
        server.faults.on("checks", faults.Fault("converted", mangle=discussion))
        looked = await github.check(REPO, known)

    assert looked == Looked(
        gone={2}, moved={3, talk.number}, changed={touched.number, talked.number, lost.number, pull.number}
    )
    assert same.number == 1


async def test_what_was_never_counted_is_held_against_its_update_alone(
    world: World, repo: Repository, connect: Connect
) -> None:
    issue = repo.open_issue("light", by="ann", at=SINCE)
    issue.comment(by="bob", at=SINCE)
    [known] = wanted([issue])

    async with connected(world, connect) as (_, github):
        light = await github.check(REPO, [replace(known, comments=None)])
        unknown = await github.check(REPO, [replace(known, updated_at=None)])

    assert light == Looked()
    assert unknown == Looked(changed={1})


async def test_a_renamed_repository_s_items_are_confirmed(
    world: World, repo: Repository, connect: Connect
) -> None:
    known = wanted([repo.open_issue("here", by="ann", at=SINCE)])
    repo.name_with_owner = "vllm-project/vllm-new"

    async with connected(world, connect) as (_, github):
        assert await github.check(REPO, known) == Looked()


async def test_one_that_github_fails_on_is_unreadable_and_the_others_are_confirmed(
    world: World, repo: Repository, connect: Connect
) -> None:
    for number in range(20):
        repo.open_issue(f"{number}", by="ann", at=SINCE)
    known = wanted(repo.threads.values())
    poisoned = repo.threads[7]
    repo.delete(9)

    async with connected(world, connect) as (server, github):
        server.faults.when(lambda r: poisoned.id in r.variables["ids"], faults.bad_gateway())
        looked = await github.check(REPO, known)

        assert len(server.requests) <= 15
    assert looked == Looked(gone={9}, unreadable={7})


async def test_numbers_show_their_items_and_those_that_are_none(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    issue = repo.open_issue("issue", by="ann", at=SINCE, labels=["rocm"])
    issue.comment(by="bob", at=SINCE + HOUR)
    pull = repo.open_pr("pull", by="ann", at=SINCE)
    gone = repo.open_issue("gone", by="ann", at=SINCE)
    away = repo.open_issue("away", by="ann", at=SINCE)
    repo.open_issue("last", by="ann", at=SINCE, number=90)
    repo.delete(gone.number)
    repo.transfer(away.number, world.repository("vllm-project/other"))

    async with connected(world, connect) as (server, github):
        none = await github.numbered(REPO, range(1, 95), kept)

        assert [(r.operation, r.cost) for r in server.requests] == [("numbered", 1)] * 3
    assert none == set(range(1, 95)) - {1, 2, 90}
    assert kept.numbers == {1, 2, 90}
    assert {reading.part for reading in kept.readings} == {"light"}
    assert (kept.newest[1].labels, kept.newest[1].updated_at) == (("rocm",), SINCE + HOUR)
    assert kept.newest[2].node_id == pull.id


@pytest.mark.parametrize("number", [1, 7], ids=["under the same number", "under another"])
async def test_a_number_that_leads_to_another_repository_is_none(
    world: World, repo: Repository, connect: Connect, kept: Kept, number: int
) -> None:
    repo.open_issue("here", by="ann", at=SINCE)

    def elsewhere(answer: dict[str, Any]) -> None:
        name = REPO if number != 1 else "vllm-project/other"
        answer["data"]["repository"]["n0"] |= {"number": number, "repository": {"nameWithOwner": name}}

    async with connected(world, connect) as (server, github):
        server.faults.on("numbered", faults.Fault("transferred", mangle=elsewhere))
        none = await github.numbered(REPO, [1], kept)

    assert none == {1}
    assert kept.readings == []


async def test_numbers_that_github_fails_on_together_are_asked_for_in_halves(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    for number in range(40):
        repo.open_issue(f"{number}", by="ann", at=SINCE)

    async with connected(world, connect) as (server, github):
        server.faults.when(lambda r: "n15" in r.variables, faults.timed_out())
        none = await github.numbered(REPO, range(1, 41), kept)

        assert len(server.requests) == 7
    assert none == set()
    assert len(kept.numbers) == 40


async def test_a_number_that_github_fails_on_is_neither_an_item_nor_none(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    for number in range(20):
        repo.open_issue(f"{number}", by="ann", at=SINCE)
    repo.delete(9)

    async with connected(world, connect) as (server, github):
        server.faults.when(lambda r: 7 in r.variables.values(), faults.bad_gateway())
        none = await github.numbered(REPO, range(1, 21), kept)

        server.faults.always(faults.bad_gateway())
        with pytest.raises(Failing):
            await github.numbered(REPO, [1, 2], kept)
    assert none == {9}
    assert kept.numbers == set(range(1, 21)) - {7, 9}


async def test_a_null_that_nothing_explains_is_not_taken_for_no_item(
    world: World, repo: Repository, connect: Connect, kept: Kept
) -> None:
    repo.open_issue("here", by="ann", at=SINCE)

    def hole(answer: dict[str, Any]) -> None:
        answer["data"]["repository"]["n0"] = None

    async with connected(world, connect) as (server, github):
        server.faults.on("numbered", faults.Fault("hole", mangle=hole))
        with pytest.raises(UnexpectedPayload) as caught:
            await github.numbered(REPO, [1], kept)

    assert caught.value.path == "repository.n0"
