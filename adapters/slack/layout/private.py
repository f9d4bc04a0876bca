"""Private: a digest where one person reads it: one message, with as much of the digest as fits whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.slack import blocks
from adapters.slack.blocks import Message
from adapters.slack.elements import section as paragraph
from adapters.slack.layout import appendix, pieces
from adapters.slack.layout.brief import aside, listing, looking, summary_pieces
from adapters.slack.layout.buttons import below_only_me
from adapters.slack.layout.headline import headline, notice
from adapters.slack.layout.naming import named
from adapters.slack.layout.prose import Prose
from adapters.slack.layout.room import Room
from adapters.slack.layout.topics import is_topic
from summarizer import pages

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.slack.blocks import Block
    from summarizer.digests import Digest, Section
    from summarizer.languages import Language

_SUMMARY, _TOPICS = 2000, 4000
"""Characters of the summary, and of all topics together."""
_LEAST_ROW: Final = 10
"""Characters that a row of a list has at least."""


def only_me(digest: Digest, language: Language, *, handle: str, line: str) -> Message:
    """The message. language: that of the digest's sections. handle, line: what its buttons open the digest with, and
    ask anew; "" for a window that is over. What is left out is named, and stands in the pages of the view."""
    prose = Prose(digest.facts)
    sections = pages.told(digest)
    lists = _lists_name(digest, language)
    below = below_only_me(language, handle=handle, line=line)
    # the line that names what is left out may have to name everything
    longest = _left([*(_rest_of(each, language) for each in sections), lists], language, prose)
    room = Room([*below, longest])
    made = [block for block in headline(digest, language, prose) if room.take([block])]
    left: list[str] = []

    def add(unit: list[Block], name: str, rest: str = "") -> None:
        """Put in what fits, else its name. rest: the name of what is left of it anyway."""
        if room.take(unit):
            made.extend(unit)
            left.extend([rest] if rest else [])
        else:
            left.append(name)

    kept, is_whole = pieces.cut(summary_pieces(digest, language, prose), _SUMMARY)
    summary = next((_rest_of(each, language) for each in sections if each.id == "summary"), "")
    add(pieces.blocks(kept, prose, language, native=False), summary, "" if is_whole else summary)

    about = [each for each in sections if is_topic(each)]
    cuts = [pieces.cut(pieces.pieces_of(each, prose, language), _TOPICS // len(about)) for each in about]
    numbers = {piece.number for kept, _ in cuts for piece in kept if piece.number is not None}
    looks = looking(digest, language, prose, but=numbers)
    has_looks = room.take(looks)
    for topic, (kept, is_whole) in zip(about, cuts, strict=True):
        start = [paragraph(prose.words(topic.title, bold=True))]
        unit = pieces.blocks(kept, prose, language, native=False, start=start)
        add(unit, topic.title, "" if is_whole else _rest_of(topic, language))
    made += looks if has_looks else []

    for each in sections:
        if each.id == "summary" or is_topic(each):
            continue
        kept, is_whole = pieces.cut(pieces.pieces_of(each, prose, language), room.characters)
        if is_whole:
            unit = pieces.blocks(kept, prose, language, native=True)
            add([blocks.header(each.title), *unit], each.title)
        else:
            left.append(each.title)
    if _LEAST_ROW * appendix.size(digest.facts) > room.characters:
        left.append(lists)
    else:
        add([appendix.heading(language), *appendix.lists(digest, language, prose)], lists)
    made += [*([_left(left, language, prose)] if left else []), *below]
    return Message(named(made, digest, "only me"), notice(digest, language))


def _lists_name(digest: Digest, language: Language) -> str:
    name = language.text("digest.section.appendix")
    return language.text("slack.digest.left_appendix", name=name, n=appendix.size(digest.facts))


def _rest_of(section: Section, language: Language) -> str:
    return language.text("slack.digest.left_partly", name=section.title)


def _left(names: Iterable[str], language: Language, prose: Prose) -> Block:
    return aside(language.text("slack.digest.left", names=listing(names, language)), prose)
