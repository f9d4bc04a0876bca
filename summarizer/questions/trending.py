"""Trending: how many items there were day by day, week by week or month by month, and whether that is a trend. Pure."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from math import sqrt
from typing import TYPE_CHECKING

from summarizer.digests import Table
from summarizer.questions import leads
from summarizer.windows import day_start

if TYPE_CHECKING:
    from datetime import datetime

    from summarizer.questions.found import Found
    from summarizer.questions.query import TrendStep
    from summarizer.questions.wording import Wording

_DAY, _INSTANT = timedelta(days=1), timedelta(microseconds=1)
_LEAST_STEPS, _LEAST_ITEMS = 4, 20
"""Whole steps and items below which no direction is told."""
_SURE = 2.0
"""Standard deviations that two halves must differ by."""
_MOST_ROWS = 60
_ONCE = frozenset({"opened", "merged", "closed"})
"""Events that an item seldom has more than once, so that its last one tells the time of all."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A step: its first local day, how many items, whether the window holds the whole of it, and whether the mirror
    holds any of it."""

    first: date
    count: int
    is_whole: bool
    is_known: bool = True


def told(found: Found, wording: Wording) -> tuple[str, tuple[Table, ...], tuple[str, ...]]:
    """The line that answers, the counts step by step, and what they cannot tell."""
    step: TrendStep = found.query.step or "week"
    timed = [match.at for match in found.matches if match.at is not None]
    beside = []
    if len(timed) < len(found.matches):
        beside.append(wording.text("trend.untimed", n=len(found.matches) - len(timed)))
    steps = buckets(timed, step, found, wording)
    once = bool(found.query.events) and _ONCE.issuperset(found.query.events)
    if not once:
        beside.append(wording.text("trend.once"))
    gap = wording.text("gap")
    counts = [bucket.count for bucket in steps if bucket.is_whole]
    said = [_ranging(counts, step, wording)] if counts else []
    if once:
        trend = direction(counts)
        key = trend if trend == "few" or leads.is_whole(found) else "unsure"
        said.append(wording.text(f"trend.{key}", **_halves(counts)))
    if counts and not leads.is_whole(found):
        said[0] = wording.text("compare.seen_so", said=wording.within(said[0]))
    first = gap.join((leads.some(found, wording), *said))
    return first, (_table(steps, step, wording),), tuple(beside)


def _ranging(counts: list[int], step: TrendStep, wording: Wording) -> str:
    """How many the whole steps have."""
    least, most = min(counts), max(counts)
    name = "one" if len(counts) == 1 else "range" if least < most else "even"
    return wording.text(f"trend.{name}_{step}", least=least, most=most, n=most)


def buckets(instants: list[datetime], step: TrendStep, found: Found, wording: Wording) -> tuple[Bucket, ...]:
    """The steps from the window's first to its last, empty ones too, in the times' zone; at most the latest 60."""
    times, window = wording.times, found.window
    if window is not None:
        first, last = times.local(window.since), times.local(max(window.since, window.until - _INSTANT))
        days = first.date(), last.date()
    elif instants:
        days = times.day_of(min(instants)), times.day_of(max(instants))
    else:
        return ()
    starts = [_start(days[0], step)]
    while (after := _next(starts[-1], step)) <= days[1]:
        starts.append(after)
    counts = dict.fromkeys(starts, 0)
    begins = [day_start(start, times.tz) for start in starts]
    for at in instants:
        # to take each to its calendar day is slow, and there may be tens of thousands
        at_once = starts[max(0, bisect_right(begins, at) - 1)]
        start = _start(times.day_of(at), step) if times.imported else at_once
        if start in counts:
            counts[start] += 1
    made = [_bucket(start, count, step, found, times.tz) for start, count in counts.items()]
    return tuple(made[-_MOST_ROWS:])


def _bucket(start: date, count: int, step: TrendStep, found: Found, tz: str) -> Bucket:
    """What the mirror holds nothing of had no events that it knows, which is not none; nor is it where a file tells,
    which may leave any of them out."""
    begin, end = day_start(start, tz), day_start(_next(start, step), tz)
    window, known_from = found.window, found.mirror_from
    until = window.until if window else found.now
    since = max((each for each in (known_from, window.since if window else None) if each), default=begin)
    is_held = "imported" not in found.coverage.reasons and (known_from is None or end > known_from)
    is_known = count > 0 or is_held
    return Bucket(start, count, is_known and begin >= since and end <= until, is_known)


def direction(counts: list[int]) -> str:
    """ "few" where there is too little to tell; "more" or "fewer" where the later half differs by more than chance
    makes of counts (Poisson); else "none"."""
    if len(counts) < _LEAST_STEPS or sum(counts) < _LEAST_ITEMS:
        return "few"
    before, after = _halves(counts).values()
    if abs(after - before) <= _SURE * sqrt(before + after):
        return "none"
    return "more" if after > before else "fewer"


def _halves(counts: list[int]) -> dict[str, int]:
    """The sums of the first and of the last steps, the same number of each."""
    half = len(counts) // 2
    return {"before": sum(counts[:half]), "after": sum(counts[len(counts) - half :])}


def _start(day: date, step: TrendStep) -> date:
    if step == "day":
        return day
    return day - day.weekday() * _DAY if step == "week" else day.replace(day=1)


def _next(start: date, step: TrendStep) -> date:
    if step == "month":
        return (start.replace(day=28) + 4 * _DAY).replace(day=1)
    return start + (_DAY if step == "day" else 7 * _DAY)


def _name(bucket: Bucket, step: TrendStep, wording: Wording) -> str:
    times = wording.times
    return times.shaped("short_month", bucket.first) if step == "month" else times.day(bucket.first)


def _table(steps: tuple[Bucket, ...], step: TrendStep, wording: Wording) -> Table:
    first_known = next((at for at, bucket in enumerate(steps) if bucket.is_known), len(steps))
    rows = []
    if first_known > 1:  # one row says it of all before
        since, until = (_name(bucket, step, wording) for bucket in (steps[0], steps[first_known - 1]))
        span = wording.text("time.between", since=since, until=until)
        rows.append((span, wording.text("trend.unknown")))
        steps = steps[first_known:]
    for bucket in steps:
        name = _name(bucket, step, wording)
        in_part = bucket.is_known and not bucket.is_whole
        count = str(bucket.count) if bucket.is_known else wording.text("trend.unknown")
        rows.append((wording.text("trend.part", name=name) if in_part else name, count))
    head = (wording.text(f"trend.head_{step}"), wording.text("trend.head_count"))
    return Table("", head, tuple(rows))
