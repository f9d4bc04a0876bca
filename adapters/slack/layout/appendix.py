"""Appendix: the lists of a digest, a line for each item, and how the digest came about, as blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.chat.cutting import shortened
from adapters.chat.outline import appendix
from adapters.chat.outline.spans import plain
from adapters.slack import blocks, limits, mrkdwn
from adapters.slack.layout.pieces import bullets, gathered, paragraph

if TYPE_CHECKING:
    from adapters.chat.outline.appendix import Listing
    from adapters.chat.outline.prose import Prose
    from adapters.slack.blocks import Block
    from summarizer.digests import Digest
    from summarizer.languages import Language


def lists(digest: Digest, language: Language, prose: Prose) -> list[list[Block]]:
    """The blocks of each list."""
    return [_list(each) for each in appendix.lists(digest, language, prose)]


def heading(language: Language) -> Block:
    return blocks.header(language.text("digest.section.appendix"))


def footer(digest: Digest, language: Language) -> list[Block]:
    """How the words came about, what the data holds, and the zone of the times."""
    told = mrkdwn.escaped("\n".join(appendix.footer(digest, language)))
    return [blocks.context(told if len(told) <= limits.SECTION else shortened(told, limits.SECTION))]


def _list(listing: Listing) -> list[Block]:
    first, *more = (bullets([row]) if listing.is_list else paragraph(row) for row in listing.rows)
    title = [paragraph(plain(listing.title, bold=True))] if listing.title else []
    return gathered([[*title, first], *([each] for each in more)])
