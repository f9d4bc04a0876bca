"""Members: of whom something is kept, by the workspace or server they belong to, and where the bot has gone from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from adapters.store.members import Belongings

if TYPE_CHECKING:
    from adapters.store import Store

ANN, BOB = "slack-user:U1", "slack-user:U2"
TEAM, OTHER = "slack:T1", "slack:T2"
NOW = datetime(2025, 12, 10, 12, tzinfo=UTC)


async def test_a_team_has_the_people_places_and_talks_that_were_noted(any_store: Store) -> None:
    members = any_store.members
    await members.note(team=TEAM, person=BOB)
    await members.note(team=TEAM, person=ANN, talk="slack T1 C1:1")
    await members.note(team=TEAM, person=ANN, talk="slack T1 C1:1")
    await members.note(team=TEAM, place="slack-channel:C1")
    await members.note(team="", person=ANN, talk="slack  D1")

    assert await members.of_team(TEAM) == Belongings((ANN, BOB), ("slack-channel:C1",), ("slack T1 C1:1",))
    assert await members.of_team(OTHER) == Belongings()
    assert set(await members.talks(ANN)) == {"slack T1 C1:1", "slack  D1"}
    assert await members.talks(BOB) == ()


async def test_a_person_belongs_to_the_teams_that_the_bot_is_still_in(any_store: Store) -> None:
    members = any_store.members
    for team in (TEAM, OTHER):
        await members.note(team=team, person=ANN)
    assert await members.teams_of(ANN) == (TEAM, OTHER)

    await members.depart(OTHER, NOW)
    assert await members.teams_of(ANN) == (TEAM,)
    assert await members.come_back(OTHER)
    assert await members.teams_of(ANN) == (TEAM, OTHER)
    assert await members.teams_of(BOB) == ()


async def test_a_departure_counts_from_when_it_was_first_told(any_store: Store) -> None:
    members = any_store.members
    await members.depart(TEAM, NOW)
    await members.depart(TEAM, NOW + timedelta(days=1))

    assert await members.departed() == {TEAM: NOW}
    assert await members.come_back(TEAM)
    assert not await members.come_back(TEAM)
    assert await members.departed() == {}


async def test_of_a_team_or_a_person_that_is_dropped_nothing_is_left(any_store: Store) -> None:
    members = any_store.members
    for team in (TEAM, OTHER):
        await members.note(team=team, person=ANN, talk=f"{team} 1")
        await members.note(team=team, person=BOB)
    await members.depart(TEAM, NOW)

    await members.drop_team(TEAM)
    await members.drop_person(ANN)

    assert await members.of_team(TEAM) == Belongings()
    assert await members.of_team(OTHER) == Belongings((BOB,), (), (f"{OTHER} 1",))
    assert (await members.departed(), [*await members.seen()]) == ({}, [OTHER])
    assert await members.talks(ANN) == ()
