"""Reaching: how far the mirror of a repository tells, as its pages need it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from summarizer.items import Coverage, Seen
from summarizer.windows import Window, day_start, local_date

if TYPE_CHECKING:
    from adapters.store.states import MirrorState

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Week:
    """A week from Monday to Monday. monday: its first day. is_over: whether the mirror tells more than of it."""

    monday: date
    window: Window
    is_over: bool


class Weeks:
    """The weeks of a zone up to an instant, in which the newest one ends."""

    def __init__(self, until: datetime, tz: str) -> None:
        self._until = until.replace(second=0, microsecond=0)
        self._tz = tz
        on = local_date(self._until - timedelta(microseconds=1), tz)
        self.newest = on - timedelta(days=on.weekday())
        """The Monday of the newest one that anything can be in."""

    def of(self, monday: date) -> Week:
        """The week of a Monday, no later than the newest."""
        since, end = day_start(monday, self._tz), day_start(monday + _WEEK, self._tz)
        until = min(end, self._until)
        return Week(monday, Window(since, until, self._tz, so_far=until < end), until == end)

    def last(self, many: int) -> list[Week]:
        """The last ones, the oldest first."""
        return [self.of(self.newest - back * _WEEK) for back in reversed(range(many))]


def told_until(state: MirrorState, now: datetime) -> datetime:
    """Up to when the mirror tells."""
    return min(state.synced_until or now, now)


def begins(state: MirrorState) -> datetime | None:
    """Since when the mirror holds everything; None for always."""
    return None if state.whole else state.mirror_from


def holds(state: MirrorState, window: Window) -> bool:
    """Whether the mirror holds all of a window, as far as is known."""
    synced_until = state.synced_until
    return (
        state.reaches(window.since)
        and synced_until is not None
        and synced_until >= window.until
        and not any(gap.since < window.until and gap.until > window.since for gap in state.gaps)
    )


def coverage_of(state: MirrorState) -> Coverage:
    """What all that the mirror holds lacks."""
    missing = sum(gap.missing for gap in state.gaps)
    reasons = ["items"] if missing else []
    if state.synced_until is None:
        reasons.append("imported" if state.glances else "items")
    return Coverage(Seen(missing, 0), Seen(None, 0), tuple(dict.fromkeys(reasons)))
