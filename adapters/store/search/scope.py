"""The scope of a query: which items there are to be looked at, which accounts and members of topics are meant.

All of it is remembered with the connection, since questions that are asked together are mostly of the same days.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from adapters.store.search.conditions import bounds
from adapters.store.search.members import Members, MembersReader
from adapters.store.search.tables import COMMENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from adapters.store.search.connection import Connection
    from adapters.store.search.sought import Sought, TopicSought

_WINDOWS = 4
"""How many windows a connection has the items of at once."""


class Scope:
    """What one query means in one repository."""

    def __init__(self, connection: Connection, identity: int, sought: Sought) -> None:
        self._connection = connection
        self._identity = identity
        self._sought = sought
        self.bots = connection.kept(
            ("bots", identity, sought.bots), lambda: self._ids("plain", sorted(sought.bots))
        )
        self.active = self._active() if sought.since is not None else ""
        """The table of what happened in the window, "" without one: as `build_facts` counts it, of each item when the
        last of it was, and how many comments were by people. The pull requests of a release are there as well, whenever
        they were merged."""
        self._all = f"items_{identity}"
        self.known = self.active if self.active and not sought.query.numbers else self._all
        """The table of the items that are looked at."""

    def size(self) -> int:
        """How many items are looked at."""
        if self._sought.query.numbers:
            return len(self.held())
        counted = f"SELECT count(*) FROM {self.known}"  # noqa: S608
        key = ("size", self._window if self.active else self._identity)
        return self._connection.kept(key, lambda: int(self._connection.execute(counted).fetchone()[0]))

    def held(self) -> frozenset[int]:
        """Which of the numbers asked for are there."""
        asked = self._sought.query.numbers
        if not asked:
            return frozenset()
        tail = f"FROM items_{self._identity} WHERE number IN (SELECT value FROM json_each(?))"  # noqa: S608
        return frozenset(self._connection.column("number", tail, (json.dumps(asked),)))

    def members(self, *, among_all: bool = False) -> dict[str, Members]:
        """Of each topic, by the name it has in the query. among_all: of the repository's items, not of those that are
        looked at."""
        among = self._all if among_all else self.known
        return {name: self._members_of(topic, among) for name, topic in self._sought.topics}

    def named(self, logins: Iterable[str]) -> list[int]:
        """The accounts that are meant by logins, as a filter on the author reads them."""
        wanted = {login.strip().casefold().removeprefix("@") for login in logins}
        return self._ids("folded", sorted({*wanted, *(f"{login}[bot]" for login in wanted)}))

    def people(self) -> list[int]:
        """The accounts of the organisations asked for."""
        expression = self._sought.authors
        if expression is None:
            return []
        return self._connection.kept(
            ("people", self._identity, expression),
            lambda: [
                number
                for number, login in self._connection.rows("id, login", f"FROM logins_{self._identity}")
                if expression.fullmatch(login)
            ],
        )

    @property
    def _window(self) -> tuple[object, ...]:
        return self._identity, self._sought.since, self._sought.until, tuple(self.bots), self._sought.merged

    def _ids(self, column: str, names: Sequence[str]) -> list[int]:
        tail = f"FROM logins_{self._identity} WHERE {column} IN (SELECT value FROM json_each(?))"  # noqa: S608
        return sorted(self._connection.column("id", tail, (json.dumps(names),)))

    def _members_of(self, topic: TopicSought, among: str) -> Members:
        where = (self._identity,) if among == self._all else self._window
        key = ("members", where, self._sought.rules, topic)
        return self._connection.kept(key, lambda: self._read(topic, among))

    def _read(self, topic: TopicSought, among: str) -> Members:
        row = self._connection.execute(
            "SELECT id FROM rules WHERE repo = ? AND name = ?", (self._identity, self._sought.rules)
        ).fetchone()
        reader = MembersReader(self._connection, self._identity, row[0] if row else 0, among)
        return reader.read(topic)

    def _active(self) -> str:
        """The name of the window's table, which is filled if it is not there."""
        windows = self._connection.kept("windows", _Windows)
        table = windows.table(self._window)
        if table is None:
            table = windows.next()
            self._fill(table)
            windows.fill(table, self._window)
        return table

    def _fill(self, table: str) -> None:
        connection, of = self._connection, self._identity
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {table} (number INTEGER PRIMARY KEY, last INTEGER, comments INTEGER)"
        )
        connection.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        connection.execute(
            f"""INSERT INTO {table} SELECT number, max(at), sum(by_people) FROM (
                    SELECT number, at, 0 AS by_people FROM events_{of} WHERE at >= :since AND at < :until
                    UNION ALL
                    SELECT number, at, what = {COMMENT} AND by_bot = 0
                        AND who NOT IN (SELECT value FROM json_each(:bots))
                    FROM said_{of} WHERE at >= :since AND at < :until
                    UNION ALL
                    SELECT number, at, 0 FROM events_{of}
                    WHERE number IN (SELECT value FROM json_each(:merged)) AND at < :until
                ) JOIN items_{of} i USING (number)
                WHERE i.created IS NULL OR i.created < :until GROUP BY number""",  # noqa: S608
            {
                **bounds(self._sought),
                "bots": json.dumps(self.bots),
                "merged": json.dumps(sorted(self._sought.merged or ())),
            },
        )


class _Windows:
    """Which windows a connection has tables of. The one that was filled first makes room."""

    def __init__(self) -> None:
        self._tables: dict[str, object] = {f"temp.active_{number}": None for number in range(_WINDOWS)}

    def table(self, window: object) -> str | None:
        return next((table for table, held in self._tables.items() if held == window), None)

    def next(self) -> str:
        """A table that is to be filled anew, and holds no window until it is."""
        table = next(iter(self._tables))
        del self._tables[table]
        self._tables[table] = None
        return table

    def fill(self, table: str, window: object) -> None:
        self._tables[table] = window
