"""The text index: which items of a repository hold a person's words, best first.

It follows the mirror: whoever reads the mirror's feed of changes hands over what changed, and how far that reaches.
Nothing is kept here that the mirror does not hold, so the file may be deleted at any time.
"""

from __future__ import annotations

import asyncio
import zlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from adapters.store.search.file import Damaged, IndexFile, tables_of, transaction
from adapters.store.search.query import Query, Word, parse_query
from adapters.store.search.words import TOKENIZER, prepared
from summarizer.topics.dumps import strip_dumps

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator, Callable, Collection, Iterable, Sequence
    from pathlib import Path

LONGEST_FIELD = 1_000_000
"""Characters of one field that are indexed; a body has at most 65,536, a thread's comments know no limit."""

COLUMNS = {"title": 10.0, "labels": 5.0, "author": 4.0, "paths": 3.0, "body": 1.0, "comments": 0.5}
"""What can be searched -> how much a word counts there."""

_NAMES = ", ".join(COLUMNS)
_MARKS = ", ".join("?" * len(COLUMNS))
_WEIGHTS = ", ".join(map(str, COLUMNS.values()))
_MOST_LOOSE_WORDS = 32

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Document:
    """What of an item can be searched, as it stands in the mirror.

    body: "" when unknown. comments: the bodies of comments and reviews, each by itself. Environment dumps in both are
    left out here, since they name hardware and packages that the item is not about. paths: of changed files.
    """

    number: int
    title: str
    labels: tuple[str, ...] = ()
    author: str = ""
    body: str = ""
    comments: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """An item that was found. score: greater is better, and only good for comparing hits of one search.

    all_words: whether every word of the query is in it; if not, no item has them all and this one has the most.
    """

    number: int
    score: float
    all_words: bool = True


class TextIndex:
    """The index of one host, in any number of processes. Repositories are named `owner/name` in any case.

    A lost or damaged file is no error: it is made anew, empty, and its position is 0 again. Every method raises
    StoreError `store.index` when the file can neither be used nor made anew (no room, no permission).
    SQLite runs in a thread of its own, one call after the other.
    """

    def __init__(self, file: IndexFile, executor: ThreadPoolExecutor) -> None:
        self._file = file
        self._executor = executor

    async def position(self, repo: str) -> int:
        """How far of the mirror's feed of changes the index has come; 0 when it is new or was lost."""
        return await self._run(lambda connection: _position(connection, _key(repo)))

    async def apply(
        self, repo: str, documents: Iterable[Document], gone: Iterable[int], *, after: int, position: int
    ) -> bool:
        """Put documents in place of what is known of their items, take out those in `gone`, and note the position: all
        or nothing.

        after: the position that the changes were read from. Where the index stands elsewhere by now, because another
        process was first or the file was lost, nothing is done and the answer is False. A long list is handed over
        in batches of some hundred, as other calls wait meanwhile; all but the last with `position` equal to `after`.
        """
        changed, removed = list(documents), list(gone)
        return await self._run(
            lambda connection: _apply(connection, _key(repo), changed, removed, after, position)
        )

    async def search(
        self, repo: str, text: str, *, within: Collection[int] | None = None, limit: int = 50
    ) -> list[Hit]:
        """The items that hold the words of `text`, best first, equally good ones newest first.

        text: a person's words in any language. Words in quotation marks must stand in that order. When no item holds
        every word, those that hold the most are found.
        within: only items of these numbers; None: all. Nothing is found by a text without letters and digits.
        """
        query = parse_query(text)
        numbers = None if within is None else frozenset(within)
        if not query or limit < 1 or numbers == frozenset():
            return []
        return await self._run(lambda connection: _search(connection, _key(repo), query, numbers, limit))

    async def count(self, repo: str) -> int:
        """How many items are in the index."""
        return await self._run(lambda connection: _count(connection, _key(repo)))

    async def forget(self, repo: str) -> None:
        """Drop all of a repository, as when its mirror was emptied and its feed began anew."""
        await self._run(lambda connection: _forget(connection, _key(repo)))

    async def _run(self, work: Callable[[sqlite3.Connection], _Result]) -> _Result:
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._file.run, work)


