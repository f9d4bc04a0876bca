"""Spelling: a line of the grammar in a reader's own words, for examples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from summarizer.languages import Language

_KEY: Final = re.compile(r"(?<!\S)(-?)([a-z]+):")


def spelled(line: str, language: Language) -> str:
    """The line with its command's first word and its options' keys as the language writes them first. It means the
    same: all languages feed one parser. What has no such word stays."""
    words, keys = language.get("grammar.words"), language.get("grammar.keys")
    first, space, rest = line.partition(" ")
    rest = _KEY.sub(lambda found: f"{found[1]}{keys.get(found[2], [found[2]])[0]}:", space + rest)
    return str(words.get(first, [first])[0]) + rest
