"""Turns: work on one repository that must not be done twice at a time, in this process or in several over one store."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.store.leases import Lease, Leases

WAIT_S = 600.0
"""A holder that lives may take so long; a dead one's lease lapses within seconds."""


class Turns:
    """One holder a name. Those of this process wait in line, those of others until the lease is free."""

    def __init__(self, leases: Leases) -> None:
        self._leases = leases
        self._lines: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def take(self, name: str) -> AsyncIterator[Lease]:
        """The lease of that name, waited for. Raises TimeoutError when its holder keeps it longer than WAIT_S."""
        async with self._lines[name], asyncio.timeout(None) as deadline:
            deadline.reschedule(asyncio.get_running_loop().time() + WAIT_S)
            while True:
                async with self._leases.hold(name) as lease:
                    if lease is not None:
                        deadline.reschedule(None)
                        yield lease
                        return
                await self._leases.wait_free(name, WAIT_S)