@asynccontextmanager
async def open_index(path: Path) -> AsyncIterator[TextIndex]:
    """The index in the file at `path`, which is made if it is not there.

    Raises StoreError: `store.no_fts` when this Python's SQLite cannot search text, `store.index`.
    """
    file = IndexFile(path)
    executor = ThreadPoolExecutor(1, thread_name_prefix="text-index")
    loop = asyncio.get_running_loop()
    try:
        await loop.run_in_executor(executor, file.open)
        yield TextIndex(file, executor)
    finally:
        try:
            await loop.run_in_executor(executor, file.close)
        finally:
            executor.shutdown(wait=False)


def _key(repo: str) -> str:
    return repo.lower()  # GitHub ignores case in names


def _identity(connection: sqlite3.Connection, repo: str) -> int | None:
    row = connection.execute("SELECT id FROM repos WHERE name = ?", (repo,)).fetchone()
    return None if row is None else int(row[0])


def _position(connection: sqlite3.Connection, repo: str) -> int:
    row = connection.execute("SELECT position FROM repos WHERE name = ?", (repo,)).fetchone()
    return 0 if row is None else int(row[0])


def _count(connection: sqlite3.Connection, repo: str) -> int:
    with transaction(connection, "DEFERRED"):
        identity = _identity(connection, repo)
        if identity is None:
            return 0
        _, texts = tables_of(identity)
        return int(connection.execute(f"SELECT count(*) FROM {texts}").fetchone()[0])  # noqa: S608 - our own names


def _forget(connection: sqlite3.Connection, repo: str) -> None:
    with transaction(connection, "IMMEDIATE"):
        identity = _identity(connection, repo)
        if identity is not None:
            for table in tables_of(identity):
                connection.execute(f"DROP TABLE {table}")
            connection.execute("DELETE FROM repos WHERE id = ?", (identity,))


# Applying


def _apply(
    connection: sqlite3.Connection,
    repo: str,
    documents: Sequence[Document],
    gone: Sequence[int],
    after: int,
    position: int,
) -> bool:
    # before the write begins, which other processes wait for
    packed = {document.number: _packed(document) for document in documents}
    with transaction(connection, "IMMEDIATE"):
        if _position(connection, repo) != after:
            return False
        identity = _identity(connection, repo)
        if identity is None:
            identity = _add_repo(connection, repo)
        for number in gone:
            if number not in packed:
                _replace(connection, identity, number, None)
        for number, text in packed.items():
            _replace(connection, identity, number, text)
        connection.execute("UPDATE repos SET position = ? WHERE id = ?", (position, identity))
    return True


def _add_repo(connection: sqlite3.Connection, repo: str) -> int:
    added = connection.execute("INSERT INTO repos (name, position) VALUES (?, 0) RETURNING id", (repo,))
    identity = int(added.fetchone()[0])
    words, texts = tables_of(identity)
    connection.execute(f"CREATE TABLE {texts} (number INTEGER PRIMARY KEY, text BLOB NOT NULL)")
    # contentless, since the texts are kept packed: they are needed again only to take an item out
    connection.execute(
        f"CREATE VIRTUAL TABLE {words} USING fts5({_NAMES}, content='', tokenize='{TOKENIZER}')"
    )
    return identity


def _replace(connection: sqlite3.Connection, identity: int, number: int, text: bytes | None) -> None:
    """Put `text` in the place of what is there; None: nothing."""
    words, texts = tables_of(identity)
    row = connection.execute(f"SELECT text FROM {texts} WHERE number = ?", (number,)).fetchone()  # noqa: S608
    if row is not None and row[0] == text:
        return
    if row is not None:
        # what has no content is told by the same words that put it there
        connection.execute(
            f"INSERT INTO {words} ({words}, rowid, {_NAMES}) VALUES ('delete', ?, {_MARKS})",  # noqa: S608
            (number, *_unpacked(row[0])),
        )
        connection.execute(f"DELETE FROM {texts} WHERE number = ?", (number,))  # noqa: S608
    if text is not None:
        connection.execute(f"INSERT INTO {texts} (number, text) VALUES (?, ?)", (number, text))  # noqa: S608
        connection.execute(
            f"INSERT INTO {words} (rowid, {_NAMES}) VALUES (?, {_MARKS})",  # noqa: S608
            (number, *_unpacked(text)),
        )


def _packed(document: Document) -> bytes:
    """The document's columns as they go into the index, compressed."""
    columns = (
        f"{document.title} {document.number}",  # `#123` finds the item itself first
        "\n".join(document.labels),
        document.author,
        "\n".join(document.paths),
        strip_dumps(document.body[:LONGEST_FIELD]),
        "\n".join(strip_dumps(comment) for comment in document.comments),
    )
    text = "\0".join(prepared(column[:LONGEST_FIELD]) for column in columns)
    return zlib.compress(text.encode("utf-8"), 1)


