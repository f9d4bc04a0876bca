"""The forms of commands over canonical words: GRAMMAR's productions, one function each.

A form returns None where the words are not of its form; values that cannot be (hour 25) are found afterwards.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, get_args

from bot.grammar.commands import (
    ItemRef,
    ScheduleAction,
    ScheduleCommand,
    WatchCommand,
    WhyCommand,
    WindowCommand,
    WordCommand,
)
from bot.grammar.cursor import Cursor
from bot.grammar.expressions import (
    DATE,
    TIME,
    Day,
    Last,
    Month,
    Range,
    RelativeDay,
    Release,
    Week,
    WindowExpr,
    parse_date,
    parse_duration,
    parse_period,
    parse_range,
)
from bot.grammar.options import PLAIN_KEYS, SUBOPTION_KEYS, Option
from bot.grammar.schedules import DAYS, check_schedule, cron_schedule, schedule_at
from bot.grammar.tokens import unquote
from bot.grammar.words import load_words
from summarizer.errors import BadInput
from summarizer.filters import FILTER_KEYS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_ITEM = re.compile(r"(?:(?P<repo>[\w.-]+/[\w.-]+))?#(?P<number>[1-9]\d{0,8})", re.ASCII)
_LINK = re.compile(
    r"https?://[\w.:-]+/(?P<repo>[\w.-]+/[\w.-]+)/(?:issues|pull)/(?P<number>[1-9]\d{0,8})(?:[/?#]\S*)?",
    re.ASCII,
)
_BARE_NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)
_SUBSCRIPTION = re.compile(r"[sw]\d{1,9}", re.IGNORECASE | re.ASCII)
_TAG = re.compile(r"v?\d+\.\d+(?:\.\d+)?(?:rc\d+|\.post\d+)?", re.IGNORECASE | re.ASCII)
_SHAPE = re.compile(
    rf"\d[\x21-\x3e\x40-\x7e]*|\*-\S+|\.\.|{_SUBSCRIPTION.pattern}|v\d[\w.]*(?:\.\.v?\d[\w.]*)?|{DAYS.pattern}",
    re.IGNORECASE | re.ASCII,
)
_KEY = re.compile(r"[a-z][\w-]*")
_DIGEST = re.compile(r"(?:daily|weekly|monthly|release)-[\w.-]+-[0-9a-f]{10}", re.ASCII)
_POST = re.compile(r"[sw]\d+-\d{8}T\d{6}Z", re.ASCII)
"""A delivery that has posted something."""
_URL = re.compile(r"https?://\S+")
_DELIVERY = re.compile(r"[\w:.-]*\d[\w:.-]*", re.ASCII)
_LOGIN = re.compile(r"@?[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})")
_AUTHOR = re.compile(r"@[A-Za-z0-9][\w-]{0,99}(?:\[bot\])?", re.ASCII)
"""Who may have written an item: people, those of an enterprise with their underscore, and apps."""

MOST_BECAUSE = 300
"""Characters of a reason; it is repeated wherever the mend is told of."""

_DATE = re.compile(DATE, re.ASCII)
_DATE_END = re.compile(rf"(?:.*\.\.)?(?:{DATE})", re.ASCII)
_TIME_LED = re.compile(rf"(?:{TIME})\S*", re.ASCII)

_BELONGS_TO = {
    "hourly": "subscribe", "daily": "subscribe", "weekly": "subscribe", "monthly": "subscribe",
    "every": "subscribe", "on": "subscribe", "weekdays": "subscribe", "retry": "deliveries", "add": "topic",
    "remove": "topic", "all": "pause", "latest": "release", "not": "why", "..": "range", "now": "range",
}  # fmt: skip

FormCommand = WindowCommand | WhyCommand | ScheduleCommand | WatchCommand | WordCommand
"""What the forms below make."""

HELP_SUBJECTS = ("window", "range", "options", "filters", "questions")


def parse_command(
    words: tuple[str, ...], own: Mapping[str, Option], topics: Collection[str]
) -> FormCommand | None:
    """The command that all of the words are. own: `cron:`, `since:` and `because:` where the line has them.

    Raises BadInput for a line that is a command but for an impossible value in its schedule.
    """
    if not words:
        return None
    for form in (_window_command, _why, _about_one, _word, _help):
        cursor = Cursor(words)
        command = form(cursor)
        if command and cursor.at_end:
            return command
    cursor = Cursor(words)
    return _subscribe(cursor, own) or _sync(Cursor(words), own) or _topic(Cursor(words), topics, own)


def is_shape(token: str) -> bool:
    """R4's shapes: digit-led, a subscription's id, a version, days of the week."""
    return _SHAPE.fullmatch(token) is not None


def is_subscription_id(token: str) -> bool:
    return _SUBSCRIPTION.fullmatch(token) is not None


def own_options(command: FormCommand) -> frozenset[str]:
    """The keys of options that the command has read itself."""
    if isinstance(command, ScheduleCommand) and command.schedule and command.schedule.cron:
        return frozenset({"cron"})
    if not isinstance(command, WordCommand):
        return frozenset()
    read = {"since": command.since, "because": command.because}
    return frozenset(key for key, value in read.items() if value)


def name(command: FormCommand) -> str:
    """The word that a command goes by in help and examples."""
    match command:
        case WindowCommand(window=Range()):
            return "range"
        case WindowCommand(window=Day()):
            return "date"
        case WindowCommand():
            return command.window.edition.replace("daily", str(command.window).split()[0]).removesuffix("ly")
        case WhyCommand():
            return "why"
        case ScheduleCommand() | WatchCommand():
            return command.action
        case WordCommand():
            return command.word


def nearest_form(words: tuple[str, ...]) -> str:
    """The command whose example helps somebody who wrote these words most."""
    first = words[0].lower()
    if first in load_words().examples["en"]:
        return first
    if first in _BELONGS_TO:
        return _BELONGS_TO[first]
    if is_subscription_id(first):
        return "test"
    if first.startswith("v"):
        return "release"
    if _BARE_NUMBER.fullmatch(first):
        return "why"
    return "range" if ".." in first or ":" in first else "date"


# --- windows ---


def window(cursor: Cursor) -> WindowExpr | None:
    """The window that begins at the cursor; moves past it."""
    for word in ("today", "yesterday"):
        if cursor.took(word):
            return RelativeDay("today" if word == "today" else "yesterday")
    for kind in (Week, Month):
        if cursor.took(kind.__name__.lower()):
            return _period(cursor, kind)
    if cursor.took("last"):
        duration = parse_duration(cursor.peek())
        cursor.at += duration is not None
        return Last(duration) if duration else None
    if cursor.took("release"):
        return _release(cursor)
    dated = cursor.took("date")
    start = cursor.at
    found = None if cursor.at_end else _dated(cursor)
    if found is None or (dated and isinstance(found, Week | Month)):
        cursor.at = start - dated
        return None
    return found


def _period(cursor: Cursor, kind: type[Week | Month]) -> Week | Month:
    if cursor.took("last"):
        return kind("last")
    if cursor.took("this"):
        return kind("this")
    found = parse_period(cursor.peek())
    if isinstance(found, kind):
        cursor.at += 1
        return found
    return kind("this")


def _dated(cursor: Cursor) -> WindowExpr | None:
    """A day, a range, an ISO week or a month; the words that a range was spread over are joined."""
    text = cursor.take()
    while not cursor.at_end:
        following = cursor.peek()
        if following == ".." and ".." not in text:
            text += ".."
        elif following == "now" and text.endswith(".."):
            cursor.at += 1
            break
        elif text.endswith("..") and (_DATE.match(following) or _TIME_LED.fullmatch(following)):
            text += following
        elif _DATE_END.fullmatch(text) and _TIME_LED.fullmatch(following):
            text += f"T{following}"
        else:
            break
        cursor.at += 1
    day = parse_date(text)
    return Day(day) if day else parse_range(text) or parse_period(text)


def _release(cursor: Cursor) -> Release | None:
    for word in ("latest", "last"):
        if cursor.took(word):
            return Release(word)
    since, dots, until = cursor.peek().partition("..")
    if not _TAG.fullmatch(since) or (dots and not _TAG.fullmatch(until)):
        return None
    cursor.at += 1
    return Release(until, since) if dots else Release(since)


def _window_command(cursor: Cursor) -> WindowCommand | None:
    found = window(cursor)
    return WindowCommand(found) if found else None


# --- items ---


def parse_item(text: str) -> ItemRef | None:
    """`#n`, `owner/name#n` or a link to an issue or pull request."""
    found = _ITEM.fullmatch(text) or _LINK.fullmatch(text)
    return ItemRef(int(found["number"]), found["repo"]) if found else None


def _why(cursor: Cursor) -> WhyCommand | None:
    if not cursor.took("why"):
        return None
    negated = cursor.took("not")
    if cursor.at_end:
        return None
    text = cursor.take()
    item = ItemRef(int(text)) if _BARE_NUMBER.fullmatch(text) else parse_item(text)
    if item is None:
        return None
    return WhyCommand(item, negated, window(cursor))


# --- schedules ---


def _about_one(cursor: Cursor) -> ScheduleCommand | WatchCommand | None:
    """Commands about a subscription, a watch, a digest or a delivery that is there."""
    verb = cursor.take().lower()
    target = cursor.peek()
    if verb == "watch":
        return WatchCommand("watch")
    if verb in ("subscriptions", "history", "deliveries") and cursor.at_end:
        return ScheduleCommand(_action(verb))
    if verb == "deliveries":
        known = cursor.took("retry") and _DELIVERY.fullmatch(cursor.peek())
        return ScheduleCommand("deliveries", target=cursor.take()) if known else None
    if verb == "retract" and target:
        text = cursor.take()
        return (
            ScheduleCommand("retract", target=text)
            if _DIGEST.fullmatch(text) or _POST.fullmatch(text) or _URL.fullmatch(text)
            else None
        )
    every = target == "all" and verb in ("pause", "resume")
    if not every and not is_subscription_id(target):
        return None
    cursor.at += 1
    if verb == "unwatch":
        return WatchCommand("unwatch", target)
    named = verb in ("unsubscribe", "pause", "resume", "test", "move", "history")
    return ScheduleCommand(_action(verb), target=target) if named else None


def _action(verb: str) -> ScheduleAction:
    return next(action for action in get_args(ScheduleAction) if action == verb)


def _subscribe(cursor: Cursor, own: Mapping[str, Option]) -> ScheduleCommand | None:
    if not cursor.took("subscribe"):
        return None
    schedule = cron_schedule(own["cron"]) if cursor.at_end and "cron" in own else schedule_at(cursor)
    if schedule is None or not cursor.at_end:
        return None
    check_schedule(schedule)
    return ScheduleCommand("subscribe", schedule)


# --- word commands ---


def _word(cursor: Cursor) -> WordCommand | None:
    word = cursor.take().lower()
    for plain in ("topics", "status", "prefs", "forget"):
        if word == plain:
            cleared = plain == "prefs" and cursor.took("clear")
            return WordCommand(plain, ("clear",) if cleared else ())
    if word == "iam" and _LOGIN.fullmatch(cursor.peek()):
        return WordCommand("iam", (cursor.take().removeprefix("@"),))
    return None


def _help(cursor: Cursor) -> WordCommand | None:
    if not cursor.took("help"):
        return None
    if cursor.at_end:
        return WordCommand("help")
    about = cursor.take().lower()
    # "帮助 上周" is "help week last": about the week
    while cursor.peek() in ("last", "this", "not", "weekdays"):
        cursor.at += 1
    words = load_words()
    subjects = {*PLAIN_KEYS, *FILTER_KEYS, *SUBOPTION_KEYS, *HELP_SUBJECTS}
    return WordCommand("help", (about,)) if words.is_known(about) or about in subjects else None


def _sync(cursor: Cursor, own: Mapping[str, Option]) -> WordCommand | None:
    if not cursor.took("sync") or not cursor.at_end:
        return None
    if "since" not in own:
        return WordCommand("sync")
    since = parse_duration(unquote(own["since"].value or ""))
    if since is None or since.hours < 1:
        raise BadInput("option.since", value=own["since"].value or "")
    return WordCommand("sync", since=since)


def _topic(cursor: Cursor, topics: Collection[str], own: Mapping[str, Option]) -> WordCommand | None:
    # in Chinese the list of topics and a topic are the same word
    if not (cursor.took("topic") or cursor.took("topics")) or len(cursor.words) != 4:
        return None
    key, verb, target = cursor.take().lower(), cursor.take().lower(), cursor.take()
    item = parse_item(target) or (ItemRef(int(target)) if _BARE_NUMBER.fullmatch(target) else None)
    person = target if _AUTHOR.fullmatch(target) else None
    known = key in {topic.lower() for topic in topics} if topics else bool(_KEY.fullmatch(key))
    if not known or verb not in ("add", "remove") or not (item or person):
        return None
    because = _because(own["because"]) if "because" in own else None
    return WordCommand("topic", (key, verb, str(item) if item else target), because=because)


def _because(option: Option) -> str:
    text = unquote(option.value or "").strip()
    if not text:
        raise BadInput("option.no_value", option=option.key)
    if len(text) > MOST_BECAUSE:
        raise BadInput("option.because", most=MOST_BECAUSE)
    return text
