"""Finding: a query over one repository's catalogue and words, within one transaction."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from adapters.store.search.actors import ActorsReader
from adapters.store.search.conditions import Conditions
from adapters.store.search.happenings import EVENTS
from adapters.store.search.query import entry_of, phrase_of
from adapters.store.search.ranking import Ranking
from adapters.store.search.scope import Scope
from adapters.store.search.sought import Finding, Names
from adapters.store.search.tables import COMMENT, NEVER, instant
from adapters.store.search.unknown import Uncertain, unsaid
from summarizer.questions.found import NOBODY, Actors, Match

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from adapters.store.search.connection import Connection
    from adapters.store.search.members import Members
    from adapters.store.search.sought import Sought
    from summarizer.questions.query import Order

MOST_NEAR = 30


def find(connection: Connection, identity: int, sought: Sought) -> Finding:
    """What a repository's catalogue holds of a query. Raises BadInput for filters that mean nothing."""
    finding = _Finder(connection, identity, sought).find()
    if finding.matches or sought.since is None or sought.query.numbers:
        return finding
    anytime = replace(sought, since=None, until=None, merged=None)
    return replace(finding, outside=_Finder(connection, identity, anytime).count())


def names(connection: Connection, identity: int) -> Names:
    """Which logins and labels a repository's catalogue knows."""
    return Names(
        frozenset(connection.column("folded", f"FROM logins_{identity}")),
        frozenset(connection.column("label", f"FROM (SELECT DISTINCT label FROM labels_{identity})")),  # noqa: S608
    )


