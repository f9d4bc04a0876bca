"""What GitHub counts and the mirror lacks: found again where the counts differ, else under its number.

Counts are compared by GitHub's index, and of a whole mirror by how many items there are in all. Halving the time finds
the slices that differ in a few requests, and these are read once more. What no search shows may still lie under a
number: of those that are neither held nor known to be none.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from adapters.source import untold
from adapters.store.mirror import KINDS
from adapters.store.states import Gap
from bot.history import BEGINNING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from adapters.source import Keep, Reading, Source
    from adapters.store import Store
    from adapters.store.states import MirrorState

log = structlog.get_logger()

SETTLED = timedelta(minutes=15)
"""So long the search index may lag behind the listing; younger items are not counted by it."""

SMALL = 90
"""A slice of so many items is read instead of halved: one page."""

MOST_HOLES = 2_000
"""Numbers looked under at a time; discussions use numbers too, and are remembered as none."""

BEYOND = 40
"""Numbers looked under behind the highest that is known, and so many more as long as one of them is an item: one that
was transferred here has the newest number and an old date."""


class Missing:
    """Finds what mirrors lack."""

    def __init__(self, source: Source, store: Store, *, now: Callable[[], datetime]) -> None:
        self._source = source
        self._store = store
        self._now = now

    async def find(self, state: MirrorState) -> tuple[Gap, ...]:
        """Read what is missing inside the reach of a mirror that was just synced; returns where GitHub counts more than
        it shows even then. Raises GitHubError, StoreError."""
        if state.mirror_from is None or state.synced_until is None:
            return ()
        # whole seconds, so that both sides count alike at every cut
        since, until = state.mirror_from.replace(microsecond=0), state.synced_until - SETTLED
        if state.whole and not await self._of_total(state):
            return ()
        gaps = await self._halve(state.repo, since, until, await self._counted(state.repo, since, until))
        if not (await self._of_total(state) if state.whole else gaps):
            return ()

        every_number = await self._look_under_numbers(state)
        if not state.whole:
            return await self._still(state.repo, gaps)
        missing = await self._of_total(state)
        if missing and every_number:
            # what is under no number is no item: GitHub's total is wrong, and nothing can be missing
            log.warning("more counted than there are", repo=state.repo, more=missing)
            return ()
        return (Gap(since, state.synced_until, missing),) if missing else ()

    async def _of_total(self, state: MirrorState) -> int:
        """How many more items there are in all than a whole mirror holds."""
        totals = {"issue": state.issues or 0, "pull_request": state.pull_requests or 0}
        return sum(
            [max(0, totals[kind] - await self._store.mirror.count(state.repo, kind)) for kind in KINDS]
        )

    async def _counted(self, repo: str, since: datetime, until: datetime) -> int:
        return await self._source.count_updated(repo, since, until) if since < until else 0

    async def _held(self, repo: str, since: datetime, until: datetime) -> int:
        return sum([await self._store.mirror.count(repo, kind, since, until) for kind in KINDS])

    async def _halve(self, repo: str, since: datetime, until: datetime, counted: int) -> list[Gap]:
        """Read again the slices in which something is missing; returns those in which it still is. counted: by GitHub,
        in all of `[since, until)`."""
        if counted <= await self._held(repo, since, until):
            return []
        middle = since + timedelta(seconds=(until - since) // timedelta(seconds=2))
        if counted > SMALL and since < middle < until:
            older = await self._counted(repo, since, middle)
            gaps = await self._halve(repo, since, middle, older)
            return gaps + await self._halve(repo, middle, until, counted - older)

        await self._source.updated_between(repo, since, until, self._keeper(repo), untold)
        return list(await self._still(repo, [Gap(since, until, counted)]))

    async def _still(self, repo: str, gaps: Sequence[Gap]) -> tuple[Gap, ...]:
        """The gaps as they are now."""
        found: list[Gap] = []
        for gap in gaps:
            counted = await self._counted(repo, gap.since, gap.until)
            missing = counted - await self._held(repo, gap.since, gap.until)
            if missing > 0:
                found.append(Gap(gap.since, gap.until, missing))
        return tuple(found)

    async def _look_under_numbers(self, state: MirrorState) -> bool:
        """Look under the numbers that are neither held nor known to be none: in a whole mirror all of them, else those
        since the oldest item that was opened inside its reach. Returns whether none of them is left to be looked under.
        """
        mirror, repo = self._store.mirror, state.repo
        held = await mirror.updated_since(repo)
        known = {*held, *await mirror.tombstones(repo)}
        low, high = 1, held[-1] if held else 0
        if held and not state.whole:
            low = await self._oldest_opened(repo, held, state.mirror_from or BEGINNING)
        holes = [number for number in range(low, high) if number not in known]
        unknown = await self.look_under(repo, holes[-MOST_HOLES:])
        while state.whole and await self._of_total(state):
            beyond = range(high + 1, high + 1 + BEYOND)
            # not remembered as none: they may be an item tomorrow
            none = await self._source.numbered(repo, beyond, self._keeper(repo))
            high = beyond[-1]
            if len(none) == BEYOND:
                break
        return not unknown and len(holes) <= MOST_HOLES

    async def look_under(self, repo: str, numbers: Sequence[int]) -> set[int]:
        """Read the items of these numbers, and bury what is none; returns those of which GitHub would not tell."""
        told: set[int] = set()

        async def keep(readings: Sequence[Reading]) -> None:
            told.update(reading.item.number for reading in readings)
            await self._store.mirror.save(repo, readings)

        none = await self._source.numbered(repo, numbers, keep)
        await self._store.mirror.bury(repo, dict.fromkeys(none, "no item"), self._now())
        return set(numbers) - told - none

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

    def _keeper(self, repo: str) -> Keep:
        async def keep(readings: Sequence[Reading]) -> None:
            await self._store.mirror.save(repo, readings)

        return keep
