"""Words that stand for a value by themselves: kinds, events, states, orders, forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from summarizer.filters import Filter

if TYPE_CHECKING:
    from bot.questions.sentence import Sentence

_BEFORE_START = ("filler", "nod", "follow", "bound")


def read_plain(sentence: Sentence) -> None:
    """Find kinds, events, states, filters, orders, steps. What tells us to act ("close #123") is missed."""
    first = sentence.after(-1, over=("filler", "nod"))
    if (
        (verb := sentence.piece(first))
        and verb.is_("link", "acts")
        and not verb.used
        and _object_follows(sentence, first)
    ):
        sentence.miss(first)
    for at, piece in list(sentence.free()):
        if _is_single(sentence, at):
            _read_single(sentence, at)
        elif piece.is_("link", "recent_count") and not piece.is_("filler") and _noun_follows(sentence, at):
            sentence.add("order", "newest", at)
        elif piece.is_("order") and not (piece.is_("event") and piece.is_("kind")):
            sentence.add("order", piece.first("order"), at)
            if piece.is_("state"):
                sentence.add("states", piece.first("state"), at)  # "longest open"
            if _one_follows(sentence, at) and not sentence.has("limit"):
                sentence.add("limit", 1, at)
        elif piece.is_("filter"):
            key, _, value = str(piece.first("filter")).partition(":")
            sentence.add("filters", Filter(key, (value,)), at)  # type: ignore[arg-type]
            if piece.is_("event"):
                sentence.add("events", piece.first("event"), at)  # "被拒绝"
        elif piece.is_("state"):
            sentence.add("states", piece.first("state"), at)
        elif piece.is_("kind") and _qualifies_noun(sentence, at):
            sentence.add("words", piece.text.lower(), at)
        elif piece.is_("kind"):
            if not piece.is_("kind", "any", "some"):
                sentence.add("kind", piece.first("kind"), at)
        elif piece.is_("event") and _is_counted(sentence, at):
            sentence.miss(at - 1)  # "with 0 comments"
            sentence.miss(at)
        elif piece.is_("event"):
            sentence.add("events", piece.first("event"), at)
        elif piece.is_("link", "new") and _kind_follows(sentence, at):
            sentence.add("events", "opened", at)
        elif not piece.is_("step"):
            continue
        if piece.is_("step"):
            sentence.add("step", piece.first("step"), at)
        sentence.use(at)


def read_forms(sentence: Sentence) -> set[str]:
    """The forms that words ask for; "yes_no" only where a question begins so. "compare" is among them where it may be
    meant."""
    forms: set[str] = set()
    start = start_of(sentence)
    for at, piece in enumerate(sentence.pieces):
        for form in piece.means.get("form", ()):
            if form == "yes_no":
                if at == start:
                    forms.add("yes_no")
            elif form == "list":
                if at == start:
                    forms.add("list")
            elif form == "whether_end":
                if all(each.is_sign for each in sentence.pieces[at + 1 :]):
                    forms.add("yes_no!")
            elif form == "whether":
                forms.add("yes_no!")
            else:
                forms.add(form)
            if form != "compare" and not piece.is_("kind"):
                piece.used = True
        if _asks_for_people(sentence, at):
            forms.add("who")
            forms.discard("count")
        if piece.is_("link", "vs") and not piece.is_("link", "and"):
            forms.add("compare")
    return forms


def start_of(sentence: Sentence) -> int:
    """Where the word stands that opens the question, before anything that it is about; -1 where none does."""
    for at, piece in enumerate(sentence.pieces):
        before = sentence.piece(at - 1)
        if piece.is_("form", "yes_no", "list"):
            if before is None or not before.is_("link", "me", "anyone", "subject"):  # "I was out sick"
                return at
            continue
        over = piece.kind in ("window", "unknown", "sign") or any(piece.is_(each) for each in _BEFORE_START)
        if not over and not piece.is_("form", "request"):
            return -1
    return -1


def _qualifies_noun(sentence: Sentence, at: int) -> bool:
    """Whether "bug" tells of pull requests what they are: "bug fix PRs"."""
    piece = sentence.pieces[at]
    if not (piece.is_("kind", "issue") and piece.is_("link", "singular") and piece.text.isascii()):
        return False
    at += 1
    while (noun := sentence.piece(at)) is not None and (noun.kind == "unknown" or noun.is_("topic")):
        at += 1
    return noun is not None and noun.text.isascii() and noun.is_("kind", "pull_request")


def _is_counted(sentence: Sentence, at: int) -> bool:
    """Whether a number of nothing else stands right before."""
    before = sentence.piece(at - 1)
    return before is not None and before.kind == "number" and not before.used


def _asks_for_people(sentence: Sentence, at: int) -> bool:
    """Whether people are what is asked for: "reviewers this week", "how many authors", "top 3 contributors"."""
    piece = sentence.pieces[at]
    reviewers = piece.is_("link", "reviewer_noun")
    if piece.used or not (reviewers or piece.is_("link", "author_noun", "people")):
        return False
    place = sentence.before(at, over=("filler",))
    if (counted := sentence.piece(place)) is not None and counted.kind == "number" and counted.used:
        place = sentence.before(place, over=("filler",))
    before = sentence.piece(place)
    after = sentence.piece(sentence.after(at, over=("filler",)))
    does = after is not None and after.is_("event")  # "what are people talking about"
    counts = before is not None and before.is_("form", "count", *(() if does else ("list",)))
    opens = before is None or (before.used and before.is_("order")) or before.is_("link", "top")
    has_items = sentence.has("kind") or any(each.is_("kind") for each in sentence.pieces)
    beside = sentence.piece(at + 1)
    asked = beside is not None and beside.is_("form", "who")  # "list contributors who opened PRs"
    if not (counts or asked or (opens and not has_items)):
        return False
    sentence.use(at)
    if reviewers:
        sentence.add("events", "reviewed", at)
    return True


def _is_single(sentence: Sentence, at: int) -> bool:
    """Whether "first" or "latest" is of one item: "the first PR by X", "最近一个 PR"."""
    piece = sentence.pieces[at]
    if piece.is_("link", "one_itself"):
        # "第一个讲了什么" is about the first one of what was shown
        return not piece.is_("link", "vague") or any(each.is_("kind") for each in sentence.pieces)
    following = sentence.piece(sentence.after(at, over=("event", "state", "topic", "plain", "glossary")))
    return piece.is_("link", "single") and following is not None and following.is_("link", "singular")


def _read_single(sentence: Sentence, at: int) -> None:
    """The one item, be it however old."""
    piece = sentence.pieces[at]
    oldest = piece.is_("link", "first") or piece.is_("order", "oldest")
    sentence.add("order", "oldest" if oldest else "newest", at)
    sentence.add("limit", 1, at)
    sentence.all_time = True


def _kind_follows(sentence: Sentence, at: int) -> bool:
    following = sentence.piece(sentence.after(at, over=("link:of", "link:counter")))
    return following is not None and following.is_("kind")


def _object_follows(sentence: Sentence, at: int) -> bool:
    following = sentence.piece(sentence.after(at, over=("filler",)))
    return following is not None and (following.kind == "item" or following.is_("kind"))


def _one_follows(sentence: Sentence, at: int) -> bool:
    """Whether the most of something is one item: "largest PR", unlike "largest PRs" and "最大的 PR"."""
    following = sentence.piece(sentence.after(at, over=("event", "state", "topic", "plain")))
    return sentence.pieces[at].text.isascii() and following is not None and following.is_("link", "singular")


def _noun_follows(sentence: Sentence, at: int) -> bool:
    """Whether "last" is one of the items: "the last merged PR"."""
    following = sentence.piece(sentence.after(at, over=("event", "state", "topic", "plain")))
    return following is not None and following.is_("kind", "issue", "pull_request")
