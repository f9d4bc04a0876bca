"""What the checks of one claim share: the window's evidence, looked up once, and the claim as read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from summarizer.digests import Claim
from summarizer.verify.evidence import Evidence
from summarizer.verify.injected import Tainted
from summarizer.verify.reading import Reading, Subject
from summarizer.verify.tokens import Tokenizer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from summarizer.facts import Facts
    from summarizer.items import Item, Person
    from summarizer.topics import Topic
    from summarizer.verify.lexicon import Lexicon

_COMMON: Final = 3
"""In how many items that a login has no part in it must stand as a plain word to count as one."""


class Index:
    """A window's facts, arranged for looking things up."""

    def __init__(self, facts: Facts, lexicon: Lexicon) -> None:
        self.facts = facts
        self.lexicon = lexicon
        self.items: Mapping[int, Item] = {**facts.related, **facts.items}
        hot = {thread.number: thread for thread in facts.hot}
        self._evidence = {
            number: Evidence(item, facts.window, *_talk(item, facts, hot.get(number) is not None))
            for number, item in self.items.items()
        }

    def evidence(self, number: int) -> Evidence:
        return self._evidence[number]

    @cached_property
    def tainted(self) -> Tainted:
        """What the items' texts order models to do."""
        return Tainted.of(self.items.values())

    @cached_property
    def logins(self) -> Mapping[str, str]:
        """Case-folded login -> as written, of everybody known."""
        known: dict[str, str] = {}
        for item in self.items.values():
            known.update((person.login.casefold(), person.login) for person in _people(item))
        others = [login for thread in self.facts.hot for login in thread.participants]
        others += [*self.facts.first_time, *(contributor.login for contributor in self.facts.contributors)]
        for login in others:
            known.setdefault(login.casefold(), login)
        return known | {
            folded.removesuffix("[bot]"): login.removesuffix("[bot]") for folded, login in known.items()
        }

    @cached_property
    def tokenizer(self) -> Tokenizer:
        paths = [path for item in self.facts.items.values() for path in item.files or ()]
        folders = frozenset(path.split("/")[0] for path in paths if "/" in path)
        return Tokenizer(self.lexicon, self.logins, self._ordinary(), folders)

    def _ordinary(self) -> frozenset[str]:
        """Logins that are also words: they stand in titles of items that these people have no part in."""
        suspects = {login for login in self.logins if login.isalpha()}
        seen: dict[str, int] = {}
        for evidence in self._evidence.values():
            words = set(re.findall(r"[a-z]+", evidence.item.title.casefold()))
            for login in (words & suspects) - evidence.people["any"]:
                seen[login] = seen.get(login, 0) + 1
        return frozenset(login for login, times in seen.items() if times >= _COMMON)

    @cached_property
    def topics(self) -> re.Pattern[str]:
        """The name of any topic of the window's rules."""
        return re.compile(_alternatives(self._topic_names), re.IGNORECASE)

    @cached_property
    def denials(self) -> re.Pattern[str]:
        """Sayings that deny a topic."""
        strong = {name for key in self.facts.ledgers for name in self._strong_names(key)}
        names = {"topic": _alternatives(self._topic_names), "strong": _alternatives(strong)}
        return self.lexicon.any_of("topic.denials", **names)

    @cached_property
    def _topic_names(self) -> frozenset[str]:
        return frozenset(name for key in self.facts.ledgers for name in self.names_of(key))

    def names_of(self, key: str) -> frozenset[str]:
        """What a topic may be called: its key, titles, their parts, aliases."""
        topic = self.facts.ledgers[key].topic
        names = {topic.key, *topic.aliases, *topic.title.values(), *_parts(topic)}
        return frozenset(name for name in names if len(name) > 1)

    def names_strongly(self, text: str, key: str) -> bool:
        """Whether a text names the topic by a name that is no plain word."""
        strong = _alternatives(self._strong_names(key))
        return re.search(strong, text, re.IGNORECASE) is not None

    def _strong_names(self, key: str) -> frozenset[str]:
        """The names of a topic that are no plain words: "AMD", and with it all of AMD's, but not "models"."""
        topic = self.facts.ledgers[key].topic
        parts = _parts(topic)
        proper = {part for part in parts if _is_proper(part)}
        all_proper = all(part in proper for part in parts if part.isascii())
        return self.names_of(key) if proper and all_proper else frozenset(proper)


def _is_proper(name: str) -> bool:
    return " " not in name and name.isascii() and sum(char.isupper() for char in name) > 1


def _parts(topic: Topic) -> set[str]:
    """The parts of a topic's titles: "AMD/ROCm 生态" -> AMD, ROCm 生态, ROCm."""
    parts: set[str] = set()
    for title in topic.title.values():
        parts.update(part.strip() for part in re.split(r"[/、,，()（）]", title))
        if not title.isascii():
            parts.update(re.findall(r"[A-Za-z][A-Za-z0-9.+-]+", title))
    return {part for part in parts if part}


def _alternatives(names: Iterable[str]) -> str:
    sources = []
    for name in sorted(names, key=lambda name: (-len(name), name)):
        first = r"(?<![A-Za-z0-9])" if name[0].isascii() else ""
        last = r"(?![A-Za-z0-9])" if name[-1].isascii() else ""
        sources.append(f"{first}{re.escape(name)}{last}")
    return f"(?:{'|'.join(sources)})" if sources else r"(?!)"


def _people(item: Item) -> Iterator[Person]:
    people = [item.author, item.merged_by, *(event.actor for event in item.events)]
    people += [comment.author for comment in item.comments]
    people += [review.author for review in item.reviews]
    return (person for person in people if person is not None)


def _talk(item: Item, facts: Facts, is_hot: bool) -> tuple[int, int]:
    """Comments and people who commented in the window, bots left out."""
    if is_hot:
        thread = next(thread for thread in facts.hot if thread.number == item.number)
        return thread.comments_in_window, len(thread.participants)
    talk = [c for c in item.comments if c.created_at in facts.window and not c.author.is_bot]
    return len(talk), len({comment.author.login for comment in talk})


@dataclass
class Case:
    """One claim before its judges.

    counted: places of state words that belong to a count, which has been judged. aggregates: how many counts of the
    window were found true. credited: places of logins whose figures as contributors were found true.
    """

    claim: Claim
    index: Index
    reading: Reading
    counted: set[int] = field(default_factory=set)
    aggregates: int = 0
    credited: set[int] = field(default_factory=set)

    @property
    def facts(self) -> Facts:
        return self.index.facts

    @property
    def lexicon(self) -> Lexicon:
        return self.index.lexicon

    def evidence_of(self, subject: Subject) -> list[Evidence]:
        return [self.index.evidence(number) for number in subject.numbers]


def listing(numbers: Iterable[int]) -> str:
    """ "#1, #2": for details."""
    return ", ".join(f"#{number}" for number in numbers) or "no item"
