"""Filling: sections into pages, with what begins on each and what goes on there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapters.slack import blocks
from adapters.slack.blocks import Block

if TYPE_CHECKING:
    from collections.abc import Iterable

_ROOM: Final = 0.4
"""Of a page that has to be left for a section to begin there that does not fit whole."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What stays together where it can: a section or a list. Neighbours of the same id are parts of one. id: "" for
    what has no title."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """begun: the sections whose title is on it. goes_on_with: the title of the one that it begins inside of, or ""."""

    blocks: tuple[Block, ...] = ()
    begun: tuple[Unit, ...] = ()
    goes_on_with: str = ""


def filled_pages(units: Iterable[Unit], *, budget: int, most: int) -> list[Page]:
    """The units in pages, in their order. One that does not fit whole begins where much of the page is left, else on
    the next one. budget: `blocks.characters` of a page. most: blocks of it."""
    done: list[Page] = []
    current = Page()
    before = ""
    for unit in units:
        is_new = bool(unit.id) and unit.id != before
        before = unit.id
        grown = (*current.blocks, *unit.blocks)
        used = blocks.characters(current.blocks)
        fits = blocks.characters(grown) <= budget and len(grown) <= most
        if not fits and current.blocks and used > budget * (1 - _ROOM):
            done.append(current)
            current = Page(goes_on_with="" if is_new else unit.title)
        for packed in blocks.pack([*current.blocks, *unit.blocks], budget=budget, most=most):
            if not current.blocks or len(packed) > len(current.blocks):
                # the unit is on this page, from its beginning on if nothing of it stood on one before
                begun = (*current.begun, unit) if is_new else current.begun
                current = Page(packed, begun, current.goes_on_with)
                is_new = False
            done.append(current)
            current = Page(goes_on_with="" if is_new else unit.title)
        current = done.pop()
    return [*done, current] if current.blocks else done
