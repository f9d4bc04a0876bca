"""A connection to the index's file that remembers what was worked out over it, as long as nobody writes.

Rows come as JSON, all in one: with each row that is fetched by itself a thread gives up Python's lock and has to wait
for it again, which among other threads takes longer than all else.
"""

from __future__ import annotations

import json
import sqlite3
from collections import OrderedDict
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence
    from pathlib import Path

MOST_KEPT = 24
BUSY_TIMEOUT_S = 10.0  # another process may be in the middle of a few hundred documents
CACHE_KB = 65_536  # room for such a batch, else readers in other processes wait for all of it

_T = TypeVar("_T")


class Connection(sqlite3.Connection):
    """For one thread at a time, and within a transaction for all that belongs together."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, timeout=BUSY_TIMEOUT_S, isolation_level=None)
        self._version: int | None = None
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()
        self.execute(f"PRAGMA cache_size = -{CACHE_KB}")
        self.execute("PRAGMA synchronous = NORMAL")
        self.execute("PRAGMA temp_store = MEMORY")
        self.create_function("fnmatch", 2, fnmatchcase, deterministic=True)

    def kept(self, key: Hashable, work: Callable[[], _T]) -> _T:
        """What `work` returned when it was done last for that key; done again once the file has changed. Of the keys
        the least lately used are forgotten first. Only for connections that do not write."""
        version = self.execute("PRAGMA data_version").fetchone()[0]
        if version != self._version:
            self._kept.clear()
            self._version = version
        if key in self._kept:
            self._kept.move_to_end(key)
        else:
            self._kept[key] = work()
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        found: _T = self._kept[key]
        return found

    def fill(self, table: str, numbers: str, values: Sequence[object] | Mapping[str, object] = ()) -> None:
        """Make a table, of this connection alone, of the numbers that a statement selects."""
        self.execute(f"CREATE TABLE IF NOT EXISTS {table} (number INTEGER PRIMARY KEY)")
        self.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
        self.execute(f"INSERT INTO {table} {numbers}", values)

    def forget(self) -> None:
        """Remember nothing: what was made for it was undone with a transaction."""
        self._kept.clear()

    def rows(
        self, columns: str, tail: str, values: Sequence[object] | Mapping[str, object] = ()
    ) -> list[list[Any]]:
        """What `SELECT columns tail` selects, without an order."""
        [told] = self.execute(f"SELECT json_group_array(json_array({columns})) {tail}", values).fetchone()
        found: list[list[Any]] = json.loads(told)
        return found

    def column(
        self, column: str, tail: str, values: Sequence[object] | Mapping[str, object] = ()
    ) -> list[Any]:
        """The same for one column."""
        [told] = self.execute(f"SELECT json_group_array({column}) {tail}", values).fetchone()
        found: list[Any] = json.loads(told)
        return found
