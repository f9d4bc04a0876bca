"""Work: what goes on after the acknowledgement. Each event is handled once, and nobody waits for another's."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from summarizer.errors import DigestError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

log = structlog.get_logger()

SEEN_S: Final = 3600
"""For how long an event is known again. Slack delivers one up to four times, the last some six minutes after the first
(docs.slack.dev/apis/events-api, "Retries"), and may come back to it after a reconnect; Discord sends what happened
since once more when a session is resumed (docs.discord.com/developers/events/gateway, "Resuming")."""

CALM_S: Final = 0.03
CROWD_S: Final = 0.3
"""Work begins once no event came for so long, and at the latest after that."""

CLAIM_S: Final = 1.0
"""How long an event may take to be found new or known; a person waits for what comes after."""

LAST_S: Final = 5.0
"""How long cancelled work may take to say so to whoever waits."""

LEAVE_S: Final = 10.0
"""How long work may go on that has begun when the process is told to stop."""


class Handled(Protocol):
    """Which events were handled, known to all processes."""

    async def claim(self, id: str, ttl_s: int) -> bool: ...  # noqa: A002 - the store's word

    async def extend(self, id: str, ttl_s: int) -> None: ...  # noqa: A002

    async def release(self, id: str) -> None: ...  # noqa: A002


class Work:
    """Runs each event's work as a task of its own. platform: what the ids of its events are told apart by."""

    def __init__(self, handled: Handled, platform: str) -> None:
        self._handled = handled
        self._platform = platform
        self._tasks: set[asyncio.Task[None]] = set()
        self._last = 0.0  # when the newest event came

    def start(self, event: str, job: Callable[[], Coroutine[None, None, None]]) -> None:
        """Do it, unless it was done or is being done elsewhere; "" for an event that has no id."""
        self._last = time.monotonic()
        task = asyncio.create_task(self._once(event, job), name=f"{self._platform} {event}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Let what has begun come to its end, and cancel what takes too long."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=LEAVE_S)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late, timeout=LAST_S)

    async def _once(self, event: str, job: Callable[[], Coroutine[None, None, None]]) -> None:
        await self._crowd_is_in()
        if event and not await self._claimed(event):
            log.info("event seen before", event_id=event)
            return
        try:
            await job()
        except DigestError as error:  # nobody could be told
            log.warning("event not handled", event_id=event, error=error.key)
            await self._release(event)
        except BaseException as error:
            await self._release(event)
            if not isinstance(error, Exception):
                raise
            log.exception("bug", event_id=event)

    async def _crowd_is_in(self) -> None:
        """Let a crowd be acknowledged before the first of it is answered."""
        begun = time.monotonic()
        while (now := time.monotonic()) - self._last < CALM_S and now - begun < CROWD_S:  # noqa: ASYNC110 - nothing tells of quiet
            await asyncio.sleep(CALM_S)

    async def _claimed(self, event: str) -> bool:
        try:
            async with asyncio.timeout(CLAIM_S):
                return await self._handled.claim(f"{self._platform} {event}", SEEN_S)
        except (StoreError, TimeoutError) as error:
            log.warning("event not remembered", error=getattr(error, "key", "store.timeout"))
            return True  # better answered twice than not at all

    async def _release(self, event: str) -> None:
        try:
            if event:
                await self._handled.release(f"{self._platform} {event}")
        except StoreError as error:
            log.warning("event not released", error=error.key)
