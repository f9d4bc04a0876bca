"""Lacking: which permission it was that Discord refused for, of which it only says that there is one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from discord import Permissions
from discord.http import Route

from adapters.discord.channels import Channel, Memory, channel_of
from adapters.discord.errors import DiscordError, NoPermission
from adapters.discord.permissions import granted, missing
from adapters.discord.requests import called

if TYPE_CHECKING:
    from collections.abc import Mapping

    from discord.http import HTTPClient

CHANNEL_S: Final = 60.0
"""How long a channel is taken to be as it was told. Threads are locked, and slow mode is set, while we look away."""

GRANTED_S: Final = 30.0
"""How long permissions are; somebody may be granting them right now."""

MOST: Final = 2_000


class Lacking:
    """Looks at channels and at what the bot may do in them. Methods raise DiscordError unless they say otherwise."""

    def __init__(self, http: HTTPClient, user_id: int) -> None:
        self._http = http
        self._user_id = user_id
        self._channels: Memory[Mapping[str, Any]] = Memory(CHANNEL_S, MOST)
        self._granted: Memory[Permissions] = Memory(GRANTED_S, MOST)

    async def channel(self, channel: int) -> Channel:
        """What the channel is like, as of a minute ago or later."""
        return channel_of(await self._told(channel))

    def forget(self, channel: int) -> None:
        """Something showed that it is not as remembered."""
        self._channels.forget(channel)
        self._granted.forget(channel)

    async def granted(self, channel: int) -> Permissions:
        """What the bot may do there, outside of servers everything that it ever needs."""
        known = self._granted.get(channel)
        if known is not None:
            return known
        told = await self._told(channel)
        if not told.get("guild_id"):
            return self._granted.put(channel, Permissions.all())
        guild = int(told["guild_id"])
        if channel_of(told).parent:
            told = await self._told(int(told["parent_id"]))
        roles = await called(self._http, Route("GET", "/guilds/{guild_id}", guild_id=guild))
        member = await called(
            self._http,
            Route("GET", "/guilds/{guild_id}/members/{user_id}", guild_id=guild, user_id=self._user_id),
        )
        return self._granted.put(channel, granted(told, roles, member, now=datetime.now(UTC)))

    async def explained(self, channel: int, needed: Permissions, error: NoPermission) -> NoPermission:
        """The same refusal with what is missing of the needed, and where; as it was if that cannot be found out. Raises
        nothing. needed: of a channel; Send Messages stands for Send Messages in Threads in one of those."""
        lacked = await self._missing(channel, needed)
        if not lacked.value:
            # what is remembered is not what holds now
            self.forget(channel)
            lacked = await self._missing(channel, needed)
        place = await self._place(channel)
        if not lacked.value:
            return NoPermission(error.missing, place, is_guess=error.is_guess)
        return NoPermission(lacked, place)

    async def _missing(self, channel: int, needed: Permissions) -> Permissions:
        try:
            if needed.send_messages and (await self.channel(channel)).kind == "thread":
                needed = Permissions(needed.value)
                needed.update(send_messages=False, send_messages_in_threads=True)
            return missing(needed, await self.granted(channel))
        except NoPermission as refused:
            return refused.missing  # who may not see a channel may not ask about it either
        except DiscordError:
            return Permissions.none()

    async def _place(self, channel: int) -> str:
        try:
            name = (await self.channel(channel)).name
        except DiscordError:
            return ""
        return f"#{name}" if name else ""

    async def _told(self, channel: int) -> Mapping[str, Any]:
        known = self._channels.get(channel)
        if known is not None:
            return known
        route = Route("GET", "/channels/{channel_id}", channel_id=channel)
        told: Mapping[str, Any] = await called(self._http, route)
        return self._channels.put(channel, told)
