"""Mentions: which kept digests tell of an item. State.

A digest is kept before its mentions are, and they go before it does; whoever reads them asks whether it is still kept.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from adapters.store.connection import Command, Connection

AT_ONCE: Final = 500  # items a round trip


class Mentions:
    """By repository, whose name ignores case, and an item's number. Every method raises StoreError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, repo: str, digest_id: str, at: datetime, numbers: Iterable[int]) -> None:
        """A digest tells of these items. at: when its window ended."""
        score = round(at.timestamp() * 1_000_000)
        await self._send(("ZADD", _item(repo, number), score, digest_id) for number in numbers)

    async def remove(self, repo: str, digest_id: str, numbers: Iterable[int]) -> None:
        """It tells of these no more."""
        await self._send(("ZREM", _item(repo, number), digest_id) for number in numbers)

    async def forget(self, repo: str, number: int) -> None:
        """Forget which digests told of an item."""
        await self._connection.call("DEL", _item(repo, number))

    async def newest(self, repo: str, number: int, limit: int) -> Sequence[str]:
        """The ids of the digests that tell of an item, at most `limit`, those whose windows ended last first."""
        ids = await self._connection.call("ZREVRANGE", _item(repo, number), 0, limit - 1)
        return [each.decode() for each in ids]

    async def is_whole(self, repo: str) -> bool:
        """Whether the digests that were kept before mentions were are looked through."""
        return bool(await self._connection.call("EXISTS", _whole(repo)))

    async def make_whole(self, repo: str) -> None:
        """They are."""
        await self._connection.call("SET", _whole(repo), 1)

    async def _send(self, commands: Iterator[Command]) -> None:
        while batch := list(islice(commands, AT_ONCE)):
            await self._connection.call_many(batch)


def _item(repo: str, number: int) -> str:
    return f"vllm-digest:mentions:{{{repo.lower()}#{number}}}"  # GitHub ignores case in names


def _whole(repo: str) -> str:
    return f"vllm-digest:mentions:{{{repo.lower()}}}"
