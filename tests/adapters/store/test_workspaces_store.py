"""What platforms handed over at an installation: opaque, for good, by workspace or organization."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from adapters.store import open_store
from adapters.store.connection import Connection, connect
from adapters.store.workspaces import Workspaces
from summarizer.errors import StoreError
from tests.adapters.store.links import Twice

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.store import Store

KEY = "vllm-digest:workspaces"
SEALED = bytes(range(256)) * 8


async def test_where_nobody_installed_there_is_nothing(any_store: Store) -> None:
    assert await any_store.workspaces.load("T123") is None
    assert await any_store.workspaces.ids() == ()
    assert await any_store.workspaces.remove("T123") is False


async def test_what_was_handed_over_comes_back_as_it_was(any_store: Store) -> None:
    await any_store.workspaces.save("T123", SEALED)
    await any_store.workspaces.save("E123", b"")

    assert await any_store.workspaces.load("T123") == SEALED
    assert await any_store.workspaces.load("E123") == b""
    assert await any_store.workspaces.load("T124") is None
    assert await any_store.workspaces.ids() == ("E123", "T123")


async def test_a_new_installation_takes_the_place_of_the_one_before(any_store: Store) -> None:
    await any_store.workspaces.save("T123", SEALED)
    await any_store.workspaces.save("T123", b"rotated")

    assert await any_store.workspaces.load("T123") == b"rotated"
    assert await any_store.workspaces.ids() == ("T123",)


async def test_removed_is_gone_and_the_others_stay(any_store: Store) -> None:
    for id_ in ("T123", "T124"):
        await any_store.workspaces.save(id_, SEALED)

    assert await any_store.workspaces.remove("T123") is True
    assert await any_store.workspaces.remove("T123") is False

    assert await any_store.workspaces.load("T123") is None
    assert await any_store.workspaces.ids() == ("T124",)


async def test_workspaces_that_install_at_the_same_moment_are_all_kept(any_store: Store) -> None:
    ids = tuple(f"T{number}" for number in range(10, 30))

    await asyncio.gather(*(any_store.workspaces.save(id_, SEALED) for id_ in ids))

    assert await any_store.workspaces.ids() == ids


async def test_what_is_sent_twice_because_its_reply_was_lost_is_the_same(
    any_store: Store, any_server: str
) -> None:
    async with connect(any_server) as connection:
        twice = Workspaces(Connection(Twice(connection), "REDIS_URL"))
        await twice.save("T123", SEALED)
        await twice.save("T124", SEALED)
        await twice.remove("T124")

    assert await any_store.workspaces.ids() == ("T123",)


async def test_it_is_state_and_outlives_the_process(
    any_server: str, any_store: Store, tmp_path: Path
) -> None:
    await any_store.workspaces.save("T123", SEALED)

    async with connect(any_server) as connection:
        assert await connection.call("TTL", KEY) == -1
    async with open_store(any_server, tmp_path / "another") as another:
        assert await another.workspaces.load("T123") == SEALED


async def test_a_key_that_is_none_of_ours_is_a_fault_of_the_store(any_server: str, any_store: Store) -> None:
    async with connect(any_server) as connection:
        await connection.call("SET", KEY, "a string")

    with pytest.raises(StoreError):
        await any_store.workspaces.load("T123")
