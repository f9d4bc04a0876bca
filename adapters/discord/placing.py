"""Placing: the channel that somebody wants digests in, by its name, as a mention or by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from discord import Permissions

from adapters.discord.errors import DiscordError, NoPermission
from adapters.discord.naming import POSTED_IN, id_in, named
from adapters.discord.permissions import Names, missing
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from adapters.discord.channels import Channel
    from adapters.discord.looking import Looking
    from adapters.discord.rest import Rest

_POST: Final = Permissions(view_channel=True, send_messages=True)
_POST_IN_THREAD: Final = Permissions(view_channel=True, send_messages_in_threads=True)


class Placing:
    """Looks for channels of a server."""

    def __init__(self, rest: Rest, looking: Looking) -> None:
        self._rest = rest
        self._looking = looking

    async def place(self, name: str, guild: int) -> Channel:
        """The channel, in which the bot may post.

        Raises BadInput: `subscriptions.no_channel` for one that is not there or not seen, `discord.which_channel` where
        several have the name, `discord.no_permission` where it is seen and no more. Raises DiscordError.
        """
        id_ = id_in(name)
        found = await self._by_id(id_, guild) if id_ is not None else await self._by_name(name, guild)
        if found is None or found.kind not in POSTED_IN:
            raise BadInput("subscriptions.no_channel", name=_shown(name))
        lacked = await self._lacked(found)
        if lacked.view_channel:
            raise BadInput("subscriptions.no_channel", name=_shown(name))
        if lacked.value:
            raise BadInput("discord.no_permission", permissions=Names(lacked), place=f"#{found.name}")
        return found

    async def _by_id(self, channel: int, guild: int) -> Channel | None:
        try:
            found = await self._rest.channel(channel)
        except NoPermission:
            return None
        except DiscordError as error:
            if error.key != "discord.gone":
                raise
            return None
        return found if found.guild == guild else None

    async def _by_name(self, name: str, guild: int) -> Channel | None:
        found = named(name, await self._looking.channels(guild))
        if len(found) > 1:
            found = [each for each in found if not (await self._lacked(each)).value] or found
        if len(found) > 1:
            raise BadInput("discord.which_channel", name=name, n=len(found))
        return found[0] if found else None

    async def _lacked(self, channel: Channel) -> Permissions:
        needed = _POST_IN_THREAD if channel.kind == "thread" else _POST
        try:
            return missing(needed, await self._looking.granted(channel.id))
        except NoPermission as error:
            return error.missing  # who may not see a channel may not ask about it either


def _shown(name: str) -> str:
    """A channel that was named, as people write it; an id as it is."""
    return name if id_in(name) is not None else f"#{name.removeprefix('#')}"
