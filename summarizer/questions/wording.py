"""Wording: how answers call topics, people and what somebody typed, in one language. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from summarizer import pages
from summarizer.extract.sentences import shorten
from summarizer.extract.words import code
from summarizer.languages import Language
from summarizer.questions.query import ME
from summarizer.questions.times import Times
from summarizer.topics import TopicRules
from summarizer.untrusted import neutralize

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from summarizer.items import Item, Kind
    from summarizer.questions.query import Part, Role

_LONGEST = 80
"""Characters of a typed word or phrase that are shown."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one language, the names of the topics, and the times. Texts obey the grammar of
    `digests.Claim.text`."""

    language: Language
    rules: TopicRules
    times: Times

    def text(self, key: str, **values: object) -> str:
        """The sentence at `answers.<key>`."""
        return self.language.text(f"answers.{key}", **values)

    def listing(self, parts: Iterable[str]) -> str:
        """ "a, b, c"."""
        return str(self.language.get("list.separator")).join(parts)

    def any_of(self, parts: Sequence[str]) -> str:
        """ "a, b or c"."""
        return self._last_by("or", parts)

    def all_of(self, parts: Sequence[str]) -> str:
        """ "a, b and c"."""
        return self._last_by("and", parts)

    def _last_by(self, word: str, parts: Sequence[str]) -> str:
        if len(parts) < 2:
            return "".join(parts)
        first, last = self.spaced(self.listing(parts[:-1])), self.spaced(parts[-1])
        return self.text(word, parts=first, last=last).strip()

    def topic(self, key: str) -> str:
        """A topic's title; its key where nobody knows it."""
        for topic in self.rules.topics:
            if topic.key == key:
                return neutralize(pages.topic_name(topic, self.language))
        return self.typed(key)

    def organisation(self, key: str) -> str:
        known = self.rules.organisations.get(key)
        return neutralize(known.title) if known else self.typed(key)

    def person(self, login: str) -> str:
        """A login as a code span, which pings nobody; who asks as "you"."""
        return self.text("you") if login == ME else code(login)

    def noun(self, kind: Kind | None, n: int) -> str:
        """ "PR", "PRs", "items"."""
        return self.text(f"noun.{kind or ('either' if n == 1 else 'both')}", n=n)

    def typed(self, text: str) -> str:
        """What somebody typed, on one line and not for ever."""
        return shorten(neutralize(text).replace("`", "'"), _LONGEST)

    def quoted(self, text: str) -> str:
        return self.text("quoted", text=self.typed(text))

    def words(self, words: Sequence[str], phrases: Sequence[str] = ()) -> str:
        """Words and phrases that were looked for, all of them: “kv” and (“cache” or “buffer”)."""
        told = []
        for word in words:
            terms = [self.quoted(term) for term in word.split("|")]
            is_apart = len(terms) > 1 and len(words) + len(phrases) > 1
            told.append(self.text("grouped", parts=self.any_of(terms)) if is_apart else self.any_of(terms))
        return self.all_of([*told, *map(self.quoted, phrases)])

    def parts(self, people: Sequence[Part], key: Callable[[Role], str]) -> list[str]:
        """Who is asked for, a phrase for each role, whose people are alternatives. key: below `answers`, where {login}
        is who."""
        roles: dict[Role, list[str]] = {}
        for each in people:
            roles.setdefault(each.role, []).append(self.person(each.login))
        return [
            self.text(key(role), login=self.spaced(self.any_of(logins))).strip()
            for role, logins in roles.items()
        ]

    def within(self, said: str) -> str:
        """A sentence as it stands behind a colon."""
        begins_small = bool(self.text("gap")) and said[1:2] in (" ", said[1:2].lower())
        return said[:1].lower() + said[1:] if begins_small else said

    def state(self, item: Item) -> str:
        """ "open", "draft", "merged", "closed without merging"."""
        if item.state == "closed" and item.is_pull_request:
            return self.language.text("extract.state.closed_unmerged")
        name = "draft" if item.state == "open" and item.is_draft else item.state
        return self.language.text(f"extract.state.{name}")

    def spaced(self, text: str) -> str:
        return spaced(text, self.language)


def spaced(text: str, language: Language) -> str:
    """`text` ready to stand between words of the language: where words have no gaps, one before and behind what is
    written in Latin letters or figures."""
    if not text or language.text("answers.gap"):
        return text
    return f"{' ' * _is_latin(text[0])}{text}{' ' * _is_latin(text[-1])}"


def _is_latin(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in "`#@/*)")
