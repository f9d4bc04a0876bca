"""The window that a sentence names, if it names exactly one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from bot.grammar import forms
from bot.grammar.cursor import Cursor
from bot.grammar.expressions import Month, Release, Week, WindowExpr, parse_period
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.grammar.words import Words

_PUNCTUATION = ".,;:!?()[]\"'、,。?"
_FILLER = "~"
_FAR = datetime(2999, 1, 1, tzinfo=UTC)
_MOST_WORDS = 200


def window_in(text: str, words: Words) -> WindowExpr | None:
    """The window named in `text`; None where it names none, several, or one that cannot be."""
    tokens = words.canonical(" ".join(_pieces(text, words)))
    found: list[WindowExpr] = []
    cursor = Cursor(tokens[:_MOST_WORDS])
    while not cursor.at_end:
        start = cursor.at
        window = forms.window(cursor) if _may_begin(cursor) else None
        if window is None or isinstance(window, Release):
            cursor.at = start + 1
        elif window not in found:
            found.append(window)
    return found[0] if len(found) == 1 and _can_be(found[0]) else None


def _may_begin(cursor: Cursor) -> bool:
    """A bare "week" or "month" in a sentence is only a word; with "this", "last" or its number it is a
    window."""
    if cursor.peek() not in (Week.__name__.lower(), Month.__name__.lower()):
        return True
    following = cursor.words[cursor.at + 1].lower() if cursor.at + 1 < len(cursor.words) else ""
    return following in ("this", "last") or parse_period(following) is not None


def _can_be(window: WindowExpr) -> bool:
    try:
        window.resolve(now=_FAR, synced_until=_FAR, tz="UTC")
    except BadInput:
        return False
    return True


def _pieces(text: str, words: Words) -> Iterator[str]:
    """The sentence's words without punctuation; where no spaces stand between words, the known ones among
    them."""
    for word in text.split():
        plain = word.strip(_PUNCTUATION)
        if plain.isascii():
            yield plain or _FILLER
            continue
        at = 0
        while at < len(plain):
            piece = words.piece(plain, at)
            if piece and not piece.isascii():
                yield piece
                at += len(piece)
                continue
            chunk = re.match(r"[\x21-\x7e]+", plain[at:])
            yield chunk[0] if chunk else _FILLER
            at += len(chunk[0]) if chunk else 1
