"""Windows as they are typed: what `last 6h` or `12月8日到10日` says, before a clock and a zone make instants
of it.

`str()` of an expression is its canonical spelling, which parses to the same expression.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Literal, Protocol

from summarizer import windows
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from summarizer.windows import Edition, Window

_HOURS = {"h": 1, "d": 24, "w": 168}
_LEAP_CYCLE = 8  # years between leap days at most

DATE = r"(?:\d{4}-\d\d-\d\d|\*-\d\d-\d\d|\*-\*-\d\d)"
TIME = r"\d{1,2}:\d\d(?::\d\d)?"
_BOUND = re.compile(
    rf"(?P<date>{DATE})?(?P<t>T)?(?P<time>{TIME})?(?P<offset>Z|[+-](?:0\d|1[0-4]):[0-5]\d)?",
    re.IGNORECASE | re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of elapsed time: 6h, 3d, 2w."""

    amount: int
    unit: Literal["h", "d", "w"]

    @property
    def hours(self) -> int:
        return self.amount * _HOURS[self.unit]

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


class DayPoint(Protocol):
    """A day as somebody names it. `str()` of it is its canonical spelling."""

    def on_or_before(self, today: date) -> date:
        """The day meant by somebody who says it on `today`. Raises BadInput "window.no_such_day"."""
        ...

    def after(self, start: date, today: date) -> date:
        """The day meant at the end of a range that starts on `start`. Raises BadInput "window.no_such_day"."""
        ...


@dataclass(frozen=True, slots=True)
class Date:
    """A calendar date as typed; a part left out is None: no year means the latest past one, no month the
    month of the range's start. The figures may name no real day."""

    year: int | None
    month: int | None
    day: int

    def on_or_before(self, today: date) -> date:
        """The day meant by somebody who says it on `today`. Raises BadInput "window.no_such_day"."""
        if self.year is not None and self.month is not None:
            return windows.calendar_day(self.year, self.month, self.day)
        months = today.year * 12 + today.month - 1
        for back in range(months, months - 12 * _LEAP_CYCLE - 12, -1):
            year, month = back // 12, back % 12 + 1
            found = _day_or_none(year, month, self.day) if self.month in (None, month) else None
            if found and found <= today:
                return found
        shown = f"{self.day}" if self.month is None else f"{self.month:02}-{self.day:02}"
        raise BadInput("window.no_such_day", day=shown)

    def after(self, start: date, today: date) -> date:
        """The day meant at the end of a range that starts on `start`. Raises BadInput "window.no_such_day"."""
        del today
        if self.year is not None and self.month is not None:
            return windows.calendar_day(self.year, self.month, self.day)
        if self.month is None:
            return windows.calendar_day(start.year, start.month, self.day)
        year = start.year + ((self.month, self.day) < (start.month, start.day))
        return windows.calendar_day(year, self.month, self.day)

    def __str__(self) -> str:
        year = "*" if self.year is None else f"{self.year:04}"
        return f"{year}-{'*' if self.month is None else f'{self.month:02}'}-{self.day:02}"


