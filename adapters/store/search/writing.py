"""Writing the index: documents and items in the place of what stood there, all or nothing."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.store.search import catalogue, tables
from adapters.store.search.catalogue import Membership
from adapters.store.search.file import Damaged, tables_of, transaction
from adapters.store.search.ranking import COLUMNS
from adapters.store.search.words import TOKENIZER, prepared
from summarizer.items import Item
from summarizer.topics.dumps import strip_dumps

if TYPE_CHECKING:
    import sqlite3


LONGEST_FIELD = 1_000_000
"""Characters of one field that are indexed; a body has at most 65,536, a thread's comments know no limit."""

_NAMES = ", ".join(COLUMNS)
_MARKS = ", ".join("?" * len(COLUMNS))
_MOST_RULES = (
    2  # that members are known by: a process that was not started anew since the rules changed goes on
)


@dataclass(frozen=True, slots=True)
class Document:
    """What of an item can be searched, as it stands in the mirror.

    Who wrote it is no word of it. body: "" when unknown. comments: the bodies of comments and reviews, each by itself.
    Environment dumps in both are left out here, since they name hardware and packages that the item is not about.
    paths: of changed files. item: what the catalogue tells of it; None: then it cannot be found.
    """

    number: int
    title: str
    labels: tuple[str, ...] = ()
    body: str = ""
    comments: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    item: Item | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """By which items belong to topics. name: another one for other rules. members_of: what each
    item that belongs to any topic by itself belongs to."""

    name: str
    members_of: Callable[[Sequence[Item]], Mapping[int, Sequence[Membership]]]


def identity_of(connection: sqlite3.Connection, repo: str) -> int | None:
    row = connection.execute("SELECT id FROM repos WHERE name = ?", (repo,)).fetchone()
    return None if row is None else int(row[0])


def position_of(connection: sqlite3.Connection, repo: str) -> int:
    row = connection.execute("SELECT position FROM repos WHERE name = ?", (repo,)).fetchone()
    return 0 if row is None else int(row[0])


def positions(connection: sqlite3.Connection, repo: str, rules: str) -> tuple[int, int]:
    """How far the feed was followed, and how far for these rules; rules without a name know no members."""
    position = position_of(connection, repo)
    if not rules:
        return position, position
    row = connection.execute(
        "SELECT rules.position FROM rules JOIN repos ON repos.id = rules.repo WHERE repos.name = ? AND rules.name = ?",
        (repo, rules),
    ).fetchone()
    return position, 0 if row is None else int(row[0])


def forget(connection: sqlite3.Connection, repo: str) -> None:
    with transaction(connection, "IMMEDIATE"):
        identity = identity_of(connection, repo)
        if identity is not None:
            for table in tables_of(identity):
                connection.execute(f"DROP TABLE {table}")
            tables.drop(connection, identity)
            connection.execute("DELETE FROM repos WHERE id = ?", (identity,))


def apply(
    connection: sqlite3.Connection,
    repo: str,
    documents: Sequence[Document],
    gone: Sequence[int],
    rules: Rules | None,
    after: int,
    position: int,
) -> bool:
    # before the write begins, which other processes wait for
    packed = {document.number: _packed(document) for document in documents}
    members = _members([document.item for document in documents if document.item], rules)
    with transaction(connection, "IMMEDIATE"):
        if position_of(connection, repo) != after:
            return False
        identity = identity_of(connection, repo)
        if identity is None:
            identity = _add_repo(connection, repo)
        for number in set(gone).difference(packed):
            _replace(connection, identity, number, None)
            catalogue.clear(connection, identity, number)
            catalogue.clear_members(connection, identity, number)
        for document in documents:
            _replace(connection, identity, document.number, packed[document.number])
            if document.item is not None:
                catalogue.put(connection, identity, document.item)
        connection.execute("UPDATE repos SET position = ? WHERE id = ?", (position, identity))
        if rules is not None:
            known = _rules(connection, identity, rules.name)
            if known.position >= after:  # else members of what came before are not known yet
                _put_members(connection, identity, known.id, members, max(known.position, position))
    return True


def apply_members(
    connection: sqlite3.Connection,
    repo: str,
    items: Sequence[Item],
    rules: Rules,
    after: int,
    position: int,
) -> bool:
    members = _members(items, rules)
    with transaction(connection, "IMMEDIATE"):
        identity = identity_of(connection, repo)
        if identity is None:
            return False
        known = _rules(connection, identity, rules.name)
        if known.position != after:
            return False
        _put_members(connection, identity, known.id, members, position)
    return True


@dataclass(frozen=True, slots=True)
class _Rules:
    id: int
    position: int


def _rules(connection: sqlite3.Connection, identity: int, name: str) -> _Rules:
    """The row of some rules, which is made if it is not there; those that are the longest there make room."""
    select = "SELECT id, position FROM rules WHERE repo = ? AND name = ?"
    row = connection.execute(select, (identity, name)).fetchone()
    if row is None:
        connection.execute("INSERT INTO rules (repo, name, position) VALUES (?, ?, 0)", (identity, name))
        row = connection.execute(select, (identity, name)).fetchone()
        old = connection.execute(
            "SELECT id FROM rules WHERE repo = ? ORDER BY id DESC LIMIT -1 OFFSET ?", (identity, _MOST_RULES)
        ).fetchall()
        for (each,) in old:
            connection.execute(f"DELETE FROM members_{identity} WHERE rules = ?", (each,))  # noqa: S608
            connection.execute("DELETE FROM rules WHERE id = ?", (each,))
    return _Rules(*row)


def _members(items: Sequence[Item], rules: Rules | None) -> dict[int, Sequence[Membership]]:
    if rules is None:
        return {}
    found = rules.members_of(items)
    return {item.number: found.get(item.number, ()) for item in items}


def _put_members(
    connection: sqlite3.Connection,
    identity: int,
    rules: int,
    members: Mapping[int, Iterable[Membership]],
    position: int,
) -> None:
    for number, each in members.items():
        catalogue.put_members(connection, identity, rules, number, each)
    connection.execute("UPDATE rules SET position = ? WHERE id = ?", (position, rules))


def _add_repo(connection: sqlite3.Connection, repo: str) -> int:
    added = connection.execute("INSERT INTO repos (name, position) VALUES (?, 0) RETURNING id", (repo,))
    identity = int(added.fetchone()[0])
    words, texts = tables_of(identity)
    connection.execute(f"CREATE TABLE {texts} (number INTEGER PRIMARY KEY, text BLOB NOT NULL)")
    # contentless, since the texts are kept packed: they are needed again only to take an item out
    connection.execute(
        f"CREATE VIRTUAL TABLE {words} USING fts5({_NAMES}, content='', tokenize='{TOKENIZER}')"
    )
    tables.make(connection, identity)
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
