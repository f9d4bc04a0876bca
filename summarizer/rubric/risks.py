"""Risks by code: those that paths, size and the title of a pull request tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from summarizer.assessments import RISKS, Risk
from summarizer.rubric import wording
from summarizer.rubric.importance import is_breaking
from summarizer.rubric.reach import PLATFORM

if TYPE_CHECKING:
    import re

    from summarizer.items import Item
    from summarizer.rubric.reach import Reach

LARGE_LINES, LARGE_FILES = 800, 25
"""From so many changed lines, or files of code, on a change is more than a review can hold."""
CERTAIN: Final = frozenset[Risk](("core_path", "missing_tests", "large_change"))
"""Told by paths and size, about which no text is better informed."""

_WORDS: Final[tuple[tuple[Risk, re.Pattern[str]], ...]] = (
    ("concurrency", wording.CONCURRENCY),
    ("numerics", wording.NUMERICS),
    ("performance", wording.SLOWER),
    ("security", wording.SECURITY),
)


def risks(item: Item, kind: str | None, found: Reach) -> tuple[Risk, ...]:
    """In the order of RISKS; none for issues, which change nothing, and for documentation."""
    if not item.is_pull_request or kind == "docs":
        return ()
    return order({*_by_words(item, kind, found), *_by_paths(item, found)})


def order(told: set[Risk]) -> tuple[Risk, ...]:
    """The risks in the order of RISKS."""
    return tuple(risk for risk in RISKS if risk in told)


def _by_paths(item: Item, found: Reach) -> set[Risk]:
    told: set[Risk] = set()
    if found.dependency:
        told.add("dependency")
    if not found.code:
        return told
    if found.core:
        told.add("core_path")
    if 2 * found.platform >= found.code:
        told.add("platform_specific")
    files = found.files if item.changed_files is None else item.changed_files
    if (
        not found.tests and files <= found.files
    ):  # else not all paths are known, and a test may be among the others
        told.add("missing_tests")
    lines = (item.additions or 0) + (item.deletions or 0)
    if lines >= LARGE_LINES or found.code >= LARGE_FILES or files >= 2 * LARGE_FILES:
        told.add("large_change")
    return told


def _by_words(item: Item, kind: str | None, found: Reach) -> set[Risk]:
    title, told = item.title, set[Risk]()
    if PLATFORM.search(title):
        told.add("platform_specific")
    if wording.DEFAULT.search(title) or wording.AUTOMATIC.search(title):
        told.add("config_default")
    if is_breaking(item) or wording.REMOVES.search(title) or wording.COMPATIBILITY.search(title):
        told.add("compatibility")
    if not found.code and wording.BUMP.search(title):
        told.add("dependency")
    if kind not in ("ci", "test"):
        told.update(risk for risk, pattern in _WORDS if pattern.search(title))
    return told
