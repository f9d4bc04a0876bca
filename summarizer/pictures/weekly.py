"""The chart over weeks: what pages tell of a repository's or a topic's last weeks. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from summarizer import timeaxis
from summarizer.activity import SERIES, Activity, Bucket
from summarizer.chart import drawn
from summarizer.pictures.telling import listed
from summarizer.plot import FRAMES, Plot
from summarizer.windows import Window, day_start, local_date, window_label

if TYPE_CHECKING:
    from summarizer.chart import Legend
    from summarizer.languages import Language
    from summarizer.plot import Shape

Week = tuple[datetime, Mapping[str, int]]

_DOWN: Final = ("prs_merged", "issues_closed")
"""What hangs below the line; all else stands on it."""


def weeks(
    weeks: Sequence[Week],
    series: Sequence[str],
    language: Language,
    *,
    tz: str,
    shape: Shape,
    partial: frozenset[int] = frozenset(),
) -> str:
    """SVG. weeks: when each begins, aware, the oldest first, and its counts by series; a series that a week lacks is 0.
    tz: whose weeks they are. partial: places of those that are not over or not all known."""
    activity = _activity(weeks, series, tz, partial)
    up = tuple(each for each in series if each not in _DOWN and each != "comments")
    down = tuple(each for each in series if each in _DOWN)
    notes = [str(language.get("digest.between")).join([language.text("chart.grain.week"), tz])]
    if partial:
        notes.append(language.text("chart.weeks.partial"))
    return drawn(
        Plot(activity, FRAMES[shape], up, down),
        language,
        shape,
        name="weeks",
        titles=(language.text("chart.weeks.title"), window_label(activity.window) if weeks else ""),
        alt=weeks_alt(weeks, series, language, tz=tz, partial=partial),
        notes=notes,
        legend=_legend(activity, up, down, language),
        words=lambda bucket: language.text(
            "chart.weeks.column",
            when=_day(bucket.since, tz, language),
            rows=listed(_rows({**bucket.counts, "comments": bucket.comments}, series, language), language),
        ),
        empty=language.text("chart.weeks.empty"),
    )


def weeks_alt(
    weeks: Sequence[Week],
    series: Sequence[str],
    language: Language,
    *,
    tz: str,
    partial: frozenset[int] = frozenset(),
) -> str:
    """What that chart shows, in a sentence or two."""
    if not weeks:
        return language.text("chart.weeks.empty")
    since, until = (_day(weeks[place][0], tz, language) for place in (0, -1))
    totals = {each: sum(counts.get(each, 0) for _, counts in weeks) for each in series}
    if not any(totals.values()):
        return language.text("chart.weeks.alt_empty", since=since, until=until)
    rows = listed(_rows(totals, series, language), language)
    told = language.text("chart.weeks.alt", since=since, until=until, rows=rows)
    moved = [sum(counts.get(each, 0) for each in series if each != "comments") for _, counts in weeks]
    if moved.count(max(moved)) > 1 or not max(moved):
        return told
    when = _day(weeks[moved.index(max(moved))][0], tz, language)
    gap = str(language.get("digest.sentence_gap"))
    return told + gap + language.text("chart.weeks.alt_most", when=when, n=max(moved))


def _activity(weeks: Sequence[Week], series: Sequence[str], tz: str, partial: frozenset[int]) -> Activity:
    begins = [since for since, _ in weeks]
    if not begins:
        nothing = day_start(date(2000, 1, 3), tz)
        return Activity("", Window(nothing, nothing, tz), "week", (), dict.fromkeys(SERIES, 0), False, True)
    last = day_start(local_date(begins[-1], tz) + timedelta(days=7), tz)
    buckets = tuple(
        Bucket(
            since,
            until,
            {each: counts.get(each, 0) for each in series if each != "comments"},
            counts.get("comments", 0) if "comments" in series else 0,
            place in partial,
        )
        for place, ((since, counts), until) in enumerate(zip(weeks, [*begins[1:], last], strict=True))
    )
    window = Window(begins[0], last, tz)
    return Activity("", window, "week", buckets, dict.fromkeys(SERIES, 0), False, True)


def _legend(activity: Activity, up: Sequence[str], down: Sequence[str], language: Language) -> Legend:
    groups: Legend = []
    for way, names in (("opened", up), ("done", down)):
        if names:
            heading = language.text(f"chart.{way}") if down else ""
            groups.append((heading, [(each, _entry(each, activity.total(each), language)) for each in names]))
    if activity.comments:
        groups.append(("", [("comments", _entry("comments", activity.comments, language))]))
    return groups


def _entry(series: str, n: int, language: Language) -> str:
    table = "weeks" if language.has(f"chart.weeks.{series}") else "series"
    return language.text(f"chart.{table}.{series}", n=n)


def _rows(counts: Mapping[str, int], series: Sequence[str], language: Language) -> list[str]:
    return [
        language.text("chart.rows.row", what=language.text(f"chart.weeks.series_{each}"), n=counts[each])
        for each in series
    ]


def _day(instant: datetime, tz: str, language: Language) -> str:
    return timeaxis.dated(instant.astimezone(Window(instant, instant, tz).zone), "moment.week", language)
