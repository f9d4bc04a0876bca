"""Proof: what was found as facts, and the checks that an explanation's claims must pass besides a digest's.

A digest knows all that happened in its window; here only what was found is at hand, and of that perhaps a part. So what
depends on having seen everything (counts, rankings) is not for a model to say: code tells it from all matches.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from summarizer.counting import build_facts
from summarizer.facts import Counts
from summarizer.injection import is_tainted
from summarizer.items import Item
from summarizer.verify import Fault, Verifier, injected
from summarizer.verify.case import Case
from summarizer.verify.counted import Counted, counted_in
from summarizer.verify.figures import words_of
from summarizer.verify.injected import Tainted
from summarizer.verify.lexicon import LOGIN
from summarizer.verify.reading import Reading
from summarizer.windows import Window

if TYPE_CHECKING:
    from collections.abc import Iterator

    from summarizer.digests import Claim
    from summarizer.facts import Facts
    from summarizer.questions.found import Found
    from summarizer.topics import TopicRules

_EVER: Final = datetime(2008, 1, 1, tzinfo=UTC)
"""Before anything on GitHub."""
_WHOLES: Final = frozenset({"pull_request", "issue", "threads", "releases"})
_TALK: Final = frozenset({"comments", "participants", "contributors"})
_RANKINGS: Final = ("rankings.discussed", "rankings.largest", "rankings.contributor")


def facts_of(found: Found, rules: TopicRules) -> Facts:
    """The items found, on both sides of a comparison, as the facts of a window that holds both sides' windows.

    Of an item on both sides the later state counts. Its counts are of nothing that may be told.
    """
    sides = sorted([found, *([found.against] if found.against else [])], key=_until)
    items = {number: item for side in sides for number, item in side.items.items()}
    since = min(_EVER if side.window is None else side.window.since for side in sides)
    tz = next((side.window.tz for side in sides if side.window is not None), "UTC")
    window = Window(since, max(map(_until, sides)), tz)
    facts = build_facts(
        repo=found.repo, window=window, items=items.values(), coverage=found.coverage, topics=rules.topics
    )
    # asked for by number, or found without an event of theirs in the window: they can be spoken of like the others
    return replace(facts, items={**items, **facts.items}, counts=Counts(), contributors=())


def _until(side: Found) -> datetime:
    return side.now if side.window is None else side.window.until


def is_whole(found: Found) -> bool:
    """Whether every match has its item at hand, on both sides of a comparison."""
    sides = [found, *([found.against] if found.against else [])]
    return all(match.number in side.items for side in sides for match in side.matches)


class AnswerVerifier(Verifier):
    """Judges claims about what was found for a question.

    whole: whether the facts hold every match. question: whose orders to models, if it gives any, no claim repeats.
    """

    def __init__(self, facts: Facts, *, whole: bool, question: str) -> None:
        super().__init__(facts)
        self._whole = whole
        self._question = question

    def check(self, claim: Claim) -> tuple[Fault, ...]:
        """What is wrong with the claim; empty when it is true as far as code can tell."""
        return super().check(claim) or tuple(dict.fromkeys(self._own_faults(claim)))

    def _own_faults(self, claim: Claim) -> Iterator[Fault]:
        index = self._index
        if not any(number in index.items for number in claim.cites):
            yield Fault("uncited", "cite the items that prove this")
        if self._ordered.texts:
            yield from injected.faults(claim, self._ordered)
        masked, tokens = index.tokenizer.mask(claim.text)
        case = Case(claim, index, Reading(masked, tokens, index.lexicon, claim.cites, index.items.keys()))
        yield from _counts(case)
        yield from _silent(case)
        if match := self._weighed.search(claim.text):
            yield Fault("count", f'"{match[0]}" compares numbers of items, which code tells', match[0])
        if not self._whole:
            for key in _RANKINGS:
                if index.lexicon.one(key).search(masked):
                    yield Fault("ranking", "only some of what was found is shown: rank nothing")

    @cached_property
    def _ordered(self) -> Tainted:
        """What the question orders models to say; the items' words excuse none of it."""
        if not is_tainted(self._question):
            return Tainted({})
        return Tainted.of([Item(self.facts.repo, 0, "issue", "", "", body=self._question)])

    @cached_property
    def _weighed(self) -> re.Pattern[str]:
        """Words that compare how many items there are."""
        known = self._index.lexicon.languages
        return re.compile(
            "|".join(str(language.get("answers.model.weighed")) for language in known), re.IGNORECASE
        )


def _silent(case: Case) -> Iterator[Fault]:
    """People who are said to have said something, and wrote not a word: who only approves says nothing."""
    for at, token in case.reading.of_kind(LOGIN):
        if not any(role == "speaker" for role, _ in case.reading.roles.get(at, ())):
            continue
        items = [one.item for one in case.evidence_of(case.reading.subject(at, at + 1))]
        login = token.raw.casefold()
        if not any(login.removesuffix("[bot]") in _writers(item) for item in items):
            yield Fault("role", f"{token.raw} wrote nothing there", token.raw)


def _writers(item: Item) -> set[str]:
    """Case-folded logins of whose words stand on the item."""
    people = [comment.author for comment in item.comments]
    people += [review.author for review in item.reviews if review.body.strip()]
    people += [item.author] if item.author and item.body else []
    return {person.login.casefold().removesuffix("[bot]") for person in people}


def _counts(case: Case) -> Iterator[Fault]:
    """Numbers of items that are not those named beside them, and talk counted over the window."""
    for counted in counted_in(case):
        start, end = case.reading.sentence_at(counted.at)
        groups = [group for group in case.reading.groups if start <= group.start < end]
        named = {number for group in groups for number in (*group.inside, *group.outside)}
        if counted.noun in _WHOLES and not (named and counted.fits(len(named), case)):
            yield Fault(
                "count",
                f"{counted.token.raw} is no number of the items named here: code tells how many there are",
                words_of(case, counted),
            )
        elif counted.noun == "files" and not _fits_files(case, counted):
            yield Fault(
                "figure", f"{counted.token.raw} is not how many files it changes", words_of(case, counted)
            )
        elif counted.noun in _TALK and case.lexicon.one("window").search(case.reading.masked):
            yield Fault(
                "count", f"{counted.token.raw} is not for you to count over a window", words_of(case, counted)
            )


def _fits_files(case: Case, counted: Counted) -> bool:
    """Whether so many files are changed. Paths may be a part of them, and count only where no total is known."""
    items = [one.item for one in case.evidence_of(case.reading.subject(counted.at, counted.at + 1))]
    known = [item.changed_files for item in items if item.changed_files is not None]
    return not known or any(counted.fits(number, case) for number in (*known, sum(known)))
