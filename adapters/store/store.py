"""The store: what is kept in Redis, by noun, and the way in."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from adapters.store.cache import Cache
from adapters.store.connection import Connection, connect
from adapters.store.leases import Leases
from adapters.store.mirror import Mirror
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


class Store:
    """What is kept on one server."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.mirror = Mirror(connection)
        self.cache = Cache(connection)
        self.leases = Leases(connection)

    async def ping(self) -> None:
        """Raises StoreError unless the server answers."""
        await self._connection.call("PING")


GRACE_S = 10.0
"""How long an embedded server stays when nobody is attached, so that the next command finds it warm."""


@asynccontextmanager
async def open_store(
    redis_url: str | None, state_dir: Path, *, grace_s: float = GRACE_S
) -> AsyncIterator[Store]:
    """The store at `redis_url`, or on the embedded server of `state_dir` when there is none.

    The server has answered once when the block is entered. Raises NotConfigured (`store.url`,
    `store.url_later`) and StoreError (`store.*`).
    """
    if redis_url is not None:
        async with connect(redis_url) as connection:
            yield Store(connection)
        return
    if sys.platform == "win32":
        raise StoreError("store.binary")
    from adapters.store.embedded import embedded_server  # needs flock, which Windows lacks

    async with embedded_server(state_dir, grace_s=grace_s) as socket, connect(socket) as connection:
        yield Store(connection)
