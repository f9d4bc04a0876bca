"""The text index's file: lost, damaged, shared. Nobody who asks meets an error of it."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import sqlite3
import sys
from typing import TYPE_CHECKING

import pytest
import structlog

from adapters.store.search import TextIndex, open_index
from summarizer.errors import StoreError
from tests.adapters.store.test_search import REPO, document, found, put

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOLLOWER = """
import asyncio, sys
from pathlib import Path
from adapters.store.search import Document, open_index
from summarizer.items import Item

async def main():
    async with open_index(Path(sys.argv[1])) as index:
        done = 0
        while (after := await index.position("a/b")) < 30:
            item = Item("a/b", after + 1, "issue", "", "")
            document = Document(after + 1, f"change {after + 1} by {sys.argv[2]}", item=item)
            done += await index.apply("a/b", [document], [], after=after, position=after + 1)
        print(done)

asyncio.run(main())
"""
"""A process that follows a feed of thirty changes together with others; it prints how many it applied."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the index lies."""
    return tmp_path / "index" / "text.db"


async def make(path: Path, items: int = 3) -> None:
    async with open_index(path) as index:
        await put(index, *(document(number, f"words of item {number}") for number in range(1, items + 1)))


async def is_new(index: TextIndex) -> bool:
    """Whether the index is empty, and can be used."""
    if await index.position(REPO) or await index.count(REPO) or await found(index, "words"):
        return False
    await put(index, document(9, "fresh words"))
    return await found(index, "words") == [9]


def rights_of_others(path: Path) -> int:
    return path.stat().st_mode & 0o077


def remove(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def truncate(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def overwrite(path: Path) -> None:
    path.write_bytes(b"no database at all " * 1_000)


def spoil_pages(path: Path) -> None:
    """All but the first page, which tells that it is a database."""
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(random.Random(1).randbytes(path.stat().st_size - 4096))


def scatter_bytes(path: Path, chance: random.Random) -> None:
    with path.open("r+b") as file:
        for _ in range(chance.randint(1, 6)):
            file.seek(chance.randrange(path.stat().st_size))
            file.write(chance.randbytes(chance.choice((1, 16, 500))))


def drop_table(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("DROP TABLE words_1")
    connection.close()


def age(path: Path) -> None:
    """A file of another version."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 999")
    connection.close()


def pack_otherwise(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("UPDATE texts_1 SET text = x'00'")
    connection.close()


@pytest.mark.parametrize("lose", [remove, empty, truncate, overwrite, spoil_pages, drop_table, age])
async def test_lost_file_is_made_anew_when_it_is_opened(path: Path, lose: Callable[[Path], None]) -> None:
    await make(path)
    lose(path)

    async with open_index(path) as index:
        assert await is_new(index)


@pytest.mark.parametrize("lose", [remove, empty, truncate, overwrite, drop_table])
async def test_file_lost_while_it_is_open_is_made_anew_and_logged_once(
    path: Path, lose: Callable[[Path], None]
) -> None:
    await make(path)
    async with open_index(path) as index:
        assert await found(index, "words") == [3, 2, 1]
        with structlog.testing.capture_logs() as lines:
            lose(path)

            assert await found(index, "words") == []
            assert await is_new(index)

    assert [line["event"] for line in lines] == ["text index lost"]


async def test_removed_folder_is_made_anew(path: Path) -> None:
    async with open_index(path) as index:
        await put(index, document(1, "words"))
        shutil.rmtree(path.parent)

        assert await is_new(index)


async def test_changes_on_top_of_a_lost_file_are_refused(path: Path) -> None:
    await make(path)
    async with open_index(path) as index:
        after = await index.position(REPO)
        remove(path)

        assert not await index.apply(REPO, [document(4, "words")], [], after=after, position=after + 1)
        assert await is_new(index)


async def test_damage_that_only_a_change_meets_throws_the_file_away(path: Path) -> None:
    await make(path)
    pack_otherwise(path)
    async with open_index(path) as index:
        assert await found(index, "words") == [3, 2, 1]

        assert not await index.apply(REPO, [document(1, "other")], [], after=1, position=2)
        assert await is_new(index)


async def test_database_of_someone_else_is_replaced(path: Path) -> None:
    path.parent.mkdir()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (x)")
    connection.close()

    async with open_index(path) as index:
        assert await is_new(index)


@pytest.mark.parametrize("seed", range(30))
async def test_damage_anywhere_is_never_an_error(path: Path, seed: int) -> None:
    await make(path, items=60)
    scatter_bytes(path, random.Random(seed))

    async with open_index(path) as index:
        await found(index, "words of zebra")
        await found(index, "item 7", range(50))
        await index.count(REPO)
        after = await index.position(REPO)
        await index.apply(REPO, [document(5, "other words")], [6], after=after, position=after + 1)
        await found(index, "words")


async def test_interrupted_write_leaves_the_index_as_it_was(path: Path) -> None:
    await make(path)
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA cache_size = 1")  # so that much of it reaches the file
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE texts_1 SET text = zeroblob(100000)")
    copy = path.with_name("copy.db")
    for suffix in ("", "-journal"):
        shutil.copy(f"{path}{suffix}", f"{copy}{suffix}")
    connection.close()

    async with open_index(copy) as index:
        assert await found(index, "words") == [3, 2, 1]
        await put(index, document(1, "other"))
        assert await found(index, "words") == [3, 2]


async def test_connections_to_one_file_see_each_others_changes(path: Path) -> None:
    async with open_index(path) as one, open_index(path) as other:
        await put(one, document(1, "words"))
        assert await found(other, "words") == [1]

        await put(other, gone=(1,))
        assert await found(one, "words") == []
        await other.forget(REPO)
        assert await is_new(one)


async def test_connection_follows_when_another_replaced_the_file(path: Path) -> None:
    await make(path)
    async with open_index(path) as one, open_index(path) as other:
        overwrite(path)

        assert await is_new(one)
        assert await found(other, "words") == [9]


async def test_of_several_processes_each_change_is_applied_by_exactly_one(path: Path) -> None:
    followers = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", FOLLOWER, str(path), name, stdout=-1)
        for name in ("ann", "bob", "eve")
    ]
    printed = [await follower.communicate() for follower in followers]

    assert [follower.returncode for follower in followers] == [0, 0, 0]
    assert sum(int(out) for out, _ in printed) == 30
    async with open_index(path) as index:
        assert await index.count("a/b") == 30
        assert set(await found(index, "change", repo="a/b")) == set(range(1, 31))


async def test_file_is_for_its_owner_alone(path: Path) -> None:
    await make(path)

    assert rights_of_others(path) == rights_of_others(path.parent) == 0


async def test_place_that_cannot_hold_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(StoreError) as raised:
        async with open_index(tmp_path / "file" / "text.db"):
            pass

    assert raised.value.key == "store.index"
    assert set(raised.value.values) == {"folder", "reason"}
