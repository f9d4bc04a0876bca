"""Delivering: the subscriptions, the ledger and the engine of a process, put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.chat.delivering import Courier
from bot.delivery.alarms import Alarms
from bot.delivery.book import Book
from bot.delivery.carrying import Carrying
from bot.delivery.composing import Composing
from bot.delivery.engine import Engine, Scheduling
from bot.delivery.feeding import Feeding
from bot.delivery.ledger import Ledger
from bot.delivery.notices import Notices
from bot.delivery.planner import Planner
from bot.delivery.posting import Posting
from bot.delivery.preparing import Preparing
from bot.delivery.readers import Readers
from bot.delivery.suspending import Suspending
from bot.delivery.watching import Watching
from bot.jobs import Jobs
from bot.subscriptions.registry import Registry
from bot.waking import OnDemandQueue

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from adapters.chat import Context
    from adapters.chat.delivering import Destination
    from adapters.store import Store
    from bot.access import Access
    from bot.delivery.timings import Timings
    from bot.digests import Digests
    from bot.editions import Editions
    from bot.sync import Sync


@dataclass(frozen=True, slots=True)
class Delivering:
    """What of a process has to do with subscriptions."""

    registry: Registry
    ledger: Ledger
    book: Book
    suspending: Suspending
    engine: Engine
    scheduling: Scheduling
    couriers: Mapping[str, Courier]
    queue: OnDemandQueue
    notices: Notices


def delivering_of(
    *,
    store: Store,
    couriers: Mapping[str, Courier],
    queue: OnDemandQueue,
    digests: Digests,
    editions: Editions,
    sync: Sync,
    access: Access,
    remember: Callable[[str, Context], Awaitable[None]],
    daily: Callable[[], Awaitable[object]],
    ops: Destination | None,
    ops_lang: str,
    now: Callable[[], datetime],
    timings: Timings,
) -> Delivering:
    """See `Notices` for ops, `Composing` for remember, `Scheduling` for daily."""
    ledger, registry, jobs = Ledger(store), Registry(store, now), Jobs(queue)
    notices = Notices(ledger, now, ops=ops, ops_lang=ops_lang)
    suspending = Suspending(registry, notices)
    readers = Readers(store, registry, access)
    engine = Engine(
        Preparing(
            ledger=ledger,
            registry=registry,
            digests=digests,
            editions=editions,
            carrying=Carrying(ledger, digests, editions),
            sync=sync,
            store=store,
            readers=readers,
            suspending=suspending,
            timings=timings,
            now=now,
        ),
        Posting(
            ledger=ledger,
            registry=registry,
            composing=Composing(ledger=ledger, digests=digests, editions=editions, remember=remember),
            couriers=couriers,
            readers=readers,
            suspending=suspending,
            timings=timings,
            now=now,
        ),
        Watching(ledger=ledger, registry=registry, digests=digests, store=store, now=now),
    )
    scheduling = Scheduling(
        planner=Planner(ledger, registry, timings, now),
        feeding=Feeding(ledger, jobs, queue, timings, now),
        alarms=Alarms(ledger=ledger, registry=registry, notices=notices, timings=timings, now=now),
        jobs=jobs,
        store=store,
        daily=daily,
    )
    book = Book(ledger, registry, jobs, couriers)
    return Delivering(registry, ledger, book, suspending, engine, scheduling, couriers, queue, notices)
