"""Period: the sections of weekly, monthly and release editions without a model.

Each writer gives a section's leading claims, its entries and its tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

from summarizer.digests import Claim, Entry, Table
from summarizer.extract.period import activity, changes, key_prs, risks, suggestions, summary, trends

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from summarizer.extract.words import Words

__all__ = ["WRITERS", "Parts"]

Parts: TypeAlias = tuple[tuple[Claim, ...], tuple[Entry, ...], tuple[Table, ...]]

WRITERS: Final[Mapping[str, Callable[[Words], Parts]]] = {
    "summary": summary.write,
    "changes": changes.write,
    "trends": trends.write,
    "risks": risks.write,
    "key-prs": key_prs.write,
    "suggestions": suggestions.write,
    "activity": activity.write,
}
"""Section id -> who writes it."""
