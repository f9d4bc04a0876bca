"""Importance by code: how many an item affects and how badly, as far as kind, paths, title, size and talk tell."""

from __future__ import annotations

from math import log2
from typing import TYPE_CHECKING, Final

from summarizer import reverts
from summarizer.rubric import wording
from summarizer.rubric.points import Sum
from summarizer.rubric.reach import PLATFORM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from summarizer.items import Item
    from summarizer.rubric.reach import Reach
    from summarizer.rubric.talk import Talk

_OF_PULL: Final[Mapping[str, float]] = {
    "performance": 4.4,
    "feature": 4.2,
    "model": 3.8,
    "bugfix": 3.4,
    "": 3.3,
    "refactor": 3.0,
    "other": 3.0,
    "test": 1.6,
    "ci": 1.4,
    "docs": 0.9,
}
"""What a pull request starts with, by its category; "" where none is told."""
_OF_ISSUE: Final[Mapping[str, float]] = {
    "performance": 3.6,
    "bugfix": 3.2,
    "feature": 2.6,
    "model": 2.6,
    "ci": 2.4,
    "": 2.2,
    "other": 2.0,
    "docs": 1.0,
}
_PROPOSAL: Final = 5.6
_ASIDE_KINDS: Final = frozenset(("docs", "ci", "test"))
_NO_CODE_MOST: Final = 2.2
_UNMERGED_MOST: Final = 3.0
_MOST: Final = 9.4
"""Code cannot tell an outage."""
_HARMLESS_MOST: Final = 8.0
"""More is only for what breaks, removes, is unsafe, changes a default at the core or mends severe harm there."""
_STEEP_FROM, _STEEP = 4.2, 1.3
"""Above so many points each counts so much: what is beyond one backend is rarer than its signs add up to."""


def importance(item: Item, kind: str | None, found: Reach, said: Talk) -> Sum:
    """Points, which are to be rounded and held to 0..10. kind: the item's category."""
    points = _of_pull(item, kind, found) if item.is_pull_request else _of_issue(item, kind)
    points.add("talk", min(1.5, 0.12 * said.remarks + 0.15 * said.people))
    points.add("reactions", min(1.0, (item.reactions or 0) / 15))
    if item.author is not None and item.author.is_bot:
        points.add("bot", -2.0)
    if item.is_pull_request and item.state == "closed":
        points.become("unmerged", min(0.6 * points.points, _UNMERGED_MOST))
    points.most("most", _MOST)
    return points


def gain(title: str) -> float:
    """The largest percentage or factor that the title states, as a percentage; 0 where it states none."""
    gains = [
        float(value) if unit == "%" else 100 * (float(value) - 1)
        for value, unit in wording.GAIN.findall(title)
    ]
    return max(gains, default=0.0)


def is_breaking(item: Item) -> bool:
    """Whether title or labels say that what people use stops working, or will."""
    return wording.BREAKING.search(item.title) is not None or any(
        "breaking" in label.lower() for label in item.labels
    )


def is_rfc(item: Item) -> bool:
    """Whether the item is a request for comments."""
    return bool(wording.RFC.search(item.title)) or any(label.upper() == "RFC" for label in item.labels)


def _of_pull(item: Item, kind: str | None, found: Reach) -> Sum:
    title, points = item.title, Sum()
    if kind in _ASIDE_KINDS and found.code:
        # a failure of CI was what showed it, but what it mends is what users run
        kind = "bugfix" if wording.FIX.search(title) else ""
    points.add("start", _OF_PULL[kind or ""])
    if item.files and not found.code:
        points.most("no_code", _NO_CODE_MOST)
        points.add("no_code", -0.2)
        points.add("no_code", min(0.5, 0.1 * (found.files - 1)))
    is_minor = wording.MINOR.search(title) is not None
    points.include(_weight(found), 0.5 if is_minor else 1.0)
    points.include(_words(item, kind, found))
    if wording.TRIVIAL.search(title):
        points.add("trivial", -1.2)
    elif is_minor:
        points.add("minor", -0.9)
    size = (item.additions or 0) + (item.deletions or 0)
    if size and found.code:
        points.add("size", min(1.0, max(-0.4, (log2(size + 1) - 5) / 5)))
    if reverts.told(item) is not None or reverts.REVERT.match(title):
        points.add("revert", 0.8)
    if item.is_draft:
        points.add("draft", -0.5)
    if points.points > _STEEP_FROM:
        points.become("steep", _STEEP_FROM + _STEEP * (points.points - _STEEP_FROM))
    if not _is_harmful(item, found):
        points.most("harmless", _HARMLESS_MOST)
    return points


