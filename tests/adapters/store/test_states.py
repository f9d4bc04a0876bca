"""How far a mirror reaches, as it is recorded."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import pytest

from adapters.store.connection import Connection, connect
from adapters.store.states import Gap, Glance, MirrorState, Overtaken, States
from tests.adapters.store.links import Twice
from tests.builders import NOON, REPO, at

if TYPE_CHECKING:
    from adapters.store import Store

FULL = MirrorState(
    REPO,
    is_private=True,
    synced_until=at(10),
    synced_at=at(11),
    mirror_from=NOON,
    whole=True,
    text_from=at(1),
    gaps=(Gap(at(2), at(3), 7),),
    glances=(Glance(at(4), at(5), ("old_comments",)),),
    issues=1,
    pull_requests=2,
    reconciled_at=at(12),
    reconciling_since=at(13),
)
NEW_NAME = "vllm-project/reborn"


def with_gap(state: MirrorState, missing: int) -> MirrorState:
    return replace(state, gaps=(*state.gaps, Gap(NOON, at(1), missing)))


async def test_repository_that_was_never_mirrored_has_an_empty_state(any_store: Store) -> None:
    assert await any_store.states.load("Some/Repo") == MirrorState("Some/Repo")


async def test_state_comes_back_as_it_was_under_the_name_in_any_case(any_store: Store) -> None:
    assert await any_store.states.change(REPO.upper(), 1, lambda _state: FULL) == FULL

    assert await any_store.states.load(REPO) == FULL


async def test_changes_at_the_same_time_are_all_applied(any_store: Store) -> None:
    def change(missing: int) -> asyncio.Future[MirrorState]:
        return asyncio.ensure_future(any_store.states.change(REPO, 1, lambda state: with_gap(state, missing)))

    # the same change twice is two changes
    await asyncio.gather(*(change(missing) for missing in [*range(10), *range(10)]))

    state = await any_store.states.load(REPO)
    assert sorted(gap.missing for gap in state.gaps) == sorted([*range(10), *range(10)])


async def test_earlier_holder_of_the_lease_changes_nothing(any_store: Store) -> None:
    await any_store.states.change(REPO, 5, lambda state: with_gap(state, 5))

    with pytest.raises(Overtaken):
        await any_store.states.change(REPO, 4, lambda state: with_gap(state, 4))

    assert [gap.missing for gap in (await any_store.states.load(REPO)).gaps] == [5]
    await any_store.states.change(REPO, 5, lambda state: with_gap(state, 6))
    await any_store.states.change(REPO, 7, lambda state: with_gap(state, 7))
    assert [gap.missing for gap in (await any_store.states.load(REPO)).gaps] == [5, 6, 7]


async def test_change_that_is_sent_again_is_applied_once(any_server: str, any_store: Store) -> None:
    async with connect(any_server) as connection:
        states = States(Connection(Twice(connection), "REDIS_URL"))

        for missing in range(3):
            await states.change(REPO, 1, partial(with_gap, missing=missing))

    assert [gap.missing for gap in (await any_store.states.load(REPO)).gaps] == [0, 1, 2]


def test_mirror_reaches_over_what_it_begins_before_and_a_whole_one_over_everything() -> None:
    state = MirrorState(REPO, mirror_from=NOON)

    assert [state.reaches(at(minutes)) for minutes in (-1, 0, 1)] == [False, True, True]
    assert replace(state, whole=True).reaches(at(-999))
    assert not MirrorState(REPO, whole=True).reaches(NOON)


# --- new names


async def test_a_renamed_repository_is_known_by_its_new_name_and_begins_anew(any_store: Store) -> None:
    states = any_store.states
    await states.change(REPO, 1, lambda _state: FULL)

    await states.rename(REPO, 2, NEW_NAME, 1)

    assert await states.load(REPO.upper()) == MirrorState(NEW_NAME)
    assert await states.load(NEW_NAME) == MirrorState(NEW_NAME)


async def test_what_is_known_under_the_new_name_already_is_kept(any_store: Store) -> None:
    states = any_store.states
    known = replace(FULL, repo=NEW_NAME)
    await states.change(NEW_NAME, 1, lambda _state: known)

    await states.rename(REPO, 1, NEW_NAME, 2)

    assert await states.load(REPO) == known


async def test_a_name_that_is_given_back_leads_to_itself_again(any_store: Store) -> None:
    states = any_store.states
    await states.rename(REPO, 1, NEW_NAME, 1)

    await states.rename(NEW_NAME, 2, REPO, 2)

    assert await states.load(REPO) == MirrorState(REPO)
    assert await states.load(NEW_NAME) == MirrorState(REPO)


# --- glances


def test_of_two_glances_at_the_same_time_a_look_at_github_tells_more_than_a_file() -> None:
    file, look = Glance(NOON, at(60), ("imported",)), Glance(NOON, at(30), ("old_comments",))

    for order in ((file, look), (look, file)):
        state = MirrorState(REPO)
        for glance in order:
            state = state.with_glance(glance)
        assert state.glanced_at(at(1), at(20)) == look
        assert state.glanced_at(at(1), at(40)) == file
        assert state.glanced_at(at(1), at(70)) is None


def test_what_the_reach_holds_need_not_be_glanced_at() -> None:
    look = Glance(NOON, at(30), ("old_comments",))
    state = MirrorState(REPO, mirror_from=at(30)).with_glance(look)

    assert state.glanced_at(at(1), at(500)) == look
