"""What due times depend on, and what holds where a person does not say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from bot.grammar.commands import Hours, Schedule

if TYPE_CHECKING:
    from summarizer.windows import Edition

Cut = Literal["day", "due"]

_WEEK_H = 7 * 24


@dataclass(frozen=True, slots=True)
class Timing:
    """All that due times and their windows depend on.

    tz: an IANA name, in which local times, days and hours are meant. cut: where a window ends, at the last local
    midnight or when it is due. hush: hours of rest, from the first one up to the last, which is none of them any more.
    holidays: the country whose holidays are kept, or "".
    """

    schedule: Schedule
    tz: str
    cut: Cut
    hush: Hours | None = None
    holidays: str = ""


def edition_of(schedule: Schedule) -> Edition:
    """The shape of a schedule's digests where nobody chose one."""
    if schedule.kind in ("weekly", "monthly"):
        return schedule.kind
    if schedule.every and schedule.every.hours >= _WEEK_H:
        return "weekly"
    return "daily"


def cut_of(schedule: Schedule) -> Cut:
    """Where a schedule's windows end where nobody chose: whole days for those that name days."""
    return "day" if schedule.kind in ("daily", "weekly", "monthly") else "due"
