"""Ranking: how much an item of the window matters, by a score that is written out here."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from summarizer.categories import category
from summarizer.facts import LIST_NAMES

if TYPE_CHECKING:
    from summarizer.facts import Facts
    from summarizer.items import Item

BREAKING = re.compile(
    r"\bbreaking\b|\[breaking|\bremove(?:s|d)? (?:support|deprecated)|\bdeprecat|不兼容|破坏性",
    re.IGNORECASE,
)
REVERT = re.compile(r"^\s*(?:\[[^\]]*\]\s*)*revert\b", re.IGNORECASE)
RFC = re.compile(r"\bRFC\b")
_SEVERE = re.compile(
    r"illegal memory|crash|deadlock|hang\b|corrupt|wrong (?:result|output)|security|CVE-|OOM|崩溃|安全",
    re.IGNORECASE,
)
_CORE = re.compile(
    r"\[(?:core|v1|kernel|attention|scheduler|engine|model runner|moe|mrv2)\b|scheduler|attention|kv.?cache",
    re.IGNORECASE,
)
_CORE_LABELS = frozenset(
    {"v1", "kernel", "core", "ready", "performance", "speculative-decoding", "kv-connector"}
)
_MINOR = frozenset({"docs", "test", "ci"})


def ranked(facts: Facts) -> list[tuple[float, Item]]:
    """The listed items with their scores, best first."""
    items = [facts.items[number] for number in listed(facts)]
    return sorted(((score(item, facts), item) for item in items), key=lambda each: (-each[0], each[1].number))


def score(item: Item, facts: Facts) -> float:
    """How much a change matters, in points: its state, its kind, its reach, the talk about it. At least 0."""
    points = 0.0
    window, text = facts.window, f"{item.title}\n{(item.body or '')[:2000]}"
    if item.is_pull_request:
        merged = item.merged_at is not None and item.merged_at in window
        points += 4.0 if merged else 2.5 if item.state == "open" else 0.5
        size = (item.additions or 0) + (item.deletions or 0)
        points += min(2.0, size / 300)
        points += min(1.0, len(item.files or ()) / 10)
    elif is_rfc(item):
        points += 4.5
    elif category(item) == "bugfix" and item.state == "open":
        points += 2.0 + (1.5 if _SEVERE.search(text) else 0.0)
    else:
        points += 1.0
    kind = category(item)
    points += {"performance": 1.5, "feature": 1.0, "model": 1.0, "bugfix": 1.0, "refactor": 0.5}.get(
        kind or "", 0.0
    )
    points += 1.0 if _CORE.search(item.title) or _CORE_LABELS.intersection(item.labels) else 0.0
    points += 2.0 if BREAKING.search(item.title) or REVERT.match(item.title) else 0.0
    points += min(2.0, 0.3 * len(said_by_people(item, facts)))
    if item.author and item.author.is_bot:
        points -= 2.0
    if kind in _MINOR:
        points -= 2.5
    return max(0.0, points)


def is_rfc(item: Item) -> bool:
    """Whether the item is a request for comments."""
    return bool(RFC.search(item.title)) or any(label.upper() == "RFC" for label in item.labels)


def listed(facts: Facts) -> tuple[int, ...]:
    """The numbers of every list but carried_over, each once."""
    return tuple(
        dict.fromkeys(
            row.number for name in LIST_NAMES if name != "carried_over" for row in facts.lists.get(name, ())
        )
    )


def said_by_people(item: Item, facts: Facts) -> list[tuple[str, str]]:
    """(login, text) of each comment and review of the window with a text and by no bot, oldest first."""
    window = facts.window
    said = [(comment.created_at, comment.author, comment.body) for comment in item.comments]
    said += [(review.submitted_at, review.author, review.body) for review in item.reviews]
    told = [each for each in said if each[0] in window and not each[1].is_bot and each[2].strip()]
    return [(author.login, text) for _, author, text in sorted(told, key=lambda each: each[0])]
