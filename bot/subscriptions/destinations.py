"""Destinations: where what somebody subscribes is posted, and who may have it posted there."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final, cast, get_args

from adapters.chat.delivering import Destination, Platform, Undelivered
from bot.naming import PLATFORMS
from bot.subscriptions.model import EXTERNAL
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.chat import Context
    from adapters.chat.delivering import Courier
    from bot.grammar.commands import Options
    from bot.managers import Managers

LOCAL: Final = ("shell", "terminal")

WITH_TEAM: Final = ("slack",)
"""Where direct messages belong to a workspace, whose token opens them and is found without its id where it is the only
one; Discord's belong to no server."""

_EXAMPLE: Final = "subscribe daily 09:00 to:slack:T0123/C0123"


def is_local(context: Context) -> bool:
    """Whether it was said in the shell or the terminal chat, which post nowhere of themselves and see everything."""
    return context.surface in LOCAL


def team_of(context: Context) -> str:
    """The workspace or server that was spoken in, also where others read along, of a direct message the one that the
    platform tells; "" where there is none that the bot belongs to."""
    team = context.workspace if context.team in ("", EXTERNAL) else context.team
    return "" if team == EXTERNAL else team


def here(context: Context) -> Destination | None:
    """The channel that was spoken in, in a direct message the person; None where the bot cannot post of itself."""
    if is_local(context):
        return None
    if not context.team:
        return mine(context)
    team, surface = team_of(context), cast("Platform", context.surface)
    if not team or not context.channel:
        return None
    shared = context.team == EXTERNAL
    return Destination(surface, team, context.channel, name=context.channel_name, is_shared=shared)


def mine(context: Context) -> Destination | None:
    """The direct messages with who speaks."""
    has_team = context.surface in WITH_TEAM
    team = team_of(context) if has_team else ""
    if is_local(context) or not context.person or (has_team and not team):
        return None
    return Destination(cast("Platform", context.surface), team, person=context.person)


def is_own(destination: Destination, context: Context) -> bool:
    """Whether it is the direct messages with who speaks."""
    return (
        bool(destination.person)
        and not destination.channel
        and (destination.platform, destination.person) == (context.surface, context.person)
    )


class Destinations:
    """Finds the place that a line names, by the platforms that are set up, and tells who may have it."""

    def __init__(self, couriers: Mapping[str, Courier], managers: Managers) -> None:
        """couriers: by platform."""
        self._couriers = couriers
        self._managers = managers

    async def chosen(self, options: Options, context: Context) -> Destination:
        """Where `to:` says, else where it was said.

        Raises BadInput below `subscriptions`, and what a platform refuses.
        """
        to = options.suboptions.to
        at = here(context) if to is None else await self._named(to, options, context)
        if at is None:
            raise (
                BadInput("subscriptions.where", example=_EXAMPLE)
                if is_local(context)
                else BadInput("subscriptions.nowhere")
            )
        if not self.may(at, context):
            raise BadInput("subscriptions.managers")
        return await self._seen(at) if at == here(context) or at.thread else at

    def may(self, at: Destination, context: Context) -> bool:
        """Whether who speaks there may decide what is posted at a place."""
        if is_local(context) or is_own(at, context):
            return True
        if at.platform != context.surface or not at.channel or at.team != team_of(context):
            return False
        manages = context.manages_channel and at.channel == context.channel
        return manages or self._managers.includes(context)

    async def _seen(self, at: Destination) -> Destination:
        """The channel that was spoken in, once it is sure that the bot may post there: commands come from where it is
        not as well."""
        if at.platform not in self._couriers or not at.channel:
            return at
        try:
            seen = await self._place(at.platform, at.channel, at.team)
        except BadInput as error:
            if error.key != "subscriptions.no_channel":
                raise
            raise BadInput("subscriptions.not_in_channel") from error
        return replace(at, name=seen.name or at.name, is_shared=at.is_shared or seen.is_shared)

    async def _named(self, to: str, options: Options, context: Context) -> Destination | None:
        if is_local(context):
            return await self._named_locally(to)
        if to == "me":
            return mine(context)
        spoken = here(context)
        if to == "thread":
            if spoken is None or not spoken.channel or not context.thread:
                raise BadInput("subscriptions.no_thread")
            return replace(spoken, thread=context.thread)
        name = to.removeprefix("#")
        channel = dict(options.channels).get(name, name)
        if spoken is not None and (channel == spoken.channel or f"#{name}" == spoken.name):
            return spoken
        if not self._managers.includes(context):
            raise BadInput("subscriptions.managers")  # nor are they told which channels there are
        team = team_of(context)
        if not team:
            raise BadInput("subscriptions.no_server")
        return await self._place(cast("Platform", context.surface), channel, team)

    async def _named_locally(self, to: str) -> Destination:
        if to == "terminal":
            return Destination("terminal", name=to)
        platform, colon, rest = to.partition(":")
        if colon and platform in get_args(Platform):
            team, _, place = rest.partition("/")
            ids = PLATFORMS.get(platform)
            person = place.removeprefix("@") if place.startswith("@") else ""
            if ids is None or not re.fullmatch(ids.places, team, re.ASCII) or not place:
                raise BadInput("subscriptions.where", example=_EXAMPLE)
            if not person:
                return await self._place(cast("Platform", platform), place, team)
            if not re.fullmatch(ids.people, person, re.ASCII):
                raise BadInput("subscriptions.where", example=_EXAMPLE)
            return Destination(
                cast("Platform", platform), team if platform in WITH_TEAM else "", person=person
            )
        platforms = [each for each in self._couriers if each != "terminal"]
        if len(platforms) != 1 or platforms[0] not in WITH_TEAM:
            raise BadInput("subscriptions.where", example=_EXAMPLE)
        return await self._place(cast("Platform", platforms[0]), to.removeprefix("#"), "")

    async def _place(self, platform: Platform, channel: str, team: str) -> Destination:
        courier = self._couriers.get(platform)
        if courier is None:
            raise BadInput("subscriptions.no_platform", platform=platform.capitalize())
        try:
            return await courier.place(channel, team)
        except Undelivered as trouble:
            raise trouble.error from trouble
