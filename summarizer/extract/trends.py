"""Trends: the window's items by topic, and its counts against the window before."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from summarizer.categories import category
from summarizer.digests import Claim, Entry
from summarizer.extract.ranking import listed
from summarizer.extract.topic import name_of
from summarizer.extract.words import code

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from summarizer.extract.words import Words
    from summarizer.facts import Counts

_AREAS, _NAMED, _NUMBERS, _FILES = 6, 3, 12, 5
_TREND = 3
"""Items that make a trend of a topic; two may meet by chance."""
SMALL = 10
"""Below this many of a thing in both windows, a change of it says nothing."""
_CHANGE = 0.2


def is_telling(now: int, then: float) -> bool:
    """Whether a count moved: by a fifth, and by more than counts of that size differ by chance (one sigma)."""
    moved = abs(now - then)
    return max(now, then) >= SMALL and moved >= _CHANGE * then and moved >= sqrt(now + then)


@dataclass(frozen=True, slots=True)
class Area:
    """A topic and the listed items about it, those that matter most first."""

    key: str
    name: str
    numbers: tuple[int, ...]


def by_topic(words: Words) -> list[Area]:
    """The topics that listed items are about, the fullest first; tags alone do not count."""
    numbers = [item.number for _, item in words.ranked]
    areas = []
    for key, ledger in words.facts.ledgers.items():
        about = set(ledger.about)
        inside = tuple(number for number in numbers if number in about)
        areas.append(Area(key, name_of(ledger.topic, words.language), inside))
    return sorted((area for area in areas if area.numbers), key=lambda area: -len(area.numbers))


def write(words: Words) -> tuple[tuple[Claim, ...], tuple[Entry, ...]]:
    """A comparison where numbers allow one, then an entry per topic with at least three items."""
    total = len(listed(words.facts))
    if not total:
        return (words.claim("trends.nothing"),), ()
    areas = [area for area in by_topic(words) if len(area.numbers) >= _TREND]
    claims = [*_kinds(words), *_files(words), *_against_baseline(words)]
    if not areas:
        claims.insert(0, words.claim("trends.too_few", n=total))
    return tuple(claims), tuple(_entries(areas[:_AREAS], words))


def _entries(areas: Sequence[Area], words: Words) -> Iterator[Entry]:
    """Each item's title stands once, under the fullest of its topics; under the others its number does."""
    named: set[int] = set()
    for area in areas:
        fresh = [number for number in area.numbers if number not in named][:_NAMED]
        named.update(fresh)
        claims = [
            words.claim(
                "trends.item",
                (number,),
                item=words.named(number),
                happened=words.happened(words.facts.items[number]),
            )
            for number in fresh
        ]
        rest = [number for number in area.numbers if number not in fresh]
        if rest:
            claims.append(words.claim("trends.rest", rest[:_NUMBERS], numbers=words.some(rest, _NUMBERS)))
        yield Entry(tuple(claims), None, words.text("trends.heading", topic=area.name, n=len(area.numbers)))


def _kinds(words: Words) -> list[Claim]:
    """What the pull requests are by kind, when there are enough to speak of."""
    items = [words.facts.items[number] for number in listed(words.facts)]
    kinds: dict[str, int] = {}
    for item in items:
        kind = category(item) if item.is_pull_request else None
        if kind is not None and kind != "other":
            kinds[kind] = kinds.get(kind, 0) + 1
    if sum(kinds.values()) < SMALL:
        return []
    most = sorted(kinds.items(), key=lambda each: (-each[1], each[0]))[:4]
    parts = [
        words.text("count", what=words.language.text(f"digest.category.{kind}"), count=count)
        for kind, count in most
    ]
    return [words.claim("trends.kinds", label="kinds", kinds=words.listing(parts))]


def _files(words: Words) -> list[Claim]:
    """The paths that several of the pull requests change."""
    parts = [words.text("count", what=code(heat.path), count=heat.prs) for heat in words.facts.files[:_FILES]]
    return [words.claim("trends.files", label="files", files=words.listing(parts))] if parts else []


def _against_baseline(words: Words) -> list[Claim]:
    counts, before = words.facts.counts, words.facts.baseline
    if before is None:
        return [words.claim("trends.no_baseline", label="against")] if _largest(counts) >= SMALL else []
    parts = []
    for name in ("issues_opened", "issues_closed", "prs_opened", "prs_merged", "comments"):
        now, then = getattr(counts, name), getattr(before, name)
        if is_telling(now, then):
            parts.append(words.text("trends.change", what=words.text(f"counted.{name}"), now=now, then=then))
    if parts:
        return [
            words.claim(
                "trends.against",
                label="against",
                before=words.before,
                changes=words.text("trends.between").join(parts),
            )
        ]
    return (
        [words.claim("trends.steady", label="against", before=words.before)]
        if _largest(counts) >= SMALL
        else []
    )


def _largest(counts: Counts) -> int:
    return max(counts.issues_opened, counts.issues_closed, counts.prs_opened, counts.prs_merged)
