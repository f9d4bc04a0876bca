"""What `status` tells of the day's spending."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.access import SHELL, Principal
from bot.mirrors import Mirrors
from bot.spending import Spending
from summarizer import languages
from summarizer.spending import Caps, Price, Spent
from tests.bot.scenes import REPO

if TYPE_CHECKING:
    from adapters.store import Store
    from tests.bot.scenes import Scene

ZONE = "Asia/Shanghai"
PRICES = {"openai:m": Price(1.0, 10.0, 0.1)}


def spending(store: Store, caps: Caps | None = None, *, has_model: bool = True) -> Spending:
    now = datetime(2026, 3, 24, 18, tzinfo=UTC)  # the 25th in the zone
    budget = store.budget(caps or Caps(), PRICES, zone=ZoneInfo(ZONE), now=lambda: now)
    return Spending(budget, ZONE, has_model)


async def spend(told: Spending, key: str, model: str, spent: Spent) -> None:
    taken = await told.budget.take(key, model, 1_000, 100)
    assert taken is not None
    await told.budget.settle(taken, spent)


async def test_without_a_model_and_without_spending_nothing_is_told(store: Store) -> None:
    told = spending(store, Caps(tokens=1_000), has_model=False)

    assert await told.lines(languages.load("en"), SHELL) == []


async def test_a_model_that_was_not_asked_yet_is_told_with_the_caps(store: Store) -> None:
    told = spending(store, Caps(tokens=1_000_000, usd=2.5))

    assert await told.lines(languages.load("en"), SHELL) == [
        "Models today (2026-03-25, Asia/Shanghai): not asked yet",
        "Tokens a day: 1,000,000 of 1,000,000 left",
        "Cost a day: $2.50 of $2.50 left",
    ]


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        (
            "en",
            [
                (
                    "Today (2026-03-25, Asia/Shanghai), openai:m: 2 calls, 120,000 tokens in (80,000 of them from the "
                    "provider's cache), 3,000 out, $0.078"
                ),
                "Today (2026-03-25, Asia/Shanghai), openai:other: 1 call, unknown tokens in, unknown out, cost unknown",
                "Tokens a day: 875,900 of 1,000,000 left",
                "Most of it for acme/engine (113,000 tokens, $0.068), #dev (10,000 tokens, at least $0.01)",
            ],
        ),
        (
            "zh",
            [
                (
                    "今日（2026-03-25，Asia/Shanghai）openai:m：调用 2 次，输入 120,000 token"
                    "（其中 80,000 来自提供方缓存），输出 3,000 token，$0.078"
                ),
                "今日（2026-03-25，Asia/Shanghai）openai:other：调用 1 次，输入 未知 token，输出 未知 token，费用未知",
                "每日 token 上限：1,000,000，剩余 875,900",
                "用量最多：acme/engine（113,000 token，$0.068）、#dev（10,000 token，至少 $0.01）",
            ],
        ),
    ],
)
async def test_spending_is_told_by_model_with_what_is_left_and_who_took_most(
    store: Store, lang: str, lines: list[str]
) -> None:
    told = spending(store, Caps(tokens=1_000_000))
    price = PRICES["openai:m"]
    await spend(told, "acme/engine", "openai:m", Spent.by_call(110_000, 3_000, 80_000, price=price))
    await spend(told, "#dev", "openai:m", Spent.by_call(10_000, 0, price=price))
    await spend(told, "#dev", "openai:other", Spent.untold_call())

    assert await told.lines(languages.load(lang), SHELL) == lines


async def test_status_ends_with_what_was_spent(scene: Scene) -> None:
    told = spending(scene.store, Caps(usd=2.5))
    mirrors = Mirrors(
        scene.source,
        scene.store,
        scene.sync,
        now=lambda: scene.now,
        keep=timedelta(days=180),
        spending=told,
    )

    status = await mirrors.status(REPO, languages.load("en"), "UTC", lambda _repo, _is_private: None)

    assert status.splitlines()[-2:] == [f"- {line}" for line in await told.lines(languages.load("en"), SHELL)]


async def test_a_conversation_is_told_of_its_own_spending_and_of_nobody_elses(store: Store) -> None:
    told = spending(store)
    price = PRICES["openai:m"]
    await spend(told, "slack:T1", "openai:m", Spent.by_call(10_000, 0, price=price))
    await spend(told, "discord:22", "openai:m", Spent.by_call(20_000, 0, price=price))

    lines = await told.lines(languages.load("en"), Principal("slack", "T1"))

    assert lines[-1] == "Most of it for slack:T1 (10,000 tokens, $0.01)"
    assert "discord" not in "\n".join(lines)
