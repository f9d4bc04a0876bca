"""Highlighting: where the words of a search stand in a text. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from markupsafe import Markup, escape

from summarizer.untrusted import neutralize

if TYPE_CHECKING:
    from collections.abc import Iterable

    from summarizer.questions import Query

_MOST: Final = 20
_LONGEST: Final = 60
_READ: Final = 20_000
"""Characters of a text that are looked through."""
_AROUND: Final = 90
"""Characters that an excerpt has on each side."""
_ENDINGS: Final = ("ing", "ies", "ed", "es", "s", "e", "y")
_STEM: Final = 4
_WORD: Final = re.compile(r"[0-9A-Za-z]+\Z")


class Highlighter:
    """Finds the words of a query in any form, as its search does."""

    def __init__(self, query: Query) -> None:
        terms = [term.strip() for word in query.words for term in word.split("|")]
        wanted = [*query.phrases, *terms, *(path.replace("*", "") for path in query.paths)]
        ways = sorted({_way(each[:_LONGEST]) for each in wanted[:_MOST]} - {""}, key=len, reverse=True)
        self._pattern = re.compile("|".join(ways), re.IGNORECASE) if ways else None

    def marked(self, text: str) -> Markup:
        """The text, escaped, with what was found marked."""
        shown, done = Markup(), 0
        for found in self._pattern.finditer(text) if self._pattern else ():
            shown += escape(text[done : found.start()]) + Markup("<mark>{}</mark>").format(found[0])
            done = found.end()
        return shown + escape(text[done:])

    def excerpt(self, texts: Iterable[str]) -> Markup:
        """What stands around the first place in the texts, marked; nothing where there is none."""
        if self._pattern is None:
            return Markup()
        for text in texts:
            plain = neutralize(text[:_READ].replace("`", ""))
            found = self._pattern.search(plain)
            if found is not None:
                return self.marked(_around(plain, found.start(), found.end()))
        return Markup()


def _way(term: str) -> str:
    """An expression for a term: words in a row with anything but words between them, each in any form."""
    words = neutralize(term).split()
    return r"[\W_]{1,3}".join(map(_form, words))


def _form(word: str) -> str:
    if not _WORD.match(word):
        return re.escape(word)
    stem = word
    if word.isalpha():
        stem = next(
            (
                word[: -len(ending)]
                for ending in _ENDINGS
                if word.lower().endswith(ending) and len(word) - len(ending) >= _STEM
            ),
            word,
        )
    return rf"(?<![0-9A-Za-z]){stem}[0-9A-Za-z]*"


def _around(text: str, begin: int, end: int) -> str:
    since, until = max(0, begin - _AROUND), min(len(text), end + _AROUND)
    if since and (space := text.find(" ", since, begin)) >= 0:
        since = space + 1
    if until < len(text) and (space := text.rfind(" ", end, until)) >= 0:
        until = space
    return ("…" if since else "") + text[since:until] + ("…" if until < len(text) else "")
