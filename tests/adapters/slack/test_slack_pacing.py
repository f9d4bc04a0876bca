"""Pace: shared by all processes, kept without the store as well, and never over Slack's."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from adapters.slack import tiers
from adapters.slack.api import REPEATABLE, open_session
from adapters.slack.client import Slack
from adapters.slack.errors import RateLimited
from adapters.slack.local_pace import MOST_KEYS, LocalPace
from adapters.slack.pacing import Pacing, Patience
from adapters.store.connection import Connection, connect
from adapters.store.pace import Pace
from tests.adapters.slack.clients import Clock, client, saying
from tests.servers.slack import BOT_TOKEN, GENERAL, TEAM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from adapters.store import Store
    from adapters.store.connection import Command
    from tests.servers.slack import SlackServer

POST = "chat.postMessage"


class _Shaky:
    """A link to a real server that can be cut. asked: how often something was sent."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.is_down = self.hangs = False
        self.asked = 0

    async def send(self, commands: Sequence[Command]) -> list[Any]:
        self.asked += 1
        if self.hangs:
            await asyncio.Event().wait()
        if self.is_down:
            raise ConnectionRefusedError
        return await self._connection.call_many(commands)

    async def send_each(self, commands: Sequence[Command]) -> list[list[Any]]:
        return await self._connection.call_each(commands)

    async def mend(self) -> None: ...

    async def close(self) -> None: ...


