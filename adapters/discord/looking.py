"""Looking: what there is in channels and on servers, asked by the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from discord import Permissions
from discord.http import Route

from adapters.discord.channels import channel_of
from adapters.discord.errors import DiscordError, NoPermission
from adapters.discord.lacking import Lacking
from adapters.discord.marks import moment, snowflake
from adapters.discord.permissions import missing
from adapters.discord.requests import called

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime

    from adapters.discord.channels import Channel
    from adapters.discord.rest import Rest

PAGE: Final = 100
"""Messages and threads of one answer (docs.discord.com/developers/resources/message, "Get Channel Messages")."""

PAGES: Final = 30
"""Pages that are read at most; ours: a busy channel has fewer messages in an hour."""

LOOK_S: Final = 20.0
"""For one question with all its pauses."""

_READ: Final = Permissions(view_channel=True, read_message_history=True)


class TooMany(Exception):
    """There is more than anybody looks through."""


class Looking:
    """Every method raises DiscordError."""

    def __init__(self, rest: Rest) -> None:
        self._http = rest.http
        self._user_id = rest.user_id
        self._lacking = Lacking(rest.http, rest.user_id)

    async def ours(self, channel: int, since: datetime) -> AsyncIterator[Mapping[str, Any]]:
        """Our own messages there from an aware moment on, as Discord's API tells them.

        Raises TooMany, and NoPermission where nobody may look: Discord tells nothing then, as if nothing were there.
        """
        route = Route("GET", "/channels/{channel_id}/messages", channel_id=channel)
        after, seen = snowflake(since) - 1, 0
        for _ in range(PAGES):
            try:
                page = await self._asked(route, {"limit": PAGE, "after": max(after, 0)})
            except NoPermission as error:
                raise await self._lacking.explained(channel, _READ, error) from None
            seen += len(page)
            for each in page:
                if int(each["author"]["id"]) == self._user_id:
                    yield each
            if len(page) < PAGE:
                break
            after = max(int(each["id"]) for each in page)
        else:
            raise TooMany
        if not seen:
            await self.check_read(channel)

    async def check_read(self, channel: int) -> None:
        """Raises NoPermission where the bot may not read what was said."""
        lacked = missing(_READ, await self._lacking.granted(channel))
        if lacked.value:
            raise await self._lacking.explained(channel, _READ, NoPermission(lacked))

    async def message(self, channel: int, message: int) -> Mapping[str, Any]:
        """As Discord's API tells it. `discord.message_gone`."""
        path = "/channels/{channel_id}/messages/{message_id}"
        found: Mapping[str, Any] = await self._asked(
            Route("GET", path, channel_id=channel, message_id=message)
        )
        return found

    async def threads(self, guild: int, parent: int, since: datetime) -> Sequence[int]:
        """The threads and the posts of a forum that the bot has begun there from an aware moment on."""
        active = await self._asked(Route("GET", "/guilds/{guild_id}/threads/active", guild_id=guild))
        path = "/channels/{channel_id}/threads/archived/public"
        archived = await self._asked(Route("GET", path, channel_id=parent), {"limit": PAGE})
        told = {int(each["id"]): each for each in (*active["threads"], *archived["threads"])}
        return [
            thread
            for thread, each in told.items()
            if int(each.get("parent_id") or 0) == parent
            and int(each.get("owner_id") or 0) == self._user_id
            and moment(thread) >= since
        ]

    async def channels(self, guild: int) -> Sequence[Channel]:
        """Those of a server and its active threads, also those that the bot does not see."""
        told = await self._asked(Route("GET", "/guilds/{guild_id}/channels", guild_id=guild))
        active = await self._asked(Route("GET", "/guilds/{guild_id}/threads/active", guild_id=guild))
        return [channel_of(each) for each in (*told, *active["threads"])]

    async def granted(self, channel: int) -> Permissions:
        """What the bot may do there."""
        return await self._lacking.granted(channel)

    async def is_in(self, guild: int) -> bool:
        """Whether the bot is on that server."""
        try:
            await self._asked(Route("GET", "/guilds/{guild_id}", guild_id=guild))
        except NoPermission:
            return False
        except DiscordError as error:
            if error.key != "discord.gone":
                raise
            return False
        return True

    async def _asked(self, route: Route, query: dict[str, int] | None = None) -> Any:  # noqa: ANN401 - any JSON
        return await called(self._http, route, query=query, most_s=LOOK_S)
