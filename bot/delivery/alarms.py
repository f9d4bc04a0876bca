"""Alarms: a subscription that should have spoken and did not is told of, once for each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from bot.delivery.batches import due_of
from bot.delivery.ledger import id_of
from bot.delivery.model import OPEN
from summarizer import languages, markup
from summarizer.errors import StoreError
from summarizer.windows import moment_label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from bot.delivery.ledger import Ledger
    from bot.delivery.model import Delivery
    from bot.delivery.notices import Notices
    from bot.delivery.timings import Timings
    from bot.subscriptions.model import Subscription
    from bot.subscriptions.registry import Registry

log = structlog.get_logger()


class Alarms:
    """Looks for silences."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        registry: Registry,
        notices: Notices,
        timings: Timings,
        now: Callable[[], datetime],
    ) -> None:
        self._ledger = ledger
        self._registry = registry
        self._notices = notices
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
        entries = await self._ledger.agenda.all()
        await self._drop_orphans(entries, since)
        late = {id_ for id_ in _regular(map(id_of, entries)) if due_of(id_) <= since}
        for key in await self._ledger.batches.all():
            if due_of(key) <= since and (found := await self._ledger.batch(key)) is not None:
                late.update(found.ids)
        return sorted(late)

    async def _drop_orphans(self, entries: Sequence[str], since: datetime) -> None:
        """Who wrote to the agenda has written the row before; where there is none it was forgotten."""
        old = [each for each in entries if each.startswith("n-") or due_of(id_of(each)) <= since]
        gone = set(await self._ledger.deliveries.missing([id_of(each) for each in old]))
        await self._ledger.agenda.done(*(each for each in old if id_of(each) in gone))

    async def _is_first(self, row: Delivery) -> bool:
        return not await self._notices.is_told(f"{row.id}-silent")

    async def _tell(self, row: Delivery, one: Subscription) -> None:
        log.error(
            "delivery silent",
            delivery=row.id,
            subscription=one.id,
            state=row.state,
            why=row.why,
            late_s=round((self._now() - row.due).total_seconds()),
        )
        where = markup.markdown(one.destination.name or str(one.destination))
        ops = languages.load(self._notices.ops_lang)
        values = {"id": one.id, "order": markup.markdown(one.order), "due": moment_label(row.due, one.tz)}
        text = ops.text(
            "deliveries.told.silent_ops",
            **values,
            delivery=row.id,
            where=where,
            state=row.state,
            why=markup.markdown(row.why) if row.why else "-",
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
