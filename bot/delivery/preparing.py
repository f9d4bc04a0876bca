"""Preparing: a batch's digest is built, once for all who want it, and again until its data is complete."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from adapters.chat import unwatched
from adapters.chat.delivering import TextPost
from bot.delivery.ledger import entry
from bot.delivery.model import OPEN
from bot.sync import LASTING
from summarizer import languages
from summarizer.errors import BadInput, DigestError, GitHubError, NotConfigured, StoreError
from summarizer.windows import window_label

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from adapters.store import Store
    from bot.access import Access, Principal
    from bot.delivery.batches import Batch
    from bot.delivery.carrying import Carrying
    from bot.delivery.ledger import Ledger
    from bot.delivery.model import Delivery
    from bot.delivery.timings import Timings
    from bot.digests import Digests
    from bot.editions import Editions
    from bot.subscriptions.registry import Registry
    from bot.sync import Sync
    from summarizer.digests import Digest

log = structlog.get_logger()

BUILDS_AT_ONCE: Final = 2
"""A build is mostly reading and counting; people's own digests are built beside these."""

MOST_UNAVAILABLE: Final = (GitHubError, NotConfigured)
"""What keeps a digest from being built although nothing is wrong with it."""


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
        access: Access,
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
        self._access = access
        self._timings = timings
        self._now = now
        self._room = asyncio.Semaphore(BUILDS_AT_ONCE)

    async def __call__(self, key: str) -> None:
        """Build what the batch is about, and have its deliveries posted when they are due. Raises StoreError."""
        async with self._store.leases.hold(f"batch {key}") as lease:
            if lease is None:
                return  # another is at it
            found = await self._ledger.batch(key)
            if found is None:
                await self._ledger.batches.done(key)
                return
            batch, ids = found
            rows = await self._taken(ids)
            if not rows:
                await self._end(key)
                return
            await self._build(batch, rows)

    async def _taken(self, ids: Sequence[str]) -> list[Delivery]:
        """The deliveries that wait for the batch, and those that were posted without all of it."""

        def take(row: Delivery) -> Delivery:
            return replace(row, state="building") if row.state == "due" else row

        rows = await self._ledger.change(ids, take)
        return [row for row in rows if row.state == "building" or _is_to_be_mended(row)]

    async def _build(self, batch: Batch, rows: list[Delivery]) -> None:
        rows = await self._of_readers(batch, rows)
        if not rows:
            await self._end(batch.key)
            return
        is_late = self._now() >= batch.due + self._timings.patience
        try:
            async with self._room:
                digest, handle = await self._digest(batch, rows)
        except (*MOST_UNAVAILABLE, StoreError) as error:
            if isinstance(error, StoreError):
                raise
            await self._unavailable(batch, rows, error, is_late=is_late)
            return
        except BadInput as error:  # such as a topic that is in the topic file no more
            await self._refused(batch, rows, error)
            return
        if not _is_final(digest) and not is_late:
            log.info("digest waits for its data", batch=batch.key, reasons=digest.facts.coverage.reasons)
            await self._again(batch, posted=False)
            return
        await self._ready(batch, rows, digest, handle)

    async def _digest(self, batch: Batch, rows: Sequence[Delivery]) -> tuple[Digest, str]:
        """The digest, kept as an edition, and its handle."""
        reader = await self._reader_of(rows[0])
        await self._catch_up(batch)
        request = batch.request(reader)
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
            reader = await self._reader_of(row)
            if self._access.may_read(reader, state.repo, private=True):
                allowed.append(row)
                continue
            await self._registry.suspend(row.subscription, "repo")
            for skipped in await self._ledger.change(
                [row.id],
                lambda each: replace(each, state="skipped", why="the repository may not be read there"),
            ):
                await self._ledger.finish(skipped)
        return allowed

    async def _reader_of(self, row: Delivery) -> Principal:
        subscription = await self._registry.get(row.subscription)
        if subscription is None:
            raise BadInput("subscriptions.none", id=row.subscription)
        return subscription.reader

    # --- what comes of it

    async def _ready(self, batch: Batch, rows: Sequence[Delivery], digest: Digest, handle: str) -> None:
        complete = _is_final(digest)

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
            batch, handle=handle, digest_id=digest.id, revision=digest.revision, told=not complete
        )
        await self._ledger.change_batch(batch.key, changed)
        log.info("digest ready", batch=batch.key, deliveries=len(done), outcome=digest.outcome)
        missed = len(rows) - len(done)  # somebody held them just then
        if complete and not missed:
            await self._end(batch.key)
        else:
            await self._again(batch, posted=not missed)

    async def _unavailable(
        self, batch: Batch, rows: Sequence[Delivery], error: DigestError, *, is_late: bool
    ) -> None:
        log.warning("digest not built", batch=batch.key, error=error.key)
        if not is_late:
            await self._again(batch, posted=False)
            return
        words = languages.load(batch.lang)
        text = words.text(
            "deliveries.told.unavailable",
            repo=batch.repo,
            window=window_label(batch.window),
            reason=words.problem(error),
        )

        def told(row: Delivery) -> Delivery:
            if row.state != "building":
                return row
            return replace(
                row, state="ready", outcome="unavailable", text=TextPost(text, batch.lang), why=str(error)
            )

        done = await self._ledger.change([row.id for row in rows], told)
        await self._offer([row for row in done if row.state == "ready"])
        await self._again(batch, posted=True)

    async def _refused(self, batch: Batch, rows: Sequence[Delivery], error: BadInput) -> None:
        why = languages.load("en").problem(error)

        def parked(row: Delivery) -> Delivery:
            return replace(row, state="parked", why=why) if row.state == "building" else row

        for row in await self._ledger.change([row.id for row in rows], parked):
            await self._ledger.finish(row)
            await self._ledger.deliveries.trouble(row.id)
        log.error("digest refused", batch=batch.key, error=error.key)
        await self._end(batch.key)

    async def _offer(self, rows: Sequence[Delivery]) -> None:
        """Have them posted when they are due, corrections at once."""
        await self._ledger.agenda.at({entry(row): row.due for row in rows})

    async def _again(self, batch: Batch, *, posted: bool) -> None:
        """Look again soon; posted: what could not be complete has been, and there is less hurry."""
        if self._now() >= batch.due + self._timings.mends:
            await self._end(batch.key)
            return
        pause_s = self._timings.rebuild_s * (6 if posted else 1)
        await self._ledger.batches.soon(batch.key, pause_s)

    async def _end(self, key: str) -> None:
        await self._ledger.batches.done(key)
        await self._ledger.deliveries.end_batch(key)


def _is_final(digest: Digest) -> bool:
    """Whether asking again would bring no more."""
    return digest.facts.complete or not set(digest.facts.coverage.reasons) - LASTING


def _is_to_be_mended(row: Delivery) -> bool:
    """Whether it was posted, or is about to be, without all that its digest should hold."""
    return row.outcome in ("partial", "unavailable") and (row.state == "posted" or row.state in OPEN)
