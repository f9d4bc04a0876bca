"""Untrusted text, made harmless to show: one line without anything that a reader cannot see."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_UNSEEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Control, format (zero width, bidi overrides, the tag block), private use, surrogates, line and paragraph breaks."""

_UNSEEN_RANGES: Final = (
    (0x034F, 0x034F),  # combining grapheme joiner
    (0x115F, 0x1160),  # Hangul fillers: letters by category, blank by sight
    (0x17B4, 0x17B5),
    (0x180B, 0x180F),
    (0x3164, 0x3164),
    (0xFDD0, 0xFDEF),  # noncharacters
    (0xFE00, 0xFE0E),  # variation selectors but U+FE0F, which emoji need
    (0xFFA0, 0xFFA0),
    (0xE0100, 0xE01EF),  # variation selectors supplement: bytes can be smuggled in them
)
"""What draws nothing though its category is that of letters and marks (Unicode's Default_Ignorable_Code_Point)."""

_IN_UNSEEN_RANGES: Final = re.compile(
    "[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in _UNSEEN_RANGES) + "]"
)

_CONTROLS: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")


def is_unseen(char: str) -> bool:
    """Whether a character draws nothing, breaks the line or reorders its neighbours. A plain space does not."""
    if " " <= char <= "~":
        return False
    code = ord(char)
    return (
        unicodedata.category(char) in _UNSEEN_CATEGORIES
        or any(first <= code <= last for first, last in _UNSEEN_RANGES)
        or code & 0xFFFE == 0xFFFE
    )


def visible(text: str) -> str:
    """`text` without characters that cannot be seen, but for its line ends and tabs. Idempotent."""
    # whole paragraphs of Chinese are printable, and asking for each character takes a hundred times as long
    printable = text.isascii() or "".join(text.split()).isprintable()
    if printable and _IN_UNSEEN_RANGES.search(text) is None and _CONTROLS.search(text) is None:
        return text
    return "".join(char for char in text if char in "\n\t" or not is_unseen(char))


def neutralize(text: str) -> str:
    """`text` on one line, runs of white space as one space, without characters that cannot be seen. Idempotent.

    Nothing else changes: markup is the renderers' to escape.
    """
    # nearly all text: `isprintable` is false for every unseen category and for white space but the space
    if text.isprintable() and _IN_UNSEEN_RANGES.search(text) is None:
        return " ".join(text.split())
    # a break must stay a gap between words, hence the two steps
    spaced = "".join(" " if char.isspace() else char for char in text)
    return " ".join("".join(char for char in spaced if not is_unseen(char)).split())
