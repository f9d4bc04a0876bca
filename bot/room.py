"""Room: a process watches whether anything can be saved, and says so when it cannot: the log at once, and those who run
the bot, as long as that can be said."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

from summarizer import languages
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from adapters.store import Store
    from bot.delivery.notices import Notices

log = structlog.get_logger()

LOOK_S: Final = 10.0
TOLD_S: Final = 3600
"""Those who run the bot are told once in so long, however often it comes and goes, and whichever process sees it."""


class RoomWatch:
    """Looks whether there is room, until it is cancelled."""

    def __init__(
        self,
        store: Store,
        notices: Notices,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._notices = notices
        self._now = now
        self._sleep = sleep
        self._trouble: str | None = None

    async def run(self) -> None:
        """Look again and again."""
        while True:
            try:
                await self.look()
            except StoreError as error:
                log.warning("room not known", error=error.key)
            except Exception:  # a disk that nobody watches fills in silence
                log.exception("bug", service="room")
            await self._sleep(LOOK_S)

    async def look(self) -> StoreError | None:
        """Why nothing can be saved now; None: all can. What has changed is said. Raises StoreError where the server is
        away."""
        refusal = await self._store.try_room()
        before, self._trouble = self._trouble, refusal.key if refusal else None
        if refusal is not None and before is None:
            log.error("no room", error=refusal.key, values=refusal.values)
            await self._tell("full", refusal)
        elif refusal is None and before is not None:
            log.info("room again")
            await self._tell("again", None)
        return refusal

    async def _tell(self, what: str, refusal: StoreError | None) -> None:
        if not await self._store.handled.claim(f"room {what}", TOLD_S):
            return
        words = languages.load(self._notices.ops_lang)
        text = words.problem(refusal) if refusal else words.text("mirror.room_again")
        await self._notices.tell_ops(f"room-{what}-{self._now():%Y%m%dT%H%M%SZ}", text)
