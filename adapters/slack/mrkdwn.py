"""Mrkdwn: words made safe for Slack's own markup, which contexts and fallback texts are read as.

Source: docs.slack.dev/messaging/formatting-message-text. `<...>` are its links, mentions and dates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.chat.cutting import shortened
from adapters.slack import limits
from summarizer import markup

if TYPE_CHECKING:
    from datetime import datetime


def escaped(text: str) -> str:
    """Text in which nothing is a token: no link, no mention, no date."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def inert(text: str) -> str:
    """Text for a notification: one line with no token, no live mention and no address in it, of at most
    `limits.TEXT` characters."""
    shown = markup.plain(text)
    made = escaped(shown)
    most = limits.TEXT
    while len(made) > limits.TEXT:  # escapes take room
        most -= len(made) - limits.TEXT
        made = escaped(shortened(shown, most)) if most > 1 else ""
    return made


def moment(instant: datetime, fallback: str, form: str) -> str:
    """An instant in the reader's own time. fallback: where a client cannot. form: of placeholders such as
    `{date_short} {time}`, which mean the same to `date` elements of rich text."""
    told = escaped(shortened(fallback.replace("|", "/"), limits.TOKEN_FALLBACK))
    return f"<!date^{int(instant.timestamp())}^{form}|{told}>"
