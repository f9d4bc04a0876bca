"""Looking: what we have posted in a channel, or below a message, as Slack tells of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from adapters.slack import marks
from adapters.slack.composing import FIRST
from adapters.slack.errors import SlackError
from adapters.slack.remembered import Remembered
from adapters.slack.undelivered import UNSEEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from adapters.chat.delivering import Mark, Sent
    from adapters.slack.client import Me, Slack

Told = dict[str, Any]
"""A message as Slack tells of it."""

PAGE: Final = 200
"""Messages that are asked for at once. Apps that are sold outside of the Marketplace get fifteen a minute
(docs.slack.dev/apis/web-api/rate-limits), and then look for longer."""
MOST_PAGES: Final = 10

ME_S: Final = 3600.0
CLOCKS_S: Final = 120.0
"""What our clock and Slack's may differ by."""
GONE: Final = frozenset({"file_deleted", "file_not_found", "thread_not_found"})
"""Slack's words for what is there no more."""


class Looking:
    """Looks in all workspaces."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._mes: Remembered[Me] = Remembered(200, clock)

    async def find(
        self, slack: Slack, channel: str, thread: str, mark: Mark, *, file: str, since: float
    ) -> str:
        """The ts of what has the mark in whichever revision, or the id of a file of that name if there is one; "" for
        neither. thread: "" for the channel itself. since: seconds since 1970. Raises SlackError: `slack.refused` too
        where more was said than anybody reads."""
        async for message in self._mine(slack, channel, thread, since - CLOCKS_S):
            if marks.marked(message) == (mark.delivery, mark.part):
                return str(message["ts"])
            for each in message.get("files") or ():
                if file and each.get("name") == file:
                    return str(each["id"])
        return ""

    async def below(self, slack: Slack, sent: Sent, *, in_thread: str) -> list[str]:
        """What we have put below a post, the newest first: messages by their ts, files by their ids. Nothing where
        nobody may look. in_thread: what the post itself was put below, "" for nothing. Raises SlackError."""
        owns_thread = sent.thread in ("", sent.message)
        if not owns_thread and sent.thread != in_thread:
            return []  # a part of a post
        try:
            thread = sent.thread or sent.message
            mine = [each async for each in self._mine(slack, sent.channel, thread, 0.0)]
        except SlackError as error:
            if error.key in UNSEEN:
                return []
            raise
        if not owns_thread:  # others have begun it, and further posts of ours may be there
            of = next((marks.marked(each) for each in mine if each["ts"] == sent.message), ("", ""))
            mine = [each for each in mine if of == (marks.marked(each)[0], FIRST)]
        below = [each for each in mine if each["ts"] != sent.message]
        return [name for each in reversed(below) for name in _names_of(each)]

    async def _mine(self, slack: Slack, channel: str, thread: str, oldest: float) -> AsyncIterator[Told]:
        """What we said there; of what is gone nothing."""
        me = await self._me(slack)
        try:
            async for message in _said(slack, channel, thread, oldest):
                # anybody's app may copy a mark
                if (me.bot and message.get("bot_id") == me.bot) or (
                    me.user and message.get("user") == me.user
                ):
                    yield message
        except SlackError as error:
            if error.values.get("error") not in GONE:
                raise

    async def _me(self, slack: Slack) -> Me:
        async def look_up() -> tuple[Me, float]:
            return await slack.me(), ME_S

        return await self._mes.get(slack.team, look_up)


async def _said(slack: Slack, channel: str, thread: str, oldest: float) -> AsyncIterator[Told]:
    """What anybody said there, in Slack's order; of a thread the message that it begins with too."""
    cursor = ""
    for _ in range(MOST_PAGES):
        asked: dict[str, Any] = {
            "channel": channel,
            "oldest": f"{max(oldest, 0.0):.6f}",
            "inclusive": True,
            "limit": PAGE,
            "cursor": cursor or None,
            "include_all_metadata": True,
        }
        answer = await (
            slack.call("conversations.replies", ts=thread, **asked)
            if thread
            else slack.call("conversations.history", **asked)
        )
        for message in answer.get("messages") or ():
            yield message
        cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
        if not cursor:
            return
    raise SlackError("slack.refused", error="too_many_messages")


def _names_of(message: Told) -> list[str]:
    """What has to be removed of it: its files, which take it with them, or itself."""
    return [str(each["id"]) for each in message.get("files") or ()] or [str(message["ts"])]
