"""Activity over a window: what its lists hold, counted by the hour, the day or a longer span of local time. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final, Literal, get_args

from summarizer.windows import Window, day_start, local_date

if TYPE_CHECKING:
    from collections.abc import Iterator

    from summarizer.facts import Facts

Series = Literal["prs_opened", "issues_opened", "prs_merged", "issues_closed"]
SERIES: Final[tuple[Series, ...]] = get_args(Series)

Grain = Literal["minutes", "hour", "day", "week", "month", "year"]
"""How long a bucket is; minutes: ten of them."""

_LONGEST: Final[tuple[tuple[Grain, timedelta], ...]] = (
    ("minutes", timedelta(hours=3)),
    ("hour", timedelta(hours=48)),
    ("day", timedelta(days=62)),
    ("week", timedelta(days=731)),
    ("month", timedelta(days=3653)),
)
"""The longest window that each grain is for: some sixty buckets, or about a hundred."""
_MINUTES: Final[Mapping[Grain, int]] = {"minutes": 10, "hour": 60}
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Bucket:
    """What happened in `[since, until)`, UTC. counts: by series, see `Series`. is_partial: the window holds only a part
    of that hour, day, …"""

    since: datetime
    until: datetime
    counts: Mapping[str, int]
    comments: int
    is_partial: bool


@dataclass(frozen=True, slots=True)
class Activity:
    """A window's activity, in buckets that follow on one another and are the window together.

    elsewhere: of a release, what its lists hold and the window does not. is_filtered: only what passes the digest's
    filters is counted, as in its lists. complete: whether the data is.
    """

    repo: str
    window: Window
    grain: Grain
    buckets: tuple[Bucket, ...]
    elsewhere: Mapping[Series, int]
    is_filtered: bool
    complete: bool

    def total(self, series: str) -> int:
        """How many the buckets hold."""
        return sum(bucket.counts[series] for bucket in self.buckets)

    @property
    def comments(self) -> int:
        """People's comments in the window."""
        return sum(bucket.comments for bucket in self.buckets)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is there to be drawn."""
        return not self.comments and not any(self.total(series) for series in SERIES)


def activity(facts: Facts) -> Activity:
    """Count what the lists of a window hold, and people's comments, over its time.

    The sums are the lengths of the lists, and so the counts of the facts where nothing is filtered.
    """
    window = facts.window
    grain = _grain(facts)
    whole = _edges(window, grain)
    edges = [window.since, *(edge for edge in whole if window.since < edge < window.until)]
    placed: dict[Series, Counter[int]] = {}
    elsewhere: dict[Series, int] = {}
    for series in SERIES:
        moments = [row.at for row in facts.lists.get(series, ())]
        placed[series] = Counter(bisect_right(edges, at) - 1 for at in moments if at in window)
        elsewhere[series] = len(moments) - placed[series].total()
    said = Counter(
        bisect_right(edges, comment.created_at) - 1
        for item in facts.shown.values()
        for comment in item.comments
        if comment.created_at in window and not comment.author.is_bot
    )
    ends = [*edges[1:], window.until]
    borders = set(whole)
    buckets = tuple(
        Bucket(
            since=since,
            until=until,
            counts={series: placed[series][place] for series in SERIES},
            comments=said[place],
            is_partial=not {since, until} <= borders,
        )
        for place, (since, until) in enumerate(zip(edges, ends, strict=True))
        if since < until
    )
    return Activity(facts.repo, window, grain, buckets, elsewhere, facts.passing is not None, facts.complete)


def _grain(facts: Facts) -> Grain:
    duration = facts.window.duration
    grain: Grain = next((grain for grain, longest in _LONGEST if duration <= longest), "year")
    if grain in ("minutes", "hour") and any(
        facts.is_day_alone(row.at) for series in SERIES for row in facts.lists.get(series, ())
    ):
        return "day"  # a file told days, and no hour of them is known
    return grain


def _edges(window: Window, grain: Grain) -> list[datetime]:
    """Where the grain's local hours, days, … begin, from the last at or before the window to the first behind it."""
    edges = [_start(window.since, grain, window)]
    while edges[-1] < window.until:
        edges.append(_next(edges[-1], grain, window))
    return edges


def _next(edge: datetime, grain: Grain, window: Window) -> datetime:
    """The first start of an hour, a day, … behind `edge`."""
    if grain in ("minutes", "hour"):
        local = edge.astimezone(window.zone)
        span = _MINUTES[grain]
        passed = timedelta(minutes=local.minute % span, seconds=local.second)
        # elapsed time: the hour that a clock shows twice is two hours, the one it skips none
        return edge + timedelta(minutes=span) - passed
    on = local_date(edge, window.tz)
    return next(
        start
        for first in _firsts(on, grain)
        # a day that the zone's calendar skips begins when the next one does
        if (start := day_start(first, window.tz)) > edge
    )


def _firsts(on: date, grain: Grain) -> Iterator[date]:
    """First days of the grain's periods behind the one of `on`."""
    while True:
        if grain == "day":
            on += _DAY
        elif grain == "week":
            on += _DAY * (7 - on.weekday())
        elif grain == "month":
            on = date(on.year + on.month // 12, on.month % 12 + 1, 1)
        else:
            on = date(on.year + 1, 1, 1)
        yield on


def _start(instant: datetime, grain: Grain, window: Window) -> datetime:
    """The last start of an hour, a day, … at or before `instant`."""
    if grain in ("minutes", "hour"):
        local = instant.astimezone(window.zone)
        minutes = local.minute % _MINUTES[grain]
        return instant - timedelta(minutes=minutes, seconds=local.second, microseconds=local.microsecond)
    on = local_date(instant, window.tz)
    if grain == "week":
        on -= _DAY * on.weekday()
    elif grain == "month":
        on = on.replace(day=1)
    elif grain == "year":
        on = on.replace(month=1, day=1)
    return day_start(on, window.tz)
