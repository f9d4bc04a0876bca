"""The catalogue's rows: an item as rows of tables, put in the place of what stood there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.store.search import tables
from adapters.store.search.tables import ALWAYS, NEVER, micros
from summarizer.topics import Tier
from summarizer.topics.bots import plain_login

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from summarizer.items import Event, EventName, Item, Person, State

DECISIVE = {"APPROVED": tables.APPROVED, "CHANGES_REQUESTED": tables.SENT_BACK}
"""Reviews that tell something by themselves.

Source: docs.github.com/en/graphql/reference/enums#pullrequestreviewstate
"""

_OPINIONS = {**DECISIVE, "DISMISSED": tables.DISMISSED}
_DECISIONS = {**DECISIVE, "REVIEW_REQUIRED": tables.REVIEW_REQUIRED}
_PENDING = "PENDING"

_WHAT: dict[EventName, int] = {
    "opened": tables.OPENED,
    "closed": tables.CLOSED,
    "closed_unmerged": tables.CLOSED,
    "merged": tables.MERGED,
    "reopened": tables.REOPENED,
}
_STATES: dict[State, int] = {"open": tables.OPEN, "closed": tables.SHUT, "merged": tables.MERGED_IN}
_TIERS = {None: 0, "tagged": tables.TAGGED, "about": tables.ABOUT}


@dataclass(frozen=True, slots=True)
class Membership:
    """That an item belongs to a topic by the topic's own rules: neither by a link nor by a mend.

    topic: its key. bare: the tier that is left when rules on the author do not count; None: none.
    """

    topic: str
    tier: Tier
    bare: Tier | None


def put(connection: sqlite3.Connection, identity: int, item: Item) -> None:
    """Put an item's rows in the place of what is there."""
    clear(connection, identity, item.number)
    _Writer(connection, identity, item).write()


def clear(connection: sqlite3.Connection, identity: int, number: int) -> None:
    """Take an item out, but for the topics it belongs to."""
    for table in tables.BY_NUMBER:
        connection.execute(f"DELETE FROM {table}_{identity} WHERE number = ?", (number,))  # noqa: S608


def clear_members(connection: sqlite3.Connection, identity: int, number: int) -> None:
    """Take an item out of all topics."""
    connection.execute(f"DELETE FROM members_{identity} WHERE number = ?", (number,))  # noqa: S608


def put_members(
    connection: sqlite3.Connection, identity: int, rules: int, number: int, members: Iterable[Membership]
) -> None:
    """Put what topics an item belongs to by some rules in the place of what is there."""
    connection.execute(
        f"DELETE FROM members_{identity} WHERE rules = ? AND number = ?",  # noqa: S608
        (rules, number),
    )
    connection.executemany(
        f"INSERT INTO members_{identity} VALUES (?, ?, ?, ?, ?)",  # noqa: S608
        ((rules, each.topic, number, _TIERS[each.tier], _TIERS[each.bare]) for each in members),
    )


