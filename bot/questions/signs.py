"""Signs that say something no query can: an emoji, an arrow, a currency. Punctuation says nothing."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.questions.sentence import Sentence

_SYMBOLS = ("S", "Co", "Cn")
"""Unicode's categories, or how they begin: symbols, and what has no meaning of its own."""


def read_signs(sentence: Sentence) -> None:
    """Miss the symbols that nothing has been made of."""
    for at, piece in list(sentence.free()):
        if (
            piece.is_sign
            and not piece.text.isascii()
            and unicodedata.category(piece.text[0]).startswith(_SYMBOLS)
        ):
            sentence.miss(at)
