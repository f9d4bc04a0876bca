"""Days and hours of rest: a schedule is not due on holidays, nor while its place sleeps."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from bot.grammar.commands import Hours


def hushed(hush: Hours | None, hour: int) -> bool:
    """Whether an hour of the day is one of rest: `22-8` are 22:00 up to 8:00, which is none any more."""
    if hush is None:
        return False
    first, end = hush.first % 24, hush.last
    return first <= hour < end if first < end else hour >= first or hour < end


def is_holiday(country: str, day: date) -> bool:
    """Raises BadInput "schedule.country" for one whose holidays nobody knows; "" has none."""
    return bool(country) and day in _holidays(country, day.year)


@lru_cache(maxsize=1)
def countries() -> Sequence[str]:
    """The countries whose holidays are known, by their two letters, in order."""
    from holidays import list_supported_countries

    return sorted(list_supported_countries(include_aliases=False))


@lru_cache(maxsize=1024)
def _holidays(country: str, year: int) -> frozenset[date]:
    from holidays import country_holidays

    try:
        return frozenset(country_holidays(country, years=year))
    except NotImplementedError as error:
        raise BadInput("schedule.country", value=country) from error
