"""Items: what the page of one tells, from the mirror, the topics and the kept digests."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from adapters.store import Store
    from adapters.web.archive import ItemShown, Standing
    from bot.mends import MendTopics


class ItemPages:
    """See `adapters.web.archive.Archive`."""

    def __init__(self, store: Store, mends: MendTopics, *, now: Callable[[], datetime]) -> None:
        self._store = store
        self._mends = mends
        self._now = now

    async def item(self, standing: Standing, number: int) -> ItemShown:
        raise NotImplementedError
