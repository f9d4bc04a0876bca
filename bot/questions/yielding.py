"""What of the last query yields to what a follow-up says: nothing is open and merged, or asked for and left out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bot.questions.narrowing import is_narrow
from summarizer.filters import Filter
from summarizer.questions.query import Part, Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.questions.sentence import Sentence

_DONE = ("merged", "closed")
_UNFINISHED = ("open", "draft", "stale", "waiting")
_UNMERGED = Filter("is", ("unmerged",))


def yielding(last: Query, given: Mapping[str, Any], *, adds: bool) -> dict[str, Any]:
    """Fields of the last query that cannot stay as they are beside those that are given, and how they are then."""
    events, states = set(given.get("events", ())), set(given.get("states", ()))
    filters = given.get("filters", ())
    kept: dict[str, Any] = {}
    if "events" not in given and (states & set(_UNFINISHED) or _UNMERGED in filters):
        kept["events"] = tuple(each for each in last.events if each not in _DONE)
    if "events" not in given and given.get("kind") == "issue" and not adds:
        kept["events"] = tuple(each for each in kept.get("events", last.events) if each != "merged")
    if "states" not in given and events & set(_DONE):
        kept["states"] = tuple(each for each in last.states if each in _DONE)
    if "topics" in given and "words" not in given and not adds:
        kept["words"] = tuple(word for word in last.words if not is_narrow(word))  # of the last topics' names
    left = [each for each in last.filters if not _yields(each, given)]
    if len(left) < len(last.filters):
        kept["filters"] = tuple(left)
    left_out = {each.values for each in filters if each.key == "is" and each.negated}
    if ("draft",) in left_out and "states" not in given and "draft" in last.states:
        kept["states"] = tuple(each for each in last.states if each != "draft")
    return kept


def _yields(one: Filter, given: Mapping[str, Any]) -> bool:
    """Whether a filter says the opposite of what is given."""
    if replace(one, negated=not one.negated) in given.get("filters", ()):
        return True
    if one == _UNMERGED:
        return "merged" in given.get("events", ()) or given.get("kind") == "issue"
    if not one.negated:
        return False
    asked = {
        "topic": given.get("topics", ()),
        "label": given.get("labels", ()),
        "is": given.get("states", ()),
    }
    asked["author"] = tuple(part.login for part in given.get("people", ()))
    return bool(set(one.values) & set(asked.get(one.key, ())))


def added_words(last: Query, given: Mapping[str, Any]) -> tuple[str, ...]:
    """The words of topics that come to those of the last query: either name will do, and where one is a whole topic,
    neither is looked for."""
    names = [word for word in last.words if is_narrow(word)]
    more = [word for word in given.get("words", ()) if is_narrow(word)]
    others = [word for word in (*last.words, *given.get("words", ())) if not is_narrow(word)]
    either = "|".join(dict.fromkeys(way for word in (*names, *more) for way in word.split("|")))
    return (*others, either) if names and more else tuple(others)


def same_part(last: Query, people: tuple[Part, ...]) -> tuple[Part, ...]:
    """Somebody who is named alone has the part that the last query asks about: "what about X?" after "PRs by Y"."""
    roles = {part.role for part in last.people}
    if len(roles) != 1:
        return people
    [role] = roles
    return tuple(Part(role, part.login) if part.role == "involved" else part for part in people)


def narrows_topics(last: Query, sentence: Sentence) -> bool:
    """Whether topics choose among what was found: "only those about attention", unlike "what about attention?"."""
    return bool(last.topics) and any(piece.is_("link", "anaphor") for piece in sentence.pieces)
