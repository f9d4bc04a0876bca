r"""Markdown: anybody's words as Discord's Markdown that shows them as they are, and our own markup around them.

Discord's clients read Markdown by regular expressions, one after the other from the left (a dialect of
simple-markdown; support.discord.com/hc/en-us/articles/210298617, D/reference, "message formatting", where D is
docs.discord.com/developers). A backslash takes the meaning of any character behind it that is no letter, digit or
space, and is not shown itself. It works in texts and embeds, not in button labels, and not within code, where nothing
has a meaning.

- `https\://`, `discord\.gg`: clients link an address, and Discord unfurls one or shows an invite's card, only where the
  text as it was sent holds `scheme://` or the host itself; the backslash stands between. A bare `evil.com` is no link.
- `\@everyone`, `\<@1>`: what is left of the token names nobody. Nobody is called by it in any case: every message is
  sent with `allowed_mentions` none, since Discord looks for mentions in the text as it was sent.
- Emphasis is read across code and links (`_a `b_` c`), so that every star and underscore of others is escaped, and ours
  never stand around code.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, Final

from summarizer import markup
from summarizer.untrusted import neutralize, visible

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from adapters.chat.outline.spans import Inline, Span

_SPECIAL: Final = re.compile(
    r"""
      [\\`*_~|\[\]@]
    | <(?=\S|\Z)                     # mentions, emoji, timestamps, addresses in angle brackets
    | :(?=/|\Z|[^\s:]+:)             # `https://` and `:tada:`; at the end too, where more text may follow
    | (?<=\])\(
    | (?<=discord)\. | (?<=discordapp)\. | (?<=dis)\.(?=gd)   # hosts of invites, gifts, templates
    """,
    re.VERBOSE | re.IGNORECASE,
)
_START: Final = re.compile(r"\A\s*(?:[0-9]+(?=\.(?:\s|\Z))|(?=[-+](?:[\s#]|\Z)|#{1,3}(?:\s|\Z)|>))")
_NO_CODE: Final = re.compile(r"discord(?:app)?\.|dis\.gd|\]\(\s*<?\w+:", re.IGNORECASE)
"""Hosts of invites, which are looked for in the whole text; and the end of a masked link, whose beginning may be one of
ours: clients do not mind that code lies between."""
_TICKS: Final = re.compile(r"`{2,}")
_SCHEME: Final = re.compile(r"[a-z][a-z0-9+.-]*\\://", re.IGNORECASE)
_BRACKETS: Final = re.compile(r"\\\[(?P<inner>(?:\\[^\[\]]|[^\\\[\]])*)\\\]|\\(?P<lone>[\[\]])")
_NO_LINKED_CODE: Final = re.compile(r"[\[\]]|://")
_UNSAFE_IN_URL: Final = re.compile(r"[^!#-'+-;=?-Z_a-z~]")
_LOOKALIKE: Final = {"[": "［", "]": "］"}


def escaped(text: str) -> str:
    """Anybody's text on one line, as Markdown that shows it as it is wherever it stands: no mention, link, invite,
    emoji by name, timestamp, heading, list, quote, spoiler or emphasis comes of it."""
    line = _escaped(neutralize(text))
    return f"\\{line}" if line.startswith(".") else line  # a number or `discord` may stand before it


def code(text: str) -> str:
    """Anybody's text on one line as code. Text that would do something even there (see `_NO_CODE`), and one that
    clients read in different ways, with two backticks in a row, is shown as plain text instead."""
    text = neutralize(text)
    if not text.strip("`") or _TICKS.search(text) or _NO_CODE.search(text):
        return escaped(text)
    if "`" not in text:
        return f"`{text}`"
    left, right = (" " if edge == "`" else "" for edge in (text[0], text[-1]))
    return f"``{left}{text}{right}``"


def block_of_code(text: str) -> str:
    """Anybody's lines in letters of one width; "" for nothing to see. What would end the block early, or do something
    in it (see `_NO_CODE`), makes plain lines of them."""
    text = visible(text).strip("\n").rstrip()
    if "```" in text or text.startswith("`") or text.endswith("`") or _NO_CODE.search(text):
        return "\n".join(filter(None, map(escaped, text.split("\n"))))
    return f"```\n{text}\n```" if text else ""


def link(text_markdown: str, url: str) -> str:
    """A masked link that nothing unfurls. text_markdown: without another link. url: known to be ours.

    Clients show a masked link as source if its text holds an address or a bracket without its pair, escaped or not:
    of an address the scheme is left out, and such a bracket becomes its full-width twin.
    """
    text, scheme = text_markdown, 1
    while scheme:  # what stood around one may be the next
        text, scheme = _SCHEME.subn("", text)
    text = _BRACKETS.sub(lambda found: _LOOKALIKE[found["lone"]] if found["lone"] else found[0], text)
    target = _UNSAFE_IN_URL.sub(lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), url)
    return f"[{text}](<{target}>)" if text.strip() else text_markdown


def inline(spans: Inline) -> str:
    """Spans as Markdown. An instant is shown in the reader's own time, as date and time."""
    groups = groupby(spans, key=lambda span: span.bold and not span.code)
    return "".join(_bold(_written(group)) if is_bold else _written(group) for is_bold, group in groups)


def spoken(text: str) -> str:
    """Our sentence, with anybody's words in it: what stands in backticks is code. Lines stay."""
    return "\n".join(
        "".join(
            code(part.strip("`")) if is_code else _edged(part) for part, is_code in markup.spans(line.strip())
        )
        for line in text.split("\n")
    )


def unstarted(line: str) -> str:
    """A line of Markdown of ours that is the rest of a longer one, without what would begin a heading, a list or a
    quote now."""
    return _START.sub(r"\g<0>\\", line, count=1)


def characters(text: str) -> int:
    """How long Discord takes it to be, at most: which unit it counts is not documented, and UTF-16 code units are never
    fewer than code points."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _written(spans: Iterable[Span]) -> str:
    # neighbours of one kind are written together: `a``b` would be a single piece of code
    kinds = groupby(spans, key=lambda span: (span.url, span.code, span.at))
    return "".join(
        _run("".join(span.text for span in group), url, is_code, at) for (url, is_code, at), group in kinds
    )


def _run(text: str, url: str, is_code: bool, at: datetime | None) -> str:
    if at is not None:
        return f"<t:{int(at.timestamp())}:f>"
    if url and is_code and not _NO_LINKED_CODE.search(text):
        # within code neither a bracket nor an address can be escaped
        return link(code(text), url)
    if url and neutralize(text):
        left, right = _edges(text)
        return f"{left}{link(escaped(text), url)}{right}"
    return code(text) if is_code else _edged(text)


def _bold(shown: str) -> str:
    body = shown.strip()
    if not body:
        return shown
    left, _, right = shown.partition(body)
    return f"{left}**{body}**{right}"


def _edged(text: str) -> str:
    """With the space that is around it, since it has neighbours."""
    body = neutralize(text)
    if not body:
        return " " if text else ""
    left, right = _edges(text)
    return _escaped(f"{left}{body}{right}")


def _edges(text: str) -> tuple[str, str]:
    left, right = (" " if edge.isspace() else "" for edge in (text[0], text[-1]))
    return left, right


def _escaped(line: str) -> str:
    return unstarted(_SPECIAL.sub(r"\\\g<0>", line))
