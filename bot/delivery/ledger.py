"""The ledger: deliveries as the store keeps them, and what their agendas call them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import structlog

from adapters.store.codec import Codec
from adapters.store.deliveries import Claim, KeptRow
from bot.delivery.batches import Batch
from bot.delivery.model import OPEN, Delivery
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime

    from adapters.store import Store
    from adapters.store.deliveries import Agenda
    from bot.delivery.model import PartState

log = structlog.get_logger()

HELD_S: Final = 1.0
"""After which what was held is looked at again; nobody holds for long what is only planned."""

NAMED: Final = 20
"""Deliveries that a line of the log names of many; a line at the level "debug" names each."""

LISTED: Final = 200
"""Deliveries that stay listed with their subscription."""

_DELIVERY: Codec[Delivery] = Codec(Delivery)
_BATCH: Codec[Batch] = Codec(Batch)


class Overtaken(Exception):
    """Another process has the delivery now."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The deliveries that wait for a batch, by their ids. rounds: grows whenever some join them. are_held: whether some
    could not be taken, since another process looked at them just then."""

    batch: Batch
    ids: Sequence[str]
    rounds: int
    are_held: bool = False


@dataclass(slots=True)
class Held:
    """A delivery that this process works on. now: as it was written last."""

    claim: Claim
    now: Delivery
    _ledger: Ledger

    async def write(self, **changes: object) -> Delivery:
        """Write changes down. Raises Overtaken, StoreError."""
        changed = replace(self.now, **changes)  # type: ignore[arg-type]  # by the fields' names
        if not await self._ledger.deliveries.write(self.claim, _DELIVERY.dump(changed)):
            raise Overtaken
        self.now = changed
        return changed

    async def write_part(self, part: PartState) -> Delivery:
        """Write down what became of a part. Raises Overtaken, StoreError."""
        parts = tuple(part if each.name == part.name else each for each in self.now.parts)
        return await self.write(parts=parts)


class Ledger:
    """Every method raises StoreError."""

    def __init__(self, store: Store) -> None:
        self.deliveries = store.deliveries

    @property
    def agenda(self) -> Agenda:
        """When to look at deliveries, by `entry`."""
        return self.deliveries.agenda

    @property
    def batches(self) -> Agenda:
        """When to look at batches, by their keys."""
        return self.deliveries.batches

    async def load(self, ids: Sequence[str]) -> list[Delivery | None]:
        """Each of these, None where there is none (any more)."""
        return [None if row is None else _read(row.data) for row in await self.deliveries.load(ids)]

    async def get(self, id_: str) -> Delivery | None:
        [found] = await self.load([id_])
        return found

    async def create(self, rows: Sequence[Delivery]) -> Sequence[str]:
        """Write down what is due; what is there already stays as it is, and is told by its ids."""
        there = await self.deliveries.create({row.id: _DELIVERY.dump(row) for row in rows})
        by_subscription: dict[str, dict[str, datetime]] = {}
        for row in rows:
            if row.is_notice:
                continue
            by_subscription.setdefault(row.subscription, {})[row.id] = row.due
        await self.deliveries.log(by_subscription, LISTED)
        return there

    async def change(self, ids: Sequence[str], change: Callable[[Delivery], Delivery]) -> list[Delivery]:
        """Change those of these that nobody works on; as they are then. Those that were not changed - someone works on
        them, or there are none - are not among them."""
        kept = [row for row in await self.deliveries.load(ids) if row is not None]
        old = [(row, delivery) for row in kept if (delivery := _read(row.data)) is not None]
        new = [(row, delivery, change(delivery)) for row, delivery in old]
        moved = [(KeptRow(row.id, row.rev, _DELIVERY.dump(to)), to) for row, was, to in new if to != was]
        done = await self.deliveries.change([row for row, _ in moved])
        same = [to for _, was, to in new if to == was]
        return same + [to for (_, to), changed in zip(moved, done, strict=True) if changed]

    @asynccontextmanager
    async def hold(self, id_: str, ttl_s: float) -> AsyncIterator[Held | None]:
        """The delivery for this process alone; None where there is none, or another works on it."""
        async with self.deliveries.claim(id_, ttl_s) as claim:
            delivery = _read(claim.data) if claim else None
            yield Held(claim, delivery, self) if claim and delivery else None

    async def finish(self, row: Delivery) -> None:
        """It will not go on by itself."""
        await self.agenda.done(entry(row))
        if row.state not in OPEN:
            await self.deliveries.finish([row.id])

    # --- batches

    async def batch(self, key: str) -> Waiting | None:
        """What is to be built, and for which deliveries."""
        found = await self.deliveries.load_batch(key)
        if found is None:
            return None
        try:
            return Waiting(_BATCH.load(found.data), found.ids, found.rounds)
        except StoreError as error:
            log.error("batch unreadable", batch=key, error=error.key)
            return None

    async def add_to_batch(self, batch: Batch, ids: Sequence[str]) -> None:
        await self.deliveries.batch(batch.key, _BATCH.dump(batch), ids)

    async def end_batch(self, waiting: Waiting) -> None:
        """It is not built again, unless there are deliveries that wait for it still."""
        key = waiting.batch.key
        # it is off the agenda first, so that whoever joins it meanwhile puts it there
        await self.batches.done(key)
        if waiting.are_held or not await self.deliveries.end_batch(key, waiting.rounds):
            await self.batches.soon(key, HELD_S if waiting.are_held else 0.0)

    async def change_batch(self, key: str, batch: Batch) -> None:
        await self.deliveries.change_batch(key, _BATCH.dump(batch))


def entry(row: Delivery) -> str:
    """What the agenda calls it: the batch stands with it, so that batches can be served in turns."""
    return f"{row.id} {row.batch}"


def id_of(entry_: str) -> str:
    return entry_.partition(" ")[0]


def batch_in(entry_: str) -> str:
    """Of an entry of the agenda; "" for a notice's."""
    return entry_.partition(" ")[2]


def _read(data: bytes) -> Delivery | None:
    """None for what another version wrote and this one cannot read."""
    try:
        return _DELIVERY.load(data)
    except StoreError as error:
        log.error("delivery unreadable", error=error.key)
        return None
