"""Work that many ask for at the same time is done once."""

from __future__ import annotations

import asyncio

import pytest

from bot.once import Once


async def test_all_who_ask_at_the_same_time_share_one_run() -> None:
    once: Once[int] = Once()
    runs = 0
    go = asyncio.Event()

    async def work() -> int:
        nonlocal runs
        runs += 1
        await go.wait()
        return runs

    asked = [asyncio.ensure_future(once("key", work)) for _ in range(50)]
    await asyncio.sleep(0)
    go.set()

    assert await asyncio.gather(*asked) == [1] * 50


async def test_different_keys_run_side_by_side() -> None:
    once: Once[str] = Once()
    both = asyncio.Barrier(2)

    async def work(name: str) -> str:
        await both.wait()
        return name

    first, second = await asyncio.gather(once(1, lambda: work("a")), once(2, lambda: work("b")))

    assert (first, second) == ("a", "b")


async def test_an_error_reaches_all_who_asked_and_the_next_one_starts_anew() -> None:
    once: Once[int] = Once()

    async def fail() -> int:
        await asyncio.sleep(0)
        raise ValueError("broken")

    async def work() -> int:
        return 7

    results = await asyncio.gather(once("key", fail), once("key", fail), return_exceptions=True)

    assert [type(result) for result in results] == [ValueError, ValueError]
    assert await once("key", work) == 7


async def test_one_who_gives_up_does_not_take_the_result_from_the_others() -> None:
    once: Once[int] = Once()
    go = asyncio.Event()

    async def work() -> int:
        await go.wait()
        return 1

    impatient = asyncio.ensure_future(once("key", work))
    patient = asyncio.ensure_future(once("key", work))
    await asyncio.sleep(0)
    impatient.cancel()
    await asyncio.sleep(0)
    go.set()

    assert await patient == 1
    with pytest.raises(asyncio.CancelledError):
        await impatient


async def test_work_that_nobody_waits_for_any_more_is_cancelled_and_not_joined() -> None:
    once: Once[int] = Once()
    cancelled = asyncio.Event()

    async def hang() -> int:
        try:
            return await asyncio.Future()
        finally:
            cancelled.set()

    async def work() -> int:
        return 2

    lonely = asyncio.ensure_future(once("key", hang))
    await asyncio.sleep(0)
    lonely.cancel()
    result = asyncio.ensure_future(once("key", work))

    async with asyncio.timeout(20):
        await cancelled.wait()
    with pytest.raises(asyncio.CancelledError):
        await lonely
    assert await result == 2
