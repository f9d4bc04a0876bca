"""Windows of time: half-open `[since, until)`, aware UTC, shown in a named time zone.

What people name (a day, an ISO week, a month, a span) becomes a Window here, with now and the mirror's
`synced_until` passed in. A window that reaches past now ends at `synced_until`, floored to the minute, so
equal questions are equal windows; only one that begins in the future is an error. Local times that do not
exist mean the first instant after the gap, those that occur twice the first one.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from summarizer.errors import BadInput

Edition = Literal["daily", "weekly", "monthly", "release"]
EDITIONS: tuple[Edition, ...] = ("daily", "weekly", "monthly", "release")

_YEARS = range(1970, 9999)
"""Years whose every instant can be told in every zone; GitHub knows nothing older."""
_LONGEST_HOURS = 24 * 366 * 50
_INSTANT = timedelta(microseconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """`[since, until)` in UTC, shown in `tz` (an IANA name).

    so_far: the period that was asked for reaches past `until`, so more may still happen in it.
    """

    since: datetime
    until: datetime
    tz: str
    so_far: bool = False

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.tz)

    @property
    def duration(self) -> timedelta:
        return self.until - self.since

    def __contains__(self, instant: datetime) -> bool:
        # half-open, so back-to-back windows share no event and lose none
        return self.since <= instant < self.until


class Resolvable(Protocol):
    """A window as it was named, which becomes one once it is known how far the mirror reaches. `str()` of it is how the
    grammar writes it."""

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        """Raises BadInput."""
        ...


# --- what people name ---


def day(on: date, tz: str, *, now: datetime, synced_until: datetime) -> Window:
    """The calendar day `on` in `tz`: 23 or 25 hours where the clocks change.

    Raises BadInput "window.no_such_day" for a day the zone's calendar skips (Pacific/Apia has no 2011-12-30).
    """
    since, until = day_start(on, tz), day_start(on + _DAY, tz)
    if since == until:
        raise BadInput("window.no_such_day", day=on.isoformat())
    return _so_far(since, until, tz, now, synced_until)


def week(year: int, number: int, tz: str, *, now: datetime, synced_until: datetime) -> Window:
    """The ISO week `number` of the ISO year `year`, Monday to Sunday. Raises BadInput
    "window.no_such_week"."""
    try:
        monday = date.fromisocalendar(year if year in _YEARS else 0, number, 1)
    except ValueError as error:
        raise BadInput("window.no_such_week", week=f"{year:04}-W{number:02}") from error
    return _days(monday, monday + 7 * _DAY, tz, now, synced_until)


def month(year: int, number: int, tz: str, *, now: datetime, synced_until: datetime) -> Window:
    """The calendar month `number` of `year`. Raises BadInput "window.no_such_month"."""
    if year not in _YEARS or not 1 <= number <= 12:
        raise BadInput("window.no_such_month", month=f"{year:04}-{number:02}")
    first = date(year, number, 1)
    return _days(first, _next_month(first), tz, now, synced_until)


def last(hours: int, tz: str, *, now: datetime, synced_until: datetime) -> Window:
    """The last `hours` of elapsed time, up to what is synced. Raises BadInput "window.no_such_span"."""
    if not 1 <= hours <= _LONGEST_HOURS:
        raise BadInput("window.no_such_span", hours=hours)
    until = _horizon(now, synced_until)
    return Window(until - timedelta(hours=hours), until, tz, so_far=True)


def span(
    since: datetime, until: datetime | None, tz: str, *, now: datetime, synced_until: datetime
) -> Window:
    """From `since` to `until` (exclusive), or to now. Raises BadInput "window.reversed" unless since <
    until."""
    if until is None:
        return _so_far(since, None, tz, now, synced_until)
    if until <= since:
        raise BadInput("window.reversed", since=moment_label(since, tz), until=moment_label(until, tz))
    return _so_far(since, until, tz, now, synced_until)


def previous(window: Window) -> Window:
    """What to compare a window with: the month, or as many local days, or the equally long time, just before
    it."""
    tz, first = window.tz, _first_day(window)
    if _whole_month(window):
        before = date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
        return Window(day_start(before, tz), window.since, tz)
    days = _whole_days(window)
    if days:
        return Window(day_start(first - days * _DAY, tz), window.since, tz)
    return Window(window.since - window.duration, window.since, tz)


def calendar_day(year: int, number: int, on: int) -> date:
    """The day `on` of the month `number`. Raises BadInput "window.no_such_day"."""
    try:
        return date(year if year in _YEARS else 0, number, on)
    except ValueError as error:
        raise BadInput("window.no_such_day", day=f"{year:04}-{number:02}-{on:02}") from error


def _days(first: date, end: date, tz: str, now: datetime, synced_until: datetime) -> Window:
    return _so_far(day_start(first, tz), day_start(end, tz), tz, now, synced_until)


def _so_far(
    since: datetime, until: datetime | None, tz: str, now: datetime, synced_until: datetime
) -> Window:
    """`[since, until)`, cut at what is synced when it reaches past now (None: it does)."""
    if since > now:
        raise BadInput("window.future", since=moment_label(since, tz), now=moment_label(_floor(now), tz))
    if until is not None and until <= now:
        return Window(since, until, tz)
    # the mirror may lag behind a window that has only just begun; such a window is empty, not reversed
    return Window(since, max(since, _horizon(now, synced_until)), tz, so_far=True)


def _horizon(now: datetime, synced_until: datetime) -> datetime:
    return _floor(min(now, synced_until))


def _floor(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)


# --- local time ---


def zone_label(tz: str) -> str:
    """A zone as people write it: "UTC+8" for "Etc/GMT-8", whose sign is POSIX's; others by their IANA names."""
    fixed = re.fullmatch(r"Etc/GMT([+-])(\d{1,2})", tz)
    return f"UTC{'-' if fixed[1] == '+' else '+'}{fixed[2]}" if fixed else tz


