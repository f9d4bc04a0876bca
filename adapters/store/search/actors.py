"""Actors: who did something with the items that were found, counted over all of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from summarizer.items import GHOST
from summarizer.questions.found import Actor, Actors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.store.search.conditions import Conditions
    from adapters.store.search.connection import Connection

_OWN, _BOT, _UNKNOWN, _PERSON = range(4)
"""What tells the least of who did something to an item, first."""

_FOUND = "temp.found"


class ActorsReader:
    """Reads who did what is asked for to the items of these numbers."""

    def __init__(
        self, connection: Connection, identity: int, conditions: Conditions, numbers: Iterable[int]
    ) -> None:
        self._connection = connection
        self._logins = f"logins_{identity}"
        self._conditions = conditions
        connection.fill(_FOUND, "SELECT value FROM json_each(?)", (json.dumps(sorted(numbers)),))

    def doers(self) -> Actors:
        """Those who did the events asked for, each counted once an item."""
        return self._read(self._conditions.happenings.doers(_FOUND))

    def authors(self) -> Actors:
        return self._read(self._conditions.happenings.authors(_FOUND))

    def _read(self, doers: str) -> Actors:
        kind = (
            f"CASE WHEN d.own THEN {_OWN} WHEN l.login IS NULL OR l.login = '{GHOST}' THEN {_UNKNOWN}"
            f" WHEN d.by_bot THEN {_BOT} ELSE {_PERSON} END"
        )
        rows = self._connection.rows(
            "number, login, kind",
            f"FROM (SELECT DISTINCT d.number, l.login, {kind} AS kind FROM ({doers}) d"  # noqa: S608
            f" LEFT JOIN {self._logins} l ON l.id = d.who)",
            self._conditions.values,
        )
        best: dict[int, int] = {}
        counts: dict[int, dict[str, int]] = {_PERSON: {}, _BOT: {}}
        for number, login, of in rows:
            best[number] = max(of, best.get(number, _OWN))
            if of in counts:
                counts[of][login] = counts[of].get(login, 0) + 1
        told = [*best.values()]
        named = counts[_PERSON] or counts[_BOT]
        people = [Actor(login, items) for login, items in named.items()]
        people.sort(key=lambda each: (-each.items, each.login.casefold(), each.login))
        return Actors(
            tuple(people),
            unknown=told.count(_UNKNOWN),
            by_bots=told.count(_BOT) if counts[_PERSON] else 0,
            by_authors=told.count(_OWN),
        )
