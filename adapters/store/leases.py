"""Leases: one holder per name, across processes and hosts; a dead holder's lapses within seconds.

A lease that lapsed may be held by another while its old holder still believes in it: whatever must not happen
twice carries the fencing token, which grows with every grant of a name.
"""

from __future__ import annotations

import asyncio
import math
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.store.room import REFUSED
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.store.connection import Connection

TTL_S = 6.0
POLL_S = 0.1
FENCE_TTL_MS = 86_400_000

# The token is the server's clock in microseconds, or one more than the last: it grows even if that clock is
# set back.
_GRANT = """
if redis.call('EXISTS', KEYS[1]) == 1 then return nil end
local now = redis.call('TIME')
local last = tonumber(redis.call('GET', KEYS[2]) or '0')
local fence = string.format('%.0f', math.max(now[1] * 1000000 + now[2], last + 1))
redis.call('SET', KEYS[1], fence, 'PX', ARGV[1])
redis.call('SET', KEYS[2], fence, 'PX', ARGV[2])
return fence
"""
_RENEW = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('PEXPIRE', KEYS[1], ARGV[2]) or 0"
_FREE = "return redis.call('GET', KEYS[1]) == ARGV[1] and redis.call('DEL', KEYS[1]) or 0"


@dataclass(slots=True)
class Lease:
    """A lease that was granted.

    fence: its fencing token, greater than that of any earlier grant of the name.
    good_until: on the monotonic clock.
    """

    name: str
    fence: int
    good_until: float

    @property
    def held(self) -> bool:
        """False once another may have the lease: the server was away too long, or somebody freed it."""
        return time.monotonic() < self.good_until


class Leases:
    """Leases by name."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @asynccontextmanager
    async def hold(
        self, name: str, *, ttl_s: float = TTL_S, or_alone: bool = False
    ) -> AsyncIterator[Lease | None]:
        """The lease, renewed until the block is left and then freed; None when another holds it.

        ttl_s: after how many seconds the lease of a dead holder is free. or_alone: where the server takes no writes,
        go on with one that nobody else knows of: for work that is only spared by it.
        """
        asked = time.monotonic()
        keys = _keys(name)
        try:
            granted = await self._connection.call("EVAL", _GRANT, 2, *keys, round(ttl_s * 1000), FENCE_TTL_MS)
        except StoreError as error:
            if not or_alone or error.key not in REFUSED:
                raise
            yield Lease(name, 0, math.inf)
            return
        if granted is None:
            yield None
            return
        lease = Lease(name, int(granted), asked + ttl_s)
        renewal = asyncio.create_task(self._renew(lease, ttl_s), name=f"lease {name}")
        try:
            yield lease
        finally:
            renewal.cancel()
            await asyncio.wait((renewal,))
            # when the server is gone, the lease lapses by itself
            with suppress(StoreError):
                await self._connection.call("EVAL", _FREE, 1, keys[0], lease.fence)

    async def wait_free(self, name: str, timeout_s: float) -> bool:
        """True as soon as nobody holds the name, False when that takes longer than `timeout_s`."""
        try:
            async with asyncio.timeout(timeout_s):
                while await self._connection.call("EXISTS", _keys(name)[0]):  # noqa: ASYNC110 - another process
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            return False
        return True

    async def _renew(self, lease: Lease, ttl_s: float) -> None:
        while lease.held:
            await asyncio.sleep(ttl_s / 3)
            asked = time.monotonic()
            try:
                kept = await self._connection.call(
                    "EVAL", _RENEW, 1, _keys(lease.name)[0], lease.fence, round(ttl_s * 1000)
                )
            except StoreError:
                continue  # it may come back in time
            lease.good_until = asked + ttl_s if kept else 0.0


def _keys(name: str) -> tuple[str, str]:
    return f"vllm-digest:lease:{{{name}}}", f"vllm-digest:lease:{{{name}}}:fence"
