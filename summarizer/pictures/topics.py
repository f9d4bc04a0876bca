"""The picture of topics: the pull requests merged about each, against the window before, and all that moved. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from summarizer.extract.topic import name_of
from summarizer.markup import one_line
from summarizer.pictures.bars import Bars, Mark, Row
from summarizer.pictures.telling import listed, when_of

if TYPE_CHECKING:
    from summarizer.facts import Facts
    from summarizer.languages import Language

MOST: Final = 8
"""Topics that are shown; there are some sixteen."""


@dataclass(frozen=True, slots=True)
class Count:
    """A topic. now, then: merged pull requests about it; then is None where the window before is not known. about,
    tagged: all that moved in the window."""

    name: str
    now: int
    then: int | None
    about: int
    tagged: int


def counts(facts: Facts, language: Language) -> list[Count]:
    """The topics that have anything, the most merged first, then those with the most about them."""
    before = facts.baseline_tally
    then = before.topics if before else {}
    found = [
        Count(
            one_line(name_of(ledger.topic, language)),
            facts.tally.topics.get(key, 0),
            then.get(key, 0) if before else None,
            len(ledger.about),
            len(ledger.tagged),
        )
        for key, ledger in facts.ledgers.items()
    ]
    told = [each for each in found if each.now or each.then or each.about or each.tagged]
    return sorted(told, key=lambda each: (-each.now, -(each.then or 0), -each.about, -each.tagged))


def bars(facts: Facts, language: Language, most: int = MOST) -> Bars:
    """At most so many topics."""
    found = counts(facts, language)
    shown = found[:most]
    window, before = when_of(facts), language.text("chart.rows.before")
    rows = []
    for each in shown:
        told = language.text("chart.rows.row", what=each.name, n=each.now)
        marks = [Mark("now", each.now, str(each.now), f"{window} · {told}")]
        if each.then is not None:
            told = language.text("chart.rows.row", what=each.name, n=each.then)
            marks.append(Mark("before", each.then, str(each.then), f"{before} · {told}"))
        aside = language.text("chart.topics.members", about=each.about, tagged=each.tagged)
        rows.append(Row(each.name, tuple(marks), aside))
    notes = [language.text("chart.topics.several"), language.text("chart.topics.members_note")]
    if facts.passing is not None:
        notes.append(language.text("chart.rows.of_all"))
    if facts.baseline_tally is None:
        notes.append(language.text("chart.rows.not_compared"))
    if len(found) > most:
        notes.append(language.text("chart.rows.more", n=len(found) - most))
    if not facts.complete:
        notes.append(language.text("chart.incomplete"))
    return Bars(
        "topics",
        language.text("chart.titles.topics"),
        one_line(facts.repo),
        window,
        alt(facts, language, most),
        tuple(rows),
        tuple(notes),
        legend=(("now", window), ("before", before)) if facts.baseline_tally else (),
        empty=language.text("chart.topics.empty"),
    )


def alt(facts: Facts, language: Language, most: int = MOST, *, has_members: bool = True) -> str:
    """has_members: whether all that moved is told besides."""
    found = counts(facts, language)[:most]
    key = "alt_empty" if not found else "alt" if facts.baseline_tally is None else "alt_before"
    rows = [
        language.text("chart.rows.row", what=each.name, n=each.now)
        if each.then is None
        else language.text("chart.rows.row_before", what=each.name, n=each.now, before=each.then)
        for each in found
    ]
    told = language.text(f"chart.topics.{key}", window=when_of(facts), rows=listed(rows, language))
    if not found or not has_members:
        return told
    members = [
        f"{each.name} {language.text('chart.topics.members', about=each.about, tagged=each.tagged)}"
        for each in found
    ]
    gap = str(language.get("digest.sentence_gap"))
    return told + gap + language.text("chart.topics.alt_members", rows=listed(members, language))
