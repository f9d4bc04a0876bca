"""What calls cost: prices, and sums that say what they do not know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.spending import Caps, Price, Spent, Today, Unlimited, counted, parse_prices, total

PRICE = Price(3.0, 15.0, 0.3)

calls = st.one_of(
    st.just(Spent.untold_call()),
    st.builds(
        Spent.by_call,
        st.integers(0, 10**6),
        st.integers(0, 10**6),
        st.none() | st.integers(0, 10**6),
        price=st.none() | st.just(PRICE),
    ),
)


@pytest.mark.parametrize(
    ("text", "prices"),
    [
        ("openai:gpt-5-mini=0.25/2.00", {"openai:gpt-5-mini": Price(0.25, 2.0)}),
        (
            " openai:a=1/2 ,anthropic:x = 3/15/0.30,",
            {"openai:a": Price(1, 2), "anthropic:x": Price(3, 15, 0.3)},
        ),
        ("openai:Qwen/Qwen3-8B=0/0", {"openai:Qwen/Qwen3-8B": Price(0, 0)}),
        ("", {}),
    ],
)
def test_prices_are_read_by_model(text: str, prices: dict[str, Price]) -> None:
    assert parse_prices(text) == prices


@pytest.mark.parametrize(
    "text",
    [
        "openai:a", "openai:a=1", "openai:a=1/2/3/4", "openai:a=1/-2", "openai:a=1/two", "=1/2", "openai:a=1/nan",
        "openai:a=1e9/2", "openai:a=1/2,openai:a=1/2", "openai:a=1/2;openai:b=1/2", "openai:a=١/2",
    ],
)  # fmt: skip
def test_a_price_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected|two prices"):
        parse_prices(text)


@given(st.text(alphabet="a:=/,.0 1\n", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        prices = parse_prices(text)
    except ValueError:
        return
    assert all(price.input_usd >= 0 and price.output_usd >= 0 for price in prices.values())


def test_cached_input_costs_its_own_price_and_without_one_that_of_any_input() -> None:
    assert PRICE.cost(1_000_000, 100_000, 900_000) == pytest.approx(0.3 + 1.5 + 0.27)
    assert Price(3.0, 15.0).cost(1_000_000, 0, 900_000) == pytest.approx(3.0)


@given(st.lists(calls))
def test_a_sum_holds_what_is_known_and_counts_what_is_not(parts: list[Spent]) -> None:
    spent = total(parts)

    told = [each.tokens_in for each in parts if each.tokens_in is not None]
    costs = [each.cost_usd for each in parts if each.cost_usd is not None]
    assert spent.calls == len(parts)
    assert spent.untold == len(parts) - len(told)
    assert spent.unpriced == len(parts) - len(costs)
    assert spent.tokens_in == (sum(told) if told or not parts else None)
    assert spent.cost_usd == (pytest.approx(sum(costs)) if costs or not parts else None)
    assert (spent.whole_cost_usd is None) == (len(costs) < len(parts))


@given(calls, calls, calls)
def test_the_order_of_a_sum_does_not_matter(one: Spent, two: Spent, three: Spent) -> None:
    assert (one + two).tokens_in == (two + one).tokens_in
    assert ((one + two) + three).tokens_cached == (one + (two + three)).tokens_cached
    assert one + Spent() == Spent() + one == one


def test_a_call_that_told_nothing_costs_nothing_at_a_price_of_nothing() -> None:
    assert Spent.untold_call(Price(0, 0)).whole_cost_usd == 0
    assert Spent.untold_call(PRICE).whole_cost_usd is None


async def test_what_is_unknown_counts_as_the_estimate_unless_more_is_known() -> None:
    taken = await Unlimited({"m": PRICE}).take("k", "m", 900, 100)
    assert taken is not None

    assert counted(taken, Spent.untold_call()) == pytest.approx((1000, 0.0042))
    assert counted(taken, Spent.by_call(10, 1, price=PRICE)) == pytest.approx((11, 0.000045))
    assert counted(taken, Spent.untold_call() + Spent.by_call(5_000, 1, price=PRICE))[0] == 5_001
    assert counted(taken, Spent()) == (0, 0.0)


async def test_the_unlimited_budget_refuses_nothing_and_counts() -> None:
    budget = Unlimited({"m": PRICE})
    taken = await budget.take("k", "m", 10**12, 0)
    assert taken is not None
    aside = await budget.today()

    await budget.settle(taken, Spent.by_call(10, 1, price=PRICE))
    await budget.settle(taken, Spent.by_call(10, 1, price=PRICE))

    today = await budget.today()
    assert (aside.counted_tokens, aside.rows) == (10**12, ())
    assert (today.counted_tokens, today.spent.calls) == (11, 1)
    assert (today.tokens_left, today.usd_left) == (None, None)


def test_nothing_is_left_where_more_was_spent_than_the_cap() -> None:
    today = Today(None, caps=Caps(100, 1.0), counted_tokens=150, counted_usd=1.5)

    assert (today.tokens_left, today.usd_left) == (0, 0.0)
