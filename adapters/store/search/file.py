"""The file of the index: derived data, so whatever is wrong with it is mended by making it anew, empty.

It is one file beside which a rollback journal lies during a write. No write-ahead log: that is two more files, which
would outlive a database that somebody deleted and meet the next one of its name.
Source: sqlite.org/howtocorrupt.html#unlink
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager, suppress
from typing import TYPE_CHECKING, Literal, TypeVar

import structlog

from adapters.store.search import tables
from adapters.store.search.connection import Connection
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

log = structlog.get_logger()

VERSION = 4
"""Of the tables, of what stands in them and of what `prepared` makes of a text; a file of another version is thrown
away."""

_REPOS = "CREATE TABLE repos (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, position INTEGER NOT NULL)"

_NOT_THE_FILE = {
    sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOLFS,
    sqlite3.SQLITE_AUTH,
}  # fmt: skip
"""Failures that a new file would meet as well. All others are damage: what we ask for is always well formed, and a
byte out of place has been seen as a missing column, a logic error, a blob too big.

Source: sqlite.org/rescode.html
"""

_Result = TypeVar("_Result")


class Damaged(Exception):
    """What was read is not what was written."""


class IndexFile:
    """A SQLite file and a connection to it, for one thread. Everything raises StoreError: `store.index` when
    the file can neither be used nor made anew, `store.no_fts`."""

    def __init__(self, path: Path, lost: set[tuple[int, int] | None] | None = None) -> None:
        """lost: which files were told to be lost, shared by all that tell it in one log."""
        self._path = path
        self._lost = set() if lost is None else lost
        self._connection: Connection | None = None
        self._identity: tuple[int, int] | None = None

    def open(self) -> None:
        """See that the file can be used."""
        with closing(sqlite3.connect(":memory:")) as elsewhere:  # a damaged file would fail here as well
            require_fts5(elsewhere)
        self.run(lambda _connection: None)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def run(self, work: Callable[[Connection], _Result]) -> _Result:
        """What `work` returns. Where the file turns out to be lost, `work` is done again over an empty one."""
        try:
            try:
                return work(self._opened())
            except (sqlite3.DatabaseError, UnicodeDecodeError, Damaged) as error:
                reason = self._what_was_lost(error)
                if reason is None:
                    raise
                self._tell(reason)
                self._throw_away()
                return work(self._opened())
        except (sqlite3.Error, UnicodeDecodeError, Damaged, OSError) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            raise StoreError("store.index", folder=str(self._path.parent), reason=reason) from error

    def _opened(self) -> Connection:
        if self._connection is not None and self._was_replaced():
            self._tell("the file was removed")
            self.close()
        if self._connection is None:
            self._path.parent.mkdir(0o700, parents=True, exist_ok=True)
            # it holds texts of private repositories
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600))
            self._identity = _identity(self._path)
            self._lost.discard(self._identity)  # another one had its place on the disk
            self._connection = Connection(self._path)
            _ensure_tables(self._connection)
        return self._connection

    def _tell(self, reason: str) -> None:
        if self._identity not in self._lost:
            log.warning("text index lost", file=str(self._path), reason=reason)
            self._lost.add(self._identity)

    def _was_replaced(self) -> bool:
        """Whether the path names another file by now, or none."""
        return _identity(self._path) != self._identity

    def _what_was_lost(self, error: Exception) -> str | None:
        """Why the file is of no use any more; None when it may well be."""
        code = getattr(error, "sqlite_errorcode", None)
        about = None if code is None else code & 0xFF  # the rest tells where it happened
        if about in _NOT_THE_FILE and not self._was_replaced():
            return None
        return str(error)

    def _throw_away(self) -> None:
        self.close()
        if self._was_replaced():
            return  # another process was first; its file is new
        remove_index(self._path)


def remove_index(path: Path) -> bool:
    """Remove the file; whoever has it open makes it anew. Whether it was there. Raises StoreError `store.index`."""
    try:
        was_there = path.exists()
        path.unlink(missing_ok=True)
        path.with_name(f"{path.name}-journal").unlink(missing_ok=True)
    except OSError as error:
        reason = error.strerror or str(error)
        raise StoreError("store.index", folder=str(path.parent), reason=reason) from error
    return was_there


@contextmanager
def transaction(connection: sqlite3.Connection, kind: Literal["DEFERRED", "IMMEDIATE"]) -> Iterator[None]:
    """All or nothing. DEFERRED sees the file as it is at one moment, IMMEDIATE is the only one to write meanwhile."""
    connection.execute(f"BEGIN {kind}")
    try:
        yield
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            # what went wrong before is what is told; a file that cannot roll back is about to be closed
            with suppress(sqlite3.Error):
                connection.execute("ROLLBACK")


def tables_of(identity: int) -> tuple[str, str]:
    """The names of a repository's tables: of the index, and of the texts in it."""
    return f"words_{identity}", f"texts_{identity}"


def require_fts5(connection: sqlite3.Connection) -> None:
    """Raises StoreError `store.no_fts` when this Python's SQLite was built without full text search."""
    try:
        connection.execute("CREATE VIRTUAL TABLE temp.probe USING fts5(text)")
        connection.execute("DROP TABLE temp.probe")
    except sqlite3.DatabaseError as error:
        raise StoreError("store.no_fts") from error


def _ensure_tables(connection: sqlite3.Connection) -> None:
    if _version(connection) == 0:
        with transaction(connection, "IMMEDIATE"):
            # another process may have made them while this one waited
            if _version(connection) == 0 and not _tables(connection):
                connection.execute(_REPOS)
                connection.execute(tables.RULES)
                connection.execute(f"PRAGMA user_version = {VERSION}")
    if not _is_whole(connection):
        raise Damaged(f"not an index of version {VERSION}")


def _is_whole(connection: sqlite3.Connection) -> bool:
    """Whether the tables are there that should be."""
    if _version(connection) != VERSION or not (there := _tables(connection)) >= {"repos", "rules"}:
        return False
    identities = [int(row[0]) for row in connection.execute("SELECT id FROM repos")]
    return all(there >= {*tables_of(identity), *tables.names(identity)} for identity in identities)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {str(row[0]) for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file a path names; None: there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
