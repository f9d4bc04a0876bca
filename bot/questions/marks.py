"""What is marked as what it is: paths, numbers of items, quotations, "top 5"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.questions.moments import number_of
from summarizer.filters import Filter

if TYPE_CHECKING:
    from bot.questions.pieces import Piece
    from bot.questions.sentence import Sentence

_LEAST_BARE = 1000
"""A bare number from which on it is taken for an item's after a plural ("PRs 26701")."""
_MOST_BARE = 999_999
_FIRST_YEAR, _LAST_YEAR = 1990, 2099
_MOST_SHOWN = 1000
_ADJECTIVES = ("link:counter", "link:of", "event", "state", "topic", "plain")
"""What may stand between a number and the noun that it counts."""


def read_marks(sentence: Sentence) -> None:
    """Find paths, numbers, quotations and limits."""
    for at, piece in enumerate(sentence.pieces):
        if not piece.used:
            _ = _path(sentence, at) or _item(sentence, at) or _limit(sentence, at)
    for at, piece in list(sentence.free()):
        counted = sentence.piece(sentence.after(at, over=_ADJECTIVES))
        if piece.is_("link", "bots") and (following := sentence.piece(at + 1)) and following.is_("kind"):
            sentence.use(at)
            sentence.add("filters", Filter("is", ("bot",)), at)
        elif (
            piece.is_("link", "top")
            and not piece.is_("filler")
            and counted is not None
            and counted.is_("kind")
        ):
            if not any(each.is_("order") for each in sentence.pieces):
                sentence.add("order", "discussed", at)
            sentence.use(at)
        elif piece.kind == "quote":
            sentence.use(at)
            sentence.add("phrases", piece.text, at)


def _path(sentence: Sentence, at: int) -> bool:
    if sentence.pieces[at].kind != "path":
        return False
    sentence.use(at)
    sentence.add("paths", sentence.pieces[at].text, at)
    opening = sentence.before(at, over=("filler", "link:and", "link:or", "link:of"))
    if (piece := sentence.piece(opening)) is not None and piece.is_("link", "touching"):
        sentence.use(opening)
    return True


def _item(sentence: Sentence, at: int) -> bool:
    piece = sentence.pieces[at]
    before = sentence.before(at, over=("link:number_of", "sign:#:"))
    noun = sentence.piece(before)
    is_noun = noun is not None and noun.is_("kind", "issue", "pull_request")
    if piece.kind == "item" and _is_related(sentence, at):
        sentence.use(at)
        sentence.add("phrases", piece.text, at)
        return True
    if piece.kind == "item":
        sentence.add("numbers", piece.value, at)
        if piece.repo:
            sentence.add("repo", piece.repo, at)
    elif piece.kind == "number" and (
        (is_noun and noun is not None and _names_one(noun, piece.value)) or _stands_for_item(sentence, at)
    ):
        sentence.add("numbers", piece.value, at)
    elif piece.kind == "number" and _is_numbered(sentence, at):
        sentence.add("numbers", piece.value, at)
        sentence.use(at + 1, at + 2)
    else:
        return False
    sentence.use(at)
    if is_noun and noun is not None and not noun.used:
        sentence.use(*range(before, at))
    return True


def _is_related(sentence: Sentence, at: int) -> bool:
    """Whether an item is what others have to do with: "PRs mentioning #26701", "PRs that close #26701". What they do to
    it is missed: the mirror knows but who mentions whom."""
    before = sentence.piece(at - 1)
    if before is None or before.used or not any(piece.is_("kind") for piece in sentence.pieces[: at - 1]):
        return False
    if before.is_("link", "by"):
        sentence.miss(at - 1)
        if (verb := sentence.piece(at - 2)) is not None and verb.is_("event"):
            sentence.miss(at - 2)
        return True
    if before.is_("event") and not before.is_("link", "about"):
        sentence.miss(at - 1)
        return True
    return before.is_("link", "about")


def _stands_for_item(sentence: Sentence, at: int) -> bool:
    """Whether a bare number is what is asked about: "is 29287 merged?", "explain 26701"; no year, and no count."""
    value = sentence.pieces[at].value
    if not _LEAST_BARE <= value <= _MOST_BARE or _FIRST_YEAR <= value <= _LAST_YEAR:
        return False
    if any(piece.is_("kind") and not piece.is_("filler") for piece in sentence.pieces):
        return False
    opening, following = sentence.before(at, over=("sign",)), sentence.after(at, over=("filler", "sign"))
    asks = opening >= 0 and sentence.pieces[opening].is_(
        "form", "yes_no", "explain", "explain_number", "list"
    )
    if (beside := sentence.piece(at + 1)) is not None and beside.is_("link", "about", "by"):
        following = at + 1
    verb = sentence.piece(following)
    stands = verb is not None and any(verb.is_(each) for each in ("event", "state", "filter"))
    goes_on = (
        verb is None or stands or verb.kind == "window" or verb.is_("link", "about", "by") or verb.is_("form")
    )
    return goes_on and (asks or stands)


def _is_numbered(sentence: Sentence, at: int) -> bool:
    """ "26701 号 PR"."""
    closing, noun = sentence.piece(at + 1), sentence.piece(at + 2)
    return (
        closing is not None
        and closing.is_("link", "number_of")
        and noun is not None
        and noun.is_("kind", "issue", "pull_request")
    )


def _names_one(noun: Piece, number: int) -> bool:
    """Whether "PR 7" or "PRs 26701" is the number of an item, and not a count."""
    return number >= _LEAST_BARE or (number > 0 and noun.is_("link", "singular"))


def _limit(sentence: Sentence, at: int) -> bool:
    """ "top 5", "5 newest", "前三个", "最热的 3 个", "last 5 PRs", "show me 5 PRs"."""
    number = _number(sentence.pieces[at])
    if not number or not 0 < number <= _MOST_SHOWN:
        return False
    before = sentence.piece(sentence.before(at, over=("link:of",)))
    after = sentence.piece(sentence.after(at, over=_ADJECTIVES))
    counter = sentence.piece(at + 1)
    counted = counter is not None and counter.is_("link", "counter")
    if before is not None and before.is_("link", "top"):
        before.used = True
        is_people = after is not None and after.is_("link", "people", "author_noun", "reviewer_noun")
        if not is_people and not any(piece.is_("order") for piece in sentence.pieces):
            sentence.add("order", "discussed", at)
    elif before is not None and (before.is_("order") or before.is_("link", "first")):
        pass
    elif (
        before is not None and before.is_("link", "recent_count") and after is not None and after.is_("kind")
    ):
        before.used = True
        sentence.add("order", "newest", at)
    elif not (after is not None and not after.used and (after.is_("order") or after.is_("kind"))):
        return False
    sentence.use(at)
    if counted:
        sentence.use(at + 1)
    sentence.add("limit", number, at)
    return True


def _number(piece: Piece) -> int | None:
    if piece.kind == "number":
        return int(piece.value)
    named = piece.first("number")
    return number_of(named) if named and not piece.is_("link", "uncounted") else None
