"""The clock: DIGEST_AT stands still, runs, or runs faster; without it the time is the machine's."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from bot.clock import Clock
from summarizer import languages
from summarizer.errors import NotConfigured

SET = datetime(2025, 12, 10, 12, 59, tzinfo=UTC)


class Steady:
    """Seconds of a steady clock, moved by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.mark.parametrize(
    ("setting", "after_a_minute"),
    [
        ("2025-12-10T20:59+08:00", timedelta()),
        ("2025-12-10T12:59Z", timedelta()),
        ("2025-12-10T20:59+08:00+", timedelta(minutes=1)),
        ("2025-12-10T20:59+08:00+x60", timedelta(hours=1)),
        ("2025-12-10T12:59Z+x0.5", timedelta(seconds=30)),
        (" 2025-12-10T05:59-07:00+ ", timedelta(minutes=1)),
    ],
)
def test_set_clock_starts_where_it_is_set_and_runs_at_its_pace(
    setting: str, after_a_minute: timedelta
) -> None:
    steady = Steady()
    clock = Clock.at(setting, steady)

    assert clock.now() == SET
    steady.seconds += 60
    assert clock.now() == SET + after_a_minute
    assert clock.now().utcoffset() == timedelta()


def test_processes_that_begin_at_different_moments_agree_on_the_time() -> None:
    began = time.time() - 100
    first, second = (Clock.at(f"2025-12-10T12:59Z+x60@{began:.3f}").now() for _ in range(2))

    assert timedelta(seconds=5_999) < first - SET <= second - SET < timedelta(seconds=6_000 + 60 * 60)


@pytest.mark.parametrize("setting", [None, ""])
def test_clock_that_is_not_set_tells_the_machines_time(setting: str | None) -> None:
    before = datetime.now(UTC)
    now = Clock.at(setting).now()

    assert before <= now <= datetime.now(UTC)


@pytest.mark.parametrize(
    "setting",
    ["now", "2025-12-10", "2025-12-10T20:59", "2025-13-10T20:59Z", "2025-12-10T20:59+08:00+60",
     "2025-12-10T20:59Z+x",
     "0001-01-01T00:00+08:00", "2025-12-10T20:59Z +"],
)  # fmt: skip
def test_clock_refuses_what_is_no_point_in_time(setting: str) -> None:
    with pytest.raises(NotConfigured) as caught:
        Clock.at(setting)

    assert caught.value.exit_code == 3
    for code in languages.codes():
        assert setting in languages.load(code).text(f"errors.{caught.value.key}", **caught.value.values)


def test_fast_clock_never_runs_out_of_calendar() -> None:
    steady = Steady()
    clock = Clock.at("2025-12-10T20:59Z+x999999", steady)

    steady.seconds += 10**9

    assert clock.now().year > 2800
