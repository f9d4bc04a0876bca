"""The shapes of a chart over time: buckets to bars and figures, in CSS pixels. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

from summarizer.activity import Activity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from summarizer.activity import Bucket

Shape = Literal["picture", "wide", "narrow"]
"""A picture stands for itself, in a chat or as a file. The other two are for a page of ours, which has told the title
and whose style sheet shows the one that fits and may darken it."""

Form = Literal["picture", "wide", "narrow", "panel"]
"""A shape, or a part of the panel that chats get, which is looked at on a phone."""

UP: Final[tuple[str, ...]] = ("prs_opened", "issues_opened")
DOWN: Final[tuple[str, ...]] = ("prs_merged", "issues_closed")

_STRIP: Final = 38
"""How high the strip of comments is, with the gap above it."""
_STRIP_GAP: Final = 14
_FIGURE: Final = 3.08
"""A bucket that is so many times as wide as a figure is high has its figures beside the bars."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Where things are.

    left, right, top, bottom: of the bars. apart: the least distance of two labels of the time axis. has_weekdays:
    whether those of days have room for them. edge, heads: where the lines of words above begin: title, notes, legend.
    size: of most of the words; small: of figures and labels. is_narrow: whether each part of the legend has a line of
    its own. has_title: whether it tells what it is of. widest: a bar.
    """

    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int
    apart: int
    has_weekdays: bool
    edge: int
    heads: tuple[int, int, int]
    size: int = 13
    small: int = 12
    is_narrow: bool = False
    has_title: bool = False
    widest: float = 52.0


FRAMES: Final[Mapping[Form, Frame]] = {
    "picture": Frame(
        960, 420, 64, 932, 122, 372, apart=68, has_weekdays=True, edge=28, heads=(42, 66, 98), has_title=True
    ),
    "wide": Frame(960, 370, 64, 932, 78, 328, apart=68, has_weekdays=True, edge=28, heads=(0, 26, 56)),
    "narrow": Frame(
        400, 404, 40, 384, 124, 350, apart=52, has_weekdays=False, edge=12, heads=(0, 24, 50), is_narrow=True
    ),
    "panel": Frame(
        640, 428, 56, 616, 152, 380, apart=76, has_weekdays=False, edge=24, heads=(44, 72, 104),
        size=15, small=14, is_narrow=True, has_title=True,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle. kind: its series, or "comments"."""

    kind: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Label:
    """A text, and the middle of its base line. is_strong: it tells a new day or year."""

    text: str
    x: float
    y: float
    is_strong: bool = False


@dataclass(frozen=True)
class Plot:
    """An activity in a frame. up, down: the series above the line and below it, each from the line outwards."""

    activity: Activity
    frame: Frame
    up: tuple[str, ...] = UP
    down: tuple[str, ...] = DOWN

    @cached_property
    def slot(self) -> float:
        """The width that a bucket has."""
        return (self.frame.right - self.frame.left) / max(1, len(self.activity.buckets))

    @cached_property
    def has_figures(self) -> bool:
        """Whether each bucket has room for them."""
        return self.slot >= _FIGURE * self.frame.size

    @property
    def is_empty(self) -> bool:
        """Whether no bar stands above the line or below it."""
        return not sum(self._extremes)

    @cached_property
    def peak(self) -> int:
        """The most comments of a bucket."""
        return max((bucket.comments for bucket in self.activity.buckets), default=0)

    @cached_property
    def zero(self) -> float:
        """Where the line between up and down is."""
        top, bottom = self._room
        highest, lowest = self._extremes
        return top + (bottom - top) * (highest / (highest + lowest) if highest + lowest else 0.5)

    @cached_property
    def unit(self) -> float:
        """The height of one."""
        top, bottom = self._room
        return (bottom - top) / max(1, sum(self._extremes))

    @cached_property
    def _room(self) -> tuple[float, float]:
        """Where the longest bars end."""
        margin = 18 if self.has_figures else 4
        below = margin if self.down else 1
        return self.frame.top + margin, self.frame.bottom - below - (_STRIP if self.peak else 0)

    @cached_property
    def _extremes(self) -> tuple[int, int]:
        highest = max((_total(bucket, self.up) for bucket in self.activity.buckets), default=0)
        return highest, max((_total(bucket, self.down) for bucket in self.activity.buckets), default=0)

    def grid(self) -> list[tuple[str, float]]:
        """(count, height) of each line of the grid and of the zero, from below."""
        highest, lowest = self._extremes
        step = nice((highest + lowest) / 5)
        counts = range(-(lowest // step) * step, highest + 1, step)
        return [(brief(abs(count)), self.zero - count * self.unit) for count in counts]

    def bars(self, place: int) -> tuple[Bar, ...]:
        """Those of one bucket, from the line outwards."""
        return (*self._stack(place, self.up, -1), *self._stack(place, self.down, 1), *self._comments(place))

    def figures(self) -> Iterator[Label]:
        """How many there are above and below the line, where there is room to tell."""
        for place, bucket in enumerate(self.activity.buckets if self.has_figures else ()):
            up, down = _total(bucket, self.up), _total(bucket, self.down)
            if up:
                yield Label(brief(up), self._middle(place), self.zero - up * self.unit - 5)
            if down:
                y = self.zero + down * self.unit + self.frame.small + 2
                yield Label(brief(down), self._middle(place), y)

    def _middle(self, place: int) -> float:
        return self.frame.left + (place + 0.5) * self.slot

    def _stack(self, place: int, names: tuple[str, ...], sign: Literal[-1, 1]) -> Iterator[Bar]:
        counts = self.activity.buckets[place].counts
        width = min(self.frame.widest, self.slot * 0.72)
        below = 0
        for series in names:
            if counts[series]:
                # a gap of one shows where a part ends
                near = self.zero + sign * (below * self.unit + 1)
                height = max(1.0, counts[series] * self.unit - 1)
                y = near if sign > 0 else near - height
                yield Bar(series, self._middle(place) - width / 2, y, width, height)
            below += counts[series]

    def _comments(self, place: int) -> Iterator[Bar]:
        comments = self.activity.buckets[place].comments
        if comments:
            width = min(self.frame.widest, self.slot * 0.72)
            height = (_STRIP - _STRIP_GAP) * comments / self.peak
            yield Bar("comments", self._middle(place) - width / 2, self.frame.bottom - height, width, height)


def brief(count: int) -> str:
    """A count in at most five characters: "9999", "12.3k", "450k", "3M"."""
    if count < 10_000:
        return str(count)
    if count < 999_500:
        thousands = count / 1000
        return f"{thousands:.1f}".removesuffix(".0") + "k" if count < 99_950 else f"{thousands:.0f}k"
    return f"{count / 1e6:.1f}".removesuffix(".0") + "M"


def nice(least: float) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50, … that is no less."""
    power = 1
    while True:
        for digit in (1, 2, 5):
            if digit * power >= least:
                return digit * power
        power *= 10


def _total(bucket: Bucket, names: tuple[str, ...]) -> int:
    return sum(bucket.counts[series] for series in names)
