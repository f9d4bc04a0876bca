"""Backups: what is saved comes back as it was, on any kind of server, or nothing changes."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import pytest

from adapters.store.backup import AT_ONCE, save
from adapters.store.backup_file import entries
from adapters.store.connection import Connection
from adapters.store.schema import prepare_schema
from adapters.store.versions import RESTORING, SCHEMA
from summarizer.errors import StoreError
from tests.adapters.store.kept import (
    MOMENTARY,
    OTHERS,
    SECRETS,
    STATE,
    VERSION,
    filled,
    held,
    loaded,
    refused,
    saved,
)
from tests.adapters.store.links import Twice

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from adapters.store.connection import Command

RESTORING_UNTIL_KILLED = """
import asyncio, sys
from pathlib import Path
from adapters.store.backup import load
from adapters.store.connection import connect

def begun(done, total):
    print("begun", flush=True)
    sys.stdin.read()

async def main():
    async with connect(sys.argv[1]) as connection:
        await load(connection, Path(sys.argv[2]), known=2, replace=False, progress=begun)

asyncio.run(main())
"""


async def test_what_is_saved_comes_back_as_it_was(any_server: str, tmp_path: Path) -> None:
    path = tmp_path / "all.backup"
    async with filled(any_server, *STATE, *MOMENTARY, *SECRETS, *OTHERS) as connection:
        before = await held(connection)
        went = await saved(connection, path, with_secrets=True)
        await connection.call_each([("FLUSHALL",)])
        await connection.call_many(OTHERS)
        came = await loaded(connection, path)

        assert await held(connection) == {**before, SCHEMA: ("string", b"2", -1)}
    assert (
        went.kinds
        == came.kinds
        == {
            "mirror": 3,
            "subscriptions": 2,
            "person": 1,
            "conversation": 1,
            "workspaces": 1,
        }
    )
    assert went.bytes == came.bytes == path.stat().st_size
    assert came.before is None


async def test_a_backup_moves_from_one_kind_of_server_to_another(
    redis_cluster: str, redis_server: str, tmp_path: Path
) -> None:
    path = tmp_path / "cluster.backup"
    async with filled(redis_cluster, *STATE) as cluster, filled(redis_server) as server:
        await saved(cluster, path)
        await loaded(server, path)

        assert await held(server) == {**await held(cluster), SCHEMA: ("string", b"2", -1)}


async def test_only_its_owner_may_read_it(redis_server: str, tmp_path: Path) -> None:
    path = tmp_path / "all.backup"
    path.touch(0o644)
    path.unlink()
    async with filled(redis_server, *STATE) as connection:
        await saved(connection, path)

    assert path.stat().st_mode & 0o777 == 0o600


async def test_secrets_are_saved_only_where_somebody_asks_and_stay_where_the_file_has_none(
    redis_server: str, tmp_path: Path
) -> None:
    async with filled(redis_server, *STATE, *SECRETS) as connection:
        went = await saved(connection, tmp_path / "plain.backup")
        await connection.call("HSET", "vllm-digest:workspaces", "T2", b"sealed later")
        await loaded(connection, tmp_path / "plain.backup", replace=True)

        assert "workspaces" not in went.kinds
        assert await connection.call("HKEYS", "vllm-digest:workspaces") == [b"T1", b"T2"]


async def test_what_holds_data_is_replaced_only_where_somebody_says_so_and_saved_first(
    any_server: str, tmp_path: Path
) -> None:
    path = tmp_path / "old.backup"
    async with filled(any_server, *STATE, *SECRETS, ("SET", SCHEMA, VERSION)) as connection:
        old = await held(connection)
        await saved(connection, path, with_secrets=True)
        await connection.call_many(
            [
                ("DEL", "vllm-digest:mirror:{o/r#1}"),
                ("HSET", "vllm-digest:{subscriptions}", "s3", "{}"),
                ("SET", "vllm-digest:spending:{2025-12-10}", "new"),
                *MOMENTARY,
            ]
        )
        new = await held(connection)
        await refused(connection, path, "full")
        came = await loaded(connection, path, replace=True)
        assert await held(connection) == old
        assert await connection.call("GET", "vllm-digest:cache:d1") == b"bytes"

        assert came.before
        assert came.before.parent == tmp_path
        await loaded(connection, came.before, replace=True)
        assert await held(connection) == new


async def test_keys_that_belong_together_are_of_one_moment(any_server: str, tmp_path: Path) -> None:
    both = """
    redis.call('HINCRBY', KEYS[1], 'number', 1)
    redis.call('RPUSH', KEYS[2], redis.call('HGET', KEYS[1], 'number'))
    """
    async with filled(any_server) as connection:

        async def write() -> None:
            while True:
                await connection.call("EVAL", both, 2, "vllm-digest:{x}:state", "vllm-digest:{x}:list")

        async with asyncio.TaskGroup() as group:
            writing = group.create_task(write())
            for n in range(20):
                await saved(connection, tmp_path / f"{n}.backup")
            writing.cancel()
    for n in range(20):
        found = {entry.key: entry.items for entry in entries(tmp_path / f"{n}.backup")}
        if found:
            assert found[b"vllm-digest:{x}:list"][-1] == found[b"vllm-digest:{x}:state"][1]


async def test_a_restore_that_did_not_finish_is_run_again(redis_server: str, tmp_path: Path) -> None:
    path = tmp_path / "all.backup"
    async with filled(redis_server, *STATE) as connection:
        whole = await held(connection)
        await saved(connection, path)
        await connection.call("DEL", "vllm-digest:{subscriptions}")
        await connection.call("SET", SCHEMA, RESTORING)

        came = await loaded(connection, path)

        assert came.before is None
        assert await held(connection) == {**whole, SCHEMA: ("string", b"2", -1)}


async def test_a_restore_that_is_killed_leaves_a_store_that_is_not_used_before_it_is_whole(
    redis_server: str, tmp_path: Path
) -> None:
    path = tmp_path / "all.backup"
    many: list[Command] = [("SET", f"vllm-digest:person:{n}", n) for n in range(5 * AT_ONCE)]
    async with filled(redis_server, *STATE, *many) as connection:
        whole = await held(connection)
        await saved(connection, path)
        await connection.call_each([("FLUSHALL",)])
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", RESTORING_UNTIL_KILLED, redis_server, str(path), stdin=-1, stdout=-1
        )
        assert process.stdout
        assert await process.stdout.readline() == b"begun\n"
        process.kill()
        await process.communicate()

        assert 0 < len(await held(connection)) < len(whole)
        with pytest.raises(StoreError, match=r"store\.half"):
            await prepare_schema(connection, tmp_path)
        await loaded(connection, path)
        await prepare_schema(connection, tmp_path)
        assert await held(connection) == {**whole, SCHEMA: ("string", b"2", -1)}


async def test_a_lost_reply_restores_nothing_twice(redis_server: str, tmp_path: Path) -> None:
    path = tmp_path / "all.backup"
    async with filled(redis_server, *STATE) as connection:
        whole = await held(connection)
        await saved(connection, path)
        await connection.call_each([("FLUSHALL",)])
        await loaded(Connection(Twice(connection), "REDIS_URL"), path)

        assert await held(connection) == {**whole, SCHEMA: ("string", b"2", -1)}


async def test_large_values_and_many_keys_come_back_too(redis_server: str, tmp_path: Path) -> None:
    path = tmp_path / "all.backup"
    fields: list[str | int] = [part for n in range(12_345) for part in (f"field {n}", n)]
    many: Sequence[Command] = [
        ("HSET", f"vllm-digest:mirror:{{o/r#{n}}}", "light", "x" * 100) for n in range(3 * AT_ONCE + 1)
    ]
    async with filled(redis_server, *many, ("HSET", "vllm-digest:{subscriptions}", *fields)) as connection:
        whole = await held(connection)
        told: list[tuple[int, int]] = []
        await save(
            connection,
            path,
            schema=VERSION,
            with_secrets=False,
            progress=lambda done, total: told.append((done, total)),
        )
        await connection.call_each([("FLUSHALL",)])
        await loaded(connection, path)

        assert await held(connection) == {**whole, SCHEMA: ("string", b"2", -1)}
    assert len(told) >= 3
    assert told == sorted(told)
    assert told[-1] == (3 * AT_ONCE + 2, 3 * AT_ONCE + 2)
