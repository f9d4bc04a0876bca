"""A query's conditions as SQL over the row `i` of `items`, which means what `summarizer.filters` and
`summarizer.counting` mean by them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from adapters.store.search import tables
from adapters.store.search.happenings import Happenings
from adapters.store.search.tables import ALWAYS, NEVER, micros
from adapters.store.search.unknown import ROLES, Uncertain
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from adapters.store.search.sought import Sought
    from summarizer.filters import Filter
    from summarizer.questions.query import Role

_IS: Mapping[str, str] = {
    "issue": "NOT i.is_pr",
    "pr": "i.is_pr",
    "open": "{state} = 0",
    "closed": "{state} <> 0",
    "merged": "{state} = 2",
    "unmerged": "(i.is_pr AND {state} <> 2)",
    "draft": "i.draft",
    "bot": "(i.by_bot OR i.author IN {bots})",
}


def bounds(sought: Sought) -> dict[str, object]:
    """The window as values of parameters; without one it holds every instant, and is after NEVER."""
    return {
        "since": NEVER + 1 if sought.since is None else micros(sought.since),
        "until": ALWAYS if sought.until is None else micros(sought.until),
    }


class Conditions:
    """Builds SQL and the values of its parameters, for one query in one repository. find_logins: ids of the
    accounts that are meant by names as they are typed."""

    def __init__(
        self,
        sought: Sought,
        identity: int,
        members: Mapping[str, Iterable[int]],
        find_logins: Callable[[Iterable[str]], Sequence[int]],
        bots: Sequence[int],
        authors: Sequence[int],
    ) -> None:
        """members: of each topic in `sought.topics`, by its name there. bots: ids of the accounts that are bots by the
        rules. authors: of the people of the organisations that are asked for."""
        self._sought = sought
        self._identity = identity
        self._members = members
        self._find_logins = find_logins
        self._authors = authors
        self.values = bounds(sought)
        self.bots = self._set(bots)
        at_end = "(e.number = i.number AND e.at < :until AND e.what <> 0)"
        before = (
            f"coalesce((SELECT CASE e.what WHEN 1 THEN 1 WHEN 2 THEN 2 ELSE 0 END FROM events_{identity} e"  # noqa: S608
            f" WHERE {at_end} ORDER BY e.place DESC LIMIT 1), 0)"
        )
        self.state = (
            "i.state"
            if sought.until is None
            else f"CASE WHEN i.last_event < :until THEN i.state ELSE {before} END"
        )
        self.happenings = Happenings(
            sought.query.events,
            identity,
            bots=self.bots,
            logins_of=self._logins_of,
            members=None if sought.merged is None else self._set(sorted(sought.merged)),
            numbers=self._set(sought.query.numbers) if sought.query.numbers else "",
        )

    # What is asked of every item

    def structured(self) -> list[str]:
        """All but what is asked of what may not be known."""
        query = self._sought.query
        found = [] if self._sought.until is None else ["(i.created IS NULL OR i.created < :until)"]
        if query.kind is not None:
            found.append("i.is_pr" if query.kind == "pull_request" else "NOT i.is_pr")
        if query.numbers:
            found.append(f"i.number IN {self._set(query.numbers)}")
        if query.labels:
            found.append(self._labelled(query.labels))
        if query.topics:
            found.append(self._belongs(query.topics))
        if self._sought.authors is not None:
            found.append(f"i.author IN {self._set(self._authors)}")
        found += [self._standing(state) for state in query.states]
        found += [part for part, unknown in self._parts() if not unknown]
        found += [self._filter(each) for each in query.filters if each.key != "path"]
        return found

    def uncertain(self) -> list[Uncertain]:
        """What is asked of changed paths, of reviews that are awaited, of who took part in an item, is to review and to
        look after it; one of which that is not known meets none of it, nor what is asked not to be."""
        query = self._sought.query
        asked = [query.paths] if query.paths else []
        paths = [each for each in query.filters if each.key == "path"]
        asked += [each.values for each in paths if not each.negated]
        found = [Uncertain(self._touches(values), "NOT i.files") for values in asked]
        found += [
            Uncertain(f"(i.files AND {self._filter(each)})", "NOT i.files") for each in paths if each.negated
        ]
        if "waiting" in query.states:
            found.append(self._waiting())
        return found + [Uncertain(part, unknown) for part, unknown in self._parts() if unknown]

    # States

    def _standing(self, state: str) -> str:
        match state:
            case "open":
                return f"{self.state} = 0"
            case "closed":
                return f"{self.state} = 1"
            case "merged":
                return f"{self.state} = 2"
            case "draft":
                return "i.draft"
            case "stale":
                return self._stale()
            case _:  # waiting, which may not be known
                return self._is_reviewable()

    def _is_reviewable(self) -> str:
        return f"(i.is_pr AND {self.state} = 0 AND NOT i.draft)"

    def _stale(self) -> str:
        since = self._sought.quiet_since
        self.values["quiet"] = NEVER if since is None else micros(since)
        if self._sought.until is None:
            return f"({self.state} = 0 AND i.last < :quiet)"
        moved = " OR ".join(
            f"EXISTS (SELECT 1 FROM {table}_{self._identity} m WHERE m.number = i.number AND m.at >= :quiet"  # noqa: S608
            " AND m.at < :until)"
            for table in ("events", "said")
        )
        return f"({self.state} = 0 AND (i.last < :quiet OR (i.last >= :until AND NOT ({moved}))))"

    def _waiting(self) -> Uncertain:
        """Of an open pull request."""
        said, parts = f"said_{self._identity}", f"parts_{self._identity}"
        theirs = f"o.number = i.number AND o.by_bot = 0 AND o.who NOT IN {self.bots}"
        # of each person's opinions the last one counts, until their review is asked for again
        later = (
            f"SELECT 1 FROM {said} l WHERE l.number = o.number AND l.who = o.who AND l.opinion IS NOT NULL"  # noqa: S608
            " AND l.at < :until AND l.place > o.place"
        )
        again = f"SELECT 1 FROM {parts} p WHERE p.number = o.number AND p.role = {tables.REQUESTED} AND p.who = o.who"  # noqa: S608
        given = f"SELECT 1 FROM {said} o WHERE {theirs} AND o.opinion IN (1, 2)"  # noqa: S608
        decided = f"EXISTS ({given} AND o.at < :until AND NOT EXISTS ({later}) AND NOT EXISTS ({again}))"
        # GitHub's decision is today's; it was the same at the window's end if nobody gave an opinion since
        holds = f"NOT EXISTS ({given} AND o.at >= :until)"
        # without a decision none may be needed, or it is not known: then the reviews tell, where those are known
        unknown = f"(i.decision IS NULL AND NOT i.read AND NOT {decided})"
        return Uncertain(
            f"(NOT {unknown} AND CASE"
            f" WHEN i.decision = {tables.REVIEW_REQUIRED} AND {holds} THEN 1"
            f" WHEN {decided} THEN 0"
            f" WHEN i.decision IN (1, 2) AND NOT EXISTS ({given}) THEN 0 ELSE 1 END)",
            unknown,
        )

    # People

    def _parts(self) -> list[tuple[str, str]]:
        """What is asked of people in each role, and of what items it is not known, "" where it always is."""
        roles = dict.fromkeys(part.role for part in self._sought.query.people)
        known = (
            f"EXISTS (SELECT 1 FROM events_{self._identity} e WHERE e.number = i.number"  # noqa: S608
            f" AND e.what IN ({tables.CLOSED}, {tables.REOPENED}) AND e.who IS NOT NULL)"
        )
        return [
            (self._part(role, self._logins_of(role)), ROLES.get(role, "").format(closer_known=known))
            for role in roles
        ]

    def _logins_of(self, role: Role) -> str:
        """The accounts that are asked for in a role, as a set; "" where none is."""
        names = [part.login for part in self._sought.query.people if part.role == role]
        return self._accounts(names) if names else ""

    def _accounts(self, names: Iterable[str]) -> str:
        return self._set(self._find_logins(names))

    def _part(self, role: str, who: str) -> str:
        of, within = self._identity, "at >= :since AND at < :until"
        match role:
            case "author":
                return f"i.author IN {who}"
            case "reviewer" | "commenter":
                what = tables.REVIEW if role == "reviewer" else tables.COMMENT
                return (
                    f"i.number IN (SELECT number FROM said_{of} WHERE who IN {who} AND what = {what} AND tells"  # noqa: S608
                    f" AND {within})"
                )
            case "merger" | "closer":
                whats = (tables.MERGED,) if role == "merger" else (tables.CLOSED, tables.REOPENED)
                return (
                    f"i.number IN (SELECT number FROM events_{of} WHERE who IN {who}"  # noqa: S608
                    f" AND what IN ({', '.join(map(str, whats))}) AND at < :until)"
                )
            case "requested" | "assignee":
                kind = tables.REQUESTED if role == "requested" else tables.ASSIGNED
                return f"i.number IN (SELECT number FROM parts_{of} WHERE who IN {who} AND role = {kind})"  # noqa: S608
            case _:
                each = ("author", "reviewer", "merger", "closer", "commenter", "requested", "assignee")
                return f"({' OR '.join(self._part(other, who) for other in each)})"

    # Filters

    def _filter(self, one: Filter) -> str:
        told = f"({self._any(one)})"
        return f"NOT coalesce({told}, 0)" if one.negated else told

    def _any(self, one: Filter) -> str:
        """Any of the filter's values."""
        match one.key:
            case "label":
                return self._labelled(one.values)
            case "topic":
                return self._belongs(one.values)
            case "author":
                return f"i.author IN {self._accounts(one.values)}"
            case "path":
                return self._touches(one.values)
            case "is":
                wanted = dict.fromkeys(value.strip().casefold() for value in one.values)
                for value in wanted:
                    if value not in _IS:
                        raise BadInput("filter.is_unknown", value=value, known=tuple(_IS))
                return " OR ".join(_IS[value].format(state=self.state, bots=self.bots) for value in wanted)
            case _:
                raise BadInput("filter.importance_in_questions")

    def _labelled(self, labels: Iterable[str]) -> str:
        wanted = self._set({label.strip().casefold() for label in labels})
        return f"i.number IN (SELECT number FROM labels_{self._identity} WHERE label IN {wanted})"  # noqa: S608

    def _belongs(self, topics: Iterable[str]) -> str:
        return f"i.number IN {self._set({number for topic in topics for number in self._members[topic]})}"

    def _touches(self, paths: Iterable[str]) -> str:
        ways: dict[str, list[str]] = {}
        for path in paths:
            wanted = path.strip().casefold()
            ways.setdefault(_path_test(wanted), []).append(wanted)
        tests = " OR ".join(
            f"EXISTS (SELECT 1 FROM json_each({self._name(json.dumps(wanted))}) WHERE {test})"  # noqa: S608
            for test, wanted in ways.items()
        )
        return (
            f"i.number IN (SELECT number FROM touched_{self._identity} WHERE path IN"  # noqa: S608
            f" (SELECT p.id FROM paths_{self._identity} p WHERE {tests}))"
        )

    # Values

    def _set(self, values: Iterable[object]) -> str:
        name = self._name(json.dumps(list(values)))
        return f"(SELECT value FROM json_each({name}))"  # noqa: S608

    def _name(self, value: object) -> str:
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"


def _path_test(wanted: str) -> str:
    """How the path of a row `p` is held against a `value`."""
    if "*" not in wanted and "?" not in wanted:
        return "instr(p.path, value)"
    # SQLite reads brackets in another way than `fnmatch`, and all else the same
    return "fnmatch(p.path, value)" if "[" in wanted else "p.path GLOB value"
