"""Posting: a delivery that is ready, part by part, each once.

Before a part is sent it is written down as begun, with a deadline. After an end that is not clear - no answer, or this
process died - nobody sends it again before the deadline and a quarantine are over; then whoever comes looks whether it
is there, and adopts it or sends it. Where nobody may look a person has to.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import structlog
from structlog.contextvars import bound_contextvars

from adapters import metrics
from adapters.chat.delivering import Blind, Later, Mark, Missing, Never, Shut, Unclear, Undelivered
from adapters.metrics import table
from adapters.tracing import span
from bot.delivery.ledger import Overtaken, entry
from bot.delivery.model import OPEN, PartState
from bot.delivery.suspending import NOT_READ
from summarizer import languages
from summarizer.errors import BadInput, DigestError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from adapters.chat.delivering import Courier, Destination, Part, Sent
    from bot.delivery.composing import Composing
    from bot.delivery.ledger import Held, Ledger
    from bot.delivery.model import Delivery
    from bot.delivery.readers import Readers
    from bot.delivery.suspending import Suspending
    from bot.delivery.timings import Timings
    from bot.subscriptions.model import Subscription
    from bot.subscriptions.registry import Registry

log = structlog.get_logger()

WAITED_S: Final = 2.0
"""A turn that comes so soon is waited for."""

TROUBLED_AFTER: Final = 3
"""Tries after which a person may want to know; what passes by itself is nobody's trouble."""

SKEWED: Final = timedelta(hours=1)
"""How far back an attempt is looked for whose time is not known."""

HALTED_S: Final = 10.0
"""After which a delivery that all posts are paused for is looked at again."""


