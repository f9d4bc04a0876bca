"""What a line turned out to be. `str()` of a command is its canonical line, which parses to the same
command."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Literal

from bot.grammar.expressions import Duration, Time, WindowExpr
from bot.grammar.tokens import quote
from summarizer.errors import BadInput
from summarizer.filters import Filter
from summarizer.windows import Edition

if TYPE_CHECKING:
    from collections.abc import Iterator

Format = Literal["md", "json", "jekyll", "slack", "discord", "text"]
Place = Literal["me", "channel"]
DayName = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

FORMATS: tuple[Format, ...] = ("md", "json", "jekyll", "slack", "discord", "text")
PLACES: tuple[Place, ...] = ("me", "channel")
DAY_NAMES: tuple[DayName, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Hours:
    """From one hour of the day to another, both included: `8-20`."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"


@dataclass(frozen=True, slots=True)
class Suboptions:
    """What only schedules and watches take. to: "#name" or what the platform calls the channel by id.
    max_per_hour: messages. None where not given."""

    to: str | None = None
    name: str | None = None
    sections: tuple[str, ...] | None = None
    cut: Literal["day", "due"] | None = None
    catchup: Literal["once", "newest", "skip"] | None = None
    hush: Hours | None = None
    holidays: str | None = None
    max_per_hour: int | None = None
    quiet_if_empty: bool | None = None

    def words(self) -> Iterator[str]:
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name == "quiet_if_empty":
                if value:
                    yield "quiet-if-empty"
            elif each.name == "sections" and value:
                yield f"sections:{','.join(quote(part) for part in value)}"
            elif each.name == "max_per_hour" and value is not None:
                yield f"max:{value}/h"
            elif value is not None:
                yield f"{each.name}:{quote(str(value))}"


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a line; None where not given.

    tz: an IANA name. reply_in: `in:`. filters: in the order of the line. channels: name -> id of the channels
    that the line links to. output, demo, or_demo, keep: flags of the shell.
    """

    repo: str | None = None
    lang: str | None = None
    tz: str | None = None
    reply_in: Place | None = None
    edition: Edition | None = None
    format: Format | None = None
    filters: tuple[Filter, ...] = ()
    suboptions: Suboptions = Suboptions()
    output: str | None = None
    demo: bool = False
    or_demo: bool = False
    keep: bool = False
    channels: tuple[tuple[str, str], ...] = ()

    def words(self) -> Iterator[str]:
        """The options as they are written."""
        plain = {
            "repo": self.repo, "lang": self.lang, "tz": self.tz, "in": self.reply_in, "edition": self.edition,
            "format": self.format,
        }  # fmt: skip
        for key, value in plain.items():
            if value is not None:
                yield f"{key}:{quote(value)}"
        if self.output is not None:
            before = (
                "=" if self.output.startswith("-") else " "
            )  # what stands apart would be a flag of its own
            yield f"--output{before}{quote(self.output)}"
        for one in self.filters:
            values = ",".join(quote(value) for value in one.values)
            yield f"{'-' if one.negated else ''}{one.key}:{values}"
        yield from self.suboptions.words()
        if self.demo:
            yield "--demo"
        if self.or_demo:
            yield "--or-demo"
        if self.keep:
            yield "--keep"

    def refined_by(self, newer: Options) -> Options:
        """These options with those of a later line on top; its filters take the place of those with the same
        key."""
        given = {
            each.name: getattr(newer, each.name)
            for each in fields(newer)
            if getattr(newer, each.name) != each.default and each.name != "filters"
        }
        changed = {(one.key, one.negated) for one in newer.filters}
        kept = tuple(one for one in self.filters if (one.key, one.negated) not in changed)
        return replace(self, **given, filters=kept + newer.filters)


def _line(*words: object, options: Options) -> str:
    return " ".join([*(str(word) for word in words if word), *options.words()])


@dataclass(frozen=True, slots=True)
class ItemRef:
    """An issue or pull request; repo None is the line's own."""

    number: int
    repo: str | None = None

    def __str__(self) -> str:
        return f"{self.repo or ''}#{self.number}"


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a subscription is due.

    at: local time, None is the default one. days: the days it is limited to. weekday, monthday: of weekly and
    monthly ones. every, hours: of sub-daily ones. cron: five fields.
    """

    kind: Literal["hourly", "daily", "weekly", "monthly", "every", "cron"]
    at: Time | None = None
    days: tuple[DayName, ...] = ()
    weekday: DayName | None = None
    monthday: int | None = None
    every: Duration | None = None
    hours: Hours | None = None
    cron: str | None = None

    def __str__(self) -> str:
        if self.kind == "cron":
            return f'cron:"{self.cron}"'
        named = "weekdays" if self.days == DAY_NAMES[:5] else ",".join(self.days)
        days = f"on {named}" if self.days else None
        parts = (self.kind, self.weekday, self.monthday, self.every, self.hours, self.at, days)
        return " ".join(str(part) for part in parts if part is not None)


@dataclass(frozen=True, slots=True)
class WindowCommand:
    """A digest of a window."""

    window: WindowExpr
    options: Options = Options()

    @property
    def edition(self) -> Edition:
        return self.options.edition or self.window.edition

    def __str__(self) -> str:
        return _line(self.window, options=self.options)


@dataclass(frozen=True, slots=True)
class WhyCommand:
    """Why an item is, or is not, in a digest. window None: the digest of the thread, or none."""

    item: ItemRef
    negated: bool = False
    window: WindowExpr | None = None
    options: Options = Options()

    def __str__(self) -> str:
        return _line("why", "not" if self.negated else "", self.item, self.window, options=self.options)


ScheduleAction = Literal[
    "subscribe",
    "unsubscribe",
    "pause",
    "resume",
    "test",
    "move",
    "history",
    "subscriptions",
    "retract",
    "deliveries",
]


@dataclass(frozen=True, slots=True)
class ScheduleCommand:
    """A command about subscriptions. target: a subscription's id, "all", a link, a digest's or a delivery's
    id."""

    action: ScheduleAction
    schedule: Schedule | None = None
    target: str | None = None
    options: Options = Options()

    def __str__(self) -> str:
        verb = "deliveries retry" if self.action == "deliveries" and self.target else self.action
        return _line(verb, self.schedule, self.target, options=self.options)


@dataclass(frozen=True, slots=True)
class WatchCommand:
    """`watch` with at least one filter, or `unwatch` with an id."""

    action: Literal["watch", "unwatch"]
    target: str | None = None
    options: Options = Options()

    def __str__(self) -> str:
        return _line(self.action, self.target, options=self.options)


Word = Literal["topics", "status", "sync", "prefs", "forget", "help", "iam", "topic", "version"]


@dataclass(frozen=True, slots=True)
class WordCommand:
    """A command of one word.

    arguments: help: the word asked about, if any; iam: a login; prefs: "clear", if any; topic: key, "add" or
    "remove", and "#n", "o/r#n" or "@login". since: of sync. because: of topic.
    """

    word: Word
    arguments: tuple[str, ...] = ()
    since: Duration | None = None
    options: Options = Options()
    because: str | None = None

    def __str__(self) -> str:
        if self.word == "version":
            return "--version"
        own = (
            f"since:{self.since}" if self.since else "",
            f"because:{quote(self.because)}" if self.because else "",
        )
        return _line(self.word, *self.arguments, *own, options=self.options)


@dataclass(frozen=True, slots=True)
class ShellCommand:
    """A command of the shell alone. arguments: all that follows its name, as written. options: those among
    them that are options of the grammar; the rest of the arguments is `own`."""

    name: str
    arguments: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    options: Options = Options()

    def __str__(self) -> str:
        return " ".join([self.name, *(quote(argument) for argument in self.arguments)])


@dataclass(frozen=True, slots=True)
class Question:
    """A sentence to answer. text: without its options. window: the one it names, if it names exactly one."""

    text: str
    options: Options = Options()
    window: WindowExpr | None = None


@dataclass(frozen=True, slots=True)
class Refinement:
    """In a conversation, a line of only a window or options: it changes the last question, or cuts the digest
    anew that the thread hangs under.

    text: words instead of options, such as "only merged ones", and limit: the filter that they stand for."""

    options: Options = Options()
    window: WindowExpr | None = None
    limit: Filter | None = None
    text: str = field(default="", compare=False)

    @property
    def limited(self) -> Options:
        """The options with the limit among them."""
        if self.limit is None:
            return self.options
        return replace(self.options, filters=(*self.options.filters, self.limit))

    @property
    def command(self) -> WindowCommand:
        """What the line means where there is nothing to refine. Raises BadInput "command.only_options"."""
        if self.window is None:
            raise BadInput("command.only_options", line=str(self), example=f"today {self}")
        return WindowCommand(self.window, self.limited)

    def __str__(self) -> str:
        return _line(self.window or "", options=self.limited)


Command = (
    WindowCommand | WhyCommand | ScheduleCommand | WatchCommand | WordCommand | ShellCommand | Refinement
)
