"""Suspending: what cannot be posted at a place stops there, and its owner is told once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from adapters.chat import Offer
from bot.schedule.dues import previous_due
from bot.subscriptions.timing import timing_of
from summarizer import languages, markup
from summarizer.windows import moment_label

if TYPE_CHECKING:
    from collections.abc import Iterable

    from adapters.chat.delivering import Destination, Shut
    from bot.delivery.model import Delivery
    from bot.delivery.notices import Notices
    from bot.subscriptions.model import Subscription
    from bot.subscriptions.registry import Registry

log = structlog.get_logger()

NOT_READ = "the repository may not be read there"
"""Why a delivery is given up, in English for managers."""


class Suspending:
    """Suspends subscriptions. Every method raises StoreError."""

    def __init__(self, registry: Registry, notices: Notices) -> None:
        self._registry = registry
        self._notices = notices

    async def __call__(self, row: Delivery, one: Subscription | None, why: Shut) -> None:
        """A place refuses a delivery: the subscription stops, of a whole workspace or server all of them. When it is
        resumed it goes on from that delivery."""
        if one is None or row.is_notice:
            log.warning("notice refused", delivery=row.id, reason=why.reason)
            return
        at = row.destination
        # first, so that whoever resumes it finds it so
        await self.go_back(row, one)
        if why.whole_team:
            stopped = list(await self._registry.suspend_team(at.platform, at.team, why.reason))
        else:
            stopped = [one] if await self._registry.suspend(one.id, why.reason) else []
        await self._tell_all(stopped, why.reason)

    async def refused(self, row: Delivery, one: Subscription) -> None:
        """The same where a repository may not be read (any more)."""
        await self.go_back(row, one)
        if await self._registry.suspend(one.id, "repo"):
            await self._tell_all([one], "repo")

    async def _tell_all(self, stopped: Iterable[Subscription], reason: str) -> None:
        for each in stopped:
            one = await self._registry.get(each.id)  # as it is now, which tells this time from others
            if one is not None:
                await self.tell(one, reason)

    async def tell(self, one: Subscription, reason: str) -> None:
        """Tell its owner that it stopped, and those who run the bot."""
        log.warning("subscription suspended", subscription=one.id, reason=reason, at=str(one.destination))
        about = (
            f"{one.id}-suspended-{one.changed_at:%Y%m%dT%H%M%S}" if one.changed_at else f"{one.id}-suspended"
        )
        for lang, tell in ((one.lang, "owner"), (self._notices.ops_lang, "ops")):
            words = languages.load(lang)
            text = words.text(
                "deliveries.told.suspended",
                id=one.id,
                order=markup.markdown(one.order),
                where=_where(one.destination),
                reason=words.text(f"subscriptions.suspended.{reason}"),
            )
            if tell == "owner":
                await self._notices.tell_owner(
                    about, one, text, offers=(Offer("resume", f"resume {one.id}"),)
                )
            else:
                await self._notices.tell_ops(about, text)

    async def parked(self, row: Delivery, one: Subscription | None, why: str) -> None:
        """A delivery is given up: those who run the bot are told. So is who waits for it, unless they were of its being
        late; where it may have arrived, its owner is asked to look."""
        if row.is_notice:
            return
        log.error("delivery parked", delivery=row.id, why=why, at=str(row.destination))
        words = languages.load(self._notices.ops_lang)
        text = words.text(
            "deliveries.told.parked", id=row.id, where=_where(row.destination), why=markup.markdown(why)
        )
        await self._notices.tell_ops(f"{row.id}-parked-{row.attempts}", text)
        if one is None:
            return
        if any(part.state == "posting" for part in row.parts):
            await self._ask(row, one)
        elif one.state == "active" and row.root is None:
            words = languages.load(one.lang)
            text = words.text("deliveries.told.given_up", **_named(row, one))
            await self._notices.tell(f"{row.id}-silent", one.destination, text, one.lang, subscription=one.id)

    async def _ask(self, row: Delivery, one: Subscription) -> None:
        words = languages.load(one.lang)
        text = words.text(
            "deliveries.told.unsure", delivery=row.id, where=_where(row.destination), **_named(row, one)
        )
        await self._notices.tell_owner(f"{row.id}-unsure", one, text)

    async def go_back(self, row: Delivery, one: Subscription) -> None:
        """Let the planner, or the watch, begin with that delivery again once it is resumed."""
        if row.posted:
            return
        if one.schedule is None:
            if row.since is not None:
                await self._registry.replan(one.id, row.since)
            return
        before = previous_due(timing_of(one), row.covers[0] if row.covers else row.due)
        if before is not None:
            await self._registry.replan(one.id, before)


def _named(row: Delivery, one: Subscription) -> dict[str, str]:
    return {"id": one.id, "order": markup.markdown(one.order), "due": moment_label(row.due, one.tz)}


def _where(at: Destination) -> str:
    return markup.markdown(at.name or str(at))
