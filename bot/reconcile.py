"""The nightly reconcile: the mirror held against GitHub item by item, for what no listing shows.

First every item is confirmed by its id, so that nothing is held that is not there; then the numbers are compared, and
since the mirror holds only what exists, a difference is what it lacks. That is found by halving the time until the
slices that differ are small, and by looking under the numbers that are neither held nor known to be none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from adapters.store.mirror import KINDS
from adapters.store.states import Gap
from bot.history import BEGINNING, sync_turn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from adapters.source import Keep, Reading, Source
    from adapters.source import Progress as Counted
    from adapters.store import Store
    from adapters.store.states import MirrorState
    from bot.sync import Sync

log = structlog.get_logger()

CHECKED_AT_ONCE = 800
SETTLED = timedelta(minutes=15)
"""So long the search index may lag behind the listing; younger items are not counted by it."""

SMALL = 90
"""A slice of so many items is read instead of halved: one page."""

MOST_HOLES = 2_000
"""Numbers looked under in one reconcile; discussions use numbers too, and are remembered as none."""

BEYOND = 40
"""Numbers looked under behind the highest that is known: an item that was transferred here has the newest number and an
old date."""


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

    async def __call__(self, repo: str, counted: Counted) -> Reconciled:
        """Reconcile one mirror that was synced before. counted: told how many items were confirmed.

        Raises GitHubError, StoreError; what was done by then stays done, and the next one does the rest.
        """
        started = self._now()
        state = await self._store.states.load(repo)
        numbers = await self._store.mirror.updated_since(repo)
        gone = await self._confirm(state.repo, numbers, counted)
        state = await self._sync.catch_up(state.repo, started, _untold, always=True)
        before = len(await self._store.mirror.updated_since(state.repo))
        missing = await self._missing(state)
        if missing:
            await self._halve(state, state.mirror_from or started, (state.synced_until or started) - SETTLED)
            missing = await self._missing(state)
        if missing:
            await self._look_under_numbers(state)
            missing = await self._missing(state)
        found = len(await self._store.mirror.updated_since(state.repo)) - before
        log.info("reconciled", repo=state.repo, checked=len(numbers), gone=gone, found=found, missing=missing)
        await self._record(state, started, missing)
        return Reconciled(len(numbers), gone, found, missing)

    async def _confirm(self, repo: str, numbers: Sequence[int], counted: Counted) -> int:
        """Confirm the items by their ids; returns how many are gone."""
        gone = 0
        for at in range(0, len(numbers), CHECKED_AT_ONCE):
            batch = numbers[at : at + CHECKED_AT_ONCE]
            wanted = await self._store.mirror.unchecked(repo, batch, datetime.max.replace(tzinfo=UTC))
            state = await self._store.states.load(repo)
            looked = await self._sync.threads.check_these(repo, wanted, state.synced_until or self._now())
            gone += len(looked.gone) + len(looked.moved)
            counted(min(at + CHECKED_AT_ONCE, len(numbers)), len(numbers))
        return gone

    async def _missing(self, state: MirrorState) -> int:
        """How many items GitHub counts that the mirror does not hold."""
        mirror = self._store.mirror
        if state.whole:
            totals = {"issue": state.issues or 0, "pull_request": state.pull_requests or 0}
            return sum([max(0, totals[kind] - await mirror.count(state.repo, kind)) for kind in KINDS])
        if state.mirror_from is None or state.synced_until is None:
            return 0
        return await self._difference(state.repo, state.mirror_from, state.synced_until - SETTLED)

    async def _difference(self, repo: str, since: datetime, until: datetime) -> int:
        counted = await self._source.count_updated(repo, since, until)
        held = sum([await self._store.mirror.count(repo, kind, since, until) for kind in KINDS])
        return max(0, counted - held)

    async def _halve(self, state: MirrorState, since: datetime, until: datetime) -> None:
        """Read again the slices in which something is missing."""
        if since >= until or not (difference := await self._difference(state.repo, since, until)):
            return
        held = sum([await self._store.mirror.count(state.repo, kind, since, until) for kind in KINDS])
        middle = since + timedelta(seconds=(until - since) // timedelta(seconds=2))
        if held + difference > SMALL and since < middle < until:
            await self._halve(state, since, middle)
            await self._halve(state, middle, until)
            return

        await self._source.updated_between(state.repo, since, until, self._keeper(state.repo), _uncounted)

    async def _look_under_numbers(self, state: MirrorState) -> None:
        """Look under the numbers that are neither held nor known to be none: in a whole mirror all of them, else those
        since the oldest item that was opened inside its reach."""
        mirror, repo = self._store.mirror, state.repo
        held = await mirror.updated_since(repo)
        if not held:
            return
        known = {*held, *await mirror.tombstones(repo)}
        low = 1 if state.whole else await self._oldest_opened(repo, held, state.mirror_from or BEGINNING)
        holes = [number for number in range(low, held[-1]) if number not in known]
        await self._read_numbers(repo, holes[-MOST_HOLES:])
        if state.whole and await self._missing(state):
            # not remembered as none: they may be an item tomorrow
            await self._source.numbered(repo, range(held[-1] + 1, held[-1] + 1 + BEYOND), self._keeper(repo))

    async def _oldest_opened(self, repo: str, held: Sequence[int], since: datetime) -> int:
        """The lowest number opened since: numbers are given in the order of time, so halving finds it."""
        low, high = 0, len(held) - 1
        while low < high:
            middle = (low + high) // 2
            found = await self._store.mirror.records(repo, [held[middle]])
            opened = found[0].item.created_at if found else None
            if opened is not None and opened < since:
                low = middle + 1
            else:
                high = middle
        return held[low]

    async def _read_numbers(self, repo: str, numbers: Sequence[int]) -> None:
        none = await self._source.numbered(repo, numbers, self._keeper(repo))
        await self._store.mirror.bury(repo, dict.fromkeys(none, "no item"), self._now())

    def _keeper(self, repo: str) -> Keep:
        async def keep(readings: Sequence[Reading]) -> None:
            await self._store.mirror.save(repo, readings)

        return keep

    async def _record(self, state: MirrorState, started: datetime, missing: int) -> None:
        gap = (Gap(state.mirror_from or started, state.synced_until or started, missing),) if missing else ()
        async with self._sync.turns.take(sync_turn(state.repo)) as lease:
            await self._store.states.change(
                state.repo,
                lease.fence,
                lambda current: replace(current, gaps=gap, reconciled_at=started),
            )


def _untold(_key: str, _done: int, _total: int | None) -> None:
    """Progress that is told by what is confirmed."""


def _uncounted(_done: int, _total: int | None) -> None:
    """The same of a source."""
