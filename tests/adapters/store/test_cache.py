"""The cache: bytes for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.store.connection import connect
from tests.servers.redis import until

if TYPE_CHECKING:
    from adapters.store import Store


async def test_any_bytes_come_back(any_store: Store) -> None:
    value = bytes(range(256)) * 1000

    await any_store.cache.put("key with spaces, 中文 and {braces}", value, ttl_s=60)

    assert await any_store.cache.get("key with spaces, 中文 and {braces}") == value


async def test_key_that_was_never_put_is_none(any_store: Store) -> None:
    assert await any_store.cache.get("nothing") is None


async def test_value_is_replaced(any_store: Store) -> None:
    await any_store.cache.put("key", b"old", ttl_s=60)
    await any_store.cache.put("key", b"new", ttl_s=60)

    assert await any_store.cache.get("key") == b"new"


async def test_value_goes_after_its_time(any_store: Store) -> None:
    await any_store.cache.put("key", b"value", ttl_s=1)

    async def gone() -> bool:
        return await any_store.cache.get("key") is None

    await until(gone)


async def test_every_cached_key_has_a_time_to_live(any_store: Store, any_server: str) -> None:
    await any_store.cache.put("key", b"value", ttl_s=60)

    async with connect(any_server) as connection:
        assert 0 < await connection.call("TTL", "vllm-digest:cache:key") <= 60
