"""What was set for channels and servers, as it is kept: for good, in fields that do not disturb each other."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from adapters.store import open_store
from adapters.store.connection import Connection, connect
from adapters.store.places import Places, PlaceSettings
from summarizer.errors import StoreError
from tests.adapters.store.links import Twice

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.store import Store

CHANNEL, SERVER = "discord-channel:42", "discord-server:42"
KEY = f"vllm-digest:place:{{{CHANNEL}}}"


async def test_where_nobody_set_anything_there_is_nothing(any_store: Store) -> None:
    assert await any_store.places.load(CHANNEL, SERVER) == [PlaceSettings(), PlaceSettings()]
    assert await any_store.places.load() == []


async def test_what_was_set_comes_back_for_its_place_alone(any_store: Store) -> None:
    await any_store.places.set(CHANNEL, {"lang": "zh", "tz": "Asia/Tokyo"})
    await any_store.places.set(SERVER, {"tz": "UTC"})

    assert await any_store.places.load(SERVER, CHANNEL, "discord-server:43") == [
        PlaceSettings(tz="UTC"),
        PlaceSettings("zh", "Asia/Tokyo"),
        PlaceSettings(),
    ]


async def test_set_to_nothing_is_gone_and_what_is_not_named_stays(any_server: str, any_store: Store) -> None:
    await any_store.places.set(CHANNEL, {"lang": "zh", "tz": "Asia/Tokyo"})

    await any_store.places.set(CHANNEL, {"lang": ""})
    await any_store.places.set(CHANNEL, {})

    assert await any_store.places.load(CHANNEL) == [PlaceSettings(tz="Asia/Tokyo")]
    async with connect(any_server) as connection:
        assert await connection.call("HKEYS", KEY) == [b"tz"]


async def test_one_is_set_while_the_other_is_cleared(any_store: Store) -> None:
    await any_store.places.set(CHANNEL, {"lang": "zh"})

    await any_store.places.set(CHANNEL, {"lang": "", "tz": "UTC"})

    assert await any_store.places.load(CHANNEL) == [PlaceSettings(tz="UTC")]


async def test_a_language_and_a_zone_set_at_the_same_moment_are_both_kept(any_store: Store) -> None:
    places = any_store.places

    await asyncio.gather(places.set(CHANNEL, {"lang": "zh"}), places.set(CHANNEL, {"tz": "UTC"}))

    assert await places.load(CHANNEL) == [PlaceSettings("zh", "UTC")]


async def test_what_is_sent_twice_because_its_reply_was_lost_is_the_same(
    any_store: Store, any_server: str
) -> None:
    async with connect(any_server) as connection:
        twice = Places(Connection(Twice(connection), "REDIS_URL"))
        await twice.set(CHANNEL, {"lang": "zh", "tz": "UTC"})
        await twice.set(CHANNEL, {"lang": ""})

    assert await any_store.places.load(CHANNEL) == [PlaceSettings(tz="UTC")]


async def test_it_is_state_and_outlives_the_process(
    any_server: str, any_store: Store, tmp_path: Path
) -> None:
    await any_store.places.set(CHANNEL, {"lang": "zh"})

    async with connect(any_server) as connection, open_store(any_server, tmp_path / "another") as another:
        assert await another.places.load(CHANNEL) == [PlaceSettings("zh")]
        assert await connection.call("TTL", KEY) == -1


async def test_a_record_that_is_none_of_ours_is_a_fault_of_the_store(
    any_server: str, any_store: Store
) -> None:
    async with connect(any_server) as connection:
        await connection.call("SET", KEY, "a string")

    with pytest.raises(StoreError):
        await any_store.places.load(CHANNEL)
