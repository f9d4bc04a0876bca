"""The supervisor: runs the services of a process side by side. One that fails is started again, and stops no other."""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING, Final

import structlog

from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

log = structlog.get_logger()

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 60.0
STEADY_S: Final = 120.0
"""Who ran for so long begins with the shortest pause again."""


class Supervisor:
    """Runs services by name. A service returns only when it is cancelled."""

    def __init__(self, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._down: set[str] = set()
        self._names: list[str] = []

    def up(self) -> Mapping[str, bool]:
        """Which services run at this moment."""
        return {name: name not in self._down for name in self._names}

    async def run(self, services: Mapping[str, Callable[[], Awaitable[None]]]) -> None:
        """Run them all until cancelled, beside those of other calls."""
        self._names += services
        async with asyncio.TaskGroup() as group:
            for name, service in services.items():
                group.create_task(self._keep(name, service), name=name)

    async def _keep(self, name: str, service: Callable[[], Awaitable[None]]) -> None:
        failures = 0
        while True:
            begun = time.monotonic()
            try:
                await service()
                log.warning("service ended", service=name)
            except DigestError as error:
                log.error("service failed", service=name, error=error.key, values=error.values)
            except Exception:
                log.exception("bug", service=name)
            self._down.add(name)
            failures = 0 if time.monotonic() - begun > STEADY_S else failures + 1
            pause_s = min(FIRST_PAUSE_S * 2 ** min(failures, 6), LONGEST_PAUSE_S)
            await self._sleep(pause_s * random.uniform(1.0, 1.25))  # noqa: S311 - spreads load, guards nothing
            self._down.discard(name)
