"""The language that a question is asked in, as far as its words tell."""

from __future__ import annotations

import re
from functools import cache

from summarizer import languages

LAST = "en"
"""Its words stand in sentences of every language here, so it is asked about last."""


def language_of(text: str) -> str | None:
    """The code of the language; None where only names, numbers and the like stand there, which are in none."""
    for code, pattern in _patterns():
        if pattern.search(text):
            return code
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    codes = sorted(languages.codes(), key=lambda code: code == LAST)
    return tuple(
        (code, re.compile(str(languages.load(code).get("questions.asked_in.pattern")), re.IGNORECASE))
        for code in codes
    )
