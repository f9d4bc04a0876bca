"""Who has a part in the items: "by mgoin", "mgoin's PRs", "等我审查", "AMD people"."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from summarizer.filters import Filter
from summarizer.questions.query import ME, Part, Role

if TYPE_CHECKING:
    from bot.questions.pieces import Piece
    from bot.questions.sentence import Known, Sentence

_LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\[bot\])?", re.ASCII)
_MARKED = re.compile(r".*(?:\d|-|[a-z][A-Z]|\[bot\]).*", re.ASCII)
_ROLES: dict[str, Role] = {
    "merged": "merger",
    "reviewed": "reviewer",
    "discussed": "commenter",
    "closed": "involved",
}
"""What somebody did to an item -> their part in it; the author did anything else."""
_NOUNS: dict[str, Role] = {
    "reviewer_noun": "reviewer",
    "author_noun": "author",
    "assignee_noun": "assignee",
}
_BETWEEN = ("filler", "sign:,、，", "bound:vague", "link:of")


def read_people(sentence: Sentence, known: Known) -> None:
    """Find people and organisations."""
    for at, _ in list(sentence.free()):
        if not sentence.pieces[at].used:
            _ = (
                _my_review(sentence, at)
                or _people_of(sentence, known, at)
                or _named_role(sentence, known, at)
                or _by(sentence, known, at)
                or _subject(sentence, known, at)
            )


def login_of(piece: Piece | None, known: Known, *, marked: bool = True) -> str | None:
    """The login that a piece is: with its @, one of the mirror's, or (marked) one that looks like no plain word."""
    if piece is None or piece.used:
        return None
    if piece.kind == "login":
        return str(piece.value)
    if not _LOGIN.fullmatch(piece.text):
        return None
    if piece.kind == "phrase":
        named = piece.is_("topic") or piece.is_("plain") or piece.is_("organisation")
        return piece.text if marked and named and known.is_login(piece.text) else None
    if piece.kind != "unknown":
        return None
    return piece.text if known.is_login(piece.text) or (marked and _MARKED.fullmatch(piece.text)) else None


def _person(sentence: Sentence, known: Known, at: int) -> str | None:
    piece = sentence.piece(at)
    if piece is not None and not piece.used and piece.is_("link", "me"):
        return ME
    return login_of(piece, known)


def _my_review(sentence: Sentence, at: int) -> bool:
    if not sentence.pieces[at].is_("link", "my_review"):
        return False
    sentence.use(at)
    sentence.add("states", "open", at)
    sentence.add("people", Part("requested", ME), at)
    return True


def _people_of(sentence: Sentence, known: Known, at: int) -> bool:
    """ "AMD people", "from AMD's team", "AMD 的员工"."""
    piece = sentence.pieces[at]
    following = sentence.after(at, over=("link:of",))
    people = sentence.piece(following)
    key = _organisation(piece, known, whose=people)
    if key is None:
        return False
    before = at - 1
    opening = sentence.piece(before)
    sent = opening is not None and opening.is_("link", "by", "from")
    place = sentence.piece(at - 1)
    whose = sentence.before(at - 1, over=("filler",))
    if people is not None and not people.used and people.is_("link", "people"):
        sentence.use(*range(at, following + 1))
    elif place is not None and place.is_("link", "at") and _is_people(sentence, whose):
        sentence.use(*range(whose, at + 1))  # "from people at AMD"
    elif sent or not piece.is_("topic"):
        sentence.use(at)
    else:
        return False
    if sent:
        sentence.use(before)
    sentence.add("organisations", key, at)
    verb = sentence.piece(sentence.after(following, over=("filler",)))
    if verb is not None and not verb.used and _event(verb) == "opened":
        sentence.add("events", "opened", at)
        verb.used = True
    return True


def _is_people(sentence: Sentence, at: int) -> bool:
    piece = sentence.piece(at)
    return piece is not None and not piece.used and piece.is_("link", "people")


def _organisation(piece: Piece, known: Known, whose: Piece | None) -> str | None:
    """The organisation that a piece names; a topic of the same key is one where its people are named."""
    key = piece.first("organisation")
    if key is None and whose is not None and whose.is_("link", "people"):
        key = piece.first("topic")
    return key if key in known.rules.organisations else None


def _named_role(sentence: Sentence, known: Known, at: int) -> bool:
    """ "assigned to X", "involving X", "指派给 X", "X 参与的", "X 负责的"."""
    piece = sentence.pieces[at]
    roles: tuple[tuple[str, Role], ...] = (("assigned", "assignee"), ("involving", "involved"))
    for link, role in roles:
        following = sentence.after(at, over=("filler",))
        if piece.is_("link", link) and (login := _person(sentence, known, following)):
            sentence.use(at)
            _list(sentence, known, following, role)
            return True
    for link, part in _NOUNS.items():
        following = sentence.after(at, over=("sign::",))
        if piece.is_("link", link) and (login := _person(sentence, known, following)):
            sentence.use(at, following)
            if part == "reviewer":
                sentence.add("events", "reviewed", at)
            sentence.add("people", Part(part, login), at)
            return True
    login = _person(sentence, known, at)
    following = sentence.after(at, over=_BETWEEN)
    closing = sentence.piece(following)
    if login and closing is not None and closing.is_("link", "involved", "assigned_after"):
        sentence.use(at, following)
        role = "involved" if closing.is_("link", "involved") else "assignee"
        sentence.add("people", Part(role, login), at)
        return True
    return False


