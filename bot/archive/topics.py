"""Topics: what belongs to each, by week."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from adapters.web.archive import Standing, TopicListed, TopicShown
    from bot.find import Find
    from bot.mends import MendTopics


class TopicPages:
    """See `adapters.web.archive.Archive`."""

    def __init__(
        self,
        find: Find,
        mends: MendTopics,
        *,
        section_topics: Sequence[str],
        tz: str,
        now: Callable[[], datetime],
    ) -> None:
        self._find = find
        self._mends = mends
        self._section_topics = section_topics
        self._tz = tz
        self._now = now

    async def listed(self, standing: Standing) -> Sequence[TopicListed]:
        raise NotImplementedError

    async def topic(self, standing: Standing, key: str, *, before: str) -> TopicShown | None:
        raise NotImplementedError
