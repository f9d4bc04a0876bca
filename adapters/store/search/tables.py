"""The tables of the catalogue: what is known of each item besides its words. One set of tables a repository.

Instants are whole microseconds since 1970, people are numbers of `logins`. What happened is kept as codes:

    events.what     OPENED, CLOSED (merged is never also closed), MERGED, REOPENED, in the order of `Item.events`
    said.what       COMMENT, REVIEW; a review that is pending is not there
    items.state     OPEN, SHUT, MERGED_IN
    parts.role      REQUESTED, ASSIGNED

Whether something of an item is known stands in `items`: whether its thread was `read`, its `files`, whose review it
`asks` for, whom it `assigns`. `unread` is null where all of its text is held; else, comments are unknown (or all of the
thread is) that were made no later than that: when it was updated last, ALWAYS where that is unknown too.

Of each event stand besides: `next_at`, when the next one other than an opening followed, and `merged_before`, when the
last merge before it was. By them alone it is clear whether an event is the last of a window that holds it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3

OPENED, CLOSED, MERGED, REOPENED = 0, 1, 2, 3
COMMENT, REVIEW = 0, 1
OPEN, SHUT, MERGED_IN = 0, 1, 2
REQUESTED, ASSIGNED = 0, 1
APPROVED, SENT_BACK, DISMISSED, REVIEW_REQUIRED = 1, 2, 3, 4
TAGGED, ABOUT = 1, 2

NEVER: Final = -(1 << 62)
ALWAYS: Final = 1 << 62
"""Before and after every instant."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

RULES = "CREATE TABLE rules (id INTEGER PRIMARY KEY, repo INTEGER, name TEXT, position INTEGER, UNIQUE (repo, name))"
"""By which rules the members of topics are known, and up to which position of the feed."""

_TABLES = {
    "items": """(number INTEGER PRIMARY KEY, is_pr INTEGER, state INTEGER, author INTEGER, by_bot INTEGER,
        created INTEGER, updated INTEGER, draft INTEGER, size INTEGER, comments INTEGER, last INTEGER,
        last_event INTEGER, read INTEGER, unread INTEGER, files INTEGER, decision INTEGER, asks INTEGER,
        assigns INTEGER)""",
    "events": """(number INTEGER, place INTEGER, what INTEGER, at INTEGER, next_at INTEGER, merged_before INTEGER,
        who INTEGER, by_bot INTEGER, PRIMARY KEY (number, place)) WITHOUT ROWID""",
    "said": """(number INTEGER, place INTEGER, what INTEGER, at INTEGER, who INTEGER, by_bot INTEGER, tells INTEGER,
        opinion INTEGER, PRIMARY KEY (number, place)) WITHOUT ROWID""",
    "labels": "(label TEXT, number INTEGER, PRIMARY KEY (label, number)) WITHOUT ROWID",
    "links": "(number INTEGER, other INTEGER, PRIMARY KEY (number, other)) WITHOUT ROWID",
    "paths": "(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE)",
    "touched": "(path INTEGER, number INTEGER, PRIMARY KEY (path, number)) WITHOUT ROWID",
    "parts": "(number INTEGER, role INTEGER, who INTEGER, PRIMARY KEY (number, role, who)) WITHOUT ROWID",
    "logins": "(id INTEGER PRIMARY KEY, login TEXT NOT NULL UNIQUE, folded TEXT, plain TEXT)",
    "members": """(rules INTEGER, topic TEXT, number INTEGER, tier INTEGER, bare INTEGER,
        PRIMARY KEY (rules, topic, number)) WITHOUT ROWID""",
}
_INDEXES = {
    "events_what": "events{0} (what, at, number, next_at, merged_before)",
    "events_at": "events{0} (at, number)",
    "events_who": "events{0} (who, what, at, number)",
    "said_at": "said{0} (at, number, what, by_bot, who, tells)",
    "said_who": "said{0} (who, what, at, number, tells)",
    "items_author": "items{0} (author, number)",
    "items_unread": "items{0} (unread)",
    "labels_number": "labels{0} (number)",
    "links_other": "links{0} (other, number)",
    "touched_number": "touched{0} (number)",
    "parts_who": "parts{0} (who, role, number)",
    "logins_folded": "logins{0} (folded)",
    "logins_plain": "logins{0} (plain)",
    "members_number": "members{0} (number, rules)",
}

BY_NUMBER = ("items", "events", "said", "labels", "links", "touched", "parts")
"""Tables whose rows are an item's."""


def names(identity: int) -> tuple[str, ...]:
    """The names of a repository's tables."""
    return tuple(f"{table}_{identity}" for table in _TABLES)


def make(connection: sqlite3.Connection, identity: int) -> None:
    for table, columns in _TABLES.items():
        connection.execute(f"CREATE TABLE {table}_{identity} {columns}")
    for index, columns in _INDEXES.items():
        connection.execute(f"CREATE INDEX {index}_{identity} ON {columns.format(f'_{identity}')}")


def drop(connection: sqlite3.Connection, identity: int) -> None:
    for table in names(identity):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("DELETE FROM rules WHERE repo = ?", (identity,))


def micros(instant: datetime) -> int:
    return (instant - _EPOCH) // _MICROSECOND


def instant(at: int) -> datetime:
    return _EPOCH + timedelta(microseconds=at)
