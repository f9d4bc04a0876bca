"""Leaving: the bot is removed from a channel or a workspace, or a channel goes, so that nothing can be posted there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.slack.lines import bot_user
from adapters.slack.speakers import spot_of_event

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.slack.parts import Parts


class Leaving:
    """Tells the desk."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def channel(self, body: Mapping[str, Any]) -> None:
        """A channel that the bot left, or that was archived or deleted. Raises StoreError."""
        spot = spot_of_event(body)
        await self._parts.desk.left("slack", spot.team, spot.channel)

    async def member(self, body: Mapping[str, Any]) -> None:
        """Somebody left a channel. A bot, no member any more, is seldom told like this that it left itself, but by
        `channel_left` (slackapi/node-slack-sdk #931). Raises StoreError."""
        if body["event"].get("user") == bot_user(body):
            await self.channel(body)

    async def workspace(self, body: Mapping[str, Any]) -> None:
        """The app was uninstalled from a workspace. Raises StoreError."""
        team, at = body.get("team_id") or "", float(body.get("event_time") or 0)
        is_gone = await self._parts.workspaces.remove(team, body.get("enterprise_id"), at=at)
        if is_gone and team:
            await self._parts.desk.left("slack", team)

    async def revoked(self, body: Mapping[str, Any]) -> None:
        """Tokens were revoked. A person's own token is none of ours. Raises StoreError."""
        if (body["event"].get("tokens") or {}).get("bot"):
            await self.workspace(body)
