"""A topic's section, by code alone: its members, what happened and why they are there, or a proven "none"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.digests import Entry
from summarizer.extract.sentences import shorten
from summarizer.extract.words import code
from summarizer.rubric import assess_all
from summarizer.untrusted import neutralize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from summarizer.digests import Claim
    from summarizer.extract.words import Words
    from summarizer.items import Item
    from summarizer.languages import Language
    from summarizer.topics import Ledger, Topic

_ENTRIES = 25
"""Members with an entry of their own; the rest have a line, none is left out."""
_EXCERPTS, _FIRST = 8, 6
_VALUES = 3
"""Shown of what one rule matched."""


def write(ledger: Ledger, words: Words) -> tuple[tuple[Claim, ...], tuple[Entry, ...]]:
    """One of three templates: nothing at all, only tagged items, or members; "none" only of complete data."""
    name = name_of(ledger.topic, words.language)
    members = (*ledger.about, *ledger.tagged)
    if not members:
        return (_none(ledger, words, name),), ()
    if ledger.about:
        lead = words.claim(
            "topic.members" if ledger.tagged else "topic.only_about",
            topic=name,
            n=len(members),
            about=len(ledger.about),
            tagged=len(ledger.tagged),
        )
    else:
        lead = words.claim("topic.only_tagged", topic=name, n=len(ledger.tagged))
    claims = [lead] if words.facts.complete else [lead, _partly(ledger, words)]
    if words.edition != "daily":
        return tuple(claims), tuple(_over_a_period(ledger, words))
    ordered = sorted(ledger.about, key=lambda number: _last_move(words.facts.items[number], words)) + sorted(
        ledger.tagged, key=lambda number: _last_move(words.facts.items[number], words)
    )
    entries = [_entry(number, ledger, words, place) for place, number in enumerate(ordered[:_ENTRIES])]
    rest = tuple(_line(number, ledger, words) for number in ordered[_ENTRIES:])
    if rest:
        entries.append(Entry(rest, None, words.text("topic.rest", n=len(rest))))
    return tuple(claims), tuple(entries)


def _over_a_period(ledger: Ledger, words: Words) -> Iterator[Entry]:
    """The members that matter most with their words, then a line for each of the others."""
    # by code's own judgement: no model changes what a topic shows
    judged = assess_all(words.facts, (*ledger.about, *ledger.tagged))
    about, tagged = (
        sorted(numbers, key=lambda number: (-judged[number].importance, number))
        for numbers in (ledger.about, ledger.tagged)
    )
    for number in about[:_FIRST]:
        item = words.facts.items[number]
        story = words.claim("topic.story", (number,), label="status", story=words.told(item))
        yield Entry((*words.quoted(item, label="what"), *words.reach(item), story), number)
    rest = about[_FIRST:]
    if rest:
        lines = [
            words.claim("topic.brief", (number,), item=words.named(number), happened=_outcome(number, words))
            for number in rest
        ]
        yield Entry(tuple(lines), None, words.text("topic.more_about", n=len(rest)))
    if tagged:
        lines = [_line(number, ledger, words) for number in tagged]
        yield Entry(tuple(lines), None, words.text("topic.more_tagged", n=len(tagged)))


def _outcome(number: int, words: Words) -> str:
    """The last thing that happened to it in the window."""
    item = words.facts.items[number]
    moved = [event for event in item.events if event.at in words.facts.window]
    if not moved:
        return words.happened(item)
    return words.text(f"event.{moved[-1].name}", when=words.when(moved[-1].at))


def name_of(topic: Topic, language: Language) -> str:
    """The topic's title in that language, else in English, else its key."""
    return topic.title.get(language.code) or topic.title.get("en") or topic.key


def _none(ledger: Ledger, words: Words, name: str) -> Claim:
    if words.facts.complete:
        return words.claim("topic.none", topic=name, n=ledger.total)
    expected, seen = words.facts.coverage.items.expected, words.facts.coverage.items.seen
    if expected is not None and seen < expected:
        return words.claim("topic.none_among", topic=name, seen=seen, expected=expected)
    return words.claim("topic.none_seen", topic=name, n=ledger.total)


def _partly(ledger: Ledger, words: Words) -> Claim:
    expected, seen = words.facts.coverage.items.expected, words.facts.coverage.items.seen
    if expected is not None and seen < expected:
        return words.claim("topic.partly_among", seen=seen, expected=expected)
    return words.claim("topic.partly", n=ledger.total)


def _last_move(item: Item, words: Words) -> tuple[str, int]:
    """Items with an event in the window by its time, those only talked about last."""
    moved = [event.at.isoformat() for event in item.events if event.at in words.facts.window]
    return (max(moved) if moved else "~", item.number)


def _entry(number: int, ledger: Ledger, words: Words, place: int) -> Entry:
    item = words.facts.items[number]
    why = words.claim("topic.why", (number,), label="why", why=_why(number, ledger, words))
    author = words.text("topic.by", login=code(item.author.login)) if item.author else ""
    happened = words.claim(
        "topic.happened", (number,), label="happened", happened=words.told(item), author=author
    )
    said = words.quoted(item, label="what") if place < _EXCERPTS and number in ledger.about else ()
    return Entry((happened, *said, why), number)


def _line(number: int, ledger: Ledger, words: Words) -> Claim:
    """A member on one line."""
    happened = words.happened(words.facts.items[number])
    why = _why(number, ledger, words)
    return words.claim("topic.line", (number,), item=words.named(number), happened=happened, why=why)


def _why(number: int, ledger: Ledger, words: Words) -> str:
    """The tier and the reasons, rule by rule in their order, each value once."""
    values: dict[str, dict[str, str]] = {}
    for reason in ledger.reasons.get(number, ()):
        shown = shorten(neutralize(reason.value), 60)
        values.setdefault(reason.rule, {}).setdefault(shown.lower(), shown)
    rules = [
        words.text(
            f"topic.rule.{rule}",
            value=words.listing(_value(rule, each) for each in list(found.values())[:_VALUES]),
        )
        for rule, found in values.items()
    ]
    tier = words.text("topic.about" if number in ledger.about else "topic.tagged")
    return words.text("topic.reasons", tier=tier, reasons=words.text("topic.between").join(rules))


def _value(rule: str, value: str) -> str:
    return value if rule == "linked" else code(value)  # "#123" is a reference, and may become a link
