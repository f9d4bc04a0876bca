"""Times as people tell them: "Mon 8 Dec", "12月8日周一", "2 hours ago", "to now". Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from summarizer.languages import Language
from summarizer.windows import offset_label

if TYPE_CHECKING:
    from datetime import date

    from summarizer.windows import Window

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Times:
    """How instants are told in one language. tz: an IANA name; now: from where ages count, aware.

    imported: they come from a file, which writes a day of which no time is known as its midnight, UTC.
    """

    language: Language
    tz: str
    now: datetime
    imported: bool = False

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(ZoneInfo(self.tz))

    def day_of(self, instant: datetime) -> date:
        """The local day; of an instant of which the day alone is known that day."""
        return instant.astimezone(UTC).date() if self._is_day_alone(instant) else self.local(instant).date()

    def day(self, on: date) -> str:
        """ "Mon 8 Dec", with the year where it is not now's."""
        return self.shaped("day" if on.year == self.local(self.now).year else "day_year", on)

    def shaped(self, pattern: str, on: date) -> str:
        """A date by one of the patterns below `[answers.time]`."""
        from babel.dates import format_date  # slow to import

        template = str(self.language.get(f"answers.time.{pattern}"))
        return format_date(on, template, locale=self.language.code)

    def moment(self, instant: datetime) -> str:
        """ "Mon 8 Dec 17:53", in the zone; the day where no more is known."""
        if self._is_day_alone(instant):
            return self.day(instant.astimezone(UTC).date())
        local = self.local(instant)
        return self.language.text("answers.time.moment", day=self.day(local.date()), clock=f"{local:%H:%M}")

    def edge(self, instant: datetime) -> str:
        """The day where it begins just then, else the moment."""
        return self.day(self.local(instant).date()) if self._is_midnight(instant) else self.moment(instant)

    def ago(self, instant: datetime) -> str:
        """ "2 hours ago", in the largest whole unit; what is not yet a minute old is "just now"."""
        from babel.dates import format_timedelta  # slow to import

        age = self.now - instant
        if age < timedelta(minutes=1):
            return self.language.text("answers.time.just_now")
        return self._spaced(
            format_timedelta(-age, threshold=1, add_direction=True, locale=self.language.code)
        )

    def lasting(self, span: timedelta) -> str:
        """ "3 days", in the largest whole unit."""
        from babel.dates import format_timedelta  # slow to import

        told = format_timedelta(span, granularity="minute", threshold=1, locale=self.language.code)
        return self._spaced(told)

    def span(self, window: Window) -> str:
        """ "Mon 8 Dec", "Mon 8 Dec to Wed 10 Dec", "Wed 10 Dec 17:53 to 18:53", "Mon 8 Dec to now". A last day is
        included."""
        since, until = self.local(window.since), self.local(window.until)
        first = self.edge(window.since)
        if window.so_far:
            return self.language.text("answers.time.to_now", since=first)
        if self._is_midnight(window.since) and self._is_midnight(window.until):
            last = self.local(max(window.since, window.until - _INSTANT)).date()
            if last == since.date():
                return first
            return self.language.text("answers.time.between", since=first, until=self.day(last))
        same_day = since.date() == until.date()
        end = f"{until:%H:%M}" if same_day else self.moment(window.until)
        start = self.moment(window.since)
        return self.language.text("answers.time.between", since=start, until=end)

    def is_one_day(self, window: Window) -> bool:
        """Whether the window is a calendar day, or what has passed of one."""
        since, last = self.local(window.since), self.local(max(window.since, window.until - _INSTANT))
        ends = window.so_far or self._is_midnight(window.until)
        return self._is_midnight(window.since) and ends and since.date() == last.date()

    def _is_midnight(self, instant: datetime) -> bool:
        return self.local(instant).time() == time()

    def _is_day_alone(self, instant: datetime) -> bool:
        return self.imported and instant.astimezone(UTC).time() == time()

    def _spaced(self, told: str) -> str:
        """A figure stands apart from its unit, also where words have no gaps."""
        return re.sub(r"(?<=\d)(?=[^\d\s])", " ", told)

    def zone(self, instant: datetime) -> str:
        """ "UTC+8", as it is at that instant."""
        return offset_label(self.local(instant))
