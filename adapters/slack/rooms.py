"""Rooms: the channels that a bot can post in, by the names that people know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from adapters.slack.errors import SlackError
from adapters.slack.people import channel_of
from adapters.slack.remembered import Remembered
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.slack.client import Slack
    from adapters.slack.people import Channel

KEPT_S: Final = 60.0
"""How long the channels of a workspace are remembered."""
PAGE: Final = 999
"""Channels that are asked for at once; Slack takes less than 1,000 (docs.slack.dev/reference/methods/
users.conversations)."""
MOST_PAGES: Final = 20

_LINK: Final = re.compile(r"<#([A-Z0-9]+)(?:\|[^>]*)?>")
_ID: Final = re.compile(r"[CG][A-Z0-9]{5,}")


class Rooms:
    """Looks channels up."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._named: Remembered[dict[str, Channel]] = Remembered(200, clock)

    async def find(self, slack: Slack, name: str) -> Channel:
        """The channel that is called so: "#general", "general", its id, or a link to it as Slack writes them. Raises
        BadInput `subscriptions.no_channel` where the bot is in none, SlackError."""
        link = _LINK.fullmatch(name)
        id_ = link[1] if link else name
        found = None
        if _ID.fullmatch(id_):
            found = await self._by_id(slack, id_)
        if found is None and not link:
            named = await self._named.get(slack.team, lambda: self._list(slack))
            found = named.get(name.removeprefix("#").casefold())
        if found is None:
            raise BadInput(
                "subscriptions.no_channel", name=name if _ID.fullmatch(id_) else f"#{name.removeprefix('#')}"
            )
        return found

    async def _by_id(self, slack: Slack, id_: str) -> Channel | None:
        try:
            told = (await slack.call("conversations.info", channel=id_)).get("channel")
        except SlackError as error:
            if error.key != "slack.channel_gone":
                raise
            return None
        channel = channel_of(told, id_)
        return channel if channel.is_member and not channel.is_archived else None

    async def _list(self, slack: Slack) -> tuple[dict[str, Channel], float]:
        """Only those that the bot is in: a workspace may have many thousands of others, which take it no posts."""
        found: dict[str, Channel] = {}
        cursor = ""
        for _ in range(MOST_PAGES):
            answer = await slack.call(
                "users.conversations",
                types="public_channel,private_channel",
                exclude_archived=True,
                limit=PAGE,
                cursor=cursor or None,
            )
            for told in answer.get("channels") or ():
                channel = channel_of(told, str(told.get("id") or ""))
                found[channel.name.casefold()] = channel
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                break
        return found, KEPT_S