class _Finder:
    def __init__(self, connection: Connection, identity: int, sought: Sought) -> None:
        self._connection = connection
        self._identity = identity
        self._sought = sought
        self._query = sought.query
        self._scope = Scope(connection, identity, sought)
        self._members = self._scope.members()
        self._conditions = self._conditions_on(self._members)
        self._words = [words for each in sought.query.words if (words := entry_of(each)) is not None]
        self._phrases = [phrase for each in sought.query.phrases if (phrase := phrase_of(each)) is not None]
        self._events = self._conditions.happenings.latest()
        self._structured = self._conditions.structured()
        asked = (*sought.query.words, *sought.query.phrases)
        if len(self._words) + len(self._phrases) < len(asked):
            self._structured.append("0")  # what holds no letter and no digit stands nowhere
        self._text = self._matching()
        self._asked = self._conditions.uncertain()
        self._uncertain = [
            *self._asked,
            *(Uncertain(each, "i.unread IS NOT NULL") for each in self._text),
        ]
        self._all = [*self._structured, *(each.met for each in self._uncertain)]

    def find(self) -> Finding:
        matches = self._matches()
        numbers = frozenset(match.number for match in matches)
        about, tagged = self._tiers(numbers)
        actors, authors = self._actors(numbers)
        return Finding(
            matches=matches,
            searched=self._scope.size(),
            untold=self._untold() + self._unsaid(),
            near=self._near() if self._words and not matches else (),
            held=self._scope.held(),
            about=about,
            tagged=tagged,
            via=self._via(numbers),
            actors=actors,
            authors=authors,
        )

    def count(self) -> int:
        """How many match."""
        return self._count(self._all)

    # The statement

    def _conditions_on(self, members: Mapping[str, Members]) -> Conditions:
        return Conditions(
            self._sought,
            self._identity,
            members={name: each.all for name, each in members.items()},
            find_logins=self._scope.named,
            bots=self._scope.bots,
            authors=self._scope.people(),
        )

    def _from(self, conditions: Iterable[str]) -> str:
        items = f"items_{self._identity} i"  # by CROSS JOIN they are looked up last, whatever SQLite expects of them
        active, found = self._scope.active, " AND ".join(conditions) or "1"
        if self._events is not None:
            source = f"({self._events}) h CROSS JOIN {items} ON i.number = h.number"
            if active:
                source += f" LEFT JOIN {active} a ON a.number = i.number"
        elif active and not self._query.numbers:
            source = f"{active} a CROSS JOIN {items} ON i.number = a.number"
        elif active:
            source = f"{items} LEFT JOIN {active} a ON a.number = i.number"
        else:
            source = items
        return f"FROM {source} WHERE {found}"

    def _matches(self) -> tuple[Match, ...]:
        at, comments = ("a.last", "a.comments") if self._scope.active else ("i.updated", self._comments())
        login = f"(SELECT login FROM logins_{self._identity} WHERE id = i.author)"  # noqa: S608
        told = "NULL" if self._events is None else "h.told"
        key = _key(self._query.order or "newest", told, at, comments)
        rows = self._connection.rows(
            f"{key}, i.number, {told}, {at}, {comments}, {login}",
            self._from(self._all),
            self._conditions.values,
        )
        if self._query.order is None and self._text and rows:
            ranks = self._ranks()
            rows.sort(key=lambda row: ranks.get(row[1], len(ranks)))
        else:
            rows.sort(reverse=True)
        return tuple([_match(row) for row in rows])

    def _comments(self) -> str:
        """How many comments are by people; of items GitHub told which are by bots, the rules may know of others."""
        if not self._scope.bots:
            return "i.comments"
        theirs = (
            f"SELECT number, count(*) AS many FROM said_{self._identity}"  # noqa: S608
            f" WHERE who IN {self._conditions.bots} AND what = {COMMENT} AND by_bot = 0 GROUP BY number"
        )
        return f"i.comments - coalesce((SELECT many FROM ({theirs}) b WHERE b.number = i.number), 0)"  # noqa: S608

    def _count(self, conditions: Iterable[str]) -> int:
        told = self._connection.execute(f"SELECT count(*) {self._from(conditions)}", self._conditions.values)
        return int(told.fetchone()[0])

    def _matching(self) -> list[str]:
        """The condition that all words and phrases stand there."""
        asked = [*map(str, self._phrases), *map(str, self._words)]
        if not asked:
            return []
        said = self._conditions.values["said"] = " AND ".join(asked)
        words, numbers = f"words_{self._identity}", json.dumps(self._query.numbers)
        asked_for, known = "SELECT value FROM json_each(:numbers)", f"SELECT number FROM {self._scope.known}"  # noqa: S608
        among = asked_for if self._query.numbers else known
        # the plus keeps SQLite from starting the search anew for each number
        holding = f"SELECT rowid FROM {words} WHERE {words} MATCH :said AND +rowid IN ({among})"  # noqa: S608
        self._connection.fill("temp.holding", holding, {"said": said, "numbers": numbers})
        return ["i.number IN temp.holding"]

    def _ranks(self) -> dict[int, int]:
        """The places of the items that hold the words, by how well."""
        ranking = Ranking(self._connection, f"words_{self._identity}")
        ranking.narrow("temp.holding")
        ranked = ranking.ranked(str(self._conditions.values["said"]))
        return {number: place for place, number in enumerate(ranked)}

    def _untold(self) -> int:
        """How many items might match if more of them were known."""
        if not self._uncertain:
            return 0
        if len(self._uncertain) == 1:
            [(met, unknown)] = self._uncertain
            return self._count([*self._structured, unknown, f"NOT coalesce({met}, 0)"])
        maybe = [each.maybe for each in self._uncertain]
        every = " AND ".join(met for met, _ in self._uncertain)
        return self._count([*self._structured, *maybe, f"NOT coalesce({every}, 0)"])

    def _unsaid(self) -> int:
        """How many items the query may go over, for all that is known of their threads, and might match then."""
        which = unsaid(self._sought)
        if not which or "0" in self._structured:
            return 0
        conditions = self._conditions_on(self._scope.members(among_all=True))
        active = f"EXISTS (SELECT 1 FROM {self._scope.active} a WHERE a.number = i.number)"  # noqa: S608
        told = conditions.happenings.happened() or active
        # whatever words are asked for, they may stand in what is not known
        asked = [*conditions.structured(), *(each.maybe for each in conditions.uncertain())]
        unknown = ("i.unread >= :since", f"({which})", f"NOT ({told})")
        items = f"items_{self._identity} i"
        if self._sought.since is not None and not self._query.numbers:
            items += f" INDEXED BY items_unread_{self._identity}"  # few are unknown in a window
        counted = f"SELECT count(*) FROM {items} WHERE {' AND '.join((*unknown, *asked))}"  # noqa: S608
        return int(self._connection.execute(counted, conditions.values).fetchone()[0])

    def _near(self) -> tuple[int, ...]:
        ranking = Ranking(self._connection, f"words_{self._identity}")
        others = self._from([*self._structured, *(each.met for each in self._asked)])
        self._connection.fill("temp.others", f"SELECT i.number {others}", self._conditions.values)
        ranking.narrow("temp.others")
        return tuple(ranking.partial(self._words, self._phrases, MOST_NEAR))

    # People and members

    def _actors(self, numbers: frozenset[int]) -> tuple[Actors, Actors]:
        """Who did what is asked for, and of what was merged whose it was."""
        if not self._sought.who or not numbers:
            return NOBODY, NOBODY
        reader = ActorsReader(self._connection, self._identity, self._conditions, numbers)
        return reader.doers(), reader.authors() if self._query.events == ("merged",) else NOBODY

    def _tiers(self, numbers: frozenset[int]) -> tuple[int | None, int | None]:
        asked = [self._members[name] for name in self._sought.asked]
        if not asked:
            return None, None
        about = numbers.intersection(frozenset[int]().union(*(each.about for each in asked)))
        every = numbers.intersection(frozenset[int]().union(*(each.tagged for each in asked)))
        return len(about), len(every - about)

    def _via(self, numbers: frozenset[int]) -> dict[int, frozenset[int]]:
        found: dict[int, frozenset[int]] = {}
        for name in self._sought.asked:
            for number, others in self._members[name].via.items():
                if number in numbers:
                    found[number] = found.get(number, frozenset()) | others
        return found


def _key(order: Order, told: str, at: str, comments: str) -> str:
    """By what matches are put in order, the greatest first; of equals the newest comes first."""
    when = f"coalesce({told} >> 3, i.created)"
    keys: dict[Order, str] = {
        "newest": when,
        "oldest": f"-{when}",
        "updated": at,
        "discussed": comments,
        "largest": "i.size",
    }
    return f"coalesce({keys[order]}, {NEVER})"


def _match(row: Sequence[Any]) -> Match:
    _, number, told, at, comments, login = row
    event = ""
    if told is not None:
        at, event = told >> 3, EVENTS[told & 7]
    return Match(number, None if at is None else instant(at), event, comments or 0, login or "")
