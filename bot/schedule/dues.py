"""Due times, forwards and backwards from any instant."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

from bot.schedule.marks import day_of, instants, is_named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.schedule.timing import Timing

_REACH_DAYS = 366 * 5
"""A schedule that is not due within so many days is taken for one that never is; leap days come sooner."""


def dues(timing: Timing, after: datetime) -> Iterator[datetime]:
    """All due times after an instant, aware UTC, strictly increasing. Ends only where none comes within five years.

    Raises BadInput for a timing that `catching_up.check` refuses.
    """
    for marks in _marks(timing, day_of(after, timing.tz), 1):
        yield from (each for each in marks if each > after)


def next_due(timing: Timing, after: datetime) -> datetime | None:
    """The first due time after an instant; None for a schedule that is never due."""
    return next(dues(timing, after), None)


def previous_due(timing: Timing, before: datetime) -> datetime | None:
    """The last due time before an instant, by the schedule alone: it may lie before anybody asked for it."""
    for marks in _marks(timing, day_of(before, timing.tz), -1):
        for each in reversed(marks):
            if each < before:
                return each
    return None


def _marks(timing: Timing, first: date, step: Literal[1, -1]) -> Iterator[Sequence[datetime]]:
    """What is due on each day from the first one on, or back; days on which nothing is due are left out."""
    day, idle = first, 0
    while idle < _REACH_DAYS:
        found = instants(timing, day) if is_named(timing, day) else ()
        if found:
            yield found
        idle = 0 if found else idle + 1
        day += timedelta(days=step)
