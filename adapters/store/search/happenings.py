"""Happenings: the events that a query asks for as SQL, and who did them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from adapters.store.search import tables
from adapters.store.search.tables import NEVER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from summarizer.questions.query import QueryEvent, Role

EVENTS: tuple[QueryEvent, ...] = ("opened", "closed", "merged", "reopened", "discussed", "reviewed")
"""In the order of their ranks: of two at the same instant the later one is told."""

_OF_EVENT = {
    "opened": tables.OPENED,
    "closed": tables.CLOSED,
    "merged": tables.MERGED,
    "reopened": tables.REOPENED,
}
ENDS = {
    # nothing that is told of a merge later undoes it, and what was merged is never closed
    tables.OPENED: "",
    tables.CLOSED: f" AND e.next_at >= :until AND e.merged_before = {NEVER}",
    tables.MERGED: " AND e.merged_before < :since",
    tables.REOPENED: " AND e.next_at >= :until AND e.merged_before < :since",
}
"""What makes an event the last one of the window."""

_WITHIN = "e.at >= :since AND e.at < :until"


class _Rows(NamedTuple):
    table: str
    condition: str


class Happenings:
    """Builds the statements of one query in one repository."""

    def __init__(
        self,
        asked: Sequence[QueryEvent],
        identity: int,
        *,
        bots: str,
        logins_of: Callable[[Role], str],
        members: str | None,
        numbers: str,
    ) -> None:
        """bots: the set of accounts that are bots by the rules. logins_of: the set of those that are asked for in a
        role, "" where none is. members: of a release, the set of its pull requests; they are what was merged. numbers:
        the set of the items that are asked for, "" where none are."""
        self._asked = tuple(name for name in EVENTS if name in asked)
        self._identity = identity
        self._bots = bots
        self._logins_of = logins_of
        self._members = members
        self._among = f" AND e.number IN {numbers}" if numbers else ""

    def latest(self) -> str | None:
        """A query for `number` and `told`, the latest instant of any of the events asked for times eight plus its rank;
        None where none is asked for."""
        if not self._asked:
            return None
        each = " UNION ALL ".join(
            f"SELECT e.number, e.at * 8 + {EVENTS.index(name)} AS told FROM {rows.table} e WHERE {rows.condition}"  # noqa: S608
            for name in self._asked
            for rows in [self._rows(name)]
        )
        return f"SELECT number, max(told) AS told FROM ({each}) GROUP BY number"  # noqa: S608

    def happened(self) -> str:
        """The condition that any of the events asked for happened to an item `i`."""
        each = (self._rows(name) for name in self._asked)
        return " OR ".join(
            f"EXISTS (SELECT 1 FROM {rows.table} e WHERE e.number = i.number AND {rows.condition})"  # noqa: S608
            for rows in each
        )

    def doers(self, among: str) -> str:
        """A query for `number`, `who` (null unknown), `by_bot` and `own`, whether it is a review by the item's author,
        of each time that somebody did one of the events to the items of the table `among`. Who opened an item is its
        author; so is who did it where no event is asked for."""
        if not self._asked:
            return self.authors(among)
        return " UNION ALL ".join(self._doers(name, among) for name in self._asked)

    def authors(self, among: str) -> str:
        """The same for the authors of the items."""
        items = f"items_{self._identity} i"
        return f"SELECT i.number, {self._author()} FROM {among} m CROSS JOIN {items} ON i.number = m.number"  # noqa: S608

    def _author(self) -> str:
        return f"i.author AS who, i.by_bot OR coalesce(i.author IN {self._bots}, 0) AS by_bot, 0 AS own"

    def _doers(self, name: QueryEvent, among: str) -> str:
        rows = self._rows(name)
        own = "coalesce(e.who = i.author, 0)" if name == "reviewed" else "0"
        did = f"e.who, e.by_bot OR coalesce(e.who IN {self._bots}, 0) AS by_bot, {own} AS own"
        return (
            f"SELECT e.number, {self._author() if name == 'opened' else did} FROM {rows.table} e"  # noqa: S608
            f" CROSS JOIN items_{self._identity} i ON i.number = e.number"
            # the plus has SQLite go through the window once, and not for each number
            f" WHERE {rows.condition} AND +e.number IN (SELECT number FROM {among})"
        )

    def _rows(self, name: QueryEvent) -> _Rows:
        """The table's rows that are such an event in the window, as a condition on the row `e`."""
        if name in ("discussed", "reviewed"):
            what = tables.COMMENT if name == "discussed" else tables.REVIEW
            by = self._logins_of("commenter" if name == "discussed" else "reviewer")
            who = f"e.who IN {by}" if by else f"e.by_bot = 0 AND e.who NOT IN {self._bots}"
            return _Rows(
                f"said_{self._identity}", f"{_WITHIN} AND e.what = {what} AND e.tells AND {who}{self._among}"
            )
        what = _OF_EVENT[name]
        if name == "merged" and self._members is not None:
            within = f"e.at < :until AND e.number IN {self._members}"
        else:
            within = f"{_WITHIN}{ENDS[what]}"
        return _Rows(f"events_{self._identity}", f"e.what = {what} AND {within}{self._among}")
