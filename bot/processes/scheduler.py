"""The scheduler: looks what is due, and what was left undone, in one process at a time; the others stand by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.processes.leader import TTL_S, lead

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.store.leases import Lease
    from bot.processes.leader import Leases

NAME: Final = "scheduler"


async def run_scheduler(
    leader_work: Callable[[Lease], Awaitable[None]], leases: Leases, *, ttl_s: float = TTL_S
) -> None:
    """Schedule, or stand by, until cancelled. leader_work: goes on until it is cancelled.

    ttl_s: after how many seconds a scheduler that died is replaced.
    """
    await lead(NAME, leader_work, leases, ttl_s=ttl_s)
