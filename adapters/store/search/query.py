"""Words to look for, as they are asked for: what a person typed means no operator of FTS5."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.store.search.words import is_cjk, normalized, pieces_of, terms_of

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 1_000  # characters that are read of an entry
MOST_WORDS = 16  # of one way to say a thing
MOST_TERMS = 64  # of one word
SHORTEST_BEGINNING = 3  # letters; fewer begin too many words

_JOINED = re.compile(r"""[^\s,;()\[\]{}<>|!?`"“”„«»「」『』、，。；：！？（）【】《》]+""")

_FILLERS = re.compile(
    "为什么|有没有|是不是|能不能|可不可以|怎么样|请问|请给|请列|什么|怎么|怎样|如何|哪些|哪个|哪里|多少|关于|是否|有关|"
    "這些|这些|那些|这个|那个|我们|你们|一下|或者|以及|还有|还是|相关的"
)
"""Chinese words that say nothing of what is looked for, where a run of characters may be cut: no other word is likely
to hold one of these."""

_PARTICLES = re.compile("[的了吗呢吧么着与和或在是有被把让给对]")
"""Characters that mostly stand between words; a run is cut here only when it is found nowhere as it was typed."""


@dataclass(frozen=True, slots=True)
class Word:
    """Terms that stand in a row. begins: the last of them may go on."""

    terms: tuple[str, ...]
    begins: bool = False

    def __str__(self) -> str:
        """As an expression of FTS5: terms hold letters and digits alone, so quotation marks make a string of them.

        Source: sqlite.org/fts5.html#fts5_strings
        """
        return f'"{" ".join(self.terms)}"' + "*" * self.begins

    def looser(self) -> tuple[Word, ...]:
        """What to look for when the word is found nowhere: its parts, or words that begin with it."""
        if len(self.terms) == 1:
            [term] = self.terms
            longer = not self.begins and not is_cjk(term) and len(term) >= SHORTEST_BEGINNING
            return (Word(self.terms, begins=True),) if longer else ()
        if not is_cjk(self.terms[0]):
            # 0 and 11 of v0.11.0 are everywhere
            return tuple(Word((term,)) for term in self.terms if len(term) > 1 and not term.isdigit())
        pieces = _PARTICLES.sub(" ", _run_of(self.terms)).split()
        return tuple(Word((piece[at : at + 2],)) for piece in pieces for at in range(len(piece) - 1))


@dataclass(frozen=True, slots=True)
class Either:
    """One of several ways to say a thing will do; all words of a way must be there."""

    ways: tuple[tuple[Word, ...], ...]

    def __str__(self) -> str:
        return f"({' OR '.join(_all(way) for way in self.ways)})"

    def looser(self) -> tuple[Word, ...]:
        """What to look for when that is found nowhere."""
        words = tuple(dict.fromkeys(word for way in self.ways for word in way))
        return words if len(words) > 1 else words[0].looser()


def entry_of(text: str) -> Either | None:
    """A word that is asked for, or several that mean the same: "memory|oom". None: there is nothing to look for."""
    ways = (tuple(_words(way))[:MOST_WORDS] for way in normalized(text[:LONGEST]).split("|"))
    found = tuple(way for way in ways if way)
    return Either(found) if found else None


def phrase_of(text: str) -> Word | None:
    """Words that must stand as they are. None: there is nothing to look for."""
    return _phrase(normalized(text[:LONGEST]))


def _all(words: tuple[Word, ...]) -> str:
    return f"({' AND '.join(map(str, words))})"


def _words(plain: str) -> Iterator[Word]:
    for joined in _JOINED.findall(plain):
        row: list[str] = []
        for piece in pieces_of(joined):
            if not is_cjk(piece):
                row.append(piece)
                continue
            if row:
                yield Word(tuple(row[:MOST_TERMS]))
                row = []
            yield from _run(piece)
        if row:
            yield Word(tuple(row[:MOST_TERMS]))


def _run(run: str) -> Iterator[Word]:
    """The words of a run without spaces."""
    pieces = [piece for piece in _FILLERS.split(run) if piece]
    for piece in pieces or [run]:
        pairs = terms_of(piece)[: MOST_TERMS + 1]
        # the last term is one character, which where the word is found may be followed by another
        yield Word(tuple(pairs[:-1])) if len(pairs) > 1 else Word((piece,), begins=True)


def _phrase(quoted: str) -> Word | None:
    pieces, terms = pieces_of(quoted), terms_of(quoted)[:MOST_TERMS]
    if not terms:
        return None
    if is_cjk(pieces[-1]) and len(terms[-1]) == 1:
        return Word(tuple(terms), begins=True) if len(pieces[-1]) == 1 else Word(tuple(terms[:-1]))
    return Word(tuple(terms))


def _run_of(pairs: tuple[str, ...]) -> str:
    """The run that its pairs of characters were made of."""
    return pairs[0] + "".join(pair[1:] for pair in pairs[1:])
