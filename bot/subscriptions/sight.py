"""Sight: which subscriptions somebody may see where they speak, and which of them they may change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.managers import Managers, speaker
from bot.subscriptions.destinations import here, is_local, is_own, team_of
from bot.subscriptions.registry import Registry
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.chat import Context
    from adapters.chat.delivering import Destination
    from bot.subscriptions.model import Subscription


@dataclass(frozen=True, slots=True)
class Sight:
    """What those see who do not manage is their own and what is posted where they speak: the names of other channels,
    and what they read, are nobody else's business."""

    registry: Registry
    managers: Managers

    async def listed(self, context: Context) -> Sequence[Subscription]:
        """Those that are not ended: the channel's first, then the others that may be seen, each by number."""
        found = [each for each in await self._near(context) if self.may_see(each, context)]
        return sorted(found, key=lambda each: not is_here(each.destination, context))

    async def one(self, id_: str, context: Context) -> Subscription:
        """That one, also when it is ended. Raises BadInput `subscriptions.none` where there is none to be seen."""
        id_ = id_.lower()
        found = await self.registry.get(id_)
        if found is None or not self.may_see(found, context):
            raise BadInput("subscriptions.none", id=id_)
        return found

    async def own(self, id_: str, context: Context) -> Subscription:
        """That one, for who may change it. Raises BadInput: `subscriptions.none`, `subscriptions.not_yours`."""
        found = await self.one(id_, context)
        if not self.may_change(found, context):
            raise BadInput("subscriptions.not_yours", id=found.id, owner=found.owner)
        return found

    def may_see(self, one: Subscription, context: Context) -> bool:
        return is_here(one.destination, context) or self.may_change(one, context)

    def may_change(self, one: Subscription, context: Context) -> bool:
        at = one.destination
        if is_local(context) or is_own(at, context) or one.owner == speaker(context):
            return True
        if not at.channel or not is_of(at, context):
            return False
        manages = context.manages_channel and at.channel == context.channel
        return manages or self.managers.includes(context)

    async def _near(self, context: Context) -> Sequence[Subscription]:
        if is_local(context):
            return await self.registry.all()
        own = await self.registry.of_owner(speaker(context))
        there = await self.registry.of_team(context.surface, team_of(context))
        both = {each.id: each for each in (*own, *there)}
        return sorted(both.values(), key=lambda each: int(each.id[1:]))


def is_of(at: Destination, context: Context) -> bool:
    """Whether a place is in the workspace or on the server of who speaks."""
    return at.team != "" and (at.platform, at.team) == (context.surface, team_of(context))


def is_here(at: Destination, context: Context) -> bool:
    """Whether what is posted there is read by all where somebody speaks."""
    spoken = here(context)
    if spoken is None:
        return False
    if not spoken.channel:
        return is_own(at, context)
    return (at.platform, at.team, at.channel) == (spoken.platform, spoken.team, spoken.channel)
