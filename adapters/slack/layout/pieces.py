"""Pieces of a section put together as blocks."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

from adapters.chat.outline.spans import joined, length
from adapters.slack import grids
from adapters.slack.elements import listed, rich_text, section
from adapters.slack.measuring import characters_in
from adapters.slack.spans import elements_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from adapters.chat.outline.pieces import Piece
    from adapters.chat.outline.prose import Prose
    from adapters.chat.outline.spans import Inline
    from adapters.slack.blocks import Block
    from adapters.slack.elements import Element
    from summarizer.digests import Table
    from summarizer.languages import Language

_BLOCK: Final = 2000
"""Characters of a block that holds more than one group: a fifth of a message's."""
_NUMBER: Final = re.compile(r"[+−-]?\d[\d.,]*%?|")


def blocks(pieces: Iterable[Piece], prose: Prose, language: Language, *, native: bool) -> list[Block]:
    """The pieces as `rich_text` and `table` blocks. native: whether tables may be blocks, which only messages take;
    elsewhere each row is a line of a list."""
    made: list[Block] = []
    groups: list[list[Element]] = []
    for kind, group in groupby(pieces, key=lambda piece: piece.kind):
        if kind == "sentence":
            gap = str(language.get("digest.sentence_gap"))
            groups += ([paragraph(joined(lines, gap))] for lines in _paragraphs(group))
        elif kind == "point":
            groups += ([bullets([piece.inline])] for piece in group)
        elif kind == "entry":
            for piece in group:
                head = listed([paragraph(piece.inline)], style="ordered", offset=piece.place)
                groups.append([head, *([bullets(piece.below, indent=1)] if piece.below else [])])
        else:
            for piece in group:
                tables = _grid(piece.table, prose) if piece.table else []
                made += gathered([*groups, [paragraph(piece.inline)]])
                made += tables if native else map(grids.as_list, tables)
                groups = []
    return [*made, *gathered(groups)]


def _paragraphs(sentences: Iterable[Piece]) -> Iterator[list[Inline]]:
    """The sentences in one paragraph, or in as many as have a block's length each."""
    lines: list[Inline] = []
    for piece in sentences:
        if lines and length(*lines) + piece.length > _BLOCK:
            yield lines
            lines = []
        lines.append(piece.inline)
    if lines:
        yield lines


def gathered(groups: Iterable[Sequence[Element]]) -> list[Block]:
    """Groups of elements as `rich_text` blocks, several in one. A message is cut between blocks, so that a group stays
    together, such as an entry's head and what is told of it."""
    made: list[Block] = []
    body: list[Element] = []
    for group in groups:
        if body and characters_in(body) + characters_in(group) > _BLOCK:
            made.append(rich_text(body))
            body = []
        first, *more = group
        if body and not more and _goes_on(body[-1], first):
            body[-1] = {**body[-1], "elements": [*body[-1]["elements"], *first["elements"]]}
        else:
            body += group
    return [*made, rich_text(body)] if body else made


def _goes_on(last: Element, first: Element) -> bool:
    """Whether a list is the rest of the one above."""
    return all(
        each["type"] == "rich_text_list" and each["style"] == "bullet" and not each["indent"]
        for each in (last, first)
    )


def paragraph(inline: Inline) -> Element:
    """A line, as a section."""
    return section(elements_of(inline))


def bullets(lines: Iterable[Inline], *, indent: int = 0) -> Element:
    """A list of lines."""
    return listed(map(paragraph, lines), indent=indent)


def _grid(table: Table, prose: Prose) -> list[Block]:
    """As blocks; columns of numbers alone stand to the right."""
    width = len(table.head)
    rows = [(*cells[:width], *[""] * (width - len(cells))) for cells in table.rows]
    aligned = [
        "right" if place and all(_NUMBER.fullmatch(row[place]) for row in rows) else "left"
        for place in range(width)
    ]
    head = [elements_of(prose.claim(cell, bold=True)) for cell in table.head]
    cells = [[elements_of(prose.claim(cell)) for cell in row] for row in rows]
    return list(grids.grid([head, *cells], aligned))
