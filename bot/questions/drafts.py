"""A model's draft of a query, checked field by field: what it made up is dropped. Of what it could not use only that is
told which stands in the sentence, so that no word is put into anybody's mouth."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from bot.questions.assembling import default_window, defaulted
from bot.questions.reading import Reading
from bot.questions.saved import parse_filter
from bot.questions.times import problem_of
from bot.questions.windows import parse_window
from summarizer.errors import BadInput
from summarizer.filters import IS_VALUES, Filter
from summarizer.items import Kind
from summarizer.questions.query import ME, Form, Order, Part, Query, QueryEvent, QueryState, Role, TrendStep
from summarizer.topics import TopicRules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet

    from summarizer.questions.schema import PartDraft, QueryDraft, SideDraft
    from summarizer.windows import Resolvable

_T = TypeVar("_T")
_MOST = 8
"""Values that a model may give one field."""
_MOST_SHOWN = 1000
_LONGEST = 80
_FORMS_OF = 3
"""Letters that forms of a word may differ by at the end: "kernel", "kernels"."""
_SHORTEST_FORM = 4
_KEPT = ("kind", "events", "states", "topics", "labels", "people", "organisations", "words", "order", "limit")
"""What the rules read stays where the draft has nothing instead: leaving it out is not to deny it."""
_PATH = re.compile(r"[\w.*?/-]{1,200}", re.ASCII)


def _nobody(_: str) -> bool:
    return False


@dataclass(slots=True)
class _Check:
    """A draft under way: what there is, and what the draft says that there is not. text: the person's own sentence."""

    rules: TopicRules
    reading: Reading
    text: str
    is_login: Callable[[str], bool]
    is_label: Callable[[str], bool]
    problems: list[BadInput] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def says(self, value: str) -> bool:
        """Whether the sentence has that very word."""
        word = re.escape(_plain(value))
        return bool(word) and bool(
            re.search(rf"(?<![a-z0-9_]){word}(?![a-z0-9_])", _plain(self.text), re.ASCII)
        )

    def drop(self, value: str, problem: BadInput | None = None) -> None:
        if not self.says(value):
            return
        self.dropped.append(value.strip()[:_LONGEST])
        if problem is not None:
            self.problems.append(problem)


def query_of(
    draft: QueryDraft,
    rules: TopicRules,
    reading: Reading,
    *,
    text: str,
    is_login: Callable[[str], bool] = _nobody,
    is_label: Callable[[str], bool] = _nobody,
) -> Reading:
    """The draft as a reading. reading: what the rules made of the same sentence; where they are sure (numbers,
    quotations, written options, a window by name) they are right. text: the sentence.

    Unknown topics, labels, logins, organisations and windows are dropped; those that the sentence has are in `unread`
    and `problems`. What the rules did not read stays unread unless the query looks for it.
    """
    if reading.nod or not draft.is_question:
        return reading
    check = _Check(rules, reading, text, is_login, is_label)
    query = _checked(draft, check)
    problems = (*reading.problems, *check.problems)
    blank = Query(repo=query.repo, form=query.form, step=query.step)
    if query == blank and not reading.refines:
        return replace(reading, unread=_unread(draft, Query(), check), problems=problems)
    assumed: tuple[str, ...] = ()
    if default_window(query) is not None and not problems:
        query, assumed = defaulted(query), ("window",)
    same = query == reading.query
    unread = _unread(draft, Query() if same else query, check)
    return Reading(query, assumed, unread, problems, reading.others if same else (), reading.refines)


def _checked(draft: QueryDraft, check: _Check) -> Query:
    sure = check.reading.query
    query = Query(
        repo=sure.repo,
        kind=_one(draft.kind, get_args(Kind)),
        events=_some(draft.events, get_args(QueryEvent)),
        states=_some(draft.states, get_args(QueryState)),
        window=_window(draft.window, check),
        topics=_topics(draft.topics, check),
        labels=_labels(draft.labels, check),
        people=_people(draft.people, check),
        organisations=_organisations(draft.organisations, check),
        paths=tuple(
            dict.fromkeys((*sure.paths, *(path for path in draft.paths[:_MOST] if _PATH.fullmatch(path))))
        ),
        numbers=sure.numbers,
        words=_words(draft.words),
        phrases=sure.phrases,
        filters=_filters(draft.without, check),
        order=_one(draft.order, get_args(Order)),
        limit=draft.limit if draft.limit is not None and 0 < draft.limit <= _MOST_SHOWN else None,
        form=_one(draft.form, get_args(Form)) or "list",
    )
    query = replace(query, **{name: getattr(sure, name) for name in _KEPT if not getattr(query, name)})
    if query.form == "trend":
        query = replace(query, step=_one(draft.step, get_args(TrendStep)) or sure.step or "week")
    return _with_other_side(query, draft.against, check)


def _with_other_side(query: Query, side: SideDraft | None, check: _Check) -> Query:
    """A comparison with its other side; without one it is a list."""
    if query.form != "compare":
        return query
    if check.reading.query.against is not None and side is None:
        return replace(query, against=check.reading.query.against)
    first = replace(query, form="list")
    other = first
    if side is not None:
        given: dict[str, Any] = {
            "kind": _one(side.kind, get_args(Kind)),
            "window": _window(side.window, check, is_other=True),
            "topics": _topics(side.topics, check),
            "people": _people(side.people, check),
        }
        other = replace(first, **{name: value for name, value in given.items() if value})
    return first if other == first else replace(query, against=other)


def _one(value: str, allowed: Sequence[_T]) -> _T | None:
    return next((each for each in allowed if each == value), None)


