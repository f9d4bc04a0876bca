"""Finding: whether a part is there whose sending came to no clear end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from adapters.chat.delivering import Sent
from adapters.discord.errors import DiscordError
from adapters.discord.marks import bears

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.discord.channels import Channel
    from adapters.discord.looking import Looking
    from adapters.discord.messages import Message

SKEW: Final = timedelta(minutes=2)
"""By how much Discord's clock, which its ids tell, may be behind ours."""


class Finding:
    """Looks by the mark of a message. Methods raise DiscordError, NoPermission where nobody may look, and TooMany."""

    def __init__(self, looking: Looking) -> None:
        self._looking = looking

    async def message(self, channel: int, message: Message, since: datetime) -> int | None:
        """The id of the message there, sent no sooner than `since`; None for none. A thread that is not there has
        none."""
        async for told in self._looking.ours(channel, since - SKEW):
            if bears(told, message):
                return int(told["id"])
        return None

    async def forum_post(self, forum: Channel, message: Message, since: datetime) -> Sent | None:
        """The post of a forum that begins with the message; None for none."""
        await self._looking.check_read(forum.id)
        for thread in await self._looking.threads(forum.guild, forum.id, since - SKEW):
            try:
                # the message that a post begins with has the id of its thread
                told = await self._looking.message(thread, thread)
            except DiscordError as error:
                if error.key not in ("discord.message_gone", "discord.gone"):
                    raise
                continue
            if bears(told, message):
                return Sent(str(thread), str(thread), str(thread))
        return None
