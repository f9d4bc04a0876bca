"""What asks nothing: "thanks", "ok", "你好"."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.questions.sentence import Sentence

_MOST_FILLERS = 5


def nod_of(sentence: Sentence) -> str:
    """Which nod a sentence is as a whole, a key below `[questions.nods]`; "" where it asks something."""
    pieces = [piece for piece in sentence.pieces if not piece.is_sign]
    nods = [piece for piece in pieces if piece.is_("nod")]
    if not nods or any(not (piece.is_("nod") or piece.is_("filler")) for piece in pieces):
        return ""
    if len(pieces) - len(nods) > _MOST_FILLERS or any(
        piece.is_("form") and not piece.is_("nod") for piece in pieces
    ):
        return ""
    kinds = [str(piece.first("nod")) for piece in nods]
    return next((kind for kind in ("thanks", "hello", "bye") if kind in kinds), kinds[0])
