"""Topics: what a message tells of each topic that its readers care about: its first sentences and its first items."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from adapters.slack.blocks import Block
from adapters.slack.elements import rich_text, section
from adapters.slack.layout import pieces
from adapters.slack.layout.brief import aside, item_line, listing
from adapters.slack.layout.membership import members_of
from adapters.slack.layout.prose import plain
from adapters.slack.measuring import characters_in
from summarizer import pages

if TYPE_CHECKING:
    from adapters.slack.layout.brief import Elsewhere
    from adapters.slack.layout.pieces import Inline
    from adapters.slack.layout.prose import Prose
    from summarizer.digests import Digest, Entry, Section
    from summarizer.languages import Language

_LINES: Final = {1: 3, 2: 2, 3: 2}
"""How many items a topic shows, by how many topics there are; 1 beyond."""
_LEAD: Final = 400
"""Characters of a topic's first sentences."""
_LONGEST_WHY: Final = 160


@dataclass(frozen=True, slots=True)
class Topics:
    """blocks: one for each topic. numbers: of the items that have a line."""

    blocks: list[Block]
    numbers: frozenset[int]


def is_topic(section: Section) -> bool:
    return section.id.startswith("topic-")


def topics(digest: Digest, language: Language, prose: Prose, budget: int, elsewhere: Elsewhere) -> Topics:
    """The topics, as far as a reader sees `budget` characters of them; those that nothing is left for are named.
    elsewhere: where there is more."""
    sections = [each for each in pages.told(digest) if is_topic(each)]
    made: list[Block] = []
    numbers: set[int] = set()
    for place, each in enumerate(sections):
        block, named = _topic(each, digest, _LINES.get(len(sections), 1), language, prose, elsewhere)
        budget -= characters_in(block)
        if budget < 0:
            names = listing((left.title for left in sections[place:]), language)
            made.append(aside(language.text(f"slack.digest.{elsewhere}.more_topics", names=names), prose))
            break
        made.append(block)
        numbers |= named
    return Topics(made, frozenset(numbers))


def _topic(
    topic: Section, digest: Digest, most: int, language: Language, prose: Prose, elsewhere: Elsewhere
) -> tuple[Block, set[int]]:
    """A topic as a block, and the numbers that it gives a line to."""
    members = members_of(topic, digest, language)
    first = prose.words(topic.title, bold=True)
    has_members = members is not None and bool(members.about or members.tagged)
    if members is not None and has_members:
        first += plain(language.text("digest.colon") + members.counted(language))
        claims = tuple(each for each in topic.claims if not members.repeats(each, language))
        topic = replace(topic, claims=claims)
    sentences = takewhile(lambda piece: piece.kind == "sentence", pieces.pieces_of(topic, prose, language))
    lead, is_whole = pieces.cut(sentences, _LEAD)
    if lead:
        gap = str(language.get("digest.sentence_gap"))
        between = language.text("digest.between" if has_members else "digest.colon")
        first += plain(between) + pieces.joined((each.inline for each in lead), gap)
    items = [entry for entry in topic.entries if entry.number is not None][:most]
    body = [section(first)]
    if items:
        body.append(pieces.bullets(_line(entry, language, prose) for entry in items))
    named = {entry.number for entry in items if entry.number is not None}
    more = {*topic.cites} - named - {number for piece in lead for number in piece.numbers}
    # how many are but tagged stands in the topic's first line
    told = more & members.about if members is not None and members.about else more
    if told:
        body.append(section(plain(language.text(f"slack.digest.{elsewhere}.more", n=len(told)))))
    elif more or not is_whole:
        body.append(section(plain(language.text(f"slack.digest.{elsewhere}.more_text"))))
    return rich_text(body), named


def _line(entry: Entry, language: Language, prose: Prose) -> Inline:
    """The entry's item, and the first of what is told of it that is short enough."""
    short = (claim.text for claim in entry.claims if len(claim.text) <= _LONGEST_WHY)
    return item_line(entry.number or 0, next(short, ""), prose, language, heading=entry.heading)
