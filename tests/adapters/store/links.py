"""Links to real servers on which things go as they may go on a network: replies get lost, commands come late."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.store.connection import Command, Connection


class Twice:
    """A link that loses the first reply to everything, so that all is sent twice."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def send(self, commands: Sequence[Command]) -> list[Any]:
        await self._connection.call_many(commands)
        return await self._connection.call_many(commands)

    async def send_each(self, commands: Sequence[Command]) -> list[list[Any]]:
        return await self._connection.call_each(commands)

    async def mend(self) -> None: ...

    async def close(self) -> None: ...


class Late(Twice):
    """A link on which one sending comes late, the first with a command `verb` to a key that ends so: it is held until
    `go` is set.

    key: its end, in front of the brace that closes the hash tag. reply: not the sending, its reply is held. held: set
    once it is.
    """

    def __init__(self, connection: Connection, verb: str, key: str, *, reply: bool = False) -> None:
        super().__init__(connection)
        self._verb = verb
        self._key = key + "}"
        self._reply = reply
        self.held = asyncio.Event()
        self.go = asyncio.Event()

    async def send(self, commands: Sequence[Command]) -> list[Any]:
        if self.held.is_set() or not any(self._is_late(command) for command in commands):
            return await self._connection.call_many(commands)
        replies = await self._connection.call_many(commands) if self._reply else None
        self.held.set()
        await self.go.wait()
        return await self._connection.call_many(commands) if replies is None else replies

    def _is_late(self, command: Command) -> bool:
        keys = (part for part in command if isinstance(part, str))
        return command[0] == self._verb and any(key.endswith(self._key) for key in keys)
