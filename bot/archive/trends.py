"""Trends: the counts of the last weeks, from the mirror."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from adapters.web.archive import Trends, TrendWeek
from bot.archive.reaching import Weeks, holds, told_until
from bot.archive.remembering import Remembered

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from adapters.store import Store
    from adapters.web.archive import Standing
    from bot.find import Find
    from bot.mends import MendTopics

WEEKS: Final = 12


class WeeklyTrends:
    """See `adapters.web.archive.Archive`."""

    def __init__(
        self, store: Store, find: Find, mends: MendTopics, *, tz: str, now: Callable[[], datetime]
    ) -> None:
        self._store = store
        self._find = find
        self._mends = mends
        self._tz = tz
        self._now = now
        self._known: Remembered[Trends] = Remembered()

    async def trends(self, standing: Standing) -> Trends:
        """The counts are those that a digest of the week has. Raises StoreError."""
        return await self._known.of((standing.repo.lower(), standing.stamp), lambda: self._count(standing))

    async def _count(self, standing: Standing) -> Trends:
        repo = standing.repo
        state = await self._store.states.load(repo)
        weeks = Weeks(told_until(state, self._now()), self._tz).last(WEEKS)
        windows = [week.window for week in weeks]
        counted = await self._find.happened(repo, windows, await self._mends.rules(repo))
        return Trends(
            self._tz,
            tuple(
                TrendWeek(
                    since=week.window.since,
                    until=week.window.until,
                    counts={name: n for name, n in asdict(happened).items() if n is not None},
                    complete=week.is_over and holds(state, week.window),
                )
                for week, happened in zip(weeks, counted, strict=True)
            ),
        )
