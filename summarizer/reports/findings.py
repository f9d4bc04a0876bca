"""What a check of a report found, and what it could not look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["wrong", "doubtful"]
Held = Literal["whole", "partly", "not"]


@dataclass(frozen=True, slots=True)
class Term:
    """Words of the reader's language: a key of the language files, with values where it is a template."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a report, or that nothing known bears out.

    key: a sentence below `[report.found]`; values fill it. Of those a `Term`, also in a tuple, is put into words first,
    and a mapping holds words by language. line: of the report.
    said: what the report says there: somebody's text, and as long as it is there. numbers: the items it is about.
    """

    severity: Severity
    key: str
    line: int
    said: str
    values: Mapping[str, object] = field(default_factory=dict)
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """What was looked at, in numbers.

    counts, rows, statements: of the report. references: numbers it names; unknown: those that neither its lists nor the
    mirror tell of. unmirrored: those that the mirror does not hold, None where there is no mirror to look into.
    held: how much of the window the mirror holds. reasons: keys below `[coverage]` that tell what it lacks.
    """

    counts: int
    rows: int
    statements: int
    references: int
    unknown: int
    unmirrored: int | None = None
    held: Held = "not"
    reasons: tuple[str, ...] = ()
    notes: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """A report's check: findings in the order of its lines, and what was looked at."""

    repo: str
    lang: str
    window: tuple[str, str] | None
    findings: tuple[Finding, ...]
    looked: Looked

    @property
    def wrong(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.severity == "wrong")

    @property
    def doubtful(self) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.severity == "doubtful")
