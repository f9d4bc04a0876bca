"""Preparing: a batch's digest is built, once for all who want it, and again until its data is complete."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from adapters.chat import unwatched
from adapters.chat.delivering import TextPost
from adapters.chat.outline.headline import hours_label
from bot.delivery.ledger import NAMED, entry
from bot.delivery.model import OPEN, State
from bot.delivery.suspending import NOT_READ
from bot.sync import LASTING
from summarizer import languages
from summarizer.errors import BadInput, DigestError, GitHubError, NotConfigured

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from adapters.store import Store
    from bot.access import Principal
    from bot.delivery.batches import Batch
    from bot.delivery.carrying import Carrying
    from bot.delivery.ledger import Ledger, Waiting
    from bot.delivery.model import Delivery
    from bot.delivery.readers import Readers
    from bot.delivery.suspending import Suspending
    from bot.delivery.timings import Timings
    from bot.digests import Digests
    from bot.editions import Editions
    from bot.subscriptions.registry import Registry
    from bot.sync import Sync
    from summarizer.digests import Digest

log = structlog.get_logger()

BUILDS_AT_ONCE: Final = 2
"""A build is mostly reading and counting; people's own digests are built beside these."""

LATE_S: Final = 120.0
"""A try for those who have waited long enough, and were told nothing yet."""

UNAVAILABLE: Final = (GitHubError, NotConfigured)
"""What keeps a digest from being built although nothing is wrong with it."""

OFFERED: Final[frozenset[State]] = frozenset({"ready", "posting", "failed"})
"""States of deliveries that are to be posted."""


