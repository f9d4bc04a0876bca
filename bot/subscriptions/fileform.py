"""The form of a file of subscriptions: the keys of its tables, what each looks like, and where in a text they stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

TABLES: Final = ("subscription", "watch")

OPTIONS: Final = ("repo", "lang", "tz", "edition", "cut", "catchup", "hush", "holidays", "max")
"""Keys that are options of the grammar."""

_BOTH: Final = ("id", "to", "channel", "is_shared", "filters", "repo", "lang", "tz", "hush", "name", "state",
                "reason", "owner")  # fmt: skip
KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "subscription": (*_BOTH, "when", "edition", "cut", "catchup", "sections", "holidays", "quiet_if_empty"),
    "watch": (*_BOTH, "max"),
}
LISTS: Final = ("filters", "sections")
FLAGS: Final = ("is_shared", "quiet_if_empty")

EXAMPLES: Final[Mapping[str, str]] = {
    "id": '"s3"',
    "to": '"slack:T0123/C0123", "discord:42/77", "slack:T0123/@U0123" or "terminal"',
    "when": '"daily 09:00"',
    "filters": '["topic:amd", "-label:ci"]',
    "sections": '["summary", "topic-amd"]',
    "state": '"active" or "paused"',
    "is_shared": "true",
    "quiet_if_empty": "true",
    "owner": '"slack-user:U0123"',
    "channel": '"#general"',
    "repo": '"vllm-project/vllm"',
    "lang": '"en"',
    "tz": '"Asia/Shanghai"',
    "edition": '"weekly"',
    "cut": '"day"',
    "catchup": '"once"',
    "hush": '"22-7"',
    "holidays": '"CN"',
    "max": '"5/h"',
    "name": '"The morning one"',
    "reason": '"archived"',
}

ABOUT: Final[Mapping[str, str]] = {"subscriptions.section": "sections", "schedule.country": "holidays"}
"""Which key a problem is about that only shows once all are looked at together."""

PLACE: Final = re.compile(
    r"(?P<platform>slack|discord):(?:(?P<team>\w+)/)?(?:@(?P<person>\w+)|(?P<channel>\w+)(?:/(?P<thread>[\w.]+))?)",
    re.ASCII,
)
SUBSCRIPTION: Final = re.compile(r"[sw]\d{1,9}", re.ASCII)
PERSON: Final = re.compile(r"shell|terminal|(?:slack|discord)-user:\w+", re.ASCII)
_HEAD: Final = re.compile(rf"\s*\[\[\s*(?P<table>{'|'.join(TABLES)})\s*\]\]")
_KEY: Final = re.compile(r"\s*\"?(?P<key>[\w-]+)\"?\s*=")


def lines_of(text: str) -> Mapping[tuple[str, int, str], int]:
    """(table, which of its kind, key) -> line, from 1; the table's own for the key "", where they begin for 0."""
    found: dict[tuple[str, int, str], int] = {}
    counts = dict.fromkeys(TABLES, 0)
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if head := _HEAD.match(line):
            table = head["table"]
            counts[table] += 1
            found[table, counts[table], ""] = number
        elif (key := _KEY.match(line)) and table:
            found.setdefault((table, counts[table], key["key"]), number)
        elif key and key["key"] in TABLES:
            found.setdefault((key["key"], 0, ""), number)
    return found
