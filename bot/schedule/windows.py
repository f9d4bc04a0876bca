"""Where the window of a due time begins and ends: at the cut of the due time before it, and at its own.

So windows join by construction, whenever they are looked at and whatever was posted before.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bot.schedule.dues import previous_due
from bot.schedule.marks import day_of, starts
from summarizer.windows import Window

if TYPE_CHECKING:
    from bot.schedule.timing import Timing

_FIRST = timedelta(days=31)
"""What a window covers that has none before it: of a schedule so rare that no calendar tells of an earlier due."""


def cut(timing: Timing, due: datetime) -> datetime:
    """The instant at which the window of a due time ends."""
    return starts(day_of(due, timing.tz), timing.tz) if timing.cut == "day" else due


def window(timing: Timing, due: datetime) -> Window:
    """The window of a due time: `[cut(previous due), cut(due))`."""
    return Window(since(timing, due), cut(timing, due), timing.tz)


def since(timing: Timing, due: datetime) -> datetime:
    """The instant at which the window of a due time begins."""
    before = previous_due(timing, due)
    return cut(timing, due) - _FIRST if before is None else cut(timing, before)
