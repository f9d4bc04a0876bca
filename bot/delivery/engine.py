"""The engine: what workers do, and what the one scheduler does, put together."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Final

import structlog
from structlog.contextvars import bound_contextvars

from adapters.tracing import span
from bot.delivery.posting import Posting
from bot.delivery.preparing import Preparing
from bot.delivery.watching import Watching
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from adapters.store import Store
    from adapters.store.leases import Lease
    from bot.delivery.alarms import Alarms
    from bot.delivery.feeding import Feeding
    from bot.delivery.planner import Planner
    from bot.jobs import Jobs

log = structlog.get_logger()

PLAN_S: Final = 1.0
ALARM_S: Final = 30.0
WATCH_S: Final = 10.0
WATCHES: Final = 32
"""Watches that are woken at a time."""

DAILY_S: Final = 24 * 3600.0
FAILED_S: Final = 10.0
AWAY_S: Final = 2.0
"""Before the next look while the store is away."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Does the jobs. See `bot.jobs.Engine`."""

    preparing: Preparing
    posting: Posting
    watching: Watching

    async def prepare(self, batch: str) -> None:
        """See `bot.jobs.Engine`."""
        with bound_contextvars(batch=batch), span("prepare", batch=batch):
            await self.preparing(batch)

    async def deliver(self, delivery: str) -> None:
        """See `bot.jobs.Engine`."""
        with bound_contextvars(delivery=delivery), span("deliver", delivery=delivery):
            await self.posting(delivery)

    async def watch(self, subscription: str) -> None:
        """See `bot.jobs.Engine`."""
        with bound_contextvars(subscription=subscription), span("watch", subscription=subscription):
            await self.watching(subscription)


class Scheduling:
    """What one process does for all: it plans, feeds the workers, wakes the watches, raises alarms, tidies up."""

    def __init__(
        self,
        *,
        planner: Planner,
        feeding: Feeding,
        alarms: Alarms,
        jobs: Jobs,
        store: Store,
        daily: Callable[[], Awaitable[object]],
    ) -> None:
        """daily: what is done once a day, such as purging what was kept for those who left."""
        self.planner = planner
        self._feeding = feeding
        self.alarms = alarms
        self._jobs = jobs
        self._store = store
        self._daily = daily
        self._woken = asyncio.Event()
        self._looked_at: dict[str, datetime] = {}

    async def __call__(self, lease: Lease) -> None:
        """Until cancelled. Whatever it does another may do at the same time, so that the lease is for thrift alone."""
        del lease
        async with asyncio.TaskGroup() as group:
            group.create_task(self._ever(self._with_room(self._plan)))
            group.create_task(self._ever(self._feeding))
            group.create_task(self._ever(self._with_room(self._look_for_silence)))
            group.create_task(self._ever(self._with_room(self._wake_watches)))
            group.create_task(self._ever(self._tidy))

    async def wake(self) -> None:
        """A person has changed something: where this process schedules, it looks at once."""
        self._woken.set()

    def _with_room(self, step: Callable[[], Awaitable[float]]) -> Callable[[], Awaitable[float]]:
        """The step, which waits while there is no room for what it would begin; what was begun comes to its end."""

        @wraps(step)
        async def taken() -> float:
            return AWAY_S if self._store.room.refusal() is not None else await step()

        return taken

    async def _ever(self, step: Callable[[], Awaitable[float]]) -> None:
        while True:
            try:
                pause_s = await step()
            except StoreError as error:
                log.warning("store away", step=getattr(step, "__name__", "feeding"), error=error.key)
                pause_s = AWAY_S
            except Exception:  # which keeps the other steps from nothing
                log.exception("bug", step=getattr(step, "__name__", "feeding"))
                pause_s = FAILED_S
            await asyncio.sleep(pause_s)

    async def _plan(self) -> float:
        await self.planner.refresh()
        await self.planner.plan()
        with suppress(TimeoutError):
            async with asyncio.timeout(PLAN_S):
                await self._woken.wait()
        self._woken.clear()
        return 0.0

    async def _look_for_silence(self) -> float:
        await self.alarms()
        return ALARM_S

    async def _wake_watches(self) -> float:
        """Those whose repository has been looked at since, so many at a time: they share a stream with the posts."""
        watches = {one.id: one.repo for one in self.planner.known if one.is_watch}
        synced = {repo: (await self._store.states.load(repo)).synced_until for repo in set(watches.values())}
        looked_at = {id_: at for id_, at in self._looked_at.items() if id_ in watches}
        due = {
            id_: at
            for id_, repo in watches.items()
            if (at := synced[repo]) is not None and looked_at.get(id_) != at
        }
        # the longest waiting first, so that each has its turn also where a round takes longer than a sync
        chosen = sorted(due, key=lambda id_: looked_at[id_].timestamp() if id_ in looked_at else 0.0)[
            :WATCHES
        ]
        await self._jobs.watch(*chosen)
        self._looked_at = looked_at | {id_: due[id_] for id_ in chosen}
        return WATCH_S if len(chosen) == len(due) else PLAN_S

    async def _tidy(self) -> float:
        if await self._store.handled.claim("daily tidying", round(DAILY_S)):
            await self._daily()
        return DAILY_S / 24
