"""The time axis of the chart of activity: few labels, at round hours, days, months, in local time. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from summarizer.plot import Label

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from summarizer.activity import Grain
    from summarizer.languages import Language
    from summarizer.plot import Plot

_EVERY: Final[Mapping[Grain, tuple[int, ...]]] = {
    "minutes": (10, 20, 30, 60),
    "hour": (1, 2, 3, 4, 6, 12, 24),
    "day": (1, 2, 7, 14),
    "week": (1, 2, 4, 8, 13, 26),
    "month": (1, 2, 3, 6, 12),
    "year": (1, 2, 5, 10),
}
"""Labels may stand at every so many minutes, hours, days, …"""
_BELOW: Final = 24
"""How far below the bars they stand."""


def labels(plot: Plot, language: Language) -> list[Label]:
    """Clock times where a bucket begins; days, and what is longer, below its middle."""
    activity, frame, slot = plot.activity, plot.frame, plot.slot
    grain = activity.grain
    is_clock = grain in ("minutes", "hour")
    every = next((n for n in _EVERY[grain] if _buckets(grain, n) * slot >= frame.apart), _EVERY[grain][-1])
    found: list[Label] = []
    for place, bucket in enumerate(activity.buckets):
        local = bucket.since.astimezone(activity.window.zone)
        x = frame.left + (place if is_clock else place + 0.5) * slot
        # an hour that the clock shows twice is told once
        is_near = bool(found) and x - found[-1].x < frame.apart * 0.6
        if (
            is_near
            or _ordinal(local, place, grain, every) % every
            or (is_clock and not _is_round(local, grain))
        ):
            continue
        key, is_turn = _pattern(local, grain, has_weekdays=frame.has_weekdays)
        found.append(Label(dated(local, key, language), x, frame.bottom + _BELOW, is_turn))
    return found


def dated(local: datetime, key: str, language: Language) -> str:
    """A local time by the pattern at a key below `[chart]`."""
    from babel.dates import format_datetime  # slow to import

    return format_datetime(local, str(language.get(f"chart.{key}")), locale=language.code)


def _buckets(grain: Grain, every: int) -> float:
    """How many buckets lie between two labels."""
    return every / 10 if grain == "minutes" else every


def _ordinal(local: datetime, place: int, grain: Grain, every: int) -> int:
    """What is counted to find every second, third, … bucket. place: the bucket's."""
    if grain == "day" and every % 7 == 0:
        return local.toordinal() - 1  # Mondays
    return {
        "minutes": local.hour * 60 + local.minute,
        "hour": local.hour,
        "day": place,
        "week": place,
        "month": local.month - 1,
        "year": local.year,
    }[grain]


def _is_round(local: datetime, grain: Grain) -> bool:
    """Whether ten minutes, or an hour, of the clock begin then."""
    return not local.second and not local.minute % (10 if grain == "minutes" else 60)


def _pattern(local: datetime, grain: Grain, *, has_weekdays: bool) -> tuple[str, bool]:
    """The key of the pattern, and whether a new day or year is told."""
    if (grain == "hour" and local.hour == 0) or (grain == "month" and local.month == 1):
        return f"axis.{grain}_turn", True
    return f"axis.{'week' if grain == 'day' and not has_weekdays else grain}", False
