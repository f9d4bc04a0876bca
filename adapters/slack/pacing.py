"""Pacing: before each call its turn is waited for, so that all processes together keep to Slack's rates."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from adapters.slack import tiers
from adapters.slack.errors import RateLimited
from adapters.slack.local_pace import LocalPace
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.slack.tiers import Rate

log = structlog.get_logger()

STORE_S: Final = 2.0
"""How long the store may take to name a turn; answers do not wait for a store that hangs."""

AGAIN_S: Final = 5.0
"""After a failure the store is left alone so long."""


class Pace(Protocol):
    """See `adapters.store.pace.Pace`."""

    async def take(
        self, key: str, *, per_minute: float, burst: int = 1, most_wait_s: float
    ) -> float | None: ...

    async def hold(self, key: str, seconds: float) -> None: ...


class Patience:
    """What is left of the longest that one call may wait for its turns, over all its tries."""

    def __init__(self, most_wait_s: float) -> None:
        self.left_s = most_wait_s


class Pacing:
    """The turns of one process; every client of it shares one."""

    def __init__(
        self,
        pace: Pace,
        *,
        gives_way: bool = False,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """gives_way: whether it is of those whom no person waits for. They take a turn only when one is free, and none
        of a burst, so that whoever takes turns ahead goes first."""
        self._shared = pace
        self._gives_way = gives_way
        self._local = LocalPace(clock)
        self._sleep = sleep
        self._clock = clock
        self._shared_from = 0.0  # before that the store is left alone
        self._is_local = False

    async def turn(self, team: str, method: str, channel: str, patience: Patience) -> None:
        """Wait for the turn of a method in a workspace and, if it posts, in a channel.

        Raises RateLimited if that were longer than the patience lasts.
        """
        for key, rate in _keys(team, method, channel):
            if self._gives_way and method not in tiers.OF_PEOPLE:
                await self._free(key, tiers.Rate(rate.per_minute), patience)
                continue
            wait_s = await self._take(key, rate, patience.left_s)
            if wait_s is None:
                raise RateLimited(patience.left_s + 60 / rate.per_minute)
            if wait_s > 0:
                patience.left_s -= wait_s
                await self._sleep(wait_s)

    async def _free(self, key: str, rate: Rate, patience: Patience) -> None:
        """Wait until a turn is free, and take it; the same errors as `turn`."""
        pause_s = 60 / rate.per_minute
        while await self._take(key, rate, 0.0) is None:
            if pause_s > patience.left_s:
                raise RateLimited(pause_s)
            patience.left_s -= pause_s
            await self._sleep(pause_s)

    async def hold(self, team: str, method: str, seconds: float) -> None:
        """Slack asked for a pause: it names "the same method for the same workspace" (docs.slack.dev, rate limits)."""
        key = _method_key(team, method)
        await self._local.hold(key, seconds)  # also for when the store goes away meanwhile
        try:
            if self._clock() >= self._shared_from:
                async with asyncio.timeout(STORE_S):
                    await self._shared.hold(key, seconds)
        except (StoreError, TimeoutError) as error:
            self._lost(error)

    async def _take(self, key: str, rate: Rate, most_wait_s: float) -> float | None:
        pace: Pace = self._local
        if self._clock() >= self._shared_from:
            try:
                async with asyncio.timeout(STORE_S):
                    wait_s = await self._shared.take(
                        key, per_minute=rate.per_minute, burst=rate.burst, most_wait_s=most_wait_s
                    )
            except (StoreError, TimeoutError) as error:
                self._lost(error)
            else:
                if self._is_local:
                    self._is_local = False
                    log.info("slack pace is shared again")
                return wait_s
        return await pace.take(key, per_minute=rate.per_minute, burst=rate.burst, most_wait_s=most_wait_s)

    def _lost(self, error: StoreError | TimeoutError) -> None:
        self._shared_from = self._clock() + AGAIN_S
        if not self._is_local:
            self._is_local = True
            key = error.key if isinstance(error, StoreError) else "store.timeout"
            log.warning("slack pace is this process's own", error=key)


def _keys(team: str, method: str, channel: str) -> list[tuple[str, Rate]]:
    """Who sets the pace, the scarcest first: what waits for the one does not take a turn of the other so long."""
    keys = [(_method_key(team, method), tiers.RATES.get(method, tiers.UNKNOWN))]
    if channel and method in tiers.IN_CHANNELS:
        keys.insert(0, (f"slack {team} channel {channel}", tiers.IN_ONE_CHANNEL))
    return keys


def _method_key(team: str, method: str) -> str:
    return f"slack {team} {method}"
