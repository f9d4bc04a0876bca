"""Phrases: the grammar's words as they are written in any language, and the refusal of what is none of them."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final, NoReturn

from summarizer import languages
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_SHOWN: Final = 80


@cache
def phrases() -> Mapping[str, str]:
    """What is written, in any language -> the grammar's words for it."""
    tables = (languages.load(code).get("grammar.words") for code in languages.codes())
    return {way.lower(): phrase for table in tables for phrase, ways in table.items() for way in ways}


def refuse(name: str, text: str, example: str) -> NoReturn:
    """Raises BadInput: the text is nothing that the sub-command's line could say. example: of a line that does."""
    raise BadInput("command.mistake", line=short(f"{name} {text}"), example=example)


def short(text: str) -> str:
    """As much of what was filled in as an error repeats."""
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
