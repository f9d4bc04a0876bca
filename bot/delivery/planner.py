"""Planning: what will be due soon is written into the ledger, once, whoever plans it and however often."""

from __future__ import annotations

import asyncio
import heapq
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfoNotFoundError

import structlog

from bot.delivery.batches import batch_of, delivery_id
from bot.delivery.ledger import NAMED, entry
from bot.delivery.model import OPEN, Delivery
from bot.schedule.catching_up import runs
from bot.schedule.dues import next_due
from bot.subscriptions.timing import timing_of
from summarizer.errors import BadInput
from summarizer.windows import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from bot.delivery.batches import Batch
    from bot.delivery.ledger import Ledger
    from bot.delivery.timings import Timings
    from bot.schedule.catching_up import Run
    from bot.subscriptions.model import Subscription
    from bot.subscriptions.registry import Registry

log = structlog.get_logger()

AT_ONCE: Final = 500
"""Subscriptions that are planned in one go; then others may."""

SETTLES: Final = timedelta(seconds=2)
"""After so long GitHub tells of all that happened before: a mirror reaches up to the second before it was looked at."""

SLICE: Final = 50
"""Subscriptions whose due times are worked out in one turn of the event loop."""


class Planner:
    """Plans, in one process at a time; two that do plan the same."""

    def __init__(
        self, ledger: Ledger, registry: Registry, timings: Timings, now: Callable[[], datetime]
    ) -> None:
        self._ledger = ledger
        self._registry = registry
        self._timings = timings
        self._now = now
        self._known: dict[str, Subscription] = {}
        self._after: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []
        self._sequence = 0

    @property
    def known(self) -> Sequence[Subscription]:
        """Those that are active, watches too, as of the last `refresh`."""
        return list(self._known.values())

    async def refresh(self) -> None:
        """See what has changed of the subscriptions. Raises StoreError."""
        sequence, changed = await self._registry.changed(self._sequence)
        if sequence == self._sequence and not changed:
            return
        if sequence < self._sequence:  # an earlier state was restored
            self._known.clear()
            sequence, changed = await self._registry.changed(0)
        planned = await self._registry.planned()
        for count, one in enumerate(changed, 1):
            self._known.pop(one.id, None)
            self._after.pop(one.id, None)
            if one.state != "active":
                continue
            self._known[one.id] = one
            self._after[one.id] = max(one.starts, planned.get(one.id, one.starts))
            if not one.is_watch:
                self._line_up(one)
            if not count % SLICE:
                await asyncio.sleep(0)
        self._sequence = sequence

    async def plan(self) -> int:
        """Write down what is due soon; how many deliveries that were. Raises StoreError."""
        now, count, named = self._now(), 0, list[str]()
        while ready := self._ready(now):
            planned: dict[str, list[Run]] = {}
            for place, one in enumerate(ready, 1):
                planned[one.id] = await self._runs(one, now)
                if not place % SLICE:
                    await asyncio.sleep(0)
            written = await self._write([(one, planned[one.id]) for one in ready])
            count += len(written)
            named += written[: NAMED - len(named)]
            for one in ready:
                if planned[one.id]:
                    self._after[one.id] = planned[one.id][-1].due
            await self._registry.set_planned(
                {one.id: self._after[one.id] for one in ready if planned[one.id]}
            )
            for one in ready:
                self._line_up(one)
        if count:
            log.info("planned", deliveries=count, ids=named)
        return count

    def _ready(self, now: datetime) -> list[Subscription]:
        found: dict[str, Subscription] = {}
        while self._heap and self._heap[0][0] <= now and len(found) < AT_ONCE:
            _, id_ = heapq.heappop(self._heap)
            if id_ in self._known:
                found[id_] = self._known[id_]
        return list(found.values())

    def _line_up(self, one: Subscription) -> None:
        """Look at it when its next due is near."""
        try:
            due = next_due(timing_of(one), self._after[one.id])
        except (BadInput, ZoneInfoNotFoundError) as error:  # such as a country that a library knows no more
            log.error("subscription not planned", subscription=one.id, error=str(error))
            return
        if due is not None:
            heapq.heappush(self._heap, (due - self._timings.ahead, one.id))

    async def _runs(self, one: Subscription, now: datetime) -> list[Run]:
        """What to do for it since it was planned last. Whatever the ledger has already is behind us, even if its
        planner died before it could say so."""
        timing, after = timing_of(one), self._after[one.id]
        while True:
            found = list(runs(timing, after=after, now=now, ahead=self._timings.ahead, catchup=one.catchup))
            if len(found) == 1:  # nothing to put together that was planned apart
                return found
            ids = [delivery_id(one.id, run.due) for run in found]
            there = [
                row
                for row in await self._ledger.load(ids)
                if row is not None and (row.state in OPEN or row.state == "posted" or _is_begun(row))
            ]
            known = [row.due for row in there if row.due < found[-1].due]
            if not known:
                return found
            await self._write([(one, [run for run in found if run.due <= max(known)])])
            after = max(known)

    async def _write(self, planned: Sequence[tuple[Subscription, Sequence[Run]]]) -> Sequence[str]:
        """The ids of those that are to be delivered."""
        wanted = [(one, _row(one, run)) for one, found in planned for run in found]
        rows = [row for _, row in wanted]
        known = set(await self._ledger.create(rows))
        there = await self._reopen([row for row in rows if row.id in known])
        batches: dict[str, tuple[Batch, list[str]]] = {}
        for one, planned_row in wanted:
            # one that was planned before, by somebody who died, waits for its own batch
            row = there.get(planned_row.id, planned_row)
            if row.state in ("due", "building") and row.since and row.until:
                batch = batch_of(one, row.due, Window(row.since, row.until, one.tz))
                batches.setdefault(batch.key, (batch, []))[1].append(row.id)
        for batch, ids in batches.values():
            await self._ledger.add_to_batch(batch, ids)
        await self._ledger.batches.at({key: self._build_at(batch) for key, (batch, _) in batches.items()})
        for row in rows:
            if row.state == "skipped":
                log.info("delivery skipped", delivery=row.id, why=row.why)
        due = [row for row in rows if row.state == "due"]
        for row in due:
            log.debug("delivery planned", delivery=row.id, batch=row.batch)
        return [row.id for row in due]

    async def _reopen(self, rows: Sequence[Delivery]) -> dict[str, Delivery]:
        """What was given up when its subscription was suspended goes on now, or is covered by a later one. All of them
        as they are then, by their ids."""
        wanted = {row.id: row for row in rows}

        def planned_again(old: Delivery) -> Delivery:
            new = wanted[old.id]
            if _is_begun(old):  # the rest of what stands there
                return replace(old, state="ready", attempts=0, next_try=None, tried=None)
            if old.state == "parked" and old.root is None:
                return replace(new, attempts=0)
            return old

        changed = await self._ledger.change([row.id for row in rows], planned_again)
        for row in changed:
            if row.state in OPEN:
                await self._ledger.deliveries.reopen(row.id)
            if row.state in ("ready", "failed", "posting"):
                await self._ledger.agenda.at({entry(row): row.due})
            if row.state in ("due", "ready", "skipped"):
                await self._ledger.deliveries.trouble(row.id, is_over=True)
        return {row.id: row for row in changed}

    def _build_at(self, batch: Batch) -> datetime:
        """Ahead where the window has ended by then, each batch at a moment of its own."""
        if batch.until <= batch.due - self._timings.lead - timedelta(minutes=1):
            return batch.due - self._timings.lead - batch.jitter
        return max(batch.due, batch.until) + SETTLES + batch.jitter / 60


def _is_begun(row: Delivery) -> bool:
    """Whether it was given up in the middle of its parts."""
    return row.state == "parked" and row.root is not None and not row.posted


def _row(one: Subscription, run: Run) -> Delivery:
    is_due = run.action == "post"
    return Delivery(
        id=delivery_id(one.id, run.due),
        subscription=one.id,
        destination=one.destination,
        due=run.due,
        since=run.window.since,
        until=run.window.until,
        batch=batch_of(one, run.due, run.window).key if is_due else "",
        covers=run.covers,
        state="due" if is_due else "skipped",
        why="" if is_due else "missed",
    )
