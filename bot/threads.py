"""Whole threads: what a digest or an answer will talk about is read whole, and looked at once more before it is told.

Listings show neither comments nor deletions, and nothing moves when a comment is deleted. An item is read whole when it
moved since it last was, and confirmed by its id when that was not just done.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import structlog

from adapters.source import untold
from bot.put_off import PutOff

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from adapters.source import Looked, Reading, Source, Wanted
    from adapters.source import Progress as Counted
    from adapters.store import Store
    from bot.turns import Turns

log = structlog.get_logger()

AT_ONCE = 400
"""Threads read in one turn, so that a long window does not keep a short one waiting."""

AFFORDABLE = 3_000
"""Threads that one question may have read; of a window that needs more only those that surely belong to it are."""

WINDOWS = 16
"""Windows of which it is remembered in this process that all of their items were confirmed."""


class Threads:
    """Reads and checks the items of one window."""

    def __init__(self, source: Source, store: Store, turns: Turns, *, now: Callable[[], datetime]) -> None:
        self._source = source
        self._store = store
        self._turns = turns
        self._now = now
        self._put_off = PutOff(now)
        self._confirmed: OrderedDict[tuple[str, datetime, datetime], tuple[list[int], datetime]] = (
            OrderedDict()
        )

    async def read(
        self,
        repo: str,
        since: datetime,
        until: datetime,
        counted: Counted,
        *,
        affordable: int | None = AFFORDABLE,
    ) -> None:
        """Read whole what may have had a part in `[since, until)` and was not read whole for it.

        affordable: of more threads than that only those are read that surely belong to it.
        What GitHub does not show stays lacking. Raises GitHubError, StoreError; what was read is kept.
        """
        tried: set[int] = set()
        total: int | None = None
        while True:
            async with self._turns.take(f"threads {repo.lower()}"):
                lacking = [
                    each
                    for each in await self.lacking(repo, since, until, affordable)
                    if each.number not in tried and not self._put_off.holds(repo, each)
                ]
                total = len(lacking) + len(tried) if total is None else max(total, len(tried) + len(lacking))
                if not lacking:
                    return
                batch = lacking[:AT_ONCE]
                done = len(tried)
                counted(done, total)
                looked = await self.read_these(
                    repo,
                    batch,
                    lambda read, _of, done=done, total=total: counted(done + read, total),  # type: ignore[misc]
                )
                self._put_off.note(repo, batch, looked.unreadable)
                tried |= {each.number for each in batch}

    async def lacking(
        self, repo: str, since: datetime, until: datetime, affordable: int | None = AFFORDABLE
    ) -> list[Wanted]:
        """What would be read; where that is more than is affordable, what surely happened in the window."""
        lacking = await self._store.mirror.lacking(repo, since, until)
        if affordable is None or len(lacking) <= affordable:
            return lacking
        sure = set(await self._store.mirror.numbers_between(repo, since, until))
        return [each for each in lacking if each.number in sure]

    async def read_these(self, repo: str, wanted: Sequence[Wanted], counted: Counted) -> Looked:
        """Read those items whole; what is not there any more is buried."""

        async def keep(readings: Sequence[Reading]) -> None:
            await self._store.mirror.save(repo, readings)
            if readings:
                numbers = [reading.item.number for reading in readings]
                await self._store.mirror.confirm(repo, numbers, readings[0].at)

        if wanted:
            self._store.room.admit()
        looked = await self._source.read(repo, wanted, keep, counted)
        await self.bury(repo, looked)
        if looked.unreadable:
            log.warning("threads not shown by GitHub", repo=repo, numbers=sorted(looked.unreadable))
        return looked

    async def check(self, repo: str, since: datetime, until: datetime, confirmed: datetime) -> set[int]:
        """See that the items of `[since, until)` are still there and as we know them, unless GitHub has shown them at
        `confirmed` or later; returns those of which it would not tell."""
        numbers = [item.number for item in await self._store.mirror.items_between(repo, since, until)]
        window = (repo.lower(), since, until)
        known, at = self._confirmed.get(window, ([], confirmed))
        if known == numbers and at >= confirmed:
            return set()
        wanted = await self._store.mirror.unchecked(repo, numbers, confirmed)
        looked = await self.check_these(repo, wanted, confirmed)
        if not looked.unreadable:
            self._confirmed[window] = numbers, confirmed
        while len(self._confirmed) > WINDOWS:
            self._confirmed.popitem(last=False)
        return looked.unreadable

    async def check_these(self, repo: str, wanted: Sequence[Wanted], at: datetime) -> Looked:
        """See that those items are still there and as we know them, else put that right. at: what is confirmed now."""
        looked = await self._source.check(repo, wanted)
        await self.bury(repo, looked)
        changed = [each for each in wanted if each.number in looked.changed]
        due = [each for each in changed if not self._put_off.holds(repo, each)]
        looked.unreadable.update({each.number for each in changed} - {each.number for each in due})
        if due:
            unreadable = (await self.read_these(repo, due, untold)).unreadable
            self._put_off.note(repo, due, unreadable)
            looked.unreadable |= unreadable
        lost = looked.gone | looked.moved | looked.changed | looked.unreadable
        await self._store.mirror.confirm(
            repo, [each.number for each in wanted if each.number not in lost], at
        )
        return looked

    async def bury(self, repo: str, looked: Looked) -> None:
        why = dict.fromkeys(looked.gone, "deleted") | dict.fromkeys(looked.moved, "transferred")
        if why:
            await self._store.mirror.bury(repo, why, self._now())
            log.info("gone from GitHub", repo=repo, items=why)
