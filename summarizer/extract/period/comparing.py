"""Comparing: what a number was before, and whether the difference says anything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from summarizer.extract.topic import name_of
from summarizer.extract.trends import SMALL, is_telling

if TYPE_CHECKING:
    from summarizer.extract.words import Words


@dataclass(frozen=True, slots=True)
class Count:
    """How many pull requests of a kind or theme were merged.

    key: the category's or topic's. then: in the window before, None when unknown. growth: how many times as many were
    merged in all as in the window before.
    """

    key: str
    name: str
    now: int
    then: int | None
    growth: float = 1.0

    @property
    def surplus(self) -> float:
        """By how much the count is above what the change of all merges explains; 0 where nothing is known."""
        return 0.0 if self.then is None else self.now - self.then * self.growth

    @property
    def is_telling(self) -> bool:
        """Whether the kind or theme moved, and not only all of them together."""
        return self.then is not None and is_telling(self.now, self.then * self.growth)


def growth(words: Words) -> float | None:
    """How many times as many pull requests were merged as in the window before; None where one of both was too quiet
    to compare anything."""
    before = words.facts.baseline
    now, then = words.facts.counts.prs_merged, before.prs_merged if before else 0
    return now / then if min(now, then) >= SMALL else None


def categories(words: Words) -> list[Count]:
    """Merged pull requests by category, most first; those that tell none last, under a name of their own."""
    tally, before = words.facts.tally.categories, words.facts.baseline_tally
    then, factor = before.categories if before else {}, growth(words) or 1.0
    counts = [
        Count(key, _category(key, words), tally.get(key, 0), then.get(key, 0) if before else None, factor)
        for key in tally.keys() | then.keys()
        if key
    ]
    counts.sort(key=_place)
    untold, untold_then = tally.get("", 0), then.get("", 0)
    if untold or untold_then:
        name = words.text("areas.untold")
        counts.append(Count("", name, untold, untold_then if before else None, factor))
    return counts


def topics(words: Words) -> list[Count]:
    """Merged pull requests by the topic they are about, most first."""
    tally, before = words.facts.tally.topics, words.facts.baseline_tally
    then, factor = before.topics if before else {}, growth(words) or 1.0
    ledgers = words.facts.ledgers
    counts = [
        Count(
            key,
            name_of(ledgers[key].topic, words.language) if key in ledgers else key,
            tally.get(key, 0),
            then.get(key, 0) if before else None,
            factor,
        )
        for key in tally.keys() | then.keys()
    ]
    return sorted((each for each in counts if each.now or each.then), key=_place)


def _place(count: Count) -> tuple[int, int, str]:
    """Most first; of equals by key, for names differ from language to language."""
    return -count.now, -(count.then or 0), count.key


def _category(key: str, words: Words) -> str:
    name = f"digest.category.{key}"
    return words.language.text(name) if words.language.has(name) else key
