"""Forecast: what a run of a subscription will take, by what such digests took lately, else by how much moves."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.schedule.dues import next_due
from bot.schedule.windows import window
from bot.subscriptions.timing import timing_of
from summarizer.filters import select
from summarizer.prompting import SHARED_TOKENS_MAX
from summarizer.topics import match_topics
from summarizer.writer import MODEL_SECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from adapters.store import Store
    from bot.editions import Editions
    from bot.subscriptions.model import Subscription
    from bot.topicfile import Topics
    from summarizer.digests import Generation
    from summarizer.languages import Language
    from summarizer.models import ChatModels
    from summarizer.spending import Price

LATELY: Final = 3
"""Digests whose cost is looked at."""

SAMPLE, LEAST = timedelta(days=7), timedelta(hours=12)
"""So much of the newest past is a measure for all periods, and with less nothing can be said."""

JUDGED_IN, JUDGED_OUT = 900, 130
"""Tokens that the judgement of an item takes."""

SECTION_IN, SECTION_OUT = 1_500, 900
"""Tokens that a section takes beside what all of them read."""

FACTS_IN, ITEM_IN = 1_500, 150
"""Tokens of what all sections read: of the facts, and of an item."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run takes. usd: None where a price is unknown. items: by how many it was estimated, None where it was
    measured."""

    tokens: int
    usd: float | None
    items: int | None = None


class Forecast:
    """Tells what runs will take; nothing is built and GitHub is not asked for it."""

    def __init__(
        self,
        *,
        models: ChatModels | None,
        prices: Mapping[str, Price],
        editions: Editions,
        store: Store,
        topics: Topics,
        now: Callable[[], datetime],
    ) -> None:
        self._models = models
        self._prices = prices
        self._editions = editions
        self._store = store
        self._topics = topics
        self._now = now

    async def line(self, one: Subscription, words: Language) -> str:
        """The sentence that says it. Raises StoreError."""
        if one.schedule is None:
            return words.text("subscriptions.cost.watch")
        if self._models is None:
            return words.text("subscriptions.cost.nothing")
        cost = await self.cost(one, self._models)
        if cost is None:
            return words.text("subscriptions.cost.unknown")
        told = {"tokens": _rounded(cost.tokens), "cost": _usd(cost.usd, words)}
        if cost.items is None:
            return words.text("subscriptions.cost.lately", **told)
        return words.text("subscriptions.cost.estimated", n=cost.items, **told)

    async def cost(self, one: Subscription, models: ChatModels) -> Cost | None:
        """What a run takes; None where nothing is known of such a period. Raises StoreError."""
        lately = await self._editions.generations(one.repo, one.edition, one.filters, LATELY)
        if measured := _measured(lately):
            return measured
        items = await self._items(one)
        return None if items is None else self._estimated(one, items, models)

    def _estimated(self, one: Subscription, items: int, models: ChatModels) -> Cost:
        writer, judge = models.rungs[0], models.fast
        shared = min(FACTS_IN + ITEM_IN * items, SHARED_TOKENS_MAX, writer.context)
        sections = len(MODEL_SECTIONS[one.edition])
        steps = (
            (writer.name, sections * (shared + SECTION_IN), sections * SECTION_OUT),
            (judge.name, items * JUDGED_IN, items * JUDGED_OUT),
        )
        usd: float | None = 0.0
        for name, tokens_in, tokens_out in steps:
            price = self._prices.get(name)
            usd = None if usd is None or price is None else usd + price.cost(tokens_in, tokens_out)
        return Cost(sum(tokens_in + tokens_out for _, tokens_in, tokens_out in steps), usd, items)

    async def _items(self, one: Subscription) -> int | None:
        """How many items move in a period, by the newest days that the mirror holds."""
        due = next_due(timing_of(one), self._now())
        state = await self._store.states.load(one.repo)
        if due is None or state.mirror_from is None or state.synced_until is None:
            return None
        until = state.synced_until
        since = until - SAMPLE if state.whole else max(until - SAMPLE, state.mirror_from)
        if until - since < LEAST:
            return None
        held = {item.number: item for item in await self._store.mirror.items_between(one.repo, since, until)}
        passing = await asyncio.to_thread(
            lambda: select(held, one.filters, match_topics(held.values(), self._topics.topics))
        )
        share = window(timing_of(one), due).duration / (until - since)
        return math.ceil(len(passing) * share)


def _measured(lately: Sequence[Generation]) -> Cost | None:
    """The mean of those whose tokens are known."""
    told = [each for each in lately if each.tokens_in is not None and each.tokens_out is not None]
    if not told:
        return None
    tokens = sum((each.tokens_in or 0) + (each.tokens_out or 0) for each in told) // len(told)
    costs = [each.cost_usd for each in told]
    known = [cost for cost in costs if cost is not None]
    return Cost(tokens, sum(known) / len(known) if len(known) == len(costs) else None)


def _rounded(tokens: int) -> str:
    """Two figures, as more would claim too much."""
    scale = 10 ** max(len(str(tokens)) - 2, 0)
    return f"{round(tokens / scale) * scale:,}"


def _usd(usd: float | None, words: Language) -> str:
    if usd is None:
        return words.text("spending.cost_unknown")
    return f"${usd:,.2f}" if usd >= 0.1 or usd == 0 else f"${usd:.2g}" if usd >= 0.0001 else "<$0.0001"
