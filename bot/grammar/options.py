"""Options: lifted out of a line wherever they stand, then checked."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, cast

from bot.grammar.commands import FORMATS, PLACES, Hours, Options, Suboptions
from bot.grammar.suggest import nearest
from bot.grammar.tokens import Token, split_values, unquote
from summarizer import languages
from summarizer.errors import BadInput
from summarizer.filters import FILTER_KEYS, IS_VALUES, MAX_IMPORTANCE, Filter, FilterKey
from summarizer.topics import no_topic
from summarizer.windows import EDITIONS, known_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from collections.abc import Set as AbstractSet

    from bot.grammar.words import Words

Surface = Literal["shell", "slash", "chat"]

SUBOPTION_KEYS = ("to", "name", "sections", "cut", "catchup", "hush", "holidays", "max", "quiet-if-empty")
PLAIN_KEYS = ("repo", "lang", "tz", "in", "edition", "format")
SHELL_FLAGS = ("demo", "or-demo", "keep")
MOST_FILTERS = 20
"""Filters that a line may have."""
MOST_VALUES = 60
"""Values that its filters may have together."""

_OPTION = re.compile(r"(?P<negated>-?)(?P<key>[^\W\d_][\w-]*):(?P<value>.+)", re.DOTALL)
_LONG = re.compile(r"--(?P<key>[^\W\d_][\w-]*)(?:=(?P<value>.*))?", re.DOTALL)
_REPO = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")


@dataclass(frozen=True, slots=True)
class Option:
    """One option as written. key: canonical; value: with its quotes; None for a flag, or where the value is
    missing."""

    key: str
    value: str | None
    negated: bool
    tokens: tuple[Token, ...]

    @property
    def written(self) -> str:
        return " ".join(token.raw for token in self.tokens)


@dataclass(frozen=True, slots=True)
class Lifted:
    """A line taken apart. rest: the tokens that are no option. unknown: those of `rest` that look like
    one."""

    options: tuple[Option, ...]
    rest: tuple[Token, ...]
    unknown: tuple[Token, ...]


def lift(tokens: Sequence[Token], words: Words, *, surface: Surface) -> Lifted:
    """Take the options out of a line."""
    options: list[Option] = []
    rest: list[Token] = []
    unknown: list[Token] = []
    at = 0
    while at < len(tokens):
        token = tokens[at]
        option = _option(token, tokens[at + 1] if at + 1 < len(tokens) else None, words, surface)
        if option is not None:
            options.append(option)
            at += len(option.tokens)
            continue
        rest.append(token)
        if _looks_like_one(token):
            unknown.append(token)
        at += 1
    return Lifted(tuple(options), tuple(rest), tuple(unknown))


def _option(token: Token, following: Token | None, words: Words, surface: Surface) -> Option | None:
    flag = words.flags.get(token.raw.lower().removeprefix("--"))
    if flag:
        return Option(flag, None, negated=False, tokens=(token,))
    found = _OPTION.fullmatch(token.raw)
    if found:
        key = words.keys.get(found["key"].lower())
        return Option(key, found["value"], bool(found["negated"]), (token,)) if key else None
    found = _LONG.fullmatch(token.raw)
    if not found:
        return None
    name = found["key"].lower()
    if surface == "shell" and name in SHELL_FLAGS and found["value"] is None:
        return Option(name, None, negated=False, tokens=(token,))
    key = "output" if surface == "shell" and name == "output" else words.keys.get(name)
    if key is None:
        return None
    if found["value"] is not None:
        return Option(key, found["value"], negated=False, tokens=(token,))
    if following is None or _LONG.fullmatch(following.raw):
        return Option(key, None, negated=False, tokens=(token,))
    return Option(key, following.raw, negated=False, tokens=(token, following))


def _looks_like_one(token: Token) -> bool:
    found = _OPTION.fullmatch(token.raw)
    return bool(_LONG.fullmatch(token.raw)) or bool(found and not found["value"].startswith("//"))


def unknown_option(token: Token, words: Words) -> BadInput:
    """The error for an option nobody knows, with the nearest one there is."""
    found = _OPTION.fullmatch(token.raw) or _LONG.fullmatch(token.raw)
    name = found["key"] if found else token.raw
    near = nearest(name, [*words.keys, *words.flags, *SHELL_FLAGS, "output"])
    if near:
        return BadInput("option.unknown_near", option=name, suggestion=near)
    return BadInput("option.unknown", option=name, known=(*PLAIN_KEYS, *FILTER_KEYS))


def admit(options: Sequence[Option]) -> None:
    """Raises BadInput where a line limits by more than anybody means: each filter is held against every item."""
    filters = [option for option in options if option.key in FILTER_KEYS]
    if (
        len(filters) > MOST_FILTERS
        or sum(len(split_values(each.value or "")) for each in filters) > MOST_VALUES
    ):
        raise BadInput("option.too_many", most=MOST_FILTERS, values=MOST_VALUES)


def checked(options: Sequence[Option], words: Words, topics: Collection[str]) -> Options:
    """The options with their values. Raises BadInput for a value that cannot be, or a key given twice.

    topics: the keys and aliases `topic:` may name; empty where they are not known yet.
    """
    plain: dict[str, Any] = {}
    sub: dict[str, Any] = {}
    filters: list[Filter] = []
    names = {topic.lower() for topic in topics}
    for option in options:
        if option.key in FILTER_KEYS:
            filters.append(_filter(option, words, names))
            continue
        if option.negated:
            raise BadInput("option.no_negation", option=option.key)
        target = sub if option.key in SUBOPTION_KEYS else plain
        value = (
            True if option.key in words.flags.values() or option.key in SHELL_FLAGS else _value(option, words)
        )
        if target.setdefault(_field(option.key), value) != value:
            raise BadInput("option.twice", option=option.key)
    return replace(Options(), **plain, filters=tuple(filters), suboptions=Suboptions(**sub))


def _field(key: str) -> str:
    return {"in": "reply_in", "max": "max_per_hour"}.get(key, key.replace("-", "_"))


def _values(option: Option, words: Words) -> tuple[str, ...]:
    own = words.values.get(option.key, {})
    values = tuple(own.get(value.lower(), value) for value in split_values(option.value or ""))
    if not values:
        raise BadInput("option.no_value", option=option.key)
    return values


def _filter(option: Option, words: Words, topics: AbstractSet[str]) -> Filter:
    """topics: what `topic:` may name, in lower case."""
    values = _values(option, words)
    key = cast("FilterKey", option.key)
    if key == "importance":
        if option.negated:
            raise BadInput("option.no_negation", option=key)
        if not (
            len(values) == 1
            and re.fullmatch(r"\d{1,2}", values[0], re.ASCII)
            and int(values[0]) <= MAX_IMPORTANCE
        ):
            raise BadInput("filter.importance", value=unquote(option.value or ""), max=MAX_IMPORTANCE)
    if key in ("is", "topic"):
        values = tuple(value.lower() for value in values)
    wrong = next((value for value in values if key == "is" and value not in IS_VALUES), None)
    if wrong is not None:
        raise BadInput("filter.is_unknown", value=wrong, known=tuple(IS_VALUES))
    wrong = next((value for value in values if key == "topic" and topics and value not in topics), None)
    if wrong is not None:
        raise no_topic(wrong, topics)
    if key == "author":
        values = tuple(value.removeprefix("@") for value in values)
    return Filter(key, values, option.negated)


def _value(option: Option, words: Words) -> object:
    """A plain option's or suboption's value, checked."""
    value = unquote(option.value or "").strip()
    if not value:
        raise BadInput("option.no_value", option=option.key)
    value = words.values.get(option.key, {}).get(value.lower(), value)
    check = _CHECKS.get(option.key)
    return check(option.key, value) if check else value


def _one_of(*known: str) -> Callable[[str, str], str]:
    def check(key: str, value: str) -> str:
        if value.lower() not in known:
            raise _not_one_of(key, value, known)
        return value.lower()

    return check


def _not_one_of(key: str, value: str, known: Sequence[str]) -> BadInput:
    return BadInput("option.not_one_of", option=key, value=value, known=tuple(known))


def _language(key: str, value: str) -> str:
    return _one_of(*languages.codes())(key, value)


def _repo(_: str, value: str) -> str:
    if not _REPO.fullmatch(value):
        raise BadInput("option.repo", value=value)
    return value


def parse_hours(text: str) -> Hours | None:
    """`8-20`, hours of the day from 0 to 24; None where it is none."""
    found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text, re.ASCII)
    hours = Hours(int(found[1]), int(found[2])) if found else None
    return hours if hours and hours.first <= 24 and hours.last <= 24 and hours.first != hours.last else None


def _hours(key: str, value: str) -> Hours:
    hours = parse_hours(value)
    if hours is None:
        raise BadInput("option.hours", option=key, value=value)
    return hours


NO_HOLIDAYS = "none"
"""What `holidays:` says where the settings name a country and a line wants none."""


def _country(_: str, value: str) -> str:
    if value.lower() == NO_HOLIDAYS:
        return NO_HOLIDAYS
    if not re.fullmatch(r"[A-Za-z]{2}", value):
        raise BadInput("option.country", value=value)
    return value.upper()


def _per_hour(_: str, value: str) -> int:
    found = re.fullmatch(r"([1-9]\d{0,3})(?:/h)?", value, re.IGNORECASE | re.ASCII)
    if not found:
        raise BadInput("option.max", value=value)
    return int(found[1])


def _sections(_: str, value: str) -> tuple[str, ...]:
    return split_values(value)


_CHECKS: dict[str, Callable[[str, str], Any]] = {
    "repo": _repo,
    "lang": _language,
    "tz": lambda _, value: known_zone(value),
    "in": _one_of(*PLACES),
    "edition": _one_of(*(edition for edition in EDITIONS if edition != "release")),
    "format": _one_of(*FORMATS),
    "cut": _one_of("day", "due"),
    "catchup": _one_of("once", "newest", "skip"),
    "hush": _hours,
    "holidays": _country,
    "max": _per_hour,
    "sections": _sections,
}