def _unpacked(packed: bytes) -> list[str]:
    """Raises Damaged."""
    try:
        columns = zlib.decompress(packed).decode("utf-8").split("\0")
    except (TypeError, zlib.error, UnicodeDecodeError) as error:
        raise Damaged("a text cannot be unpacked") from error
    if len(columns) != len(COLUMNS):
        raise Damaged("a text has other columns")
    return columns


# Searching


def _search(
    connection: sqlite3.Connection, repo: str, query: Query, within: Collection[int] | None, limit: int
) -> list[Hit]:
    with transaction(connection, "DEFERRED"):
        identity = _identity(connection, repo)
        if identity is None:
            return []
        words, _ = tables_of(identity)
        search = _Search(connection, words, within)
        every = " AND ".join(map(str, (*query.phrases, *query.words)))
        return search.ranked(every, limit) or search.partial(query, limit)


class _Search:
    """A search in one table, for items of the numbers `within`, or for all."""

    def __init__(self, connection: sqlite3.Connection, table: str, within: Collection[int] | None) -> None:
        self._connection = connection
        self._table = table
        self._matching = f"FROM {table} WHERE {table} MATCH ?"
        if within is not None:
            self._narrow(within)

    def ranked(self, expression: str, limit: int) -> list[Hit]:
        """The items that an FTS5 expression matches, best first."""
        # not FTS5's own `rank`: asked to sort by that, it ranks what is filtered out as well
        rows = self._connection.execute(
            f"SELECT rowid, bm25({self._table}, {_WEIGHTS}) AS badness {self._matching}"
            " ORDER BY badness, rowid DESC LIMIT ?",
            (expression, limit),
        )
        return [Hit(number, -badness) for number, badness in rows]

    def partial(self, query: Query, limit: int) -> list[Hit]:
        """The items that hold the most of the words, and every phrase."""
        required = "".join(f" AND {phrase}" for phrase in query.phrases)
        words = self._found_somewhere(query.words)[:_MOST_LOOSE_WORDS]
        if not words:
            return []
        each = " UNION ALL ".join(f"SELECT rowid AS number {self._matching}" for _ in words)
        rows = self._connection.execute(
            f"SELECT number, count(*) FROM ({each}) GROUP BY number",  # noqa: S608 - our own names
            [f"{word}{required}" for word in words],
        )
        held: dict[int, int] = dict(rows)
        best = _those_with_most(held, limit)
        self._narrow(best)
        ranked = self.ranked(f"({' OR '.join(map(str, words))}){required}", len(best))
        ranked.sort(key=lambda hit: -held[hit.number])  # keeps the order of those that hold equally many
        return [Hit(hit.number, hit.score, all_words=False) for hit in ranked[:limit]]

    def _found_somewhere(self, words: Iterable[Word]) -> list[Word]:
        """The words that occur, and in place of those that do not, what does when they are taken less strictly."""
        found: dict[Word, None] = {}
        for word in words:
            if self._occurs(word):
                found[word] = None
            else:
                found.update((looser, None) for looser in word.looser() if self._occurs(looser))
        return list(found)

    def _occurs(self, word: Word) -> bool:
        return (
            self._connection.execute(f"SELECT 1 {self._matching} LIMIT 1", (str(word),)).fetchone()
            is not None
        )

    def _narrow(self, within: Iterable[int]) -> None:
        """From here on look only at items of these numbers."""
        self._connection.execute("CREATE TEMP TABLE IF NOT EXISTS chosen (number INTEGER PRIMARY KEY)")
        self._connection.execute("DELETE FROM temp.chosen")
        self._connection.executemany(
            "INSERT INTO temp.chosen VALUES (?)", zip(sorted(within))
        )  # each a row of one
        # the plus keeps SQLite from starting the search anew for each number
        self._matching = (
            f"FROM {self._table} WHERE {self._table} MATCH ? AND +rowid IN (SELECT number FROM temp.chosen)"  # noqa: S608
        )


def _those_with_most(held: dict[int, int], limit: int) -> list[int]:
    """The items that hold so many words that they may come among the first `limit`. held: how many, by number."""
    enough, seen = 0, 0
    for many, items in sorted(Counter(held.values()).items(), reverse=True):
        enough, seen = many, seen + items
        if seen >= limit:
            break
    return [number for number, many in held.items() if many >= enough]
