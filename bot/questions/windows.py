"""A window's canonical spelling, read back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from bot.grammar import forms
from bot.grammar.commands import DAY_NAMES, DayName
from bot.grammar.cursor import Cursor
from bot.grammar.expressions import Bound, Range, parse_date, parse_time
from bot.questions.expressions import (
    Ago,
    AgoUnit,
    Before,
    BeforeRelease,
    NamedMonth,
    Since,
    SinceRelease,
    Weekday,
    Year,
)

if TYPE_CHECKING:
    from bot.grammar.expressions import DayPoint
    from summarizer.windows import Resolvable

TAG = r"v?\d{1,6}\.\d{1,6}(?:\.\d{1,6})?(?:rc\d{1,6}|\.post\d{1,6})?"
_DAYS = "|".join(DAY_NAMES)
_WEEKDAY = re.compile(rf"(?:week (?P<week>this|last) |(?P<past>past ))?(?P<day>{_DAYS})")
_AGO = re.compile(r"(\d{1,9}) (day|week|month|year)s ago", re.ASCII)
_MONTH = re.compile(r"\*-(\d\d)", re.ASCII)
_YEAR = re.compile(r"year (this|last)|(\d{4})", re.ASCII)
_RELEASE = re.compile(rf"(before|since) ({TAG}|latest)", re.IGNORECASE | re.ASCII)


def parse_window(text: str) -> Resolvable:
    """The window that `text` is the canonical spelling of. Raises ValueError for any other text."""
    found = _parsed(text)
    if found is None or str(found) != text:
        raise ValueError(text)
    return found


def _parsed(text: str) -> Resolvable | None:
    if release := _RELEASE.fullmatch(text):
        return (BeforeRelease if release[1].lower() == "before" else SinceRelease)(release[2])
    if text.startswith("before "):
        bound = _parsed(text.removeprefix("before "))
        return Before(bound) if bound else None
    return _named(text) or _range(text) or _of_a_command(text)


def _named(text: str) -> Resolvable | None:
    """A weekday, "3 days ago", a named month or a year."""
    if weekday := _WEEKDAY.fullmatch(text):
        return _weekday(weekday)
    if ago := _AGO.fullmatch(text):
        return Ago(int(ago[1]), cast("AgoUnit", ago[2]))
    if month := _MONTH.fullmatch(text):
        return NamedMonth(int(month[1]))
    if year := _YEAR.fullmatch(text):
        return Year(int(year[2]) if year[2] else cast("DayName", year[1]))  # type: ignore[arg-type]
    return None


def _weekday(found: re.Match[str]) -> Weekday:
    week = found["week"]
    name = cast("DayName", found["day"])
    if week:
        return Weekday(name, "this" if week == "this" else "last")
    return Weekday(name, is_past=bool(found["past"]))


def _range(text: str) -> Resolvable | None:
    """A range with an end that only sentences name: `tue..`, `mon..wed`, `yesterdayT18:00..24:00`, `week last..`."""
    first, dots, second = text.partition("..")
    if not dots:
        return None
    start = _bound(first)
    if start is None:
        whole = _parsed(first) if not second else None
        return Since(whole) if whole else None
    if not second:
        return Range(start)
    end = _bound(second) or (_time_bound(second) if start.time else None)
    return Range(start, end) if end else None


def _bound(text: str) -> Bound | None:
    """A day with a time or without, one of them not as the grammar writes it."""
    day, at, time = text.partition("T")
    moment = parse_time(time) if at else None
    on = day_point(day)
    return Bound(on, moment) if on and (moment or not at) else None


def _time_bound(text: str) -> Bound | None:
    moment = parse_time(text)
    return Bound(time=moment) if moment else None


def day_point(text: str) -> DayPoint | None:
    """A day: a date, a weekday, `today`, `yesterday`, `3 days ago`."""
    if text in ("today", "yesterday"):
        return Ago(int(text == "yesterday"), "day")
    if date := parse_date(text):
        return date
    found = _named(text)
    return found if isinstance(found, Weekday) or (isinstance(found, Ago) and found.unit == "day") else None


def _of_a_command(text: str) -> Resolvable | None:
    cursor = Cursor(tuple(text.split()))
    found = forms.window(cursor)
    return found if found and cursor.at_end else None
