"""Pace: turns at a steady rate for all processes together, and nobody goes before a hold is over."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from secrets import token_hex
from typing import TYPE_CHECKING, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.store.connection import Connection, connect
from adapters.store.pace import Pace
from summarizer.errors import StoreError
from tests.adapters.store.links import Twice
from tests.servers.redis import until

if TYPE_CHECKING:
    from adapters.store import Store

CHANNEL = "slack T1 channel C1"
KEY = f"vllm-digest:pace:{{{CHANNEL}}}"
MUCH_S = 600.0
SLACK_S = 4.0  # of a busy machine; to the millisecond they are reckoned in the last test


async def turns(pace: Pace, count: int, *, per_minute: float = 6, burst: int = 1) -> list[float]:
    """The waits of turns that are taken one after the other."""
    waits = []
    for _ in range(count):
        wait_s = await pace.take(CHANNEL, per_minute=per_minute, burst=burst, most_wait_s=MUCH_S)
        assert wait_s is not None
        waits.append(wait_s)
    return waits


def about(expected: list[float]) -> object:
    """Turns are reserved for instants, so that each wait is a little shorter than the distance to the first."""
    return pytest.approx(expected, abs=SLACK_S)


async def test_turns_that_are_taken_at_once_lie_an_interval_apart(any_store: Store) -> None:
    assert await turns(any_store.pace, 6, per_minute=10) == about([0, 6, 12, 18, 24, 30])


async def test_a_burst_goes_at_once_and_those_after_it_at_the_steady_rate(any_store: Store) -> None:
    assert await turns(any_store.pace, 6, per_minute=12, burst=3) == about([0, 0, 0, 5, 10, 15])


async def test_turns_of_other_keys_are_their_own(any_store: Store) -> None:
    await turns(any_store.pace, 3)

    assert await any_store.pace.take("slack T1 channel C2", per_minute=60, most_wait_s=0) == 0


async def test_a_turn_that_would_come_too_late_is_not_reserved(any_store: Store) -> None:
    await turns(any_store.pace, 3)

    refused = [await any_store.pace.take(CHANNEL, per_minute=6, most_wait_s=25) for _ in range(3)]
    taken = await any_store.pace.take(CHANNEL, per_minute=6, most_wait_s=35)

    assert refused == [None, None, None]
    assert taken == pytest.approx(30, abs=SLACK_S)


async def test_processes_share_the_turns(any_store: Store, any_server: str) -> None:
    async with AsyncExitStack() as stack:
        paces = [Pace(await stack.enter_async_context(connect(any_server))) for _ in range(4)]
        waits = await asyncio.gather(
            *(pace.take(CHANNEL, per_minute=6, burst=2, most_wait_s=MUCH_S) for pace in paces * 3)
        )

    assert sorted(wait_s for wait_s in waits if wait_s is not None) == about(
        [0, 0, *(10.0 * place for place in range(1, 11))]
    )


async def test_nobody_goes_before_a_hold_is_over(any_store: Store) -> None:
    await turns(any_store.pace, 1)
    await any_store.pace.hold(CHANNEL, 30)

    assert await any_store.pace.take(CHANNEL, per_minute=60, burst=5, most_wait_s=20) is None
    assert await any_store.pace.allow(CHANNEL, per_minute=60, burst=5) == pytest.approx(30, abs=SLACK_S)
    assert await turns(any_store.pace, 3) == about([30, 40, 50])


async def test_a_hold_never_shortens_another_nor_the_turns_that_were_taken(any_store: Store) -> None:
    await any_store.pace.hold(CHANNEL, 30)
    await any_store.pace.hold(CHANNEL, 3)
    held = await turns(any_store.pace, 2)

    await any_store.pace.hold(CHANNEL, 1)

    assert held == about([30, 40])
    assert await turns(any_store.pace, 1) == about([50])


async def test_a_hold_lasts_where_no_turn_was_taken_and_ends(any_store: Store) -> None:
    await any_store.pace.hold(CHANNEL, 0.05)

    async def is_over() -> bool:
        return await any_store.pace.allow(CHANNEL, per_minute=60, burst=1) == 0

    await until(is_over)


async def test_people_are_let_in_until_the_burst_is_used_up_and_told_how_long_it_takes(
    any_store: Store,
) -> None:
    told = [await any_store.pace.allow("person", per_minute=6, burst=4) for _ in range(7)]

    assert told[:4] == [0, 0, 0, 0]
    assert told[4:] == about([10, 10, 10])  # who is refused is not counted


async def test_who_waited_is_let_in_again(any_store: Store) -> None:
    assert await any_store.pace.allow("person", per_minute=1200, burst=1) == 0

    async def is_let_in() -> bool:
        return await any_store.pace.allow("person", per_minute=1200, burst=1) == 0

    await until(is_let_in)


async def test_a_key_goes_by_itself_with_the_last_turn(any_store: Store, any_server: str) -> None:
    async with connect(any_server) as connection:
        await turns(any_store.pace, 4)
        steady = await connection.call("PTTL", KEY)
        await any_store.pace.hold(CHANNEL, 90)
        held = await connection.call("PTTL", KEY)

        assert 35_000 < steady <= 40_000
        assert 85_000 < held <= 90_000

        await connection.call("DEL", KEY)
        await turns(any_store.pace, 4, per_minute=6_000)

        async def is_gone() -> bool:
            return not await connection.call("EXISTS", KEY)

        await until(is_gone)


async def test_a_turn_that_was_taken_twice_because_its_reply_was_lost_keeps_the_rate(
    any_store: Store, any_server: str
) -> None:
    async with connect(any_server) as connection:
        twice = Pace(Connection(Twice(connection), "REDIS_URL"))

        assert await turns(twice, 3) == about([10, 30, 50])
        await twice.hold(CHANNEL, 300)
        assert await turns(any_store.pace, 1) == about([300])


@pytest.mark.parametrize("key", ["", "{}", "a b\n{c}", "名字", "k" * 5_000])
async def test_whatever_names_a_pace_is_a_key(key: str, any_store: Store) -> None:
    assert await any_store.pace.allow(key, per_minute=1, burst=1) == 0
    assert await any_store.pace.allow(key, per_minute=1, burst=1) > 0
    assert await any_store.pace.allow(f"{key}2", per_minute=1, burst=1) == 0


async def test_a_record_that_is_none_of_ours_is_a_fault_of_the_store(
    any_store: Store, any_server: str
) -> None:
    async with connect(any_server) as connection:
        await connection.call("SET", KEY, "a string")

    with pytest.raises(StoreError):
        await any_store.pace.take(CHANNEL, per_minute=60, most_wait_s=1)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("take"), st.integers(0, 60).map(float)),
        st.tuples(st.just("allow"), st.just(0.0)),
        st.tuples(st.just("hold"), st.integers(1, 40).map(float)),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps, per_minute=st.floats(1, 120), burst=st.integers(1, 6))
async def test_each_turn_comes_as_early_as_those_before_it_and_the_holds_allow(
    steps: list[tuple[Literal["take", "allow", "hold"], float]], per_minute: float, burst: int, store: Store
) -> None:
    """The n-th turn after another comes n - burst + 1 intervals later, or at once, or when a hold is over, whichever
    is the latest."""
    key, interval = token_hex(8), 60 / per_minute
    # between which instants of this clock, which is the server's too, each turn and the end of the last hold lie
    known: list[tuple[float, float]] = []
    held = (0.0, 0.0)
    for what, seconds in steps:
        before = time.time()
        if what == "hold":
            await store.pace.hold(key, seconds)
            held = (max(held[0], before + seconds), max(held[1], time.time() + seconds))
            continue
        wait_s: float | None
        if what == "take":
            wait_s = await store.pace.take(key, per_minute=per_minute, burst=burst, most_wait_s=seconds)
        else:
            wait_s = await store.pace.allow(key, per_minute=per_minute, burst=burst)
        after = time.time()
        reckoned = []
        for end, now in enumerate((before, after)):
            due = [
                turn[end] + (len(known) - place - burst + 1) * interval for place, turn in enumerate(known)
            ]
            reckoned.append(max(now, held[end], *due, 0))
        earliest, latest = reckoned
        if wait_s is None:
            assert latest - before > seconds - 0.001
            continue
        assert earliest - after - 0.001 <= wait_s <= latest - before + 0.001
        if wait_s == 0 or what == "take":
            assert wait_s <= seconds
            known.append((before + wait_s, after + wait_s))
