"""The pictures of a digest: its activity, topics, times and files, the panel of them that chats get, and its card; the
chart over weeks of a page. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from summarizer.activity import activity
from summarizer.chart import alt_text, chart
from summarizer.pictures import bars, files, timing, topics
from summarizer.pictures.cards import card, front_card
from summarizer.pictures.panel import panel, panel_alt
from summarizer.pictures.weekly import weeks, weeks_alt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from summarizer.facts import Facts
    from summarizer.languages import Language
    from summarizer.plot import Shape

__all__ = [
    "NAMES",
    "Picture",
    "card",
    "draw",
    "front_card",
    "panel",
    "panel_alt",
    "pictures",
    "weeks",
    "weeks_alt",
]

_ROWS: Final[Mapping[str, Callable[[Facts, Language], bars.Bars]]] = {
    "topics": topics.bars,
    "timing": timing.bars,
    "files": files.bars,
}

NAMES: Final = ("activity", *_ROWS)


@dataclass(frozen=True, slots=True)
class Picture:
    """name: "activity", "topics", "timing" or "files". title: in the language. alt: what it shows, in a sentence or
    two."""

    name: str
    title: str
    alt: str


def pictures(facts: Facts, language: Language) -> tuple[Picture, ...]:
    """Those that have something to show, after the activity, which tells even of nothing."""
    title = language.text("chart.titles.activity")
    found = [Picture("activity", title, alt_text(activity(facts), language))]
    for name, of in _ROWS.items():
        made = of(facts, language)
        if made.rows:
            found.append(Picture(name, made.title, made.alt))
    return tuple(found)


def draw(name: str, facts: Facts, language: Language, shape: Shape = "picture") -> str:
    """The picture of that name as SVG, ending in a newline; one with nothing to show says so. Raises KeyError for a
    name that is none of `NAMES`."""
    if name == "activity":
        return chart(activity(facts), language, shape)
    return bars.svg(_ROWS[name](facts, language), language, shape)
