"""Paging: all of a digest, as the messages of a thread or as the pages of a modal view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from adapters.chat.cutting import shortened
from adapters.chat.outline.headline import headline as headline_of
from adapters.chat.outline.headline import notice
from adapters.chat.outline.pieces import pieces_of
from adapters.chat.outline.prose import Prose
from adapters.chat.pressed import Pressed
from adapters.slack import blocks, limits, mrkdwn
from adapters.slack.actions import dump
from adapters.slack.blocks import Message
from adapters.slack.layout import appendix, pieces
from adapters.slack.layout.buttons import jumping, turning
from adapters.slack.layout.filling import Page, Unit, filled_pages
from adapters.slack.layout.headline import headline
from adapters.slack.layout.naming import named
from adapters.slack.layout.post import told
from summarizer import pages as shown
from summarizer.windows import window_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.slack.blocks import Block
    from summarizer.digests import Digest, Section
    from summarizer.languages import Language

_BLOCKS_BESIDE: Final = 3
"""Blocks of a page beside its text: where one is, the menu of sections, and the buttons."""
_BESIDE: Final = 2000
"""Characters of those."""


def thread(digest: Digest, language: Language) -> list[Message]:
    """The sections, each from a message of its own on, then the lists and how the digest came about."""
    return [message for _, message in told_below(digest, language)]


def told_below(digest: Digest, language: Language) -> list[tuple[str, Message]]:
    """The same with the id of the section that each tells, or goes on with: several may have the same."""
    prose = Prose(digest.facts)
    messages: list[tuple[str, str, Sequence[Block]]] = []
    for section in shown.told(digest):
        for unit in _one_table_each(section_blocks(section, language, prose, native=True)):
            messages += [(section.id, section.title, packed) for packed in blocks.pack(unit)]
    last = language.text("digest.section.appendix")
    filled = filled_pages(_lists(digest, language, prose), budget=limits.PACKED, most=limits.BLOCKS)
    messages += [(shown.APPENDIX, last, page.blocks) for page in filled]
    return [
        (id_, Message(named(made, digest, f"thread {place}"), mrkdwn.inert(title)))
        for place, (id_, title, made) in enumerate(messages)
    ]


def everything(digest: Digest, language: Language) -> list[Message]:
    """What a channel sees of it, without buttons, and its thread."""
    head = named(told(digest, language), digest, "head")
    return [Message(head, mrkdwn.inert(notice(digest, language))), *thread(digest, language)]


def pages(digest: Digest, language: Language) -> list[tuple[Block, ...]]:
    """The whole digest in pages of a view."""
    return [page.blocks for page in _pages(digest, language)]


def _pages(digest: Digest, language: Language) -> list[Page]:
    prose = Prose(digest.facts)
    _title, *head = headline(headline_of(digest, language, prose))
    units = [Unit("", "", tuple(head))]
    for each in shown.told(digest):
        made = section_blocks(each, language, prose, native=False)
        units.append(Unit(each.id, each.title, tuple(made)))
    units += _lists(digest, language, prose)
    return filled_pages(units, budget=limits.PACKED - _BESIDE, most=limits.VIEW_BLOCKS - _BLOCKS_BESIDE)


def _lists(digest: Digest, language: Language, prose: Prose) -> list[Unit]:
    """The lists of the appendix, and how the digest came about."""
    parts = [*appendix.lists(digest, language, prose), appendix.footer(digest, language)]
    parts[0].insert(0, appendix.heading(language))
    title = language.text("digest.section.appendix")
    return [Unit(shown.APPENDIX, title, tuple(part)) for part in parts]


def modal(digest: Digest, language: Language, *, handle: str, page: int) -> dict[str, Any]:
    """A view of one page. page: from 0; one that is not there any more becomes the nearest."""
    all_pages = _pages(digest, language)
    page = min(max(page, 0), len(all_pages) - 1)
    made = list(all_pages[page].blocks)
    if len(all_pages) > 1:
        where = language.text("chat.digest.page", page=page + 1, pages=len(all_pages))
        if title := all_pages[page].goes_on_with:
            between = language.text("digest.between")
            where += between + language.text("chat.digest.goes_on", name=shortened(title, limits.HEADER))
        begun = [(unit.id, unit.title, place) for place, each in enumerate(all_pages) for unit in each.begun]
        made = [
            blocks.remark(where),
            *jumping(language, handle=handle, sections=begun),
            *made,
            *turning(language, handle=handle, page=page, pages=len(all_pages)),
        ]
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": _view_title(digest, language)},
        "close": {"type": "plain_text", "text": language.text("chat.digest.button.close")},
        "private_metadata": dump(Pressed(handle=handle, page=page)),
        "blocks": list(named(made, digest, f"page {page}")),
    }


def section_blocks(section: Section, language: Language, prose: Prose, *, native: bool) -> list[Block]:
    """A whole section below its title. native: see `pieces.blocks`."""
    whole = pieces_of(section, prose, language)
    return [blocks.header(section.title), *pieces.blocks(whole, prose, language, native=native)]


def _one_table_each(made: Sequence[Block]) -> list[list[Block]]:
    """Cut behind every table but the last one, since a message takes one."""
    units: list[list[Block]] = [[]]
    for block in made:
        if units[-1] and units[-1][-1]["type"] == "table":
            units.append([])
        units[-1].append(block)
    if len(units) > 1 and not any(block["type"] == "table" for block in units[-1]):
        rest = units.pop()
        units[-1] += rest
    return units


def _view_title(digest: Digest, language: Language) -> str:
    """ "Daily 2025-12-10", or as much of it as Slack has room for."""
    edition = language.text(f"chat.digest.edition.{digest.edition}")
    label = window_label(digest.facts.window)
    both = language.text("chat.digest.page_title", edition=edition, label=label)
    return next((each for each in (both, label) if len(each) <= limits.VIEW_TITLE), edition)
