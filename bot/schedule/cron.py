"""Cron lines: the days and the times that one names, by the rules of Debian's cron."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from summarizer.errors import BadInput

if TYPE_CHECKING:
    from cronsim import CronSim

_ANY = datetime(2024, 1, 1, tzinfo=UTC)
"""Where a line is read from does not matter to what it names."""


class CronLine:
    """What the five fields of a line name.

    times: since midnight, in order. hourly: every hour of the day, so that it means elapsed time rather than what the
    clock on the wall shows; minutes: of each hour then.
    """

    def __init__(self, line: CronSim) -> None:
        self._line = line
        self.minutes = frozenset(line.minutes)
        self.hourly = len(line.hours) == 24
        self.times = tuple(
            timedelta(hours=hour, minutes=minute)
            for hour in sorted(line.hours)
            for minute in sorted(line.minutes)
        )

    def names(self, day: date) -> bool:
        return day.month in self._line.months and self._line.match_day(day)


@lru_cache(maxsize=4096)
def cron_line(line: str) -> CronLine:
    """Raises BadInput "schedule.cron" for one that cannot be."""
    from cronsim import CronSim, CronSimError

    try:
        return CronLine(CronSim(line, _ANY))
    except CronSimError as error:
        raise BadInput("schedule.cron", value=line) from error
