"""The rubric: what importance and insight mean, point by point, and the judgement that code alone can make.

Each point's meaning stands in prompts/rubric.jinja, which a model is given, and in docs/rubric.md for people: in
short, importance is how many users and developers an item affects and how badly (0 a typo, 3 a routine fix in one
corner, 5 noticed by the users of one backend, 7 key, 9 breaking, 10 an outage), and insight is how much one learns from
it as far as its text tells (0 nothing beyond the title, 4 a reason, 5 a root cause or a measurement, 7 alternatives
weighed or reasoned disagreement, 9 a debate that decides a direction).

Code weighs what it can see: kind, paths, words of the title, size, talk. Each adds to or takes from a start by kind;
the sum is rounded. The weights below were set by looking at two weeks of a large project, so that the whole scale is
used, no class holds more than about a quarter of a week, and one merged pull request in ten is a key one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from summarizer.assessments import Assessment
from summarizer.categories import category, is_test, stated_category
from summarizer.rubric import talk
from summarizer.rubric.importance import importance, is_breaking, is_rfc
from summarizer.rubric.insight import insight
from summarizer.rubric.points import Part, Sum
from summarizer.rubric.reach import reach
from summarizer.rubric.risks import CERTAIN, order, risks
from summarizer.rubric.wording import BREAKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from summarizer.facts import Facts
    from summarizer.items import Item

__all__ = [
    "BREAKING",
    "MOST_MOVED",
    "Breakdown",
    "Part",
    "assess",
    "assess_all",
    "bounded",
    "breakdown",
    "is_breaking",
    "is_rfc",
    "remarks",
]

TITLE_CHARS: Final = 300
"""Read of a title. GitHub's are shorter; a file that is imported may hold any."""
MOST_MOVED: Final = 3
"""Points a model may move a judgement of code's: text that it read may have asked for a ten."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Code's points of an item, before they are rounded and held to 0..10."""

    importance: Sum
    insight: Sum


def assess_all(facts: Facts, numbers: Iterable[int] | None = None) -> dict[int, Assessment]:
    """Code's judgement of the listed items and hot threads, or of `numbers`, by number; of items of the facts alone."""
    wanted = (*facts.listed, *(hot.number for hot in facts.hot)) if numbers is None else numbers
    return {
        number: assess(facts.items[number], facts)
        for number in dict.fromkeys(wanted)
        if number in facts.items
    }


def assess(item: Item, facts: Facts) -> Assessment:
    """Code's judgement of an item as it stood at the window's end."""
    item = _read(item)
    kind, found = category(item), reach(item.files or ())
    points = _summed(item, kind, facts)
    return Assessment(
        number=item.number,
        category=kind,
        importance=_whole(points.importance.points),
        insight=_whole(points.insight.points),
        risks=risks(item, kind, found),
    )


def breakdown(item: Item, facts: Facts) -> Breakdown:
    """What code's judgement of an item is the sum of."""
    item = _read(item)
    return _summed(item, category(item), facts)


def _summed(item: Item, kind: str | None, facts: Facts) -> Breakdown:
    found, said = reach(item.files or ()), talk.talk(item, facts)
    return Breakdown(importance(item, kind, found, said), insight(item, kind, found, said))


def bounded(model: Assessment, code: Assessment, item: Item) -> Assessment:
    """A model's judgement, held to what code can tell.

    Importance and insight stay within MOST_MOVED points of code's, a category that the title states wins, tests that
    are among the changed files are not missing, and what paths and size tell stays. The words are kept.
    """
    told = set(model.risks)
    if item.files is None or any(is_test(path) for path in item.files):
        told.discard("missing_tests")
    told.update(risk for risk in code.risks if risk in CERTAIN)
    return replace(
        model,
        number=item.number,
        category=stated_category(item) or model.category or code.category,
        importance=_near(model.importance, code.importance),
        insight=_near(model.insight, code.insight),
        risks=order(told),
    )


def remarks(item: Item, facts: Facts) -> int:
    """How many comments and reviews with a text people, not bots, left on the item in the window."""
    return talk.talk(item, facts).remarks


def _read(item: Item) -> Item:
    return item if len(item.title) <= TITLE_CHARS else replace(item, title=item.title[:TITLE_CHARS])


def _whole(points: float) -> int:
    return max(0, min(10, int(points + 0.5)))


def _near(value: int, middle: int) -> int:
    return max(0, middle - MOST_MOVED, min(10, middle + MOST_MOVED, value))
