"""Pieces: a section cut where it may be cut, into sentences, points, entries and tables, and put together as blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final, Literal

from adapters.slack import grids
from adapters.slack.elements import listed, rich_text, section
from adapters.slack.layout.prose import plain
from adapters.slack.measuring import characters_in
from summarizer import pages
from summarizer.digests import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from adapters.slack.blocks import Block
    from adapters.slack.elements import Element
    from adapters.slack.layout.prose import Prose
    from summarizer.digests import Claim, Section
    from summarizer.languages import Language
    from summarizer.pages import ShownEntry

Kind = Literal["sentence", "point", "entry", "table"]
Inline = list["Element"]

_BLOCK: Final = 2000
"""Characters of a block that holds more than one group: a fifth of a message's."""
_NUMBER: Final = re.compile(r"[+−-]?\d[\d.,]*%?|")


@dataclass(frozen=True, slots=True)
class Piece:
    """What is shown whole or not at all.

    inline: its text; of a table the caption. label: of a point. below: the lines under an entry; place, number: the
    entry's, from 0, and its item's. numbers: what it cites.
    """

    kind: Kind
    inline: Inline
    numbers: frozenset[int] = frozenset()
    label: str = ""
    below: tuple[Inline, ...] = ()
    place: int = 0
    number: int | None = None
    table: Table | None = None

    @property
    def length(self) -> int:
        """Characters that a reader sees."""
        cells = sum(len(cell) for row in self.table.rows for cell in row) if self.table else 0
        return characters_in(self.inline) + sum(map(characters_in, self.below)) + cells


def pieces_of(section: Section, prose: Prose, language: Language) -> Iterator[Piece]:
    """A section without its title, in the order of `summarizer/templates/section.md.jinja`. One after the other, since
    most readers see but the first of a long section."""
    colon = language.text("digest.colon")
    for claim in section.claims:
        if not claim.label:
            yield Piece("sentence", prose.claim(claim.text), frozenset(claim.cites))
    for claim in section.claims:
        if claim.label:
            yield Piece("point", _labelled(claim, prose, colon), frozenset(claim.cites), claim.label)
    view = pages.section_shown(section, prose.facts, language)
    tables = (Piece("table", prose.words(each.caption, bold=True), table=each) for each in view.tables)
    if view.tables_first:
        yield from tables
    for place, (entry, shown) in enumerate(zip(section.entries, view.entries, strict=True)):
        cites = {number for claim in entry.claims for number in claim.cites}
        yield Piece(
            "entry",
            _head(shown, prose, colon),
            frozenset(cites | ({entry.number} if entry.number is not None else set())),
            below=tuple(_labelled(claim, prose, colon) for claim in shown.claims),
            place=place,
            number=entry.number,
        )
    yield from tables


def cut(pieces: Iterable[Piece], budget: int) -> tuple[list[Piece], bool]:
    """As many of the first pieces as a reader sees `budget` characters of, and whether these are all."""
    kept: list[Piece] = []
    for piece in pieces:
        budget -= piece.length
        if budget < 0:
            return kept, False
        kept.append(piece)
    return kept, True


def blocks(
    pieces: Iterable[Piece],
    prose: Prose,
    language: Language,
    *,
    native: bool,
    start: Sequence[Element] = (),
) -> list[Block]:
    """The pieces as `rich_text` and `table` blocks.

    start: elements of a `rich_text` block that come first. native: whether tables may be blocks, which only messages
    take; elsewhere each row is a line of a list.
    """
    made: list[Block] = []
    groups: list[list[Element]] = [list(start)] if start else []
    for kind, group in groupby(pieces, key=lambda piece: piece.kind):
        if kind == "sentence":
            gap = str(language.get("digest.sentence_gap"))
            groups += ([section(joined(lines, gap))] for lines in _paragraphs(group))
        elif kind == "point":
            groups += ([bullets([piece.inline])] for piece in group)
        elif kind == "entry":
            for piece in group:
                head = listed([section(piece.inline)], style="ordered", offset=piece.place)
                groups.append([head, *([bullets(piece.below, indent=1)] if piece.below else [])])
        else:
            for piece in group:
                tables = _grid(piece.table, prose) if piece.table else []
                made += gathered([*groups, [section(piece.inline)]])
                made += tables if native else map(grids.as_list, tables)
                groups = []
    return [*made, *gathered(groups)]


def _paragraphs(sentences: Iterable[Piece]) -> Iterator[list[Inline]]:
    """The sentences in one paragraph, or in as many as have a block's length each."""
    lines: list[Inline] = []
    for piece in sentences:
        if lines and characters_in(lines) + piece.length > _BLOCK:
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


def bullets(lines: Iterable[Sequence[Element]], *, indent: int = 0) -> Element:
    """A list of lines."""
    return listed(map(section, lines), indent=indent)


def joined(lines: Iterable[Iterable[Element]], gap: str) -> Inline:
    """The lines behind one another, with `gap` between them."""
    elements: Inline = []
    for line in lines:
        elements += (plain(gap) if elements else []) + list(line)
    return elements


def _head(entry: ShownEntry, prose: Prose, colon: str) -> Inline:
    if entry.number is None:
        inline = plain(colon) + prose.claim(entry.inline) if entry.inline else []
        return prose.words(entry.heading, bold=True) + inline
    kind = plain(f"{entry.kind} ", bold=True) if entry.kind else []
    title = prose.claim(entry.heading) if entry.heading else prose.words(entry.title)
    return [*kind, *prose.number(entry.number, bold=True), *plain(" "), *title]


def _labelled(claim: Claim, prose: Prose, colon: str) -> Inline:
    """A claim behind its label in bold."""
    text = prose.claim(claim.text)
    return [*prose.words(claim.label, bold=True), *plain(colon), *text] if claim.label else text


def _grid(table: Table, prose: Prose) -> list[Block]:
    """As blocks; columns of numbers alone stand to the right."""
    width = len(table.head)
    rows = [(*cells[:width], *[""] * (width - len(cells))) for cells in table.rows]
    aligned = [
        "right" if place and all(_NUMBER.fullmatch(row[place]) for row in rows) else "left"
        for place in range(width)
    ]
    head = [prose.claim(cell, bold=True) for cell in table.head]
    return list(grids.grid([head, *([prose.claim(cell) for cell in row] for row in rows)], aligned))
