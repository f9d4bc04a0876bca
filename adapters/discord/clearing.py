"""Clearing: messages of ours and threads that were made for them, taken away, and threads opened again."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import structlog
from discord.http import Route

from adapters.discord.errors import DiscordError, NoPermission
from adapters.discord.marks import moment
from adapters.discord.requests import called

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.discord.looking import Looking
    from adapters.discord.rest import Rest

log = structlog.get_logger()

CLEAR_S: Final = 20.0
"""For one call with all its pauses."""


class Clearing:
    """Each does no harm when it is done twice. Every method raises DiscordError."""

    def __init__(self, rest: Rest, looking: Looking) -> None:
        self._http = rest.http
        self._looking = looking

    async def clear(self, channel: int, message: int, thread: int) -> None:
        """Delete a message of ours, and what we wrote in the thread below it, 0 for none, which is put away then; what
        is gone needs no more, and where nobody may look the message alone is deleted. Raises TooMany."""
        if thread:
            below: list[int] = []
            try:
                below = [int(each["id"]) async for each in self._looking.ours(thread, moment(thread))]
            except NoPermission:
                log.info("thread not looked through", thread=thread)
            except DiscordError as error:
                if error.key != "discord.gone":
                    raise
                thread = 0
            for each in below:
                if each != message:
                    await self.awake(thread, partial(self._delete, thread, each))
        await self.awake(channel, partial(self._delete, channel, message))
        if thread:
            await self._put_away(thread)

    async def awake(self, channel: int, change: Callable[[], Awaitable[None]]) -> None:
        """Do something to a message, whose thread is opened if it is archived; nothing can be changed there
        otherwise."""
        try:
            await change()
        except DiscordError as error:
            if error.key != "discord.locked":
                raise
            await self._change(channel, is_archived=False)
            await change()

    async def _delete(self, channel: int, message: int) -> None:
        path = "/channels/{channel_id}/messages/{message_id}"
        route = Route("DELETE", path, channel_id=channel, message_id=message)
        try:
            await called(self._http, route, most_s=CLEAR_S)
        except DiscordError as error:
            if error.key not in ("discord.message_gone", "discord.gone"):
                raise

    async def _put_away(self, thread: int) -> None:
        """It is no harm where that is not allowed."""
        try:
            await self._change(thread, is_archived=True)
        except NoPermission:
            return
        except DiscordError as error:
            if error.key not in ("discord.gone", "discord.locked"):
                raise

    async def _change(self, thread: int, *, is_archived: bool) -> None:
        route = Route("PATCH", "/channels/{channel_id}", channel_id=thread)
        await called(self._http, route, json={"archived": is_archived}, most_s=CLEAR_S)
