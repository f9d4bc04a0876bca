"""The cache: bytes that can be made again, with a time to live. Only this class of key may be evicted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.store.room import passed_over

if TYPE_CHECKING:
    from adapters.store.connection import Connection


class Cache:
    """Bytes by key, on the main server or on one of the cache's own. Digests made on demand live here too."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, key: str) -> bytes | None:
        """The value, or None when there is none (any more)."""
        value: bytes | None = await self._connection.call("GET", f"vllm-digest:cache:{key}")
        return value

    async def put(self, key: str, value: bytes, ttl_s: int) -> None:
        """Keep the value for `ttl_s` seconds, at least one; where there is no room for it, do without."""
        with passed_over("what can be made again"):
            await self._connection.call("SET", f"vllm-digest:cache:{key}", value, "EX", ttl_s)
