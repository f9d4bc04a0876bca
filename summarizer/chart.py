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
from summarizer.markup import one_line
from summarizer.measure import fitted, width, wrapped
from summarizer.plot import DOWN, FRAMES, UP, Bar, Plot, brief
from summarizer.windows import window_label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from summarizer.activity import Activity, Bucket
    from summarizer.languages import Language
    from summarizer.plot import Form, Frame

TITLE_SIZE = 19
_GAP = 12
"""Between the two parts of a title."""

Legend = list[tuple[str, list[tuple[str, str]]]]
"""(heading, (kind of bar, words)) of the groups that there are."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A bucket's bars, with what they show in words."""

    words: str
    is_partial: bool
    bars: tuple[Bar, ...]


def chart(activity: Activity, language: Language, shape: Form = "picture") -> str:
    """The chart as SVG, ending in a newline.

    It carries its colours with it and needs no style sheet; a picture stands on a light ground and is 960 by 420.
    """
    return drawn(
        Plot(activity, FRAMES[shape]),
        language,
        shape,
        name="activity",
        titles=(one_line(activity.repo), window_label(activity.window)),
        alt=alt_text(activity, language),
        notes=_notes(activity, language),
        legend=_legend(activity, language),
        words=lambda bucket: _column(bucket, activity, language),
        empty=language.text("chart.empty" if activity.complete else "chart.empty_seen"),
    )


def drawn(
    plot: Plot,
    language: Language,
    shape: Form,
    *,
    name: str,
    titles: tuple[str, str],
    alt: str,
    notes: Sequence[str],
    legend: Legend,
    words: Callable[[Bucket], str],
    empty: str,
) -> str:
    """A chart over time. titles: what it is of, and when. notes: what has to be known to read the bars, the first of
    which tells how long a bucket is. words: what a bucket's bars show. empty: what is said where there are none."""
    frame = plot.frame
    above, below = (notes[:1], notes[1:]) if frame.is_narrow else (notes, ())
    below = lines_of(below, frame, language, size=frame.small)
    return fill(
        "activity.svg.jinja",
        name=name,
        frame=frame,
        height=frame.height + max(0, len(below) - 1) * (frame.small + 4),
        shape=shape,
        lang=language.code,
        heading=" · ".join(filter(None, titles)),
        titles=titles_of(*titles, frame),
        notes=lines_of(above, frame, language, size=frame.size),
        below=below,
        alt=alt,
        legend=legend,
        grid=plot.grid(),
        zero=plot.zero,
        columns=list(_columns(plot, words)),
        figures=list(plot.figures()),
        times=timeaxis.labels(plot, language),
        empty=empty if plot.is_empty else "",
        peak=brief(plot.peak) if plot.peak else "",
    )


def lines_of(notes: Sequence[str], frame: Frame, language: Language, *, size: int) -> list[str]:
    """Notes in as few lines as hold them."""
    return wrapped(notes, str(language.get("digest.between")), frame.width - 2 * frame.edge, size)


def titles_of(strong: str, weak: str, frame: Frame) -> tuple[str, str]:
    """Both parts of a title, cut where there is no room for them, the longer one first."""
    room = frame.width - 2 * frame.edge - _GAP
    wide, narrow = width(strong, TITLE_SIZE, is_bold=True), width(weak, TITLE_SIZE)
    if wide + narrow <= room:
        return strong, weak
    if wide > narrow:
        narrow = min(narrow, room / 2)
        strong = fitted(strong, room - narrow, TITLE_SIZE, is_bold=True)
        return strong, fitted(weak, narrow, TITLE_SIZE)
    wide = min(wide, room / 2)
    return fitted(strong, wide, TITLE_SIZE, is_bold=True), fitted(weak, room - wide, TITLE_SIZE)


def alt_text(activity: Activity, language: Language) -> str:
    """What the picture shows, in a sentence or two."""
    counts = {str(series): activity.total(series) for series in SERIES}
    label, repo = window_label(activity.window), one_line(activity.repo)
    if not any(counts.values()):
        key = "nothing" if activity.complete else "nothing_seen"
        return language.text(f"chart.alt.{key}", repo=repo, window=label)
    grain = language.text(f"chart.grain.{activity.grain}")
    told = language.text("chart.alt.counts", repo=repo, window=label, grain=grain, **counts)
    most = max(map(_moved, activity.buckets))
    busiest = [bucket for bucket in activity.buckets if _moved(bucket) == most]
    if len(busiest) > 1 or len(activity.buckets) == 1:
        return told
    when = moment(busiest[0], activity, language)
    gap = str(language.get("digest.sentence_gap"))
    return told + gap + language.text(f"chart.busiest.{activity.grain}", when=when, n=most)


def moment(bucket: Bucket, activity: Activity, language: Language) -> str:
    """When a bucket begins, as exactly as its grain asks for."""
    local = bucket.since.astimezone(activity.window.zone)
    return timeaxis.dated(local, f"moment.{activity.grain}", language)


def _notes(activity: Activity, language: Language) -> list[str]:
    """What has to be known to read the bars: how long a bucket is and where, then what else there is."""
    between = str(language.get("digest.between"))
    notes = [between.join([language.text(f"chart.grain.{activity.grain}"), activity.window.tz])]
    if any(bucket.is_partial for bucket in activity.buckets) and not activity.is_empty:
        notes.append(language.text(f"chart.partial.{activity.grain}"))
    if activity.is_filtered:
        notes.append(language.text("chart.filtered"))
    if elsewhere := sum(activity.elsewhere.values()):
        notes.append(language.text("chart.elsewhere", n=elsewhere))
    if not activity.complete:
        notes.append(language.text("chart.incomplete"))
    return notes


def _legend(activity: Activity, language: Language) -> Legend:
    """What stands above the line, below it, and in the strip."""
    groups: Legend = [
        (
            language.text(f"chart.{way}"),
            [(series, language.text(f"chart.series.{series}", n=activity.total(series))) for series in names],
        )
        for way, names in (("opened", UP), ("done", DOWN))
    ]
    if activity.comments:
        groups.append(("", [("comments", language.text("chart.series.comments", n=activity.comments))]))
    return groups


def _columns(plot: Plot, words: Callable[[Bucket], str]) -> Iterator[_Column]:
    for place, bucket in enumerate(plot.activity.buckets):
        bars = plot.bars(place)
        if bars:
            yield _Column(words(bucket), bucket.is_partial, bars)


def _column(bucket: Bucket, activity: Activity, language: Language) -> str:
    when = moment(bucket, activity, language)
    return language.text("chart.column", when=when, comments=bucket.comments, **bucket.counts)


def _moved(bucket: Bucket) -> int:
    return sum(bucket.counts.values())