def _weight(found: Reach) -> Sum:
    """How far the changed code reaches."""
    points = Sum()
    if found.core:
        points.add("core", 0.9 + min(0.8, 0.2 * (found.core - 1)))
    if found.code > 1:
        points.add("files", min(1.0, 0.28 * log2(found.code)))
    if found.areas > 2:
        points.add("places", min(0.6, 0.15 * (found.areas - 2)))
    if found.config and found.core > found.config:
        points.add("setting", 0.5)  # a setting together with what it sets
    if found.models == found.code == 1:
        points.add("models", -0.6)
    elif found.models:
        points.add("models", -0.3)
    if found.code and found.platform == found.code:
        points.add("platform", -0.3)
    return points


def _words(item: Item, kind: str | None, found: Reach) -> Sum:
    """What the title says of harm and reach; labels only where they say "breaking"."""
    title, points = item.title, Sum()
    for_all = PLATFORM.search(title) is None
    if is_breaking(item) and not wording.DEPRECATES.search(title):
        points.add("breaking", 3.5)
    elif wording.REMOVES.search(title):
        points.add("removes", 1.6)
    if wording.DEFAULT.search(title):
        points.add("default", 0.9 + (0.8 if for_all else 0.0) + (0.5 if for_all and found.core else 0.0))
    elif wording.AUTOMATIC.search(title):
        points.add("automatic", 0.9)
    severe = wording.SEVERE.search(title) is not None
    if kind in _ASIDE_KINDS:
        points.add("severe", 0.3 if severe else 0.0)
        return points
    points.add("security", 3.6 if wording.SECURITY.search(title) else 0.0)
    points.add("severe", 0.9 if severe else 0.0)
    points.add("regression", 0.6 if wording.REGRESSION.search(title) else 0.0)
    points.add("general", 0.4 if wording.GENERAL.search(title) else 0.0)
    is_news = kind in ("performance", "feature", "", None) and wording.NEW.search(title)
    points.add("new", 0.4 if is_news else 0.0)
    if stated := gain(title):
        points.add("gain", 0.5 if stated < 5 else 1.0)
    return points


def _is_harmful(item: Item, found: Reach) -> bool:
    at_core = found.core > 0 and PLATFORM.search(item.title) is None
    patterns = (wording.REMOVES, wording.SECURITY, *((wording.DEFAULT, wording.SEVERE) if at_core else ()))
    return is_breaking(item) or any(pattern.search(item.title) for pattern in patterns)


def _of_issue(item: Item, kind: str | None) -> Sum:
    title, points = item.title, Sum()
    if is_rfc(item):
        points.add("proposal", _PROPOSAL)
    else:
        points.add("start", _OF_ISSUE.get(kind or "", 2.2))
    points.add("severe", 1.2 if wording.SEVERE.search(title) else 0.0)
    points.add("regression", 1.2 if wording.REGRESSION.search(title) else 0.0)
    points.add("security", 2.0 if wording.SECURITY.search(title) else 0.0)
    points.add("breaking", 1.2 if is_breaking(item) else 0.0)
    points.add("general", 0.5 if wording.GENERAL.search(title) else 0.0)
    points.add("default", 0.5 if wording.DEFAULT.search(title) else 0.0)
    points.add("platform", -0.4 if PLATFORM.search(title) else 0.0)
    points.add("stale", -1.0 if "stale" in (label.lower() for label in item.labels) else 0.0)
    points.add("closed", -0.6 if item.state == "closed" else 0.0)
    return points
