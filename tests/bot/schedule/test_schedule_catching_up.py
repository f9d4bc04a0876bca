"""What is done with dues that passed while nobody was there."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.schedule.catching_up import CatchUp, Run, check, runs
from bot.schedule.dues import dues, previous_due
from bot.schedule.rest import countries
from bot.schedule.windows import cut, window
from summarizer.errors import BadInput
from tests.bot.schedule.timings import at, moments, shown, timing, timings

if TYPE_CHECKING:
    from bot.schedule.timing import Timing

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SHANGHAI = "Asia/Shanghai"


def told(run: Run) -> tuple[str, str, str, str]:
    """Due time, action, and the days of the window."""
    due, since, until = shown([run.due, run.window.since, run.window.until], SHANGHAI)
    return due[5:], run.action, since[5:], until[5:]


def caught_up(
    catchup: CatchUp, after: str, now: str, ahead: timedelta = timedelta()
) -> list[tuple[str, ...]]:
    daily = timing("daily 09:00", SHANGHAI)
    found = runs(daily, after=at(after, SHANGHAI), now=at(now, SHANGHAI), ahead=ahead, catchup=catchup)
    return [told(run) for run in found]


def test_nothing_is_missed_while_somebody_is_there() -> None:
    assert caught_up("once", "2025-12-09 09:00", "2025-12-10 08:58") == []
    assert caught_up("once", "2025-12-09 09:00", "2025-12-10 08:58", ahead=timedelta(minutes=5)) == [
        ("12-10 09:00", "post", "12-09 00:00", "12-10 00:00")
    ]
    assert caught_up("once", "2025-12-09 09:00", "2025-12-10 09:00") == [
        ("12-10 09:00", "post", "12-09 00:00", "12-10 00:00")
    ]


def test_once_posts_one_digest_over_all_that_was_missed() -> None:
    assert caught_up("once", "2025-12-06 12:00", "2025-12-09 20:00", ahead=DAY) == [
        ("12-07 09:00", "skip", "12-06 00:00", "12-07 00:00"),
        ("12-08 09:00", "skip", "12-07 00:00", "12-08 00:00"),
        ("12-09 09:00", "post", "12-06 00:00", "12-09 00:00"),
        ("12-10 09:00", "post", "12-09 00:00", "12-10 00:00"),
    ]


def test_newest_posts_the_last_one_alone() -> None:
    assert caught_up("newest", "2025-12-07 12:00", "2025-12-09 20:00") == [
        ("12-08 09:00", "skip", "12-07 00:00", "12-08 00:00"),
        ("12-09 09:00", "post", "12-08 00:00", "12-09 00:00"),
    ]


def test_skip_posts_what_is_no_more_than_an_hour_late() -> None:
    late = ("12-08 09:00", "skip", "12-07 00:00", "12-08 00:00")

    assert caught_up("skip", "2025-12-07 12:00", "2025-12-09 10:00") == [
        late,
        ("12-09 09:00", "post", "12-08 00:00", "12-09 00:00"),
    ]
    assert caught_up("skip", "2025-12-07 12:00", "2025-12-09 10:01", ahead=DAY) == [
        late,
        ("12-09 09:00", "skip", "12-08 00:00", "12-09 00:00"),
        ("12-10 09:00", "post", "12-09 00:00", "12-10 00:00"),
    ]


def test_the_one_that_is_posted_names_those_it_stands_for() -> None:
    hourly = timing("hourly")
    found = runs(hourly, after=at("2025-12-10 00:30"), now=at("2025-12-10 03:10"), ahead=HOUR, catchup="once")

    assert [run.covers for run in found] == [
        (),
        (),
        (at("2025-12-10 01:00"), at("2025-12-10 02:00")),
        (),
    ]


@given(
    timings(),
    moments,
    st.lists(st.timedeltas(timedelta(), 9 * DAY), min_size=1, max_size=6),
    st.timedeltas(timedelta(), 2 * HOUR),
)
@settings(max_examples=150, deadline=None)
def test_whoever_looks_when_every_due_comes_once_and_what_is_posted_joins(
    any_timing: Timing, after: datetime, pauses: list[timedelta], ahead: timedelta
) -> None:
    """As the scheduler does: it looks now and then, and goes on after the last due that it has seen."""
    now, seen = after, list[Run]()
    for pause in pauses:
        now += pause
        last = seen[-1].due if seen else after
        seen += runs(any_timing, after=last, now=now, ahead=ahead, catchup="once")
    posted = [run for run in seen if run.action == "post"]
    stood_for = sorted(due for run in posted for due in (run.due, *run.covers))
    every = list(takewhile(lambda due: due <= now + ahead, dues(any_timing, after)))

    assert [run.due for run in seen] == every
    assert stood_for == every
    assert all(one.window.until == other.window.since for one, other in pairwise(posted))
    for run in seen:
        assert run.window.until == cut(any_timing, run.due)
        assert run.action == "post" or run.window == window(any_timing, run.due)
    if posted and (before := previous_due(any_timing, every[0])):
        assert posted[0].window.since == cut(any_timing, before)


@given(timings(), moments, st.timedeltas(timedelta(), 9 * DAY), st.sampled_from(("newest", "skip")))
@settings(max_examples=100, deadline=None)
def test_without_catching_up_every_due_comes_once_with_its_own_window(
    any_timing: Timing, after: datetime, pause: timedelta, catchup: CatchUp
) -> None:
    found = runs(any_timing, after=after, now=after + pause, ahead=HOUR, catchup=catchup)
    overdue = [run for run in found if run.due <= after + pause]

    assert [run.due for run in found] == list(
        takewhile(lambda due: due <= after + pause + HOUR, dues(any_timing, after))
    )
    assert all(run.window == window(any_timing, run.due) and not run.covers for run in found)
    assert all(run.action == "skip" for run in overdue[:-1])
    assert all(run.action == "post" for run in found[len(overdue) :])


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("daily 03:00 hush:22-8", "schedule.never"),
        ('cron:"0 9 4 7 *" holidays:US', "schedule.never"),
        ("every 12h 8-20 hush:8-21", "schedule.never"),
        ("daily holidays:ZZ", "schedule.country"),
        ('cron:"0 9 31 4 *"', "schedule.cron"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(line: str, key: str) -> None:
    with pytest.raises(BadInput) as caught:
        check(timing(line), at("2025-12-10 12:00"))

    assert caught.value.key == key


@pytest.mark.parametrize(
    "line", ["daily hush:22-8 holidays:CN", 'cron:"0 9 29 2 *"', "every 7h 8-20 on sun", "monthly 31 23:59"]
)
def test_a_rare_schedule_is_none_that_cannot_be(line: str) -> None:
    check(timing(line), at("2025-12-10 12:00"))


def test_countries_are_named_by_their_two_letters() -> None:
    assert {"CN", "DE", "US"} < set(countries())
    assert all(len(country) == 2 and country.isupper() for country in countries())
