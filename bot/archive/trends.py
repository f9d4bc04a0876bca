"""Trends: the counts of the last weeks, from the mirror."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from adapters.store import Store
    from adapters.web.archive import Standing, Trends
    from bot.find import Find
    from bot.mends import MendTopics


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

    async def trends(self, standing: Standing) -> Trends:
        raise NotImplementedError
