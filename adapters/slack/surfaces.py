"""Surfaces: what the bot shows unasked - its home, the prompts of a new conversation, a welcome in a channel."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog

from adapters.slack.layout import home, notices
from adapters.slack.layout.prefs import prefs_modal
from adapters.slack.layout.subscriptions import Subscriptions
from adapters.slack.lines import bot_user
from adapters.slack.speakers import at, context_of, spot_of_event, spot_of_interaction
from summarizer import languages
from summarizer.errors import BadInput, DigestError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from adapters.chat import Context, Reply
    from adapters.slack.client import Slack
    from adapters.slack.parts import Parts
    from summarizer.languages import Language

log = structlog.get_logger()


class Surfaces:
    """Shows them."""

    def __init__(self, parts: Parts, *, now: Callable[[], datetime]) -> None:
        self._parts = parts
        self._now = now

    async def opened(self, body: Mapping[str, Any]) -> None:
        """Somebody opened the app: its home, or the conversation with it."""
        # the home is nobody's channel, though its event names that of the direct messages
        slack, context = await at(self._parts, replace(spot_of_event(body), channel=""))
        if body["event"].get("tab") == "messages":
            words = languages.load(await self._parts.desk.language(context))
            title, prompts = home.prompts(words)
            await slack.prompts(body["event"]["channel"], prompts, title)
        else:
            await self.publish_home(slack, context)

    async def publish_home(self, slack: Slack, context: Context, done: Reply | None = None) -> None:
        """The home of who speaks. done: what a button there was answered with. Raises SlackError."""
        lang = await self._parts.desk.language(context)
        words = languages.load(lang)
        prefs: Mapping[str, str] | str
        try:
            prefs = await self._parts.desk.preferences(context)
        except BadInput as error:
            prefs = words.problem(error)
        view = home.view(
            words,
            recent=await self._parts.desk.recent(context),
            prefs=prefs,
            repo=self._parts.repos[0],
            topics=self._parts.topics,
            now=self._now(),
            subscriptions=await self._subscriptions(context, words, done),
        )
        await slack.publish_home(context.person, view)

    async def _subscriptions(self, context: Context, words: Language, done: Reply | None) -> Subscriptions:
        """Those that who speaks may see."""
        said = notices.replied(done, words, repo_urls=self._parts.links) if done is not None else ()
        try:
            return Subscriptions(await self._parts.desk.subscriptions(context), said)
        except DigestError as error:
            return Subscriptions(said=said, problem=words.problem(error))

    async def joined(self, body: Mapping[str, Any]) -> None:
        """Somebody joined a channel: when it is the bot, it says what it does, once."""
        spot, event = spot_of_event(body), body["event"]
        slack = await self._parts.workspaces.client(spot.team, spot.enterprise)
        if event.get("user") != bot_user(body):
            return
        # in the language of who invited it
        context = await context_of(slack, replace(spot, user=event.get("inviter") or ""), conversation=None)
        words = languages.load(await self._parts.desk.language(context))
        await slack.post(spot.channel, notices.welcome(words, repo=self._parts.repos[0]))

    async def edit_prefs(self, body: Mapping[str, Any]) -> None:
        """The button of the home that opens the preferences."""
        slack, context = await at(self._parts, spot_of_interaction(body))
        words = languages.load(await self._parts.desk.language(context))
        try:
            view = prefs_modal(
                words,
                prefs=await self._parts.desk.preferences(context),
                repos=await self._parts.desk.repos(context),  # their names may be nobody's business
                topics=self._parts.topics,
                tz=context.tz or "",
            )
        except DigestError as error:
            view = notices.failed_modal(words.problem(error), words)
        await slack.open_view(body["trigger_id"], view)
