"""What was subscribed and posted: subscriptions, the rows of the ledger, and the audit list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.chat.delivering import TextPost
from bot.delivery.ledger import LISTED, Ledger, entry
from bot.subscriptions.records import is_erased

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from adapters.store import Store
    from bot.delivery.model import Delivery
    from bot.forgetting.gone import Gone
    from bot.subscriptions.model import Subscription
    from bot.subscriptions.registry import Registry


class Posts:
    """Every method raises StoreError."""

    def __init__(self, store: Store, registry: Registry) -> None:
        self._store = store
        self._registry = registry
        self._ledger = Ledger(store)

    async def subscriptions(self, chosen: Callable[[Subscription], bool]) -> list[Subscription]:
        """Those that are chosen, of all that there are, ended ones too."""
        _, every = await self._registry.changed(0)
        return [each for each in every if not is_erased(each) and chosen(each)]

    async def erase(self, subscriptions: Sequence[Subscription], gone: Gone) -> None:
        """Drop these with all that was posted for them."""
        ids = [each.id for each in subscriptions]
        # first, so that nobody plans for them any more
        gone.add("subscriptions", await self._registry.erase(ids))
        await self._drop([row for id_ in ids for row in await self._rows(id_)], gone)
        for id_ in ids:
            await self._ledger.deliveries.drop_log(id_)
        # those who run the bot were told of them too
        about = tuple(f"n-{id_}-" for id_ in ids)
        await self.notices(lambda row: row.id.startswith(about), gone)

    async def notices(self, chosen: Callable[[Delivery], bool], gone: Gone) -> None:
        """Drop the rows of what was said besides digests that are chosen."""
        prefix = "vllm-digest:delivery:{n-"
        ids = [f"n-{key.removeprefix(prefix)[:-1]}" for key in await self._store.forget.keys(prefix)]
        rows = await self._ledger.load(ids)
        await self._drop([row for row in rows if row is not None and chosen(row)], gone)

    async def texts(self, subscriptions: Collection[str], about: Callable[[str], bool], gone: Gone) -> None:
        """Empty the rows of these subscriptions that hold such a text."""
        for id_ in subscriptions:
            ids = [row.id for row in await self._rows(id_) if row.text is not None and about(row.text.text)]
            gone.add("texts", len(await self._ledger.change(ids, _emptied)))

    async def changes(self, of: Callable[[str, str], bool], gone: Gone) -> None:
        """Drop the entries of the audit list that are chosen by who changed something and in which team."""
        gone.add("changes", await self._registry.forget_changes(lambda change: of(change.who, change.team)))

    async def _drop(self, rows: Sequence[Delivery], gone: Gone) -> None:
        """What is being posted right now is posted, and not written down any more."""
        removed = {row.id for row in rows}
        if not removed:
            return
        await self._ledger.agenda.done(*(entry(row) for row in rows))
        for row in rows:
            await self._ledger.deliveries.trouble(row.id, is_over=True)
        await self._ledger.deliveries.remove([*removed])
        places = self._store.forget.values("vllm-digest:posted:")
        await self._store.forget.remove([key async for key, row in places if row.decode() in removed])
        gone.add("deliveries", len(removed))

    async def _rows(self, subscription: str) -> list[Delivery]:
        ids = await self._ledger.deliveries.logged(subscription, LISTED)
        return [row for row in await self._ledger.load(ids) if row is not None]


def _emptied(row: Delivery) -> Delivery:
    return replace(row, text=TextPost("", row.text.lang if row.text else ""))