def known_zone(name: str) -> str:
    """The IANA name of a zone, whatever its case; "UTC+8" (as labels show it) is understood for whole hours.

    Raises BadInput "window.unknown_zone_near" with a suggestion, or "window.unknown_zone" when nothing is
    near.
    """
    offset = re.fullmatch(r"(?:utc|gmt)(?:([+-])0?(\d{1,2})(?::00)?)?|z", name, re.IGNORECASE)
    if offset:
        hours = int(offset[2] or 0)
        if hours == 0:
            return "UTC"
        # POSIX signs: Etc/GMT-8 is eight hours ahead of UTC, https://data.iana.org/time-zones/tzdb/etcetera
        name = f"Etc/GMT{'-' if offset[1] == '+' else '+'}{hours}"
    from zoneinfo import available_timezones  # walks the zone folders, so only when a zone was typed

    zones = available_timezones()
    if name in zones:
        return name
    folded = {zone.lower(): zone for zone in zones}
    wanted = name.lower().replace(" ", "_")
    if wanted in folded:
        return folded[wanted]
    near = _near_zone(wanted, folded)
    if near:
        raise BadInput("window.unknown_zone_near", tz=name, suggestion=near)
    raise BadInput("window.unknown_zone", tz=name)


def _near_zone(wanted: str, folded: dict[str, str]) -> str | None:
    from difflib import get_close_matches

    if re.fullmatch(
        r"[a-z]{1,4}", wanted
    ):  # an abbreviation such as "CEST", which is near "EST" and far from it
        return None
    cities = {zone.rpartition("/")[2]: name for zone, name in sorted(folded.items()) if "/" in zone}
    matches = get_close_matches(wanted, folded, n=1, cutoff=0.75)
    if matches:
        return folded[matches[0]]
    matches = get_close_matches(wanted.rpartition("/")[2], cities, n=1, cutoff=0.75)
    return cities[matches[0]] if matches else None


def day_start(on: date, tz: str) -> datetime:
    """The first instant of a calendar day, UTC."""
    return local_instant(datetime.combine(on, time()), tz)


def local_date(instant: datetime, tz: str) -> date:
    """The calendar day of an instant."""
    return instant.astimezone(ZoneInfo(tz)).date()


