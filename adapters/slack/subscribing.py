"""Subscribing: the form that orders digests on a schedule, opened from a channel or at home, and what it comes to."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog

from adapters.slack.layout import notices
from adapters.slack.layout import subscribing as layout
from adapters.slack.layout.subscribing import Offered, Wanted
from adapters.slack.places import messages_of
from adapters.slack.speakers import at, for_all, spot_of_interaction
from summarizer import languages
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from adapters.chat import Context, Reply
    from adapters.slack.client import Slack
    from adapters.slack.parts import Parts

log = structlog.get_logger()


class Subscribing:
    """Shows the form, and has what is filled in said as a line."""

    def __init__(
        self, parts: Parts, *, publish_home: Callable[[Slack, Context, Reply | None], Awaitable[None]]
    ) -> None:
        """publish_home: with what was done last."""
        self._parts = parts
        self._publish_home = publish_home

    async def open(self, body: Mapping[str, Any]) -> None:
        """The button. Raises SlackError."""
        spot = spot_of_interaction(body)
        slack, context = await at(self._parts, spot)
        words = languages.load(await self._parts.desk.language(context))
        try:
            prefs, offered = await asyncio.gather(
                self._parts.desk.preferences(context), self._offered(context)
            )
            wanted = Wanted(
                channel=context.channel if offered.has_channels else "",
                lang=words.code,
                tz=prefs.get("tz") or context.tz or "",
                repo=prefs.get("repo") or "",
            )
            view = layout.form(words, wanted, offered, begun_in=context.channel)
        except DigestError as error:
            view = notices.failed_modal(words.problem(error), words)
        await slack.open_view(body["trigger_id"], view)

    async def submit(self, body: Mapping[str, Any]) -> None:
        """The form. It was answered with a view that says to wait, whose place what it comes to takes."""
        spot, view = spot_of_interaction(body), body["view"]
        slack, context = await at(self._parts, spot)
        wanted, begun_in = layout.wanted_in(view["state"]["values"]), layout.begun_in(view)
        # what comes to a person alone is ordered as if they had said so there
        said_in = replace(context, team="" if not wanted.channel else context.team, as_written=True)
        if wanted.channel and begun_in:
            said_in = await for_all(
                slack, replace(spot, channel=begun_in), replace(said_in, channel=begun_in)
            )
        try:
            reply = await self._parts.desk(layout.line(wanted, begun_in=begun_in), said_in)
            if reply.problem is not None:
                raise reply.problem
        except Exception as error:  # whoever waits before that view has to be told of any
            words = layout.language_of(view)
            if isinstance(error, DigestError):
                log.warning("not subscribed", error=error.key)
                problem = words.problem(error)
            else:
                reference = secrets.token_hex(4)
                log.exception("bug", reference=reference)
                problem = words.text("chat.said.bug", reference=reference)
            await self._refuse(slack, view, replace(context, channel=begun_in), wanted, problem)
            return
        words = languages.load(reply.lang)
        told = notices.told_modal(reply, words, repo_urls=self._parts.links)
        if not await slack.update_view(view["id"], told):  # closed by who did not want to wait
            channel = await slack.dm(context.person)
            for message in messages_of(reply, context, self._parts.links):
                await slack.post(channel, message)
        await self._publish_home(slack, context, None)

    async def _refuse(
        self, slack: Slack, view: Mapping[str, Any], context: Context, wanted: Wanted, problem: str
    ) -> None:
        """The form again, as it was filled in, with what is wrong."""
        words = layout.language_of(view)
        try:
            offered = await self._offered(context)
            shown = layout.form(words, wanted, offered, begun_in=context.channel, problem=problem)
        except DigestError:
            shown = notices.failed_modal(problem, words)
        if not await slack.update_view(view["id"], shown):
            failed = notices.failed(problem, words, line=None)
            await slack.post(await slack.dm(context.person), failed)

    async def _offered(self, context: Context) -> Offered:
        """What there is to choose. At home nobody knows yet which channel it will be: that is checked with the line."""
        repos, may = await asyncio.gather(
            self._parts.desk.repos(context), self._parts.desk.may_subscribe(context)
        )
        return Offered(self._parts.topics, repos, has_channels=may or not context.channel)
