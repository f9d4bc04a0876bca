"""Counting: what a digest of a window counts, of many windows at once, without an item being read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.store.search import tables
from adapters.store.search.happenings import ENDS
from adapters.store.search.tables import micros

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from adapters.store.search.connection import Connection
    from summarizer.windows import Window

_NAMES = {
    (tables.OPENED, 0): "issues_opened",
    (tables.CLOSED, 0): "issues_closed",
    (tables.OPENED, 1): "prs_opened",
    (tables.MERGED, 1): "prs_merged",
    (tables.CLOSED, 1): "prs_closed_unmerged",
    (tables.REOPENED, 0): "reopened",
    (tables.REOPENED, 1): "reopened",
}


@dataclass(frozen=True, slots=True)
class Happened:
    """Counts of a window as `facts.Counts` names them. comments: None where some of its threads were not read, so that
    nobody knows."""

    issues_opened: int = 0
    issues_closed: int = 0
    prs_opened: int = 0
    prs_merged: int = 0
    prs_closed_unmerged: int = 0
    reopened: int = 0
    comments: int | None = None


def count(
    connection: Connection, identity: int, windows: Sequence[Window], bots: Collection[str]
) -> list[Happened]:
    """What happened in each. bots: plain logins of accounts that are bots, whatever GitHub says."""
    ids = connection.column(
        "id",
        f"FROM logins_{identity} WHERE plain IN (SELECT value FROM json_each(?))",  # noqa: S608
        (json.dumps(sorted(bots)),),
    )
    return [_counted(connection, identity, window, json.dumps(ids)) for window in windows]


def _counted(connection: Connection, identity: int, window: Window, bots: str) -> Happened:
    bounds: dict[str, object] = {"since": micros(window.since), "until": micros(window.until)}
    found: dict[str, int] = {}
    for what, ends in ENDS.items():
        rows = connection.execute(
            f"""SELECT i.is_pr, count(*) FROM events_{identity} e CROSS JOIN items_{identity} i
                ON i.number = e.number WHERE e.what = {what} AND e.at >= :since AND e.at < :until{ends}
                AND (i.created IS NULL OR i.created < :until) GROUP BY i.is_pr""",  # noqa: S608
            bounds,
        )
        for is_pr, many in rows:
            if name := _NAMES.get((what, is_pr)):
                found[name] = found.get(name, 0) + many
    comments = _comments(connection, identity, bounds, bots)
    return Happened(**found, comments=comments)


def _comments(connection: Connection, identity: int, bounds: dict[str, object], bots: str) -> int | None:
    """By people, as far as they are known."""
    [unread] = connection.execute(
        f"""SELECT EXISTS (SELECT 1 FROM items_{identity} i INDEXED BY items_unread_{identity}
            WHERE i.unread >= :since AND NOT i.read AND (i.created IS NULL OR i.created < :until))""",  # noqa: S608
        bounds,
    ).fetchone()
    if unread:
        return None
    [many] = connection.execute(
        f"""SELECT count(*) FROM said_{identity} s CROSS JOIN items_{identity} i ON i.number = s.number
            WHERE s.at >= :since AND s.at < :until AND s.what = {tables.COMMENT} AND s.by_bot = 0
            AND s.who NOT IN (SELECT value FROM json_each(:bots))
            AND (i.created IS NULL OR i.created < :until)""",  # noqa: S608
        {**bounds, "bots": bots},
    ).fetchone()
    return int(many)
