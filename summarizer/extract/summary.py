"""The summary: what moved, the items that matter most, and how things stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.categories import category
from summarizer.extract.ranking import listed
from summarizer.extract.trends import by_topic
from summarizer.extract.watch import unanswered_bugs
from summarizer.extract.words import code

if TYPE_CHECKING:
    from summarizer.digests import Claim, Entry
    from summarizer.extract.words import Words

_TOPICS, _ITEMS, _NUMBERS = 4, 3, 5


def write(words: Words) -> tuple[tuple[Claim, ...], tuple[Entry, ...]]:
    """Leading claims only: areas, the most important items, releases, open ends."""
    numbers = listed(words.facts)
    if not numbers and not words.facts.releases:
        key = "summary.nothing" if words.facts.complete else "summary.nothing_seen"
        if words.facts.filters:
            key = "summary.nothing_matches"
        return (words.claim(key, n=len(words.facts.items)),), ()
    claims = [*_areas(words), *_releases(words), *_important(words), *_standing(words)]
    return tuple(claims), ()


def _areas(words: Words) -> list[Claim]:
    areas = by_topic(words)[:_TOPICS]
    if not areas:
        return []
    parts = [
        words.text(
            "summary.area", topic=area.name, count=len(area.numbers), numbers=_shown(words, area.numbers)
        )
        for area in areas
    ]
    cites = dict.fromkeys(number for area in areas for number in area.numbers[:_NUMBERS])
    return [
        words.claim("summary.areas", cites, label="areas", areas=words.text("summary.between").join(parts))
    ]


def _shown(words: Words, numbers: tuple[int, ...]) -> str:
    shown = words.numbers(numbers[:_NUMBERS])
    return (
        shown
        if len(numbers) <= _NUMBERS
        else words.text("and_more", numbers=shown, count=len(numbers) - _NUMBERS)
    )


def _releases(words: Words) -> list[Claim]:
    names = [code(release.tag_name) for release in words.facts.releases]
    return (
        [words.claim("summary.released", label="released", n=len(names), names=words.listing(names))]
        if names
        else []
    )


def _important(words: Words) -> list[Claim]:
    important = [item for _, item in words.lasting[:_ITEMS]]
    if not important:
        return []
    parts = [
        words.text("summary.item", item=words.named(item.number), happened=words.happened(item))
        for item in important
    ]
    cites = [item.number for item in important]
    return [
        words.claim(
            "summary.important",
            cites,
            label="important",
            n=len(parts),
            items=words.text("summary.between").join(parts),
        )
    ]


def _standing(words: Words) -> list[Claim]:
    """New bug reports and what waits; counts are of the lists, so filters limit them."""
    facts = words.facts
    opened = [facts.items[row.number] for row in facts.lists.get("issues_opened", ())]
    bugs = [item for item in opened if category(item) == "bugfix"]
    waiting = unanswered_bugs(facts)
    if not bugs:
        return [words.claim("summary.no_bugs", label="bugs")] if facts.complete and not facts.filters else []
    numbers = tuple(item.number for item in bugs)
    here = tuple(item.number for item in waiting if item in bugs)
    text = words.text("summary.bugs", n=len(bugs), numbers=_shown(words, numbers))
    if here and len(here) < len(bugs):
        text = words.text("summary.some_wait", bugs=text, n=len(here), numbers=_shown(words, here))
    elif here:
        text = words.text("summary.all_wait", bugs=text, n=len(here))
    return [words.claim("summary.standing", numbers[:_NUMBERS], label="bugs", text=text)]
