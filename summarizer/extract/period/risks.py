"""Risk watch: per risk tag which merged pull requests carry it, and which of them bring no test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.assessments import RISKS
from summarizer.digests import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from summarizer.assessments import Risk
    from summarizer.digests import Claim, Table
    from summarizer.extract.words import Words
    from summarizer.items import Item

_TAGS, _ITEMS, _REST = 8, 3, 6
_LEAST = 5
"""Importance from which a change's risks are worth a reader's time."""


def write(words: Words) -> tuple[tuple[Claim, ...], tuple[Entry, ...], tuple[Table, ...]]:
    """An entry per tag: those most pull requests carry first, the most important of them named."""
    weighty = [item for item in words.merged if words.importance(item.number) >= _LEAST]
    found = {risk: carrying(risk, weighty, words) for risk in RISKS}
    tags = sorted((risk for risk in RISKS if found[risk]), key=lambda risk: -len(found[risk]))
    if not tags:
        key = "risks.none" if words.facts.complete else "risks.none_seen"
        return (words.claim(key),), (), ()
    carriers = {item.number for items in found.values() for item in items}
    key = "risks.lead_filtered" if words.facts.filters else "risks.lead"
    lead = words.claim(key, n=len(carriers), merged=len(words.merged), least=_LEAST)
    return (lead,), tuple(_entries(found, tags[:_TAGS], words)), ()


def carrying(risk: Risk, items: list[Item], words: Words) -> list[Item]:
    """Those of `items` that carry the tag, in their order."""
    return [
        item
        for item in items
        if (judged := words.judged.get(item.number)) is not None and risk in judged.risks
    ]


def _entries(found: Mapping[Risk, list[Item]], tags: list[Risk], words: Words) -> Iterator[Entry]:
    """Each pull request's title stands once; where it carries further tags, its number does."""
    named: set[int] = set()
    for risk in tags:
        items = found[risk]
        fresh = [item.number for item in items if item.number not in named][:_ITEMS]
        named.update(fresh)
        claims = [words.claim("risks.item", (number,), item=words.named(number)) for number in fresh]
        rest = [item.number for item in items if item.number not in fresh]
        if rest:
            key = "areas.rest" if fresh else "risks.again"
            claims.append(words.claim(key, rest[:_REST], numbers=words.some(rest, _REST)))
        untested = [item.number for item in carrying("missing_tests", items, words)]
        if untested and risk != "missing_tests":
            shown = words.some(untested, _REST)
            claims.append(
                words.claim(
                    "risks.untested", untested[:_REST], label="missing", n=len(untested), numbers=shown
                )
            )
        heading = words.text("risks.heading", risk=words.text(f"risk.{risk}"), n=len(items))
        yield Entry(tuple(claims), None, heading)
