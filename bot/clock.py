"""The clock: now, or what DIGEST_AT says it is. Leases, timeouts and pace use real monotonic time instead."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from summarizer.errors import NotConfigured

_SETTING = re.compile(
    r"(?P<at>\S+?)(?P<runs>\+(?:x(?P<pace>\d{1,6}(?:\.\d{1,3})?))?(?:@(?P<began>\d{1,11}(?:\.\d{1,6})?))?)?"
)
_LONGEST_S = 900 * 365 * 86_400.0  # the calendar ends with the year 9999


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells the time that everything which reads a clock goes by.

    start: the instant it showed when it was made, aware UTC; None is the machine's own time.
    pace: seconds it runs per real second; 0 stands still.
    monotonic: seconds of a steady clock, from any point.
    ago: for how many real seconds it had run already when it was made.
    """

    start: datetime | None = None
    pace: float = 1.0
    monotonic: Callable[[], float] = time.monotonic
    ago: float = 0.0
    _began: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_began", self.monotonic() - self.ago)

    @classmethod
    def at(cls, setting: str | None, monotonic: Callable[[], float] = time.monotonic) -> Clock:
        """The clock a DIGEST_AT value asks for: "2025-12-10T20:59+08:00" stands still, a trailing "+" runs
        from there, "+x60" sixty times as fast; "+x60@1764223200" has run since the machine's clock showed so many
        seconds since 1970, so that several processes agree; None or "" is the machine's own.

        Raises NotConfigured "clock.bad_value".
        """
        if not setting:
            return cls(monotonic=monotonic)
        match = _SETTING.fullmatch(setting.strip())
        start = _instant(match["at"]) if match else None
        if match is None or start is None:
            raise NotConfigured("clock.bad_value", value=setting)
        pace = float(match["pace"] or 1) if match["runs"] else 0.0
        ago = max(0.0, time.time() - float(match["began"])) if match["began"] else 0.0
        return cls(start, pace, monotonic, ago)

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        if self.start is None:
            return datetime.now(UTC)
        elapsed = (self.monotonic() - self._began) * self.pace
        return self.start + timedelta(seconds=min(elapsed, _LONGEST_S))


def _instant(text: str) -> datetime | None:
    """The aware instant `text` names in ISO 8601, with its offset; None where it names none."""
    try:
        instant = datetime.fromisoformat(text)
        # years at the ends of the calendar cannot be told in every zone
        return instant.astimezone(UTC) if instant.tzinfo and 1970 <= instant.year <= 2999 else None
    except ValueError:
        return None
