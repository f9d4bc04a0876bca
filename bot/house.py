"""The house: how it stands, for `status` - what is due, who subscribed, whether there is room, what runs here."""

from __future__ import annotations

from collections import Counter
from importlib.metadata import version
from typing import TYPE_CHECKING

from bot.access import SHELL, Principal
from bot.delivery.batches import due_of
from bot.delivery.ledger import id_of
from summarizer import markup

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from adapters.store import Store
    from bot.delivery.ledger import Ledger
    from bot.subscriptions.registry import Registry
    from bot.topicfile import TopicFile
    from summarizer.languages import Language


class House:
    """Tells it, line by line."""

    def __init__(
        self,
        *,
        store: Store,
        ledger: Ledger,
        registry: Registry,
        topics: TopicFile,
        now: Callable[[], datetime],
        silent: timedelta,
    ) -> None:
        """silent: how long past due a delivery is late."""
        self._store = store
        self._ledger = ledger
        self._registry = registry
        self._topics = topics
        self._now = now
        self._silent = silent

    async def lines(self, words: Language, reader: Principal) -> list[str]:
        """What holds for all who ask is told to all, what tells of others to the local shell alone. Raises
        StoreError."""
        refusal = await self._store.try_room()
        lines = [words.problem(refusal)] if refusal is not None else []
        if reader != SHELL:
            return lines
        free = self._store.room.free_bytes
        if free is not None:
            lines.append(words.text("mirror.room", megabytes=f"{free / 1_000_000:,.0f}"))
        lines.append(await self._subscriptions(words))
        lines.append(await self._deliveries(words))
        lines.append(self._topic_file(words))
        lines.append(
            words.text(
                "mirror.version", version=version("vllm-digest"), schema=await self._store.schema() or "?"
            )
        )
        return lines

    async def _subscriptions(self, words: Language) -> str:
        states = Counter(one.state for one in await self._registry.all())
        return words.text(
            "mirror.subscriptions",
            active=states["active"],
            paused=states["paused"],
            suspended=states["suspended"],
        )

    async def _deliveries(self, words: Language) -> str:
        open_ids = {id_of(each) for each in await self._ledger.agenda.all()}
        for key in await self._ledger.batches.all():
            if (batch := await self._ledger.batch(key)) is not None:
                open_ids.update(batch.ids)
        due = [due_of(id_) for id_ in open_ids if not id_.startswith("n-")]
        troubled = await self._ledger.load(await self._ledger.deliveries.troubled())
        parked = sum(row is not None and row.state in ("failed", "parked") for row in troubled)
        return words.text(
            "mirror.deliveries",
            due=len(due),
            late=sum(at <= self._now() - self._silent for at in due),
            parked=parked,
        )

    def _topic_file(self, words: Language) -> str:
        told = words.text(
            "mirror.topics", n=len(self._topics.topics), file=markup.markdown(self._topics.name)
        )
        if self._topics.problem is None:
            return told
        return f"{told}. {words.text('mirror.topics_old')} {markup.markdown(words.problem(self._topics.problem))}"
