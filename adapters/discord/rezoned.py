"""Rezoned: a line that somebody has asked, with the times of another zone."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from adapters.discord.quoting import quoted
from summarizer import languages

_CURLY: Final = str.maketrans({"“": '"', "”": '"', "„": '"'})
_QUOTED: Final = r'(?:(?<=[\s:=,])|\A)"(?:[^"\\]|\\.)*"(?=[\s,]|\Z)'
_WORD: Final = re.compile(rf"(?:{_QUOTED}|\S)+")
_SHORT: Final = re.compile(r"-?(?P<key>[^\W\d_][\w-]*):(?=.*\w).+", re.DOTALL)
_LONG: Final = re.compile(r"--(?P<key>[^\W\d_][\w-]*)(?P<value>=.*)?", re.DOTALL)


def in_zone(line: str, zone: str) -> str:
    """The line with `zone` for its `tz:`, which a line may have once. What it says in quotes stays as it is."""
    line = unicodedata.normalize("NFKC", line).translate(_CURLY)
    kept: list[str] = []
    is_value = False  # of a `--tz` before it
    for word in _WORD.findall(line):
        long = _LONG.fullmatch(word)
        if is_value and long is None:
            is_value = False
            continue
        found = long or _SHORT.fullmatch(word)
        if found is None or found["key"].lower() not in _names():
            is_value = False
            kept.append(word)
        else:
            is_value = long is not None and long["value"] is None
    return " ".join((f"tz:{quoted(zone)}", *kept))  # before all words, in which a quotation may be open


@cache
def _names() -> frozenset[str]:
    """How the option is called, in any language."""
    tables = (languages.load(code).get("grammar.keys") for code in languages.codes())
    return frozenset(name.lower() for table in tables for name in table.get("tz", ()))
