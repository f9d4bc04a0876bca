"""Brief: what a message tells of a digest: its headline, its summary, its topics, and what to look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from adapters.chat.outline import appendix
from adapters.chat.outline.headline import Headline, headline
from adapters.chat.outline.items import item_line, listing
from adapters.chat.outline.looking import worth_a_look
from adapters.chat.outline.pieces import Piece, cut, pieces_of
from adapters.chat.outline.spans import Inline
from adapters.chat.outline.topics import Topics, is_topic, topics
from summarizer import pages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.chat.outline.prose import Prose
    from summarizer.digests import Digest
    from summarizer.languages import Language

__all__ = ["Brief", "Elsewhere", "brief", "item_line", "left", "listing"]

Elsewhere = Literal["in_thread", "in_details"]
"""Where what a message leaves out is found, a table below `[chat.digest]`."""

_SUMMARY, _TOPICS = 1200, 1200
"""Characters that a reader sees; with five things to look at and a line of counts a post comes to some 3,000."""


@dataclass(frozen=True, slots=True)
class Brief:
    """In the order in which it is read. more: the line that says where the summary goes on, "" where it is whole.
    topics: None for a quiet digest. looking: things to look at, a line each, with the title above them; both empty
    where there are none."""

    headline: Headline
    summary: tuple[Piece, ...] = ()
    more: str = ""
    topics: Topics | None = None
    looking_title: str = ""
    looking: tuple[Inline, ...] = ()


def brief(digest: Digest, language: Language, prose: Prose, elsewhere: Elsewhere) -> Brief:
    """What is told of the digest; of a quiet one the headline says it all. language: that of its sections. elsewhere:
    where a reader finds what is left out."""
    head = headline(digest, language, prose)
    if digest.outcome == "quiet":
        return Brief(head)
    kept, is_whole = cut(_summary(digest, language, prose), _SUMMARY)
    more = "" if is_whole else language.text(f"chat.digest.{elsewhere}.more_text")
    about = topics(digest, language, prose, _TOPICS, elsewhere)
    looks = worth_a_look(digest, language, but=about.numbers)
    title = language.text("chat.digest.looking") if looks else ""
    lines = tuple(item_line(look.number, look.why, prose, language) for look in looks)
    return Brief(head, tuple(kept), more, about, title, lines)


def left(digest: Digest, language: Language) -> list[str]:
    """The names of what a brief tells nothing of: sections, and the lists."""
    if digest.outcome == "quiet":
        return []
    names = [each.title for each in pages.told(digest) if each.id != "summary" and not is_topic(each)]
    if n := appendix.size(digest.facts):
        name = language.text("digest.section.appendix")
        names.append(language.text("chat.digest.left_appendix", name=name, n=n))
    return names


def _summary(digest: Digest, language: Language, prose: Prose) -> Iterator[Piece]:
    """The summary without what the list of things to look at tells as well: entries of items, and the claim that names
    the most important ones. Nothing for a digest without data, whose headline says it all."""
    important = language.text("extract.label.important")
    for each in digest.sections if digest.outcome != "unavailable" else ():
        if each.id == "summary":
            for piece in pieces_of(each, prose, language):
                if piece.number is None and piece.label != important:
                    yield piece
