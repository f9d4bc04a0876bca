"""Platforms: what a chat platform was told of us already, such as which commands there are. State, one hash."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.store.room import passed_over

if TYPE_CHECKING:
    from adapters.store.connection import Connection

_KEY: Final = "vllm-digest:platforms"


class Platforms:
    """Texts by name ("discord commands 123"). Every method raises StoreError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def get(self, name: str) -> str | None:
        """None where nothing was told under that name."""
        value: bytes | None = await self._connection.call("HGET", _KEY, name)
        return None if value is None else value.decode()

    async def set(self, name: str, value: str) -> None:
        """Keep it, in place of an earlier one; without room for it the platform is told again."""
        with passed_over("what platforms were told"):
            await self._connection.call("HSET", _KEY, name, value)
