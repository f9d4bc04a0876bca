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
        if piece.is_("link", "recent_count") and not piece.is_("filler") and _noun_follows(sentence, at):
            sentence.add("order", "newest", at)
        elif piece.is_("order") and not (piece.is_("event") and piece.is_("kind")):
            sentence.add("order", piece.first("order"), at)
        elif piece.is_("filter"):
            key, _, value = str(piece.first("filter")).partition(":")
            sentence.add("filters", Filter(key, (value,)), at)  # type: ignore[arg-type]
        elif piece.is_("state"):
            sentence.add("states", piece.first("state"), at)
        elif piece.is_("kind"):
            if not piece.is_("kind", "any", "some"):
                sentence.add("kind", piece.first("kind"), at)
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


def _kind_follows(sentence: Sentence, at: int) -> bool:
    following = sentence.piece(sentence.after(at, over=("link:of", "link:counter")))
    return following is not None and following.is_("kind")


def _object_follows(sentence: Sentence, at: int) -> bool:
    following = sentence.piece(sentence.after(at, over=("filler",)))
    return following is not None and (following.kind == "item" or following.is_("kind"))


def _noun_follows(sentence: Sentence, at: int) -> bool:
    """Whether "last" is one of the items: "the last merged PR"."""
    following = sentence.piece(sentence.after(at, over=("event", "state", "topic", "plain")))
    return following is not None and following.is_("kind", "issue", "pull_request")
