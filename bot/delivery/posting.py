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

from adapters.chat.delivering import Blind, Later, Mark, Missing, Never, Shut, Unclear, Undelivered
from bot.delivery.ledger import Overtaken, entry
from bot.delivery.model import OPEN, PartState
from summarizer import languages
from summarizer.errors import BadInput, DigestError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from adapters.chat.delivering import Courier, Destination, Part, Sent
    from bot.delivery.composing import Composing
    from bot.delivery.ledger import Held, Ledger
    from bot.delivery.model import Delivery
    from bot.delivery.suspending import Suspending
    from bot.delivery.timings import Timings
    from bot.subscriptions.model import Subscription
    from bot.subscriptions.registry import Registry

log = structlog.get_logger()

WAITED_S: Final = 2.0
"""A turn that comes so soon is waited for."""

TROUBLED_AFTER: Final = 3
"""Tries after which a person may want to know; what passes by itself is nobody's trouble."""

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
            await self._end(held, "skipped", why)
            return
        if await self._is_halted(row.destination):
            raise _Put(HALTED_S)
        if subscription is not None and row.root is None and row.parts == () and not row.is_notice:
            row = await held.write(destination=subscription.destination)  # it may have moved
        await self._post(held, subscription)

    async def _post(self, held: Held, subscription: Subscription | None) -> None:
        row = held.now
        courier = self._couriers.get(row.destination.platform)
        if courier is None:
            raise _Put(self._timings.longest_pause_s)  # this process does not reach it; another may
        try:
            post = await self._composing(row, subscription)
            if post is None:
                await self._end(held, "skipped", "quiet")
                return
            parts = await courier.parts(post, row.destination)
            await held.write(state="posting", parts=_merged(row.parts, parts))
            is_first = held.now.root is None
            for part in parts:
                await self._part(held, courier, part)
                if is_first and len(parts) > 1:
                    # what others wait for goes before what stands below this one
                    raise _Put(0.0)
            await self._tidy(held, courier, parts)
        except Undelivered as error:
            await self._failed(held, subscription, error)
            return
        except BadInput as error:  # the digest is not kept any more, or not for these readers
            await self._end(held, "parked", languages.load("en").problem(error))
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
        )
        await self._ledger.finish(held.now)
        await self._ledger.deliveries.trouble(row.id, is_over=True)
        log.info(
            "delivered",
            delivery=row.id,
            to=str(row.destination),
            outcome=row.outcome,
            late_s=round((self._now() - row.due).total_seconds()),
            edited=not was_new,
        )

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
        row = held.now
        begun, deadline = state.begun or self._real_now(), state.deadline or self._real_now()
        quiet = deadline + timedelta(seconds=self._timings.quarantine_s)
        if self._real_now() < quiet:
            raise _Put((quiet - self._real_now()).total_seconds() + 0.05)
        mark = Mark(row.id, part.name, row.revision)
        found = await courier.find(part, row.destination, mark, self._below(held, part), begun)
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
            state = PartState(part.name, "posting", part.hash, state.attempt + 1, begun, deadline)
            row = await held.write_part(state)
            mark = Mark(row.id, part.name, row.revision)
            below = self._below(held, part)
            try:
                if not held.claim.held or self._real_now() >= deadline:
                    raise Overtaken
                async with asyncio.timeout((deadline - self._real_now()).total_seconds()):
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
        try:
            await courier.edit(part, row.destination, Mark(row.id, part.name, row.revision), sent)
        except Missing:
            log.info("post to edit is gone", delivery=row.id, part=part.name)  # somebody deleted it
        await held.write_part(replace(state, hash=part.hash))

    async def _tidy(self, held: Held, courier: Courier, parts: Sequence[Part]) -> None:
        """Take away what an earlier revision had and this one has not."""
        named = {part.name for part in parts}
        for state in held.now.parts:
            if state.name not in named:
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
        if isinstance(error, Unclear):
            await held.write(state="failed", why=why)
            wait_s = self._timings.deadline_s + self._timings.quarantine_s
            deadlines = [each.deadline for each in row.parts if each.state == "posting" and each.deadline]
            if deadlines:
                wait_s = (max(deadlines) - self._real_now()).total_seconds() + self._timings.quarantine_s
            raise _Put(max(wait_s, 0.0) + 0.05)
        if isinstance(error, Shut):
            await self._end(held, "parked", why)
            await self._suspending(row, subscription, error)
            return
        if isinstance(error, Never | Blind | Missing):
            await self._end(held, "parked", why)
            await self._suspending.parked(held.now, subscription)
            return
        assert isinstance(error, Later)  # noqa: S101 - the last of them
        attempts = row.attempts + 1
        if self._now() >= row.due + self._timings.give_up:
            await self._end(held, "parked", why)
            await self._suspending.parked(held.now, subscription)
            return
        pause_s = max(error.wait_s, 0.0) or self._timings.pause_s(attempts)
        next_try = self._real_now() + timedelta(seconds=pause_s)
        await held.write(state="failed", why=why, attempts=attempts, next_try=next_try)
        if attempts == TROUBLED_AFTER:
            await self._ledger.deliveries.trouble(row.id)
        log.info(
            "delivery put off", delivery=row.id, error=error.error.key, attempts=attempts, wait_s=pause_s
        )
        raise _Put(pause_s)

    async def _end(self, held: Held, state: str, why: str) -> None:
        row = await held.write(state=state, why=why, next_try=None)
        await self._ledger.finish(row)
        await self._ledger.deliveries.trouble(row.id, is_over=state != "parked")
        log.info("delivery ended", delivery=row.id, state=state, why=why)

    async def _is_halted(self, at: Destination) -> bool:
        halts = await self._registry.halts()
        return "*" in halts or f"{at.platform}:{at.team}" in halts


def _not_wanted(subscription: Subscription | None, row: Delivery) -> str:
    """Why it is not to be posted any more, "" where it is."""
    if row.posted:
        return "" if subscription is not None and subscription.state != "suspended" else "suspended"
    if subscription is None or subscription.state == "ended":
        return "ended"
    return "" if subscription.state == "active" else subscription.state


def _merged(known: Sequence[PartState], parts: Sequence[Part]) -> tuple[PartState, ...]:
    """The parts there are now, each as far as it is; and those of an earlier revision that are posted."""
    states = {state.name: state for state in known}
    named = {part.name for part in parts}
    now = [states.get(part.name, PartState(part.name)) for part in parts]
    return (*now, *(state for state in known if state.name not in named))
