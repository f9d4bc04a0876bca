"""Key changes by area: an entry per area with the merged pull requests that matter most there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.digests import Claim, Entry
from summarizer.extract.areas import Area, grouped

if TYPE_CHECKING:
    from summarizer.digests import Table
    from summarizer.extract.words import Words
    from summarizer.items import Item

_AREAS, _ITEMS, _REST = 16, 4, 8
_ENOUGH = 30
"""Changes to show; where fewer are key ones the next in importance follow."""
_LEAST = 5
"""Importance below which a change is none to show, however few there are."""


def write(words: Words) -> tuple[tuple[Claim, ...], tuple[Entry, ...], tuple[Table, ...]]:
    """The areas with most key changes first; within one the most important first."""
    chosen = _chosen(words)
    if not chosen:
        key = "nothing" if not words.merged else "none"
        if not words.facts.complete:
            key = "none_seen"
        return (words.claim(f"changes.{key}"),), (), ()
    merged = {area.name: len(area.items) for area in grouped(words.merged, words)}
    areas = sorted(
        grouped(chosen, words),
        key=lambda area: (-sum(_is_key(item, words) for item in area.items), -len(area.items), area.name),
    )
    entries = [_entry(area, merged[area.name], words) for area in areas[:_AREAS]]
    others = [item for area in areas[_AREAS:] for item in area.items]
    if others:
        entries.append(
            Entry(tuple(_line(item, words) for item in others[:_REST]), None, words.text("areas.elsewhere"))
        )
    return (), tuple(entries), ()


def _chosen(words: Words) -> list[Item]:
    key = list(words.key_prs)
    if len(key) >= _ENOUGH:
        return key
    more = [item for item in words.merged[len(key) :] if words.importance(item.number) >= _LEAST]
    return key + more[: _ENOUGH - len(key)]


def _is_key(item: Item, words: Words) -> bool:
    judged = words.judged.get(item.number)
    return judged is not None and judged.is_key


def _entry(area: Area, merged: int, words: Words) -> Entry:
    claims = [_line(item, words) for item in area.items[:_ITEMS]]
    rest = [item.number for item in area.items[_ITEMS:]]
    if rest:
        claims.append(words.claim("areas.rest", rest[:_REST], numbers=words.some(rest, _REST)))
    heading = words.text("areas.heading", area=area.name, n=len(area.items), merged=merged)
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
