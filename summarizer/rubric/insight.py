"""Insight by code: how much one learns from an item, as far as its title, text and discussion tell."""

from __future__ import annotations

import re
from functools import lru_cache
from math import log2
from typing import TYPE_CHECKING, Final

from summarizer.rubric import wording
from summarizer.rubric.importance import gain, is_rfc
from summarizer.rubric.points import Sum

if TYPE_CHECKING:
    from summarizer.items import Item
    from summarizer.rubric.reach import Reach
    from summarizer.rubric.talk import Talk

BODY_CHARS, COMMENTS, COMMENT_CHARS = 4000, 20, 600
"""Read of a body, and of how many comments how much."""
TITLE_MOST: Final = 4.0
"""What a title can teach without a text."""

_ASIDE_KINDS: Final = frozenset(("docs", "ci", "test"))
_WORD = re.compile(r"\w+")
_TAGS = re.compile(r"^\s*(?:\[[^\]]{1,40}\]\s*)*:?")
_HIDDEN = re.compile(r"<!--.*?(?:-->|\Z)|```.*?(?:```|\Z)|<details>.*?(?:</details>|\Z)", re.DOTALL)
_TEMPLATE = re.compile(r"^[ \t]*(?:#{1,6}\s.*|[-*]\s\[[ xX]\].*|\|.*|>.*)$", re.MULTILINE)
_PROSE_LEAST = 40


def insight(item: Item, kind: str | None, found: Reach, said: Talk) -> Sum:
    """Points, which are to be rounded and held to 0..10. kind: the item's category."""
    points = Sum()
    points.include(_of_title(item, kind, found))
    points.include(_of_body(item.body or ""))
    points.include(_of_discussion(item, said))
    if item.author is not None and item.author.is_bot:
        points.add("bot", -2.0)
    if kind in ("docs", "ci") and points.points > 2:
        points.add("aside", -0.8)
    return points


def _of_title(item: Item, kind: str | None, found: Reach) -> Sum:
    """Little, and more where it names whom it concerns, a mechanism or a figure."""
    title, points = item.title, Sum()
    words = len(_WORD.findall(_TAGS.sub("", title)))
    points.add("words", 0.5 if words >= 4 else 0.0)
    points.add("kind", 0.5 if kind in ("feature", "performance", "refactor") else 0.0)
    points.add("scope", 0.6 if words >= 4 and wording.SCOPE.search(title) else 0.0)
    points.add("mechanism", 0.6 if wording.MECHANISM.search(title) else 0.0)
    points.add("words", 0.4 if words >= 10 else 0.0)
    points.add("general", 0.4 if wording.GENERAL.search(title) else 0.0)
    points.add("core", 0.7 if found.core > 1 else 0.0)
    points.add("tested", 0.5 if found.tests and found.code > 1 else 0.0)
    points.add("gain", 1.2 if gain(title) else 0.0)
    points.add("proposal", 1.5 if is_rfc(item) else 0.0)
    points.add("minor", -0.7 if wording.MINOR.search(title) else 0.0)
    whole = Sum()
    whole.include(points, 0.6 if kind in _ASIDE_KINDS and not found.code else 1.4)
    whole.most("title_most", TITLE_MOST)
    return whole


@lru_cache(maxsize=4096)  # a window is judged again with every digest of it, and its texts seldom change
def _of_body(body: str) -> Sum:
    """Length counts by its logarithm, and reasons, measurements and design more. To be read alone: it is remembered."""
    points = Sum()
    raw = body[:BODY_CHARS]
    prose = _TEMPLATE.sub("", _HIDDEN.sub("", raw)).strip().lower()
    if len(prose) < _PROSE_LEAST:
        return points
    points.add("text", 0.3 + min(1.5, log2(len(prose) / _PROSE_LEAST) * 0.3))
    points.add("cause", 1.0 if wording.says(prose, wording.CAUSE) else 0.0)
    points.add("measured", 1.2 if _is_measured(raw.lower()) else 0.0)
    points.add("design", 1.0 if wording.says(prose, wording.DESIGN) else 0.0)
    return points


def _of_discussion(item: Item, said: Talk) -> Sum:
    """All that is held counts, and most what was said last."""
    points = Sum()
    texts = [comment.body for comment in item.comments if not comment.author.is_bot and comment.body]
    texts += [review.body for review in item.reviews if not review.author.is_bot and review.body]
    if not texts:
        return points
    text = "\n".join(each[:COMMENT_CHARS] for each in texts[-COMMENTS:]).lower()
    points.add("talk", min(1.6, 0.25 * len(texts)))
    points.add("dissent", 1.0 if said.objections or wording.says(text, wording.DISSENT) else 0.0)
    points.add("argued", 0.6 if wording.says(text, wording.CAUSE) or _is_measured(text) else 0.0)
    points.add("people", min(0.8, 0.25 * said.people))
    return points


def _is_measured(text: str) -> bool:
    return wording.says(text, wording.MEASURED) or wording.FIGURE.search(text) is not None
