"""The chart of a window's activity: an SVG picture, and what it shows in words. Pure.

What was opened rises above a line, what was merged or closed hangs below it, on one scale; people's comments stand in a
strip of their own. Pull requests are blue and issues orange, which every kind of colour blindness tells apart, and
place tells the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from summarizer import timeaxis
from summarizer.activity import SERIES
from summarizer.escaping import fill
from summarizer.plot import DOWN, FRAMES, UP, Bar, Plot
from summarizer.windows import window_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    from summarizer.activity import Activity, Bucket
    from summarizer.languages import Language
    from summarizer.plot import Shape

_LONGEST_REPO = 64
"""Characters of a name that fit beside the window's."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A bucket's bars, with what they show in words."""

    words: str
    is_partial: bool
    bars: tuple[Bar, ...]


def chart(activity: Activity, language: Language, shape: Shape = "picture") -> str:
    """The chart as SVG, ending in a newline.

    It carries its colours with it and needs no style sheet; a picture stands on a light ground and is 960 by 420.
    """
    plot = Plot(activity, FRAMES[shape])
    return fill(
        "activity.svg.jinja",
        frame=plot.frame,
        shape=shape,
        lang=language.code,
        repo=_short(activity.repo),
        window=window_label(activity.window),
        notes=_notes(activity, language),
        alt=alt_text(activity, language),
        legend=_legend(activity, language),
        grid=plot.grid(),
        zero=plot.zero,
        columns=list(_columns(plot, language)),
        figures=list(plot.figures()),
        times=timeaxis.labels(plot, language),
        empty=_empty(activity, language),
        peak=plot.peak,
    )


def alt_text(activity: Activity, language: Language) -> str:
    """What the picture shows, in a sentence or two."""
    counts = {str(series): activity.total(series) for series in SERIES}
    label = window_label(activity.window)
    if not any(counts.values()):
        key = "nothing" if activity.complete else "nothing_seen"
        return language.text(f"chart.alt.{key}", repo=activity.repo, window=label)
    grain = language.text(f"chart.grain.{activity.grain}")
    told = language.text("chart.alt.counts", repo=activity.repo, window=label, grain=grain, **counts)
    most = max(map(_moved, activity.buckets))
    busiest = [bucket for bucket in activity.buckets if _moved(bucket) == most]
    if len(busiest) > 1 or len(activity.buckets) == 1:
        return told
    when = _moment(busiest[0], activity, language)
    gap = str(language.get("digest.sentence_gap"))
    return told + gap + language.text(f"chart.busiest.{activity.grain}", when=when, n=most)


def _short(repo: str) -> str:
    return repo if len(repo) <= _LONGEST_REPO else repo[: _LONGEST_REPO - 1] + "…"


def _notes(activity: Activity, language: Language) -> tuple[str, str]:
    """What has to be known to read the bars: how long a bucket is and where, then what else there is."""
    notes = []
    if any(bucket.is_partial for bucket in activity.buckets) and not activity.is_empty:
        notes.append(language.text(f"chart.partial.{activity.grain}"))
    if activity.is_filtered:
        notes.append(language.text("chart.filtered"))
    if elsewhere := sum(activity.elsewhere.values()):
        notes.append(language.text("chart.elsewhere", n=elsewhere))
    if not activity.complete:
        notes.append(language.text("chart.incomplete"))
    between = str(language.get("digest.between"))
    span = between.join([language.text(f"chart.grain.{activity.grain}"), activity.window.tz])
    return span, between.join(notes)


def _legend(activity: Activity, language: Language) -> list[tuple[str, list[tuple[str, str]]]]:
    """(heading, (kind of bar, words)) of what stands above the line, below it, and in the strip."""
    groups: list[tuple[str, list[tuple[str, str]]]] = [
        (
            language.text(f"chart.{way}"),
            [(series, language.text(f"chart.series.{series}", n=activity.total(series))) for series in names],
        )
        for way, names in (("opened", UP), ("done", DOWN))
    ]
    if activity.comments:
        groups.append(("", [("comments", language.text("chart.series.comments", n=activity.comments))]))
    return groups


def _columns(plot: Plot, language: Language) -> Iterator[_Column]:
    for place, bucket in enumerate(plot.activity.buckets):
        bars = plot.bars(place)
        if bars:
            counts = {str(series): count for series, count in bucket.counts.items()}
            when = _moment(bucket, plot.activity, language)
            words = language.text("chart.column", when=when, comments=bucket.comments, **counts)
            yield _Column(words, bucket.is_partial, bars)


def _empty(activity: Activity, language: Language) -> str:
    """What is said instead of bars, "" where there are any."""
    if any(map(_moved, activity.buckets)):
        return ""
    return language.text("chart.empty" if activity.complete else "chart.empty_seen")


def _moment(bucket: Bucket, activity: Activity, language: Language) -> str:
    """When a bucket begins, as exactly as its grain asks for."""
    local = bucket.since.astimezone(activity.window.zone)
    return timeaxis.dated(local, f"moment.{activity.grain}", language)


def _moved(bucket: Bucket) -> int:
    return sum(bucket.counts.values())
