"""The nightly reconcile: the mirror held against GitHub item by item, for what no listing shows.

First every item is confirmed by its id, so that nothing is held that is not there; then what GitHub counts beside that
is what the mirror lacks (see missing.py). Releases go by their whole list.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from adapters.chat import unwatched
from bot.history import BEGINNING, sync_turn
from bot.missing import Missing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from adapters.source import Progress as Counted
    from adapters.source import Source
    from adapters.store import Store
    from adapters.store.states import Gap, MirrorState
    from bot.sync import Sync

log = structlog.get_logger()

CHECKED_AT_ONCE = 800

RESUMED = timedelta(hours=6)
"""A reconcile that broke off longer ago is begun anew."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What a reconcile did. missing: items that GitHub counts and does not show."""

    checked: int
    gone: int
    found: int
    missing: int


class Reconcile:
    """Holds mirrors against GitHub."""

    def __init__(self, source: Source, store: Store, sync: Sync, *, now: Callable[[], datetime]) -> None:
        self._source = source
        self._store = store
        self._sync = sync
        self._now = now
        self._missing = Missing(source, store, now=now)

    async def __call__(self, repo: str, counted: Counted) -> Reconciled:
        """Reconcile one mirror that was synced before. counted: told how many items were confirmed.

        Raises GitHubError, StoreError; what was confirmed by then is not asked for again when it is called again soon.
        """
        started = self._now()
        state, since = await self._begin(repo, started)
        numbers = await self._store.mirror.updated_since(state.repo)
        gone = await self._confirm(state.repo, numbers, since, counted)
        await self._compare_releases(state.repo)
        state = await self._sync.catch_up(state.repo, started, unwatched, always=True)
        found, missing = await self._find(state)
        log.info("reconciled", repo=state.repo, checked=len(numbers), gone=gone, found=found, missing=missing)
        await self._change(
            state.repo, lambda current: replace(current, reconciled_at=started, reconciling_since=None)
        )
        return Reconciled(len(numbers), gone, found, missing)

    async def find(self, repo: str) -> int:
        """Look once more for what a mirror that was just synced is known to lack; returns how many items it still
        lacks. Raises GitHubError, StoreError."""
        state = await self._store.states.load(repo)
        found, missing = await self._find(state)
        log.info("looked for what is missing", repo=state.repo, found=found, missing=missing)
        return missing

    async def _begin(self, repo: str, started: datetime) -> tuple[MirrorState, datetime]:
        """The state, and since when, by the source's clock, an item that was shown needs no confirming."""
        state = await self._sync.catch_up(repo, started, unwatched, always=True)
        now, since = state.synced_until or started, state.reconciling_since
        if since is not None and now - since <= RESUMED:
            return state, since
        await self._change(state.repo, lambda current: replace(current, reconciling_since=now))
        return state, now

    async def _confirm(self, repo: str, numbers: Sequence[int], since: datetime, counted: Counted) -> int:
        """Confirm the items by their ids, unless they were since then; returns how many are gone."""
        gone = 0
        for at in range(0, len(numbers), CHECKED_AT_ONCE):
            batch = numbers[at : at + CHECKED_AT_ONCE]
            gone += await self._look_up_unseen(repo, batch)
            wanted = await self._store.mirror.unchecked(repo, batch, since)
            state = await self._store.states.load(repo)
            looked = await self._sync.threads.check_these(repo, wanted, state.synced_until or since)
            gone += len(looked.gone) + len(looked.moved)
            counted(min(at + CHECKED_AT_ONCE, len(numbers)), len(numbers))
        return gone

    async def _look_up_unseen(self, repo: str, numbers: Sequence[int]) -> int:
        """Look up what only a file told of and GitHub never showed; returns how many of these are not there."""
        records = await self._store.mirror.records(repo, numbers)
        unseen = [record.item.number for record in records if not record.item.node_id]
        if not unseen:
            return 0
        await self._missing.look_under(repo, unseen)
        return len(unseen) - len(await self._store.mirror.records(repo, unseen))

    async def _compare_releases(self, repo: str) -> None:
        """Hold the releases that there are: one may be deleted, renamed, or published long after it was made."""
        held = {release.tag_name for release in await self._store.mirror.releases(repo)}
        releases = await self._source.releases(repo, BEGINNING)
        await self._store.mirror.save_releases(repo, releases)
        await self._store.mirror.drop_releases(repo, held - {release.tag_name for release in releases})

    async def _find(self, state: MirrorState) -> tuple[int, int]:
        """Find what is missing, and record what is not to be found; returns how many items each are."""
        before = len(await self._store.mirror.updated_since(state.repo))
        gaps = await self._missing.find(state)
        found = len(await self._store.mirror.updated_since(state.repo)) - before

        def looked_for(current: MirrorState) -> MirrorState:
            newer: tuple[Gap, ...] = tuple(gap for gap in current.gaps if gap not in state.gaps)
            return replace(current, gaps=(*gaps, *newer))

        await self._change(state.repo, looked_for)
        return found, sum(gap.missing for gap in gaps)

    async def _change(self, repo: str, change: Callable[[MirrorState], MirrorState]) -> None:
        await self._sync.turns.do(
            sync_turn(repo), lambda lease: self._store.states.change(repo, lease.fence, change)
        )
