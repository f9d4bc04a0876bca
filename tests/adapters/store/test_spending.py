"""Spending: a day's caps hold for all processes, and what was spent is told by model and key."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from adapters.store.connection import Connection, connect
from adapters.store.spending import KEEP_S, Spending
from summarizer.spending import Caps, Price, Row, Spent, Taken, Today
from tests.adapters.store.links import Twice

if TYPE_CHECKING:
    from adapters.store import Store

NOW = datetime(2026, 3, 24, 12, tzinfo=UTC)
PRICE = Price(1.0, 10.0, 0.1)
PRICES = {"openai:m": PRICE, "openai:own": Price(0, 0)}


def budget(
    store: Store, caps: Caps | None = None, *, now: datetime = NOW, zone: str = "Asia/Shanghai"
) -> Spending:
    return store.budget(caps or Caps(), PRICES, zone=ZoneInfo(zone), now=lambda: now)


async def taken_of(spending: Spending, tokens_in: int, tokens_out: int = 0, model: str = "openai:m") -> Taken:
    taken = await spending.take("acme/engine", model, tokens_in, tokens_out)
    assert taken is not None
    return taken


def figures(today: Today) -> tuple[int, float]:
    return today.counted_tokens, round(today.counted_usd, 9)


async def test_an_estimate_counts_until_the_true_figures_take_its_place(any_store: Store) -> None:
    spending = budget(any_store, Caps(tokens=10_000, usd=1.0))

    taken = await taken_of(spending, 5_000, 1_000)
    aside = await spending.today()
    await spending.settle(taken, Spent.by_call(4_000, 500, 3_000, price=PRICE))
    settled = await spending.today()

    assert (aside.rows, figures(aside)) == ((), (6_000, 0.015))
    assert figures(settled) == (4_500, 0.0063)
    assert (settled.tokens_left, settled.usd_left) == pytest.approx((5_500, 0.9937))
    [row] = settled.rows
    assert row == Row("openai:m", "acme/engine", Spent(1, 4_000, 500, 3_000, 0.0063))


@pytest.mark.parametrize("caps", [Caps(tokens=1_000), Caps(usd=0.001)])
async def test_what_would_pass_a_cap_is_refused_and_nothing_is_set_aside(
    any_store: Store, caps: Caps
) -> None:
    spending = budget(any_store, caps)
    await taken_of(spending, 600)

    refused = await spending.take("acme/engine", "openai:m", 401, 0)

    assert refused is None
    assert (await spending.today()).counted_tokens == 600
    await taken_of(spending, 400)


async def test_many_processes_that_take_at_once_pass_no_cap_together(
    any_store: Store, any_server: str
) -> None:
    caps = Caps(tokens=1_000)
    async with connect(any_server) as other:
        theirs = Spending(other, caps, PRICES, zone=ZoneInfo("UTC"), now=lambda: NOW)
        ours = budget(any_store, caps, zone="UTC")

        taken = await asyncio.gather(*(each.take("k", "openai:m", 99, 1) for each in [ours, theirs] * 20))

    assert sum(each is not None for each in taken) == 10
    assert (await ours.today()).counted_tokens == 1_000


async def test_what_is_sent_twice_because_its_reply_was_lost_counts_once(
    any_store: Store, any_server: str
) -> None:
    async with connect(any_server) as connection:
        twice = Spending(
            Connection(Twice(connection), "REDIS_URL"),
            Caps(1_000),
            PRICES,
            zone=ZoneInfo("UTC"),
            now=lambda: NOW,
        )
        taken = await taken_of(twice, 600)
        aside = await twice.today()
        await twice.settle(taken, Spent.by_call(500, 50, price=PRICE))
        await twice.settle(taken, Spent.by_call(500, 50, price=PRICE))

        assert aside.counted_tokens == 600
        assert figures(await twice.today()) == (550, 0.001)
        assert (await twice.today()).spent.calls == 1


async def test_nothing_asked_after_all_gives_the_estimate_back(any_store: Store) -> None:
    spending = budget(any_store)

    await spending.settle(await taken_of(spending, 600), Spent())

    assert await spending.today() == Today(date(2026, 3, 24))


async def test_of_calls_that_told_no_tokens_the_estimate_stays_counted_and_the_figures_unknown(
    any_store: Store,
) -> None:
    spending = budget(any_store)

    await spending.settle(await taken_of(spending, 600), Spent.untold_call())

    today = await spending.today()
    assert figures(today) == (600, 0.0006)
    assert today.spent == Spent(1, None, None, None, None, untold=1, unpriced=1)


async def test_a_sum_with_an_unknown_part_is_a_lower_bound_and_says_so(any_store: Store) -> None:
    spending = budget(any_store)

    for spent in (
        Spent.untold_call(),
        Spent.by_call(500, 50, 100, price=None),
        Spent.by_call(1, 1, price=PRICE),
    ):
        await spending.settle(await taken_of(spending, 600), spent)

    spent = (await spending.today()).spent
    assert (spent.calls, spent.tokens_in, spent.tokens_out, spent.tokens_cached) == (3, 501, 51, 100)
    assert (spent.cost_usd, spent.untold, spent.unpriced) == pytest.approx((0.000011, 1, 2))
    assert spent.whole_cost_usd is None


async def test_a_model_of_unknown_price_gets_nothing_where_costs_are_capped(any_store: Store) -> None:
    capped, free = budget(any_store, Caps(usd=1.0)), budget(any_store)

    assert await capped.take("k", "openai:unknown", 1, 0) is None
    assert await capped.take("k", "openai:own", 1_000_000_000, 0) is not None
    assert await free.take("k", "openai:unknown", 1, 0) is not None


async def test_what_was_spent_without_an_estimate_is_counted_also_beyond_the_caps(any_store: Store) -> None:
    spending = budget(any_store, Caps(tokens=1_000, usd=0.001))
    await spending.settle(await taken_of(spending, 900), Spent.by_call(2_000, 0, price=PRICE))

    more = await taken_of(spending, 0, model="openai:unknown")
    await spending.settle(more, Spent.by_call(70, 7, price=None))

    today = await spending.today()
    assert (today.counted_tokens, today.tokens_left, today.usd_left) == (2_077, 0, 0.0)
    assert today.by_model["openai:unknown"].tokens == 77


async def test_the_day_ends_at_midnight_of_the_budgets_zone_and_settling_later_counts_for_it(
    any_store: Store,
) -> None:
    before = budget(any_store, Caps(tokens=1_000), now=datetime(2026, 3, 24, 15, 59, tzinfo=UTC))
    after = budget(any_store, Caps(tokens=1_000), now=datetime(2026, 3, 24, 16, 1, tzinfo=UTC))

    late = await taken_of(before, 1_000)
    await taken_of(after, 1_000)
    await after.settle(late, Spent.by_call(300, 0, price=PRICE))

    assert (await before.today()).counted_tokens == 300
    assert (await after.today()).counted_tokens == 1_000
    assert await after.on(date(2026, 3, 24)) == await before.today()


async def test_who_took_most_comes_first_by_model_and_by_key(any_store: Store) -> None:
    spending = budget(any_store)
    for key, model, tokens in (
        ("#small", "openai:m", 10),
        ("#大", "openai:own", 900),
        ('a "b" c', "openai:m", 500),
        ("#大", "openai:m", 5),
    ):
        taken = await spending.take(key, model, tokens, 0)
        assert taken is not None
        await spending.settle(taken, Spent.by_call(tokens, 0, price=PRICES[model]))

    today = await spending.today()
    assert {key: spent.tokens for key, spent in today.by_key.items()} == {
        "#大": 905,
        'a "b" c': 500,
        "#small": 10,
    }
    assert list(today.by_key) == ["#大", 'a "b" c', "#small"]
    assert list(today.by_model) == ["openai:own", "openai:m"]


async def test_days_are_kept_for_four_hundred_days(any_store: Store, any_server: str) -> None:
    await taken_of(budget(any_store), 1)

    async with connect(any_server) as connection:
        keys = ("vllm-digest:spending:{2026-03-24}", "vllm-digest:spending:{2026-03-24}:aside")
        left = [await connection.call("TTL", key) for key in keys]

    assert all(KEEP_S - 60 <= seconds <= KEEP_S for seconds in left)
    assert timedelta(days=400).total_seconds() == KEEP_S
