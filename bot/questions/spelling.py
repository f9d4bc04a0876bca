"""Slips of the keyboard: "yesteday", "megred", "thsi week" are read as what was meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.grammar.words import load_words

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from bot.questions.lexicon import Lexicon

_WORD = re.compile(r"(?<![\w@#/.:'-])[a-z]{4,20}(?![\w/.:'-]*\w)", re.IGNORECASE | re.ASCII)
_DOUBLED = re.compile(r"(\w)\1+")
_MENDED = ("kind", "event", "state", "form", "order", "topic", "plain", "link", "step", "bound")
_SHORTEST = 5
"""Letters of a word that may have lost one letter, got one more or another; in a shorter one two may be swapped."""
_SHORTEST_WRITTEN = 4
_LONG = 9
"""Letters of a word from which on it may have lost two."""


@dataclass(frozen=True, slots=True)
class Slip:
    """A word that was put right. at: where it stands in the text that is put right."""

    at: int
    written: str
    meant: str


class Spelling:
    """The words that may be misspelt, by what is left of them when letters are lost."""

    def __init__(self, lexicons: Sequence[Lexicon], kept: Collection[str]) -> None:
        common = set().union(*(lexicon.words("kind", "event") for lexicon in lexicons))
        for lexicon in lexicons:
            common |= {word for entry in lexicon.windows for word in _words_of(entry["match"])}
            common |= {month for month in lexicon.months if month.isascii()}
        self._common = common | {day for day in load_words().days if day.isascii()}
        words = self._common.union(*(lexicon.words(*_MENDED) for lexicon in lexicons))
        self._words = {word for word in words if len(word) >= _SHORTEST_WRITTEN and word.isalpha()}
        self._known = self._words.union(kept, *(lexicon.words() for lexicon in lexicons))
        self._lost: dict[str, set[str]] = {}
        for word in self._words:
            if len(word) >= _SHORTEST:
                for left in {word, *_shorter(word)}:
                    self._lost.setdefault(left, set()).add(word)
            if len(word) >= _LONG:
                for left in {less for once in _shorter(word) for less in _shorter(once)}:
                    self._lost.setdefault(left, set()).add(word)
        self._single: dict[str, set[str]] = {}
        for word in self._words:
            self._single.setdefault(_DOUBLED.sub(r"\1", word), set()).add(word)
        self._sorted: dict[str, set[str]] = {}
        for word in self._words:
            self._sorted.setdefault("".join(sorted(word)), set()).add(word)

    def mended(
        self,
        text: str,
        quotes: Sequence[tuple[int, int, str]],
        is_login: Callable[[str], bool],
        kept: Collection[str] = (),
    ) -> tuple[str, list[Slip]]:
        """The text with its slips put right, and these; what it quotes stays, and so do the words `kept`, in lower
        case."""
        slips: list[Slip] = []
        longer = 0

        def mend(found: re.Match[str]) -> str:
            nonlocal longer
            written = found[0]
            inside = any(start <= found.start() < end for start, end, _ in quotes)
            if inside or written.lower() in kept or is_login(written):
                return written
            meant = self.word(written)
            if meant != written:
                slips.append(Slip(found.start() + longer, written, meant))
                longer += len(meant) - len(written)
            return meant

        return _WORD.sub(mend, text), slips

    def word(self, written: str) -> str:
        """What was meant; the word itself where it is known or nothing, or more than one thing, is near."""
        low = written.lower()
        if low in self._known or low.removesuffix("s") in self._known:
            return written
        swapped = {word for word in self._sorted.get("".join(sorted(low)), ()) if _are_swapped(low, word)}
        if len(swapped) == 1:
            return swapped.pop()
        doubled = self._single.get(_DOUBLED.sub(r"\1", low), ())
        if len(doubled) == 1:
            return next(iter(doubled))
        if len(low) < _SHORTEST_WRITTEN:
            return written
        lefts = {low, *_shorter(low)} if len(low) >= _SHORTEST else {low}
        near = {word for left in lefts for word in self._lost.get(left, ())}
        if len(low) < _SHORTEST:
            near &= self._common
        near = {word for word in near if word[0] == low[0] and _is_near(low, word)}
        near = {word for word in near if word in self._common or not _are_forms(low, word)}
        nearest = {word for word in near if abs(len(word) - len(low)) < 2} or near
        return nearest.pop() if len(nearest) == 1 else written


def _words_of(expression: str) -> Iterator[str]:
    """The words that a regular expression spells out: "days" and "day" of "days?"."""
    for word in re.findall(r"[a-z]{4,}\??", re.sub(r"\(\?[:!P<=][^)]{0,3}|\\.", " ", expression)):
        yield from {word.rstrip("?"), word.rstrip("s?")}


def _are_forms(one: str, other: str) -> bool:
    """Whether one word is the other with a letter at its end: "parse" and "parser"."""
    return one[:-1] == other or other[:-1] == one


def _shorter(word: str) -> Iterator[str]:
    for at in range(1, len(word)):
        yield word[:at] + word[at + 1 :]


def _are_swapped(one: str, other: str) -> bool:
    """Whether two neighbouring letters are swapped, and nothing else."""
    apart = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    return len(apart) == 2 and apart[1] == apart[0] + 1 and one[apart[0]] == other[apart[1]]


def _is_near(one: str, other: str) -> bool:
    """Whether one letter is missing, more or, in longer words, another; in long ones two may be missing."""
    if abs(len(one) - len(other)) == 1:
        long, short = (one, other) if len(one) > len(other) else (other, one)
        return short in set(_shorter(long))
    if len(other) - len(one) == 2:
        return len(other) >= _LONG
    return len(one) >= _LONG - 2 and sum(a != b for a, b in zip(one, other, strict=False)) == 1
