"""Snapshots of processes are kept for a minute, and in no backup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from redis.asyncio import Redis

from adapters.store.metrics import KEEP_S
from adapters.store.versions import OF_THE_MOMENT, kind_of

if TYPE_CHECKING:
    from adapters.store import Store


async def test_what_each_process_told_last_is_there_for_the_one_that_is_asked(any_store: Store) -> None:
    await any_store.metrics.put("web@host:1", b"old")
    await any_store.metrics.put("web@host:1", b"new")
    await any_store.metrics.put("worker@host:2", b"its")

    assert await any_store.metrics.all() == {"web@host:1": b"new", "worker@host:2": b"its"}


async def test_nothing_is_told_of_where_nobody_told_anything(store: Store) -> None:
    assert await store.metrics.all() == {}


async def test_a_process_that_tells_nothing_more_is_forgotten(store: Store, redis_server: str) -> None:
    await store.metrics.put("web@host:1", b"its")
    async with Redis.from_url(redis_server) as redis:
        key = "vllm-digest:metrics:{web@host:1}"
        assert 0 < await redis.ttl(key) <= KEEP_S
        await redis.delete(key)  # as the server does then

        assert await store.metrics.all() == {}
        keys = [each for each in await redis.keys("*metrics*") if isinstance(each, bytes)]
    assert {kind_of(each.decode()) for each in keys} == {"metrics"}
    assert "metrics" in OF_THE_MOMENT
