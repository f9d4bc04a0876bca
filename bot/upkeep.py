"""Upkeep: what a running bot does for its mirrors without being asked.

Each minute the edge, and the threads that moved; between two looks a stretch of history, newest first, until it is
deep enough; once a night the reconcile and the sweep of old text. Several bots over one store take turns at it.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

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
LONGEST_PAUSE_S = 3_600.0


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
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """every: between two looks at the edge. keep: how long the text of items that nobody updates is kept."""
        self._sync = sync
        self._reconcile = reconcile
        self._store = store
        self._now = now
        self._every = every
        self._keep = keep
        self._sleep = sleep

    async def run(self, repo: str) -> None:
        """Look after one repository for ever. A failure is logged and waited out."""
        failures = 0
        while True:
            pause_s = self._every.total_seconds()
            try:
                await self.once(repo)
                failures = 0
            except DigestError as error:
                failures += 1
                stated = getattr(error, "wait_s", None) if isinstance(error, GitHubError) else None
                pause_s = min(max(pause_s * 2**failures, stated or 0.0), max(LONGEST_PAUSE_S, stated or 0.0))
                log.warning("upkeep failed", repo=repo, error=error.key, pause_s=round(pause_s))
            await self._sleep(pause_s)

    async def once(self, repo: str) -> None:
        """One round. Raises GitHubError, StoreError."""
        now = self._now()
        state = await self._sync.catch_up(repo, now - timedelta(days=1), _untold)
        recent = max(now - RECENT, state.mirror_from or now)
        await self._sync.threads.read(state.repo, recent, now, _uncounted)
        if not state.reaches(now - DEEP):
            await self._sync.history.extend(state.repo, now - DEEP, _uncounted, stretches=1)
        elif state.reconciled_at is None or now - state.reconciled_at >= NIGHTLY:
            await self._reconcile(state.repo, _uncounted)
            await self.sweep(state.repo)

    async def sweep(self, repo: str) -> int:
        """Drop the text of items that were not updated for so long, but of those that a kept digest cites; returns of
        how many."""
        before = self._now() - self._keep
        cited = await self._store.mirror.cited(repo, self._now())
        dropped = await self._store.mirror.drop_texts(repo, before, cited)

        def swept(state: MirrorState) -> MirrorState:
            return replace(state, text_from=before if dropped else state.text_from)

        async with self._sync.turns.take(sync_turn(repo)) as lease:
            await self._store.states.change(repo, lease.fence, swept)
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


def _untold(_key: str, _done: int, _total: int | None) -> None:
    """Nobody watches."""


def _uncounted(_done: int, _total: int | None) -> None:
    """Nobody watches."""
