"""What to do with the dues since somebody last looked: also with those that passed while nobody was there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Literal

from bot.schedule.cron import cron_line
from bot.schedule.dues import dues, next_due
from bot.schedule.rest import countries
from bot.schedule.windows import cut, since
from summarizer.errors import BadInput
from summarizer.windows import Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.schedule.timing import Timing

CatchUp = Literal["once", "newest", "skip"]

LATE = timedelta(hours=1)
"""With `catchup:skip` a due is not posted any more when it is later than this."""


@dataclass(frozen=True, slots=True)
class Run:
    """What to do at a due time.

    window: what is looked at; with "post" it may reach back over those that were missed. covers: the dues that it
    stands for beside its own.
    """

    due: datetime
    window: Window
    action: Literal["post", "skip"]
    covers: tuple[datetime, ...] = ()


def runs(
    timing: Timing, *, after: datetime, now: datetime, ahead: timedelta, catchup: CatchUp
) -> Sequence[Run]:
    """Every due after an instant and up to `now + ahead`, in order, each once.

    Missed are those that another one follows by now. `once`: the last one by now looks at all that they would have.
    `newest`: it looks at its own window only. `skip`: nor is it posted if it is more than an hour late.
    """
    found = tuple(takewhile(lambda due: due <= now + ahead, dues(timing, after)))
    if not found:
        return ()
    begins = [since(timing, found[0]), *(cut(timing, due) for due in found)]
    missed = tuple(due for due in found if due <= now)[:-1]
    last = len(missed)  # where the last due by now is, or the first of those to come

    def run(at: int, due: datetime) -> Run:
        window = Window(begins[at], begins[at + 1], timing.tz)
        if at < last or (at == last and catchup == "skip" and now - due > LATE):
            return Run(due, window, "skip")
        if at == last and missed and catchup == "once":
            return Run(due, Window(begins[0], window.until, timing.tz), "post", covers=missed)
        return Run(due, window, "post")

    return tuple(run(at, due) for at, due in enumerate(found))


def check(timing: Timing, now: datetime) -> None:
    """Raises BadInput "schedule.cron" for a cron line that cannot be, "schedule.country" for a country whose holidays
    nobody knows, "schedule.never" for a schedule that is never due."""
    if timing.schedule.cron is not None:
        cron_line(timing.schedule.cron)
    if timing.holidays and timing.holidays not in countries():
        raise BadInput("schedule.country", value=timing.holidays)
    if next_due(timing, now) is None:
        raise BadInput("schedule.never", schedule=str(timing.schedule))
