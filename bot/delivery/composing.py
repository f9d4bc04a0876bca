"""Composing: what a delivery posts - its digest with the sections that are wanted, a few lines, or nothing."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

import structlog

from adapters.chat import Context, Reply
from adapters.chat.delivering import DigestPost
from bot.delivery.batches import Batch
from bot.subscriptions.showing import shown
from summarizer import languages
from summarizer.errors import BadInput, DigestError
from summarizer.windows import zone_label

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.chat.delivering import Post, Sent
    from bot.delivery.ledger import Ledger
    from bot.delivery.model import Delivery
    from bot.digests import Digests
    from bot.editions import Editions
    from bot.subscriptions.model import Subscription
    from summarizer.digests import Digest

log = structlog.get_logger()

AT_HAND: Final = 64
"""Digests that stay unpacked: those of the batches that are being posted."""


class Composing:
    """Makes posts of deliveries, and has what was posted found again."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        digests: Digests,
        editions: Editions,
        remember: Callable[[str, Context], Awaitable[None]],
    ) -> None:
        """remember: see `bot.conversations.Conversations.begin`."""
        self._ledger = ledger
        self._digests = digests
        self._editions = editions
        self._remember = remember
        self._at_hand: OrderedDict[tuple[str, int], Digest] = OrderedDict()

    async def __call__(self, row: Delivery, subscription: Subscription | None) -> Post | None:
        """What is to be posted; None for a quiet digest where nothing is wanted then.

        Raises BadInput where the digest is not kept any more, or may not be read there; StoreError.
        """
        if row.text is not None:
            return row.text
        if subscription is None:
            raise BadInput("subscriptions.none", id=row.subscription)
        digest = await self._digest(row, subscription)
        words = languages.load(subscription.lang)
        if digest.outcome == "quiet" and subscription.quiet_if_empty and not row.posted:
            return None
        page = await self._editions.page(digest)
        line = _batch(row, subscription).line
        reply = Reply(
            "", digest.lang, digest=shown(digest, subscription), handle=row.handle, line=line, page=page
        )
        footer = words.text(
            "deliveries.told.footer",
            id=subscription.id,
            name=subscription.name or str(subscription.schedule),
            zone=zone_label(subscription.tz),
        )
        if digest.revision > 1:
            footer = words.text("deliveries.told.revised", footer=footer, n=digest.revision)
        return DigestPost(reply, footer)

    async def _digest(self, row: Delivery, subscription: Subscription) -> Digest:
        key = (row.handle, row.revision)
        digest = self._at_hand.get(key)
        if digest is None:
            try:
                digest = await self._digests.open(row.handle, subscription.reader)
            except BadInput as error:
                # the cache may have dropped it; an edition stays
                kept = await self._editions.kept(subscription.repo, row.digest_id, subscription.lang)
                if error.key != "digest.gone" or kept is None:
                    raise
                digest = kept
            self._at_hand[key] = digest
        self._at_hand.move_to_end(key)
        while len(self._at_hand) > AT_HAND:
            self._at_hand.popitem(last=False)
        return digest

    async def posted(self, row: Delivery, sent: Sent, subscription: Subscription | None) -> None:
        """It is there: it is found by its message, and who asks in its thread asks about it."""
        at = row.destination
        try:
            for message in {sent.message, sent.thread} - {""}:
                await self._ledger.deliveries.shown_as(f"{at.platform} {sent.channel} {message}", row.id)
            if subscription is not None and row.text is None and at.platform != "terminal":
                await self._remember_in(row, sent, subscription)
        except DigestError as error:
            log.warning("post not remembered", delivery=row.id, error=error.key)

    async def _remember_in(self, row: Delivery, sent: Sent, subscription: Subscription) -> None:
        at = row.destination
        # as each platform names the conversation below a message
        if at.platform == "slack":
            names = {f"{sent.channel}:{at.thread or sent.message}"}
        else:  # a thread is made from it, and who replies to it begins one of their own
            names = {sent.thread or sent.message, f"{sent.channel}:{sent.message}"}
        team = at.team if at.channel else ""  # which a direct message does not have
        line = _batch(row, subscription).line_anywhere
        for name in names:
            context = Context(at.platform, conversation=name, team=team, person=at.person, channel=at.channel)
            await self._remember(line, context)


def _batch(row: Delivery, subscription: Subscription) -> Batch:
    """What the delivery's digest was made of."""
    return Batch(
        subscription.repo,
        subscription.edition,
        subscription.lang,
        subscription.tz,
        row.due,
        row.since or row.due,
        row.until or row.due,
        subscription.filters,
    )
