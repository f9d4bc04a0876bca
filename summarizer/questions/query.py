"""A question, typed: what is looked for, over which time, and what kind of answer is wanted. Pure and picklable.

    sentence --reader or model--> Query --found in the mirror--> Found --composed--> Answer

Who wants to know what a query means reads this file; the words that lead to one stand in the language files.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, get_args

from summarizer.filters import Filter
from summarizer.items import Kind
from summarizer.windows import Resolvable

if TYPE_CHECKING:
    from collections.abc import Callable

QueryEvent = Literal["opened", "closed", "merged", "reopened", "discussed", "reviewed"]
"""What happened to an item within the window. "closed" is an issue closed or a pull request closed without merging, as
in a digest's lists. "discussed": a person, no bot, commented; "reviewed": a person reviewed."""

QueryState = Literal["open", "closed", "merged", "draft", "stale", "waiting"]
"""How an item stands at the end of the window, or now. "closed" is closed and not merged. "stale": open, and nothing
happened for STALE_DAYS. "waiting": an open pull request, no draft, that nobody has decided on: it is neither approved
nor sent back since its last request for a review."""

Role = Literal["author", "reviewer", "merger", "closer", "commenter", "requested", "assignee", "involved"]
"""What somebody has to do with an item. "closer": closed or reopened it. "requested": their review is asked for.
"involved": any of the others."""

Order = Literal["newest", "oldest", "updated", "discussed", "largest"]
"""newest, oldest: by the event asked for, else by when it was opened. discussed: most comments by people in the window
first. largest: most changed lines first."""

Form = Literal["list", "count", "yes_no", "who", "compare", "explain", "trend"]

TrendStep = Literal["day", "week", "month"]

ME = "@me"
"""The login of who asks, as long as it is not known."""

STALE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody's part in an item. login: in its own case, or ME."""

    role: Role
    login: str


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. Every field that is set limits what is found; within a field any one value will do, but all
    `states` and `filters` must hold, and the parts of different roles.

    repo: None is the usual one. kind: None is both.
    window: None is all the mirror holds; with `events` they lie in it, without any event, comment or review does.
    topics: keys. labels: whole names. organisations: keys, whose people are the author. paths: a part of a changed
    path, or with `*` or `?` the whole. numbers: of items, which are then looked at whatever happened when.
    words: each must stand somewhere in the item (title, text, labels, comments, paths), in any form; one of several
    terms is written "a|b". phrases: stand there as they are.
    filters: options as they were written, and what the sentence leaves out ("without CI": topic, negated).
    order: None is best first: by how well the words match, else newest. limit: at most so many are shown.
    step: of a trend. against: the other side of a comparison.
    """

    repo: str | None = None
    kind: Kind | None = None
    events: tuple[QueryEvent, ...] = ()
    states: tuple[QueryState, ...] = ()
    window: Resolvable | None = None
    topics: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    people: tuple[Part, ...] = ()
    organisations: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    filters: tuple[Filter, ...] = ()
    order: Order | None = None
    limit: int | None = None
    form: Form = "list"
    step: TrendStep | None = None
    against: Query | None = None

    def as_dict(self) -> dict[str, Any]:
        """As JSON: only what is set, the window as the grammar writes it, parts as "role:login", filters as they are
        written on a line. Equal queries are equal dicts."""
        told: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if value != field.default:
                told[field.name] = _TOLD.get(field.name, _plain)(value)
        return told

    @classmethod
    def from_dict(
        cls, told: Mapping[str, Any], *, window: Callable[[str], Resolvable], filters: Callable[[str], Filter]
    ) -> Query:
        """What `as_dict` told. window, filters: read one back as the grammar writes it. Raises ValueError, KeyError and
        TypeError for what is none of ours, and what the readers raise."""
        names = {field.name for field in fields(cls)}
        if unknown := told.keys() - names:
            raise KeyError(min(unknown))
        for name, value in told.items():
            _check(name, value)
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in told.items()
        }
        for name, allowed in _CLOSED.items():
            given = values.get(name, ())
            for value in given if isinstance(given, tuple) else (given,):
                if value not in allowed:
                    raise ValueError(f"{name}: {value}")
        if "window" in values:
            values["window"] = window(values["window"])
        if "people" in values:
            values["people"] = tuple(_part(each) for each in values["people"])
        if "filters" in values:
            values["filters"] = tuple(filters(each) for each in values["filters"])
        if "against" in values:
            values["against"] = cls.from_dict(values["against"], window=window, filters=filters)
        return cls(**values)


def written(one: Filter) -> str:
    """A filter as it is written on a line; values with spaces, commas or quotes in quotes, and with these escaped."""
    values = ",".join(_quoted(value) if _NEEDS_QUOTES.search(value) else value for value in one.values)
    return f"{'-' if one.negated else ''}{one.key}:{values}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _check(name: str, value: object) -> None:
    """Raises TypeError and ValueError where a field cannot have a value of that shape."""
    if name == "against":
        if not isinstance(value, Mapping):
            raise TypeError(f"{name}: {value!r}")
        if "against" in value:
            raise ValueError(f"{name}: a comparison has two sides")
        return
    if name in _LISTS:
        if not isinstance(value, list | tuple):
            raise TypeError(f"{name}: {value!r}")
        kind = int if name == "numbers" else str
        values = tuple(value)
    else:
        kind = int if name == "limit" else str
        values = (value,)
    for each in values:
        if not isinstance(each, kind) or isinstance(each, bool):
            raise TypeError(f"{name}: {each!r}")
        if isinstance(each, int) and each < 1:
            raise ValueError(f"{name}: {each}")


def _part(text: str) -> Part:
    role, _, login = text.partition(":")
    for known in get_args(Role):
        if role == known and login:
            return Part(known, login)
    raise ValueError(text)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


_NEEDS_QUOTES = re.compile(r'[\s,"]')

_LISTS = frozenset(field.name for field in fields(Query) if field.default == ())

_TOLD: dict[str, Callable[[Any], Any]] = {
    "window": str,
    "people": lambda people: [f"{each.role}:{each.login}" for each in people],
    "filters": lambda filters: [written(each) for each in filters],
    "against": Query.as_dict,
}

_CLOSED: dict[str, tuple[Any, ...]] = {
    "kind": get_args(Kind),
    "events": get_args(QueryEvent),
    "states": get_args(QueryState),
    "order": get_args(Order),
    "form": get_args(Form),
    "step": get_args(TrendStep),
}
