"""Which sentences of a long message ask: a tale before the question is told as unread, not mixed into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.questions.pieces import Piece
    from bot.questions.sentence import Sentence

_ENDS = frozenset(".?!。;")
_WANTS = ("list", "count", "who", "explain", "trend")
_ASKED = ("kind", "event", "state", "topic", "plain")


def set_tales_aside(sentence: Sentence) -> None:
    """Where some sentences ask and others only tell of somebody, what the latter say is missed."""
    parts = _sentences(sentence.pieces)
    if not any(_asks(sentence.pieces[start:end]) for start, end in parts):
        return
    for start, end in parts:
        part = sentence.pieces[start:end]
        if _tells(part):
            for at in range(start, end):
                piece = sentence.pieces[at]
                if not piece.is_sign and not piece.is_("filler"):
                    sentence.miss(at)
                piece.used = True


def _sentences(pieces: list[Piece]) -> list[tuple[int, int]]:
    """Where each sentence begins and ends, its last sign included."""
    ends = [at + 1 for at, piece in enumerate(pieces) if piece.is_sign and piece.text in _ENDS]
    starts = [0, *ends]
    return [(start, end) for start, end in zip(starts, [*ends, len(pieces)], strict=True) if end > start]


def _asks(part: list[Piece]) -> bool:
    return part[-1].text == "?" and any(piece.is_(each) for piece in part for each in _ASKED)


def _tells(part: list[Piece]) -> bool:
    """Whether it speaks of people and their doings, and neither asks nor wants anything."""
    return (
        part[-1].text != "?"
        and any(piece.is_("link", "teller") for piece in part)
        and not any(piece.is_("form", *_WANTS) and not piece.is_("filler") for piece in part)
    )