class _Writer:
    def __init__(self, connection: sqlite3.Connection, identity: int, item: Item) -> None:
        self._connection = connection
        self._identity = identity
        self._item = item
        self._logins: dict[str, int] = {}

    def write(self) -> None:
        item = self._item
        said = list(self._said())
        self._insert("items", [self._row(said)])
        self._insert("events", self._events())
        self._insert("said", said)
        self._insert("labels", {(label.casefold(), item.number) for label in item.labels})
        self._insert("links", {(item.number, other) for other in item.linked})
        paths = dict.fromkeys(path.casefold() for path in item.files or ())
        self._insert("touched", {(self._path(path), item.number) for path in paths})
        self._insert("parts", set(self._parts()))

    def _row(self, said: list[tuple[int | None, ...]]) -> tuple[int | None, ...]:
        item = self._item
        events = [micros(event.at) for event in item.events]
        moments = [*events, *(row[3] for row in said if row[3] is not None)]
        has_text = item.body is not None
        if not has_text and item.updated_at is not None:  # what is not known happened no later than that
            moments.append(micros(item.updated_at))
        known_size = item.additions is not None or item.deletions is not None
        return (
            item.number,
            int(item.is_pull_request),
            _STATES[item.state],
            self._who(item.author),
            int(item.author is not None and item.author.is_bot),
            None if item.created_at is None else micros(item.created_at),
            None if item.updated_at is None else micros(item.updated_at),
            int(item.is_draft is True),
            (item.additions or 0) + (item.deletions or 0) if known_size else None,
            sum(not comment.author.is_bot for comment in item.comments),
            max(moments, default=NEVER),
            max(events, default=NEVER),
            int(has_text),
            self._unread(),
            int(item.files is not None or not item.is_pull_request),
            _DECISIONS.get(item.review_decision or ""),
            int(item.review_requests is not None or not item.is_pull_request),
            int(item.assignees is not None),
        )

    def _unread(self) -> int | None:
        item = self._item
        if item.body is not None and len(item.comments) >= (item.comments_total or 0):
            return None
        return tables.ALWAYS if item.updated_at is None else micros(item.updated_at)

    def _events(self) -> Iterator[tuple[int | None, ...]]:
        events = self._item.events
        next_at = _followed_at(events)
        merged_before = NEVER
        for place, event in enumerate(events):
            what, at = _WHAT[event.name], micros(event.at)
            actor = event.actor or (self._item.merged_by if what == tables.MERGED else None)
            who, by_bot = self._who(actor), int(actor is not None and actor.is_bot)
            yield self._item.number, place, what, at, next_at[place], merged_before, who, by_bot
            if what == tables.MERGED:
                merged_before = at

    def _said(self) -> Iterator[tuple[int | None, ...]]:
        number = self._item.number
        for place, comment in enumerate(self._item.comments):
            who, by_bot = self._who(comment.author), int(comment.author.is_bot)
            yield number, place, tables.COMMENT, micros(comment.created_at), who, by_bot, 1, None
        for place, review in enumerate(self._item.reviews, start=len(self._item.comments)):
            if review.state == _PENDING:
                continue
            who, by_bot = self._who(review.author), int(review.author.is_bot)
            tells = int(review.state in DECISIVE or bool(review.body.strip()))
            opinion = _OPINIONS.get(review.state)
            yield number, place, tables.REVIEW, micros(review.submitted_at), who, by_bot, tells, opinion

    def _parts(self) -> Iterator[tuple[int, int, int]]:
        for role, logins in (
            (tables.REQUESTED, self._item.review_requests),
            (tables.ASSIGNED, self._item.assignees),
        ):
            for login in logins or ():
                yield self._item.number, role, self._login(login)

    def _insert(self, table: str, rows: Iterable[tuple[object, ...]]) -> None:
        listed = list(rows)
        if listed:
            marks = ", ".join("?" * len(listed[0]))
            self._connection.executemany(f"INSERT INTO {table}_{self._identity} VALUES ({marks})", listed)  # noqa: S608

    def _path(self, path: str) -> int:
        return self._id("paths", "path", path, ())

    def _who(self, person: Person | None) -> int | None:
        return None if person is None else self._login(person.login)

    def _login(self, login: str) -> int:
        if login not in self._logins:
            self._logins[login] = self._id("logins", "login", login, (login.casefold(), plain_login(login)))
        return self._logins[login]

    def _id(self, table: str, column: str, value: str, more: tuple[str, ...]) -> int:
        named = f"{table}_{self._identity}"
        row = self._connection.execute(f"SELECT id FROM {named} WHERE {column} = ?", (value,)).fetchone()  # noqa: S608
        if row is None:
            marks = ", ?" * len(more)
            row = self._connection.execute(
                f"INSERT INTO {named} VALUES (NULL, ?{marks}) RETURNING id",  # noqa: S608
                (value, *more),
            ).fetchone()
        return int(row[0])


def _followed_at(events: tuple[Event, ...]) -> list[int]:
    """When the next event other than an opening came, for each."""
    found: list[int] = []
    coming = ALWAYS
    for event in reversed(events):
        found.append(coming)
        if event.name != "opened":
            coming = micros(event.at)
    return found[::-1]
