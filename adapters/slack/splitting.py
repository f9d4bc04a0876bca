"""Splitting: a block in blocks with at most so many characters, cut between its elements, items or rows, then between
sentences, then between words; never in a link. Nothing is lost and the order is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from adapters.chat.cutting import cut, cut_lines, sentences
from adapters.slack import grids
from adapters.slack.elements import preformatted, rich_text, section
from adapters.slack.measuring import characters_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from adapters.slack.elements import Element

Part = TypeVar("Part")

_LEAST: Final = 40
"""Characters of a piece: below that not even words would stay whole."""


def split(block: Element, room: int) -> Iterator[Element]:
    """The block in pieces with at most `room` characters of text. A block that is neither rich text nor a table holds
    little, and comes whole."""
    room = max(room, _LEAST)
    if block["type"] == "rich_text":
        pieces = (piece for element in block["elements"] for piece in _element(element, room))
        for group in _grouped(pieces, room):
            yield {**block, **rich_text(group)}
    elif block["type"] == "table":
        for piece in grids.split(block, room):
            if piece["type"] == "table":
                yield piece
            else:
                yield from split(piece, room)
    else:
        yield block


def _element(element: Element, room: int) -> Iterator[Element]:
    """A section, a quote, preformatted text or a list in several."""
    if characters_in(element) <= room:
        yield element
    elif element["type"] == "rich_text_list":
        yield from _list(element, room)
    elif element["type"] == "rich_text_preformatted":
        text = "".join(each["text"] for each in element["elements"])
        yield from map(preformatted, cut_lines(text, room))
    else:
        for inline in _inline(element["elements"], room):
            yield {**element, "elements": inline}


def _list(element: Element, room: int) -> Iterator[Element]:
    """An item that has no room of its own goes on below the list, where it takes no number a second time."""
    place = element.get("offset", 0)

    def made(items: list[Element]) -> Element:
        nonlocal place
        part = {**element, "elements": items}
        if place and element["style"] == "ordered":
            part["offset"] = place
        place += len(items)
        return part

    kept: list[Element] = []
    taken = 0
    for item in element["elements"]:
        length = characters_in(item)
        if kept and taken + length > room:
            yield made(kept)
            kept, taken = [], 0
        taken += length
        first, *more = _inline(item["elements"], room)
        kept.append({**item, "elements": first})
        if more:
            yield made(kept)
            kept, taken = [], 0
            yield from map(section, more)
    if kept:
        yield made(kept)


def _inline(inline: list[Element], room: int) -> list[list[Element]]:
    """A line in several, between sentences; a sentence that has no room of its own between its elements and words."""
    if characters_in(inline) <= room:
        return [inline]
    parts: list[list[Element]] = []
    for sentence in _sentences(inline):
        parts += [sentence] if characters_in(sentence) <= room else _grouped(_cut(sentence, room), room)
    return [[element for part in group for element in part] for group in _grouped(parts, room)]


def _sentences(inline: Iterable[Element]) -> list[list[Element]]:
    """The elements by sentence, texts of more than one being cut. What is code or a link ends none."""
    found: list[list[Element]] = [[]]
    for element in inline:
        parts = sentences(element["text"]) if _is_prose(element) else []
        if not parts:
            found[-1].append(element)
            continue
        for place, part in enumerate(parts):
            if place:
                found.append([])
            found[-1].append({**element, "text": part})
        if sentences(parts[-1] + "x") != [parts[-1] + "x"]:  # it is a whole one
            found.append([])
    return [each for each in found if each]


def _cut(sentence: Iterable[Element], room: int) -> Iterator[Element]:
    for element in sentence:
        if element["type"] == "text":
            yield from ({**element, "text": part} for part in cut(element["text"], room))
        else:
            yield element


def _is_prose(element: Element) -> bool:
    return element["type"] == "text" and not element.get("style", {}).get("code", False)


def _grouped(parts: Iterable[Part], room: int) -> list[list[Part]]:
    """Neighbours together while they fit."""
    groups: list[list[Part]] = []
    taken = 0
    for part in parts:
        length = characters_in(part)
        if groups and taken + length <= room:
            groups[-1].append(part)
            taken += length
        else:
            groups.append([part])
            taken = length
    return groups
