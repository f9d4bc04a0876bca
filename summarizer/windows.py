"""Windows of time: half-open `[since, until)`, aware UTC, shown in a named time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Edition = Literal["daily", "weekly", "monthly", "release"]


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
