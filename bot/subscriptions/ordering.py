"""Ordering: what somebody wrote, and where, becomes a subscription; all that can be wrong with it is said first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bot.grammar.commands import ScheduleCommand
from bot.grammar.options import NO_HOLIDAYS
from bot.managers import speaker
from bot.subscriptions.destinations import is_local
from bot.subscriptions.model import Subscription
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from adapters.chat import Context
    from adapters.chat.delivering import Destination
    from bot.access import Access
    from bot.commands import Defaults
    from bot.grammar.commands import Options, WatchCommand
    from bot.subscriptions.choices import Choices
    from bot.subscriptions.destinations import Destinations
    from bot.subscriptions.registry import Registry
    from bot.sync import Sync

MOST_OF_A_PERSON: Final = 20
"""Subscriptions that somebody may have posted to themselves, which takes nobody's leave."""

_WATCH: Final = "watch topic:amd max:5/h"
_SUBSCRIBE: Final = "subscribe daily 09:00 topic:amd"
_MOVE: Final = "move s3 to:#general"


class Ordering:
    """Makes subscriptions of commands."""

    def __init__(
        self,
        *,
        destinations: Destinations,
        registry: Registry,
        choices: Choices,
        sync: Sync,
        access: Access,
        defaults: Defaults,
        now: Callable[[], datetime],
    ) -> None:
        self._destinations = destinations
        self._registry = registry
        self._choices = choices
        self._sync = sync
        self._access = access
        self._defaults = defaults
        self._now = now

    async def __call__(self, command: ScheduleCommand | WatchCommand, context: Context) -> Subscription:
        """The subscription that `subscribe` or `watch` asks for, which has no id yet.

        Raises BadInput for what cannot be, GitHubError, StoreError, and what the gate raises.
        """
        check_options(command)
        options = self._filled(command)
        at = await self._destinations.chosen(options, context)
        now = self._now()
        new = Subscription(
            id="",
            destination=at,
            repo=options.repo or self._defaults.repo,
            lang=self._defaults.language(options, context),
            tz=self._defaults.zone(options, context),
            edition="daily",
            owner=speaker(context),
            created_at=now,
            starts=now,
        )
        if isinstance(command, ScheduleCommand):
            if command.schedule is None:
                raise ValueError("subscribe without a schedule")
            new = self._choices.scheduled(new, command.schedule, options)
        else:
            new = self._choices.watching(new, options)
        if not is_local(context) and at.person:
            await self._admit(context)
        return replace(new, repo=await self.readable(new, at))

    def _filled(self, command: ScheduleCommand | WatchCommand) -> Options:
        """The options, with what the settings say where a schedule does not."""
        options = command.options
        if not isinstance(command, ScheduleCommand):
            return options
        sub = options.suboptions
        holidays = self._defaults.holidays if sub.holidays is None else sub.holidays
        return replace(
            options,
            suboptions=replace(
                sub,
                catchup=sub.catchup or self._defaults.catchup,
                holidays=None if holidays == NO_HOLIDAYS else holidays or None,
            ),
        )

    async def readable(self, one: Subscription, at: Destination) -> str:
        """The repository's name as GitHub spells it, for those who read what is posted at a place.

        Raises what the gate raises for one that they may not read or that there is none of, GitHubError, StoreError.
        """
        reader = replace(one, destination=at).reader
        state = await self._sync.admit(one.repo, self._access.gate(reader, one.repo))
        return state.repo

    async def _admit(self, context: Context) -> None:
        """Raises BadInput for one who has very many already."""
        own = [each for each in await self._registry.of_owner(speaker(context)) if each.destination.person]
        if len(own) >= MOST_OF_A_PERSON:
            raise BadInput("subscriptions.full", n=len(own))


def check_options(command: ScheduleCommand | WatchCommand) -> None:
    """Raises BadInput for options that the command does nothing with."""
    options, sub = command.options, command.options.suboptions
    if command.action == "subscribe":
        stray, others, example = replace(sub, **dict.fromkeys(_OF_A_SCHEDULE)), "", _WATCH
    elif command.action == "watch":
        stray = replace(sub, **dict.fromkeys(_OF_A_WATCH))
        others, example = "edition" if options.edition else "", _SUBSCRIBE
    else:
        is_move = command.action == "move"
        stray, example = replace(sub, to=None) if is_move else sub, _MOVE if is_move else _SUBSCRIBE
        others = options.filters[0].key if options.filters else ""
    wrong = next(stray.words(), others).partition(":")[0]
    if wrong:
        raise BadInput("option.not_here", option=wrong, example=example)


_OF_A_SCHEDULE: Final = (
    "to", "name", "sections", "cut", "catchup", "hush", "holidays", "quiet_if_empty",
)  # fmt: skip
_OF_A_WATCH: Final = ("to", "name", "hush", "max_per_hour")
"""The options that each takes."""
