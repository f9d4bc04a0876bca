"""Brief: a digest's summary and what to look at, as a message tells them beside other things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from adapters.slack.cutting import shortened
from adapters.slack.elements import rich_text, section
from adapters.slack.layout import pieces
from adapters.slack.layout.looking import worth_a_look
from adapters.slack.layout.prose import plain
from summarizer import pages

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from adapters.slack.blocks import Block
    from adapters.slack.layout.pieces import Inline, Piece
    from adapters.slack.layout.prose import Prose
    from summarizer.digests import Digest
    from summarizer.languages import Language

Elsewhere = Literal["in_thread", "in_details"]
"""Where what a message leaves out is found, a table below `[slack.digest]`."""

_TITLE: Final = 300
"""Characters of a title; GitHub's own have 256 at most, and an imported file may tell others."""


def summary_pieces(digest: Digest, language: Language, prose: Prose) -> Iterator[Piece]:
    """The summary without what the list of things to look at tells as well: entries of items, and the claim that names
    the most important ones. Nothing where the headline says it all: for a quiet digest, and for one without data."""
    important = language.text("extract.label.important")
    for each in digest.sections if digest.outcome in ("normal", "partial") else ():
        if each.id == "summary":
            for piece in pieces.pieces_of(each, prose, language):
                if piece.number is None and piece.label != important:
                    yield piece


def looking(digest: Digest, language: Language, prose: Prose, *, but: Collection[int] = ()) -> list[Block]:
    """The things to look at, a line each. but: numbers that the reader has seen already."""
    looks = worth_a_look(digest, language, but=but)
    if not looks:
        return []
    title = plain(language.text("slack.digest.looking"), bold=True)
    lines = (item_line(look.number, look.why, prose, language) for look in looks)
    return [rich_text([section(title), pieces.bullets(lines)])]


def item_line(number: int, why: str, prose: Prose, language: Language, *, heading: str = "") -> Inline:
    """An item's number and title, or another heading, and why it is there."""
    item = prose.item(number)
    line = prose.number(number, bold=True) + plain(" ")
    title = heading or (pages.title_shown(item, language) if item else "")
    line += (prose.claim if heading else prose.words)(shortened(title, _TITLE))
    return line + plain(language.text("slack.digest.why")) + prose.claim(why) if why else line


def aside(text: str, prose: Prose) -> Block:
    """A line that says where there is more."""
    return rich_text([section(prose.words(text))])


def listing(names: Iterable[str], language: Language) -> str:
    return str(language.get("list.separator")).join(names)