def _by(sentence: Sentence, known: Known, at: int) -> bool:
    """ "by X", "from X", "reviewed by X and Y", "由 X 提交"."""
    piece = sentence.pieces[at]
    if not piece.is_("link", "by", "from", "of_whom"):
        return False
    following = at + 1
    named = sentence.piece(following)
    before = sentence.piece(at - 1)
    if before is not None and before.is_("link", "vague") and _person(sentence, known, following):
        sentence.miss(at)  # "approved by X" is no part that is known of
        sentence.miss(following)
        return True
    if named is not None and named.is_("link", "bots"):
        sentence.use(at, following)
        sentence.add("filters", Filter("is", ("bot",)), at)
        return True
    login = _person(sentence, known, following)
    if login is None:
        return False
    role = _role_before(sentence, at) if piece.is_("link", "by") else "author"
    if named is not None and (named.is_("topic") or named.is_("plain")):
        sentence.either.append(("people", Part(role, login), named))
    sentence.use(at)
    following = _list(sentence, known, following, role)
    if verb := _verb_after(sentence, following):
        sentence.use(verb)
    return True


def _list(sentence: Sentence, known: Known, at: int, role: Role) -> int:
    """Take in "X, Y and Z" from X on; returns the place of the last one."""
    while login := _person(sentence, known, at):
        sentence.use(at)
        sentence.add("people", Part(role, login), at)
        joint = sentence.piece(at + 1)
        if joint is None or not (joint.is_("link", "and", "or") or joint.text in (",", "、")):
            return at
        if _person(sentence, known, at + 2) is None:
            return at
        sentence.use(at + 1)
        at += 2
    return at


def _verb_after(sentence: Sentence, at: int) -> int:
    """Where "提的" follows "由 X"; 0 where it does not."""
    piece = sentence.piece(at + 1)
    return at + 1 if piece is not None and piece.is_("link", "authored_after") else 0


def _role_before(sentence: Sentence, at: int) -> Role:
    """The part of who stands after "by": of the verb before it."""
    verb = sentence.piece(sentence.before(at, over=("filler",)))
    event = verb.first("event") if verb is not None else None
    return _ROLES.get(event or "", "author")


def _subject(sentence: Sentence, known: Known, at: int) -> bool:
    """ "X opened", "what did X merge", "X's PRs", "my PRs", "X 提的", "X 的 PR"."""
    piece = sentence.pieces[at]
    login = _person(sentence, known, at)
    if login is None:
        return False
    possessive = (sentence.piece(at + 1) or piece).text == "'s"
    if login != ME and not possessive and login_of(piece, known, marked=False) is None:
        return False  # "LoRA 的 PR", "multi-node PRs"
    following = sentence.after(at, over=_BETWEEN)
    while (window := sentence.piece(following)) is not None and window.kind == "window":
        following = sentence.after(following, over=_BETWEEN)  # "我上周提的"
    verb = sentence.piece(following)
    if verb is not None and not verb.used and verb.is_("link", "authored_after"):
        sentence.use(at, following)
        sentence.add("people", Part("author", login), at)
        return True
    joint = sentence.piece(at + 1)
    if joint is not None and joint.is_("link", "and", "or") and _person(sentence, known, at + 2):
        # "that X and Y reviewed"
        closing = sentence.piece(sentence.after(at + 2, over=_BETWEEN))
        if closing is not None and not closing.used and (event := _event(closing)):
            sentence.use(at, at + 1)
            sentence.add("people", Part(_ROLES.get(event, "author"), login), at)
            return _subject(sentence, known, at + 2)
    if verb is not None and not verb.used and (event := _event(verb)):
        owned = login == ME and not piece.is_("link", "bare_me")
        if not (possessive or owned):
            sentence.use(at, following)
            sentence.add("events", event, following)
            sentence.add("people", Part(_ROLES.get(event, "author"), login), at)
            return True
    return _owner(sentence, at, login)


def _event(verb: Piece) -> str | None:
    if verb.is_("event"):
        return verb.first("event")
    return "opened" if verb.is_("link", "opens") else None


def _owner(sentence: Sentence, at: int, login: str) -> bool:
    """ "X's PRs", "my PRs", "我的 PR", "@X PRs", "X PRs"; without a noun, "what did X do?"."""
    piece = sentence.pieces[at]
    following = sentence.piece(at + 1)
    owns = following is not None and (following.is_("link", "of") or following.text == "'s")
    role: Role = "author"
    if login == ME:
        if piece.is_("link", "bare_me") and not owns:
            return False
        if not _before_kind(sentence, at) and not piece.is_("link", "mine"):
            return False
    elif not owns and piece.kind != "login" and not _before_kind(sentence, at):
        role = "involved"
    sentence.use(at)
    sentence.add("people", Part(role, login), at)
    return True


def _before_kind(sentence: Sentence, at: int) -> bool:
    """Whether a kind noun follows within a few words."""
    return any(piece.is_("kind") for piece in sentence.pieces[at + 1 : at + 7])
