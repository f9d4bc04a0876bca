"""Which days a schedule names, and at which instants of each it is due.

A local day is all from its first instant up to the next day's: also where the clocks go back over midnight, so that
every instant belongs to one day and days come in order. What is due at a local time that does not exist is due at the
first instant after the gap, and at one that occurs twice at the first. Steps of less than a day count elapsed time.
"""

from __future__ import annotations

import calendar
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.grammar.commands import DAY_NAMES, Hours, Schedule
from bot.schedule.cron import cron_line
from bot.schedule.rest import hushed, is_holiday
from summarizer.windows import day_start, local_date, local_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.schedule.timing import Timing

DEFAULT_TIME = time(9)
DEFAULT_WEEKDAY = "mon"
DEFAULT_MONTHDAY = 1

_ANCHOR = date(2024, 1, 1)
"""A Monday, from which steps that fit into no day are counted."""
_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)


def day_of(instant: datetime, tz: str) -> date:
    """The local day that an instant belongs to."""
    day = local_date(instant, tz)
    # clocks that go back over midnight show a day again that is over
    return day + _DAY if starts(day + _DAY, tz) <= instant else day


@lru_cache(maxsize=4096)
def starts(day: date, tz: str) -> datetime:
    """The first instant of a local day."""
    return day_start(day, tz)


def is_named(timing: Timing, day: date) -> bool:
    """Whether a schedule may be due on a day at all."""
    schedule = timing.schedule
    if schedule.days and DAY_NAMES[day.weekday()] not in schedule.days:
        return False
    return _is_named(schedule, day) and not is_holiday(timing.holidays, day)


def _is_named(schedule: Schedule, day: date) -> bool:
    match schedule.kind:
        case "weekly":
            return DAY_NAMES[day.weekday()] == (schedule.weekday or DEFAULT_WEEKDAY)
        case "monthly":
            last = calendar.monthrange(day.year, day.month)[1]
            return day.day == min(schedule.monthday or DEFAULT_MONTHDAY, last)
        case "cron":
            return cron_line(schedule.cron or "").names(day)
        case "every" if step := _whole_days(schedule):
            return (day - _ANCHOR).days % step == 0
        case _:
            return True


@lru_cache(maxsize=512)
def instants(timing: Timing, day: date) -> Sequence[datetime]:
    """The instants of a named day at which a schedule is due, UTC, in order.

    With `cut:day` a day has one at most: a second would have nothing to look at, as both windows end at the same
    midnight.
    """
    since, until = starts(day, timing.tz), starts(day + _DAY, timing.tz)
    if since == until:  # the calendar skips it
        return ()
    found = sorted({each for each in _instants(timing, day, since, until) if since <= each < until})
    if timing.hush:
        zone = ZoneInfo(timing.tz)
        found = [each for each in found if not hushed(timing.hush, each.astimezone(zone).hour)]
    return tuple(found[:1] if timing.cut == "day" else found)


def _instants(timing: Timing, day: date, since: datetime, until: datetime) -> Iterator[datetime]:
    schedule, tz = timing.schedule, timing.tz
    if schedule.kind == "cron" and cron_line(schedule.cron or "").hourly and not _is_plain(since, until, tz):
        yield from _minutes(cron_line(schedule.cron or "").minutes, since, until, tz)
    elif times := _times(schedule):
        # a time of rest stays one where the clocks skip it
        awake = [each for each in times if not hushed(timing.hush, each // _HOUR)]
        plain = _is_plain(since, until, tz)
        midnight = datetime.combine(day, time())
        yield from (since + each if plain else local_instant(midnight + each, tz) for each in awake)
    elif _fits_into_days(schedule):
        for begun in (day - _DAY, day):  # the hours may reach over midnight
            yield from _steps(schedule, begun, tz)
    else:
        yield from _counted(schedule, since, until, tz)


def _times(schedule: Schedule) -> Sequence[timedelta]:
    """The local times of a named day, since midnight; none where a schedule counts elapsed time."""
    if schedule.kind == "cron":
        return cron_line(schedule.cron or "").times
    if schedule.kind == "every":
        return (_first(schedule.hours) * _HOUR,) if _whole_days(schedule) else ()
    if schedule.kind == "hourly":
        return ()
    at = schedule.at.on(_ANCHOR).time() if schedule.at else DEFAULT_TIME
    return (timedelta(hours=at.hour, minutes=at.minute, seconds=at.second),)


def _steps(schedule: Schedule, day: date, tz: str) -> Iterator[datetime]:
    """From the first hour of a day on, by elapsed time."""
    end = starts(day + _DAY, tz)
    if starts(day, tz) == end:
        return
    midnight, hours = datetime.combine(day, time()), schedule.hours
    at = local_instant(midnight + _first(hours) * _HOUR, tz)
    last = local_instant(midnight + _last(hours) * _HOUR, tz) if hours else end - _MINUTE
    while at <= last:
        yield at
        at += _step_h(schedule) * _HOUR


def _counted(schedule: Schedule, since: datetime, until: datetime, tz: str) -> Iterator[datetime]:
    """Steps that fit into no day, counted from the anchor on."""
    hours, zone, step = schedule.hours, ZoneInfo(tz), _step_h(schedule) * _HOUR
    anchor = local_instant(datetime.combine(_ANCHOR, time(_first(hours))), tz)
    at = anchor - (anchor - since) // step * step
    while at < until:
        if hours is None or _within(hours, at.astimezone(zone)):
            yield at
        at += step


def _minutes(minutes: frozenset[int], since: datetime, until: datetime, tz: str) -> Iterator[datetime]:
    """All instants at which the clock shows one of these minutes, whatever else it does."""
    zone = ZoneInfo(tz)
    for passed in range((until - since) // _MINUTE):
        at = since + passed * _MINUTE
        if at.astimezone(zone).minute in minutes:
            yield at


def _is_plain(since: datetime, until: datetime, tz: str) -> bool:
    """Whether no clock is changed on a day."""
    zone = ZoneInfo(tz)
    offsets = (since.astimezone(zone).utcoffset(), until.astimezone(zone).utcoffset())
    return until - since == _DAY and offsets[0] == offsets[1]


def _step_h(schedule: Schedule) -> int:
    return schedule.every.hours if schedule.every else 1


def _whole_days(schedule: Schedule) -> int:
    """How many days a step is, 0 for one that is not made of whole days."""
    days, rest = divmod(_step_h(schedule), 24)
    return 0 if rest else days


def _fits_into_days(schedule: Schedule) -> bool:
    """Whether a step begins anew each day."""
    step = _step_h(schedule)
    return 24 % step == 0 or (schedule.hours is not None and step < 24)


def _first(hours: Hours | None) -> int:
    return hours.first % 24 if hours else 0


def _last(hours: Hours) -> int:
    """The last hour, counted from the midnight before the first one."""
    return hours.last if hours.last > _first(hours) else hours.last + 24


def _within(hours: Hours, local: datetime) -> bool:
    """Whether a local time is in a span of hours, both ends included."""
    passed = timedelta(hours=local.hour, minutes=local.minute, seconds=local.second)
    since_first = (passed - _first(hours) * _HOUR) % _DAY
    return since_first <= (_last(hours) - _first(hours)) * _HOUR
