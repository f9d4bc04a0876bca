"""The table of `/vllm-digest`: its sub-commands and their options, from which the tree is built and lines are written.

What they are called and what is said of them stands below `[discord.command]` in the language files. Discord takes 25
sub-commands and groups of them, 25 options each and 25 choices, and 8,000 characters over all names, descriptions and
values, of which the longest translation counts (docs.discord.com/developers/interactions/application-commands).

Each command of the grammar has its own name here, and those that a channel lives with stand at the top: what is done
about posts that are there or to come is in the group `posts`, so that one place of the 25 is left. `unsubscribe` ends
watches as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from summarizer import languages
from summarizer.filters import IS_VALUES, MAX_IMPORTANCE

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = "vllm-digest"
WORDS: Final = "discord.command"

Kind = Literal["text", "number", "flag", "channel"]
Source = Literal[
    "repos",
    "topics",
    "zones",
    "dates",
    "weeks",
    "months",
    "durations",
    "tags",
    "subjects",
    "schedules",
    "sections",
    "countries",
    "subscriptions",
    "scheduled",
    "active",
    "stopped",
]
"""What an option's suggestions are made of; the last four of subscriptions: of all that there are, of those that are no
watch, of those that can be paused, of those that can be resumed."""

LONGEST_QUESTION: Final = 3000
_LONGEST_VALUE: Final = 300
_MOST_AN_HOUR: Final = 1000


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a sub-command.

    words: its entry below `discord.command.options`. choices: what it can be, each with its entry below
    `discord.command.choices`. source: of what is suggested while somebody types. least, most: of a text its characters,
    of a number itself.
    """

    name: str
    words: str
    kind: Kind = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    source: Source | None = None
    least: int = 0
    most: int = _LONGEST_VALUE


@dataclass(frozen=True, slots=True)
class SubCommand:
    """What follows `/vllm-digest`. options: those that are required first, as Discord wants it. group: of sub-commands,
    below `discord.command.groups`; "" for none."""

    name: str
    options: tuple[Option, ...] = ()
    group: str = ""

    @property
    def path(self) -> str:
        """As it is typed, "posts move"."""
        return f"{self.group} {self.name}".strip()


def _choice(name: str, *choices: str, required: bool = False) -> Option:
    return Option(name, name, required=required, choices=choices)


_TOPIC: Final = Option("topic", "topic", source="topics")
_REPO: Final = Option("repo", "repo", source="repos")
_LANG: Final = Option("lang", "lang", choices=languages.codes())
_TZ: Final = Option("tz", "tz", source="zones")
_IN: Final = _choice("in", "me", "channel")
_LABEL: Final = Option("label", "label")
_AUTHOR: Final = Option("author", "author")
_IS: Final = _choice("is", *IS_VALUES)
_PATH: Final = Option("path", "path")
_IMPORTANCE: Final = Option("importance", "importance", "number", most=MAX_IMPORTANCE)
_EDITION: Final = _choice("edition", "daily", "weekly", "monthly")
_DIGEST: Final = (
    _TOPIC,
    _REPO,
    _LABEL,
    _AUTHOR,
    _IS,
    _LANG,
    _TZ,
    _IN,
    _PATH,
    _IMPORTANCE,
    _EDITION,
    _choice("format", "md", "json", "jekyll", "text", "discord"),
)

_CHANNEL: Final = Option("channel", "channel", "channel")
_NAME: Final = Option("name", "name", most=100)
_HUSH: Final = Option("hush", "hush")
_HOLIDAYS: Final = Option("holidays", "holidays", source="countries")
_SUBSCRIBE: Final = (
    Option("schedule", "schedule", required=True, source="schedules"),
    _TOPIC,
    _CHANNEL,
    _LANG,
    _TZ,
    _LABEL,
    _AUTHOR,
    _IS,
    _PATH,
    _IMPORTANCE,
    _REPO,
    _EDITION,
    Option("sections", "sections", source="sections"),
    Option("quiet-if-empty", "quiet-if-empty", "flag"),
    _HUSH,
    _HOLIDAYS,
    _NAME,
    _choice("cut", "day", "due"),
    _choice("catchup", "once", "newest", "skip"),
)
_WATCH: Final = (
    _TOPIC,
    _CHANNEL,
    _LANG,
    _TZ,
    _LABEL,
    _AUTHOR,
    _IS,
    _PATH,
    _IMPORTANCE,
    _REPO,
    Option("max", "max", "number", least=1, most=_MOST_AN_HOUR),
    _HUSH,
    _HOLIDAYS,
    _NAME,
)


def _one(source: Source, words: str = "id", *, required: bool = True) -> Option:
    """A subscription."""
    return Option("id", words, required=required, source=source)


COMMANDS: Final[Mapping[str, SubCommand]] = {
    command.path: command
    for command in (
        SubCommand("today", _DIGEST),
        SubCommand("yesterday", _DIGEST),
        SubCommand("week", (Option("which", "which_week", source="weeks"), *_DIGEST)),
        SubCommand("month", (Option("which", "which_month", source="months"), *_DIGEST)),
        SubCommand("last", (Option("duration", "duration", required=True, source="durations"), *_DIGEST)),
        SubCommand("date", (Option("when", "when", required=True, source="dates"), *_DIGEST)),
        SubCommand("release", (Option("tag", "tag", source="tags"), *_DIGEST)),
        SubCommand(
            "ask",
            (Option("question", "question", required=True, most=LONGEST_QUESTION), _REPO, _LANG, _TZ, _IN),
        ),
        SubCommand(
            "why",
            (Option("item", "item", required=True), Option("not", "not", "flag"), _TOPIC, _REPO, _LANG, _IN),
        ),
        SubCommand("topics", (_LANG,)),
        SubCommand(
            "topic",
            (
                Option("key", "key", required=True, source="topics"),
                _choice("action", "add", "remove", required=True),
                Option("item", "member", required=True),
                Option("because", "because"),
                _REPO,
            ),
        ),
        SubCommand("subscribe", _SUBSCRIBE),
        SubCommand("watch", _WATCH),
        SubCommand("subscriptions", (_LANG,)),
        SubCommand("unsubscribe", (_one("subscriptions"),)),
        SubCommand("pause", (_one("active", "id_or_all"),)),
        SubCommand("resume", (_one("stopped", "id_or_all"),)),
        SubCommand("test", (_one("scheduled"),), "posts"),
        SubCommand(
            "move", (_one("subscriptions"), Option("channel", "to", "channel", required=True)), "posts"
        ),
        SubCommand("history", (_one("subscriptions", required=False),), "posts"),
        SubCommand("retract", (Option("post", "post", required=True),), "posts"),
        SubCommand("deliveries", (Option("retry", "retry"),), "posts"),
        SubCommand("prefs", (_choice("for", "me", "channel", "server"), _LANG, _TZ, _TOPIC, _REPO, _IN)),
        SubCommand("iam", (Option("login", "login", required=True),)),
        SubCommand("status", (_REPO, _LANG)),
        SubCommand("sync", (_REPO, Option("since", "since", source="durations"))),
        SubCommand("forget"),
        SubCommand("help", (Option("about", "about", source="subjects"), _LANG)),
    )
}
