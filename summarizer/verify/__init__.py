"""Verification: each claim against the items it cites.

A model's words are proposals; this is where they are judged. Pure: a claim and facts in, faults out. The words by
which claims speak of states, people and figures are the `[verify]` tables of the language files.

    markup       what no claim may contain: links, mentions, HTML, unseen characters
    injected     nothing that a text orders models to say
    references   every #number is an item of the window, or named by a cited one
    figures      numbers, and counts of the window under their own name
    people       logins, and the part they had
    states       merged, closed, open, ...
    times        dates, times of day, spans of time
    quotations   quotations, code, paths, flags, versions
    denials      "no AMD updates"
    rankings     "most discussed", "first contribution"

A word is said of the reference nearest to it in its clause (`reading` tells how), so that true numbers, logins and
states that have changed places between items are found out too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.verify import (
    denials,
    figures,
    injected,
    markup,
    people,
    quotations,
    rankings,
    references,
    states,
    times,
)
from summarizer.verify.case import Case, Index
from summarizer.verify.faults import Fault, FaultReason
from summarizer.verify.lexicon import lexicon_of
from summarizer.verify.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from summarizer.digests import Claim
    from summarizer.facts import Facts
    from summarizer.languages import Language

__all__ = ["Fault", "FaultReason", "Verifier", "verify"]


class Verifier:
    """Judges claims about one window's items, and those its facts call related. Made once, asked for each claim.

    languages: those whose words are understood; all there are by default.
    """

    def __init__(self, facts: Facts, languages: Iterable[Language] | None = None) -> None:
        self.facts = facts
        self._index = Index(facts, lexicon_of(languages))

    def check(self, claim: Claim) -> tuple[Fault, ...]:
        """What is wrong with the claim; empty when it is true as far as code can tell."""
        return tuple(dict.fromkeys(self._faults(claim)))

    @property
    def tainted_numbers(self) -> frozenset[int]:
        """The items on which somebody gives orders to language models."""
        return frozenset(self._index.tainted.texts)

    def _faults(self, claim: Claim) -> Iterator[Fault]:
        unfit = list(markup.faults(claim.text))
        yield from unfit
        if any(fault.reason == "markup" for fault in unfit) or not claim.text.strip():
            return
        yield from injected.faults(claim, self._index.tainted)
        masked, tokens = self._index.tokenizer.mask(claim.text)
        reading = Reading(masked, tokens, self._index.lexicon, claim.cites, self._index.items.keys())
        case = Case(claim, self._index, reading)
        # figures first: they tell which words of state and which logins belong to a count
        for part in (figures, references, people, states, times, quotations, denials, rankings):
            yield from part.faults(case)
        if not reading.cited and not case.aggregates:
            yield Fault("uncited", "cite the items that prove this, or repeat a count of the facts")


def verify(claim: Claim, facts: Facts, language: Language | None = None) -> tuple[Fault, ...]:
    """`Verifier(facts).check(claim)`, for one claim; `language` limits the words understood to one language's."""
    return Verifier(facts, None if language is None else (language,)).check(claim)
