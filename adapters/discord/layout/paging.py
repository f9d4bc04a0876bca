"""Paging: all of a digest, as the messages of a thread or as pages that one message turns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.chat.cutting import shortened
from adapters.chat.outline.headline import headline, notice, window_shown
from adapters.chat.outline.prose import Prose
from adapters.discord import limits
from adapters.discord.layout import telling
from adapters.discord.layout.blocks import Block, appendix_blocks, section_blocks
from adapters.discord.layout.buttons import jumping, label, turning
from adapters.discord.layout.filling import Unit, filled_pages, filled_texts
from adapters.discord.markdown import escaped
from adapters.discord.messages import Message, Rule, Text
from summarizer import pages as shown
from summarizer.windows import window_label

if TYPE_CHECKING:
    from adapters.discord.layout.filling import Page
    from adapters.discord.messages import Part, Row
    from summarizer.digests import Digest
    from summarizer.languages import Language

_BESIDE: Final = 300
"""Characters of a page beside its sections: where one is."""
_SECTIONS: Final = 12
"""Of a page, each with a line above it: with a menu and its buttons these are well below forty components."""
_NAME: Final = 100
"""Characters of the section that goes on; ours are shorter."""


def thread(digest: Digest, language: Language) -> list[Message]:
    """The sections, each from a message of its own on, then the lists and how the digest came about."""
    return [message for _, message in thread_parts(digest, language)]


def thread_parts(digest: Digest, language: Language) -> list[tuple[str, Message]]:
    """The messages of `thread` with their names, of which each has its own: "changes", "changes-2"."""
    return [
        (f"{unit.id}-{number}" if number > 1 else unit.id, Message((Text(text),), notice=unit.title))
        for unit in _units(digest, language, Prose(digest.facts))
        for number, text in enumerate(filled_texts(unit, budget=telling.MOST), 1)
    ]


def thread_name(digest: Digest, language: Language) -> str:
    """What a thread of the digest, or a post about it in a forum, is called."""
    title, window = digest.title, window_label(digest.facts.window)
    if digest.edition == "daily" and title.endswith(window):
        # with its hours, so that those of one day differ
        title = title.removesuffix(window) + window_shown(digest, language)
    return label(title, limits.THREAD_NAME)


def pages(digest: Digest, language: Language, *, handle: str) -> list[Message]:
    """The whole digest in pages, each of which is a message that takes the place of the one before. language: that of
    its sections. handle: what the buttons open it with."""
    all_pages = _pages(digest, language)
    return [_message(all_pages, place, digest, language, handle=handle) for place in range(len(all_pages))]


def page(digest: Digest, language: Language, *, handle: str, page: int) -> Message:
    """One of `pages`. page: from 0; one that is not there any more becomes the nearest."""
    all_pages = _pages(digest, language)
    place = min(max(page, 0), len(all_pages) - 1)
    return _message(all_pages, place, digest, language, handle=handle)


def _message(
    all_pages: list[Page], place: int, digest: Digest, language: Language, *, handle: str
) -> Message:
    parts: list[Part] = []
    rows: tuple[Row, ...] = ()
    if len(all_pages) > 1:
        parts.append(Text(f"-# {_where(all_pages, place, language)}"))
        begun = [
            (unit.id, unit.title, number)
            for number, each in enumerate(all_pages)
            for unit in each.begun
            if unit.title.strip()
        ]
        rows = (
            *jumping(language, handle=handle, sections=begun),
            *turning(language, handle=handle, page=place, pages=len(all_pages)),
        )
    first, *more = all_pages[place].texts
    parts.append(Text(first))
    for text in more:
        parts += [Rule(), Text(text)]
    return Message(tuple(parts), rows, telling.COLOURS[digest.outcome], notice(digest, language))


def _where(all_pages: list[Page], page: int, language: Language) -> str:
    where = language.text("chat.digest.page", page=page + 1, pages=len(all_pages))
    if title := all_pages[page].goes_on_with:
        goes_on = language.text("chat.digest.goes_on", name=shortened(title, _NAME))
        where += language.text("digest.between") + goes_on
    return escaped(where)


def _pages(digest: Digest, language: Language) -> list[Page]:
    prose = Prose(digest.facts)
    head = telling.headline(headline(digest, language, prose))
    first = Unit("", "", tuple(Block(text.markdown) for text in head))
    units = [first, *_units(digest, language, prose)]
    return filled_pages(units, budget=telling.MOST - _BESIDE, most=_SECTIONS)


def _units(digest: Digest, language: Language, prose: Prose) -> list[Unit]:
    """The sections, then the lists and how the digest came about."""
    units = [
        Unit(each.id, each.title, tuple(section_blocks(each, prose, language))) for each in shown.told(digest)
    ]
    title = language.text("digest.section.appendix")
    lists = tuple(appendix_blocks(digest, prose, language))
    return [*units, Unit(shown.APPENDIX, title, lists)]
