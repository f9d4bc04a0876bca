"""Months: as addresses name them, and as calendars of the digests that ended in them. Pure."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from adapters.web.archive import Listed
from summarizer.windows import day_start, local_date

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_NAME: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])", re.ASCII)
_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year that every zone knows; `str()` of it is such as "2025-12"."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> Month:
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> Month | None:
        """None where the text names none."""
        found = _NAME.fullmatch(text)
        return cls(int(found[1]), int(found[2])) if found and 1970 <= int(found[1]) <= 9000 else None

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def next(self) -> Month:
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    def since(self, tz: str) -> datetime:
        """The instant after which the windows of its digests ended: one that ends at its first midnight tells of the
        day before."""
        return day_start(self.first, tz) + _INSTANT

    def until(self, tz: str) -> datetime:
        return self.next.since(tz)


@dataclass(frozen=True, slots=True)
class Day:
    """digests: that tell of it last, those that ended last first."""

    on: date
    digests: tuple[Listed, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """number: as ISO 8601 has it. digest: the newest weekly one that ended in it. days: from Monday on, None for those
    of other months."""

    number: int
    digest: Listed | None
    days: tuple[Day | None, ...]


def last_day(listed: Listed, tz: str) -> date:
    """The last day that a digest tells of."""
    return local_date(listed.until - _INSTANT, tz)


def weeks_of(month: Month, digests: Iterable[Listed], tz: str) -> list[Week]:
    """The calendar of a month. A week's digest stands beside the week, all others at their last day."""
    on: dict[date, list[Listed]] = {}
    weekly: dict[tuple[int, int], Listed] = {}
    for each in digests:
        day = last_day(each, tz)
        if each.edition == "weekly":
            weekly.setdefault(day.isocalendar()[:2], each)
        else:
            on.setdefault(day, []).append(each)
    return [
        Week(
            days[0].isocalendar().week,
            weekly.get(days[0].isocalendar()[:2]),
            tuple(Day(day, tuple(on.get(day, ()))) if day.month == month.number else None for day in days),
        )
        for days in calendar.Calendar().monthdatescalendar(month.year, month.number)
    ]
