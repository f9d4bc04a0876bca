"""The commands about subscriptions: what people order, see, change and take back, on every surface."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from adapters.chat import Offer, Reply
from bot.grammar.commands import Options
from bot.managers import speaker
from bot.subscriptions import confirming, listing
from bot.subscriptions.changing import Asked, Changing, scope_told
from bot.subscriptions.choices import Choices
from bot.subscriptions.code import Code
from bot.subscriptions.destinations import Destinations, here, is_local, team_of
from bot.subscriptions.ordering import Ordering, check_options
from bot.subscriptions.phrases import moment
from bot.subscriptions.registry import EVERYWHERE
from bot.subscriptions.showing import Showing
from bot.subscriptions.sight import Sight
from bot.subscriptions.undoing import Undoing
from summarizer import languages

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from adapters.chat import Context, Subscribed
    from adapters.chat.delivering import Courier
    from bot.access import Access
    from bot.commands import Defaults
    from bot.delivery.model import Delivery
    from bot.digests import Digests
    from bot.grammar.commands import ScheduleCommand, WatchCommand
    from bot.managers import Managers
    from bot.subscriptions.forecast import Forecast
    from bot.subscriptions.registry import Registry
    from bot.sync import Sync
    from bot.topicfile import Topics

LAST_POSTS, LAST_CHANGES = 10, 10
"""What `history` tells."""

LOOKED_AT = 200
"""Changes among which those are looked for that somebody may see."""

FEW_POSTS = 3
"""What it tells of each of several."""

MOST_TOLD = 10
"""Subscriptions whose posts it tells together."""


class LedgerBook(Protocol):
    """What is known of deliveries. Every method raises StoreError."""

    async def history(self, subscription: str, limit: int) -> Sequence[Delivery]:
        """Its deliveries, newest first."""
        ...

    async def troubled(self, team: str | None) -> Sequence[Delivery]:
        """Those that failed, are parked or late, of a team ("slack:T0123"), for None of all."""
        ...

    async def get(self, id_: str, /) -> Delivery | None: ...

    async def retry(self, id_: str, /) -> bool:
        """Try it again at once; False where there is nothing to try."""
        ...

    async def retract(self, id_: str, /, by: str) -> Delivery | None:
        """Delete its post and what stands below it; None where there is none. by: who asked for it.

        Raises BadInput, and Undelivered where the platform does not do it.
        """
        ...

    async def find(self, link_or_digest: str, /, team: str | None) -> Sequence[Delivery]:
        """Those that a message's link, a digest's id or a delivery's id names, of a team, for None of all."""
        ...


