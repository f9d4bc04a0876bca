"""Workspaces: what a chat platform handed over when its people installed the app. State, one hash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from adapters.store.connection import Connection

_KEY: Final = "vllm-digest:workspaces"


class Workspaces:
    """Blobs, which their owner has encrypted, by the platform's id of the workspace or organization ("T123", "E123").
    Every method raises StoreError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def save(self, id_: str, blob: bytes) -> None:
        """Keep it, in place of an earlier one."""
        self._connection.room.admit()
        await self._connection.call("HSET", _KEY, id_, blob)

    async def load(self, id_: str) -> bytes | None:
        """None where there is none."""
        blob: bytes | None = await self._connection.call("HGET", _KEY, id_)
        return blob

    async def remove(self, id_: str) -> bool:
        """Whether there was one; False as well where the reply to its removal was lost and it was removed again."""
        return bool(await self._connection.call("HDEL", _KEY, id_))

    async def ids(self) -> tuple[str, ...]:
        """Of all that are kept, in alphabetical order."""
        return tuple(sorted(id_.decode() for id_ in await self._connection.call("HKEYS", _KEY)))
