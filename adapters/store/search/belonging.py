"""Belonging: the members of topics in windows, as digests of these have them, without what a question needs besides."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from adapters.store.search.conditions import bounds
from adapters.store.search.happenings import EVENTS, Happenings
from adapters.store.search.members import MembersReader
from adapters.store.search.tables import instant
from summarizer.questions.query import QueryEvent
from summarizer.topics import Tier

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.store.search.connection import Connection
    from adapters.store.search.members import Members
    from adapters.store.search.sought import Sought

_WEEK = "temp.moved"
"""What moved in the window that is looked at."""

CHANGES: tuple[QueryEvent, ...] = ("opened", "closed", "merged", "reopened")


@dataclass(frozen=True, slots=True)
class Tiers:
    """How many items are about a topic, and how many are only tagged with it."""

    about: int
    tagged: int


@dataclass(frozen=True, slots=True)
class Member:
    """An item of a topic in a window. at: when anything happened to it last there. event: the last change of its state
    there, with the names of `Query.events`; "" for none."""

    number: int
    tier: Tier
    at: datetime
    event: QueryEvent | Literal[""]


def tiers(connection: Connection, identity: int, sought: Sequence[Sought]) -> list[dict[str, Tiers]]:
    """Of each window, by the names of its topics."""
    found = []
    for each in sought:
        connection.fill(_WEEK, _moved(identity), bounds(each))
        members = _members(connection, identity, each)
        found.append({name: Tiers(len(one.about), len(one.tagged)) for name, one in members.items()})
    return found


def members(connection: Connection, identity: int, sought: Sought) -> list[Member]:
    """Of the window and the only topic that is looked for."""
    connection.fill(_WEEK, _moved(identity), bounds(sought))
    [found] = _members(connection, identity, sought).values()
    numbers = json.dumps(sorted(found.all))
    among = "(SELECT value FROM json_each(:numbers))"
    last = dict(
        connection.rows(
            "number, at",
            f"FROM (SELECT number, max(at) AS at FROM ({_happened('number, at', 'UNION ALL', identity)})"  # noqa: S608
            f" WHERE number IN {among} GROUP BY number)",
            {**bounds(sought), "numbers": numbers},
        )
    )
    happenings = Happenings(CHANGES, identity, bots="", logins_of=lambda _: "", members=None, numbers=among)
    told = dict(
        connection.rows(
            "number, told", f"FROM ({happenings.latest()})", {**bounds(sought), "numbers": numbers}
        )
    )
    return [
        Member(
            number,
            "about" if number in found.about else "tagged",
            instant(at),
            EVENTS[told[number] & 7] if number in told else "",
        )
        for number, at in last.items()
    ]


def _moved(identity: int) -> str:
    """A query for the items that moved in a window and were there at its end."""
    return (
        f"SELECT number FROM ({_happened('number', 'UNION', identity)}) m"  # noqa: S608
        f" CROSS JOIN items_{identity} i USING (number) WHERE i.created IS NULL OR i.created < :until"
    )


def _happened(columns: str, together: str, identity: int) -> str:
    """A query over all that happened in a window. together: how its parts become one."""
    within = "at >= :since AND at < :until"
    return (
        f"SELECT {columns} FROM events_{identity} WHERE {within} {together}"  # noqa: S608
        f" SELECT {columns} FROM said_{identity} WHERE {within}"
    )


def _members(connection: Connection, identity: int, sought: Sought) -> dict[str, Members]:
    row = connection.execute(
        "SELECT id FROM rules WHERE repo = ? AND name = ?", (identity, sought.rules)
    ).fetchone()
    reader = MembersReader(connection, identity, row[0] if row else 0, _WEEK)
    return {name: reader.read(topic) for name, topic in sought.topics}
