"""An answer: what is said to a question, each statement with the items that prove it. Pure and picklable."""

from __future__ import annotations

from dataclasses import dataclass, field

from summarizer.digests import Claim, Table, Verification
from summarizer.questions.found import Found
from summarizer.questions.query import Query


@dataclass(frozen=True, slots=True)
class Row:
    """An item of the answer. why: what put it there, each a plain phrase ("title has ROCm", "merged 2 h ago")."""

    number: int
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Choice:
    """A reading of an ambiguous question. label: the grey line of it, as it differs from the others. total: how many it
    finds."""

    query: Query
    label: str
    total: int


@dataclass(frozen=True, slots=True)
class Answer:
    """In one language. Every text obeys the grammar of `digests.Claim.text`: plain words, `#123`, backticks.

    understood: the query in one line. first: the line that answers. rows: the items, in order; more: how many are not
    shown. tables: counts. claims: an explanation or comparison, by a model or by extraction.
    notes: what is missing, what was not understood, what may be asked next.
    choices: where the question is asked back instead. unread: words of the question that were left out.
    model: who wrote the claims, "" for code. failed: the error key where a model should have and could not.
    """

    lang: str
    understood: str
    first: str
    found: Found | None = None
    rows: tuple[Row, ...] = ()
    more: int = 0
    tables: tuple[Table, ...] = ()
    claims: tuple[Claim, ...] = ()
    notes: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    model: str = ""
    failed: str = ""
    verification: Verification = field(default_factory=Verification)
    unread: tuple[str, ...] = ()
