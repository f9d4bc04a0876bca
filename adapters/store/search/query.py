"""A query: what a person typed, as words to look for. Of all signs only quotation marks mean something."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.store.search.words import is_cjk, normalized, pieces_of, terms_of

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 1_000  # characters that are read of a query
MOST_WORDS = 16
MOST_TERMS = 64  # of one word
SHORTEST_BEGINNING = 3  # letters; fewer begin too many words

_QUOTED = re.compile(r"""["“”„«»「」『』]([^"“”„«»「」『』]+)["“”„«»「」『』]""")
_JOINED = re.compile(r"""[^\s,;()\[\]{}<>|!?`"“”„«»「」『』、，。；：！？（）【】《》]+""")

STOP_WORDS = frozenset({
    "a", "about", "after", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been",
    "before", "being", "between", "but", "by", "can", "could", "d", "did", "didn", "do", "does", "doesn",
    "doing", "don", "done", "each", "for", "from", "get", "give", "had", "has", "have", "having", "he",
    "her", "here", "him", "his", "how", "i", "if", "in", "into", "is", "isn", "it", "its", "just", "let",
    "ll", "m", "may", "me", "might", "more", "most", "much", "must", "my", "no", "nor", "not", "now", "of",
    "off", "on", "one", "or", "other", "our", "out", "over", "own", "please", "re", "s", "shall", "she",
    "should", "show", "since", "so", "some", "such", "t", "tell", "than", "that", "the", "their", "them",
    "then", "there", "these", "they", "this", "those", "to", "too", "under", "up", "us", "ve", "very",
    "was", "we", "were", "what", "when", "where", "which", "while", "who", "whom", "why", "will", "with",
    "would", "you", "your",
})  # fmt: skip
"""English words that say nothing of what is looked for; dropped when others remain."""

_FILLERS = re.compile(
    "为什么|有没有|是不是|能不能|可不可以|怎么样|请问|请给|请列|什么|怎么|怎样|如何|哪些|哪个|哪里|多少|关于|是否|有关|"
    "這些|这些|那些|这个|那个|我们|你们|一下|或者|以及|还有|还是|相关的"
)
"""The same for Chinese, and where a run of characters may be cut: no other word is likely to hold one of these."""

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
class Query:
    """phrases: were quoted, and must be there. words: the more of them the better."""

    phrases: tuple[Word, ...]
    words: tuple[Word, ...]

    def __bool__(self) -> bool:
        return bool(self.phrases or self.words)


def parse_query(text: str) -> Query:
    """A person's words, in any language; empty when there is no letter and no digit among them."""
    plain = normalized(text[:LONGEST])
    phrases = [word for quoted in _QUOTED.findall(plain) if (word := _phrase(quoted)) is not None]
    found = list(dict.fromkeys(_words(_QUOTED.sub(" ", plain))))
    telling = [word for word in found if not _says_nothing(word)]
    words = telling if telling or phrases else found
    return Query(tuple(dict.fromkeys(phrases))[:MOST_WORDS], tuple(words[:MOST_WORDS]))


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


def _says_nothing(word: Word) -> bool:
    if is_cjk(word.terms[0]):
        run = _run_of(word.terms)
        return _FILLERS.fullmatch(run) is not None or _PARTICLES.fullmatch(run) is not None
    return all(term in STOP_WORDS for term in word.terms)


def _run_of(pairs: tuple[str, ...]) -> str:
    """The run that its pairs of characters were made of."""
    return pairs[0] + "".join(pair[1:] for pair in pairs[1:])
