"""Topics: what a message tells of each topic that its readers care about: its first sentences and its first items."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from adapters.chat.outline.items import item_line, listing
from adapters.chat.outline.membership import members_of
from adapters.chat.outline.pieces import cut, pieces_of
from adapters.chat.outline.spans import Inline, joined, length, plain
from summarizer import pages

if TYPE_CHECKING:
    from adapters.chat.outline.brief import Elsewhere
    from adapters.chat.outline.prose import Prose
    from summarizer.digests import Digest, Entry, Section
    from summarizer.languages import Language

_LINES: Final = {1: 3, 2: 2, 3: 2}
"""How many items a topic shows, by how many topics there are; 1 beyond."""
_LEAD: Final = 400
"""Characters of a topic's first sentences."""
_LONGEST_WHY: Final = 160


@dataclass(frozen=True, slots=True)
class Topic:
    """first: its title and first sentences. lines: items, one each. more: where there is more of it, "" for no more.
    numbers: of the items that have a line."""

    first: Inline
    lines: tuple[Inline, ...]
    more: str
    numbers: frozenset[int]

    @property
    def length(self) -> int:
        """Characters that a reader sees."""
        return length(self.first, *self.lines) + len(self.more)


@dataclass(frozen=True, slots=True)
class Topics:
    """numbers: of the items that have a line. left: names the topics that nothing is told of, "" for none."""

    topics: tuple[Topic, ...]
    numbers: frozenset[int]
    left: str


def is_topic(section: Section) -> bool:
    return section.id.startswith("topic-")


def topics(digest: Digest, language: Language, prose: Prose, budget: int, elsewhere: Elsewhere) -> Topics:
    """The topics, as far as a reader sees `budget` characters of them; those that nothing is left for are named.
    elsewhere: where there is more."""
    sections = [each for each in pages.told(digest) if is_topic(each)]
    made: list[Topic] = []
    left = ""
    for place, each in enumerate(sections):
        topic = _topic(each, digest, _LINES.get(len(sections), 1), language, prose, elsewhere)
        budget -= topic.length
        if budget < 0:
            names = listing((other.title for other in sections[place:]), language)
            left = language.text(f"chat.digest.{elsewhere}.more_topics", names=names)
            break
        made.append(topic)
    return Topics(tuple(made), frozenset(number for each in made for number in each.numbers), left)


def _topic(
    topic: Section, digest: Digest, most: int, language: Language, prose: Prose, elsewhere: Elsewhere
) -> Topic:
    members = members_of(topic, digest, language)
    first = prose.words(topic.title, bold=True)
    has_members = members is not None and bool(members.about or members.tagged)
    if members is not None and has_members:
        first += plain(language.text("digest.colon") + members.counted(language))
        claims = tuple(each for each in topic.claims if not members.repeats(each, language))
        topic = replace(topic, claims=claims)
    sentences = takewhile(lambda piece: piece.kind == "sentence", pieces_of(topic, prose, language))
    lead, is_whole = cut(sentences, _LEAD)
    if lead:
        gap = str(language.get("digest.sentence_gap"))
        between = language.text("digest.between" if has_members else "digest.colon")
        first += plain(between) + joined((each.inline for each in lead), gap)
    items = [entry for entry in topic.entries if entry.number is not None][:most]
    named = frozenset(entry.number for entry in items if entry.number is not None)
    more = {*topic.cites} - named - {number for piece in lead for number in piece.numbers}
    # how many are but tagged stands in the topic's first line
    told = more & members.about if members is not None and members.about else more
    goes_on = ""
    if told:
        goes_on = language.text(f"chat.digest.{elsewhere}.more", n=len(told))
    elif more or not is_whole:
        goes_on = language.text(f"chat.digest.{elsewhere}.more_text")
    return Topic(first, tuple(_line(entry, language, prose) for entry in items), goes_on, named)


def _line(entry: Entry, language: Language, prose: Prose) -> Inline:
    """The entry's item, and the first of what is told of it that is short enough."""
    short = (claim.text for claim in entry.claims if len(claim.text) <= _LONGEST_WHY)
    return item_line(entry.number or 0, next(short, ""), prose, language, heading=entry.heading)
