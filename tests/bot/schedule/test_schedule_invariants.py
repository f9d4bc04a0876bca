"""What holds of every schedule, over ten years of five zones that change their clocks."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from itertools import pairwise, takewhile
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.grammar.commands import DAY_NAMES, Schedule
from bot.grammar.expressions import Time
from bot.schedule.cron import cron_line
from bot.schedule.dues import dues, next_due, previous_due
from bot.schedule.rest import is_holiday
from bot.schedule.timing import Timing
from bot.schedule.windows import cut, window
from tests.bot.schedule.timings import FIRST, LAST, ZONES, changes, moments, timing, timings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DAY = timedelta(days=1)
LINES = (
    "hourly",
    "daily 02:30",
    "daily 00:00 cut:due",
    "daily 23:59 on mon,thu-sat holidays:US",
    "weekly sun 02:00",
    "monthly 31 01:59",
    "every 4h hush:22-6",
    "every 5h 20-7 on weekdays",
    "every 7h",
    "every 3d",
    'cron:"*/20 0-3 * 3,4,10,11 *"',
    'cron:"15 * * * sun"',
    'cron:"30 1,23 * * *" cut:day',
)


def between(timing: Timing, since: datetime, until: datetime) -> Sequence[datetime]:
    """All dues in `(since, until)`."""
    return tuple(takewhile(lambda due: due < until, dues(timing, since)))


@pytest.mark.parametrize("tz", ZONES)
@pytest.mark.parametrize("line", LINES)
def test_dues_increase_and_their_windows_tile_for_ten_years(line: str, tz: str) -> None:
    always = timing(line, tz)
    found = between(always, FIRST, LAST)
    cuts = [cut(always, due) for due in found]

    assert len(found) > 100
    assert all(earlier < later for earlier, later in pairwise(found))
    assert all(earlier < later for earlier, later in pairwise(cuts))
    for n in range(1, len(found), max(1, len(found) // 1000)):
        looked_at = window(always, found[n])
        assert (looked_at.since, looked_at.until) == (cuts[n - 1], cuts[n])


@pytest.mark.parametrize("tz", ZONES)
@given(at=st.builds(Time, st.integers(0, 23), st.integers(0, 59)), cut=st.sampled_from(("day", "due")))
@settings(max_examples=5, deadline=None)
def test_daily_ones_are_due_once_on_each_local_day_for_ten_years(tz: str, at: Time, cut: str) -> None:
    daily = Timing(Schedule("daily", at=at), tz, "day" if cut == "day" else "due")
    # on the clock's face: also where that day is shown once more after midnight
    days = [due.astimezone(ZoneInfo(tz)).date() for due in between(daily, FIRST, LAST)]

    assert days == [days[0] + n * DAY for n in range(len(days))]
    assert len(days) >= (LAST - FIRST).days - 1


@given(timings(), moments)
@settings(max_examples=150, deadline=None)
def test_windows_of_any_schedule_tile_around_any_moment(any_timing: Timing, moment: datetime) -> None:
    found = between(any_timing, moment, moment + 40 * DAY)
    windows = [window(any_timing, due) for due in found]

    assert all(earlier < later for earlier, later in pairwise(found))
    assert all(earlier.until == later.since for earlier, later in pairwise(windows))
    assert all(each.since < each.until <= due for each, due in zip(windows, found, strict=True))


@given(timings(), moments)
@settings(max_examples=150, deadline=None)
def test_looking_back_finds_what_looking_forward_found(any_timing: Timing, moment: datetime) -> None:
    following = next_due(any_timing, moment)
    assume(following is not None)
    assert following is not None
    before = previous_due(any_timing, following)

    assert following > moment
    assert before is None or before <= moment
    assert before is None or next_due(any_timing, before) == following
    assert previous_due(any_timing, following + timedelta(microseconds=1)) == following


@given(timings(), moments, st.timedeltas(timedelta(), 20 * DAY))
@settings(max_examples=100, deadline=None)
def test_dues_do_not_depend_on_when_somebody_looks(
    any_timing: Timing, moment: datetime, later: timedelta
) -> None:
    until = moment + 40 * DAY

    assert between(any_timing, moment + later, until) == tuple(
        due for due in between(any_timing, moment, until) if due > moment + later
    )


@given(timings(kinds=("daily", "weekly", "monthly", "cron"), cuts=("due",)), st.data())
@settings(max_examples=100, deadline=None)
def test_dues_are_what_somebody_sees_who_watches_the_clock(any_timing: Timing, data: st.DataObject) -> None:
    """Minute by minute around a change of clocks, for schedules that name local times."""
    change = data.draw(st.sampled_from(changes(any_timing.tz)))
    since, until = change - 2 * DAY, change + 2 * DAY

    assert list(between(any_timing, since - timedelta(seconds=1), until)) == seen(any_timing, since, until)


def seen(timing: Timing, since: datetime, until: datetime) -> list[datetime]:
    """The minutes at which a clock on the wall shows for the first time what a schedule asks for, or has skipped it."""
    zone = ZoneInfo(timing.tz)
    asked = _asked(timing.schedule)
    every_hour = timing.schedule.kind == "cron" and cron_line(timing.schedule.cron or "").hourly
    found, shown = [], set[datetime]()
    at = since - DAY  # what is shown for the second time has to have been seen for the first
    last = at.astimezone(zone).replace(tzinfo=None)
    while at < until:
        wall = at.astimezone(zone).replace(tzinfo=None)
        skipped = [last + n * timedelta(minutes=1) for n in range(1, (wall - last) // timedelta(minutes=1))]
        now = [wall, *skipped] if not every_hour else [wall]
        if at >= since and any(
            asked(each) and not _rests(timing, each) for each in now if every_hour or each not in shown
        ):
            found.append(at)
        shown.update(now)
        last, at = wall, at + timedelta(minutes=1)
    return [due for due in found if not _rests(timing, due.astimezone(zone).replace(tzinfo=None))]


def _rests(timing: Timing, wall: datetime) -> bool:
    hush = timing.hush
    resting = hush is not None and wall.hour in {
        hour % 24 for hour in range(hush.first % 24, hush.last + (24 if hush.last <= hush.first % 24 else 0))
    }
    return resting or is_holiday(timing.holidays, wall.date())


def _asked(schedule: Schedule) -> Callable[[datetime], bool]:
    at = schedule.at or Time(9, 0)
    moment = time(at.hour, at.minute)
    match schedule.kind:
        case "daily":
            days = schedule.days or DAY_NAMES
            return lambda wall: wall.time() == moment and DAY_NAMES[wall.weekday()] in days
        case "weekly":
            day = schedule.weekday or "mon"
            return lambda wall: wall.time() == moment and DAY_NAMES[wall.weekday()] == day
        case "monthly":
            number = schedule.monthday or 1
            return lambda wall: (
                wall.time() == moment
                and (wall.day == number or (wall.day < number and (wall + DAY).day == 1))
            )
        case _:
            line = cron_line(schedule.cron or "")
            times = {(FIRST + since_midnight).time() for since_midnight in line.times}
            return lambda wall: wall.time() in times and line.names(wall.date())
