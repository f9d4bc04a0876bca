"""From what a sentence names to a query: forms, comparisons, and the defaults of what nobody named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from bot.grammar.expressions import Bound, Duration, Last, Month, Range, RelativeDay, Week
from bot.questions.expressions import Ago, Year
from bot.questions.narrowing import is_narrow
from summarizer.errors import BadInput
from summarizer.questions.query import Form, Query, QueryEvent

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from bot.questions.sentence import Field, Found, Sentence
    from summarizer.windows import Resolvable

_COMPARED: tuple[Field, ...] = (
    "topics", "window", "people", "organisations", "kind", "events", "states", "labels", "words",
)  # fmt: skip
_MANY: tuple[Field, ...] = (
    "events", "states", "topics", "labels", "people", "organisations", "paths", "numbers", "words", "phrases",
    "filters",
)  # fmt: skip
_ONE: tuple[Field, ...] = ("repo", "kind", "window", "order", "limit", "step")
_PRECEDENCE: tuple[Form, ...] = ("trend", "count", "who", "explain", "yes_no")
_EVENTS: tuple[QueryEvent, ...] = get_args(QueryEvent)
_PREVIOUS: dict[str, Resolvable] = {
    "today": RelativeDay("yesterday"),
    "week this": Week("last"),
    "month this": Month("last"),
    "year this": Year("last"),
}
_EXPLAINED = ("merged", "closed", "discussed")
"""What an explanation of an item tells anyway."""
_STANDING: tuple[Literal["merged", "closed"], ...] = ("merged", "closed")


def assemble(sentence: Sentence, forms: AbstractSet[str]) -> Query:
    """The query that a sentence asks for, with nothing filled in that it does not name. Adds to the sentence's
    problems."""
    sides = _sides(sentence) if forms & {"compare", "more"} else None
    if sides is not None:
        first, second = sides
        return replace(_plain(sentence, first), form="compare", against=_plain(sentence, second))
    if "compare" in forms and len(sentence.values("numbers")) < 2:
        _miss_comparison(sentence)
    return _with_form(_plain(sentence, sentence.found), sentence, forms)


def defaulted(query: Query) -> Query:
    """The query with the window that is meant where none is named."""
    window = default_window(query)
    if window is None:
        return query
    against = query.against
    if against is not None and against.window is None:
        against = replace(against, window=window)
    return replace(query, window=window, against=against)


def default_window(query: Query) -> Resolvable | None:
    if query.window is not None:
        return None
    if query.form == "trend":
        return Last(Duration(8, "w"))
    words = not query.topics or not all(map(is_narrow, query.words)) if query.words else False
    if query.numbers or (not query.events and (query.states or words or query.phrases)):
        return None
    return Week()


def _plain(sentence: Sentence, found: list[Found]) -> Query:
    """The fields as they were found. Two windows that are no comparison are a problem, two kinds are both."""
    fields: dict[str, Any] = {}
    for name in _MANY:
        fields[name] = tuple(each.value for each in found if each.field == name)
    fields["events"] = tuple(event for event in _EVENTS if event in fields["events"])
    for name in _ONE:
        values = [each.value for each in found if each.field == name]
        if name == "window" and {str(value) for value in values} == {"today", "yesterday"}:
            fields[name] = Range(Bound(Ago(1, "day")))
        elif name == "window" and len(values) > 1:
            told = tuple(str(value) for value in values)
            if not any(problem.key == "reading.two_windows" for problem in sentence.problems):
                sentence.problems.append(BadInput("reading.two_windows", windows=told))
        elif name == "kind" and len(values) > 1:
            continue
        elif values:
            fields[name] = values[0]
    return Query(**fields)


def _with_form(query: Query, sentence: Sentence, forms: AbstractSet[str]) -> Query:
    asks = {"yes_no" if form == "yes_no!" else form for form in forms}
    if query.numbers and "explain_number" in asks:
        asks.add("explain")
    if query.step and "list" not in asks:
        asks.add("trend")
    if "list" in asks and "yes_no!" not in forms:
        asks.discard("yes_no")
    form: Form = next((form for form in _PRECEDENCE if form in asks), "list")
    if form == "explain" and query.numbers:
        query = replace(query, events=tuple(event for event in query.events if event not in _EXPLAINED))
    is_asked = any(piece.is_sign and piece.text == "?" for piece in sentence.pieces)
    if form == "list" and is_asked and query.numbers and set(query.events) & set(_STANDING):
        form = "yes_no"  # "#123 merged?"
    if form == "yes_no" and query.numbers:
        query = _standing(query)
    if form == "list" and query.numbers and query == Query(repo=query.repo, numbers=query.numbers):
        form = "explain"
    if form == "trend":
        query = replace(query, step=query.step or "week")
    elif query.step is not None:
        query = replace(query, step=None)
    return replace(query, form=form)


def _standing(query: Query) -> Query:
    """ "was #123 merged?" asks how it stands, not what happened in a window; "did X close it?" what X did."""
    if any(part.role in ("closer", "merger") for part in query.people):
        return query
    states = (*query.states, *(state for state in _STANDING if state in query.events))
    events = tuple(event for event in query.events if event not in _STANDING)
    return replace(query, events=events, states=tuple(dict.fromkeys(states)))


def _sides(sentence: Sentence) -> tuple[list[Found], list[Found]] | None:
    """What stands on either side of a comparison: everything, with one of two values of the field that is compared."""
    pairs = {
        name: pair
        for name in _COMPARED
        if len(pair := [each for each in sentence.found if each.field == name]) == 2
    }
    if not pairs:
        return _standing_sides(sentence) or _previous_sides(sentence)
    name = min(pairs, key=lambda each: (_distance(sentence, pairs[each]), _COMPARED.index(each)))
    first, second = sorted(pairs[name], key=lambda each: each.at)
    rest = [each for each in sentence.found if each.field != name]
    # what the same piece says besides stays on its side: the word of a topic's name
    one = [each for each in rest if each.at != second.at]
    other = [each for each in rest if each.at != first.at and each.field != "form"]
    return [*one, first], [*other, second]


def _miss_comparison(sentence: Sentence) -> None:
    """A comparison of which only one side was found is told."""
    for at, piece in enumerate(sentence.pieces):
        compares = piece.is_("form", "compare") or (
            piece.is_("link", "vs") and not piece.is_("link", "and", "or")
        )
        if compares and not piece.is_("filler"):
            sentence.miss(at)


def _standing_sides(sentence: Sentence) -> tuple[list[Found], list[Found]] | None:
    """ "open vs closed issues": how they stand, on both sides."""
    states = [each for each in sentence.found if each.field == "states"]
    events = [each for each in sentence.found if each.field == "events"]
    if len(states) != 1 or len(events) != 1 or events[0].value not in _STANDING:
        return None
    rest = [each for each in sentence.found if each.field not in ("states", "events")]
    first, second = sorted((states[0], replace(events[0], field="states")), key=lambda each: each.at)
    return [*rest, first], [*rest, second]


def _previous_sides(sentence: Sentence) -> tuple[list[Found], list[Found]] | None:
    """ "this week versus last"."""
    windows = [each for each in sentence.found if each.field == "window"]
    if len(windows) != 1 or str(windows[0].value) not in _PREVIOUS:
        return None
    for at, piece in enumerate(sentence.pieces):
        following = sentence.piece(at + 1)
        if piece.is_("link", "vs") and following is not None and following.is_("link", "previous"):
            sentence.use(at, at + 1)
            rest = [each for each in sentence.found if each.field != "window"]
            return [*rest, windows[0]], [*rest, replace(windows[0], value=_PREVIOUS[str(windows[0].value)])]
    return None


def _distance(sentence: Sentence, pair: list[Found]) -> int:
    """How far apart two values are, where words of a comparison stand between them; else farther than any."""
    first, second = sorted(each.at for each in pair)
    for strict in (True, False):
        for at in range(first + 1, second):
            piece = sentence.pieces[at]
            joins = piece.is_("link", "vs") or (not strict and piece.is_("link", "or", "and"))
            if joins and (not strict or not piece.is_("link", "and")):
                return second - first + (0 if strict else 1000)
    return 10_000 + second - first
