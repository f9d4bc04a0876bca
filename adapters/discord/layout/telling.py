"""Telling: what a message tells of a digest beside its buttons, within what one message may hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.chat.cutting import shortened
from adapters.chat.outline import topics as outline
from adapters.chat.outline.brief import brief, listing
from adapters.chat.outline.spans import plain
from adapters.discord.layout.blocks import Block, bullet, pieces_blocks, text_of
from adapters.discord.markdown import characters, escaped, inline
from adapters.discord.messages import Rule, Text
from adapters.discord.packing import pack
from summarizer import pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from adapters.chat.outline.brief import Brief
    from adapters.chat.outline.headline import Headline
    from adapters.chat.outline.pieces import Piece
    from adapters.chat.outline.prose import Prose
    from adapters.chat.outline.topics import Topic
    from adapters.discord.messages import Part
    from summarizer.digests import Digest, Outcome
    from summarizer.languages import Language

MOST: Final = 3_600
"""Characters of a message's texts, with the addresses that a reader does not see, and with some to spare of Discord's
own limit."""
COLOURS: Final[dict[Outcome, int]] = {
    "normal": 0x4A9B7F,
    "partial": 0xD9A13B,
    "unavailable": 0xC4524E,
    "quiet": 0x8A9199,
}
"""Of the bar beside a digest."""

_TITLE: Final = 200
_TOLD: Final = 500
"""Characters of each thing that has to be known before the first sentence; ours are shorter."""
_TOPICS: Final = 1_500
_TOPIC: Final = 700
"""Of each topic where there are several."""
_SHORTEST: Final = 300
"""Of a topic that is begun."""
_GOES_ON: Final = 100
"""Of the line that says where it goes on."""
_LOOKING: Final = 1_100
_NAMES: Final = 400
"""Of a line that names what is left out."""


def told(digest: Digest, language: Language, prose: Prose, *, most: int = MOST) -> list[Part]:
    """The digest, to be skimmed: what is left out stands in the pages that Details opens. language: that of its
    sections. most: characters of all of it."""
    tale = brief(digest, language, prose, "in_details")
    parts: list[Part] = [*headline(tale.headline, is_quiet=digest.outcome == "quiet")]
    left = most - _used(parts)
    topics = _topics(digest, tale, language, min(left, _TOPICS)) if tale.topics else []
    left -= _used(topics)
    looking = _looking(tale, min(left, _LOOKING))
    summary = _summary(tale.summary, tale.more, prose, language, left - _used(looking))
    below = [*summary, *topics, *looking]
    return [*parts, Rule(), *below] if below else parts


def headline(head: Headline, *, is_quiet: bool = False) -> list[Text]:
    """The title, counts and times in small, and all that a reader has to know before the first sentence. is_quiet:
    whether the title is no larger than the rest."""
    title = escaped(shortened(head.title, _TITLE))
    lines = [f"**{title}**" if is_quiet else f"## {title}"]
    lines += [f"-# {escaped(head.counts)}"] if head.counts else []
    lines.append(f"-# {inline(head.span)}")
    notes = "\n".join(fitted(inline(line), _TOLD) for line in head.told)
    return [Text("\n".join(lines)), *([Text(notes)] if notes else [])]


def aside(text: str) -> str:
    """A line that says where there is more, with anybody's titles in it."""
    return f"-# {fitted(escaped(text), _NAMES)}"


def fitted(markdown: str, most: int) -> str:
    """Whole, or as much as fits before an ellipsis."""
    if characters(markdown) <= most:
        return markdown
    return f"{pack([markdown], budget=most - 1)[0]}…"


def _used(parts: Iterable[Part]) -> int:
    return sum(characters(part.markdown) for part in parts if isinstance(part, Text))


def _summary(pieces: Sequence[Piece], more: str, prose: Prose, language: Language, most: int) -> list[Text]:
    """As many of the first pieces as have room, and where there are others."""
    goes_on = more or language.text("chat.digest.in_details.more_text")
    kept: list[Block] = []
    for count in range(len(pieces), -1, -1):
        kept = pieces_blocks(pieces[:count], prose, language)
        kept += [Block(aside(goes_on), goes_on=True)] if more or count < len(pieces) else []
        text = text_of(kept)
        if characters(text) <= most:
            return [Text(text)] if text else []
    return []


def _topics(digest: Digest, tale: Brief, language: Language, most: int) -> list[Text]:
    """Each topic, as much of it as has room; those that nothing is told of are named."""
    names = [each.title for each in pages.told(digest) if outline.is_topic(each)]
    topics = tale.topics.topics if tale.topics else ()
    share = most if len(topics) == 1 else min(most, max(_TOPIC, most // max(len(topics), 1)))
    made: list[Text] = []
    left = most - _NAMES if len(names) > 1 else most
    for topic in topics:
        text = _topic(topic, min(left, share), language)
        if not text:
            break
        made.append(Text(text))
        left -= characters(text)
    if unnamed := names[len(made) :]:
        told = language.text("chat.digest.in_details.more_topics", names=listing(unnamed, language))
        made.append(Text(aside(told)))
    return made


def _topic(topic: Topic, most: int, language: Language) -> str:
    """Its first sentences and as many of its items as have room; "" where hardly anything has."""
    if most < _SHORTEST:
        return ""
    first = inline(topic.first)
    lines = [fitted(first, most - _GOES_ON), *map(bullet, topic.lines)]
    goes_on = topic.more if lines[0] == first else language.text("chat.digest.in_details.more_text")
    for count in range(len(lines), 0, -1):
        if count < len(lines):
            goes_on = language.text("chat.digest.in_details.more_text")
        text = "\n".join([*lines[:count], *([aside(goes_on)] if goes_on else [])])
        if characters(text) <= most:
            return text
    return ""


def _looking(tale: Brief, most: int) -> list[Text]:
    """The things to look at that have room, the most pressing first."""
    text = inline(plain(tale.looking_title, bold=True))
    kept = 0
    for line in map(bullet, tale.looking):
        if characters(text) + 1 + characters(line) <= most:
            text += f"\n{line}"
            kept += 1
    return [Text(text)] if kept else []
