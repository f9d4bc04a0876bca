"""Quoting: somebody's words on a line of the grammar, where they are a value or a question and never an option.

The grammar reads a line after it has given it one spelling (full-width signs, curly quotes, dashes, Discord's links),
so that a value gets that spelling first: what is quoted afterwards stays quoted.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from summarizer import languages

_CURLY: Final = str.maketrans(
    {"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "‚": "'", "〜": "~", "∼": "~", "−": "-"}
)
_LINK: Final = re.compile(r"<((?:https?://|mailto:)[^\s<>|]+)(?:\|[^<>]*)?>")
_LINK_OPENS: Final = re.compile(r"<(?=https?://|mailto:|#\w)")
_DASH: Final = re.compile(r"—+|(?<!\S)–(?=[a-zA-Z])")
_QUOTED: Final = r'(?:(?<=[\s:=,])|\A)"(?:[^"\\]|\\.)*"(?=[\s,]|\Z)'
_TOKEN: Final = re.compile(rf"(?:{_QUOTED}|\S)+")
_PART: Final = re.compile(rf"(?:{_QUOTED}|[^,])+")
_WHOLE: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPED: Final = re.compile(r'\\(["\\])')
_PLAIN: Final = re.compile(r"[A-Za-z0-9_@/#*+-](?:\.?[A-Za-z0-9_@/#*+-])*")
_OPTION: Final = re.compile(
    r"-?(?P<key>[^\W\d_][\w-]*):.+|--(?P<long>[^\W\d_][\w-]*)(?:=.*)?|(?P<flag>[^\W\d_][\w-]*)"
)


def cleaned(text: str) -> str:
    """On one line, in the spelling that the grammar reads. Doing it again changes nothing."""
    text = text.encode("utf-8", "replace").decode()
    while (step := _step(text)) != text:
        text = step
    return text


def _step(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(_CURLY)
    text = _DASH.sub("--", text)
    text = _LINK_OPENS.sub("", _LINK.sub(r"\1", text))
    text = "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
    return " ".join(text.split())


def quoted(value: str) -> str:
    """A cleaned value as it is written on a line."""
    if _PLAIN.fullmatch(value):
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def parts(value: str) -> list[str]:
    """The values of a cleaned list with commas; what stands in quotes is one, commas and all."""
    return [part for each in _PART.findall(value) if (part := _unquoted(each.strip()))]


def _unquoted(part: str) -> str:
    found = _WHOLE.fullmatch(part)
    return _ESCAPED.sub(r"\1", found[1]) if found else part


def question(text: str) -> str:
    """A cleaned question as it is written on a line: a word that would be an option of the line stands in quotes, which
    the grammar takes for that word as it stands."""
    return _TOKEN.sub(lambda token: _as_words(token[0]), text)


def _as_words(token: str) -> str:
    found = _OPTION.fullmatch(token)
    if found is None:
        return token
    flag = (found["flag"] or found["long"] or "").lower()
    if (found["key"] or found["long"] or "").lower() not in _keys() and flag not in _flags():
        return token
    escaped = token.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@cache
def _keys() -> frozenset[str]:
    return _ways("grammar.keys")


@cache
def _flags() -> frozenset[str]:
    return _ways("grammar.flags")


def _ways(table: str) -> frozenset[str]:
    """How the table's entries are written, in any language."""
    entries = [ways for code in languages.codes() for ways in languages.load(code).get(table).values()]
    return frozenset(way.lower() for ways in entries for way in ways)
