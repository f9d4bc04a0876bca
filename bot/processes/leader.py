"""The leader: of several processes that could, one does a work; another takes over within seconds when it cannot."""

from __future__ import annotations

import asyncio
import random
import time
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from summarizer.errors import DigestError, StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from adapters.store.leases import Lease

log = structlog.get_logger()

TTL_S: Final = 6.0
"""A leader that died is replaced after so long, and a look at most."""

LOOK_S: Final = 1.0
LONGEST_PAUSE_S: Final = 8.0
STEADY_S: Final = 60.0
"""Who led for so long begins with the shortest pause again."""


class Leases(Protocol):
    """Who may lead. See `adapters.store.leases.Leases`."""

    def hold(self, name: str, *, ttl_s: float) -> AbstractAsyncContextManager[Lease | None]: ...


async def lead(
    name: str, work: Callable[[Lease], Awaitable[None]], leases: Leases, *, ttl_s: float = TTL_S
) -> None:
    """Do the work whenever this process holds the lease `name`, until cancelled; else stand by.

    work: goes on until it is cancelled, which it is once the lease is lost. Where it fails, another may lead, and this
    process waits before it tries again. Writes that must not come from a leader of the past carry the lease's fence.
    """
    failures = 0
    while True:
        led_from: float | None = None
        failed = True
        try:
            async with leases.hold(name, ttl_s=ttl_s) as lease:
                if lease is not None:
                    led_from = time.monotonic()
                    log.info("leads", name=name, fence=lease.fence)
                    await _while_held(lease, work)
                    log.warning("leads no more", name=name, fence=lease.fence)
            failed = False
        except StoreError as error:
            log.warning("cannot lead", name=name, error=error.key)
        except DigestError as error:
            log.error("leader failed", name=name, error=error.key, values=error.values)
        except Exception:
            log.exception("bug", name=name)
        steady = led_from is not None and time.monotonic() - led_from > STEADY_S
        failures = failures + 1 if failed and not steady else int(failed)
        pause_s = min(LOOK_S * 2 ** max(failures - 1, 0), LONGEST_PAUSE_S)
        await asyncio.sleep(pause_s * random.uniform(0.8, 1.2))  # noqa: S311 - spreads load, guards nothing


async def _while_held(lease: Lease, work: Callable[[Lease], Awaitable[None]]) -> None:
    """Work until the lease is lost. Raises what the work raises."""
    working = asyncio.ensure_future(work(lease))
    try:
        while lease.held and not working.done():
            # renewed several times in that, or not any more
            await asyncio.wait((working,), timeout=min(LOOK_S, lease.good_until - time.monotonic()))
        if working.done():
            await working
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
