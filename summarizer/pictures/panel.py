"""The panel: what a chat gets of a digest, one picture. Pure.

A day's is its activity. A week's and a month's have the other pictures below it, in words that are still read on a
phone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from summarizer.activity import activity
from summarizer.chart import alt_text, chart
from summarizer.escaping import fill
from summarizer.pictures import bars, files, timing, topics
from summarizer.plot import FRAMES

if TYPE_CHECKING:
    from summarizer.facts import Facts
    from summarizer.languages import Language

LONGEST_ALT: Final = 1_000
"""Characters that Slack and Discord take of it."""

_LONG: Final = timedelta(days=5)
"""A window that is so long, such as a week that is not over, has more to show than its activity."""
_TOPICS, _FILES = 6, 5


def panel(facts: Facts, language: Language) -> tuple[str, str]:
    """SVG and its alt text."""
    parts = _parts(facts, language)
    if not parts:
        told = activity(facts)
        return chart(told, language), panel_alt(facts, language)
    drawn = [chart(activity(facts), language, "panel")]
    drawn += [bars.svg(part, language, "panel") for part in parts]
    heights = [_height(svg) for svg in drawn]
    places = [sum(heights[:place]) for place in range(len(drawn))]
    alt = panel_alt(facts, language)
    svg = fill(
        "panel.svg.jinja",
        width=FRAMES["panel"].width,
        height=sum(heights),
        lang=language.code,
        alt=alt,
        parts=[(y, Markup(svg)) for y, svg in zip(places, drawn, strict=True)],  # noqa: S704 - ours
    )
    return svg, alt


def panel_alt(facts: Facts, language: Language) -> str:
    """What the panel shows, in as many sentences as the platforms take."""
    gap = str(language.get("digest.sentence_gap"))
    told = alt_text(activity(facts), language)
    for part in _parts(facts, language):
        # of topics less is told than is shown
        more = topics.alt(facts, language, _TOPICS, has_members=False) if part.name == "topics" else part.alt
        if len(told + gap + more) <= LONGEST_ALT:
            told += gap + more
    return told


def _parts(facts: Facts, language: Language) -> list[bars.Bars]:
    """What stands below the activity."""
    if facts.window.duration < _LONG:
        return []
    by_topic, times = topics.bars(facts, language, _TOPICS), timing.bars(facts, language)
    if by_topic.legend:  # told once
        times = replace(times, legend=())
    made = (
        replace(by_topic, notes=(language.text("chart.topics.members_note"),)),
        replace(times, notes=()),
        files.bars(facts, language, _FILES),
    )
    return [part for part in made if part.rows]


def _height(svg: str) -> int:
    """As its opening tag tells."""
    return int(svg.partition(' height="')[2].partition('"')[0])