class SubscriptionCommands:
    """Answers `subscribe`, `watch` and all that follows from them. Replies are Markdown."""

    def __init__(
        self,
        *,
        registry: Registry,
        ledger: LedgerBook,
        couriers: Mapping[str, Courier],
        digests: Digests,
        forecast: Forecast,
        sync: Sync,
        access: Access,
        managers: Managers,
        topics: Topics,
        section_topics: Sequence[str],
        defaults: Defaults,
        now: Callable[[], datetime],
        wake: Callable[[], Awaitable[None]],
    ) -> None:
        """couriers: by platform. topics: as the topic file has them; section_topics: keys of those that have a section
        of their own. wake: lets the schedule see at once what has changed."""
        self._registry = registry
        self._ledger = ledger
        self._forecast = forecast
        self._defaults = defaults
        self._now = now
        self._wake = wake
        choices = Choices(topics, section_topics)
        self.code = Code(registry, choices, defaults, now)
        self._sight = Sight(registry, managers)
        self._destinations = Destinations(couriers, managers)
        self._ordering = Ordering(
            destinations=self._destinations,
            registry=registry,
            choices=choices,
            sync=sync,
            access=access,
            defaults=defaults,
            now=now,
        )
        self._showing = Showing(digests, now)
        self._changing = Changing(
            registry=registry,
            sight=self._sight,
            destinations=self._destinations,
            ordering=self._ordering,
            repo=defaults.repo,
            now=now,
        )
        self._undoing = Undoing(ledger, self._sight)

    async def __call__(self, command: ScheduleCommand | WatchCommand, context: Context) -> Reply:
        """Answer one command, whose options hold the person's own defaults where it does not say, but for filters.

        Raises BadInput, GitHubError, StoreError, and what the gate raises.
        """
        options = command.options
        words = languages.load(self._defaults.language(options, context))
        asked = Asked(context, words, self._defaults.zone(options, context))
        target = command.target or ""
        if command.action in ("subscribe", "watch"):
            return await self._subscribe(command, asked)
        check_options(command)
        match command.action:
            case "subscriptions":
                return asked.reply(await self._list(asked))
            case "history":
                return asked.reply(await self._history(target, asked))
            case "test":
                return await self._showing(await self._sight.one(target, context), context)
            case "deliveries":
                return await self._undoing.deliveries(target, asked)
            case "retract":
                return await self._undoing.retract(target, asked)
        reply = await self._changing(command, asked)
        await self._wake()
        return reply

    async def listed(self, context: Context) -> Sequence[Subscribed]:
        """See `adapters.chat.Desk.subscriptions`."""
        words = languages.load(self._defaults.language(Options(), context))
        repo, now = self._defaults.repo, self._now()
        return [
            listing.subscribed(each, words, context, repo=repo, now=now)
            for each in await self._sight.listed(context)
        ]

    async def may(self, context: Context) -> bool:
        """See `adapters.chat.Desk.may_subscribe`."""
        at = here(context)
        return is_local(context) or (at is not None and self._destinations.may(at, context))

    async def _subscribe(self, command: ScheduleCommand | WatchCommand, asked: Asked) -> Reply:
        """Make one, and say all that follows from it."""
        ordered = await self._ordering(command, asked.context)
        cost = await self._forecast.line(ordered, asked.words)
        one, on_disk = await self._registry.add(ordered, speaker(asked.context))
        await self._wake()
        words = asked.words
        lines = [
            confirming.made(one, words, asked.context, repo=self._defaults.repo),
            *confirming.to_come(one, words, self._now()),
            cost,
            *await self._stopped(asked),
        ]
        if not on_disk:
            lines.append(words.text("subscriptions.not_on_disk"))
        undo = f"{'unwatch' if one.is_watch else 'unsubscribe'} {one.id}"
        offers = (
            (Offer("undo", undo),) if one.is_watch else (Offer("now", f"test {one.id}"), Offer("undo", undo))
        )
        return asked.reply(lines, offers)

    async def _list(self, asked: Asked) -> Iterable[str]:
        found = await self._sight.listed(asked.context)
        repo, now = self._defaults.repo, self._now()
        return [
            *await self._stopped(asked),
            *listing.listing(found, asked.words, asked.context, repo=repo, now=now),
        ]

    async def _stopped(self, asked: Asked) -> Iterable[str]:
        """That all posts are stopped where somebody speaks, if they are; the shell sees where they are anywhere."""
        words, context = asked.words, asked.context
        own = f"{context.surface}:{team_of(context)}"
        return [
            words.text(
                "subscriptions.halted",
                scope=scope_told(scope, words, own=own),
                when=moment(halt.at, asked.tz, words),
            )
            for scope, halt in (await self._registry.halts()).items()
            if scope in (EVERYWHERE, own) or is_local(context)
        ]

    async def _history(self, id_: str, asked: Asked) -> Iterable[str]:
        """What was posted and changed, of one or of all that may be seen, newest first."""
        if id_:
            one = await self._sight.one(id_, asked.context)
            posts = list(await self._ledger.history(one.id, LAST_POSTS))
            changes = list(await self._registry.audit(id=one.id, limit=LAST_CHANGES))
        else:
            seen = list(await self._sight.listed(asked.context))[:MOST_TOLD]
            rows = [row for one in seen for row in await self._ledger.history(one.id, FEW_POSTS)]
            posts = sorted(rows, key=lambda row: row.due, reverse=True)[:LAST_POSTS]
            team = team_of(asked.context)
            scope = f"{asked.context.surface}:{team}" if team else None
            told = {one.id for one in seen} | {scope or EVERYWHERE}  # stops of all posts among them
            audit = await self._registry.audit(team=scope, limit=LOOKED_AT)
            changes = [each for each in audit if each.id in told][:LAST_CHANGES]
        words, tz, alone = asked.words, asked.tz, bool(id_)
        lines = list(listing.posts(posts, words, tz, one=alone)) or [words.text("subscriptions.history.none")]
        changed = list(listing.changes(changes, words, tz, one=alone))
        heads = (words.text("subscriptions.history.posts"), words.text("subscriptions.history.changes"))
        return [heads[0], *lines, *(["", heads[1], *changed] if changed else [])]
