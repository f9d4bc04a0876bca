"""Help, the same on every surface: from the `[help]` table of the reader's language.

Plain text with one blank line between paragraphs, fit for a terminal and for a code block in chat.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from bot.grammar.options import SUBOPTION_KEYS
from summarizer.errors import BadInput
from summarizer.filters import FILTER_KEYS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from summarizer.languages import Language

GROUPS: dict[str, tuple[str, ...]] = {
    "digests": ("today", "yesterday", "week", "month", "last", "date", "range", "release"),
    "items": ("why", "ask", "topics", "topic"),
    "schedules": (
        "subscribe", "subscriptions", "unsubscribe", "pause", "resume", "test", "move", "history", "retract",
        "deliveries", "watch", "unwatch",
    ),
    "others": ("status", "sync", "prefs", "iam", "forget", "help"),
}  # fmt: skip
"""Every command, in the order in which help lists them."""

_SAME_AS = {
    "this": "week", "latest": "release", "not": "why", "now": "range", "..": "range", "hourly": "subscribe",
    "daily": "subscribe", "weekly": "subscribe", "monthly": "subscribe", "every": "subscribe",
    "on": "subscribe", "weekdays": "subscribe", "cron": "subscribe", "all": "pause", "retry": "deliveries",
    "add": "topic", "remove": "topic", "because": "topic", "clear": "prefs",
    "since": "sync", "window": "range", "questions": "ask",
}  # fmt: skip
_EVERYDAY = ("topic", "label", "author", "repo", "lang", "tz", "format")
_FLAGS = ("output", "demo")
"""Options of the shell alone."""
_SUBOPTIONS = {
    "subscribe": tuple(key for key in SUBOPTION_KEYS if key != "max"),
    "watch": ("to", "max", "hush", "name"),
    "move": ("to",),
}
"""What a command takes beside filters and options of every command."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def help_page(language: Language, word: str | None = None, *, for_shell: bool = False) -> str:
    """What `help` and `help WORD` get, for a canonical word. Raises BadInput "command.unknown_help"."""
    if word is None:
        return short_help(language, for_shell=for_shell)
    return help_for(word, language, for_shell=for_shell)


def short_help(language: Language, *, for_shell: bool = False) -> str:
    """What an empty line gets: the commands and everyday options, one line each.

    for_shell: also the shell's commands and flags.
    """
    return language.text(
        "help.short",
        commands="\n\n".join(_groups(language, for_shell=for_shell)),
        quotes=language.text("help.in_quotes") if for_shell else "",
    ).strip()


def first_help(language: Language) -> str:
    """What an empty line gets in a chat: a few lines to begin with."""
    rows = [(each["line"], each["about"]) for each in language.get("help.first.examples")]
    return "\n".join([language.text("help.first.about"), *_rows(rows)])


def help_for(word: str, language: Language, *, for_shell: bool = False) -> str:
    """What `help WORD` gets, for a canonical word. Raises BadInput "command.unknown_help"."""
    word = "subscribe" if word in _DAYS else _SAME_AS.get(word, word)
    if word == "options":
        keys = [key for key in language.get("help.options") if for_shell or key not in _FLAGS]
        return "\n".join([language.text("help.heading"), *_options(language, keys)])
    if word == "filters":
        return "\n".join([language.text("help.heading"), *_options(language, FILTER_KEYS)])
    about = language.get("help.about").get(word)
    if about is not None:
        return _one(word, language, for_shell=for_shell)
    if word in language.get("help.options"):
        more = f"help.more.{word}"
        told = language.text(f"help.options.{word}")
        return told + "\n" + language.text(more).strip("\n") if language.has(more) else told
    if word in language.get("help.shell"):
        what = language.text(f"help.shell.{word}")
        return what if for_shell else language.text("help.shell_only", what=what, word=word)
    raise BadInput("command.unknown_help", word=word)


def _one(word: str, language: Language, *, for_shell: bool) -> str:
    about = language.get(f"help.about.{word}")
    # a key that is both, such as "topic:", has a line in either table
    options = _SUBOPTIONS.get(word) or ((word,) if word in FILTER_KEYS else ())
    shell = [language.text(f"help.shell.{word}")] if for_shell and word in language.get("help.shell") else []
    lines = [
        about["about"],
        language.text("help.usage", usage=about["usage"]),
        language.text("help.examples", examples=" · ".join(about["examples"])),
        *_options(language, options),
        *shell,
    ]
    return "\n".join(lines)


def _groups(language: Language, *, for_shell: bool) -> Iterator[str]:
    about, shell = language.get("help.about"), language.get("help.shell")
    groups: dict[str, list[tuple[str, ...]]] = {
        group: [(about[word]["usage"], about[word]["about"]) for word in words]
        for group, words in GROUPS.items()
    }
    groups["options"] = [_option_row(language, key) for key in _EVERYDAY]
    if for_shell:
        groups["shell"] = list(shell.items())
        groups["shell"] += language.get("help.flags").items()
    for group, rows in groups.items():
        if rows:
            yield "\n".join([language.text(f"help.groups.{group}"), *_rows(rows)])


def _options(language: Language, keys: Collection[str]) -> Iterator[str]:
    return _rows([_option_row(language, key) for key in keys])


def _option_row(language: Language, key: str) -> tuple[str, ...]:
    return tuple(language.get("help.options")[key].split("  ", 1))


def _rows(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Two columns; what is too long for the first stands on a line of its own."""
    column = min(28, max((_width(first) for first, *_ in rows), default=0))
    for first, second in rows:
        if _width(first) > column:
            yield f"  {first}"
            yield f"  {' ' * column}  {second}"
        else:
            yield f"  {first}{' ' * (column - _width(first))}  {second}"


def _width(text: str) -> int:
    """Columns a terminal uses; wide characters take two (https://www.unicode.org/reports/tr11/)."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