class _Put(Exception):
    """The delivery goes on later. seconds: after so many."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(seconds)


class Posting:
    """Posts deliveries. `__call__` is the job."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        registry: Registry,
        composing: Composing,
        couriers: Mapping[str, Courier],
        readers: Readers,
        suspending: Suspending,
        timings: Timings,
        now: Callable[[], datetime],
        real_now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """couriers: by platform. real_now: the machine's own time, which deadlines and quarantines go by."""
        self._ledger = ledger
        self._registry = registry
        self._composing = composing
        self._couriers = couriers
        self._readers = readers
        self._suspending = suspending
        self._timings = timings
        self._now = now
        self._real_now = real_now

    async def __call__(self, id_: str) -> None:
        """Post it as far as it goes now. Raises StoreError."""
        async with self._ledger.hold(id_, self._timings.claim_s) as held:
            if held is None:
                return  # another is at it, or it has gone
            try:
                with bound_contextvars(batch=held.now.batch):
                    await self._go_on(held)
            except _Put as put:
                await self._ledger.agenda.soon(entry(held.now), put.seconds)
            except Overtaken:
                log.warning("delivery overtaken", delivery=id_)

    async def _go_on(self, held: Held) -> None:
        row = held.now
        if row.state not in OPEN or row.state in ("due", "building"):
            if row.state not in ("due", "building"):
                await self._ledger.finish(row)
            return
        if row.due > self._now() and not row.posted:
            await self._ledger.agenda.at({entry(row): row.due})
            return
        subscription = await self._registry.get(row.subscription)
        if not row.is_notice and (why := _not_wanted(subscription, row)):
            if why == "suspended" and subscription is not None and not row.posted:
                # it is wanted again once that is mended; and whoever suspended it may have died before it said so
                await self._suspending.go_back(row, subscription)
                await self._suspending.tell(subscription, subscription.reason)
                await self._end(held, "parked", why)
                return
            await self._end(held, "posted" if row.posted else "skipped", why)
            return
        if await self._is_halted(row.destination):
            raise _Put(HALTED_S)
        if row.next_try is not None and (wait_s := self._until(row.next_try)) > 0:
            raise _Put(wait_s)  # it was handed out twice
        if subscription is not None and _has_moved(row, subscription):
            await held.write(destination=subscription.destination, parts=())
        await self._post(held, subscription)

    async def _post(self, held: Held, subscription: Subscription | None) -> None:
        row = held.now
        courier = self._couriers.get(row.destination.platform)
        if courier is None:
            raise _Put(self._timings.longest_pause_s)  # this process does not reach it; another may
        try:
            if subscription is not None and not await self._may_read(row, subscription, courier):
                await self._suspending.refused(row, subscription)
                await self._end(held, "posted" if row.posted else "parked", NOT_READ)
                return
            post = await self._composing(row, subscription)
            if post is None:
                await self._end(held, "skipped", "quiet")
                return
            parts = await courier.parts(post, row.destination)
            await held.write(state="posting", parts=_merged(row.parts, parts), tried=row.tried or self._now())
            is_first = held.now.root is None
            for part in parts:
                await self._part(held, courier, part)
                if is_first and len(parts) > 1:
                    if held.now.root is not None:  # who reads it may ask at once
                        await self._composing.posted(held.now, held.now.root, subscription)
                    # what others wait for goes before what stands below this one
                    raise _Put(0.0)
            await self._tidy(held, courier, parts)
        except Undelivered as error:
            await self._failed(held, subscription, error)
            return
        except BadInput as error:  # the digest is not kept any more
            await self._park(held, subscription, languages.load("en").problem(error))
            return
        row = held.now
        was_new = not row.posted
        if was_new and row.root is not None:
            await self._composing.posted(row, row.root, subscription)
        await held.write(
            state="posted",
            posted=row.revision,
            posted_at=row.posted_at or self._now(),
            attempts=0,
            why="",
            next_try=None,
            asked=False,
        )
        await self._ledger.finish(held.now)
        await self._ledger.deliveries.trouble(row.id, is_over=True)
        if was_new:
            late_s = max(0.0, (self._now() - row.due).total_seconds())
            metrics.observe(table.DELIVERY_LATE, late_s, platform=row.destination.platform)
            _count(row, "posted")
        log.info(
            "delivered",
            delivery=row.id,
            to=str(row.destination),
            outcome=row.outcome,
            late_s=round((self._now() - row.due).total_seconds()),
            edited=not was_new,
        )

    async def _may_read(self, row: Delivery, one: Subscription, courier: Courier) -> bool:
        return row.is_notice or await self._readers.may_still_read(one, courier)

    # --- parts

    async def _part(self, held: Held, courier: Courier, part: Part) -> None:
        state = next(each for each in held.now.parts if each.name == part.name)
        if state.state == "posting":
            state = await self._cleared(held, courier, part, state)
        if state.state == "posted":
            if state.hash != part.hash:
                await self._edit(held, courier, part, state)
            return
        if state.state == "refused" and state.hash == part.hash:
            return
        try:
            await self._send(held, courier, part, state)
        except Never as error:
            if part.name == held.now.parts[0].name:
                raise
            # the message is there, and the rest of what belongs to it is better than none
            log.warning("part refused", delivery=held.now.id, part=part.name, error=error.error.key)
            await held.write_part(replace(state, state="refused", hash=part.hash))

    async def _cleared(self, held: Held, courier: Courier, part: Part, state: PartState) -> PartState:
        """What has become of an attempt that ended nobody knows how."""
        row, now = held.now, self._real_now()
        begun, deadline = state.begun or now, state.deadline or now
        if begun > now:  # by a clock that was wrong then, or is now
            begun, deadline = now - SKEWED, now + timedelta(seconds=self._timings.deadline_s)
            state = replace(state, begun=begun, deadline=deadline)
            await held.write_part(state)
        wait_s = self._until(deadline) + self._timings.quarantine_s
        if wait_s > 0:
            raise _Put(wait_s + 0.05)
        mark = Mark(row.id, part.name, row.revision)
        try:
            found = await courier.find(part, row.destination, mark, self._below(held, part), begun)
        except Blind:
            if not row.asked:
                raise
            found = None  # a person has looked
        if found is not None:
            log.info("part adopted", delivery=row.id, part=part.name)
            state = replace(state, state="posted", sent=found)
        else:
            state = replace(state, state="waiting")
        await held.write_part(state)
        return state

    async def _send(self, held: Held, courier: Courier, part: Part, state: PartState) -> None:
        if await self._is_halted(held.now.destination):
            raise _Put(HALTED_S)
        while True:
            begun = self._real_now()
            deadline = begun + timedelta(seconds=self._timings.deadline_s)
            state = PartState(
                part.name,
                "posting",
                part.hash,
                state.attempt + 1,
                begun,
                deadline,
                revision=held.now.revision,
            )
            row = await held.write_part(state)
            mark = Mark(row.id, part.name, row.revision)
            below = self._below(held, part)
            try:
                if not held.claim.held or self._real_now() >= deadline:
                    raise Overtaken
                async with asyncio.timeout((deadline - self._real_now()).total_seconds()):
                    with span("post", part=part.name, platform=row.destination.platform):
                        sent = await courier.send(part, row.destination, mark, below)
            except Later as error:
                state = replace(state, state="waiting")
                await held.write_part(state)
                if 0 < error.wait_s <= WAITED_S:
                    await asyncio.sleep(error.wait_s)
                    continue
                raise
            except (Shut, Never):
                await held.write_part(replace(state, state="waiting"))
                raise
            except TimeoutError:
                raise Unclear(DigestError("deliveries.timeout")) from None
            await held.write_part(replace(state, state="posted", sent=sent))
            return

    async def _edit(self, held: Held, courier: Courier, part: Part, state: PartState) -> None:
        row = held.now
        sent = state.sent
        if sent is None:  # posted by a version that kept no place
            return
        if await self._is_halted(row.destination):
            raise _Put(HALTED_S)
        if not held.claim.held:
            raise Overtaken
        try:
            async with asyncio.timeout(self._timings.deadline_s):
                with span("edit", part=part.name, platform=row.destination.platform):
                    await courier.edit(part, row.destination, Mark(row.id, part.name, row.revision), sent)
        except TimeoutError:  # doing it twice is no harm
            raise Later(DigestError("deliveries.timeout")) from None
        except Missing:
            log.info("post to edit is gone", delivery=row.id, part=part.name)  # somebody deleted it
        await held.write_part(replace(state, hash=part.hash))

    async def _tidy(self, held: Held, courier: Courier, parts: Sequence[Part]) -> None:
        """Take away what an earlier revision had and this one has not. What was sent for this one stays, though it
        would not be sent as the place is now, such as in slow mode."""
        named = {part.name for part in parts}
        for state in held.now.parts:
            if state.name not in named and state.revision != held.now.revision:
                if state.sent is not None:
                    await courier.delete(held.now.destination, state.sent)
                await held.write(parts=tuple(each for each in held.now.parts if each.name != state.name))

    def _below(self, held: Held, part: Part) -> Sent | None:
        first = held.now.parts[0]
        return None if part.name == first.name else first.sent

    # --- what goes wrong

    async def _failed(self, held: Held, subscription: Subscription | None, error: Undelivered) -> None:
        """Write down why it is not posted, and go on later or not at all."""
        row, why = held.now, languages.load("en").problem(error.error)
        # the row is ended last: whoever dies before leaves one that is open, and all is done again
        if isinstance(error, Shut):
            await self._suspending(row, subscription, error)
            await self._end(held, "parked", why)
            return
        tried = row.tried or self._now()
        is_over = self._now() >= max(row.due, tried) + self._timings.give_up
        if is_over or isinstance(error, Never | Blind | Missing):
            await self._park(held, subscription, why)
            return
        attempts = row.attempts + 1
        pause_s = self._pause_s(row, error, attempts)
        next_try = self._real_now() + timedelta(seconds=pause_s)
        await held.write(state="failed", why=why, attempts=attempts, next_try=next_try, tried=tried)
        if attempts == TROUBLED_AFTER:
            await self._ledger.deliveries.trouble(row.id)
        _count(row, "failed")
        log.info(
            "delivery put off", delivery=row.id, error=error.error.key, attempts=attempts, wait_s=pause_s
        )
        raise _Put(pause_s)

    def _pause_s(self, row: Delivery, error: Undelivered, attempts: int) -> float:
        if isinstance(error, Later):
            return max(error.wait_s, 0.0) or self._timings.pause_s(attempts)
        pause_s = self._timings.deadline_s
        deadlines = [each.deadline for each in row.parts if each.state == "posting" and each.deadline]
        if deadlines:
            pause_s = self._until(max(deadlines))
        return max(pause_s + self._timings.quarantine_s, 0.0) + 0.05

    async def _park(self, held: Held, subscription: Subscription | None, why: str) -> None:
        await self._suspending.parked(held.now, subscription, why)
        await self._end(held, "parked", why)

    async def _end(self, held: Held, state: str, why: str) -> None:
        row = await held.write(state=state, why=why, next_try=None)
        await self._ledger.finish(row)
        await self._ledger.deliveries.trouble(row.id, is_over=state != "parked")
        if state != "posted":  # which was counted when it was
            _count(row, state)
        log.info("delivery ended", delivery=row.id, state=state, why=why)

    def _until(self, moment: datetime) -> float:
        return (moment - self._real_now()).total_seconds()

    async def _is_halted(self, at: Destination) -> bool:
        halts = await self._registry.halts()
        return "*" in halts or f"{at.platform}:{at.team}" in halts


