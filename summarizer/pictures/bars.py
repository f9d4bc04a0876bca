"""Rows of bars: what several pictures are, laid out in each shape. Pure.

A row has a label, bars one below the other on one scale, and words at its end. On a narrow page the label and those
words stand above the bars. Spans of time are points on a scale of minutes, hours and days.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Final, Literal

from summarizer.chart import lines_of, titles_of
from summarizer.escaping import fill
from summarizer.measure import fitted, middled, width
from summarizer.plot import FRAMES

if TYPE_CHECKING:
    from typing import TypeAlias

    from summarizer.languages import Language
    from summarizer.plot import Form

Kind: TypeAlias = Literal["now", "before"]

_SHARE: Final = 0.34
"""Of the width, that labels beside the bars may take."""
_SHARE_OF_PATHS: Final = 0.5
_BAR: Final = 13
_APART: Final = 2
_FIGURE_GAP: Final = 7
_COLUMN_GAP: Final = 16
_SLACK: Final = 1.06
"""Another font than the bundled one may be so much wider."""
_DOT: Final = 7


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar, or a point. figure: what is written at its end. words: what it shows, for who points at it."""

    kind: Kind
    value: float
    figure: str
    words: str


@dataclass(frozen=True, slots=True)
class Row:
    """label: plain words. aside: told at the end of the row, "" for nothing."""

    label: str
    marks: tuple[Mark, ...]
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """A picture of rows.

    title: what they are of. repo, when: of what window of what. notes: what has to be known to read them. legend:
    (kind, words). is_of_paths: labels are paths, which are cut in their middle. ticks: (seconds, words) of a scale of
    time, whose rows are points; none where rows are bars from zero. empty: what is said where there are no rows.
    """

    name: str
    title: str
    repo: str
    when: str
    alt: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    legend: tuple[tuple[Kind, str], ...] = ()
    ticks: tuple[tuple[float, str], ...] = ()
    is_of_paths: bool = False
    empty: str = ""


@dataclass(frozen=True, slots=True)
class _Text:
    """is_end: it ends at x, rather than beginning there."""

    text: str
    x: float
    y: float
    is_end: bool = False
    is_muted: bool = False


@dataclass(frozen=True, slots=True)
class _Shape:
    """A bar of that width, or a point around x, y where it has none."""

    kind: Kind
    x: float
    y: float
    width: float
    height: float
    words: str


@dataclass(frozen=True, slots=True)
class _Line:
    """From (x, y) to (to_x, to_y), thin. is_track: between two points of a row."""

    x: float
    y: float
    to_x: float
    to_y: float
    is_track: bool = False


