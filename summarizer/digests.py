"""Digest: window, facts, sections and their verification."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal

from summarizer.assessments import Assessment
from summarizer.facts import Facts
from summarizer.windows import Edition, slug

if TYPE_CHECKING:
    from collections.abc import Iterable

    from summarizer.filters import Filter
    from summarizer.windows import Window

Source = Literal["facts", "extraction", "model"]
Outcome = Literal["normal", "quiet", "partial", "unavailable"]
Rung = Literal["full", "fast", "fewer", "extraction"]

_PERIOD_SECTIONS = (
    "summary", "alerts", "topic-*", "changes", "trends", "risks", "key-prs", "suggestions", "activity", "appendix",
)  # fmt: skip
SECTIONS: Final[Mapping[Edition, tuple[str, ...]]] = {
    "daily": ("summary", "alerts", "topic-*", "hot", "trends", "changes", "activity", "watch", "appendix"),
    "weekly": _PERIOD_SECTIONS,
    "monthly": _PERIOD_SECTIONS,
    "release": _PERIOD_SECTIONS,
}
"""Order of an edition's sections; `topic-*` stands for one section per topic of the settings. `alerts` is there only
when there is something to be alarmed about."""


def digest_id(repo: str, edition: Edition, window: Window, filters: Iterable[Filter], rules_hash: str) -> str:
    """What makes two digests the same digest: "<edition>-<label>-<10 hex>", fit for URLs and file names.

    The order of filters and of their values does not matter; language and presentation are no part of it.
    rules_hash: a hash of the topic rules.
    """
    parts = [
        repo.lower(),  # GitHub's names ignore case
        edition,
        window.since.isoformat(),
        window.until.isoformat(),
        sorted({(one.key, one.negated, tuple(sorted(set(one.values)))) for one in filters}),
        rules_hash,
    ]
    digest = sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
    return f"{edition}-{slug(window, edition)}-{digest[:10]}"


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence or two with the items that prove it.

    text: plain words, one line; `#123` refers to an item, a backticked span is code. No other markup, no HTML, no
    links: renderers make links of the references they know and escape everything else.
    label: a short lead such as "Impact", or "".
    cites: the numbers whose items prove the text, in the order of their first mention.
    source: code's own words about facts, an extract of an item's text, or a model.
    """

    text: str
    cites: tuple[int, ...] = ()
    source: Source = "facts"
    label: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A titled group of claims, usually about one item. number: that item. heading: plain words; "" shows the
    item's own title."""

    claims: tuple[Claim, ...]
    number: int | None = None
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Counts in rows and columns, by code. Cells obey the grammar of `Claim.text`; the first of a row names it."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A titled piece of narrative: leading claims, entries, then tables. id: see SECTIONS."""

    id: str
    title: str
    claims: tuple[Claim, ...] = ()
    entries: tuple[Entry, ...] = ()
    tables: tuple[Table, ...] = ()

    @property
    def all_claims(self) -> tuple[Claim, ...]:
        return self.claims + tuple(claim for entry in self.entries for claim in entry.claims)

    @property
    def cites(self) -> tuple[int, ...]:
        """Every number the section cites, in order of first mention."""
        numbers: dict[int, None] = {}
        for claim in self.claims:
            numbers.update(dict.fromkeys(claim.cites))
        for entry in self.entries:
            if entry.number is not None:
                numbers.setdefault(entry.number)
            for claim in entry.claims:
                numbers.update(dict.fromkeys(claim.cites))
        return tuple(numbers)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A claim that did not survive verification: why, where, and the first 16 hex of its text's sha256."""

    reason: str
    section: str
    hash: str


@dataclass(frozen=True, slots=True)
class Verification:
    """claims: how many a model made; repaired: how many were right after the repair round; dropped: the rest."""

    claims: int = 0
    repaired: int = 0
    dropped: tuple[Dropped, ...] = ()


@dataclass(frozen=True, slots=True)
class Generation:
    """How the words came about.

    model: "provider:name" or "offline". rung: the rung of the ladder that wrote most of it.
    extracted: ids of sections that a model should have written and extraction wrote, each with the error key.
    fallen: of those that a model lower on the ladder wrote, with the error key of the one above.
    tokens and cost_usd are None where unknown, which is not 0.
    assessed, reused: items that a model judged for this digest, or had judged before. unassessed: items that it should
    have judged and code did, by error key. shown: of how many items, in all, the model that wrote saw how many.
    """

    model: str
    rung: Rung
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost_usd: float | None = None
    seconds: float = 0.0
    cached: bool = False
    extracted: tuple[tuple[str, str], ...] = field(default=())
    fallen: tuple[tuple[str, str], ...] = ()
    assessed: int = 0
    reused: int = 0
    unassessed: tuple[tuple[str, int], ...] = ()
    shown: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest in one language. A revision never changes; a correction is the next revision.

    Every fact is in `facts`, every word that is not a fact in `sections` (the appendix and the header are rendered
    from the facts).
    """

    id: str
    revision: int
    edition: Edition
    lang: str
    title: str
    outcome: Outcome
    facts: Facts
    sections: tuple[Section, ...]
    verification: Verification
    generation: Generation
    assessments: Mapping[int, Assessment] = field(default_factory=dict)
    """Of the items that were judged, by number."""
