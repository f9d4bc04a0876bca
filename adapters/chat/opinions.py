"""Opinions: what somebody filled in in the form that asks what is wrong."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from adapters.chat.port import Opinion

OPINIONS: Final[tuple[Opinion, ...]] = ("unhelpful", "wrong")
"""Those that the form offers."""
REASON: Final = 1_000
"""Characters of somebody's own words; ours."""
_LARGEST: Final = 1_000_000_000
"""No item has a greater number; ours."""


def opinion_of(chosen: str) -> Opinion:
    """What was chosen, "unhelpful" for nothing of ours."""
    return next((each for each in OPINIONS if each == chosen), "unhelpful")


def item_number(typed: str) -> int | None:
    """The number of an item, such as "26701" or "#26701"; None for what is none."""
    found = re.fullmatch(r"#?([1-9][0-9]{0,9})", typed, re.ASCII)
    number = int(found[1]) if found else 0
    return number if 1 <= number <= _LARGEST else None


def lacks_number(opinion: str, typed: str) -> bool:
    """Whether a number is needed that cannot be read: of what is told wrongly, and where one was typed at all."""
    return (opinion == "wrong" or typed != "") and item_number(typed) is None
