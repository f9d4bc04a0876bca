"""Key technical changes: the window's pull requests and proposals, ranked by a score written out here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.categories import category
from summarizer.digests import Entry

if TYPE_CHECKING:
    from summarizer.digests import Claim
    from summarizer.extract.words import Words
    from summarizer.items import Item

_FEW, _MANY, _MANY_FROM = 5, 8, 40
_LEAST = 3.0
"""Points below which an item is no key change."""


def write(words: Words) -> tuple[tuple[Claim, ...], tuple[Entry, ...]]:
    """One entry per key change: what it says of itself, how far it reaches, what became of it."""
    chosen = key_changes(words)
    if not chosen:
        return (words.claim("changes.none" if words.ranked else "changes.nothing"),), ()
    return (), tuple(_entry(item, words) for item in chosen)


def key_changes(words: Words) -> list[Item]:
    """The changes that have an entry, best first."""
    most = _MANY if len(words.ranked) >= _MANY_FROM else _FEW
    return [item for points, item in words.lasting[:most] if points >= _LEAST]


def _entry(item: Item, words: Words) -> Entry:
    return Entry(
        (
            *words.excerpt(item, label="what", most=2),
            *words.reach(item),
            *_kind(item, words),
            words.claim("changes.status", (item.number,), label="status", happened=words.told(item)),
            *_risks(item, words),
        ),
        item.number,
    )


def _kind(item: Item, words: Words) -> tuple[Claim, ...]:
    """What kind of change it is, where that is told; an issue says "bug" in its title."""
    kind = category(item)
    if not item.is_pull_request or kind in (None, "other"):
        return ()
    shown = words.language.text(f"digest.category.{kind}")
    return (words.claim("changes.kind", (item.number,), label="kind", kind=shown),)


def _risks(item: Item, words: Words) -> tuple[Claim, ...]:
    """The risk tags of a pull request, if it carries any."""
    risks = words.risks(item.number) if item.is_pull_request else ""
    return (words.claim("changes.risks", (item.number,), label="risks", risks=risks),) if risks else ()
