"""Ranking: which of some items hold words best. One search after the other in one repository's words."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from adapters.store.search.connection import Connection
    from adapters.store.search.query import Either, Word

COLUMNS = {"title": 10.0, "labels": 5.0, "paths": 3.0, "body": 1.0, "comments": 0.5}
"""What can be searched -> how much a word counts there."""

_WEIGHTS = ", ".join(map(str, COLUMNS.values()))
_MOST_LOOSE_WORDS = 32
_MOST_RANKED = 1_000  # items that hold equally many words; of more the newest

Sayable: TypeAlias = "Word | Either"


class Ranking:
    """A search in one table, in all of it until it is narrowed."""

    def __init__(self, connection: Connection, table: str) -> None:
        self._connection = connection
        self._table = table
        self._matching = f"FROM {table} WHERE {table} MATCH ?"

    def narrow(self, table: str) -> None:
        """From here on look only at items of the numbers in a table."""
        # the plus keeps SQLite from starting the search anew for each number
        self._matching = (
            f"FROM {self._table} WHERE {self._table} MATCH ? AND +rowid IN (SELECT number FROM {table})"  # noqa: S608
        )

    def ranked(self, expression: str) -> list[int]:
        """The items that an FTS5 expression matches, best first, equally good ones newest first."""
        # not FTS5's own `rank`: asked to sort by that, it ranks what is filtered out as well
        # SQLite takes no score into a sum, so the limit keeps the two statements apart
        scored = (
            f"SELECT -bm25({self._table}, {_WEIGHTS}) AS score, rowid AS number {self._matching} LIMIT -1"
        )
        rows = self._connection.rows("score, number", f"FROM ({scored})", (expression,))
        rows.sort(reverse=True)
        return [number for _, number in rows]

    def partial(self, words: Sequence[Sayable], phrases: Sequence[Word], limit: int) -> list[int]:
        """The items that hold the most of the words, and every phrase."""
        required = "".join(f" AND {phrase}" for phrase in phrases)
        found = self._found_somewhere(words)[:_MOST_LOOSE_WORDS]
        if not found:
            return []
        each = " UNION ALL ".join(f"SELECT rowid AS number {self._matching}" for _ in found)
        rows = self._connection.rows(
            "number, many",
            f"FROM (SELECT number, count(*) AS many FROM ({each}) GROUP BY number)",  # noqa: S608 - our own names
            [f"{word}{required}" for word in found],
        )
        held: dict[int, int] = dict(rows)
        best = sorted(_those_with_most(held, limit))[-_MOST_RANKED:]
        self._connection.fill("temp.best", "SELECT value FROM json_each(?)", (json.dumps(best),))
        self.narrow("temp.best")
        ranked = self.ranked(f"({' OR '.join(map(str, found))}){required}")
        ranked.sort(key=lambda number: -held[number])  # keeps the order of those that hold equally many
        return ranked[:limit]

    def _found_somewhere(self, words: Iterable[Sayable]) -> list[Sayable]:
        """The words that occur, and in place of those that do not, what does when they are taken less strictly."""
        found: dict[Sayable, None] = {}
        for word in words:
            if self._occurs(word):
                found[word] = None
            else:
                found.update((looser, None) for looser in word.looser() if self._occurs(looser))
        return list(found)

    def _occurs(self, word: Sayable) -> bool:
        return (
            self._connection.execute(f"SELECT 1 {self._matching} LIMIT 1", (str(word),)).fetchone()
            is not None
        )


def _those_with_most(held: dict[int, int], limit: int) -> list[int]:
    """The items that hold so many words that they may come among the first `limit`. held: how many, by number."""
    enough, seen = 0, 0
    for many, items in sorted(Counter(held.values()).items(), reverse=True):
        enough, seen = many, seen + items
        if seen >= limit:
            break
    return [number for number, many in held.items() if many >= enough]
