"""Members of a topic, as a digest's ledger has them: by the rules on each item, then by mends, then by links.

The truth is `summarizer.topics.match_topics`; here the same follows from rows, without reading an item.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.store.search.tables import ABOUT, TAGGED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.store.search.connection import Connection
    from adapters.store.search.sought import TopicSought


@dataclass(frozen=True, slots=True)
class Members:
    """about, tagged: numbers, disjoint. via: of those that are members by a link, with which items."""

    about: frozenset[int]
    tagged: frozenset[int]
    via: Mapping[int, frozenset[int]] = field(default_factory=dict)

    @property
    def all(self) -> frozenset[int]:
        return self.about | self.tagged


class MembersReader:
    """Reads members among the items of the table `among`, which has their numbers. rules: the row of `rules`."""

    def __init__(self, connection: Connection, identity: int, rules: int, among: str) -> None:
        self._connection = connection
        self._identity = identity
        self._rules = rules
        self._among = among

    def read(self, topic: TopicSought) -> Members:
        about, tagged = self._own("tier", topic.key)
        if topic.authors_removed:
            theirs = self._by(topic.authors_removed)
            barely_about, barely_tagged = self._own("bare", topic.key)
            about = (about - theirs) | (barely_about & theirs)
            tagged = (tagged - theirs) | (barely_tagged & theirs)
        if topic.authors_added:
            tagged |= self._by(topic.authors_added) - about
        about = (about | self._there(topic.added)) - topic.removed
        tagged = tagged - about - topic.removed
        via = self._linked(about, topic) if topic.linked else {}
        if "about" in topic.linked:
            return Members(about | via.keys(), tagged - via.keys(), via)
        return Members(about, (tagged | via.keys()) - about, via)

    def _own(self, tier: str, topic: str) -> tuple[frozenset[int], frozenset[int]]:
        """Those that are about the topic and those that are tagged with it, by the rules on themselves."""
        rows = self._connection.rows(
            f"m.{tier}, m.number",
            f"FROM members_{self._identity} m WHERE m.rules = ? AND m.topic = ? AND m.number IN"  # noqa: S608
            f" (SELECT number FROM {self._among})",
            (self._rules, topic),
        )
        found: dict[int, list[int]] = {ABOUT: [], TAGGED: []}
        for value, number in rows:
            found.setdefault(value, []).append(number)
        return frozenset(found[ABOUT]), frozenset(found[TAGGED])

    def _by(self, logins: Iterable[str]) -> frozenset[int]:
        """The items of authors, by their plain logins."""
        numbers = self._connection.column(
            "i.number",
            f"FROM items_{self._identity} i JOIN {self._among} a USING (number) WHERE i.author IN"  # noqa: S608
            f" (SELECT id FROM logins_{self._identity} WHERE plain IN (SELECT value FROM json_each(?)))",
            (json.dumps(sorted(logins)),),
        )
        return frozenset(numbers)

    def _there(self, numbers: Iterable[int]) -> frozenset[int]:
        asked = json.dumps(sorted(numbers))
        tail = f"FROM {self._among} WHERE number IN (SELECT value FROM json_each(?))"  # noqa: S608
        return frozenset(self._connection.column("number", tail, (asked,)))

    def _linked(self, about: frozenset[int], topic: TopicSought) -> dict[int, frozenset[int]]:
        """What is linked with those, either way round, and with which of them."""
        links = f"links_{self._identity}"
        rows = self._connection.rows(
            "one, other",
            f"FROM (SELECT l.other AS one, l.number AS other FROM json_each(:about) j"  # noqa: S608
            f" CROSS JOIN {links} l ON l.number = j.value UNION ALL"
            f" SELECT l.number, l.other FROM json_each(:about) j CROSS JOIN {links} l ON l.other = j.value)"
            f" WHERE one IN (SELECT number FROM {self._among})",
            {"about": json.dumps(sorted(about))},
        )
        found: dict[int, set[int]] = {}
        for number, other in rows:
            if number not in topic.removed:
                found.setdefault(number, set()).add(other)
        return {number: frozenset(others) for number, others in found.items()}
