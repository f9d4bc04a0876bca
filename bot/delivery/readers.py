"""Readers: whether those who read a place may read what a subscription posts there, asked anew before each post."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from bot.subscriptions.registry import US
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from adapters.chat.delivering import Courier
    from adapters.store import Store
    from bot.access import Access
    from bot.subscriptions.model import Subscription
    from bot.subscriptions.registry import Registry

log = structlog.get_logger()


class Readers:
    """Looks at private repositories alone; others are for everybody. Every method raises StoreError."""

    def __init__(self, store: Store, registry: Registry, access: Access) -> None:
        self._store = store
        self._registry = registry
        self._access = access

    async def may_read(self, one: Subscription) -> bool:
        """By what was last seen of the place."""
        state = await self._store.states.load(one.repo)
        return self._access.may_read(one.reader, state.repo, private=state.is_private)

    async def may_still_read(self, one: Subscription, courier: Courier) -> bool:
        """As the place is now: a channel may have been shared with another organization meanwhile. Raises
        Undelivered."""
        if not (await self._store.states.load(one.repo)).is_private:
            return True
        return await self.may_read(await self._seen(one, courier))

    async def _seen(self, one: Subscription, courier: Courier) -> Subscription:
        at = one.destination
        if not at.channel:
            return one
        try:
            seen = await courier.place(at.channel, at.team)
        except BadInput:  # it cannot be posted there either, and the post is told why
            return one
        if seen.is_shared == at.is_shared:
            return one
        log.warning("channel shared anew", subscription=one.id, at=str(at), is_shared=seen.is_shared)
        return await self._registry.change(
            one.id,
            lambda each: replace(each, destination=replace(each.destination, is_shared=seen.is_shared)),
            by=US,
            what="shared" if seen.is_shared else "unshared",
        )
