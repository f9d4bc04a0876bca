"""The cache: bytes for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.store.connection import connect
from tests.servers.redis import until

if TYPE_CHECKING:
    from adapters.store import Store


async def test_any_bytes_come_back(store: Store) -> None:
    value = bytes(range(256)) * 1000

    await store.cache.put("key with spaces, 中文 and {braces}", value, ttl_s=60)

    assert await store.cache.get("key with spaces, 中文 and {braces}") == value


async def test_key_that_was_never_put_is_none(store: Store) -> None:
    assert await store.cache.get("nothing") is None


async def test_value_is_replaced(store: Store) -> None:
    await store.cache.put("key", b"old", ttl_s=60)
    await store.cache.put("key", b"new", ttl_s=60)

    assert await store.cache.get("key") == b"new"


async def test_value_goes_after_its_time(store: Store) -> None:
    await store.cache.put("key", b"value", ttl_s=1)

    async def gone() -> bool:
        return await store.cache.get("key") is None

    await until(gone)


async def test_every_cached_key_has_a_time_to_live(store: Store, redis_server: str) -> None:
    await store.cache.put("key", b"value", ttl_s=60)

    async with connect(redis_server) as connection:
        assert 0 < await connection.call("TTL", "vllm-digest:cache:key") <= 60