class Preparing:
    """Builds batches. `__call__` is the job."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        registry: Registry,
        digests: Digests,
        editions: Editions,
        carrying: Carrying,
        sync: Sync,
        store: Store,
        readers: Readers,
        suspending: Suspending,
        timings: Timings,
        now: Callable[[], datetime],
    ) -> None:
        self._ledger = ledger
        self._registry = registry
        self._digests = digests
        self._editions = editions
        self._carrying = carrying
        self._sync = sync
        self._store = store
        self._readers = readers
        self._suspending = suspending
        self._timings = timings
        self._now = now
        self._room = asyncio.Semaphore(BUILDS_AT_ONCE)

    async def __call__(self, key: str) -> None:
        """Build what the batch is about, and have its deliveries posted when they are due. Raises StoreError."""
        async with self._store.leases.hold(f"batch {key}") as lease:
            if lease is None:
                return  # another is at it
            waiting = await self._ledger.batch(key)
            if waiting is None:
                await self._ledger.batches.done(key)
                return
            waiting, rows = await self._taken(waiting)
            if not rows:
                await self._ledger.end_batch(waiting)
                return
            await self._build(waiting, rows)

    async def _taken(self, waiting: Waiting) -> tuple[Waiting, list[Delivery]]:
        """The deliveries that wait for the batch, and those that were posted without all of it."""

        def take(row: Delivery) -> Delivery:
            return replace(row, state="building") if row.state == "due" else row

        rows = await self._ledger.change(waiting.ids, take)
        # whoever made them ready may have died before the agenda named them
        await self._offer([row for row in rows if row.state in OFFERED])
        taken = {row.id for row in rows}
        others = await self._ledger.load([id_ for id_ in waiting.ids if id_ not in taken])
        are_held = any(row is not None and row.state in ("due", "building") for row in others)
        found = [row for row in rows if row.state == "building" or _is_to_be_mended(row)]
        return replace(waiting, are_held=are_held), found

    async def _build(self, waiting: Waiting, rows: list[Delivery]) -> None:
        batch = waiting.batch
        rows = await self._of_readers(batch, rows)
        if not rows:
            await self._ledger.end_batch(waiting)
            return
        try:
            async with self._room:
                within_s = self._within_s(batch)
                try:
                    async with asyncio.timeout(within_s):
                        digest, handle = await self._digest(batch, rows)
                except TimeoutError:
                    raise GitHubError("deliveries.slow", seconds=round(within_s)) from None
        except UNAVAILABLE as error:
            await self._unavailable(waiting, rows, error)
            return
        except BadInput as error:  # such as a topic that is in the topic file no more
            await self._refused(waiting, rows, error)
            return
        if not _is_final(digest) and not self._is_late(batch):
            log.info("digest waits for its data", batch=batch.key, reasons=digest.facts.coverage.reasons)
            await self._again(waiting, batch, posted=False)
            return
        await self._ready(waiting, rows, digest, handle)

    def _within_s(self, batch: Batch) -> float:
        """How long a try may take: what hangs must keep nobody from being told that there is nothing yet."""
        if batch.told_at is not None:
            return self._timings.build_s
        left_s = (batch.due + self._timings.patience - self._now()).total_seconds()
        return min(self._timings.build_s, max(left_s, LATE_S))

    def _is_late(self, batch: Batch) -> bool:
        """Whether it is posted as it is, rather than waited for any longer."""
        return self._now() >= batch.due + self._timings.patience

    async def _digest(self, batch: Batch, rows: Sequence[Delivery]) -> tuple[Digest, str]:
        """The digest, kept as an edition, and its handle."""
        await self._catch_up(batch)
        request = batch.request(await self._reader(rows))
        carried = await self._carrying(batch, rows, request)
        made = await self._digests.digest(replace(request, carried=carried), unwatched)
        digest = made.digest
        if batch.told and digest.facts.complete:
            digest = replace(digest, revision=batch.revision + 1)
            await self._digests.correct(made.handle, digest)
        if any(
            row.destination.channel for row in rows
        ):  # what a person has sent to themselves is not published
            await self._editions.keep(digest)
        return digest, made.handle

    async def _catch_up(self, batch: Batch) -> None:
        """Have the mirror reach over a window that has only just ended, however short ago it was looked at."""
        state = await self._store.states.load(batch.repo)
        if state.synced_until is not None and state.synced_until < batch.until <= self._now():
            await self._sync.catch_up(batch.repo, batch.since, unwatched, always=True)

    async def _of_readers(self, batch: Batch, rows: Sequence[Delivery]) -> list[Delivery]:
        """Those whose readers may read the repository; the others' subscriptions are suspended."""
        state = await self._store.states.load(batch.repo)
        if not state.is_private:
            return list(rows)
        allowed = []
        for row in rows:
            one = await self._registry.get(row.subscription)
            if one is None:
                await self._give_up([row], "skipped", "ended")
            elif await self._readers.may_read(one):
                allowed.append(row)
            else:
                await self._suspending.refused(row, one)
                await self._give_up([row], "parked", NOT_READ)
        return allowed

    async def _give_up(self, rows: Sequence[Delivery], state: State, why: str) -> None:
        """What was posted of them stays."""

        def given_up(row: Delivery) -> Delivery:
            return row if row.posted else replace(row, state=state, why=why)

        for row in await self._ledger.change([row.id for row in rows], given_up):
            if not row.posted:
                await self._ledger.finish(row)

    async def _reader(self, rows: Sequence[Delivery]) -> Principal:
        """One of those who read it; all of them may."""
        for row in rows:
            subscription = await self._registry.get(row.subscription)
            if subscription is not None:
                return subscription.reader
        raise BadInput("subscriptions.none", id=rows[0].subscription)

    # --- what comes of it

    async def _ready(self, waiting: Waiting, rows: Sequence[Delivery], digest: Digest, handle: str) -> None:
        batch, complete = waiting.batch, _is_final(digest)

        def ready(row: Delivery) -> Delivery:
            if row.state == "building":
                return replace(
                    row,
                    state="ready",
                    outcome=digest.outcome,
                    handle=handle,
                    digest_id=digest.id,
                    revision=digest.revision,
                    text=None,
                )
            if _is_to_be_mended(row) and (complete or row.outcome == "unavailable"):
                return replace(
                    row,
                    state="ready",
                    outcome=digest.outcome,
                    handle=handle,
                    digest_id=digest.id,
                    revision=max(row.posted + 1, digest.revision),
                    text=None,
                )
            return row

        done = await self._ledger.change([row.id for row in rows], ready)
        await self._offer([row for row in done if row.state == "ready"])
        changed = replace(
            batch,
            handle=handle,
            digest_id=digest.id,
            revision=digest.revision,
            told=not complete,
            told_at=batch.told_at or self._now(),
        )
        await self._ledger.change_batch(batch.key, changed)
        log.info(
            "digest ready",
            batch=batch.key,
            deliveries=len(done),
            ids=[row.id for row in done[:NAMED]],
            outcome=digest.outcome,
        )
        missed = len(rows) - len(done)  # somebody held them just then
        if complete and not missed:
            await self._ledger.end_batch(waiting)
        else:
            await self._again(waiting, changed, posted=not missed)

    async def _unavailable(self, waiting: Waiting, rows: Sequence[Delivery], error: DigestError) -> None:
        batch = waiting.batch
        log.warning("digest not built", batch=batch.key, error=error.key)
        if not self._is_late(batch):
            await self._again(waiting, batch, posted=False)
            return
        words, why = languages.load(batch.lang), languages.load("en").problem(error)
        window = hours_label(batch.window, words)

        def told(row: Delivery) -> Delivery:
            if row.state != "building":
                return row
            text = words.text(
                "deliveries.told.unavailable", repo=batch.repo, window=window, id=row.subscription
            )
            return replace(
                row, state="ready", outcome="unavailable", text=TextPost(text, batch.lang), why=why
            )

        done = await self._ledger.change([row.id for row in rows], told)
        await self._offer([row for row in done if row.state == "ready"])
        changed = replace(batch, told_at=batch.told_at or self._now())
        await self._ledger.change_batch(batch.key, changed)
        await self._again(waiting, changed, posted=len(done) == len(rows))

    async def _refused(self, waiting: Waiting, rows: Sequence[Delivery], error: BadInput) -> None:
        log.error("digest refused", batch=waiting.batch.key, error=error.key)
        why = languages.load("en").problem(error)
        for row in rows:
            if not row.posted:
                await self._suspending.parked(row, await self._registry.get(row.subscription), why)
                await self._ledger.deliveries.trouble(row.id)
        await self._give_up(rows, "parked", why)
        await self._ledger.end_batch(waiting)

    async def _offer(self, rows: Sequence[Delivery]) -> None:
        """Have them posted when they are due, corrections at once."""
        await self._ledger.agenda.at({entry(row): row.due for row in rows})

    async def _again(self, waiting: Waiting, batch: Batch, *, posted: bool) -> None:
        """Look again soon; posted: what could not be complete has been, and there is less hurry."""
        told_at = batch.told_at
        if posted and told_at is not None and self._now() >= max(batch.due, told_at) + self._timings.mends:
            await self._ledger.end_batch(waiting)
            return
        pause_s = self._timings.rebuild_s * (6 if posted else 1)
        await self._ledger.batches.soon(batch.key, pause_s)


def _is_final(digest: Digest) -> bool:
    """Whether asking again would bring no more."""
    return digest.facts.complete or not set(digest.facts.coverage.reasons) - LASTING


def _is_to_be_mended(row: Delivery) -> bool:
    """Whether it was posted, or is about to be, without all that its digest should hold."""
    return row.outcome in ("partial", "unavailable") and (row.state == "posted" or row.state in OPEN)
