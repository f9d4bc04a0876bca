"""The nouns of topics: a topic's rules, the reasons they give, and the ledger of members."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

from summarizer.errors import BadInput
from summarizer.items import Kind
from summarizer.topics.mends import Mend, meaning, settled
from summarizer.topics.organisations import Organisation

if TYPE_CHECKING:
    from collections.abc import Iterable

_CLOSE: Final = 0.75
_MOST_LISTED: Final = 20

Tier = Literal["about", "tagged"]
RuleField = Literal["title", "label", "path", "author", "body", "linked", "organisation"]
ReasonField = Literal["title", "label", "path", "author", "body", "linked", "mend"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One `[[topic.rule]]`: any of the expressions `match`, and none of `unless`, is found in the field `on`.

    A field of many values (label, path) is tried value by value. A rule on `linked` has no expressions.
    share: the part of an item's changed paths, 0 to 1, that must match; for rules on `path` only.
    kind: the one kind of item that the rule is for; None: both.
    organisation: for rules on `organisation`, the title of the one whose people's logins `match` finds.
    """

    on: RuleField
    match: tuple[str, ...]
    tier: Tier
    unless: tuple[str, ...] = ()
    share: float = 0.0
    organisation: str = ""
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    """A named watch. title: language code -> words; aliases are what people may call it.

    mends: what people decided whatever the rules say, as `mends.settled` leaves them.
    """

    key: str
    title: Mapping[str, str]
    aliases: tuple[str, ...]
    rules: tuple[Rule, ...]
    mends: tuple[Mend, ...] = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item belongs to a topic: the field a rule looked at, what matched there, and its tier.

    rule "mend": somebody said so, and `value` is who and why (`Mend.told`).
    organisation: the title of the one whose person the author is, where a rule on `organisation` said so; else "".
    """

    rule: ReasonField
    value: str
    tier: Tier
    organisation: str = ""


@dataclass(frozen=True, slots=True)
class Ledger:
    """A topic's members among a window's items, each with the rules that made it one.

    about, tagged: numbers, ascending and disjoint (about wins). total: how many items were looked at.
    """

    topic: Topic
    about: tuple[int, ...]
    tagged: tuple[int, ...]
    reasons: Mapping[int, tuple[Reason, ...]]
    total: int


@dataclass(frozen=True, slots=True)
class TopicRules:
    """A topic file, read. hash: sha256 hex of what the file and the mends mean; comments and layout do not change it.

    names: `owner/name` in lower case -> the project's display name.
    bots: plain logins (see `topics.bots`) that the file calls bots, besides those everybody knows.
    organisations: key -> each that the package or the file knows.
    unmended: the hash without the mends, where there are some.
    """

    topics: tuple[Topic, ...]
    hash: str
    names: Mapping[str, str] = field(default_factory=dict)
    bots: frozenset[str] = frozenset()
    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    unmended: str = ""

    def mended(self, mends: Iterable[Mend]) -> TopicRules:
        """These rules with the mends besides those they have; mends of topics that are not here mean nothing."""
        new: dict[str, list[Mend]] = {topic.key: [] for topic in self.topics}
        for mend in mends:
            if mend.topic in new:
                new[mend.topic].append(mend)
        if not any(new.values()):
            return self
        topics = tuple(
            replace(topic, mends=settled((*topic.mends, *new[topic.key]))) if new[topic.key] else topic
            for topic in self.topics
        )
        unmended = self.unmended or self.hash
        told = hashlib.sha256(f"{unmended}\n{meaning(topics)}".encode()).hexdigest()
        return replace(self, topics=topics, hash=told, unmended=unmended)

    def project_name(self, repo: str) -> str:
        """The name titles call `owner/name` by: the file's, else the repository's own."""
        return self.names.get(repo.lower(), repo.rpartition("/")[2])

    @property
    def words(self) -> frozenset[str]:
        """What people may call the topics: their keys and aliases."""
        return frozenset(word for topic in self.topics for word in (topic.key, *topic.aliases))

    def find(self, name: str) -> Topic:
        """The topic of that key or alias, in any case. Raises BadInput naming the topics there are."""
        return find_topic(name, self.topics)


def no_topic(name: str, known: Iterable[str]) -> BadInput:
    """What to say to who wrote a topic that there is none of. known: keys and other names of those there are."""
    from difflib import get_close_matches  # only mistakes need it

    names = sorted(set(known))
    if near := get_close_matches(name.casefold(), names, n=1, cutoff=_CLOSE):
        return BadInput("topics.unknown_near", topic=name, suggestion=near[0])
    if len(names) > _MOST_LISTED:
        return BadInput("topics.unknown_many", topic=name)
    return BadInput("topics.unknown", topic=name, known=tuple(names))


def find_topic(name: str, topics: Iterable[Topic]) -> Topic:
    """The topic of that key or alias, in any case; keys win. Raises BadInput naming the topics there are."""
    wanted = name.strip().casefold()
    known = tuple(topics)
    for topic in known:
        if topic.key == wanted:
            return topic
    for topic in known:
        if wanted in (alias.casefold() for alias in topic.aliases):
            return topic
    raise BadInput("topics.unknown", topic=name, known=tuple(topic.key for topic in known))
