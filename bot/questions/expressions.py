"""Windows as sentences name them and commands do not: weekdays, named months, years, "3 days ago", before, since.

`str()` of each is its canonical spelling, which `bot.questions.windows.parse_window` reads back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from bot.grammar.commands import DAY_NAMES, DayName
from summarizer import windows
from summarizer.errors import BadInput
from summarizer.windows import Resolvable

if TYPE_CHECKING:
    from datetime import datetime

    from summarizer.windows import Window

AgoUnit = Literal["day", "week", "month", "year"]


@dataclass(frozen=True, slots=True)
class Weekday:
    """`tue`: the latest one, today included; `past tue`: the latest one before today. week: the Tuesday of this or the
    last ISO week instead."""

    name: DayName
    week: Literal["this", "last"] | None = None
    is_past: bool = False

    def on_or_before(self, today: date) -> date:
        index = DAY_NAMES.index(self.name)
        if self.week is None:
            days = (today.weekday() - index) % 7
            return today - timedelta(days=days or 7 * self.is_past)
        monday = today - timedelta(days=today.weekday() + 7 * (self.week == "last"))
        return monday + timedelta(days=index)

    def after(self, start: date, today: date) -> date:
        if self.week is not None or self.is_past:
            return self.on_or_before(today)
        return start + timedelta(days=(DAY_NAMES.index(self.name) - start.weekday()) % 7)

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        on = self.on_or_before(windows.local_date(now, tz))
        return windows.day(on, tz, now=now, synced_until=synced_until)

    def __str__(self) -> str:
        if self.week:
            return f"week {self.week} {self.name}"
        return f"past {self.name}" if self.is_past else self.name


@dataclass(frozen=True, slots=True)
class Ago:
    """`3 days ago`: the calendar day, ISO week, month or year so many before the present one. As an end of a range,
    days alone."""

    amount: int
    unit: AgoUnit

    def on_or_before(self, today: date) -> date:
        """Raises BadInput "window.no_such_day"."""
        try:
            return today - timedelta(days=self.amount)
        except OverflowError as error:
            raise BadInput("window.no_such_day", day=str(self)) from error

    def after(self, start: date, today: date) -> date:
        """Raises BadInput "window.no_such_day"."""
        del start
        return self.on_or_before(today)

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        """Raises BadInput "window.no_such_day"."""
        today = windows.local_date(now, tz)
        try:
            if self.unit == "day":
                return windows.day(self.on_or_before(today), tz, now=now, synced_until=synced_until)
            if self.unit == "week":
                year, number, _ = (today - timedelta(days=7 * self.amount)).isocalendar()
                return windows.week(year, number, tz, now=now, synced_until=synced_until)
        except OverflowError as error:
            raise BadInput("window.no_such_day", day=str(self)) from error
        if self.unit == "year":
            return Year(today.year - self.amount).resolve(now=now, synced_until=synced_until, tz=tz)
        months = today.year * 12 + today.month - 1 - self.amount
        return windows.month(months // 12, months % 12 + 1, tz, now=now, synced_until=synced_until)

    def __str__(self) -> str:
        if self.unit == "day" and self.amount < 2:
            return ("today", "yesterday")[self.amount]
        return f"{self.amount} {self.unit}s ago"


@dataclass(frozen=True, slots=True)
class NamedMonth:
    """`*-03`: the latest March that has begun."""

    number: int

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        """Raises BadInput "window.no_such_month"."""
        today = windows.local_date(now, tz)
        year = today.year - (self.number > today.month)
        return windows.month(year, self.number, tz, now=now, synced_until=synced_until)

    def __str__(self) -> str:
        return f"*-{self.number:02}"


@dataclass(frozen=True, slots=True)
class Year:
    """`2025`, `year this`, `year last`: a calendar year."""

    which: int | Literal["this", "last"]

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        """Raises BadInput "window.no_such_day", "window.future"."""
        year = self.which
        if not isinstance(year, int):
            year = windows.local_date(now, tz).year - (year == "last")
        first = windows.day_start(windows.calendar_day(year, 1, 1), tz)
        end = windows.day_start(windows.calendar_day(year + 1, 1, 1), tz)
        return windows.span(first, end, tz, now=now, synced_until=synced_until)

    def __str__(self) -> str:
        return f"{self.which:04}" if isinstance(self.which, int) else f"year {self.which}"


@dataclass(frozen=True, slots=True)
class Since:
    """`week last..`, `*-03..`: from where a window begins to now."""

    start: Resolvable

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        """Raises what the start raises."""
        since = self.start.resolve(now=now, synced_until=synced_until, tz=tz).since
        return windows.span(since, None, tz, now=now, synced_until=synced_until)

    def __str__(self) -> str:
        return f"{self.start}.."


@dataclass(frozen=True, slots=True)
class Before:
    """`before 2025-12-10`: from where the mirror begins to where `bound` does, which is left out."""

    bound: Resolvable

    def end(self, *, now: datetime, synced_until: datetime, tz: str) -> datetime:
        """Where the window ends, exclusive. Raises what the bound raises."""
        return self.bound.resolve(now=now, synced_until=synced_until, tz=tz).since

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        """Raises BadInput "reading.no_start": only who knows the mirror can tell where it begins; and what the bound
        raises."""
        self.end(now=now, synced_until=synced_until, tz=tz)
        raise BadInput("reading.no_start", window=str(self))

    def __str__(self) -> str:
        return f"before {self.bound}"


@dataclass(frozen=True, slots=True)
class BeforeRelease:
    """`before v0.11`: from where the mirror begins to when the release came out. tag: "latest" is the latest one."""

    tag: str

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        """Raises BadInput "release.unknown": only who knows the releases can tell when they were."""
        del now, synced_until, tz
        raise BadInput("release.unknown", tag=self.tag, known=())

    def __str__(self) -> str:
        return f"before {self.tag}"


@dataclass(frozen=True, slots=True)
class SinceRelease:
    """`since v0.11`: from when the release came out to now."""

    tag: str

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        """Raises BadInput "release.unknown": only who knows the releases can tell when they were."""
        del now, synced_until, tz
        raise BadInput("release.unknown", tag=self.tag, known=())

    def __str__(self) -> str:
        return f"since {self.tag}"
