"""Typed: what somebody filled into a sub-command, as the line of the grammar that means it.

A sub-command is a command whatever stands in its options. What could make a question or another command of the line is
therefore refused here, where a sentence that is typed into a chat would be read as one or the other.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from adapters.discord import ordering
from adapters.discord.commands import COMMANDS
from adapters.discord.phrases import phrases, refuse, short
from adapters.discord.quoting import cleaned, parts, question, quoted
from summarizer import languages
from summarizer.errors import BadInput
from summarizer.filters import FILTER_KEYS
from summarizer.topics import no_topic

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

_WRITTEN: Final = (
    "repo", "lang", "tz", "in", "edition", "format", *FILTER_KEYS, "channel", "name", "sections", "cut", "catchup",
    "hush", "holidays", "max", "quiet-if-empty", "since", "because",
)  # fmt: skip
"""The options that are options of the line too."""

_CHINESE_NUMBER: Final = r"(?:[0-9]{1,2}|[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_CHINESE_DAY: Final = (
    rf"从?(?:(?:(?:[0-9]{{4}}|[〇零一二三四五六七八九]{{4}})年)?{_CHINESE_NUMBER}月)?{_CHINESE_NUMBER}[日号]"
)
_DAYS: Final = re.compile(
    rf"(?:[0-9][0-9A-Za-z:.+~-]*|[.][.]|now|{_CHINESE_DAY}(?:(?:到|至|[.][.])(?:{_CHINESE_DAY}|现在)?)?)"
)
_PERIODS: Final = {
    "week": re.compile(r"[0-9]{4}-W[0-9]{2}|[0-9]{4}年第[0-9]{1,2}周", re.IGNORECASE),
    "month": re.compile(r"[0-9]{4}-[0-9]{2}|[0-9]{4}年[0-9]{1,2}月份?"),
}
_DURATION: Final = re.compile(
    r"([0-9]{1,9}) ?(?:(h)|(d)|(w))(?:(?<=h)ours?|(?<=d)ays?|(?<=w)eeks?)?", re.IGNORECASE
)
_CHINESE_DURATION: Final = re.compile(
    r"(?:最近|过去|近)? ?((?:[0-9]{1,9}|[〇零一二两三四五六七八九十百]{1,7}) ?(?:个?小时|个?钟头|[天日周]|个?星期))"
)
_TAGS: Final = re.compile(r"v?[0-9][0-9A-Za-z.]*(?:\.\.v?[0-9][0-9A-Za-z.]*)?", re.IGNORECASE)
_ITEM: Final = re.compile(
    r"(?:(?P<repo>[\w.-]+/[\w.-]+)?#)?(?P<number>[1-9][0-9]{0,8})"
    r"|https?://[\w.:-]+/(?P<linked>[\w.-]+/[\w.-]+)/(?:issues|pull)/(?P<of_link>[1-9][0-9]{0,8})(?:[/?#]\S*)?",
    re.ASCII,
)
_CHANNEL: Final = re.compile(r"[0-9]{1,20}")
_AUTHOR: Final = re.compile(r"@[A-Za-z0-9][\w-]{0,99}(?:\[bot\])?", re.ASCII)
_LOGIN: Final = re.compile(r"@?[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})")
_SUBJECTS: Final = frozenset(("window", "range", "options", "filters", "questions"))


def line_of(name: str, values: Mapping[str, str], *, topics: Collection[str] = ()) -> str:
    """The line of a sub-command.

    values: option -> what was filled in; a flag is "true" or not there; what has no place on the line (`for`) is left
    out. topics: the keys and other names of the topics there are.
    Raises BadInput for what no line of this sub-command says, and KeyError for a sub-command there is none of.
    """
    command = COMMANDS[name]
    given = {each.name: cleaned(values[each.name]) for each in command.options if each.name in values}
    options = [_option(key, given[key]) for key in _WRITTEN if key in given]
    if name == "ask":
        # before the question, in which a quotation may be open
        return " ".join(("ask", *options, question(given.get("question", ""))))
    if name == "topic":
        words = _topic(given, topics)
    else:
        write = _WRITERS.get(name) or ordering.WRITERS.get(name)
        words = write(given) if write else name
    return " ".join((words, *options))


def _option(key: str, value: str) -> str:
    if key == "quiet-if-empty":
        return key
    if key == "channel":
        if not _CHANNEL.fullmatch(value):
            raise BadInput("option.no_value", option="to")
        return f"to:<#{value}>"
    if key == "max":
        return f"max:{quoted(f'{value}/h')}"
    if key not in (*FILTER_KEYS, "sections"):
        return f"{key}:{quoted(value)}"
    wanted = value.lstrip("-")
    negated = "-" if wanted != value else ""
    listed = ",".join(quoted(part) for part in parts(wanted.lstrip())) or '""'
    return f"{negated}{key}:{listed}"


def _period(name: str, example: str) -> Callable[[Mapping[str, str]], str]:
    def write(given: Mapping[str, str]) -> str:
        text = given.get("which", "this")
        phrase = phrases().get(text.lower(), "").removeprefix(f"{name} ")
        if phrase in ("this", "last"):
            return f"{name} {phrase}"
        if not _PERIODS[name].fullmatch(text):
            refuse(name, text, example)
        return text

    return write


def _last(given: Mapping[str, str]) -> str:
    text = given.get("duration", "")
    if found := _DURATION.fullmatch(text):
        return f"last {found[1]}{(found[2] or found[3] or found[4]).lower()}"
    if (found := _CHINESE_DURATION.fullmatch(text)) is None:
        refuse("last", text, "last 6h")
    return f"最近{found[1]}"


def _date(given: Mapping[str, str]) -> str:
    text = given.get("when", "")
    phrase = phrases().get(text.lower(), "")
    if phrase in ("today", "yesterday", "week this", "week last", "month this", "month last"):
        return phrase
    if any(period.fullmatch(text) for period in _PERIODS.values()):
        return text
    words = [".." if word == "~" else word for word in text.split()]
    if not words or not all(_DAYS.fullmatch(word) for word in words):
        refuse("date", text, "date 2025-12-10")
    return f"date {' '.join(words)}"


def _release(given: Mapping[str, str]) -> str:
    text = given.get("tag", "latest")
    phrase = phrases().get(text.lower(), "")
    if phrase in ("latest", "last"):
        return f"release {phrase}"
    tags = re.sub(r" ?(?:\.\.|~) ?", "..", text)
    if not _TAGS.fullmatch(tags):
        raise BadInput(
            "command.no_tag",
            tag=short(text),
            example="release v0.11.0",
            ask=short(f"ask release {text}"),
        )
    return f"release {tags}"


def _item(text: str) -> str | None:
    """As "#n" or "owner/name#n"; None for what is no item."""
    found = _ITEM.fullmatch(text)
    return (
        f"{found['repo'] or found['linked'] or ''}#{found['number'] or found['of_link']}" if found else None
    )


def _why(given: Mapping[str, str]) -> str:
    text = given.get("item", "")
    item = _item(text)
    if item is None:
        refuse("why", text, "why 26701")
    return f"why not {item}" if "not" in given else f"why {item}"


def _topic(given: Mapping[str, str], topics: Collection[str]) -> str:
    key, action, text = (given.get(name, "").lower() for name in ("key", "action", "item"))
    text = given.get("item", "")
    if key not in {topic.lower() for topic in topics}:
        raise no_topic(short(key), topics)
    member = _item(text) or (text if _AUTHOR.fullmatch(text) else None)
    if member is None or action not in ("add", "remove"):
        refuse("topic", f"{key} {action} {text}", f"topic {key} add #26701")
    return f"topic {key} {action} {member}"


def _iam(given: Mapping[str, str]) -> str:
    login = given.get("login", "")
    if not _LOGIN.fullmatch(login):
        refuse("iam", login, "iam octocat")
    return f"iam {login}"


def _help(given: Mapping[str, str]) -> str:
    if not (text := given.get("about", "").lower()):
        return "help"
    about = text if text in _subjects() else phrases().get(text, "").partition(" ")[0]
    if about not in _subjects():
        raise BadInput("command.unknown_help", word=short(text))
    return f"help {about}"


@cache
def _subjects() -> frozenset[str]:
    """What there is help on."""
    told = languages.load(languages.codes()[0])
    return frozenset({*told.get("help.about"), *told.get("help.options"), *_SUBJECTS} - {"output", "demo"})


_WRITERS: Final[Mapping[str, Callable[[Mapping[str, str]], str]]] = {
    "week": _period("week", "week 2026-W13"),
    "month": _period("month", "month 2026-03"),
    "last": _last,
    "date": _date,
    "release": _release,
    "why": _why,
    "iam": _iam,
    "help": _help,
}
