"""People: what somebody told of themselves. State, one small hash each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.store.connection import Connection

_FIELDS = ("options", "login")


@dataclass(frozen=True, slots=True)
class Profile:
    """options: what they have set for all their lines, written as on one ("topic:amd lang:en"). login: on GitHub, as
    they say. Empty where they told nothing."""

    options: str = ""
    login: str = ""


class People:
    """Profiles, by whatever tells people apart."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def load(self, key: str) -> Profile:
        """An empty one for who never told anything. Raises StoreError."""
        values = await self._connection.call("HMGET", _key(key), *_FIELDS)
        return Profile(*(value.decode() if value else "" for value in values))

    async def set_options(self, key: str, options: str) -> None:
        """Raises StoreError."""
        await self._set(key, "options", options)

    async def set_login(self, key: str, login: str) -> None:
        """Raises StoreError."""
        await self._set(key, "login", login)

    async def drop(self, key: str) -> bool:
        """Forget all they told; whether they told anything. Raises StoreError."""
        return bool(await self._connection.call("DEL", _key(key)))

    async def _set(self, key: str, field: str, value: str) -> None:
        # a field of its own for each, so that two commands at the same moment lose nothing of each other
        if value:
            self._connection.room.admit()
            await self._connection.call("HSET", _key(key), field, value)
        else:
            await self._connection.call("HDEL", _key(key), field)


def _key(key: str) -> str:
    return f"vllm-digest:person:{{{key}}}"
