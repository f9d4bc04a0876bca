"""Plain words of a line of Markdown: links, emphasis and escapes taken away, code spans left."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

from summarizer.markup import one_line, spans

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINK: Final = re.compile(r"!?\[((?:\\.|\[[^\[\]]*\]|[^\[\]\\])*)\]\(<?([^()\s>]+)>?(?:\s+\"[^\"]*\")?\)")
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
_EMPHASIS: Final = re.compile(r"(?<!\\)\*\*")
_LIQUID: Final = re.compile(r'\{\{ "(\{\{|\{%)" \}\}')
ADDRESS: Final = re.compile(
    r"https?://github\.com/([\w.-]+/[\w.-]+?)/(pull|issues|releases)(?:/(?:tag/)?([^\s)>\]/#?]+))?",
    re.IGNORECASE,
)


def links_in(line: str) -> Iterator[tuple[str, str]]:
    """(text, address) of every link in a line of Markdown."""
    return ((unescaped(match[1]), match[2]) for match in _LINK.finditer(line))


def plain_words(line: str) -> str:
    """The words of a line, `one_line`, as `Claim.text` would have them: no links, no emphasis, no escapes."""
    line = _LIQUID.sub(r"\1", line)
    line = _LINK.sub(lambda match: match[1], line).replace("<!-- -->", "")
    parts = [part if is_code else unescaped(_EMPHASIS.sub("", part)) for part, is_code in spans(line)]
    return one_line("".join(parts)).replace("[:]//", "://").replace("[.]", ".")


def unescaped(text: str) -> str:
    """Text without backslash escapes and entities."""
    return html.unescape(_ESCAPED.sub(r"\1", text))
