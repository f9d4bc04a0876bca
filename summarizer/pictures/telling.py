"""What the pictures of a window tell alike. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.windows import window_label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from summarizer.facts import Facts
    from summarizer.languages import Language


def when_of(facts: Facts) -> str:
    """The window in a few words."""
    return window_label(facts.window)


def listed(rows: Iterable[str], language: Language) -> str:
    """Names with their figures, in a sentence."""
    return str(language.get("chart.rows.between")).join(rows)
