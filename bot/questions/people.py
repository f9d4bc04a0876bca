"""Who has a part in the items: "by mgoin", "mgoin's PRs", "等我审查", "AMD people"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.questions.logins import is_nobody, login_of, person_at
from summarizer.filters import Filter
from summarizer.questions.query import ME, Part, Role

if TYPE_CHECKING:
    from bot.questions.pieces import Piece
    from bot.questions.sentence import Known, Sentence

_ROLES: dict[str, Role] = {
    "merged": "merger",
    "reviewed": "reviewer",
    "discussed": "commenter",
    "closed": "closer",
    "reopened": "closer",
}
"""What somebody did to an item -> their part in it; the author did anything else."""
_NOUNS: dict[str, Role] = {
    "reviewer_noun": "reviewer",
    "author_noun": "author",
    "assignee_noun": "assignee",
}
_BETWEEN = ("filler", "sign:,、，", "bound:vague", "bound:all_time", "link:of", "link:must")


def read_people(sentence: Sentence, known: Known) -> None:
    """Find people and organisations."""
    for at, _ in list(sentence.free()):
        if not sentence.pieces[at].used:
            _ = (
                _my_review(sentence, at)
                or _who_opened(sentence, at)
                or _people_of(sentence, known, at)
                or _named_role(sentence, known, at)
                or _by(sentence, known, at)
                or _subject(sentence, known, at)
            )


def _who_opened(sentence: Sentence, at: int) -> bool:
    """ "谁提的 issue"."""
    piece, before = sentence.pieces[at], sentence.piece(at - 1)
    if before is None or not (before.is_("form", "who") and piece.is_("link", "authored_after")):
        return False
    sentence.use(at)
    sentence.add("events", "opened", at)
    return True


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
        if piece.is_("link", link) and (login := person_at(sentence, known, following)):
            sentence.use(at)
            _list(sentence, known, following, role)
            return True
    for link, part in _NOUNS.items():
        following = sentence.after(at, over=("sign::",))
        if piece.is_("link", link) and (login := person_at(sentence, known, following)):
            sentence.use(at, following)
            if part == "reviewer":
                sentence.add("events", "reviewed", at)
            sentence.add("people", Part(part, login), at)
            return True
    login = person_at(sentence, known, at)
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
    following = sentence.after(at, over=("link:uncounted",))
    named = sentence.piece(following)
    before = sentence.piece(at - 1)
    if before is not None and before.is_("link", "vague") and person_at(sentence, known, following):
        sentence.miss(at)  # "approved by X" is no part that is known of
        sentence.miss(following)
        return True
    if named is not None and named.is_("link", "bots"):
        sentence.use(*range(at, following + 1))
        sentence.add("filters", Filter("is", ("bot",)), at)
        return True
    login = person_at(sentence, known, following)
    if login is None or (login == ME and named is not None and not named.is_("link", "bare_me", "mine")):
        return False  # "by my colleague"
    if is_nobody(sentence, known, following, login):
        sentence.use(at)
        return True
    role = _role_before(sentence, at, piece)
    if piece.is_("link", "agent"):
        done = sentence.piece(verb_place(sentence, listed(sentence, known, following)[-1]))
        role = _ROLES.get((_event(done) if done else None) or "", role)
    if named is not None and (named.is_("topic") or named.is_("plain")):
        sentence.either.append(("people", Part(role, login), named))
    sentence.use(at)
    following = _list(sentence, known, following, role)
    if verb := _verb_after(sentence, following):
        sentence.use(verb)
    return True


def _list(sentence: Sentence, known: Known, at: int, role: Role) -> int:
    """Take in "X, Y and Z" from X on; returns the place of the last one."""
    while login := person_at(sentence, known, at):
        sentence.use(at)
        sentence.add("people", Part(role, login), at)
        joint = sentence.piece(at + 1)
        if joint is None or not (joint.is_("link", "and", "or") or joint.text in (",", "、")):
            return at
        following = person_at(sentence, known, at + 2)
        if following is None:
            return at
        sentence.use(at + 1)
        at += 2
        if is_nobody(sentence, known, at, following):
            return at
    return at


def listed(sentence: Sentence, known: Known, at: int) -> list[int]:
    """The places of the people of "X, Y and Z" from X on."""
    places = [at]
    while (joint := sentence.piece(places[-1] + 1)) is not None:
        joins = joint.is_("link", "and", "or") or joint.text in (",", "、")
        if not joins or person_at(sentence, known, places[-1] + 2) is None:
            break
        places.append(places[-1] + 2)
    return places


def _verb_after(sentence: Sentence, at: int) -> int:
    """Where "提的" follows "由 X"; 0 where it does not."""
    piece = sentence.piece(at + 1)
    return at + 1 if piece is not None and piece.is_("link", "authored_after") else 0


def _role_before(sentence: Sentence, at: int, opening: Piece) -> Role:
    """The part of who stands after "by" or "from": of the verb before it."""
    verb = sentence.piece(sentence.before(at, over=("filler",)))
    if verb is not None and verb.is_("state", "waiting"):
        return "requested"  # "needs review from X"
    event = verb.first("event") if verb is not None and opening.is_("link", "by") else None
    return _ROLES.get(event or "", "author")


def verb_place(sentence: Sentence, at: int) -> int:
    """The place of the verb that follows somebody, past a window: "我上周提的", "X 有没有提过"."""
    if (midway := sentence.piece(at + 1)) is not None and midway.is_("link", "midway"):
        at += 1
    following = sentence.after(at, over=_BETWEEN)
    while (window := sentence.piece(following)) is not None and window.kind == "window":
        following = sentence.after(following, over=_BETWEEN)
    return following


def _subject(sentence: Sentence, known: Known, at: int) -> bool:
    """ "X opened", "what did X merge", "X's PRs", "my PRs", "X 提的", "X 的 PR"."""
    piece = sentence.pieces[at]
    login = person_at(sentence, known, at)
    if login is None:
        return False
    possessive = (sentence.piece(at + 1) or piece).text == "'s"
    if piece.kind == "quote" and not possessive:
        return False  # "issues that mention `mei-lin`"
    if login != ME and not possessive and login_of(piece, known, marked=False) is None:
        return False  # "LoRA 的 PR", "multi-node PRs"
    if possessive and is_nobody(sentence, known, at, login):
        sentence.use(at + 1)
        return True
    following = verb_place(sentence, at)
    verb = sentence.piece(following)
    if verb is not None and not verb.used and verb.is_("link", "busy") and not _before_kind(sentence, at):
        sentence.use(at, following)  # "is X active?"
        sentence.add("people", Part("involved", login), at)
        return True
    if verb is not None and not verb.used and verb.is_("link", "authored_after"):
        sentence.use(at, following)
        if any(each.kind == "window" for each in sentence.pieces[at:following]):
            sentence.add("events", "opened", following)  # "我这周提的 PR"
        sentence.add("people", Part("author", login), at)
        return True
    joint = sentence.piece(at + 1)
    if joint is not None and joint.is_("link", "and", "or") and person_at(sentence, known, at + 2):
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
            role = "author" if verb.is_("link", "gets") else _ROLES.get(event, "author")  # "did X get merged"
            sentence.add("people", Part(role, login), at)
            return True
    return _owner(sentence, at, login)


def _event(verb: Piece) -> str | None:
    if verb.is_("event"):
        return verb.first("event")
    return "opened" if verb.is_("link", "opens") else None


def _owner(sentence: Sentence, at: int, login: str) -> bool:
    """ "X's PRs", "my PRs", "我的 PR", "@X PRs", "X PRs"; without a noun, "what did X do?"."""
    piece = sentence.pieces[at]
    place = at + 1
    while (window := sentence.piece(place)) is not None and window.kind == "window":
        place += 1  # "我本周的 PR"
    following = sentence.piece(place)
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
