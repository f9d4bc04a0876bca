"""One server, named by its address or by what sentinels call it: commands go there in one pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from redis.asyncio import Redis
    from redis.asyncio.sentinel import Sentinel

    from adapters.store.connection import Command


class Server:
    """Pipelines to one server."""

    def __init__(self, redis: Redis, sentinel: Sentinel | None = None) -> None:
        self._redis = redis
        self._sentinel = sentinel

    async def send(self, commands: Sequence[Command]) -> list[Any]:
        """The reply to each, or the error that was one."""
        async with self._redis.pipeline(transaction=False) as pipeline:
            for command in commands:
                pipeline.execute_command(*command)
            return list(await pipeline.execute(raise_on_error=False))

    async def send_each(self, commands: Sequence[Command]) -> list[list[Any]]:
        """The replies of each primary, which is one."""
        return [await self.send(commands)]

    async def mend(self) -> None:
        """Nothing to do: every new connection asks the sentinels anew."""

    async def close(self) -> None:
        await self._redis.aclose()
        if self._sentinel is not None:
            await self._sentinel.aclose()
