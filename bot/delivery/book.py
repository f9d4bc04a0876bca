"""The book: what people ask of the ledger - what was posted, what is stuck, to try again, to take back."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from bot.delivery.batches import batch_of
from bot.delivery.ledger import entry
from summarizer.errors import BadInput
from summarizer.windows import Window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.chat.delivering import Courier
    from bot.delivery.ledger import Ledger
    from bot.delivery.model import Delivery, State
    from bot.jobs import Jobs
    from bot.subscriptions.registry import Registry

log = structlog.get_logger()

_ID: Final = re.compile(r"[sw]\d+-\d{8}T\d{6}Z|n-[\w:-]+", re.ASCII)
# docs.slack.dev/reference/methods/chat.getPermalink: the time stamp without its dot
_SLACK: Final = re.compile(r"https://[\w.-]+/archives/(?P<channel>\w+)/p(?P<s>\d{10})(?P<us>\d{6})", re.ASCII)
_DISCORD: Final = re.compile(
    r"https://[\w.-]+/channels/(?:\d+|@me)/(?P<channel>\d+)/(?P<message>\d+)", re.ASCII
)

LOOKED_AT: Final = 20
"""Deliveries of a subscription among which a digest is looked for."""


class Book:
    """See `bot.subscriptions.commands.LedgerBook`. Every method raises StoreError."""

    def __init__(
        self, ledger: Ledger, registry: Registry, jobs: Jobs, couriers: Mapping[str, Courier]
    ) -> None:
        self._ledger = ledger
        self._registry = registry
        self._jobs = jobs
        self._couriers = couriers

    async def history(self, subscription: str, limit: int) -> Sequence[Delivery]:
        """The last deliveries of a subscription, newest first."""
        ids = await self._ledger.deliveries.logged(subscription, limit)
        return [row for row in await self._ledger.load(ids) if row is not None]

    async def get(self, id_: str) -> Delivery | None:
        return await self._ledger.get(id_)

    async def troubled(self, team: str | None) -> Sequence[Delivery]:
        """Those that failed several times or were parked, newest first. team: "slack:T0123", None for all."""
        found = await self._ledger.load(await self._ledger.deliveries.troubled())
        return [
            row
            for row in found
            if row is not None
            and row.state in ("failed", "parked", "posting")
            and team in (None, f"{row.destination.platform}:{row.destination.team}")
        ]

    async def retry(self, id_: str) -> bool:
        """Have it tried again now; False for one that needs no trying, or that somebody is at."""
        row = await self._ledger.get(id_)
        if row is None or row.state not in ("failed", "parked"):
            return False
        one = await self._registry.get(row.subscription)
        if one is None and not row.is_notice:
            return False
        needs_building = row.text is None and not row.handle
        state: State = "due" if needs_building else "ready"

        def tried_again(each: Delivery) -> Delivery:
            parts = tuple(
                replace(part, state="waiting") if part.state == "refused" else part for part in each.parts
            )
            # it is given as long as at first; and where the bot may not look whoever asks has looked
            return replace(each, state=state, parts=parts, attempts=0, next_try=None, tried=None, asked=True)

        changed = await self._ledger.change([id_], tried_again)
        if not changed:
            return False
        await self._ledger.deliveries.reopen(id_)
        await self._ledger.deliveries.trouble(id_, is_over=True)
        if needs_building and one is not None and row.since and row.until:
            batch = batch_of(one, row.due, Window(row.since, row.until, one.tz))
            await self._ledger.add_to_batch(batch, [id_])
            await self._ledger.batches.soon(batch.key)
            await self._jobs.prepare(batch.key, urgent=True)
        else:
            await self._ledger.agenda.soon(entry(row))
            await self._jobs.deliver(id_, urgent=True)
        return True

    async def retract(self, id_: str, by: str) -> Delivery | None:
        """Take the post and what we put below it back, for good; None where there is no such post.

        Raises what the courier raises, and BadInput `deliveries.busy` while it is being posted.
        """
        row = await self._ledger.get(id_)
        if row is None or row.root is None:
            return None
        courier = self._couriers.get(row.destination.platform)
        if courier is None:
            raise BadInput("deliveries.unreachable", platform=row.destination.platform)
        taken = await self._ledger.change([id_], lambda each: replace(each, state="retracted", by=by))
        if not taken:
            raise BadInput("deliveries.busy", id=id_)
        await self._ledger.finish(taken[0])
        for part in reversed(row.parts):  # the message last: without it nobody finds the rest
            if part.sent is not None:
                await courier.delete(row.destination, part.sent)
        log.info("delivery retracted", delivery=id_, by=by)
        return taken[0]

    async def find(self, told: str, team: str | None) -> Sequence[Delivery]:
        """By a message's link, a digest's id or a delivery's. team: see `troubled`."""
        ids: Sequence[str] = []
        if _ID.fullmatch(told):
            ids = [told]
        elif link := _SLACK.match(told):
            place = f"slack {link['channel']} {link['s']}.{link['us']}"
            ids = [await self._ledger.deliveries.shown_at(place)]
        elif link := _DISCORD.match(told):
            place = f"discord {link['channel']} {link['message']}"
            ids = [await self._ledger.deliveries.shown_at(place)]
        else:
            return await self._of_digest(told, team)
        rows = await self._ledger.load([id_ for id_ in ids if id_])
        return [row for row in rows if row is not None and _is_of(row, team)]

    async def _of_digest(self, digest_id: str, team: str | None) -> Sequence[Delivery]:
        found: list[Delivery] = []
        for one in await self._registry.all():
            if team not in (None, f"{one.destination.platform}:{one.destination.team}"):
                continue
            rows = await self.history(one.id, LOOKED_AT)
            found += [row for row in rows if row.digest_id == digest_id and row.root is not None]
        return found


def _is_of(row: Delivery, team: str | None) -> bool:
    return team in (None, f"{row.destination.platform}:{row.destination.team}")
