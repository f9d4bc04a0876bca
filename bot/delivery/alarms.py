"""Alarms: a subscription that should have spoken and did not is told of, once for each time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog

from bot.delivery.batches import due_of
from bot.delivery.ledger import id_of
from bot.delivery.model import OPEN
from summarizer import languages
from summarizer.errors import StoreError
from summarizer.windows import moment_label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from adapters.store import Store
    from bot.delivery.ledger import Ledger
    from bot.delivery.model import Delivery
    from bot.delivery.notices import Notices
    from bot.delivery.timings import Timings
    from bot.subscriptions.model import Subscription
    from bot.subscriptions.registry import Registry

log = structlog.get_logger()

ONCE_S: Final = 7 * 24 * 3600
"""For how long the same silence is not told again; nothing is tried so long."""


class Alarms:
    """Looks for silences."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        registry: Registry,
        notices: Notices,
        store: Store,
        timings: Timings,
        now: Callable[[], datetime],
    ) -> None:
        self._ledger = ledger
        self._registry = registry
        self._notices = notices
        self._store = store
        self._timings = timings
        self._now = now

    async def __call__(self) -> int:
        """Tell of every delivery that is overdue and was not told of; how many there were. Raises StoreError."""
        late = await self._late_ids()
        if not late:
            return 0
        halts = await self._registry.halts()
        count = 0
        for row in await self._ledger.load(late):
            if row is None or not _is_silent(row):
                continue
            at = row.destination
            if "*" in halts or f"{at.platform}:{at.team}" in halts:
                continue
            one = await self._registry.get(row.subscription)
            if one is not None and one.state == "active" and await self._is_first(row):
                await self._tell(row, one)
                count += 1
        return count

    async def _late_ids(self) -> list[str]:
        """Of deliveries that should have been posted by now; the agendas hold all that goes on."""
        since = self._now() - self._timings.silent
        ids = [id_of(each) for each in await self._ledger.agenda.all()]
        late = {id_ for id_ in _regular(ids) if due_of(id_) <= since}
        for key in await self._ledger.batches.all():
            if due_of(key) <= since and (found := await self._ledger.batch(key)) is not None:
                late.update(found[1])
        return sorted(late)

    async def _is_first(self, row: Delivery) -> bool:
        return await self._store.handled.claim(f"alarm {row.id}", ONCE_S)

    async def _tell(self, row: Delivery, one: Subscription) -> None:
        log.error(
            "delivery silent",
            delivery=row.id,
            subscription=one.id,
            state=row.state,
            why=row.why,
            late_s=round((self._now() - row.due).total_seconds()),
        )
        where = one.destination.name or str(one.destination)
        ops = languages.load(self._notices.ops_lang)
        values = {"id": one.id, "order": one.order, "due": moment_label(row.due, one.tz)}
        text = ops.text(
            "deliveries.told.silent_ops",
            **values,
            delivery=row.id,
            where=where,
            state=row.state,
            why=row.why or "-",
        )
        await self._notices.tell_ops(f"{row.id}-silent", text)
        try:
            said = languages.load(one.lang).text("deliveries.told.silent", **values)
            await self._notices.tell(f"{row.id}-silent", one.destination, said, one.lang, subscription=one.id)
        except StoreError as error:
            log.warning("alarm lost", delivery=row.id, error=error.key)


def _regular(ids: Iterable[str]) -> Iterable[str]:
    return (id_ for id_ in ids if not id_.startswith("n-"))


def _is_silent(row: Delivery) -> bool:
    return row.state in OPEN and not row.posted and row.root is None and not row.is_notice
