"""Spelling: a line of the grammar in a reader's own words, for examples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from summarizer.secrecy import redact

if TYPE_CHECKING:
    from summarizer.errors import DigestError
    from summarizer.languages import Language

_KEY: Final = re.compile(r"(?<!\S)(-?)([a-z]+):")


_LINES: Final = ("example", "ask")
"""Values of problems that are lines to type."""


def problem_told(problem: DigestError, language: Language) -> str:
    """The one line that a person sees of a problem, with lines to type as their language writes them."""
    values = {
        name: spelled(value, language) if name in _LINES and isinstance(value, str) else value
        for name, value in problem.values.items()
    }
    return redact(language.text(f"errors.{problem.key}", **values))


def spelled(line: str, language: Language) -> str:
    """The line with its command's first word and its options' keys as the language writes them first. It means the
    same: all languages feed one parser. What has no such word stays."""
    words, keys = language.get("grammar.words"), language.get("grammar.keys")
    first, space, rest = line.partition(" ")
    rest = _KEY.sub(lambda found: f"{found[1]}{keys.get(found[2], [found[2]])[0]}:", space + rest)
    return str(words.get(first, [first])[0]) + rest
