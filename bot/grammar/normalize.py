"""What happens to a line before it is parsed: one spelling for what keyboards, phones and chat platforms
vary."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_CURLY = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": "'", "〜": "~", "∼": "~", "−": "-"}
)
_LONG_DASH = re.compile(r"—+|(?<!\S)–(?=[a-zA-Z])")
_FIGURE = r"(?:(?<=\d)|(?<=\d[^\x00-\x7f]))"  # "8" or "8日"
_QUOTED_OR_RANGE = re.compile(
    rf"""(?P<quoted>(?:(?<=[\s:=,])|\A)"(?:[^"\\]|\\.)*")
      | {_FIGURE}\s*(?:~|\.{{2,}})\s*(?=v?\d)
      | {_FIGURE}~(?=[^\x00-\x7f])
      | {_FIGURE}(?:~|\.{{2,}})(?=\s|\Z)""",
    re.VERBOSE,
)
_LINK = re.compile(r"<((?:https?://|mailto:)[^\s<>|]+)(?:\|[^<>]*)?>")
_CHANNEL = re.compile(r"<#(\w+)(?:\|([^<>|]*))?>")
_END = re.compile(r"[\s。!]+\Z")


@dataclass(frozen=True, slots=True)
class Line:
    """A normalized line. channels: name -> id of the channels it links to, as the platform told them."""

    text: str
    channels: tuple[tuple[str, str], ...] = ()


def normalize(text: str, *, me: str | None = None) -> Line:
    """The line in one spelling; normalizing it again changes nothing. me: the bot's own user id, whose
    mention is dropped.

    Mentions and links: docs.slack.dev/messaging/formatting-message-text,
    docs.discord.com/developers/reference
    """
    text = text.encode("utf-8", "replace").decode()  # half a sign can be neither stored nor sent
    channels: dict[str, str] = {}
    mention = re.compile(rf"<@!?{re.escape(me)}(?:\|[^<>]*)?>") if me else None
    # a step can uncover another (a link inside a link, a dash before an accent); each one shortens or settles
    # the text
    while (step := _step(text, mention, channels)) != text:
        text = step
    return Line(text, tuple(channels.items()))


def _step(text: str, mention: re.Pattern[str] | None, channels: dict[str, str]) -> str:
    text = unicodedata.normalize("NFKC", text).translate(_CURLY)
    text = _LONG_DASH.sub("--", text)
    if mention:
        text = mention.sub(" ", text)
    text = _LINK.sub(r"\1", text)
    text = _CHANNEL.sub(lambda found: _channel(found, channels), text)
    text = _QUOTED_OR_RANGE.sub(lambda found: found["quoted"] or "..", text)
    return _END.sub("", text.strip())


def _channel(found: re.Match[str], channels: dict[str, str]) -> str:
    name = found[2] or found[1]
    channels[name] = found[1]
    return f"#{name}"
