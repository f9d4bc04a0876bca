"""Handled: what was taken on already, so that an event that comes again is not handled twice. Expiring state."""

from __future__ import annotations

import hashlib
import time
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from adapters.store.room import REFUSED, passed_over
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from adapters.store.connection import Connection

# It may be sent again because its reply was lost: whoever has claimed then finds their own token.
_CLAIM: Final = """
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[2]) then return 1 end
return redis.call('GET', KEYS[1]) == ARGV[1] and 1 or 0
"""

HERE_S: Final = 600.0
"""For how long this process remembers by itself what it handled while the server takes no writes."""


class Handled:
    """By ids of any length, such as those of a platform's events. Where the server takes no writes, each process knows
    of its own alone. Every method raises StoreError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._here: dict[str, float] = {}

    async def claim(self, id: str, ttl_s: int) -> bool:  # noqa: A002 - the word of all platforms
        """True for the first one who asks in `ttl_s` seconds, at least one; all others leave it alone."""
        try:
            return bool(await self._connection.call("EVAL", _CLAIM, 1, _key(id), token_hex(8), ttl_s))
        except StoreError as error:
            if error.key not in REFUSED:
                raise
        now = time.monotonic()
        self._here = {each: until for each, until in self._here.items() if until > now}
        if id in self._here:
            return False
        self._here[id] = now + min(ttl_s, HERE_S)
        return True

    async def extend(self, id: str, ttl_s: int) -> None:  # noqa: A002
        """For whoever has claimed and is done: nobody else may for `ttl_s` seconds from now."""
        with passed_over("handled events"):
            await self._connection.call("EXPIRE", _key(id), ttl_s)

    async def release(self, id: str) -> None:  # noqa: A002
        """For whoever has claimed and failed: the next one may try."""
        self._here.pop(id, None)
        with passed_over("handled events"):
            await self._connection.call("DEL", _key(id))


def _key(id_: str) -> str:
    return f"vllm-digest:handled:{hashlib.sha256(id_.encode()).hexdigest()[:32]}"
