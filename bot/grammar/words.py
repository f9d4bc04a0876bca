"""The words of the commands in every language, read from the `[grammar]` tables of the language files.

    [grammar.words]      a canonical phrase = the ways to write it
    [grammar.days]       mon ... sun = the ways to write them
    [grammar.keys]       an option's canonical key = the ways to write it
    [grammar.values.K]   values of the option K that have words of their own
    [grammar.flags]      options without a value
    [grammar.patterns]   regular expressions for what a list of words cannot hold, each with what it means in
                         canonical words; `{n}` is a number, in figures or numerals, `{dow}` a day of the week
    [grammar.numerals]   figures and units of numbers in words
    [grammar.refine]     what surrounds a window in a follow-up question; `only` limits to a kind
    [grammar.examples]   one example per command and kind of schedule, shown when a line nearly was one

All languages feed one parser; a third one is one new file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from summarizer import languages

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_CHUNK = re.compile(r"[\x21-\x7e]+")  # figures and links among words of a script without spaces
_LONGEST_PHRASE = 3  # words
_LONGEST_WORD = 14  # characters

SCHEDULES = frozenset(("hourly", "weekly", "monthly", "every"))
"""What follows `subscribe` and has an example of its own; `daily` has that of `subscribe`."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression over words and the canonical words it stands for. It is compiled when a line first
    needs it: one in another script than the line cannot match."""

    expression: str
    gives: str

    @property
    def is_ascii(self) -> bool:
        return self.expression.isascii()


@dataclass(slots=True)
class Words:
    """The vocabulary of all languages. Written words are in lower case.

    phrases: written words -> canonical words. commands: canonical words of commands and of what follows them.
    keys, flags: written -> canonical. values: key -> written -> canonical. origin: a written word -> the
    language whose file holds it.
    """

    phrases: dict[tuple[str, ...], tuple[str, ...]] = field(default_factory=dict)
    commands: set[str] = field(default_factory=set)
    keys: dict[str, str] = field(default_factory=dict)
    flags: dict[str, str] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    days: dict[str, str] = field(default_factory=dict)
    numerals: dict[str, int] = field(default_factory=dict)
    patterns: list[Pattern] = field(default_factory=list)
    refine: list[str] = field(default_factory=list)
    only: list[str] = field(default_factory=list)
    examples: dict[str, dict[str, str]] = field(default_factory=dict)
    origin: dict[str, str] = field(default_factory=dict)

    def canonical(self, text: str) -> tuple[str, ...]:
        """The canonical words of plain words: patterns first, then the longest phrases; unknown words stay as
        they are."""
        for pattern in self.patterns:
            if pattern.is_ascii or not text.isascii():
                text = _whole_words(pattern).sub(partial(self._given, pattern), text)
        return tuple(self._phrases(text.split()))

    def segmented(self, text: str) -> tuple[str, ...]:
        """As `canonical`, but words of a script without spaces are also taken apart where all of their pieces
        are known: "12月8日到10日" is three."""
        words: list[str] = []
        for word in text.split():
            whole = self.canonical(word)
            pieces = () if whole != (word,) or word.isascii() else self._pieces(word)
            words.extend(pieces or [word])
        return self.canonical(" ".join(words))

    def is_known(self, word: str) -> bool:
        """Whether a canonical word belongs to a command."""
        return word.lower() in self.commands

    def example(self, command: str, first: str) -> str:
        """How `command` is written, in the language of the word that the line began with."""
        table = self.examples.get(self.origin.get(first.lower(), "en")) or self.examples["en"]
        return table.get(command, self.examples["en"].get(command, command))

    def starts(self) -> list[str]:
        """The written words that open a command, for suggestions."""
        commands = self.examples["en"].keys() - SCHEDULES
        return sorted({written[0] for written, words in self.phrases.items() if words[0] in commands})

    def number(self, text: str) -> int:
        """A number in figures or numerals: "12", "三", "二十四"."""
        if text.isdecimal():
            return int(text)
        total = digit = 0
        for sign in text:
            value = self.numerals[sign]
            if value >= 10:
                total += (digit or 1) * value
                digit = 0
            else:
                digit = digit * 10 + value
        return total + digit

    def _given(self, pattern: Pattern, found: re.Match[str]) -> str:
        values: dict[str, Any] = {
            name: self.days[text.lower()] if name.startswith("dow") else self.number(text)
            for name, text in found.groupdict().items()
            if text is not None
        }
        return pattern.gives.format(**values)

    def _phrases(self, words: list[str]) -> Iterator[str]:
        at = 0
        while at < len(words):
            for length in range(min(_LONGEST_PHRASE, len(words) - at), 0, -1):
                known = self.phrases.get(tuple(word.lower() for word in words[at : at + length]))
                if known is not None:
                    yield from known
                    at += length
                    break
            else:
                yield words[at]
                at += 1

    def _pieces(self, word: str) -> list[str]:
        """The known pieces of a word, longest first at each place; empty where something is left over."""
        pieces: list[str] = []
        at = 0
        while at < len(word):
            piece = self.piece(word, at)
            if not piece:
                return []
            pieces.append(piece)
            at += len(piece)
        return pieces

    def piece(self, word: str, at: int) -> str:
        lengths = [
            length
            for length in range(_LONGEST_WORD, 0, -1)
            if (word[at : at + length].lower(),) in self.phrases
        ]
        matches = (_compiled(pattern.expression).match(word, at) for pattern in self.patterns)
        found = [match[0] for match in matches if match]
        found += [word[at : at + lengths[0]]] if lengths else []
        if not found and (chunk := _CHUNK.match(word, at)):
            found = [chunk[0]]
        return max(found, key=len, default="")


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)


def _whole_words(pattern: Pattern) -> re.Pattern[str]:
    return _compiled(rf"(?<!\S)(?:{pattern.expression})(?!\S)")


@cache
def load_words() -> Words:
    """The words of all language files."""
    words = Words()
    for code in languages.codes():
        _add(words, code, languages.load(code).get("grammar"))
    return words


def _add(words: Words, code: str, table: Mapping[str, Any]) -> None:
    for phrase, written in {**table.get("words", {}), **table.get("days", {})}.items():
        words.commands.update(phrase.split())
        for way in written:
            words.phrases[tuple(way.lower().split())] = tuple(phrase.split())
            for word in way.lower().split():
                words.origin.setdefault(word, code)
    for day, written in table.get("days", {}).items():
        words.days.update({way.lower(): day for way in written})
    for key, written in table.get("keys", {}).items():
        words.keys.update({way.lower(): key for way in written})
    for flag, written in table.get("flags", {}).items():
        words.flags.update({way.lower(): flag for way in written})
    for key, values in table.get("values", {}).items():
        known = words.values.setdefault(key, {})
        known.update({way.lower(): value for value, written in values.items() for way in written})
    words.values.setdefault("lang", {})[languages.load(code).text("language.name").lower()] = code
    words.numerals.update(table.get("numerals", {}))
    words.examples[code] = dict(table.get("examples", {}))
    _add_patterns(words, table)


def _add_patterns(words: Words, table: Mapping[str, Any]) -> None:
    numerals = "".join(table.get("numerals", {}))
    number = rf"(?:\d{{1,9}}|[{numerals}]{{1,7}})" if numerals else r"\d{1,9}"
    ways = (re.escape(day) for written in table.get("days", {}).values() for day in written)
    days = "|".join(sorted(ways, key=len, reverse=True))
    for entry in table.get("patterns", ()):
        expression = entry["match"].replace("{n}", number).replace("{dow}", f"(?:{days})")
        words.patterns.append(Pattern(expression, entry["gives"]))
    refine = table.get("refine", {})
    words.refine += refine.get("window", ())
    words.only += refine.get("only", ())
