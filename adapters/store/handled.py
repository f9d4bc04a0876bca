"""Handled: what was taken on already, so that an event that comes again is not handled twice. Expiring state."""

from __future__ import annotations

import hashlib
from secrets import token_hex
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from adapters.store.connection import Connection

# It may be sent again because its reply was lost: whoever has claimed then finds their own token.
_CLAIM: Final = """
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[2]) then return 1 end
return redis.call('GET', KEYS[1]) == ARGV[1] and 1 or 0
"""


class Handled:
    """By ids of any length, such as those of a platform's events. Every method raises StoreError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def claim(self, id: str, ttl_s: int) -> bool:  # noqa: A002 - the word of all platforms
        """True for the first one who asks in `ttl_s` seconds, at least one; all others leave it alone."""
        return bool(await self._connection.call("EVAL", _CLAIM, 1, _key(id), token_hex(8), ttl_s))

    async def extend(self, id: str, ttl_s: int) -> None:  # noqa: A002
        """For whoever has claimed and is done: nobody else may for `ttl_s` seconds from now."""
        await self._connection.call("EXPIRE", _key(id), ttl_s)

    async def release(self, id: str) -> None:  # noqa: A002
        """For whoever has claimed and failed: the next one may try."""
        await self._connection.call("DEL", _key(id))


def _key(id_: str) -> str:
    return f"vllm-digest:handled:{hashlib.sha256(id_.encode()).hexdigest()[:32]}"
