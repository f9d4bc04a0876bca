"""Snapshots of what processes counted, for the one that is asked. Expiring, and of the moment: in no backup."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.store.connection import Connection

KEEP_S: Final = 60
"""After which a process that tells nothing more is forgotten."""

_NAMES: Final = "vllm-digest:metrics:processes"


class Snapshots:
    """By the names of processes. Every method raises StoreError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def put(self, process: str, data: bytes) -> None:
        """Keep it in the place of what the process told before."""
        now = round(time.time())
        await self._connection.call_many(
            [
                ("SET", _key(process), data, "EX", KEEP_S),
                ("ZADD", _NAMES, now, process),
                ("ZREMRANGEBYSCORE", _NAMES, "-inf", now - 10 * KEEP_S),
                ("EXPIRE", _NAMES, 10 * KEEP_S),
            ]
        )

    async def all(self) -> Mapping[str, bytes]:
        """What each process told last, within the last minute."""
        names = [name.decode() for name in await self._connection.call("ZRANGE", _NAMES, 0, -1)]
        told = await self._connection.call_many([("GET", _key(name)) for name in names])
        return {name: data for name, data in zip(names, told, strict=True) if data is not None}


def _key(process: str) -> str:
    return f"vllm-digest:metrics:{{{process}}}"