def _count(row: Delivery, state: str) -> None:
    platform, outcome = row.destination.platform, row.outcome or "none"
    metrics.count(table.DELIVERIES, platform=platform, state=state, outcome=outcome)


def _not_wanted(subscription: Subscription | None, row: Delivery) -> str:
    """Why it is not to be posted any more, "" where it is."""
    if row.posted:
        return "" if subscription is not None and subscription.state != "suspended" else "suspended"
    if subscription is None or subscription.state == "ended":
        return "ended"
    is_begun = row.root is not None and subscription.state == "paused"  # and comes to its end
    return "" if is_begun or subscription.state == "active" else subscription.state


def _has_moved(row: Delivery, one: Subscription) -> bool:
    """Whether it is to be posted elsewhere, and nothing of it can have been posted yet."""
    is_nowhere = all(part.sent is None and part.state in ("waiting", "refused") for part in row.parts)
    return is_nowhere and not row.is_notice and row.destination != one.destination


def _merged(known: Sequence[PartState], parts: Sequence[Part]) -> tuple[PartState, ...]:
    """The parts there are now, each as far as it is; and those of an earlier revision that are posted."""
    states = {state.name: state for state in known}
    named = {part.name for part in parts}
    now = [states.get(part.name, PartState(part.name)) for part in parts]
    return (*now, *(state for state in known if state.name not in named))
