"""What a question asks of all, of most or of none: "were all merged?", "都合并了吗？". A query finds some, so that such
a word is missed, and no verdict is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.questions.sentence import Sentence
    from summarizer.questions.query import Query

_BETWEEN = ("filler", "state", "event", "topic", "plain", "glossary", "link:of", "link:labelled")


def read_quantifiers(sentence: Sentence, query: Query) -> None:
    """Miss the quantifiers of a question for yes or no. How items that are named stand is told of each."""
    if query.form != "yes_no":
        return
    for at, piece in enumerate(sentence.pieces):
        asks_for_none = piece.is_("link", "none_at_all") or (
            piece.is_("link", "none_of", "none_of_topic") and _noun_follows(sentence, at)
        )
        if asks_for_none or (piece.is_("link", "quantifier") and not query.numbers):
            sentence.miss(at)


def _noun_follows(sentence: Sentence, at: int) -> bool:
    noun = sentence.piece(sentence.after(at, over=_BETWEEN))
    return noun is not None and noun.is_("kind")
