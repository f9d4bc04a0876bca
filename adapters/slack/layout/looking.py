"""Looking: the few things of a digest that are most worth opening, chosen by code from its own sections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

    from summarizer.digests import Claim, Digest, Entry
    from summarizer.languages import Language

MOST: Final = 5
_SECTIONS: Final = ("alerts", "key-prs", "watch", "hot", "changes", "summary")
"""Where things to look at stand, the most pressing first."""
_LONGEST_WHY: Final = 160


@dataclass(frozen=True, slots=True)
class Look:
    """An item, and why to look at it in a few words that obey the grammar of `Claim.text`, "" where none are short."""

    number: int
    why: str


def worth_a_look(digest: Digest, language: Language, *, but: Collection[int] = ()) -> list[Look]:
    """At most MOST things: the first of each section that names some, then the second of each, and so on; the most
    pressing section's first. but: numbers that the reader has seen already."""
    by_id = {section.id: section for section in digest.sections}
    entries = [
        [entry for entry in by_id[name].entries if entry.number is not None]
        for name in _SECTIONS
        if name in by_id
    ]
    seen, chosen = set(but), set[int]()
    for turn in range(max(map(len, entries), default=0)):
        for queue in entries:
            if turn < len(queue) and len(chosen) < MOST and queue[turn].number not in seen:
                seen.add(queue[turn].number or 0)
                chosen.add(queue[turn].number or 0)
    found: dict[int, Look] = {}
    for entry in (each for queue in entries for each in queue):
        number = entry.number or 0
        if number in chosen:
            found.setdefault(number, Look(number, _why(entry, digest, language)))
    return list(found.values())


def _why(entry: Entry, digest: Digest, language: Language) -> str:
    """How important the entry says its item is, else the first of its reasons that is short enough for a line, else how
    important it was judged."""
    colon = language.text("digest.colon")
    scored = language.text("extract.label.importance")
    for claim in sorted(entry.claims, key=lambda claim: claim.label != scored):
        told = _told(claim, colon)
        if len(told) <= _LONGEST_WHY:
            return told
    judged = digest.assessments.get(entry.number or 0)
    return language.text("slack.digest.importance", n=judged.importance) if judged else ""


def _told(claim: Claim, colon: str) -> str:
    return f"{claim.label}{colon}{claim.text}" if claim.label else claim.text
