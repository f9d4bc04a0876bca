"""Turns: work on one repository that must not be done twice at a time, in this process or in several over one store."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

import structlog

from adapters.store.states import Overtaken
from summarizer.errors import GitHubError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from adapters.store.leases import Lease, Leases

log = structlog.get_logger()

T = TypeVar("T")

WAIT_S = 600.0
"""A holder that lives may take so long; a dead one's lease lapses within seconds."""


MOST_OVERTAKEN = 10
"""So often in a row no work is overtaken but where the store's clock was set back a long way."""


class Busy(GitHubError):
    """Other processes have been asking GitHub about this for WAIT_S. heals: it may be told from what is known."""

    heals = True

    def __init__(self) -> None:
        super().__init__("turn.busy", minutes=round(WAIT_S / 60))


class Turns:
    """One holder a name. Those of this process wait in line, those of others until the lease is free."""

    def __init__(self, leases: Leases) -> None:
        self._leases = leases
        self._lines: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def do(self, name: str, work: Callable[[Lease], Awaitable[T]]) -> T:
        """What `work` returns, done in a turn of that name; done again where another overtook it, because the lease
        lapsed meanwhile: what it was to change is not as it was."""
        overtaken = 0
        while True:
            try:
                async with self.take(name) as lease:
                    return await work(lease)
            except Overtaken:
                log.info("overtaken", name=name)
                overtaken += 1
                if overtaken == MOST_OVERTAKEN:
                    raise

    @asynccontextmanager
    async def take(self, name: str) -> AsyncIterator[Lease]:
        """The lease of that name, waited for. Raises Busy when others keep it longer than WAIT_S."""
        clock = asyncio.get_running_loop().time
        async with self._lines[name]:
            deadline = clock() + WAIT_S
            while True:
                async with self._leases.hold(name) as lease:
                    if lease is not None:
                        yield lease
                        return
                if not await self._leases.wait_free(name, deadline - clock()):
                    raise Busy
