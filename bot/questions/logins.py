"""Which words are somebody's login, and which only stand where one does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from summarizer.errors import BadInput
from summarizer.questions.query import ME

if TYPE_CHECKING:
    from bot.questions.pieces import Piece
    from bot.questions.sentence import Known, Sentence

_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\[bot\])?", re.ASCII)
_MARKED = re.compile(r".*(?:\d|-|[a-z][A-Z]|\[bot\]).*", re.ASCII)


def login_of(piece: Piece | None, known: Known, *, marked: bool = True) -> str | None:
    """The login that a piece is: with its @, one of the mirror's, or (marked) one that looks like no plain word."""
    if piece is None or piece.used:
        return None
    if piece.kind == "login":
        return str(piece.value)
    if not _LOGIN.fullmatch(piece.text):
        return None
    if piece.kind == "quote":
        return piece.text if known.is_login(piece.text) else None
    if piece.kind == "phrase":
        named = piece.is_("topic") or piece.is_("plain") or piece.is_("organisation")
        return piece.text if marked and named and known.is_login(piece.text) else None
    if piece.kind != "unknown":
        return None
    return piece.text if known.is_login(piece.text) or (marked and _MARKED.fullmatch(piece.text)) else None


def person_at(sentence: Sentence, known: Known, at: int) -> str | None:
    """As `login_of`, and ME where it is who asks."""
    piece = sentence.piece(at)
    if piece is not None and not piece.used and piece.is_("link", "me"):
        owned = sentence.piece(sentence.after(at, over=("link:of",)))
        return None if owned is not None and owned.is_("link", "people") else ME  # "my team's PRs"
    return login_of(piece, known)


def is_nobody(sentence: Sentence, known: Known, at: int, login: str) -> bool:
    """Whether a word only looks like a login and nobody here bears it, which is a problem of the sentence."""
    if login == ME or sentence.pieces[at].kind == "login" or login.endswith("[bot]") or known.is_login(login):
        return False
    sentence.miss(at)
    sentence.problems.append(BadInput("reading.unknown_login", login=login))
    return True


def miss_somebody(sentence: Sentence) -> None:
    """What stands after "by" or "assigned to" is somebody, even where it is made of plain words: "by their author"."""
    for at, piece in list(sentence.free()):
        if not piece.is_("link", "by", "assigned", "involving"):
            continue
        following = at + 1
        while (who := sentence.piece(following)) is not None and not who.used and not who.is_sign:
            if who.kind == "window" or who.is_("kind") or who.is_("order"):
                break
            if piece.is_("link", "by") and who.is_("link", "anyone") and not who.is_("link", "no"):
                break  # "by anybody" leaves nobody out
            sentence.miss(following)
            following += 1
        if following > at + 1:
            sentence.use(at)
            if not piece.is_("link", "by"):
                sentence.missed.add(at)  # "assigned to nobody"
