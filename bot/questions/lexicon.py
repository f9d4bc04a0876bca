"""The words of questions in every language, read from the `[questions]` tables of the language files.

    [questions.kinds]     kind of item, or "any" = the ways to write it
    [questions.events], .states, .filters, .forms, .steps, .orders: a query's value = the ways to write it
    [questions.links]     what ties a word to another: by, about, without, labelled ...
    [questions.bounds]    what stands around a window: since, before, between ...
    [questions.follow]    what opens a follow-up: "what about", "only"
    [questions.fillers]   words that mean nothing here
    [questions.nods]      what asks nothing
    [questions.plain]     names of topics that are plain words as well
    [questions.narrow]    names of topics for but a part of them = the ways that part is written
    [questions.spelling]  words that are no misspelling of another, however near
    [questions.numbers], [questions.months]: names of numbers
    [questions.windows]   regular expressions for windows (see `bot.questions.moments`)
    [questions.glossary]  terms = the English words to look for

All languages feed one lexicon; a third one is one new file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from summarizer import languages

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from summarizer.topics import TopicRules

Means = dict[str, tuple[str, ...]]
"""What a phrase means: category -> values, such as {"kind": ("issue",)}."""

_CATEGORIES = {
    "kinds": "kind", "events": "event", "states": "state", "filters": "filter", "forms": "form", "steps": "step",
    "orders": "order", "links": "link", "bounds": "bound", "follow": "follow", "nods": "nod",
}  # fmt: skip
_JOINS = re.compile(r"[A-Za-z0-9_]")
_SPACES = re.compile(r"\s+")


@dataclass(slots=True)
class Lexicon:
    """Phrases in lower case, and what they mean."""

    phrases: dict[str, Means] = field(default_factory=dict)
    plain: set[str] = field(default_factory=set)
    numbers: dict[str, int] = field(default_factory=dict)
    months: dict[str, int] = field(default_factory=dict)
    windows: list[Mapping[str, Any]] = field(default_factory=list)
    kept: set[str] = field(default_factory=set)
    narrow: dict[str, str] = field(default_factory=dict)
    _lengths: dict[str, tuple[int, ...]] = field(default_factory=dict)

    def add(self, phrase: str, category: str, *values: str) -> None:
        means = self.phrases.setdefault(_SPACES.sub(" ", phrase.lower()), {})
        means[category] = tuple(dict.fromkeys((*means.get(category, ()), *values)))

    def finish(self) -> None:
        """Index the phrases, once all are there."""
        lengths: dict[str, set[int]] = {}
        for phrase in self.phrases:
            lengths.setdefault(phrase[:2], set()).add(len(phrase))
            lengths.setdefault(phrase[:1], set())
            if len(phrase) == 1:
                lengths[phrase].add(1)
        self._lengths = {start: tuple(sorted(each, reverse=True)) for start, each in lengths.items()}

    def longest(self, text: str, at: int, stop: int) -> tuple[int, Means]:
        """How long the longest phrase is that stands at `at` in `text` (lower case) and ends before `stop`, and what it
        means; 0 for none."""
        for start in (text[at : at + 2], text[at : at + 1]):
            for length in self._lengths.get(start, ()):
                means = self.phrases.get(text[at : at + length])
                if means is not None and at + length <= stop and _ends(text, at + length):
                    return length, means
        return 0, {}

    def known(self, phrase: str) -> Means:
        return self.phrases.get(phrase.lower(), {})

    def words(self, *categories: str) -> set[str]:
        """The ASCII words of the phrases of some categories; of all when none is named."""
        chosen = (
            phrase
            for phrase, means in self.phrases.items()
            if not categories or means.keys() & set(categories)
        )
        return {word for phrase in chosen for word in re.findall(r"[a-z][a-z']+", phrase)}


def _ends(text: str, end: int) -> bool:
    """Whether a word may end there: no letter follows a letter, and no hyphen with a letter after it."""
    before, after = text[end - 1], text[end : end + 2]
    if not after or not _JOINS.match(before):
        return True
    if _JOINS.match(after[0]):
        return False
    if after[0] in "-.'/" and len(after) == 2 and _JOINS.match(after[1]):
        return after == "'s"
    return True


@cache
def load_lexicon() -> Lexicon:
    """The words of all language files."""
    lexicon = Lexicon()
    for code in languages.codes():
        language = languages.load(code)
        if language.has("questions"):
            _add(lexicon, language.get("questions"))
    lexicon.finish()
    return lexicon


def _add(lexicon: Lexicon, tables: Mapping[str, Any]) -> None:
    for table, category in _CATEGORIES.items():
        for value, phrases in tables.get(table, {}).items():
            for phrase in phrases:
                lexicon.add(phrase, category, value)
    for phrase in tables.get("fillers", {}).get("words", ()):
        lexicon.add(phrase, "filler", "")
    for name, number in tables.get("numbers", {}).items():
        lexicon.add(name, "number", str(number))
    for phrase, words in tables.get("glossary", {}).items():
        lexicon.add(phrase, "glossary", *words)
        lexicon.kept.update(term for word in words for term in word.split("|"))
    lexicon.plain.update(tables.get("plain", {}).get("names", ()))
    for name, ways in tables.get("narrow", {}).items():
        lexicon.narrow[name] = "|".join(ways)
    lexicon.kept.update(tables.get("spelling", {}).get("keep", ()))
    lexicon.numbers.update(tables.get("numbers", {}))
    lexicon.months.update(tables.get("months", {}))
    lexicon.windows.extend(tables.get("windows", ()))


def names_of(rules: TopicRules, plain: Iterable[str]) -> Lexicon:
    """What the topics and organisations of a topic file are called."""
    lexicon = Lexicon()
    weak = set(plain)
    for topic in rules.topics:
        names = (topic.key, *topic.title.values(), *topic.aliases)
        for name in dict.fromkeys(way for each in names for way in _ways(each.lower())):
            lexicon.add(
                name, "plain" if name in weak or name.removesuffix("s") in weak else "topic", topic.key
            )
    for key, organisation in rules.organisations.items():
        lexicon.add(key, "organisation", key)
        lexicon.add(organisation.title, "organisation", key)
    lexicon.finish()
    return lexicon


def _ways(name: str) -> Sequence[str]:
    """A name, its plural, and a chip's name with its letter ("mi300x")."""
    if re.fullmatch(r"[a-z]+\d{3,}", name):
        return (name, f"{name}x")
    if re.fullmatch(r"[a-z][a-z -]*[a-rt-z]", name) and len(name) > 3:
        return (name, f"{name}s")
    return (name,)