class _Layout:
    """Where everything of a picture is in a frame."""

    def __init__(self, bars: Bars, form: Form, language: Language) -> None:
        self.bars = bars
        self.form = form
        self.frame = frame = FRAMES[form]
        self.texts: list[_Text] = []
        self.shapes: list[_Shape] = []
        self.lines: list[_Line] = []
        self._middles: list[float] = []
        self.notes = lines_of(bars.notes, frame, language, size=frame.small)
        self._place_heads()
        self._edge = frame.width - frame.edge
        self._place_rows()

    def _place_heads(self) -> None:
        """The words above: the notes follow the title, the legend the notes."""
        frame = self.frame
        y = frame.heads[0] + 26 if frame.has_title else 22
        self.notes_y = y
        y += (len(self.notes) - 1) * (frame.small + 4) if self.notes else -24
        self.legend_y = y + 26
        self.top = self.legend_y + 14 if self.bars.legend else y + 16

    def _place_rows(self) -> None:
        bars, frame = self.bars, self.frame
        share = _SHARE_OF_PATHS if bars.is_of_paths else _SHARE
        label = max((width(row.label, frame.size) for row in bars.rows), default=0.0) * _SLACK
        size = frame.size if bars.ticks else frame.small
        aside = max((width(row.aside, size) for row in bars.rows), default=0.0) * _SLACK
        self.is_above = self.form == "narrow"
        label = min(label, share * frame.width)
        if self.is_above:
            left, right = float(frame.edge), float(self._edge)
        else:
            left = frame.edge + label + _COLUMN_GAP
            right = self._edge - (aside + _COLUMN_GAP if aside else 0)
        figures = [width(mark.figure, frame.size) * _SLACK for row in bars.rows for mark in row.marks]
        room = right - left - (0 if bars.ticks else max(figures, default=0.0) + _FIGURE_GAP)
        self._left, self._room = left, room
        if bars.ticks:  # so that points and labels at its ends stand within
            self._left, self._room = left + 2 * _DOT, room - 4 * _DOT
        y = float(self.top)
        for row in bars.rows:
            y = self._place_row(row, y, label, aside)
        if bars.ticks and bars.rows:
            y = self._place_ticks(y)
        elif not bars.rows:
            self.texts.append(_Text(bars.empty, frame.edge, y + 30, is_muted=True))
            y += 44
        self.height = round(y + 12)

    def _place_row(self, row: Row, y: float, label: float, aside: float) -> float:
        frame, is_above = self.frame, self.is_above
        cut = middled if self.bars.is_of_paths else fitted
        at_once = max(1, 1 if self.bars.ticks else len(row.marks))
        thick = (2 * _DOT if self.bars.ticks else _BAR) + (2 if self.form == "panel" else 0)
        high = at_once * thick + (at_once - 1) * _APART
        if is_above:
            room = self._edge - frame.edge - (aside + _COLUMN_GAP if row.aside else 0)
            base = y + frame.size
            y += frame.size + 8
        else:
            room = label
            base = y + max(high, frame.size) / 2 + frame.size * 0.36
        self.texts.append(_Text(cut(row.label, room / _SLACK + 0.1, frame.size), frame.edge, base))
        if row.aside:
            self.texts.append(_Text(row.aside, self._edge, base, is_end=True, is_muted=not self.bars.ticks))
        y += max(0.0, (frame.size - high) / 2) if not is_above else 0
        if self.bars.ticks:
            self._place_points(row, y + high / 2)
        else:
            self._place_bars(row, y, thick)
        return y + high + (14 if is_above else 12)

    def _place_bars(self, row: Row, y: float, thick: int) -> None:
        most = max((mark.value for each in self.bars.rows for mark in each.marks), default=0) or 1
        for place, mark in enumerate(row.marks):
            top = y + place * (thick + _APART)
            long = max(1.5, self._room * mark.value / most) if mark.value else 0.0
            if long:
                self.shapes.append(_Shape(mark.kind, self._left, top, long, thick, mark.words))
            base = top + thick / 2 + self.frame.small * 0.36
            x = self._left + long + _FIGURE_GAP
            self.texts.append(_Text(mark.figure, x, base, is_muted=mark.kind == "before"))

    def _place_points(self, row: Row, y: float) -> None:
        self._middles.append(y)
        self.lines.append(_Line(self._left, y, self._left + self._room, y))
        places = [self._along(mark.value) for mark in row.marks]
        if len(places) > 1:
            self.lines.append(_Line(min(places), y, max(places), y, is_track=True))
        # what is now lies on top
        for mark, x in sorted(zip(row.marks, places, strict=True), key=lambda each: each[0].kind):
            self.shapes.append(_Shape(mark.kind, x, y, 0, _DOT, mark.words))

    def _place_ticks(self, y: float) -> float:
        frame = self.frame
        last = -1e9
        for seconds, words in self.bars.ticks:
            x = self._along(seconds)
            half = width(words, frame.small) * _SLACK / 2
            if x - half < max(0, last):
                continue
            last = x + half + 8
            # across the rows, or across their points alone where words stand between them
            ends = [(middle - _DOT - 2, middle + _DOT + 2) for middle in self._middles]
            for begin, end in ends if self.is_above else [(float(self.top), y)]:
                self.lines.append(_Line(x, begin, x, end))
            self.texts.append(_Text(words, x - half, y + frame.small + 4, is_muted=True))
        return y + frame.small + 6

    def _along(self, seconds: float) -> float:
        least, most = self.bars.ticks[0][0], self.bars.ticks[-1][0]
        share = log(max(seconds, least) / least) / log(most / least)
        return self._left + self._room * min(1.0, share)


def svg(bars: Bars, language: Language, form: Form) -> str:
    """The picture as SVG, ending in a newline."""
    laid = _Layout(bars, form, language)
    frame = laid.frame
    weak = "" if form == "panel" else f"{bars.repo} · {bars.when}"
    return fill(
        "bars.svg.jinja",
        name=bars.name,
        frame=frame,
        height=laid.height,
        shape=form,
        lang=language.code,
        heading=f"{bars.title} · {bars.repo} · {bars.when}",
        titles=titles_of(bars.title, weak, frame),
        alt=bars.alt,
        notes=laid.notes,
        notes_y=laid.notes_y,
        legend=bars.legend,
        legend_y=laid.legend_y,
        lines=laid.lines,
        shapes=laid.shapes,
        texts=laid.texts,
    )
