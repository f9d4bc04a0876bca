"""Filling: sections into texts that a message has room for, and these into pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapters.chat.cutting import shortened
from adapters.discord.layout.blocks import Block, characters_in
from adapters.discord.markdown import characters, escaped
from adapters.discord.packing import pack

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ROOM: Final = 0.25
"""Of a page that has to be left for a section to begin there that does not fit whole."""
_LONGEST: Final = 1_500
"""Characters of a block that is not cut: less than half a message, so that little of a message stays empty."""
_TITLE: Final = 150
"""Characters of a section's title; ours are shorter."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A section, or the lists. id: "" for what has no title and stands in no menu."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """texts: one for each unit that has a part on it. begun: the units that begin there. goes_on_with: the title of the
    one that it begins inside of, or ""."""

    texts: tuple[str, ...] = ()
    begun: tuple[Unit, ...] = ()
    goes_on_with: str = ""


def filled_pages(units: Iterable[Unit], *, budget: int, most: int) -> list[Page]:
    """The units in pages, in their order. One that does not fit whole begins where much of the page is left, else on
    the next one. budget: characters of a page. most: texts of it."""
    done: list[Page] = []
    current = Page()
    for unit in units:
        blocks = _headed(unit)
        room = budget - sum(map(characters, current.texts))
        is_full = len(current.texts) == most or (
            characters_in(blocks) > room and (room < budget * _ROOM or characters_in(blocks[:1]) > room)
        )
        if current.texts and is_full:
            done.append(current)
            current, room = Page(), budget
        first, *more = _poured(blocks, room=room, budget=budget)
        current = Page((*current.texts, first), (*current.begun, unit), current.goes_on_with)
        for text in more:
            done.append(current)
            current = Page((text,), goes_on_with=unit.title)
    return [*done, current] if current.texts else done


def filled_texts(unit: Unit, *, budget: int) -> list[str]:
    """The unit below its title in as many texts as hold it."""
    return _poured(_headed(unit), room=budget, budget=budget)


def _poured(blocks: Sequence[Block], *, room: int, budget: int) -> list[str]:
    """The blocks below one another in texts of at most `budget` characters, the first of at most `room`."""
    texts: list[str] = [blocks[0].text]
    used = characters_in(blocks[:1])
    for block in blocks[1:]:
        taken = characters_in((block,))
        if used + taken > (room if len(texts) == 1 else budget):
            texts.append(block.text)
            used = taken
        else:
            texts[-1] += block.gap + block.text
            used += taken
    return texts


def _headed(unit: Unit) -> list[Block]:
    """Its blocks, none of them too long, and the first below its title, from which it is never parted."""
    blocks = [part for block in unit.blocks for part in _parts(block)]
    heading = f"### {escaped(shortened(unit.title, _TITLE))}" if unit.title else ""
    if not heading:
        return blocks
    first = f"{heading}\n{blocks[0].text}" if blocks else heading
    return [Block(first), *blocks[1:]]


def _parts(block: Block) -> list[Block]:
    if characters(block.text) <= _LONGEST:
        return [block]
    first, *more = pack([block.text], budget=_LONGEST)
    return [Block(first, block.goes_on), *(Block(each, goes_on=True) for each in more)]
