"""The version of a store: an older one is saved and brought up to the present one, a newer one refused."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from adapters.store import open_store, schema
from adapters.store.backup import load, save
from adapters.store.backup_file import entries, read_header
from adapters.store.connection import connect
from adapters.store.schema import PRESENT, backups_in, prepare_schema
from adapters.store.versions import RESTORING, SCHEMA
from summarizer.errors import StoreError
from tests.adapters.store.kept import MOMENTARY, OTHERS, SECRETS, STATE, held

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from adapters.store.connection import Command, Connection


@pytest.fixture
async def connection(any_server: str) -> AsyncIterator[Connection]:
    async with connect(any_server) as connection:
        await connection.call_each([("FLUSHALL",)])
        yield connection


async def version(connection: Connection) -> bytes | None:
    found: bytes | None = await connection.call("GET", SCHEMA)
    return found


async def test_an_empty_store_is_of_the_present_version(connection: Connection, tmp_path: Path) -> None:
    await connection.call_many([*MOMENTARY, *OTHERS])
    await prepare_schema(connection, tmp_path)

    assert await version(connection) == b"%d" % PRESENT
    assert not backups_in(tmp_path).exists()


@pytest.mark.parametrize("told", [(), (("SET", SCHEMA, 1),)], ids=["tells none", "tells 1"])
async def test_an_older_store_is_saved_and_brought_up(
    told: tuple[Command, ...], connection: Connection, tmp_path: Path
) -> None:
    await connection.call_many([*STATE, *SECRETS, *told])
    before = await held(connection)
    await prepare_schema(connection, tmp_path)
    [path] = backups_in(tmp_path).iterdir()

    assert await version(connection) == b"%d" % PRESENT
    assert await held(connection) == {**before, SCHEMA: ("string", b"%d" % PRESENT, -1)}
    assert read_header(path).schema == 1
    assert {entry.key.decode() for entry in entries(path)} == set(before) - {SCHEMA}
    assert path.stat().st_mode & 0o777 == 0o600


async def test_of_several_processes_one_migrates(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    migrated: list[int] = []

    async def migrate(_: Connection) -> None:
        migrated.append(1)

    monkeypatch.setattr(schema, "MIGRATIONS", {1: migrate})
    await connection.call_many(STATE)
    await asyncio.gather(*(prepare_schema(connection, tmp_path / str(n)) for n in range(4)))

    assert migrated == [1]
    assert await version(connection) == b"%d" % PRESENT


async def test_a_migration_that_failed_is_tried_again_from_where_it_was(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[int] = []

    async def first(_: Connection) -> None:
        begun.append(1)

    async def second(_: Connection) -> None:
        begun.append(2)
        if begun.count(2) == 1:
            raise StoreError("store.lost")

    monkeypatch.setattr(schema, "MIGRATIONS", {1: first, 2: second})
    monkeypatch.setattr(schema, "PRESENT", 3)
    await connection.call_many(STATE)
    with pytest.raises(StoreError):
        await prepare_schema(connection, tmp_path)
    await prepare_schema(connection, tmp_path)

    assert begun == [1, 2, 2]
    assert await version(connection) == b"3"


async def test_a_newer_store_is_refused_with_the_last_backup_that_can_be_restored(
    connection: Connection, tmp_path: Path
) -> None:
    await connection.call_many([*STATE, ("SET", SCHEMA, PRESENT + 1)])
    with pytest.raises(StoreError) as caught:
        await prepare_schema(connection, tmp_path)
    assert (caught.value.key, caught.value.values) == (
        "store.newer",
        {"version": PRESENT + 1, "known": PRESENT},
    )

    folder = backups_in(tmp_path)
    folder.mkdir()
    for name, of in (("a", PRESENT - 1), ("b", PRESENT), ("c", PRESENT + 1)):
        await save(
            connection, folder / f"{name}.backup", schema=of, with_secrets=False, progress=lambda *_: None
        )
    (folder / "d.backup").write_text("something else")
    with pytest.raises(StoreError) as caught:
        await prepare_schema(connection, tmp_path)
    assert caught.value.key == "store.newer_saved"
    assert caught.value.values["file"] == str(folder / "b.backup")
    assert await version(connection) == b"%d" % (PRESENT + 1)

    await load(connection, folder / "b.backup", known=PRESENT, replace=True, progress=lambda *_: None)
    await prepare_schema(connection, tmp_path)


@pytest.mark.parametrize(("told", "key"), [(RESTORING, "half"), (b"two", "record")])
async def test_a_store_of_which_nobody_knows_the_version_is_not_opened(
    told: bytes, key: str, redis_server: str, tmp_path: Path
) -> None:
    async with connect(redis_server) as connection:
        await connection.call("SET", SCHEMA, told)
        with pytest.raises(StoreError) as caught:
            async with open_store(redis_server, tmp_path):
                pass
        await connection.call("DEL", SCHEMA)

    assert caught.value.key == f"store.{key}"


async def test_nothing_is_migrated_that_cannot_be_saved(connection: Connection, tmp_path: Path) -> None:
    await connection.call_many(STATE)
    backups_in(tmp_path).write_text("a file where the folder should be")
    with pytest.raises(StoreError) as caught:
        await prepare_schema(connection, tmp_path)

    assert caught.value.key == "store.backup"
    assert await version(connection) is None
