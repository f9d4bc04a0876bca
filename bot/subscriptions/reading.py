"""Reading a file of subscriptions: its tables become subscriptions, and what is wrong is told by table and line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast, get_args

from adapters.chat.delivering import Destination, Platform
from bot.grammar import parse
from bot.grammar.commands import Options, ScheduleCommand, Suboptions
from bot.grammar.tokens import quote
from bot.subscriptions.fileform import (
    ABOUT,
    EXAMPLES,
    FLAGS,
    KEYS,
    LISTS,
    OPTIONS,
    PERSON,
    PLACE,
    SUBSCRIPTION,
    TABLES,
    lines_of,
)
from bot.subscriptions.model import State, Subscription
from summarizer import languages, markup
from summarizer.errors import BadInput

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from typing import Self

    from bot.commands import Defaults
    from bot.subscriptions.choices import Choices

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entry:
    """A table. one: with the id that stands there, and no owner where none does. n: which of its kind, from 1."""

    one: Subscription
    table: str
    n: int
    line: int


def read(text: str, choices: Choices, defaults: Defaults, now: datetime) -> Sequence[Entry]:
    """The subscriptions that a file says there are. Raises BadInput for the first thing that is wrong with it."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput("subscriptions.file_toml", why=str(error)) from error
    lines = lines_of(text)
    for key, value in data.items():
        if (
            key not in TABLES
            or not isinstance(value, list)
            or not all(isinstance(each, dict) for each in value)
        ):
            raise BadInput("subscriptions.file_table", what=key)
    entries: list[Entry] = []
    for table in TABLES:
        for n, told in enumerate(data.get(table, ()), 1):
            found = _Table(table, n, told, lines)
            entries.append(Entry(found.subscription(choices, defaults, now), table, n, found.line()))
    _check_twins(entries)
    return entries


