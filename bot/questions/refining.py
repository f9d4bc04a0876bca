"""Follow-ups: "only merged ones", "and last week?", "那 NVIDIA 呢？" change the query before them."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from bot.grammar.expressions import Week
from bot.questions.assembling import default_window
from bot.questions.yielding import added_words, narrows_topics, same_part, yielding
from summarizer.filters import Filter
from summarizer.questions.query import Part, Query, QueryState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from bot.questions.sentence import Sentence

_MOST_PIECES = 6
"""Words of a fragment that changes the last query without saying so: "by mgoin", "top 3"."""
_MORE = 50
"""Items that are shown to who asks for more."""
_ADDED = ("topics", "labels", "people")
_ALWAYS_ADDED = ("filters",)
_SORTING = {"order", "limit", "filters"}
_FORMS = ("form", "against", "step")
_SIDES = {"window", "topics", "people", "organisations", "kind"}
_DONE: tuple[QueryState, ...] = ("merged", "closed")


def refined(named: Query, last: Query, sentence: Sentence, forms: AbstractSet[str]) -> Query | None:
    """The last query with what the sentence names; None where it asks anew.

    named: what the sentence alone asks for. Nothing stays missed in the sentence that the last query makes sense of.
    """
    if _asks_for_more(sentence):
        sentence.missed.clear()  # "更多" compares nothing here
        return replace(last, limit=_MORE)
    given = {name: getattr(named, name) for name in _given(named) if name not in _FORMS}
    asked = named.form in ("count", "who", "trend", "explain") or _lists(sentence, given)
    if not (given or asked) or not _continues(named, sentence, forms):
        return None
    if named.against is not None:
        return replace(named, window=named.window or last.window)
    if "numbers" in given and not last.numbers:
        return None
    if "compare" in forms and last.against is None and len(given) == 1 and given.keys() <= _SIDES:
        return _compared(last, given, sentence)
    if last.numbers and named.form == "yes_no":
        given = _standing(given)
    adds = _adds(sentence)
    if not adds and "topics" in given and narrows_topics(last, sentence):
        chosen = Filter("topic", given.pop("topics"))
        given["filters"] = (*given.get("filters", ()), chosen)
    if "order" in given and last.order and not any(piece.is_("order") for piece in sentence.pieces):
        del given["order"]  # "top 1" of those that are sorted already
    changed = _both_sides(last, given, adds=adds)
    if asked or (named.form == "yes_no" and last.against is None):
        changed = replace(changed, form=named.form, step=named.step, against=None)
    if named.form == "trend" and changed.window == Week():
        changed = replace(changed, window=default_window(replace(changed, window=None)))
    return changed


def _given(named: Query) -> list[str]:
    return [field.name for field in fields(Query) if getattr(named, field.name) != field.default]


def _continues(named: Query, sentence: Sentence, forms: AbstractSet[str]) -> bool:
    """Whether a sentence leaves to the last query what it does not name."""
    has_kind, has_window = named.kind is not None, named.window is not None
    if has_kind and (has_window or named.events):
        return False
    pieces = [piece for piece in sentence.pieces if not piece.is_sign]
    if not pieces:
        return True
    first = next((piece for piece in pieces if not piece.is_("nod") or piece.is_("follow")), pieces[0])
    if first.is_("follow") or pieces[-1].is_("follow", "marker"):
        return True
    if has_kind or (named.numbers and not named.against) or (has_window and named.events):
        return False
    if any(piece.is_("link", "anaphor") for piece in pieces):
        return True
    if len(pieces) > _MOST_PIECES or (forms & {"explain"} and not _is_bare(sentence)):
        return False
    if forms & {"yes_no", "yes_no!"} and any(piece.is_("link", "my_review") for piece in pieces):
        return False
    asks = bool(forms & {"yes_no", "yes_no!"}) and (has_window or len(pieces) > _MOST_PIECES // 2)
    lists = "list" in forms and not set(_given(named)) <= _SORTING
    return not asks and not lists


def _asks_for_more(sentence: Sentence) -> bool:
    """Whether the last answer is to show more of what it has: "show all", "更多"."""
    pieces = [piece for piece in sentence.pieces if not piece.is_sign]
    return any(piece.is_("link", "whole") for piece in pieces) and all(
        piece.is_("link", "whole", "anaphor") or any(piece.is_(each) for each in ("filler", "nod", "follow"))
        for piece in pieces
    )


def _lists(sentence: Sentence, given: Mapping[str, Any]) -> bool:
    """Whether what was counted or judged is to be listed: "list them", "which ones?"."""
    return not given and any(piece.is_("link", "shows") for piece in sentence.pieces) and _is_bare(sentence)


def _is_bare(sentence: Sentence) -> bool:
    """Whether a sentence says what to do, and of what nothing but what was found before: "explain", "list them"."""
    return (
        all(
            piece.is_sign
            or piece.is_("form")
            or piece.is_("filler")
            or piece.is_("nod")
            or piece.is_("follow")
            or piece.is_("link", "anaphor", "me", "shows")
            for piece in sentence.pieces
        )
        and not sentence.missed
    )


def _adds(sentence: Sentence) -> bool:
    """Whether what is named comes to what there was."""
    pieces = [piece for piece in sentence.pieces if not piece.is_sign]
    return any(piece.is_("follow", "adds") for piece in pieces) or (
        bool(pieces) and pieces[0].is_("link", "and")
    )


def _compared(last: Query, given: dict[str, Any], sentence: Sentence) -> Query:
    """ "and compared to last week?": the last query against the same with what is named."""
    for at, piece in enumerate(sentence.pieces):
        if piece.is_("form", "compare") or piece.is_("link", "vs"):
            sentence.missed.discard(at)
    return replace(last, form="compare", step=None, against=replace(last, form="list", step=None, **given))


def _standing(given: dict[str, Any]) -> dict[str, Any]:
    """ "is it merged?" asks how the item of the last question stands."""
    states = tuple(state for state in _DONE if state in given.get("events", ()))
    if not states:
        return given
    rest = {name: value for name, value in given.items() if name != "events"}
    return {**rest, "states": (*given.get("states", ()), *states)}


def _both_sides(last: Query, given: dict[str, Any], *, adds: bool) -> Query:
    """The last query changed; of a comparison also the other side, where both had the same."""
    changed = _changed(last, given, adds=adds)
    if last.against is None:
        return changed
    same = {
        name: value for name, value in given.items() if getattr(last, name) == getattr(last.against, name)
    }
    return replace(changed, against=_changed(last.against, same, adds=adds))


def _changed(last: Query, given: dict[str, Any], *, adds: bool) -> Query:
    kept = yielding(last, given, adds=adds)
    if "people" in given:
        given = {**given, "people": same_part(last, given["people"])}
    values = {**kept, **given}
    for name in (*_ALWAYS_ADDED, *(_ADDED if adds else ())):
        if name in given:
            values[name] = tuple(dict.fromkeys((*kept.get(name, getattr(last, name)), *given[name])))
    if adds and "topics" in given:
        values["words"] = added_words(last, given)
    if adds and given.get("kind", last.kind) != last.kind:
        values["kind"] = None
    if "people" in given and not adds:
        roles = {part.role for part in given["people"]}
        others: tuple[Part, ...] = tuple(part for part in last.people if part.role not in roles)
        values["people"] = (*others, *given["people"])
    return replace(last, **values)
