"""Feeding: what the agendas name is handed to the workers, each batch in its turn, and what they left undone again."""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from bot.delivery.ledger import batch_in, id_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from adapters.queue import Priority
    from bot.delivery.ledger import Ledger
    from bot.delivery.timings import Timings
    from bot.jobs import Jobs

log = structlog.get_logger()

ROOM: Final = 64
"""Posts that wait in the queue. More would let a batch of thousands stand before another's few."""

MOST: Final = 50_000
BUSY_S: Final = 0.2
IDLE_S: Final = 0.75


class Waiting(Protocol):
    """How many jobs nobody has taken yet."""

    async def waiting(self, priority: Priority) -> int: ...


class Feeding:
    """Sends the jobs. One process at a time does; two would only send some twice."""

    def __init__(
        self, ledger: Ledger, jobs: Jobs, queue: Waiting, timings: Timings, now: Callable[[], datetime]
    ) -> None:
        self._ledger = ledger
        self._jobs = jobs
        self._queue = queue
        self._timings = timings
        self._now = now
        self._served: OrderedDict[str, None] = OrderedDict()

    async def __call__(self) -> float:
        """Send what may go now; after how many seconds to look again. Raises StoreError."""
        builds = await self._ledger.batches.due(self._now(), MOST)
        if builds:
            await self._ledger.batches.again(builds, self._timings.rebuild_s)
            await self._jobs.prepare(*builds)
            for key in builds:
                log.debug("batch handed out", batch=key)
        posts = await self._ledger.agenda.due(self._now(), MOST)
        if posts:
            room = ROOM - await self._queue.waiting("posts")
            if room > 0:
                chosen = self._in_turns(posts, room)
                await self._ledger.agenda.again(chosen, self._timings.kicked_s)
                await self._jobs.deliver(*map(id_of, chosen))
                for each in chosen:
                    log.debug("delivery handed out", delivery=id_of(each), batch=batch_in(each))
        return BUSY_S if posts or builds else IDLE_S

    def _in_turns(self, entries: Sequence[str], room: int) -> list[str]:
        """One of each batch after the other; whoever was served last comes last."""
        queues: dict[str, deque[str]] = {}
        for each in entries:
            queues.setdefault(batch_in(each) or each, deque()).append(each)
        order = deque(sorted(queues, key=self._rank()))
        chosen: list[str] = []
        while order and len(chosen) < room:
            name = order.popleft()
            chosen.append(queues[name].popleft())
            self._served.pop(name, None)
            self._served[name] = None
            if queues[name]:
                order.append(name)
        for gone in [name for name in self._served if name not in queues]:
            del self._served[gone]
        return chosen

    def _rank(self) -> Callable[[str], int]:
        places = {name: place for place, name in enumerate(self._served, 1)}
        return lambda name: places.get(name, 0)
