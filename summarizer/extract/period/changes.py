"""Key changes by area: an entry per area with the merged pull requests that matter most there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.digests import Claim, Entry
from summarizer.extract.areas import ELSEWHERE, grouped

if TYPE_CHECKING:
    from collections.abc import Sequence

    from summarizer.digests import Table
    from summarizer.extract.words import Words
    from summarizer.items import Item

_AREAS, _ITEMS, _REST = 16, 4, 8
_ENOUGH = 30
"""Changes to show; where fewer are key ones the next in importance follow."""
_LEAST = 5
"""Importance below which a change is none to show, however few there are."""


def write(words: Words) -> tuple[tuple[Claim, ...], tuple[Entry, ...], tuple[Table, ...]]:
    """A lead, then the areas with most key changes first; within one the most important first."""
    chosen = _chosen(words)
    if not chosen:
        key = "nothing" if not words.merged else "none"
        if not words.facts.complete:
            key = "none_seen"
        return (words.claim(f"changes.{key}"),), (), ()
    merged = {area.key: len(area.items) for area in grouped(words.merged, words)}
    groups = grouped(chosen, words)
    areas = sorted(  # by key, for names differ from language to language
        (area for area in groups if area.key != ELSEWHERE),
        key=lambda area: (-sum(_is_key(item, words) for item in area.items), -len(area.items), area.key),
    )
    entries = [_entry(area.name, area.items, merged[area.key], words) for area in areas[:_AREAS]]
    others = [*areas[_AREAS:], *(area for area in groups if area.key == ELSEWHERE)]
    if others:
        items = [item for area in others for item in area.items]
        total = sum(merged[area.key] for area in others)
        entries.append(_entry(words.text("areas.elsewhere"), items, total, words))
    return (words.claim("areas.lead"),), tuple(entries), ()


def _chosen(words: Words) -> list[Item]:
    key = list(words.key_prs)
    if len(key) >= _ENOUGH:
        return key
    more = [item for item in words.merged[len(key) :] if words.importance(item.number) >= _LEAST]
    return key + more[: _ENOUGH - len(key)]


def _is_key(item: Item, words: Words) -> bool:
    judged = words.judged.get(item.number)
    return judged is not None and judged.is_key


def _entry(name: str, items: Sequence[Item], merged: int, words: Words) -> Entry:
    """merged: how many pull requests of the area were merged, shown or not."""
    claims = [_line(item, words) for item in items[:_ITEMS]]
    rest = [item.number for item in items[_ITEMS:]]
    if rest:
        claims.append(words.claim("areas.rest", rest[:_REST], numbers=words.some(rest, _REST)))
    key = "areas.heading_filtered" if words.facts.filters else "areas.heading"
    heading = words.text(key, area=name, n=len(items), merged=merged)
    return Entry(tuple(claims), None, heading)


def _line(item: Item, words: Words) -> Claim:
    """The pull request and what it says of itself."""
    name = words.named(item.number)
    if gist := words.gist(item):
        return words.claim("areas.item_gist", (item.number,), source="model", item=name, text=gist)
    said = words.said(item)
    if not said:
        return words.claim("areas.item", (item.number,), item=name)
    return words.claim("areas.item_said", (item.number,), source="extraction", item=name, text=said)
