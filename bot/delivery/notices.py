"""Notices: what is said unasked besides digests - to an owner, to those who run the bot, to a channel that waits."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import structlog

from adapters.chat.delivering import Destination, TextPost
from bot.delivery.ledger import entry
from bot.delivery.model import Delivery
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from adapters.chat import Offer
    from bot.delivery.ledger import Ledger
    from bot.subscriptions.model import Subscription

log = structlog.get_logger()

_PERSON = re.compile(r"(slack|discord)-user:(\w+)", re.ASCII)


class Notices:
    """Puts notices into the ledger: they are delivered as digests are, each once."""

    def __init__(
        self, ledger: Ledger, now: Callable[[], datetime], *, ops: Destination | None, ops_lang: str
    ) -> None:
        """ops: where those are told who run the bot, None for nowhere."""
        self._ledger = ledger
        self._now = now
        self._ops = ops
        self._ops_lang = ops_lang

    @property
    def ops_lang(self) -> str:
        return self._ops_lang

    async def tell(
        self,
        about: str,
        at: Destination,
        text: str,
        lang: str,
        *,
        subscription: str = "",
        offers: tuple[Offer, ...] = (),
    ) -> None:
        """Say it there, once for each `about`. text: Markdown that is safe to render. Raises StoreError."""
        row = Delivery(
            id=f"n-{about}",
            subscription=subscription,
            destination=at,
            due=self._now(),
            text=TextPost(text, lang, offers),
            state="ready",
        )
        # whoever dies in between leaves no row that nobody looks at, and says it again
        await self._ledger.agenda.at({entry(row): row.due})
        await self._ledger.create([row])
        # the entry of one that was not there may have been taken off
        await self._ledger.agenda.at({entry(row): row.due})

    async def is_told(self, about: str) -> bool:
        """Whether that was said, or is to be said. Raises StoreError."""
        return await self._ledger.get(f"n-{about}") is not None

    async def tell_owner(
        self, about: str, one: Subscription, text: str, *, offers: tuple[Offer, ...] = ()
    ) -> None:
        """Say it to who made the subscription, alone; where that was a local shell, to those who run the bot."""
        at = owner_of(one)
        if at is None:
            await self.tell_ops(about, text)
            return
        await self.tell(f"{about}-owner", at, text, one.lang, subscription=one.id, offers=offers)

    async def tell_ops(self, about: str, text: str) -> None:
        """Say it to those who run the bot, if they have a channel for it. A store that is away loses it: the log has
        it too."""
        if self._ops is None:
            return
        try:
            await self.tell(f"{about}-ops", self._ops, text, self._ops_lang)
        except StoreError as error:
            log.warning("notice lost", about=about, error=error.key)


def owner_of(one: Subscription) -> Destination | None:
    """The direct messages of who made it, None for a local shell."""
    found = _PERSON.fullmatch(one.owner)
    if found is None:
        return None
    platform = one.destination.platform
    if found[1] != platform:
        return None
    return Destination(platform, team=one.destination.team if platform == "slack" else "", person=found[2])