def _day_or_none(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day as typed; 24:00 is the next midnight. The figures may name no real time."""

    hour: int
    minute: int
    second: int = 0

    def on(self, day: date) -> datetime:
        """The naive local time on `day`. Raises BadInput "window.no_such_time"."""
        if (self.hour, self.minute, self.second) == (24, 0, 0):
            return datetime.combine(day + timedelta(days=1), time())
        if self.hour > 23 or self.minute > 59 or self.second > 59:
            raise BadInput("window.no_such_time", time=str(self))
        return datetime.combine(day, time(self.hour, self.minute, self.second))

    def __str__(self) -> str:
        seconds = f":{self.second:02}" if self.second else ""
        return f"{self.hour:02}:{self.minute:02}{seconds}"


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a range: a date, a date with a time, or a time alone. offset: minutes east of UTC, as
    typed."""

    date: DayPoint | None = None
    time: Time | None = None
    offset: int | None = None

    def __str__(self) -> str:
        text = "T".join(str(part) for part in (self.date, self.time) if part is not None)
        if self.offset is None:
            return text
        sign = "-" if self.offset < 0 else "+"
        return (
            f"{text}{sign}{abs(self.offset) // 60:02}:{abs(self.offset) % 60:02}"
            if self.offset
            else f"{text}Z"
        )


@dataclass(frozen=True, slots=True)
class RelativeDay:
    """`today` or `yesterday`."""

    name: Literal["today", "yesterday"]

    @property
    def edition(self) -> Edition:
        return "daily"

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        on = windows.local_date(now, tz) - timedelta(days=self.name == "yesterday")
        return windows.day(on, tz, now=now, synced_until=synced_until)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Week:
    """An ISO week: `which` one from now, or that of year and number."""

    which: Literal["this", "last", "numbered"] = "this"
    year: int = 0
    number: int = 0

    @property
    def edition(self) -> Edition:
        return "weekly"

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        year, number = self.year, self.number
        if self.which != "numbered":
            on = windows.local_date(now, tz) - timedelta(days=7 * (self.which == "last"))
            year, number, _ = on.isocalendar()
        return windows.week(year, number, tz, now=now, synced_until=synced_until)

    def __str__(self) -> str:
        return f"{self.year:04}-W{self.number:02}" if self.which == "numbered" else f"week {self.which}"


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month: `which` one from now, or that of year and number."""

    which: Literal["this", "last", "numbered"] = "this"
    year: int = 0
    number: int = 0

    @property
    def edition(self) -> Edition:
        return "monthly"

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        year, number = self.year, self.number
        if self.which != "numbered":
            today = windows.local_date(now, tz)
            months = today.year * 12 + today.month - 1 - (self.which == "last")
            year, number = months // 12, months % 12 + 1
        return windows.month(year, number, tz, now=now, synced_until=synced_until)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}" if self.which == "numbered" else f"month {self.which}"


@dataclass(frozen=True, slots=True)
class Last:
    """`last 6h`: elapsed time up to now."""

    duration: Duration

    @property
    def edition(self) -> Edition:
        return "daily"

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        return windows.last(self.duration.hours, tz, now=now, synced_until=synced_until)

    def __str__(self) -> str:
        return f"last {self.duration}"


@dataclass(frozen=True, slots=True)
class Day:
    """One calendar day."""

    date: Date

    @property
    def edition(self) -> Edition:
        return "daily"

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        on = self.date.on_or_before(windows.local_date(now, tz))
        return windows.day(on, tz, now=now, synced_until=synced_until)

    def __str__(self) -> str:
        return f"{self.date}"


@dataclass(frozen=True, slots=True)
class Range:
    """`start..end`; the end None is now. An end's day is included, an end's time is not."""

    start: Bound
    end: Bound | None = None

    @property
    def edition(self) -> Edition:
        return "daily"

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        today = windows.local_date(now, tz)
        first = self.start.date.on_or_before(today) if self.start.date else today
        since = _instant(first, self.start.time, self.start.offset, tz)
        if self.end is None:
            return windows.span(since, None, tz, now=now, synced_until=synced_until)
        end_day = self.end.date.after(first, today) if self.end.date else first
        offset = self.end.offset if self.end.date else self.start.offset
        if self.end.time is None:
            until = windows.day_start(end_day + timedelta(days=1), tz)
        else:
            until = _instant(end_day, self.end.time, offset, tz)
        return windows.span(since, until, tz, now=now, synced_until=synced_until)

    def __str__(self) -> str:
        return f"{self.start}..{'' if self.end is None else self.end}"


def _instant(day: date, at: Time | None, offset: int | None, tz: str) -> datetime:
    if at is None:
        return windows.day_start(day, tz)
    local = at.on(day)
    if offset is None:
        return windows.local_instant(local, tz)
    return local.replace(tzinfo=UTC) - timedelta(minutes=offset)


@dataclass(frozen=True, slots=True)
class Release:
    """Between two releases: `release v0.10.0..v0.11.0`, `release v0.11.0` (since the one before), `release
    latest` (since the latest one), `release last` (the one before it to the latest)."""

    until: str
    since: str | None = None

    @property
    def edition(self) -> Edition:
        return "release"

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        """Raises BadInput "release.unknown": only who knows the releases can tell when they were (`bot.releases`)."""
        del now, synced_until, tz
        raise BadInput("release.unknown", tag=self.until, known=())

    def __str__(self) -> str:
        return f"release {f'{self.since}..' if self.since else ''}{self.until}"


WindowExpr = RelativeDay | Week | Month | Last | Day | Range | Release
"""A window as it was typed."""


def parse_duration(text: str) -> Duration | None:
    found = re.fullmatch(r"(\d{1,9})([hdw])", text, re.IGNORECASE | re.ASCII)
    return Duration(int(found[1]), found[2].lower()) if found else None  # type: ignore[arg-type]


def parse_time(text: str) -> Time | None:
    if not re.fullmatch(TIME, text, re.ASCII):
        return None
    return Time(*(int(part) for part in text.split(":")))


def parse_date(text: str) -> Date | None:
    if not re.fullmatch(DATE, text, re.ASCII):
        return None
    year, month, day = (None if part == "*" else int(part) for part in text.split("-"))
    return Date(year, month, day) if day is not None else None


def parse_period(text: str) -> Week | Month | None:
    """An ISO week "2026-W13" or a month "2026-03"."""
    found = re.fullmatch(r"(\d{4})-(W?)(\d\d)", text, re.IGNORECASE | re.ASCII)
    if not found:
        return None
    kind = Week if found[2] else Month
    return kind("numbered", int(found[1]), int(found[3]))


def parse_bound(text: str) -> Bound | None:
    found = _BOUND.fullmatch(text)
    if not found or not text or bool(found["t"]) != bool(found["date"] and found["time"]):
        return None
    if found["offset"] and not found["t"]:
        return None
    on = parse_date(found["date"]) if found["date"] else None
    return Bound(on, parse_time(found["time"]) if found["time"] else None, _minutes(found["offset"]))


def parse_range(text: str) -> Range | None:
    """`bound..[bound | time]`, or `time..time`."""
    first, dots, second = text.partition("..")
    start = parse_bound(first)
    if not dots or start is None:
        return None
    if not second:
        return Range(start) if start.date else None
    end = parse_bound(second)
    if end is None or (start.date is None and end.date is not None):
        return None
    if start.time is None and end.date is None:
        return None
    return Range(start, end)


def _minutes(offset: str | None) -> int | None:
    if offset is None:
        return None
    if offset.upper() == "Z":
        return 0
    minutes = int(offset[1:3]) * 60 + int(offset[4:])
    return -minutes if offset[0] == "-" else minutes
