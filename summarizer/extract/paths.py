"""Paths: which of the files that a change touches tell most of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from summarizer.rubric.reach import reach

if TYPE_CHECKING:
    from summarizer.items import Item

_ASIDE = re.compile(r"(?:^|/)(?:tests?|docs?|examples?|benchmarks?|\.\w+)/|(?:^|/)test_")
"""Paths that tell least of what a change does."""
_WORD = re.compile(r"[a-z]+\d*[a-z0-9]*|\d+[a-z]+")
_LEAST = 3
"""Letters of a word that tells anything."""
_COMMON = frozenset(
    {"add", "and", "base", "config", "core", "fix", "for", "init", "layer", "model", "models", "new"}
)
_COMMON |= {"support", "test", "tests", "the", "use", "utils", "with"}
"""Words that titles and files have in common by chance."""


def telling(item: Item) -> list[str]:
    """The item's paths: what stands aside last, and first what its title names, then what belongs to the core; of
    equals in their own order."""
    named = _words(item.title)
    return sorted(item.files or (), key=lambda path: (bool(_ASIDE.search(path)), -_weight(path, named)))


def _weight(path: str, named: frozenset[str]) -> int:
    file = path.rpartition("/")[2].partition(".")[0]
    return 2 * bool(named & _words(file)) + (reach((path,)).core > 0)


def _words(text: str) -> frozenset[str]:
    return frozenset(word for word in _WORD.findall(text.lower()) if len(word) >= _LEAST) - _COMMON
