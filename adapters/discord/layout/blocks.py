"""Blocks: a digest's sections and lists as Discord's Markdown, cut where a message may end."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from adapters.chat.outline import appendix
from adapters.chat.outline.pieces import pieces_of
from adapters.chat.outline.spans import joined, length, plain
from adapters.discord.markdown import characters, inline, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from adapters.chat.outline.appendix import Listing
    from adapters.chat.outline.pieces import Piece
    from adapters.chat.outline.prose import Prose
    from adapters.chat.outline.spans import Inline
    from summarizer.digests import Digest, Section, Table
    from summarizer.languages import Language

_PARAGRAPH: Final = 600
"""Characters that a reader sees of a paragraph, if it has more than one sentence."""


@dataclass(frozen=True, slots=True)
class Block:
    """What stays whole where a message has room for it. text: Markdown. goes_on: whether it belongs to the list above
    it, so that no empty line stands between the two."""

    text: str
    goes_on: bool = False

    @property
    def gap(self) -> str:
        """What stands above it, unless it comes first."""
        return "\n" if self.goes_on else "\n\n"


def section_blocks(section: Section, prose: Prose, language: Language) -> list[Block]:
    """A whole section without its title."""
    return pieces_blocks(pieces_of(section, prose, language), prose, language)


def pieces_blocks(pieces: Iterable[Piece], prose: Prose, language: Language) -> list[Block]:
    made: list[Block] = []
    for kind, group in groupby(pieces, key=lambda piece: piece.kind):
        if kind == "sentence":
            made += _paragraphs(group, language)
        elif kind == "point":
            made += _listed((), (bullet(piece.inline) for piece in group))
        elif kind == "entry":
            made += _listed((), map(_entry, group))
        else:
            for piece in group:
                if piece.table is not None:
                    made += _listed(piece.inline, _cells(piece.table, prose, language))
    return made


def appendix_blocks(digest: Digest, prose: Prose, language: Language) -> list[Block]:
    """The lists, a line for each item, and how the digest came about in small."""
    made: list[Block] = []
    for each in appendix.lists(digest, language, prose):
        made += _listing(each)
    made.append(Block("\n".join(f"-# {spoken(line)}" for line in appendix.footer(digest, language))))
    return made


def bullet(line: Inline, *, indent: int = 0) -> str:
    return f"{' ' * indent}- {inline(line)}"


def text_of(blocks: Iterable[Block]) -> str:
    """The blocks below one another."""
    text = ""
    for block in blocks:
        text += (block.gap if text else "") + block.text
    return text


def characters_in(blocks: Iterable[Block]) -> int:
    """`characters` of them below one another, or a little more."""
    return sum(characters(block.gap + block.text) for block in blocks)


def _paragraphs(sentences: Iterable[Piece], language: Language) -> Iterator[Block]:
    gap = str(language.get("digest.sentence_gap"))
    lines: list[Inline] = []
    for piece in sentences:
        if lines and length(*lines) + piece.length > _PARAGRAPH:
            yield Block(inline(joined(lines, gap)))
            lines = []
        if piece.inline:
            lines.append(piece.inline)
    if lines:
        yield Block(inline(joined(lines, gap)))


def _listed(title: Inline, rows: Iterable[str]) -> Iterator[Block]:
    """The rows below their title, which goes with the first of them."""
    head = f"{inline(title)}\n" if title else ""
    for place, row in enumerate(rows):
        yield Block(row, goes_on=True) if place else Block(head + row)


def _entry(piece: Piece) -> str:
    number = f"{piece.place + 1}. "
    below = (bullet(line, indent=len(number)) for line in piece.below if line)
    return "\n".join((number + inline(piece.inline), *below))


def _cells(table: Table, prose: Prose, language: Language) -> Iterator[str]:
    """Each row as a line of a list: a grid of characters would be broken on a phone, and can hold no links."""
    colon = plain(language.text("digest.colon"))
    _, *names = table.head
    for first, *rest in table.rows:
        told = [prose.claim(first, bold=True)]
        for name, cell in zip(names, rest, strict=False):
            if cell:
                told.append(prose.claim(name) + colon + prose.claim(cell))
        yield bullet(joined(filter(None, told), language.text("digest.between")))


def _listing(listing: Listing) -> Iterator[Block]:
    rows = (bullet(row) if listing.is_list else inline(row) for row in listing.rows)
    return _listed(plain(listing.title, bold=True), rows)
