"""Lines: what people say to the bot - by the slash command, by mentioning it, in a direct message, with a shortcut."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import structlog

from adapters.chat.answering import answer
from adapters.chat.linked import linked_item
from adapters.slack.layout import notices
from adapters.slack.places import Direct, InChannel, OnlyMe
from adapters.slack.speakers import at, spot_of_command, spot_of_event, spot_of_interaction
from summarizer import languages
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.slack.parts import Parts

log = structlog.get_logger()

_MENTION: Final = re.compile(r"<@([A-Z0-9]+)(?:\|[^>]*)?>")


class Lines:
    """Has each line answered where it was said."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def command(self, body: Mapping[str, Any]) -> None:
        """A slash command: answered to who typed it alone, unless it says otherwise."""
        spot = spot_of_command(body)
        # its answer is nobody's thread, but its buttons come back to it
        conversation = f"{spot.channel}:{spot.user}:{body['trigger_id']}"
        url = self._parts.response_url(body["response_url"])
        try:
            slack, context = await at(self._parts, spot, conversation=conversation)
        except DigestError as error:  # the URL needs no token, so that this can be told
            words = languages.load("en")
            await url.failure(notices.failed(words.problem(error), words, line=None))
            raise
        line = said(body.get("text") or "")
        place = OnlyMe(self._parts, slack, spot, context, url)
        context = replace(context, is_command=True)
        await answer(self._parts.desk, place, lambda heard: self._parts.desk(line, heard), context, line)

    async def mention(self, body: Mapping[str, Any]) -> None:
        """A message that mentions the bot: answered in its thread."""
        event = body["event"]
        if is_from_a_bot(event):
            return
        spot = spot_of_event(body)
        slack, context = await at(self._parts, spot)
        context = replace(context, thread=spot.thread_ts)
        line = said(event.get("text") or "", bot_user(body))
        place = InChannel(self._parts, slack, spot, context)
        await answer(self._parts.desk, place, lambda heard: self._parts.desk(line, heard), context, line)

    async def direct(self, body: Mapping[str, Any]) -> None:
        """A direct message."""
        event = body["event"]
        if event.get("channel_type") != "im" or not is_said(event) or is_from_a_bot(event):
            return
        spot = spot_of_event(body)
        slack, context = await at(self._parts, spot)
        line = said(event.get("text") or "", bot_user(body))
        # each answer has a thread of its own, where a bare window changes the question
        context = replace(context, begins=not spot.thread_ts)
        place = Direct(self._parts, slack, spot, context)
        await answer(self._parts.desk, place, lambda heard: self._parts.desk(line, heard), context, line)

    async def explain(self, body: Mapping[str, Any]) -> None:
        """The shortcut of a message: what the pull request or issue is about that it links to."""
        spot = spot_of_interaction(body)
        slack, context = await at(self._parts, spot)
        # what the shortcut was used on stays, even where it is a post of ours
        url = self._parts.response_url(body["response_url"], replaces=False)
        item = linked_item(body.get("message") or {}, self._parts.links)
        lang = await self._parts.desk.language(context)
        if item is None:
            words = languages.load(lang)
            await url.result(notices.said(words.text("chat.said.no_item", repo=self._parts.repos[0])))
            return
        repo, number = item
        line = f"ask explain #{number} repo:{repo} lang:{lang}"
        place = OnlyMe(self._parts, slack, spot, context, url)
        # not the thread's next question: who reads there did not ask it
        alone = replace(context, conversation=f"{spot.channel}:{spot.user}:{body['trigger_id']}")
        await answer(self._parts.desk, place, lambda heard: self._parts.desk(line, heard), alone, line)


def is_said(event: Mapping[str, Any]) -> bool:
    """Whether a message event tells of something said, be it with a file, and not of an edit or a deletion."""
    return event.get("subtype") in (None, "file_share", "thread_broadcast")


def is_from_a_bot(event: Mapping[str, Any]) -> bool:
    """Whether a program said it: two bots that answer each other never end."""
    return bool(event.get("bot_id") or event.get("bot_profile")) or not event.get("user")


def bot_user(body: Mapping[str, Any]) -> str:
    """Who the bot is where an event happened: events name for whom they come
    (docs.slack.dev/apis/events-api, "authorizations")."""
    authorizations = body.get("authorizations") or [{}]
    return str(authorizations[0].get("user_id") or "")


def said(text: str, bot_user: str = "") -> str:
    """What was typed, without the bot's own mention. Links and channels stay as Slack writes them, which the grammar
    reads (docs.slack.dev/messaging/formatting-message-text, "Escaping text")."""
    line = _MENTION.sub(lambda found: " " if found[1] == bot_user else found[0], text).strip()
    return line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
