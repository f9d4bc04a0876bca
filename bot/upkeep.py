"""Upkeep: what a running bot does for its mirrors without being asked.

Each minute the edge, the threads that moved, and this host's index of them, so that no question has to wait for it;
between two looks a stretch of history, newest first, until it is deep enough; once a night the reconcile and the sweep
of old text. Several bots over one store take turns at it.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from adapters.chat import unwatched
from adapters.source import untold
from bot.history import sync_turn
from summarizer.errors import DigestError, GitHubError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable

    from adapters.store import Store
    from adapters.store.states import MirrorState
    from bot.reconcile import Reconcile
    from bot.sync import Sync

log = structlog.get_logger()

DEEP = timedelta(days=90)
"""History that is filled in by itself; `sync since:` reaches further."""

RECENT = timedelta(days=2)
"""Threads that moved since then are read whole at once, so that a digest of today finds them read."""

NIGHTLY = timedelta(days=1)

HOURLY = timedelta(hours=1)
"""Between two looks for what is known to be missing."""

LONGEST_PAUSE_S = 3_600.0
MOST_DOUBLINGS = 12


class Upkeep:
    """Looks after mirrors until it is cancelled."""

    def __init__(
        self,
        sync: Sync,
        reconcile: Reconcile,
        store: Store,
        *,
        now: Callable[[], datetime],
        every: timedelta,
        keep: timedelta,
        index: Callable[[str], Awaitable[None]] | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """every: between two looks at the edge. keep: how long the text of items that nobody updates is kept. index:
        brings what questions are answered from up to the mirror of a repository; None where no questions are asked."""
        self._sync = sync
        self._reconcile = reconcile
        self._store = store
        self._now = now
        self._every = every
        self._keep = keep
        self._index = index
        self._sleep = sleep
        self._looked_for: dict[str, datetime] = {}

    async def run(self, repo: str) -> None:
        """Look after one repository for ever. A failure, even a bug of ours, is logged and waited out."""
        failures = 0
        while True:
            pause_s = self._every.total_seconds()
            try:
                if self._store.room.refusal() is None:  # who watches the room says so
                    await self.once(repo)
                failures = 0
            except Exception as error:
                # whatever it is: a mirror that is not looked after any more would be noticed by nobody
                failures += 1
                pause_s = _pause_s(pause_s, failures, error)
                if isinstance(error, DigestError):
                    log.warning("upkeep failed", repo=repo, error=error.key, pause_s=round(pause_s))
                else:
                    log.exception("bug", repo=repo, pause_s=round(pause_s))
            await self._sleep(pause_s)

    async def once(self, repo: str) -> None:
        """One round. Raises GitHubError, StoreError."""
        now = self._now()
        state = await self._sync.catch_up(repo, now - timedelta(days=1), unwatched)
        recent = max(now - RECENT, state.mirror_from or now)
        await self._sync.threads.read(state.repo, recent, now, untold)
        if self._index is not None:
            await self._index(state.repo)
        if not state.reaches(now - DEEP):
            await self._sync.history.extend(state.repo, now - DEEP, untold, stretches=1)
        else:
            await self._put_right(state.repo, now)

    async def _put_right(self, repo: str, now: datetime) -> None:
        """Reconcile once a night, and between look for what is known to be missing; one of several bots does."""
        async with self._store.leases.hold(f"reconcile {repo.lower()}") as lease:
            state = await self._store.states.load(repo)
            if lease is None:
                return
            if state.reconciled_at is None or now - state.reconciled_at >= NIGHTLY:
                await self._reconcile(repo, untold)
                await self.sweep(repo)
            elif state.gaps and now - self._looked_for.get(repo, state.reconciled_at) >= HOURLY:
                self._looked_for[repo] = now
                await self._reconcile.find(repo)

    async def sweep(self, repo: str) -> int:
        """Drop the text of items that were not updated for so long, but of those that a kept digest cites; returns of
        how many."""
        before = self._now() - self._keep
        cited = await self._store.mirror.cited(repo, self._now())
        dropped = await self._store.mirror.drop_texts(repo, before, cited)

        def swept(state: MirrorState) -> MirrorState:
            return replace(state, text_from=before if dropped else state.text_from)

        await self._sync.turns.do(
            sync_turn(repo), lambda lease: self._store.states.change(repo, lease.fence, swept)
        )
        log.info("swept", repo=repo, before=before, items=dropped)
        return dropped


@asynccontextmanager
async def looked_after(upkeep: Upkeep, repos: Iterable[str]) -> AsyncIterator[None]:
    """Look after the repositories, each on its own, until the block is left."""
    tasks = [asyncio.create_task(upkeep.run(repo), name=f"upkeep {repo}") for repo in repos]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _pause_s(every_s: float, failures: int, error: Exception) -> float:
    """Twice as long after each failure in a row, up to LONGEST_PAUSE_S, never less than GitHub asks for, and jittered,
    so that not all who met the same failure come back at once."""
    jitter = random.uniform(1.0, 1.25)  # noqa: S311 - spreads load, guards nothing
    stated = getattr(error, "wait_s", None) if isinstance(error, GitHubError) else None
    longer_s: float = every_s * 2 ** min(failures, MOST_DOUBLINGS)
    return max(min(longer_s, LONGEST_PAUSE_S), stated or 0.0) * jitter
