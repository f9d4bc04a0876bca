"""Places: what holds in a channel or on a server for those who have set nothing themselves. State, one small hash
each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.store.members import Members

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.store.connection import Command, Connection

_FIELDS = ("lang", "tz")


@dataclass(frozen=True, slots=True)
class PlaceSettings:
    """lang: the code of a language. tz: an IANA name. Empty where nobody set it."""

    lang: str = ""
    tz: str = ""


class Places:
    """Settings, by whatever tells places apart. Every method raises StoreError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._members = Members(connection)

    async def load(self, *keys: str) -> list[PlaceSettings]:
        """Of each of these places; empty ones where nobody set anything."""
        replies = await self._connection.call_many([("HMGET", _key(key), *_FIELDS) for key in keys])
        return [PlaceSettings(*(value.decode() if value else "" for value in reply)) for reply in replies]

    async def set(self, key: str, values: Mapping[str, str], *, team: str = "") -> None:
        """Set "lang" and "tz", "" for nothing; what is not named stays as it is. team: that it belongs to, such as
        "slack:T0123"."""
        self._connection.room.admit()
        chosen = {name: values[name] for name in _FIELDS if name in values}
        told = [part for name, value in chosen.items() if value for part in (name, value)]
        cleared = [name for name, value in chosen.items() if not value]
        commands: list[Command] = []
        if told:
            commands.append(("HSET", _key(key), *told))
        if cleared:
            commands.append(("HDEL", _key(key), *cleared))
        if team:
            await self._members.note(team=team, place=key)
        await self._connection.call_many(commands)

    async def drop(self, key: str) -> bool:
        """Forget all that was set there; whether anything was."""
        return bool(await self._connection.call("DEL", _key(key)))


def _key(key: str) -> str:
    return f"vllm-digest:place:{{{key}}}"
