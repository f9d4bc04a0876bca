"""The table of `/vllm-digest`: its sub-commands and their options, from which the tree is built and lines are written.

What they are called and what is said of them stands below `[discord.command]` in the language files. Discord takes 25
sub-commands, 25 options each and 25 choices, and 8,000 characters over all names, descriptions and values, of which
the longest translation counts (docs.discord.com/developers/interactions/application-commands).
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

Kind = Literal["text", "number", "flag"]
Source = Literal["repos", "topics", "zones", "dates", "weeks", "months", "durations", "tags", "subjects"]
"""What an option's suggestions are made of."""

LONGEST_QUESTION: Final = 3000
_LONGEST_VALUE: Final = 300


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a sub-command.

    words: its entry below `discord.command.options`. choices: what it can be, each with its entry below
    `discord.command.choices`. source: of what is suggested while somebody types. most: of a text its characters, of a
    number itself.
    """

    name: str
    words: str
    kind: Kind = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    source: Source | None = None
    most: int = _LONGEST_VALUE


@dataclass(frozen=True, slots=True)
class SubCommand:
    """What follows `/vllm-digest`. options: those that are required first, as Discord wants it."""

    name: str
    options: tuple[Option, ...] = ()


def _choice(name: str, *choices: str, required: bool = False) -> Option:
    return Option(name, name, required=required, choices=choices)


_TOPIC: Final = Option("topic", "topic", source="topics")
_REPO: Final = Option("repo", "repo", source="repos")
_LANG: Final = Option("lang", "lang", choices=languages.codes())
_TZ: Final = Option("tz", "tz", source="zones")
_IN: Final = _choice("in", "me", "channel")
_DIGEST: Final = (
    _TOPIC,
    _REPO,
    Option("label", "label"),
    Option("author", "author"),
    _choice("is", *IS_VALUES),
    _LANG,
    _TZ,
    _IN,
    Option("path", "path"),
    Option("importance", "importance", "number", most=MAX_IMPORTANCE),
    _choice("edition", "daily", "weekly", "monthly"),
    _choice("format", "md", "json", "jekyll", "text", "discord"),
)

COMMANDS: Final[Mapping[str, SubCommand]] = {
    command.name: command
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
        SubCommand("prefs", (_choice("for", "me", "channel", "server"), _LANG, _TZ, _TOPIC, _REPO, _IN)),
        SubCommand("iam", (Option("login", "login", required=True),)),
        SubCommand("status", (_REPO, _LANG)),
        SubCommand("sync", (_REPO, Option("since", "since", source="durations"))),
        SubCommand("forget"),
        SubCommand("help", (Option("about", "about", source="subjects"), _LANG)),
    )
}