def local_instant(local: datetime, tz: str) -> datetime:
    """The UTC instant of a naive local time: the first of two, or the first after a gap that swallows it."""
    zone = ZoneInfo(tz)
    instant = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == local:
        return instant
    # In a gap fold=0 counts by the offset before it and lands after it, fold=1 the other way round (PEP 495).
    before = int(local.replace(tzinfo=zone, fold=1).timestamp())
    after = int(instant.timestamp())
    offset = instant.astimezone(zone).utcoffset()
    while after - before > 1:
        middle = (before + after) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return datetime.fromtimestamp(after, UTC)


# --- labels ---


def moment_label(instant: datetime, tz: str) -> str:
    """ "2025-12-10 17:53 (UTC+8)"; seconds only where they are not zero."""
    local = instant.astimezone(ZoneInfo(tz))
    clock = f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"
    return f"{local.date().isoformat()} {clock} ({offset_label(local)})"


def offset_label(local: datetime) -> str:
    """The offset of an aware local time: "UTC+8", "UTC+5:30", "UTC-8", "UTC"."""
    seconds = int((local.utcoffset() or timedelta()).total_seconds())
    if not seconds:
        return "UTC"
    minutes, rest = divmod(abs(seconds), 60)
    label = f"UTC{'+' if seconds > 0 else '-'}{minutes // 60}"
    if minutes % 60 or rest:
        label += f":{minutes % 60:02}"
    return f"{label}:{rest:02}" if rest else label


def window_label(window: Window) -> str:
    """The window in a title: "2026-W13", "2026-03", "2025-12-10" for a day or a part of one, else
    "2025-12-08 ~ 2025-12-10"."""
    first, last_day = _first_day(window), _last_day(window)
    period = _period(window)
    if period:
        return period
    return first.isoformat() if first == last_day else f"{first.isoformat()} ~ {last_day.isoformat()}"


def slug(window: Window, edition: Edition) -> str:
    """The window in a digest's id, fit for URLs and file names: "2025-12-10", "2025-12-10T1753-1853",
    "2025-12-08_2025-12-10", "2025-12-08T1753_2025-12-10T0900", "2026-W13", "2026-03".

    A weekly or monthly edition bears the name of its period even when it was cut short.
    """
    first, last_day = _first_day(window), _last_day(window)
    if edition in ("daily", "release"):
        period = _period(window)
    else:
        period = _week_name(first) if edition == "weekly" else f"{first:%Y-%m}"
        end = _week_end(first) if edition == "weekly" else _next_month(first)
        period = period if last_day < end else None
    if period:
        return period
    days = _whole_days(window)
    if days:
        return first.isoformat() if days == 1 else f"{first.isoformat()}_{last_day.isoformat()}"
    since, until = window.since.astimezone(window.zone), window.until.astimezone(window.zone)
    if since.date() == until.date():
        return f"{since.date().isoformat()}T{_digits(since)}-{_digits(until)}"
    return f"{since.date().isoformat()}T{_digits(since)}_{until.date().isoformat()}T{_digits(until)}"


def _digits(local: datetime) -> str:
    return f"{local:%H%M%S}" if local.second else f"{local:%H%M}"


def _period(window: Window) -> str | None:
    """The name of the ISO week or calendar month the window is, if it is one."""
    first = _first_day(window)
    if _whole_month(window):
        return f"{first:%Y-%m}"
    if first.weekday() == 0 and _whole_days(window) == 7:
        return _week_name(first)
    return None


def _week_name(on: date) -> str:
    year, number, _ = on.isocalendar()
    return f"{year:04}-W{number:02}"


def _week_end(on: date) -> date:
    return on + (7 - on.weekday()) * _DAY


def _next_month(on: date) -> date:
    return on.replace(day=1) + calendar.monthrange(on.year, on.month)[1] * _DAY


def _first_day(window: Window) -> date:
    return local_date(window.since, window.tz)


def _last_day(window: Window) -> date:
    return local_date(max(window.since, window.until - _INSTANT), window.tz)


def _whole_days(window: Window) -> int:
    """How many whole local days the window is; 0 when it is not made of whole days."""
    first, end = _first_day(window), _last_day(window) + _DAY
    if window.since == day_start(first, window.tz) and window.until == day_start(end, window.tz):
        return (end - first).days
    return 0


def _whole_month(window: Window) -> bool:
    first = _first_day(window)
    return first.day == 1 and _whole_days(window) == (_next_month(first) - first).days
