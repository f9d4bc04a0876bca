"""Identifies: how often we may introduce ourselves to the gateway, counted over all processes.

Discord ends all sessions of a bot that identified more than a thousand times in a day, and gives it a new token
(docs.discord.com/developers/events/gateway, "Session start limits"). A gateway that refuses each session at once would
have a bot use them up within two hours.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, Protocol

import structlog

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.discord.api import SessionStart

log = structlog.get_logger()

BURST: Final = 10
PER_MINUTE: Final = 0.5
"""A few restarts in a row are no reason to wait; in a day it comes to 730 identifies."""

APART_PER_MINUTE: Final = 12.0
"""One in five seconds, of shards that share a turn (docs.discord.com/developers/events/gateway, "Rate limiting")."""

LEFT: Final = 50
"""Of the day's starts that are left for whoever restarts the bot by hand."""

SOON_S: Final = 20.0
"""What may be waited for with the socket open: discord.py gives a connection a minute to be set up."""


class Pace(Protocol):
    """Turns of all processes together; see `adapters.store.pace`."""

    async def take(
        self, key: str, *, per_minute: float, burst: int = 1, most_wait_s: float
    ) -> float | None: ...


class Paused(Exception):
    """No identify now. wait_s: until the next one may be."""

    def __init__(self, wait_s: float) -> None:
        self.wait_s = wait_s
        super().__init__(f"no identify for {wait_s:.0f} s")


class Identifies:
    """The turns of one application."""

    def __init__(
        self,
        application: int,
        pace: Pace,
        start: Callable[[], Awaitable[SessionStart]],
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """start: asks Discord what is left of the day's session starts."""
        self._application = application
        self._pace = pace
        self._start = start
        self._sleep = sleep

    async def turn(self, shard: int) -> None:
        """Wait for the turn to identify a shard. Raises Paused where that takes longer than a socket stays open, and
        DiscordError, StoreError."""
        start = await self._start()
        if start.remaining <= LEFT:
            log.error("few session starts left", remaining=start.remaining, reset_after_s=start.reset_after_s)
            raise Paused(start.reset_after_s)
        name = f"discord identify {self._application}"
        wait_s = await self._pace.take(name, per_minute=PER_MINUTE, burst=BURST, most_wait_s=SOON_S)
        if wait_s is None:
            raise Paused(60 / PER_MINUTE)
        beside = shard % max(start.max_concurrency, 1)
        apart_s = await self._pace.take(
            f"{name} {beside}", per_minute=APART_PER_MINUTE, burst=1, most_wait_s=SOON_S
        )
        if apart_s is None:
            raise Paused(SOON_S)
        await self._sleep(max(wait_s, apart_s))