def _some(values: Iterable[str], allowed: Sequence[_T]) -> tuple[_T, ...]:
    given = set(values)
    return tuple(each for each in allowed if each in given)


def _window(text: str, check: _Check, *, is_other: bool = False) -> Resolvable | None:
    """The window that the sentence names, else the model's where there can be such a one."""
    reading = check.reading
    if not is_other and (reading.query.window is not None and "window" not in reading.assumed):
        return reading.query.window
    if not text.strip() or (reading.problems and not is_other):
        return None
    try:
        window = parse_window(text.strip())
    except ValueError:
        check.drop(text, BadInput("reading.unknown_window", text=text.strip()[:_LONGEST]))
        return None
    if problem := problem_of(window):
        check.drop(text, problem)
        return None
    return window


def _topics(names: Sequence[str], check: _Check) -> tuple[str, ...]:
    keys: list[str] = []
    for name in names[:_MOST]:
        try:
            keys.append(check.rules.find(name).key)
        except BadInput as problem:
            check.drop(name, problem)
    return tuple(dict.fromkeys(keys))


def _labels(names: Sequence[str], check: _Check) -> tuple[str, ...]:
    sure = {label.casefold() for label in check.reading.query.labels}
    found: list[str] = list(check.reading.query.labels)
    for name in names[:_MOST]:
        if name.casefold() in sure:
            continue
        if check.is_label(name):
            found.append(name)
        else:
            check.drop(name, BadInput("reading.unknown_label", label=name[:_LONGEST]))
    return tuple(dict.fromkeys(found))


def _people(people: Sequence[PartDraft], check: _Check) -> tuple[Part, ...]:
    sure = {part.login.casefold() for part in check.reading.query.people}
    found: list[Part] = []
    for person in people[:_MOST]:
        login = person.login.strip()
        role = _one(person.role, get_args(Role))
        plain = login if login == ME else login.removeprefix("@")
        if role and plain and (plain == ME or plain.casefold() in sure or check.is_login(plain)):
            found.append(Part(role, plain))
        elif login:
            check.drop(login, BadInput("reading.unknown_login", login=login[:_LONGEST]))
    return tuple(dict.fromkeys(found))


def _organisations(keys: Sequence[str], check: _Check) -> tuple[str, ...]:
    for key in keys[:_MOST]:
        if key.casefold() not in check.rules.organisations:
            check.drop(key)
    return tuple(dict.fromkeys(key.casefold() for key in keys if key.casefold() in check.rules.organisations))


def _words(words: Sequence[str]) -> tuple[str, ...]:
    parts = (part.lower() for word in words[:_MOST] for part in word.split())
    return tuple(
        dict.fromkeys(part for part in parts if any(map(str.isalnum, part)) and len(part) <= _LONGEST)
    )


def _filters(without: Sequence[str], check: _Check) -> tuple[Filter, ...]:
    """What the line and the sentence limit to, and what the model leaves out besides."""
    found = list(check.reading.query.filters)
    for text in without[:_MOST]:
        one = _left_out(text.strip().removeprefix("-"), check)
        if one is not None and one not in found:
            found.append(one)
    return tuple(found)


def _left_out(text: str, check: _Check) -> Filter | None:
    if text in ("author:bot", "author:bots"):
        text = "is:bot"
    try:
        one = replace(parse_filter(text), negated=True)
    except ValueError:
        check.drop(text)
        return None
    tests: dict[str, Callable[[str], bool]] = {
        "topic": lambda value: value.casefold() in {name.casefold() for name in check.rules.words},
        "author": check.is_login,
        "label": check.is_label,
        "is": lambda value: value in IS_VALUES,
        "path": lambda value: _PATH.fullmatch(value) is not None,
    }
    known = tests.get(one.key)
    # what the rules left out by the same words is known to be there
    if one in check.reading.query.filters or (known and all(known(value) for value in one.values)):
        return one
    check.drop(text)
    return None


def _unread(draft: QueryDraft, query: Query, check: _Check) -> tuple[str, ...]:
    """What is looked for by neither: what the rules could not read and the query does not look for either, and what the
    model says so of."""
    looked_for = {word for text in _said(draft, query) for word in _plain(text).split()}
    left = [text for text in check.reading.unread if not _is_among(text, looked_for)]
    told = [word.strip()[:_LONGEST] for word in draft.unread[: 5 * _MOST] if check.says(word)]
    return tuple(dict.fromkeys((*left, *told, *check.dropped)))


def _said(draft: QueryDraft, query: Query) -> Iterator[str]:
    """What a query plainly looks for."""
    for side in (query, query.against) if query.against else (query,):
        yield from (*side.words, *side.phrases, *side.labels, *side.paths, *side.topics, *side.organisations)
        yield from (part.login for part in side.people)
        yield from (value for each in side.filters for value in each.values)
    if query.window is not None:
        yield draft.window


def _is_among(text: str, words: AbstractSet[str]) -> bool:
    """Whether each word of a text is among others, in whatever form."""
    own = [_bare(word) for word in _plain(text).split()]
    others = {_bare(each) for word in words for each in (word, *word.split("|"))}
    return all(any(_is_form(word, other) for other in others) for word in own)


def _is_form(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    is_longer = len(short) >= _SHORTEST_FORM and len(long) - len(short) <= _FORMS_OF
    return one == other or (is_longer and long.startswith(short))


def _bare(word: str) -> str:
    return word.strip("@\"'.,:;!?()")


def _plain(text: str) -> str:
    """In one spelling: as it is compared."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
