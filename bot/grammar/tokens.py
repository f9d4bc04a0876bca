"""Tokens: a line's words, quotes kept together, and the way back from words to a line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# A quotation opens only where a word or a value begins and closes only where one ends, so an apostrophe is no
# quote.
_QUOTED = r'(?:(?<=[\s:=,])|\A)"(?:[^"\\]|\\.)*"(?=[\s,]|\Z)'
_TOKEN = re.compile(rf"(?:{_QUOTED}|\S)+")
_PART = re.compile(rf"(?:{_QUOTED}|[^,])+")
_ESCAPED = re.compile(r'\\(["\\])')
_PLAIN = re.compile(r"[^\s\"'\\,，!。~…“”‘’—]+")
_OPTION = re.compile(r"(-?[^\W\d_][\w-]*[:：]|--[^\W\d_][\w-]*=)(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a line as it was written, quotes included."""

    raw: str

    @property
    def text(self) -> str:
        """What it says: without the quotes when the whole word is quoted."""
        return unquote(self.raw)

    @property
    def quoted(self) -> bool:
        return self.raw != self.text


def tokenize(text: str) -> tuple[Token, ...]:
    """The words of a normalized line."""
    return tuple(Token(found[0]) for found in _TOKEN.finditer(text))


def unquote(raw: str) -> str:
    """A value without its quotes."""
    if len(raw) >= 2 and raw[0] == raw[-1] == '"' and not re.search(r'(?<!\\)(?:\\\\)*"', raw[1:-1]):
        return _ESCAPED.sub(r"\1", raw[1:-1])
    return raw


def split_values(raw: str) -> tuple[str, ...]:
    """The values of a comma list; a comma inside quotes is part of its value."""
    return tuple(value for part in _PART.findall(raw) if (value := unquote(part.strip())))


def quote(value: str) -> str:
    """A value as it is written on a line: in quotes where it would fall apart or change without them."""
    if _PLAIN.fullmatch(value) and ".." not in value:
        return value
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def join_arguments(arguments: Sequence[str]) -> str:
    """The line that a shell's arguments stand for: joined by spaces, those with spaces quoted again.

    A single argument is a line of its own: someone quoted it for the shell.
    """
    if len(arguments) == 1:
        return arguments[0]
    return " ".join(_joined(argument, index) for index, argument in enumerate(arguments))


def _joined(argument: str, index: int) -> str:
    if argument and not re.search(r"[\s\"]", argument):
        return argument
    option = _OPTION.fullmatch(argument)
    if option and not option[2].startswith('"'):
        return option[1] + _in_quotes(option[2])
    if option or (index and re.fullmatch(r'"(?:[^"\\]|\\.)*"', argument)):
        return argument
    return _in_quotes(argument)


def _in_quotes(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