def _check_twins(entries: Sequence[Entry]) -> None:
    known: dict[str, Entry] = {}
    for entry in entries:
        for name in filter(None, (entry.one.twin, entry.one.id)):
            first = known.setdefault(name, entry)
            if first is not entry:
                raise BadInput(
                    "subscriptions.file_twice",
                    table=entry.table,
                    n=entry.n,
                    line=entry.line,
                    first_line=first.line,
                )


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of the file. told: as it stands there. lines: see `lines_of`."""

    name: str
    n: int
    told: Mapping[str, Any]
    lines: Mapping[tuple[str, int, str], int]

    def line(self, key: str = "") -> int:
        """Where a key stands, else the table."""
        first = self.lines.get((self.name, 0, ""), 1)
        head = self.lines.get((self.name, self.n, ""), first)
        return self.lines.get((self.name, self.n, key), head)

    def subscription(self, choices: Choices, defaults: Defaults, now: datetime) -> Subscription:
        for key in self.told:
            if key not in KEYS[self.name]:
                raise self._wrong("file_unknown", key, known=KEYS[self.name])
        for key in self.told:
            self._check_kind(key)
        options = self._options(choices)
        one = Subscription(
            id=self._matching("id", SUBSCRIPTION),
            destination=self._destination(),
            repo=options.repo or defaults.repo,
            lang=options.lang or defaults.lang or "en",
            tz=options.tz or defaults.tz,
            edition="daily",
            owner=self._matching("owner", PERSON),
            created_at=now,
            starts=now,
            state=self._state(),
            reason=self.told.get("reason", ""),
        )
        if self.name == "watch":
            if not options.filters:
                raise self._wrong("file_lacks", "filters", example=EXAMPLES["filters"])
            return self._named(self._checked("filters", lambda: choices.watching(one, options)))
        when = self._when()
        schedule = when.schedule
        assert schedule is not None  # noqa: S101 - it was parsed as `subscribe`
        return self._named(self._checked("when", lambda: choices.scheduled(one, schedule, options)))

    def _named(self, one: Subscription) -> Subscription:
        # not parsed, as what was written is what was meant
        return replace(one, name=markup.one_line(self.told.get("name", "")))

    def _options(self, choices: Choices) -> Options:
        """What the keys say that are options of a line, each parsed by itself so that the wrong one can be named."""
        found = Options()
        for key, part in self._parts():
            command = self._checked(key, partial(self._parsed, part, choices))
            given = command.options
            found = replace(
                found.refined_by(replace(given, filters=(), suboptions=found.suboptions)),
                filters=(*found.filters, *given.filters),
                suboptions=_merged(found, given),
            )
        return found

    def _parts(self) -> Iterator[tuple[str, str]]:
        for key, value in self.told.items():
            if key in OPTIONS:
                yield key, f"{key}:{quote(value)}"
            elif key == "sections" and value:
                yield key, f"sections:{','.join(map(quote, value))}"
            elif key == "quiet_if_empty" and value:
                yield key, "quiet-if-empty"
            elif key == "filters":
                yield from ((key, each) for each in value)

    def _parsed(self, part: str, choices: Choices) -> ScheduleCommand:
        command = parse(
            f"subscribe daily {part}", surface="chat", conversation=False, topics=choices.topics.words
        )
        is_one = sum(1 for _ in command.options.words()) == 1
        if not isinstance(command, ScheduleCommand) or command.schedule != _DAILY.schedule or not is_one:
            raise BadInput("option.one_each", value=part)
        return command

    def _when(self) -> ScheduleCommand:
        if "when" not in self.told:
            raise self._wrong("file_lacks", "when", example=EXAMPLES["when"])
        line = f"subscribe {self.told['when']}"
        command = self._checked("when", lambda: parse(line, surface="chat", conversation=False))
        if (
            not isinstance(command, ScheduleCommand)
            or command.options != Options()
            or command.schedule is None
        ):
            raise self._value("when")
        return command

    def _destination(self) -> Destination:
        if "to" not in self.told:
            raise self._wrong("file_lacks", "to", example=EXAMPLES["to"])
        to, name = self.told["to"], self.told.get("channel", "")
        if to == "terminal":
            return Destination("terminal", name=name or to)
        found = PLACE.fullmatch(to)
        if found is None or (not found["team"] and (found["channel"] or found["platform"] == "slack")):
            raise self._value("to")
        return Destination(
            cast("Platform", found["platform"]),
            found["team"] or "",
            found["channel"] or "",
            found["person"] or "",
            found["thread"] or "",
            name=name,
            is_shared=bool(self.told.get("is_shared")),
        )

    def _state(self) -> State:
        state, reason = self.told.get("state", "active"), self.told.get("reason", "")
        if state not in get_args(State) or state == "ended":
            raise self._value("state")
        if state == "suspended" and not reason:
            raise self._wrong("file_lacks", "reason", example=EXAMPLES["reason"])
        if reason and (state != "suspended" or not _WORDED.has(f"subscriptions.suspended.{reason}")):
            raise self._value("reason")
        return cast("State", state)

    def _matching(self, key: str, pattern: re.Pattern[str]) -> str:
        value = str(self.told.get(key, ""))
        if value and not pattern.fullmatch(value):
            raise self._value(key)
        return value

    def _check_kind(self, key: str) -> None:
        value = self.told[key]
        if key in FLAGS:
            fits = isinstance(value, bool)
        elif key in LISTS:
            fits = isinstance(value, list) and all(isinstance(each, str) for each in value)
        else:
            fits = isinstance(value, str)
        if not fits:
            raise self._value(key)

    def _value(self, key: str) -> BadInput:
        return self._wrong("file_value", key, value=str(self.told[key]), example=EXAMPLES[key])

    def _wrong(self, name: str, key: str, **values: object) -> BadInput:
        return BadInput(
            f"subscriptions.{name}", table=self.name, n=self.n, line=self.line(key), what=key, **values
        )

    def _checked(self, key: str, make: Callable[[], T]) -> T:
        """What is made, with the place of what cannot be."""
        try:
            return make()
        except BadInput as error:
            raise self._wrong("file_option", ABOUT.get(error.key, key), why=Because(error)) from error


class Because(str):
    """What is wrong with a part. A template shows the sentence in a language: `{why:zh}`."""

    __slots__ = ("_problem",)
    _problem: BadInput

    def __new__(cls, problem: BadInput) -> Self:
        made = super().__new__(cls, problem.key)
        made._problem = problem
        return made

    def __format__(self, code: str) -> str:
        """code: of the language; whoever raises an error does not know who will read it."""
        return languages.load(code or "en").problem(self._problem)


_WORDED: Final = languages.load("en")

_DAILY: Final = cast("ScheduleCommand", parse("subscribe daily", surface="chat", conversation=False))


def _merged(one: Options, other: Options) -> Suboptions:
    """The suboptions of both."""
    given = {
        each.name: value
        for each in fields(Suboptions)
        if (value := getattr(other.suboptions, each.name)) is not None
    }
    return replace(one.suboptions, **given)
