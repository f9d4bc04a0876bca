"""Pieces: a section cut where it may be cut, into sentences, points, entries and tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from adapters.chat.outline.spans import Inline, length, plain
from summarizer import pages
from summarizer.digests import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from adapters.chat.outline.prose import Prose
    from summarizer.digests import Claim, Section
    from summarizer.languages import Language
    from summarizer.pages import ShownEntry

Kind = Literal["sentence", "point", "entry", "table"]


@dataclass(frozen=True, slots=True)
class Piece:
    """What is shown whole or not at all.

    inline: its text; of a table the caption. label: of a point. below: the lines under an entry; place, number: the
    entry's, from 0, and its item's. numbers: what it cites. table: its cells are claims' texts.
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
        return length(self.inline, *self.below) + cells


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


def _head(entry: ShownEntry, prose: Prose, colon: str) -> Inline:
    if entry.number is None:
        inline = plain(colon) + prose.claim(entry.inline) if entry.inline else ()
        return prose.words(entry.heading, bold=True) + inline
    kind = plain(f"{entry.kind} ", bold=True) if entry.kind else ()
    title = prose.claim(entry.heading) if entry.heading else prose.words(entry.title)
    return kind + prose.number(entry.number, bold=True) + plain(" ") + title


def _labelled(claim: Claim, prose: Prose, colon: str) -> Inline:
    """A claim behind its label in bold."""
    text = prose.claim(claim.text)
    return prose.words(claim.label, bold=True) + plain(colon) + text if claim.label else text
