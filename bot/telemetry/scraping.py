"""Scraping: what all processes counted, and what the store tells at that moment, for whoever asks."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import structlog

from adapters import metrics
from adapters.metrics import table
from adapters.metrics.exposition import exposition
from adapters.metrics.registry import Registry, loaded
from adapters.queue.queue import PRIORITIES
from adapters.web.archive import ANYBODY
from bot.delivery.batches import due_of
from bot.delivery.ledger import id_of
from bot.delivery.model import OPEN
from bot.telemetry.running import measure_process
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from adapters.metrics.registry import Sample, Snapshot
    from adapters.metrics.table import Metric
    from bot.delivery.model import Delivery
    from bot.settings import Settings
    from bot.wiring import Services

log = structlog.get_logger()

MOST_S: Final = 5.0
"""A store that takes longer to tell all that is as good as away; Prometheus waits ten seconds."""

LATE: Final = timedelta(minutes=5)

HIDDEN: Final = "private"
"""Stands for every repository whose name is not for whoever asks."""


class Scraping:
    """See `adapters.web.metrics.Scraping`."""

    def __init__(self, settings: Settings, services: Services) -> None:
        self._repos = settings.repos
        self._services = services
        self._store = services.store
        self._budget = services.store.budget(
            settings.caps, settings.prices, zone=ZoneInfo(settings.tz), now=services.now
        )

    async def __call__(self, *, with_names: bool) -> bytes:
        """with_names: whether whoever asks may know every repository's name."""
        told: Snapshot = {}
        processes: dict[str, Snapshot] = {}
        try:
            async with asyncio.timeout(MOST_S):
                processes = await self._processes()
                for metric, samples in [
                    (table.PROCESSES, _by(Counter(name.partition("@")[0] for name in processes), "kind")),
                    (table.STORE_BYTES, [_sample((await self._store.memory()).used_bytes)]),
                    (table.SYNC_AGE, await self._ages(with_names=with_names)),
                    (table.QUEUE, await self._waiting()),
                    (table.SUBSCRIPTIONS, await self._subscriptions()),
                    *await self._deliveries(),
                    *await self._spent(),
                ]:
                    told[metric.name] = list(samples)
        except (StoreError, TimeoutError) as error:
            log.warning("metrics without the store", error=getattr(error, "key", "timeout"))
            told = {table.STORE_UP.name: [_sample(0)]}
        else:
            told[table.STORE_UP.name] = [_sample(1)]
        if (mine := _own()) is not None:
            measure_process()
            processes[mine.process] = mine.snapshot()
        return exposition(processes, told)

    async def _processes(self) -> dict[str, Snapshot]:
        found: dict[str, Snapshot] = {}
        for name, data in (await self._store.metrics.all()).items():
            try:
                found[name] = loaded(data)
            except ValueError:
                log.warning("metrics unreadable", process=name)
        if (mine := _own()) is not None:
            found.setdefault(mine.process, {})
        return found

    async def _ages(self, *, with_names: bool) -> Iterable[Sample]:
        """The oldest of those whose names are hidden stands for them all."""
        ages: dict[str, float] = {}
        for repo in self._repos:
            state = await self._store.states.load(repo)
            if state.synced_until is None:
                continue
            may_know = with_names or await self._services.archive.standing(repo, ANYBODY) is not None
            age = max(0.0, (self._services.now() - state.synced_until).total_seconds())
            name = state.repo if may_know else HIDDEN
            ages[name] = max(age, ages.get(name, 0.0))
        return _by(ages, "repo")

    async def _waiting(self) -> Iterable[Sample]:
        queue = self._services.delivering.queue
        return _by({priority: await queue.waiting(priority) for priority in PRIORITIES}, "priority")

    async def _subscriptions(self) -> Iterable[Sample]:
        known = await self._services.delivering.registry.all()  # which asks for what has changed since
        counts = Counter((one.destination.platform, one.state) for one in known)
        return [
            ("", {"platform": platform, "state": state}, float(count))
            for (platform, state), count in sorted(counts.items())
        ]

    async def _deliveries(self) -> Sequence[tuple[Metric, Iterable[Sample]]]:
        now = self._services.now()
        rows = [row for row in await self._due(now) if _is_awaited(row)]
        late = [row for row in rows if row.due <= now - LATE]
        return [(table.DUE, self._by_platform(rows)), (table.LATE, self._by_platform(late))]

    def _by_platform(self, rows: Iterable[Delivery]) -> Iterable[Sample]:
        none = dict.fromkeys(self._services.delivering.couriers, 0)
        return _by(none | Counter(row.destination.platform for row in rows), "platform")

    async def _due(self, now: datetime) -> Sequence[Delivery]:
        ledger = self._services.delivering.ledger
        entries = map(id_of, await ledger.agenda.all())
        ids = {id_ for id_ in entries if not id_.startswith("n-") and due_of(id_) <= now}
        for key in await ledger.batches.all():
            if due_of(key) <= now and (batch := await ledger.batch(key)) is not None:
                ids.update(batch.ids)
        return [row for row in await ledger.load(sorted(ids)) if row is not None and row.due <= now]

    async def _spent(self) -> Sequence[tuple[Metric, Iterable[Sample]]]:
        today = await self._budget.today()
        told = [
            (table.SPENT_TOKENS, today.counted_tokens),
            (table.SPENT_USD, today.counted_usd),
            (table.CAP_TOKENS, today.caps.tokens),
            (table.CAP_USD, today.caps.usd),
        ]
        return [(metric, [_sample(value)]) for metric, value in told if value is not None]


def _own() -> Registry | None:
    """What this process counts, whose figures are told as they are now."""
    meters = metrics.present()
    return meters if isinstance(meters, Registry) else None


def _is_awaited(row: Delivery) -> bool:
    """Whether somebody waits for it; what is posted already and is to be corrected is not waited for."""
    return row.state in OPEN and not row.posted and row.root is None


def _by(values: Mapping[str, float], label: str) -> list[Sample]:
    return [("", {label: name}, float(value)) for name, value in sorted(values.items())]


def _sample(value: float) -> Sample:
    return "", {}, float(value)
