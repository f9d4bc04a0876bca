"""Searching: items of the mirror by what somebody types."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from adapters.store import Store
    from adapters.web.archive import SearchShown, Standing, Visitor
    from bot.access import Principal
    from bot.find import Find
    from bot.mends import MendTopics
    from bot.rules import Rules


class Searches:
    """See `adapters.web.archive.Archive`."""

    def __init__(
        self,
        find: Find,
        mends: MendTopics,
        store: Store,
        rules: Rules,
        *,
        tz: str,
        now: Callable[[], datetime],
    ) -> None:
        self._find = find
        self._mends = mends
        self._store = store
        self._rules = rules
        self._tz = tz
        self._now = now

    async def search(
        self, standing: Standing, words: str, reader: Principal, visitor: Visitor, *, page: int
    ) -> SearchShown:
        raise NotImplementedError