@pytest.fixture
async def shaky(store: Store, redis_server: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[_Shaky]:
    """A link to an empty store; what is sent while it is down fails soon."""
    monkeypatch.setattr("adapters.store.connection.RETRY_FOR_S", 0.0)
    async with connect(redis_server) as connection:
        yield _Shaky(connection)


async def test_two_processes_together_stay_within_slacks_pace(server: SlackServer, store: Store) -> None:
    server.pace.is_enforced = True
    async with open_session() as session:
        one, two = (
            Slack(BOT_TOKEN, team=TEAM, session=session, pacing=Pacing(store.pace), base_url=server.url)
            for _ in range(2)
        )
        async with asyncio.timeout(10):
            await asyncio.gather(*(each.post(GENERAL, saying("hello")) for each in (one, two, one, two)))

    assert len(server.all_messages) == 4
    assert server.over_pace == 0


async def test_a_pause_that_one_process_is_told_holds_for_the_other(
    server: SlackServer, store: Store, clock: Clock
) -> None:
    server.fail(POST, "ratelimited", retry_after=90)
    async with (
        client(server, clock, pace=store.pace) as one,
        client(server, clock, pace=store.pace) as two,
    ):
        with pytest.raises(RateLimited):
            await one.post(GENERAL, saying("hello"))
        with pytest.raises(RateLimited):
            await two.post("C0OTHER", saying("hello"))

    assert len(server.called(POST)) == 1


async def test_people_go_before_the_schedule(clock: Clock) -> None:
    pace = LocalPace(clock)
    people = Pacing(pace, sleep=clock.sleep, clock=clock)
    schedule = Pacing(pace, gives_way=True, sleep=clock.sleep, clock=clock)
    for _ in range(3):
        await schedule.turn(TEAM, POST, GENERAL, Patience(tiers.SCHEDULE_S))
    clock.waits.clear()
    await people.turn(TEAM, POST, GENERAL, Patience(tiers.PERSON_S))  # of the burst, which is left alone

    assert clock.waits == []


async def test_the_schedule_waits_for_a_free_turn_and_no_longer_than_it_may(clock: Clock) -> None:
    pace = LocalPace(clock)
    people = Pacing(pace, sleep=clock.sleep, clock=clock)
    schedule = Pacing(pace, gives_way=True, sleep=clock.sleep, clock=clock)
    for _ in range(2):
        await people.turn(TEAM, POST, GENERAL, Patience(tiers.PERSON_S))
    await schedule.turn(TEAM, POST, GENERAL, Patience(tiers.SCHEDULE_S))
    waited = sum(clock.waits)
    for _ in range(10):  # who asks for turns ahead has them, before the schedule sees one that is free
        await pace.take(f"slack {TEAM} channel {GENERAL}", per_minute=54, burst=2, most_wait_s=60)
    with pytest.raises(RateLimited) as refused:
        await schedule.turn(TEAM, POST, GENERAL, Patience(tiers.SCHEDULE_S))

    assert 60 / 54 <= waited <= 3 * 60 / 54
    assert sum(clock.waits) - waited <= tiers.SCHEDULE_S
    assert refused.value.wait_s > 0


async def test_what_a_person_has_removed_gives_way_to_nobody(clock: Clock) -> None:
    schedule = Pacing(LocalPace(clock), gives_way=True, sleep=clock.sleep, clock=clock)
    for _ in range(tiers.TIER_3.burst):
        await schedule.turn(TEAM, "chat.delete", GENERAL, Patience(0.0))

    assert clock.waits == []


async def test_without_the_store_answers_go_on_at_the_same_pace(
    server: SlackServer, clock: Clock, shaky: _Shaky
) -> None:
    shaky.is_down = True
    async with client(server, clock, pace=Pace(Connection(shaky, "REDIS_URL"))) as slack:
        with capture_logs() as logs:
            for _ in range(6):
                await slack.post(GENERAL, saying("hello"))

    assert len(server.all_messages) == 6
    assert sum(clock.waits) >= 4 * 60 / tiers.IN_ONE_CHANNEL.per_minute - 0.01
    assert [each["event"] for each in logs] == ["slack pace is this process's own"]
    assert shaky.asked <= 2


async def test_a_pause_that_slack_asks_for_is_kept_without_the_store_as_well(
    server: SlackServer, clock: Clock, shaky: _Shaky
) -> None:
    shaky.is_down = True
    server.fail(POST, "ratelimited", retry_after=9)
    async with client(server, clock, pace=Pace(Connection(shaky, "REDIS_URL"))) as slack:
        await slack.post(GENERAL, saying("hello"))

    assert clock.waits == [9.0]


async def test_a_store_that_hangs_is_not_waited_for(
    server: SlackServer, clock: Clock, shaky: _Shaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    shaky.hangs = True
    monkeypatch.setattr("adapters.slack.pacing.STORE_S", 0.05)
    async with client(server, clock, pace=Pace(Connection(shaky, "REDIS_URL"))) as slack:
        await slack.post(GENERAL, saying("hello"))

    assert len(server.all_messages) == 1


async def test_the_store_is_used_again_once_it_is_back(clock: Clock, shaky: _Shaky) -> None:
    shaky.is_down = True
    pacing = Pacing(Pace(Connection(shaky, "REDIS_URL")), sleep=clock.sleep, clock=clock)
    with capture_logs() as logs:
        await pacing.turn(TEAM, "users.info", "", Patience(1))
        shaky.is_down = False
        asked = shaky.asked
        await pacing.turn(TEAM, "users.info", "", Patience(1))
        assert shaky.asked == asked
        clock.now += 6
        await pacing.turn(TEAM, "users.info", "", Patience(1))

    assert shaky.asked == asked + 1
    assert [each["event"] for each in logs] == [
        "slack pace is this process's own",
        "slack pace is shared again",
    ]


async def test_workspaces_and_methods_do_not_wait_for_each_other(clock: Clock) -> None:
    pacing = Pacing(LocalPace(clock), sleep=clock.sleep, clock=clock)

    for method in ("chat.startStream", "chat.stopStream", "not.known"):
        for team in ("T1", "T2"):
            for _ in range(tiers.TIER_2.burst):
                await pacing.turn(team, method, "", Patience(0))

    assert clock.waits == []


@given(
    st.floats(1, 300),
    st.integers(1, 20),
    st.lists(st.floats(0, 5), min_size=1, max_size=60),
)
def test_no_minute_holds_more_than_the_rate_and_the_burst(
    per_minute: float, burst: int, pauses: list[float]
) -> None:
    clock, pace = Clock(), LocalPace(lambda: clock.now)

    async def run() -> list[float]:
        turns = []
        for pause in pauses:
            clock.now += pause
            wait = await pace.take("key", per_minute=per_minute, burst=burst, most_wait_s=1e9)
            assert wait is not None
            turns.append(clock.now + wait)
        return turns

    turns = asyncio.run(run())
    for place, first in enumerate(turns):
        within = [turn for turn in turns[place:] if turn - first <= 60]
        assert len(within) <= per_minute + burst + 1e-6
    assert turns == sorted(turns)


async def test_a_hold_keeps_everybody_and_nothing_is_reserved_for_who_will_not_wait(clock: Clock) -> None:
    pace = LocalPace(clock)
    await pace.hold("key", 10)

    assert await pace.take("key", per_minute=60, burst=5, most_wait_s=9) is None
    assert await pace.take("key", per_minute=60, burst=5, most_wait_s=10) == 10
    assert await pace.take("other", per_minute=60, burst=5, most_wait_s=0) == 0


async def test_keys_that_say_nothing_any_more_are_forgotten(clock: Clock) -> None:
    pace = LocalPace(clock)
    for number in range(MOST_KEYS):
        await pace.take(f"key {number}", per_minute=60, most_wait_s=0)
    clock.now += 60
    await pace.hold("held", 1_000)
    for number in range(MOST_KEYS + 5):
        await pace.take(f"more {number}", per_minute=60, most_wait_s=0)

    assert await pace.take("held", per_minute=60, most_wait_s=0) is None
    assert len(pace._keys) <= MOST_KEYS


def test_every_rate_stays_below_its_tier() -> None:
    documented = {id(tiers.TIER_2): 20, id(tiers.TIER_3): 50, id(tiers.TIER_4): 100}
    for rate in tiers.RATES.values():
        if id(rate) in documented:
            assert rate.per_minute + rate.burst <= documented[id(rate)]
    assert tiers.RATES.keys() >= REPEATABLE
