"""Forgetting: what is kept under keys that nobody can name is looked through, and goes.

All keys of a server are looked at, of a cluster those of each primary in turn: for what an administrator asks for, and
not for what happens every day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from adapters.store.connection import Connection

AT_ONCE: Final = 20  # values; a digest has some hundred kilobytes
KEYS_AT_ONCE: Final = 500

# SCAN and not KEYS, which some servers refuse
_KEYS: Final = """
local found, cursor = {}, '0'
repeat
    local reply = redis.call('SCAN', cursor, 'MATCH', ARGV[1], 'COUNT', 1000)
    cursor = reply[1]
    for _, key in ipairs(reply[2]) do found[#found + 1] = key end
until cursor == '0'
return found
"""


class Forget:
    """The keys of one server or cluster, by how they begin. Every method raises StoreError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def keys(self, prefix: str) -> list[str]:
        """Those that begin so, in alphabetical order."""
        pattern = "".join(f"\\{each}" if each in "*?[]\\" else each for each in prefix) + "*"
        replies = await self._connection.call_each([("EVAL", _KEYS, 0, pattern)])
        return sorted({key.decode() for [found] in replies for key in found})

    async def remove(self, keys: Sequence[str]) -> int:
        """How many of these were there."""
        removed = 0
        for start in range(0, len(keys), KEYS_AT_ONCE):
            part = keys[start : start + KEYS_AT_ONCE]
            removed += sum(await self._connection.call_many([("UNLINK", key) for key in part]))
        return removed

    async def remove_all(self, prefix: str, *, but: Sequence[str] = ()) -> int:
        """Remove all that begin so, but these; how many there were."""
        return await self.remove([key for key in await self.keys(prefix) if key not in but])

    async def values(self, prefix: str) -> AsyncIterator[tuple[str, bytes]]:
        """The strings whose keys begin so, with these."""
        keys = await self.keys(prefix)
        for start in range(0, len(keys), AT_ONCE):
            part = keys[start : start + AT_ONCE]
            values = await self._connection.call_many([("GET", key) for key in part])
            for key, value in zip(part, values, strict=True):
                if value is not None:
                    yield key, value

    async def rewrite(self) -> None:
        """Have the server write its file anew, without what is gone; one that keeps none, or may not, goes on."""
        try:
            await self._connection.call_each([("BGREWRITEAOF",)])
        except StoreError as error:
            if error.key not in ("store.refused", "store.password"):
                raise
