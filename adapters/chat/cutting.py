"""Cutting: a long text in parts, between sentences where that is possible, else between words. Nothing is lost."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_END: Final = re.compile(r"(?<=[.!?…])[\"')\]”’]*\s+|(?<=[。！？；])[”’」』）]*\s*|\n+")
_WORD: Final = re.compile(r"\s*\S+\s*|\s+")


def sentences(text: str) -> list[str]:
    """Its sentences and lines, each with the space behind it."""
    found: list[str] = []
    done = 0
    for end in _END.finditer(text):
        if end.end() > done:
            found.append(text[done : end.end()])
            done = end.end()
    return [*found, text[done:]] if done < len(text) else found


def cut(text: str, most: int) -> list[str]:
    """In parts of at most `most` characters."""
    return _filled((part for each in sentences(text) for part in _words(each, most)), most)


def cut_lines(text: str, most: int) -> list[str]:
    """The same, between lines: for text whose lines mean something."""
    lines = text.splitlines(keepends=True)
    return _filled((part for each in lines for part in _words(each, most)), most)


def shortened(text: str, most: int) -> str:
    """On one line and whole, or as many of its words as fit before an ellipsis. For labels, never for content."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    kept = text[:most]
    space = kept.rfind(" ")
    kept = kept[:space] if space > most // 2 else kept[:-1]
    return kept.rstrip() + "…"


def _words(sentence: str, most: int) -> list[str]:
    if len(sentence) <= most:
        return [sentence]
    found = [
        word[begin : begin + most] for word in _WORD.findall(sentence) for begin in range(0, len(word), most)
    ]
    return _filled(found, most)


def _filled(parts: Iterable[str], most: int) -> list[str]:
    """Neighbours joined while they fit."""
    filled: list[str] = []
    for part in parts:
        if filled and len(filled[-1]) + len(part) <= most:
            filled[-1] += part
        else:
            filled.append(part)
    return filled
