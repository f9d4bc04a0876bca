"""Watching: items that a channel watches for are told as they happen, those of a while together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import structlog

from adapters.chat.delivering import TextPost
from bot.delivery.batches import delivery_id
from bot.delivery.ledger import entry
from bot.delivery.model import OPEN, Delivery
from bot.digests import DigestRequest, Pinned
from bot.schedule.rest import hushed
from summarizer import languages, markup
from summarizer.errors import BadInput
from summarizer.facts import LIST_NAMES
from summarizer.windows import Window, moment_label

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.store import Store
    from bot.delivery.ledger import Ledger
    from bot.digests import Digests
    from bot.subscriptions.model import Subscription
    from bot.subscriptions.registry import Registry
    from summarizer.facts import Facts
    from summarizer.filters import Filter
    from summarizer.languages import Language

log = structlog.get_logger()

PER_HOUR: Final = 6
"""Messages of a watch that does not say how many."""

MOST_LINES: Final = 20
LONGEST_TITLE: Final = 120

LONGEST_SPAN: Final = timedelta(days=1)
"""After a longer downtime the watch begins with the last day: nobody reads a week of single items."""


@dataclass(frozen=True, slots=True)
class _Happened:
    at: datetime
    list_name: str
    number: int


class Watching:
    """Tells what is new. `__call__` is the job."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        registry: Registry,
        digests: Digests,
        store: Store,
        now: Callable[[], datetime],
    ) -> None:
        self._ledger = ledger
        self._registry = registry
        self._digests = digests
        self._store = store
        self._now = now

    async def __call__(self, id_: str) -> None:
        """Write down what a watch has to tell since it told last, if anything and if it may. Raises StoreError."""
        async with self._store.leases.hold(f"watch {id_}") as lease:
            one = await self._registry.get(id_) if lease is not None else None
            if one is None or one.state != "active" or not one.is_watch:
                return
            if hushed(one.hush, self._now().astimezone(ZoneInfo(one.tz)).hour):
                return  # what happens meanwhile is told afterwards
            await self._tell(one)

    async def _tell(self, one: Subscription) -> None:
        window = await self._window(one)
        if window is None:
            return
        request = DigestRequest(
            one.repo, Pinned(window), one.tz, one.lang, one.edition, one.filters, one.reader
        )
        try:
            facts = await self._digests.passing(request)
        except BadInput as error:
            log.warning("watch not looked up", subscription=one.id, error=error.key)
            return
        happened = _happened(facts)
        if happened:
            per_hour = one.max_per_hour or PER_HOUR
            wait_s = await self._store.pace.allow(f"watch {one.id}", per_minute=per_hour / 60, burst=1)
            if wait_s > 0:
                return  # the next message tells it as well
            await self._write(one, window, facts, happened)
        await self._registry.set_planned({one.id: window.until})

    async def _window(self, one: Subscription) -> Window | None:
        """Since it told last, up to where the mirror reaches; None where nothing can be new."""
        state = await self._store.states.load(one.repo)
        planned = (await self._registry.planned()).get(one.id, one.starts)
        since = max(planned, one.starts)
        newest = await self._ledger.deliveries.logged(one.id, 1)
        told = await self._ledger.get(newest[0]) if newest else None
        if told is not None and told.until is not None and told.state != "parked":
            since = max(since, told.until)  # who wrote that died before it could say so
            if told.state in OPEN:
                await self._ledger.agenda.at({entry(told): told.due})  # or before the agenda named it
        if state.synced_until is None or state.synced_until <= since:
            return None
        return Window(max(since, state.synced_until - LONGEST_SPAN), state.synced_until, one.tz)

    async def _write(
        self, one: Subscription, window: Window, facts: Facts, happened: list[_Happened]
    ) -> None:
        words = languages.load(one.lang)
        row = Delivery(
            id=delivery_id(one.id, window.until),
            subscription=one.id,
            destination=one.destination,
            due=self._now(),
            since=window.since,
            until=window.until,
            text=TextPost(_text(one, window, facts, happened, words), one.lang),
            outcome="normal",
            state="ready",
        )
        await self._ledger.create([row])
        await self._ledger.agenda.at({entry(row): row.due})


def _happened(facts: Facts) -> list[_Happened]:
    """What the lists tell, by time; an item stands there once for each thing that happened to it."""
    found = [
        _Happened(row.at, name, row.number)
        for name in LIST_NAMES
        if name != "carried_over"
        for row in facts.lists.get(name, ())
    ]
    return sorted(found, key=lambda each: (each.at, each.number))


def _written(limit: Filter) -> str:
    return f"{'-' if limit.negated else ''}{limit.key}:{','.join(limit.values)}"


def _text(one: Subscription, window: Window, facts: Facts, happened: list[_Happened], words: Language) -> str:
    """Safe Markdown: who it is for, then a line for each item."""
    head = words.text(
        "deliveries.watch.head",
        id=one.id,
        n=len(happened),
        filters=markup.markdown(one.name or " ".join(map(_written, one.filters))),
        since=moment_label(window.since, one.tz),
    )
    lines = [head, ""]
    for each in happened[:MOST_LINES]:
        item = facts.items[each.number]
        title = item.title if len(item.title) <= LONGEST_TITLE else f"{item.title[: LONGEST_TITLE - 1]}…"
        lines.append(
            words.text(
                "deliveries.watch.line",
                what=words.text(f"deliveries.watch.{each.list_name}"),
                number=each.number,
                title=markup.markdown(title),
                url=item.url,
                author=markup.markdown(item.author.login if item.author else "?"),
            )
        )
    if len(happened) > MOST_LINES:
        lines.append(words.text("deliveries.watch.more", n=len(happened) - MOST_LINES))
    return "\n".join(lines)
