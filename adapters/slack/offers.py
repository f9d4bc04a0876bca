"""Offers: what may be wanted next after something was done, told to who pressed alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.chat.answering import answer
from adapters.slack.layout import notices
from adapters.slack.places import Direct, InChannel, OnlyMe
from summarizer import languages

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.chat import Context, Reply
    from adapters.slack.buttons import Press
    from adapters.slack.client import Slack
    from adapters.slack.parts import Parts


class Offers:
    """Does what they say."""

    def __init__(
        self, parts: Parts, *, publish_home: Callable[[Slack, Context, Reply | None], Awaitable[None]]
    ) -> None:
        """publish_home: with what was done last."""
        self._parts = parts
        self._publish_home = publish_home

    async def __call__(self, press: Press) -> None:
        """Have the button's line answered: beside the message, in the view that it stands in, or, where that would not
        hold it, in a direct message. Raises DigestError where nobody could be told what went wrong."""
        name = press.action.partition("#")[2].partition("-")[0]
        context = replace(press.context, as_written=True)
        if press.url is None and name != "now":
            await self._in_view(press, context)
            return
        place: InChannel | OnlyMe
        if press.url is None:
            channel = await press.slack.dm(press.spot.user)
            spot = replace(press.spot, channel=channel, ts="", thread_ts="")
            place = InChannel(self._parts, press.slack, spot, context)
        elif press.spot.is_dm and not press.is_ephemeral:
            place = Direct(self._parts, press.slack, press.spot, context)
        else:
            # what was undone need not be read any more; everything else comes beside what is there
            replaces = press.is_ephemeral and name == "undo"
            url = self._parts.response_url(press.body["response_url"], replaces=replaces)
            place = OnlyMe(self._parts, press.slack, press.spot, context, url)
        await answer(self._parts.desk, place, lambda heard: self._asked(press, heard), context, None)

    async def _asked(self, press: Press, context: Context) -> Reply:
        # wherever they have their answers otherwise, this one is theirs alone
        return replace(await self._parts.desk(press.pressed.line, context), in_channel=False)

    async def _in_view(self, press: Press, context: Context) -> None:
        reply = await self._asked(press, context)
        view = press.body["view"]
        if view["type"] == "home":
            await self._publish_home(press.slack, press.context, reply)
            return
        words = languages.load(reply.lang)
        told = notices.told_modal(reply, words, repo_urls=self._parts.links)
        await press.slack.update_view(view["id"], told)
