"""Carrying over: what became known of a window only after its digest was posted, told once in the next one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from adapters.chat import unwatched
from bot.digests import Pinned
from summarizer.errors import DigestError
from summarizer.facts import LIST_NAMES
from summarizer.windows import Window

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.delivery.batches import Batch
    from bot.delivery.ledger import Ledger
    from bot.delivery.model import Delivery
    from bot.digests import DigestRequest, Digests
    from bot.editions import Editions
    from summarizer.digests import Digest
    from summarizer.facts import Facts, Listed

log = structlog.get_logger()

LOOKED_AT: Final = 5
"""Subscriptions of a batch whose last delivery is looked up; mostly the first has one."""

LAST: Final = 5
MOST: Final = 50
"""Rows; whatever comes in greater numbers was no latecomer, but a mirror that has just been filled in."""


class Carrying:
    """Looks the window before a batch's up again."""

    def __init__(self, ledger: Ledger, digests: Digests, editions: Editions) -> None:
        self._ledger = ledger
        self._digests = digests
        self._editions = editions

    async def __call__(
        self, batch: Batch, rows: Sequence[Delivery], request: DigestRequest
    ) -> tuple[Listed, ...]:
        """The rows that the digest posted before lacks, by their time; empty where none was, and where it cannot be
        told. Raises StoreError."""
        before = await self._before(batch, rows)
        if before is None or not before.facts.complete:
            return ()
        window = before.facts.window
        try:
            again = replace(request, expr=Pinned(Window(window.since, window.until, batch.tz)))
            late = _late(before.facts, await self._digests.facts(again, unwatched))
        except DigestError as error:
            log.warning("window before not looked at again", batch=batch.key, error=error.key)
            return ()
        return late if len(late) <= MOST else ()

    async def _before(self, batch: Batch, rows: Sequence[Delivery]) -> Digest | None:
        """The digest of the window that ends where the batch's begins, as its subscribers have it."""
        for row in rows[:LOOKED_AT]:
            logged = await self._ledger.deliveries.logged(row.subscription, LAST)
            for earlier in await self._ledger.load(logged):
                if (
                    earlier is not None
                    and earlier.state == "posted"
                    and earlier.until == batch.since
                    and earlier.digest_id
                ):
                    return await self._editions.kept(batch.repo, earlier.digest_id, batch.lang)
        return None


def _late(told: Facts, known: Facts) -> tuple[Listed, ...]:
    late: dict[int, Listed] = {}
    for name in LIST_NAMES:
        if name == "carried_over":
            continue
        there = {row.number for row in told.lists.get(name, ())}
        late |= {row.number: row for row in known.lists.get(name, ()) if row.number not in there}
    return tuple(sorted(late.values(), key=lambda row: (row.at, row.number)))
