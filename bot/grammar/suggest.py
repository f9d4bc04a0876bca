"""Near misses: what somebody who mistyped probably meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_CLOSE = 0.75


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate most like `word`, if any is like it at all."""
    from difflib import get_close_matches  # only mistakes need it

    return next(iter(get_close_matches(word.lower(), sorted(set(candidates)), n=1, cutoff=_CLOSE)), None)
