"""Phrases: how far an instant is, how an order is told, and that nobody's words become markup."""

from __future__ import annotations

from datetime import timedelta

import pytest

from adapters.chat.delivering import Destination
from bot.grammar.commands import Schedule
from bot.grammar.expressions import Time
from bot.subscriptions.model import Subscription
from bot.subscriptions.phrases import moment, order, ordered, relative, where
from summarizer import languages
from summarizer.filters import Filter
from tests.bot.subscriptions.counter import ALONE, ANN
from tests.bot.talk import NOW, REPO

ENGLISH, CHINESE = languages.load("en"), languages.load("zh")


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [
        (10, "in less than a minute", "一分钟之内"),
        (60, "in 1 minute", "1 分钟后"),
        (90 * 60, "in 90 minutes", "90 分钟后"),
        (2 * 3600, "in 2 hours", "2 小时后"),
        (47 * 3600, "in 47 hours", "47 小时后"),
        (48 * 3600, "in 2 days", "2 天后"),
        (31 * 86400, "in 31 days", "31 天后"),
    ],
)
def test_how_far_an_instant_is(seconds: int, english: str, chinese: str) -> None:
    then = NOW + timedelta(seconds=seconds)

    assert (relative(then, NOW, ENGLISH), relative(then, NOW, CHINESE)) == (english, chinese)


def test_an_instant_is_told_in_its_zone() -> None:
    then = NOW + timedelta(hours=12, seconds=5)

    assert moment(then, "Asia/Kolkata", ENGLISH) == "Wed 2026-03-25 05:30:05 (UTC+5:30)"
    assert moment(NOW, "America/Los_Angeles", CHINESE) == "2026-03-24 周二 05:00（UTC-7）"


def _weekly(*filters: Filter, name: str = "", repo: str = REPO) -> Subscription:
    at = Destination("slack", "T1", "C1")
    schedule = Schedule("weekly", Time(9, 0), weekday="mon")
    return Subscription(
        "s1",
        at,
        repo,
        "en",
        "UTC",
        "weekly",
        "shell",
        NOW,
        NOW,
        schedule,
        "day",
        filters=filters,
        name=name,
    )


def test_what_goes_without_saying_is_not_told() -> None:
    assert ordered(_weekly(), repo="vLLM-project/vllm") == "weekly mon 09:00"
    assert ordered(_weekly(repo="acme/engine"), repo=REPO) == "weekly mon 09:00 repo:acme/engine"


def test_an_order_shows_and_does_nothing_else() -> None:
    hostile = _weekly(Filter("label", ("](https://evil.example) <!channel> @here",)), name="*x* <b>")

    shown = order(hostile, repo=REPO)

    assert "](" not in shown.replace("\\](", "")
    assert "@here" not in shown
    assert "<b" not in shown.replace("\\<b", "")
    assert "<!" not in shown.replace("\\<!", "").replace("@<!-- -->", "")


@pytest.mark.parametrize(
    ("at", "told"),
    [
        (Destination("slack", "T0TESTS", "C0GENERAL", name="#general"), "in this channel"),
        (Destination("slack", "T0TESTS", "C0AMD", name="#amd"), "in #amd"),
        (Destination("slack", "T0TESTS", "C0AMD"), "in slack:T0TESTS/C0AMD"),
        (Destination("slack", "T0TESTS", person="U0ANN"), "to you alone"),
        (Destination("slack", "T0TESTS", person="U0BEN"), "to slack-user:U0BEN alone"),
        (Destination("terminal"), "at the terminal"),
    ],
)
def test_a_place_is_told_as_seen_from_where_it_is_told(at: Destination, told: str) -> None:
    assert where(at, ENGLISH, ANN) == told
    assert where(at, ENGLISH, ALONE) != "in this channel"
