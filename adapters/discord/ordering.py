"""Ordering: what somebody filled in about subscriptions and their posts, as the words of the grammar that mean it.

See `typed`: nothing here makes another command or an option of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from adapters.discord.phrases import phrases, refuse
from adapters.discord.quoting import question

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SCHEDULED: Final = re.compile(r"(?!-)(?:[\w,-]*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?|[\w,-]+)")
_CRON_LINE: Final = re.compile(
    r"(?:cron(?: |: ?)|(?=[0-9*]))(\"?)((?:[0-9A-Za-z*/,?#-]+ ){4}[0-9A-Za-z*/,?#-]+)\1", re.IGNORECASE
)
_SUBSCRIPTION: Final = re.compile(r"[sw][0-9]{1,9}", re.IGNORECASE)
_POST: Final = re.compile(
    r"https?://[\w.:/?=&%#-]+|(?:daily|weekly|monthly|release)-[\w.-]+-[0-9a-f]{10}", re.ASCII
)
_DELIVERY: Final = re.compile(r"[\w:.-]*[0-9][\w:.-]*", re.ASCII)


def scheduled(text: str) -> str | None:
    """When a subscription is due, cleaned, as the grammar writes it; None for what no schedule looks like."""
    if found := _CRON_LINE.fullmatch(text):
        return f'cron:"{found[2]}"'
    words = text.split()
    # what would be an option would not be one of the schedule's words
    is_plain = all(_SCHEDULED.fullmatch(word) for word in words) and question(text) == text
    return text if words and is_plain else None


def _subscribe(given: Mapping[str, str]) -> str:
    text = given.get("schedule", "")
    schedule = scheduled(text)
    if schedule is None:
        refuse("subscribe", text, "subscribe daily 09:00")
    return f"subscribe {schedule}"


def _about(
    verb: str, *, may_be_all: bool = False, may_lack: bool = False
) -> Callable[[Mapping[str, str]], str]:
    """A command about one subscription."""

    def write(given: Mapping[str, str]) -> str:
        text = given.get("id", "").lower()
        if may_lack and not text:
            return verb
        if may_be_all and phrases().get(text, text) == "all":
            return f"{verb} all"
        if not _SUBSCRIPTION.fullmatch(text):
            refuse(verb, text, f"{verb} s3")
        is_watch = verb == "unsubscribe" and text.startswith("w")
        return f"{'unwatch' if is_watch else verb} {text}"

    return write


def _retract(given: Mapping[str, str]) -> str:
    text = given.get("post", "")
    if not _POST.fullmatch(text):
        refuse("retract", text, "retract daily-2025-12-10-0123456789")
    return f"retract {text}"


def _deliveries(given: Mapping[str, str]) -> str:
    if not (text := given.get("retry", "")):
        return "deliveries"
    if not _DELIVERY.fullmatch(text) or question(text) != text:
        refuse("deliveries retry", text, "deliveries")
    return f"deliveries retry {text}"


WRITERS: Final[Mapping[str, Callable[[Mapping[str, str]], str]]] = {
    "subscribe": _subscribe,
    "unsubscribe": _about("unsubscribe"),
    "pause": _about("pause", may_be_all=True),
    "resume": _about("resume", may_be_all=True),
    "posts test": _about("test"),
    "posts move": _about("move"),
    "posts history": _about("history", may_lack=True),
    "posts retract": _retract,
    "posts deliveries": _deliveries,
}
"""Sub-command -> what writes its line but for the options."""
