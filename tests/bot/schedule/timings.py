"""Timings to try schedules with: written as people write them, or drawn at random."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from bot.grammar import parse
from bot.grammar.commands import DAY_NAMES, Hours, Schedule, ScheduleCommand
from bot.grammar.expressions import Duration, Time
from bot.schedule.timing import Cut, Timing, cut_of

if TYPE_CHECKING:
    from collections.abc import Sequence

ZONES = (
    "America/New_York",
    "Europe/Berlin",
    "Australia/Lord_Howe",  # changes its clocks by half an hour
    "America/St_Johns",  # until 2011 they went back at 00:01, over midnight
    "America/Santiago",  # changes them at midnight: days begin at 01:00, or their last hour comes twice
)
FIRST, LAST = datetime(2006, 1, 1, tzinfo=UTC), datetime(2016, 1, 1, tzinfo=UTC)
"""Ten years."""
KINDS = ("hourly", "daily", "weekly", "monthly", "every", "cron")


def timing(line: str, tz: str = "UTC") -> Timing:
    """What `subscribe` makes of a line, with the defaults."""
    command = parse(f"subscribe {line}", surface="chat", conversation=False)
    assert isinstance(command, ScheduleCommand)
    assert command.schedule
    options = command.options.suboptions
    return Timing(
        command.schedule,
        tz,
        options.cut or cut_of(command.schedule),
        hush=options.hush,
        holidays=options.holidays or "",
    )


def at(text: str, tz: str = "UTC") -> datetime:
    """ "2025-03-09 02:30" on the clocks of a zone, as UTC; with "b" behind it the second one of two."""
    local = datetime.fromisoformat(text.removesuffix("b")).replace(tzinfo=ZoneInfo(tz))
    return local.replace(fold=int(text.endswith("b"))).astimezone(UTC)


def shown(instants: Sequence[datetime], tz: str) -> list[str]:
    """The other way round."""
    local = [instant.astimezone(ZoneInfo(tz)) for instant in instants]
    return [f"{each:%Y-%m-%d %H:%M}{'b' * each.fold}" for each in local]


@lru_cache
def changes(tz: str) -> Sequence[datetime]:
    """The hours within ten years in which a zone changes its clocks."""
    zone, hour = ZoneInfo(tz), timedelta(hours=1)
    return [
        begins
        for n in range((LAST - FIRST) // hour)
        if (begins := FIRST + n * hour).astimezone(zone).utcoffset()
        != (begins + hour).astimezone(zone).utcoffset()
    ]


_TIMES = st.builds(Time, st.integers(0, 23), st.integers(0, 59))
_DAYS = st.sets(st.sampled_from(DAY_NAMES), min_size=1).map(
    lambda days: tuple(day for day in DAY_NAMES if day in days)
)
_HOURS = st.tuples(st.integers(0, 24), st.integers(0, 24)).filter(lambda both: both[0] % 24 != both[1] % 24)
_STEPS = st.one_of(
    st.sampled_from((1, 2, 3, 4, 6, 8, 12)).map(lambda n: Duration(n, "h")),
    st.integers(1, 60).map(lambda n: Duration(n, "h")),
    st.integers(1, 9).map(lambda n: Duration(n, "d")),
    st.integers(1, 2).map(lambda n: Duration(n, "w")),
)


@st.composite
def cron_lines(draw: st.DrawFn) -> str:
    """Lines that every cron reads alike: where a month's day and a day of the week are given, no star leads either."""
    minutes = st.one_of(st.integers(0, 59).map(str), st.sampled_from(("0,30", "*/20", "5-50/15", "58")))
    hours = st.one_of(
        st.integers(0, 23).map(str), st.sampled_from(("*", "*/2", "*/5", "1-3", "8-20/4", "0,23"))
    )
    monthdays = st.one_of(st.integers(1, 31).map(str), st.sampled_from(("1,15", "10-20/5")))
    weekdays = st.one_of(st.integers(0, 7).map(str), st.sampled_from(("1-5", "mon,fri", "2-6/2")))
    either = st.tuples(st.one_of(st.just("*"), monthdays), st.one_of(st.just("*"), weekdays))
    months = st.sampled_from(("*", "*", "*/2", "3,10,11", "jan-jun", "7"))
    day, weekday = draw(either)
    return f"{draw(minutes)} {draw(hours)} {day} {draw(months)} {weekday}"


@st.composite
def schedules(draw: st.DrawFn, kinds: Sequence[str]) -> Schedule:
    match draw(st.sampled_from(kinds)):
        case "daily":
            days = draw(st.one_of(st.just(()), _DAYS))
            return Schedule("daily", at=draw(st.none() | _TIMES), days=days)
        case "weekly":
            return Schedule(
                "weekly", weekday=draw(st.none() | st.sampled_from(DAY_NAMES)), at=draw(st.none() | _TIMES)
            )
        case "monthly":
            return Schedule(
                "monthly", monthday=draw(st.none() | st.integers(1, 31)), at=draw(st.none() | _TIMES)
            )
        case "every":
            hours = draw(st.none() | _HOURS.map(lambda both: Hours(*both)))
            days = draw(st.one_of(st.just(()), _DAYS))
            return Schedule("every", every=draw(_STEPS), hours=hours, days=days)
        case "cron":
            return Schedule("cron", cron=draw(cron_lines()))
        case _:
            return Schedule("hourly")


@st.composite
def timings(draw: st.DrawFn, kinds: Sequence[str] = KINDS, cuts: Sequence[Cut] = ("day", "due")) -> Timing:
    return Timing(
        draw(schedules(kinds)),
        draw(st.sampled_from(ZONES)),
        draw(st.sampled_from(cuts)),
        hush=draw(st.none() | _HOURS.map(lambda both: Hours(*both))),
        holidays=draw(st.sampled_from(("", "", "US", "DE"))),
    )


moments = st.datetimes(FIRST.replace(tzinfo=None), LAST.replace(tzinfo=None), timezones=st.just(UTC))
