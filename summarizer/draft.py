"""Drafts: a model's sentences on their way into a section: cleaned, checked, mended once, kept or dropped."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from summarizer.digests import Claim, Dropped, Entry, Section
from summarizer.fence import BRACKET
from summarizer.schema import LABELS
from summarizer.untrusted import neutralize

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from summarizer.facts import Facts
    from summarizer.languages import Language
    from summarizer.schema import ClaimDraft, Repair, SectionDraft
    from summarizer.verify import Verifier

ENTRIES_MAX: Final = 12
CLAIMS_MAX: Final = 8
"""In one entry, and before the first; more is a model that forgot to stop."""
TEXT_MAX: Final = 700
"""Characters of a claim. Prompts ask for 60 words."""

_REFERENCE: Final = re.compile(r"#(\d{1,7})\b")
_EMPHASIS: Final = re.compile(r"\*\*|__(?=\w)|(?<=\w)__(?!\w)")


@dataclass(slots=True)
class Sentence:
    """A claim, or an entry's heading checked like one. entry: its entry's place, None for a leading claim."""

    claim: Claim
    entry: int | None = None
    is_heading: bool = False
    faults: tuple[tuple[str, str], ...] = ()
    """(reason, detail) of each fault; empty once the sentence is true."""


@dataclass(slots=True)
class Draft:
    """A section's sentences.

    known: the items that can prove something. hidden: those that the digest's filters leave out.
    numbers: per entry the item it is about, None for a theme.
    """

    section_id: str
    known: frozenset[int] = frozenset()
    hidden: frozenset[int] = frozenset()
    numbers: list[int | None] = field(default_factory=list)
    sentences: list[Sentence] = field(default_factory=list)
    repaired: int = 0

    @classmethod
    def read(cls, section_id: str, answer: SectionDraft, facts: Facts, language: Language) -> Draft:
        """A model's answer in our own types.

        Headings of item entries are left out (code shows the item's own title), and the claims of an entry
        about an item nobody gave stand for themselves.
        """
        shown = facts.shown
        draft = cls(
            section_id, frozenset(shown) | frozenset(facts.related), frozenset(facts.items) - frozenset(shown)
        )
        for claim in answer.claims[:CLAIMS_MAX]:
            draft._add(claim, None, language)
        for entry in answer.entries[:ENTRIES_MAX]:
            place: int | None = None
            if entry.claims and (entry.number is None or entry.number in shown):
                place = len(draft.numbers)
                draft.numbers.append(entry.number)
            if place is not None and entry.number is None:
                cited = tuple(dict.fromkeys(number for claim in entry.claims for number in claim.cites))
                heading = plain(entry.heading)
                cites = tuple(dict.fromkeys((*draft._named(heading), *cited)))
                draft.sentences.append(Sentence(Claim(heading, cites, "model"), place, is_heading=True))
            for claim in entry.claims[:CLAIMS_MAX]:
                draft._add(claim, place, language)
        draft.sentences = [sentence for sentence in draft.sentences if sentence.claim.text]
        return draft

    def _add(self, claim: ClaimDraft, place: int | None, language: Language) -> None:
        label = language.text(f"writer.labels.{claim.label}") if claim.label in LABELS else ""
        text = plain(claim.text)
        cites = self._cites(place, text, claim.cites)
        self.sentences.append(Sentence(Claim(text, cites, "model", label), place))

    def _cites(self, place: int | None, text: str, cites: Iterable[int]) -> tuple[int, ...]:
        """The items that must bear `text` out.

        Below an item's title a sentence is read as being about that item, so that item and those it names
        count, and no other a model may add to make it pass.
        """
        about = self.numbers[place] if place is not None else None
        if about is not None:
            return tuple(dict.fromkeys((about, *self._named(text))))
        return tuple(dict.fromkeys((*self._named(text), *cites)))

    def _named(self, text: str) -> tuple[int, ...]:
        """The items that `text` names. A number that is only mentioned on one of them proves nothing itself."""
        return tuple(number for number in references(text) if number in self.known)

    def check(self, verifier: Verifier) -> list[Sentence]:
        """Check every sentence, and return the faulty ones."""
        for sentence in self.sentences:
            sentence.faults = self._faults(sentence.claim, verifier)
        return [sentence for sentence in self.sentences if sentence.faults]

    def mend(self, faulty: Sequence[Sentence], repairs: Iterable[Repair], verifier: Verifier) -> None:
        """Put the repair round's sentences in place of the faulty ones, and check them again."""
        offered = {repair.index: repair for repair in repairs}
        for index, sentence in enumerate(faulty):
            repair = offered.get(index)
            text = plain(repair.text) if repair else ""
            if repair is None or not text:
                continue  # withdrawn; the faults it had are why it is dropped
            cites = self._cites(None if sentence.is_heading else sentence.entry, text, repair.cites)
            sentence.claim = replace(sentence.claim, text=text, cites=cites)
            sentence.faults = self._faults(sentence.claim, verifier)
            self.repaired += not sentence.faults

    def _faults(self, claim: Claim, verifier: Verifier) -> tuple[tuple[str, str], ...]:
        if len(claim.text) > TEXT_MAX:
            return (("too_long", f"more than {TEXT_MAX} characters"),)
        left_out = self.hidden.intersection((*references(claim.text), *claim.cites))
        if left_out:
            return (("filtered", f"#{min(left_out)} is not what this digest is about"),)
        return tuple((fault.reason, str(fault.detail)) for fault in verifier.check(claim))

    def dropped(self) -> tuple[Dropped, ...]:
        return tuple(
            dropped(sentence.claim, sentence.faults[0][0], self.section_id)
            for sentence in self.sentences
            if sentence.faults
        )

    def section(self, title: str) -> Section | None:
        """The section of what is true, None when no claim is left.

        A theme without a true heading is no entry: its claims stand before the entries.
        """
        true = [sentence for sentence in self.sentences if not sentence.faults]
        headings = {each.entry: each.claim.text for each in true if each.is_heading}
        claimed = [each for each in true if not each.is_heading]
        leading = [each.claim for each in claimed if not self._stands(each.entry, headings)]
        entries = []
        for place, number in enumerate(self.numbers):
            claims = tuple(each.claim for each in claimed if each.entry == place)
            if claims and self._stands(place, headings):
                entries.append(Entry(claims, number, headings.get(place, "")))
        if not leading and not entries:
            return None
        return Section(self.section_id, title, tuple(leading), tuple(entries))

    def _stands(self, place: int | None, headings: dict[int | None, str]) -> bool:
        return place is not None and (self.numbers[place] is not None or place in headings)


def dropped(claim: Claim, reason: str, section_id: str) -> Dropped:
    """The note that a claim leaves behind: by a hash, never by its text, which is not to be read."""
    digest = hashlib.sha256(claim.text.encode("utf-8", "replace")).hexdigest()
    return Dropped(reason, section_id, digest[:16])


def plain(text: str) -> str:
    """A model's words as one plain line: no invisible characters, no emphasis marks.

    What it copied out of the fence gets its angle brackets back, for code and quotations to match the item's.
    """
    return _EMPHASIS.sub("", neutralize(text.replace(BRACKET, "<")))


def references(text: str) -> tuple[int, ...]:
    """The numbers a text mentions as `#123`, in order, each once."""
    return tuple(dict.fromkeys(int(number) for number in _REFERENCE.findall(text)))
