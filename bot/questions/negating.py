"""What a sentence denies: "not merged", "that don't touch docs/", "不是 AMD 的". A denial that no query can say is
missed with all that it denies, so that the opposite is never looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.questions.leaving import filter_of, miss_items, take_list
from bot.questions.logins import login_of
from bot.questions.plain import start_of
from summarizer.filters import Filter

if TYPE_CHECKING:
    from bot.questions.pieces import Piece
    from bot.questions.sentence import Known, Sentence
    from summarizer.questions.query import QueryState

_OVER = ("link:passed_over", "link:of")
_OTHER_STATES: dict[str, QueryState] = {"closed": "open", "reviewed": "waiting"}
"""What an item is to which an event did not happen."""
_CONTENT = ("unknown", "quote", "number")


def read_negations(sentence: Sentence, known: Known) -> None:
    """Find what is denied."""
    start = start_of(sentence)
    for at, piece in list(sentence.free()):
        if piece.used:
            continue
        by = sentence.piece(at + 1)
        if piece.is_("link", "no") and at != start:  # "isn't there an open PR" denies nothing
            _read(sentence, known, at)
        elif piece.is_("filter") and by is not None and by.is_("link", "by"):
            _miss(sentence, at, at + 1, at + 2)  # what is "not merged by X" may well be merged


def _read(sentence: Sentence, known: Known, at: int) -> None:
    target = sentence.after(at, over=_OVER)
    piece = sentence.piece(target)
    if piece is not None and piece.kind == "window":
        sentence.found = [each for each in sentence.found if each.at != target]  # "not this week"
        sentence.all_time = True
        _miss(sentence, at, target)
    is_noun = piece is not None and piece.is_("kind") and not piece.is_("event")
    if piece is None or piece.used or (is_noun and not _touches(sentence, target)):
        return
    if _asks_for_some(sentence, at) or miss_items(sentence, at, target):
        return
    if piece.is_("link", "by", "from"):
        _deny_person(sentence, known, at, target)
    elif piece.is_("event"):
        _deny_event(sentence, known, at, target)
    elif piece.is_("link", "about", "touching", "labelled"):
        _deny_subject(sentence, known, at, target)
    elif piece.is_("link", "assigned", "involving", "my_review"):
        _miss(sentence, at, target, *([target + 1] if login_of(sentence.piece(target + 1), known) else []))
    elif _is_beyond(piece) or (not take_list(sentence, known, at, target) and _is_content(piece)):
        _miss(sentence, at, target)


def _touches(sentence: Sentence, at: int) -> bool:
    """Whether it is said of a path: 没有改动 docs/, where 改动 is no thing that there is none of."""
    following = sentence.piece(sentence.after(at, over=("link:skipped", "sign::")))
    return sentence.pieces[at].is_("link", "touching") and following is not None and following.kind == "path"


def _is_content(piece: Piece) -> bool:
    return piece.kind in _CONTENT or piece.is_("topic") or piece.is_("glossary")


def _is_beyond(piece: Piece) -> bool:
    """Whether no query can say that something is not so."""
    if piece.is_("filter") or piece.is_("link", "label_after"):
        return True
    return piece.is_("state") and not piece.is_("state", "draft")


def _asks_for_some(sentence: Sentence, at: int) -> bool:
    """Whether "no" denies nothing: "are there no open AMD PRs" asks for those."""
    if sentence.pieces[at].is_("link", "none_of_topic"):  # "没有 AMD 的 PR 吗"
        noun = sentence.piece(sentence.after(at, over=("topic", "plain", "link:of")))
        asks = any(piece.is_("form", "whether") for piece in sentence.pieces[at + 1 :])
        return asks and noun is not None and noun.is_("kind")
    noun = sentence.piece(sentence.after(at, over=("state", "event", "topic", "plain")))
    return sentence.pieces[at].is_("link", "none_of") and noun is not None and noun.is_("kind")


def _deny_person(sentence: Sentence, known: Known, at: int, by: int) -> None:
    """ "not by X", "not opened by bots"."""
    who = sentence.piece(by + 1)
    if who is not None and who.is_("link", "bots"):
        found = Filter("is", ("bot",), negated=True)
    elif login := login_of(who, known):
        found = Filter("author", (login,), negated=True)
    else:
        people = sentence.piece(by + 2)
        _miss(sentence, at, by, by + 1, *([by + 2] if people and people.is_("link", "people") else []))
        return
    sentence.use(*range(at, by + 2))
    sentence.add("filters", found, by)


def _deny_event(sentence: Sentence, known: Known, at: int, target: int) -> None:
    event = sentence.pieces[target].first("event")
    by = sentence.piece(target + 1)
    if by is not None and by.is_("link", "by"):
        if event == "opened":
            _deny_person(sentence, known, at, target + 1)
        else:
            _miss(sentence, at, target, target + 1, target + 2)
        return
    before = sentence.before(at, over=_OVER)
    subject = sentence.piece(before)
    if subject is not None and (_is_somebody(subject) or login_of(subject, known, marked=False)):
        _miss(sentence, before, at, target)
    elif event == "merged":
        sentence.use(at, target)
        sentence.add("filters", Filter("is", ("unmerged",)), target)
    elif event in _OTHER_STATES:
        sentence.use(at, target)
        sentence.add("states", _OTHER_STATES[event], target)
    else:
        _miss(sentence, at, target)


def _is_somebody(piece: Piece) -> bool:
    return piece.is_("link", "bare_me") or piece.is_("link", "people")


def _deny_subject(sentence: Sentence, known: Known, at: int, target: int) -> None:
    """ "that don't touch docs/", "not about AMD", "no label", "not labelled bug"."""
    opening = sentence.pieces[target]
    place = sentence.after(target, over=("link:skipped", "sign::"))
    piece = sentence.piece(place)
    if piece is not None and piece.kind == "path" and not piece.used:
        sentence.use(at, target, place)
        sentence.add("filters", Filter("path", (piece.text,), negated=True), place)
        return
    if filter_of(sentence, known, place, labels=opening.is_("link", "labelled")) and take_list(
        sentence, known, at, place, labels=opening.is_("link", "labelled")
    ):
        sentence.use(target)
        return
    _miss(sentence, at, target)
    while piece is not None and (piece.kind in _CONTENT or piece.is_("glossary")) and not piece.used:
        sentence.miss(place)
        place += 1
        piece = sentence.piece(place)


def _miss(sentence: Sentence, *places: int) -> None:
    for place in places:
        if 0 <= place < len(sentence.pieces) and not sentence.pieces[place].is_sign:
            sentence.miss(place)
