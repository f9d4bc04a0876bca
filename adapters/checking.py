"""What `doctor` finds: one thing looked at, and how it was."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from summarizer.errors import DigestError

Outcome = Literal["ok", "warn", "bad", "skipped"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at.

    about: its name, below `[doctor.about]` in the language files. found: what was found, below `[doctor.found]`; values
    fill it, and the entry of the same name below `[doctor.do]`, which says what to do unless the outcome is ok or
    skipped. problem: instead of both, an error whose sentence says both.
    """

    about: str
    outcome: Outcome
    found: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    problem: DigestError | None = None


def failed(about: str, problem: DigestError) -> Check:
    """What could not be had, because of the problem."""
    return Check(about, "bad", problem=problem)
