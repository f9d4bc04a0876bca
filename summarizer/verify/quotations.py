"""Quotations, code and technical names: they must stand in a cited item."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from summarizer.verify.case import Case, listing
from summarizer.verify.evidence import Evidence, folded
from summarizer.verify.faults import Fault, FaultReason
from summarizer.verify.lexicon import CODE, LOGIN, NAME, QUOTE

if TYPE_CHECKING:
    from collections.abc import Iterator

_ANYWHERE: Final = frozenset(
    {"main", "true", "false", "none", "null", "vllm", "git", "pip", "python", "github"}
)
"""Code that says nothing of its own."""
_SPLIT: Final = re.compile(r"\s*[,，、;；]\s*")
_MEASURED: Final = re.compile(r"(\d+(?:\.\d+)?)([a-zµμ]{1,3}(?:/s)?)")
_LABEL: Final = re.compile(rf"{LOGIN}\s*(?:[(（][^()（）]{{0,16}}[)）])?\s*[:：]\s*$")
"""Who is named right before a quotation: "ann (author): “...”"."""
_PARTS: Final = re.compile(r"[=:+/-]+")


def faults(case: Case) -> Iterator[Fault]:
    for at, token in case.reading.tokens.items():
        if token.mask not in (QUOTE, CODE, NAME):
            continue
        words = folded(token.raw).strip(" .,。，!?！？:：")
        if not words or (token.mask != QUOTE and words in _ANYWHERE):
            continue
        subject = case.reading.around(at)
        evidence = case.evidence_of(subject)
        reason: FaultReason = "quotation" if token.mask == QUOTE else "name"
        if not evidence:
            yield Fault("uncited", f"write the #number of the item that {token.raw} comes from")
        elif token.mask == QUOTE and (speaker := _speaker(case, at)):
            parts = [part for each in re.split(r"\.\.\.+", words) if (part := each.strip(" .,。，"))]
            if not any(all(part in one.said_by(speaker) for part in parts) for one in evidence):
                detail = f"{speaker} did not write {token.raw} in {listing(subject.numbers)}"
                yield Fault(reason, detail, token.raw, subject.numbers)
        elif not _stands(words, token.mask, evidence):
            detail = f"{token.raw} does not stand in {listing(subject.numbers)}; copy exactly or leave it out"
            yield Fault(reason, detail, token.raw, subject.numbers)


def _speaker(case: Case, at: int) -> str:
    """Who is said to have said what stands at `at`: the only person of its clause, if called a speaker there, or the
    one whose name is its label."""
    clause = case.reading.clause_at(at)
    places = [place for place, _ in case.reading.of_kind(LOGIN) if clause.start <= place < clause.end]
    roles = [role for place in places for role, _ in case.reading.roles.get(place, ())]
    if len(places) == 1 and "speaker" in roles:
        return case.reading.tokens[places[0]].raw
    label = _LABEL.search(case.reading.masked, 0, at)
    return case.reading.tokens[label.start()].raw if label else ""


def _stands(words: str, mask: str, evidence: list[Evidence]) -> bool:
    if any(one.contains(words) for one in evidence):
        return True
    if measured := _MEASURED.fullmatch(words):  # "20ms" for "20 ms"
        return any(one.contains(f"{measured[1]} {measured[2]}") for one in evidence)
    if mask == QUOTE:
        parts = [part.strip(" .,。，") for part in re.split(r"\.\.\.+", words)]
        return len(parts) > 1 and any(all(one.contains(part) for part in parts if part) for one in evidence)
    if mask == CODE:
        parts = _SPLIT.split(words)
        return len(parts) > 1 and all(any(one.contains(part) for one in evidence) for part in parts if part)
    parts = [part for part in _PARTS.split(words) if part]
    if words.startswith("--") or "_" in words or "/" in words:
        parts = [part for part in re.split(r"[=:]+", words) if part]
    return len(parts) > 1 and all(any(one.contains(part) for one in evidence) for part in parts)
