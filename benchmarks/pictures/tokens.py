"""Tokens: Slack's own markup, and its dates, as a client shows them in HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import escape, unescape
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TOKEN: Final = re.compile(r"<([^<>]+)>|`([^`\n]+)`|(?<![\w*])\*([^*\n]+)\*(?![\w*])|\n")
_DATE: Final = re.compile(r"!date\^(\d+)\^([^|^]+)(?:\^[^|]*)?\|(.*)", re.DOTALL)
_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_PATTERNS: Final[Mapping[str, Mapping[str, str]]] = {
    "date_num": {"en": "yyyy-MM-dd", "zh": "yyyy-MM-dd"},
    "date_short": {"en": "MMM d, y", "zh": "y年M月d日"},
    "date_long": {"en": "EEEE, MMMM d, y", "zh": "y年M月d日EEEE"},
    "date": {"en": "MMMM d, y", "zh": "y年M月d日"},
    "time": {"en": "h:mm a", "zh": "HH:mm"},
}
"""docs.slack.dev/messaging/formatting-message-text, "Date formatting", as CLDR patterns; `_pretty` may follow."""
_NEAR: Final = {"en": ("Today", "Yesterday"), "zh": ("今天", "昨天")}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks at the picture. lang: of their client. now: when; aware."""

    lang: str
    zone: ZoneInfo
    now: datetime

    def moment(self, timestamp: int, form: str) -> str:
        """An instant in the reader's zone. form: of placeholders such as `{date_short} {time}`. Raises ValueError for
        one that is none of Slack's."""
        at = datetime.fromtimestamp(timestamp, UTC).astimezone(self.zone)
        return _PLACEHOLDER.sub(lambda found: self._shown(at, found[1]), form)

    def clock(self) -> str:
        """The time beside a message's author."""
        return self.moment(int(self.now.timestamp()), "{time}")

    def _shown(self, at: datetime, name: str) -> str:
        kind = name.removesuffix("_pretty")
        if kind not in _PATTERNS:
            raise ValueError(f"no date format of Slack's: {name}")
        if kind != name:
            days = self.now.astimezone(self.zone).date() - at.date()
            for place, near in enumerate(_NEAR[self.lang]):
                if days == timedelta(days=place):
                    return near
        return format_datetime(at, _PATTERNS[kind][self.lang], tzinfo=self.zone, locale=self.lang)


def mrkdwn(text: str, reader: Reader) -> str:
    """Slack's markup as HTML: its dates, links, code and bold; whatever would ping somebody is seen to."""
    return "".join(_pieces(text, reader))


def _pieces(text: str, reader: Reader) -> Iterator[str]:
    done = 0
    for found in _TOKEN.finditer(text):
        yield _plain(text[done : found.start()])
        done = found.end()
        token, code, bold = found.groups()
        if token is not None:
            yield _token(token, reader)
        elif code is not None:
            yield f"<code>{_plain(code)}</code>"
        elif bold is not None:
            yield f"<b>{_plain(bold)}</b>"
        else:
            yield "<br>"
    yield _plain(text[done:])


def _token(token: str, reader: Reader) -> str:
    if date := _DATE.fullmatch(token):
        return _plain(reader.moment(int(date[1]), date[2]))
    if token[0] in "!@#":
        return f'<span class="mention">{_plain(token)}</span>'
    _, _, label = token.partition("|")
    return f'<span class="link">{_plain(label or token)}</span>'


def _plain(text: str) -> str:
    """Text of mrkdwn, in which three characters are written as entities."""
    return escape(unescape(text), quote=True)
