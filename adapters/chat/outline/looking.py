"""Looking: the few things of a digest that are most worth opening, chosen by code from its own sections."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

    from summarizer.digests import Claim, Digest, Entry
    from summarizer.languages import Language

MOST: Final = 5
_DAY: Final = timedelta(days=1)
_SECTIONS: Final = ("alerts", "key-prs", "watch", "hot", "changes", "summary")
"""Where things to look at stand, the most pressing first."""
_LONGEST_WHY: Final = 160
_HAPPENED: Final = (
    "alert_revert",
    "alert_ci_failure",
    "alert_regression",
    "heat",
    "watch_revert",
    "watch_breaking",
    "watch_rfc",
    "watch_unanswered",
    "watch_long",
    "watch_ready_closed",
    "watch_rebase",
    "importance",
    "happened",
    "status",
)
"""Labels below `[extract.label]` of what happened to an item, the most telling first."""
_BARE: Final = ("heat", "happened", "status", "reach")
"""Those that say nothing more in a line than what stands behind them."""


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
    """What happened, by the entry's claims that say so or by its item's last event; else the first claim that is short
    enough for a line, else how important the item was judged."""
    colon = language.text("digest.colon")
    bare = {language.text(f"extract.label.{each}") for each in _BARE}
    ranks: dict[str, int] = {}
    for rank, each in enumerate(_HAPPENED):
        ranks.setdefault(language.text(f"extract.label.{each}"), rank)
    for claim in sorted(entry.claims, key=lambda claim: ranks.get(claim.label, len(ranks))):
        if claim.label not in ranks and (happened := _last_event(entry, digest, language)):
            return happened
        told = claim.text if claim.label in bare else _told(claim, colon)
        if len(told) <= _LONGEST_WHY:
            return told
    judged = digest.assessments.get(entry.number or 0)
    return language.text("chat.digest.importance", n=judged.importance) if judged else ""


def _last_event(entry: Entry, digest: Digest, language: Language) -> str:
    """ "merged 04:21": the last thing in the window that changed its item's state, "" for none."""
    item, window = digest.facts.items.get(entry.number or 0), digest.facts.window
    moved = [event for event in item.events if event.at in window] if item else []
    if not moved:
        return ""
    local, first = moved[-1].at.astimezone(window.zone), window.since.astimezone(window.zone)
    is_clock = window.duration <= _DAY and local.date() == first.date()
    is_clock = is_clock and not digest.facts.is_day_alone(moved[-1].at)
    when = f"{local:%H:%M}" if is_clock else f"{local:%m-%d}"
    return language.text(f"extract.event.{moved[-1].name}", when=when)


def _told(claim: Claim, colon: str) -> str:
    return f"{claim.label}{colon}{claim.text}" if claim.label else claim.text
