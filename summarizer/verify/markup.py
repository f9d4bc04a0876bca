"""What a claim may not contain in any form: links, mentions, HTML, characters that cannot be seen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from summarizer.untrusted import is_unseen
from summarizer.verify.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_CHARS: Final = 1200
"""A claim is a sentence or two; what is far longer is no claim, and would take long to judge."""

_TLDS: Final = (
    "com|org|net|io|dev|ai|app|co|cn|info|xyz|gg|link|site|online|ru|tk|top|edu|gov|me|biz|shop|page"
)
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]*://|\bmailto:|\bjavascript:|\bdata:[a-z]+/", re.IGNORECASE)
_LINK: Final = re.compile(
    r"\bwww\.|!?\[[^\]]*\]\s*[(\[]|^\[[^\]]+\]:|[\w.+-]+@[\w-]+\.\w+|(?<!\w)//[\w-]+\."
    rf"|(?<![\w.-])(?:[\w-]+\.)+(?:{_TLDS})(?![\w-])(?!\.\w)",
    re.IGNORECASE,
)
"""Markdown's links and images, and what chat platforms make links of by themselves: bare host names, mail addresses.
Code in backticks is shown as it is, so only an address with its scheme is a fault there."""
_HTML: Final = re.compile(r"<[a-zA-Z/!?]|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]{2,31});")
_MENTION: Final = re.compile(
    r"<(?:[@#!]|:|a:|t:|/)[^>\s]*>?|<@|<!|<#|[@＠](?:everyone|here|channel|group|team)\b", re.IGNORECASE
)
_CODE: Final = re.compile(r"`[^`]*`")


def faults(text: str) -> Iterator[Fault]:
    """Faults that lie in the text alone. Nothing else about a claim is worth checking when there is a "markup" one."""
    if any(is_unseen(char) or char in "\n\r\t" for char in text):
        yield Fault(
            "markup", "write one line of plain visible characters: no control, bidi or zero-width ones"
        )
    if len(text) > MOST_CHARS:
        yield Fault("markup", f"write one or two sentences, of {MOST_CHARS} characters at most")
    if text.count("`") % 2:
        yield Fault("markup", "a backtick has no partner")
    plain = _CODE.sub("", text)
    if _MENTION.search(text):
        yield Fault(
            "mention", "mentions that ping people or channels are not allowed; write logins in backticks"
        )
    elif _HTML.search(plain):
        yield Fault("link", "HTML is not allowed")
    if match := _ADDRESS.search(text) or _LINK.search(plain):
        yield Fault("link", f"links and addresses are not allowed ({match[0]}); refer to items as #number")
