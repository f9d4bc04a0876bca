"""What the figures of a claim count: "12 comments", "新 Issue 3", "no PRs were merged"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from summarizer.verify.lexicon import NUMBER, REF
from summarizer.verify.tokens import Token, figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from summarizer.verify.case import Case

_KINDS: Final = ("pull_request", "issue")
_AFTER_KINDS: Final = ("comments", "reviews", "files")
"""What items have: "3 PR comments" are comments."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure with what it counts. noun: a key of `[verify.nouns]`, a kind, or "" when none is told.

    at: the figure's place in the masked claim; start, end: those of figure and noun together.
    """

    at: int
    token: Token
    noun: str
    start: int
    end: int

    def fits(self, actual: float, case: Case) -> bool:
        """Whether the figure, with "over", "about" and the like before it, may be said of `actual`."""
        before = case.reading.masked[max(0, self.at - 24) : self.at]
        said = next((name for name, pattern in case.lexicon.bounds.items() if pattern.search(before)), "")
        low, high = self.token.low, self.token.high
        match said:
            case "at_least":
                return actual >= low
            case "over":
                return actual > low
            case "under":
                return actual < high
            case "at_most":
                return actual <= high
            case "about":
                return low * 0.9 <= actual <= high * 1.1
            case _:
                return low <= actual <= high


def counted_in(case: Case) -> Iterator[Counted]:
    """Every figure of the claim with its noun, in digits or words, then the "one" and "no" that count something."""
    before: Counted | None = None
    for at, token in case.reading.of_kind(NUMBER):
        counted = _counted(case, at, token)
        if before and not counted.noun and _is_elided(case, before, counted):
            counted = replace(counted, noun=before.noun)
        if counted.noun:
            before = counted
        yield counted
    yield from _ones_and_nones(case)


def _counted(case: Case, at: int, token: Token) -> Counted:
    reading = case.reading
    after = case.lexicon.noun_after.match(reading.masked, at + 1)
    if after:
        noun, end = str(after.lastgroup), after.end()
        more = case.lexicon.noun_after.match(reading.masked, end) if noun in _KINDS else None
        if (
            more
            and more.lastgroup in _AFTER_KINDS
            and more[0].strip() == reading.masked[end : more.end()].strip()
        ):
            noun, end = str(more.lastgroup), more.end()
        return Counted(at, token, noun, at, end)
    if case.lexicon.bare_figure.match(reading.masked, at + 1):
        sentence, _ = reading.sentence_at(at)
        start = max([sentence, *(other for other, _ in reading.of_kind(NUMBER) if other < at)])
        nouns = list(case.lexicon.noun_before.finditer(reading.masked, start, at))
        if nouns and case.lexicon.noun_link.fullmatch(reading.masked, nouns[-1].end(), at):
            return Counted(at, token, str(nouns[-1].lastgroup), nouns[-1].start(), at + 1)
    return Counted(at, token, "", at, at + 1)


def _is_elided(case: Case, before: Counted, counted: Counted) -> bool:
    """Whether the noun of the figure before is meant here too: "6 new PRs, 3 merged"."""
    reading = case.reading
    clause = reading.clause_at(counted.at)
    return (
        before.noun in _KINDS
        and not clause.groups
        and reading.clause_at(before.at).sentence == clause.sentence
        and any(clause.start <= word.start() < clause.end for word in reading.states)
        and case.lexicon.bare_figure.match(reading.masked, counted.at + 1) is not None
    )


def _ones_and_nones(case: Case) -> Iterator[Counted]:
    """ "one new issue", "no PRs were merged": these words have other uses, so only before counted nouns."""
    masked = case.reading.masked
    for value, key in ((1, "numbers.one"), (0, "numbers.none")):
        for match in case.lexicon.one(key).finditer(masked):
            noun = case.lexicon.noun_after.match(masked, match.end())
            if noun is None and value == 0:
                noun = _far_noun(case, match.end())
            if noun is None or noun.lastgroup == "generic" or re.match(rf"\s*{REF}", masked[noun.end() :]):
                continue
            token = figure(match[0], value, spelled=True)
            counted = Counted(match.start(), token, str(noun.lastgroup), match.start(), noun.end())
            if (
                value == 0
                or counted.noun == "comments"
                or case.reading.state_near(counted.start, counted.end)
            ):
                yield counted


def _far_noun(case: Case, start: int) -> re.Match[str] | None:
    """The noun of a "no", with several attributes in between."""
    masked = case.reading.masked
    _, end = case.reading.sentence_at(start)
    stop = next((at for at in range(start, end) if masked[at] in f"{REF}{NUMBER}，,"), end)
    nouns = case.lexicon.noun_before.finditer(masked, start, min(stop, start + 30))
    return next((match for match in nouns if match.lastgroup in _KINDS), None)
