"""Other readings of the same words, where they are real."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.questions.sentence import Sentence
    from summarizer.questions.query import Query


def others_of(query: Query, sentence: Sentence) -> tuple[Query, ...]:
    """What else the sentence may ask: pull requests that are "closed" may be merged ones too, 3/4 may be in April, "by
    amd" may be somebody's login."""
    found: list[Query] = []
    unmerged = any(one.key == "is" and one.values == ("unmerged",) for one in query.filters)
    if query.kind == "pull_request" and query.events == ("closed",) and not query.numbers and not unmerged:
        found.append(replace(query, events=("closed", "merged")))
    for name, first, second in sentence.either:
        if name == "window" and query.window == first:
            found.append(replace(query, window=second))
        elif name == "people":
            found.append(_person(query, first, second))
    return tuple(dict.fromkeys(each for each in found if each != query))


def _person(query: Query, part: Any, piece: Any) -> Query:  # noqa: ANN401 - a part and a piece
    """The query where the piece is the name of an organisation or topic, and not a login."""
    people = tuple(each for each in query.people if each != part)
    if organisation := piece.first("organisation"):
        return replace(query, people=people, organisations=(*query.organisations, organisation))
    topic = piece.first("topic") or piece.first("plain")
    return replace(query, people=people, topics=tuple(dict.fromkeys((*query.topics, topic))))
