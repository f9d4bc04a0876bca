"""Gone: how much of each kind went."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Mapping

    from summarizer.languages import Language

Kind = Literal[
    "subscriptions",
    "owners",
    "deliveries",
    "texts",
    "changes",
    "halts",
    "preferences",
    "places",
    "conversations",
    "shown",
    "feedback",
    "installations",
    "items",
    "mirror",
    "mends",
    "editions",
    "digests",
    "assessments",
    "index",
]
"""Below `[forgetting.kinds]` in the language files. owners: subscriptions that stay and lose who made them. texts: of
single items, in the rows of what was posted. changes: entries of the audit list. shown: lists of what somebody asked
for lately. mirror: what else is kept of a repository's mirror."""

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


class Gone:
    """Adds up what went."""

    def __init__(self) -> None:
        self._counts: Counter[Kind] = Counter()

    def add(self, kind: Kind, count: int) -> None:
        self._counts[kind] += count

    def update(self, other: Gone) -> None:
        self._counts.update(other.counts)

    @property
    def counts(self) -> Mapping[Kind, int]:
        """Of what went at all."""
        return {kind: self._counts[kind] for kind in KINDS if self._counts[kind]}

    def lines(self, words: Language) -> list[str]:
        """Markdown, a line for each kind."""
        return [
            words.text("forgetting.line", kind=words.text(f"forgetting.kinds.{kind}"), n=count)
            for kind, count in self.counts.items()
        ]
