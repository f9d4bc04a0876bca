"""Whose review is asked for: "PRs that X has to review", "waiting for X", "等 X 审查的". Who has to, and what has to be
done, no query can say; it is missed, and never looked for as if it had been done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.questions.logins import login_of, person_at
from bot.questions.people import listed, verb_place
from summarizer.questions.query import ME, Part

if TYPE_CHECKING:
    from bot.questions.pieces import Piece
    from bot.questions.sentence import Known, Sentence


def read_duties(sentence: Sentence, known: Known) -> None:
    """Find whose review is asked for."""
    for at, piece in list(sentence.free()):
        if not piece.used and not _requested(sentence, known, at):
            _miss_duty(sentence, at)


def _requested(sentence: Sentence, known: Known, at: int) -> bool:
    """ "X has to review", "should X and Y review", "waiting for X's review", "等 X 审查". What X has to do besides is
    missed."""
    piece = sentence.pieces[at]
    login = person_at(sentence, known, at)
    if login is None or (login != ME and login_of(piece, known, marked=False) is None):
        return False
    people = listed(sentence, known, at)
    last = people[-1]
    opening = sentence.piece(at - 1)
    waits = _is(opening, "waits_on")
    awaits = waits or _is(opening, "awaits")
    possessive = (sentence.piece(last + 1) or piece).text == "'s"
    place = verb_place(sentence, last + 1 if awaits and possessive else last)
    verb = sentence.piece(place)
    must = [each for each in range(last + 1, place) if sentence.pieces[each].is_("link", "must")]
    if waits or (_is(verb, "bare_review") and (awaits or must)):
        used = [*range(at, last + 1), *([at - 1] if awaits else [])]
        logins = [person_at(sentence, known, each) for each in people]
        sentence.use(*used, *([*must, place] if _is(verb, "bare_review") else []))
        sentence.add("states", "open", at)
        for each, who in zip(people, logins, strict=True):
            sentence.add("people", Part("requested", who or ME), each)
        return True
    if login == ME or not must or verb is None or verb.used or not verb.is_("event"):
        return False  # "我要合并的 PR" wants those that are merged
    for each in (*must, place):
        sentence.miss(each)
    return True


def _miss_duty(sentence: Sentence, at: int) -> None:
    """ "who has to review #102", "谁需要审查", "PRs that have to be merged"."""
    piece = sentence.pieces[at]
    following = sentence.after(at, over=("filler",))
    verb = sentence.piece(sentence.after(at, over=("link:passed_over",)))
    if piece.is_("link", "must") and _is(sentence.piece(following), "bare_review"):
        sentence.miss(at)
        sentence.miss(following)
    elif piece.is_("link", "must_review"):
        before = sentence.piece(at - 1)
        if before is not None and before.is_("form", "who"):
            sentence.miss(at)
    elif piece.is_("link", "must") and not piece.is_("filler") and verb is not None and verb.is_("event"):
        sentence.miss(at)


def _is(piece: Piece | None, link: str) -> bool:
    return piece is not None and not piece.used and piece.is_("link", link)
