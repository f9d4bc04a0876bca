"""Modals: the pages of a digest, what somebody thinks of it, and what is submitted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

import structlog

from adapters.chat import Feedback
from adapters.slack import actions
from adapters.slack.layout import notices
from adapters.slack.layout.digest import modal
from adapters.slack.layout.feedback import feedback_modal, filled_in
from adapters.slack.layout.prefs import chosen
from adapters.slack.speakers import at, spot_of_interaction
from summarizer import languages
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from adapters.chat import Context, Reply
    from adapters.slack.client import Slack
    from adapters.slack.parts import Parts

log = structlog.get_logger()

AT_ONCE_S: Final = 1.0
"""What opens within a second is shown at once; a trigger id is good for three
(docs.slack.dev/surfaces/modals, "trigger_id")."""


async def show_pages(
    slack: Slack, trigger_id: str, opened: Callable[[], Awaitable[Reply]], lang: str
) -> None:
    """The first page of a digest; where that takes longer, a view that says so comes first.

    Raises what `opened` raises before a view is open, and SlackError.
    """
    opening = asyncio.ensure_future(opened())
    try:
        done, _ = await asyncio.wait((opening,), timeout=AT_ONCE_S)
        if done:
            await slack.open_view(trigger_id, _page(opening.result(), 0))
            return
        words = languages.load(lang)
        view = await slack.open_view(trigger_id, notices.waiting_modal(words))
        try:
            shown = _page(await opening, 0)
        except DigestError as error:
            shown = notices.failed_modal(words.problem(error), words)
        await slack.update_view(view, shown)
    finally:
        opening.cancel()  # of no use to anybody once there is no view to show it in


async def turn(slack: Slack, view: Mapping[str, Any], reply: Reply, page: int) -> None:
    """Another page of the digest that a view shows. Raises SlackError."""
    await slack.update_view(view["id"], _page(reply, page), hash=view.get("hash") or "")


async def show_feedback(
    slack: Slack, trigger_id: str, value: str, lang: str, sections: Sequence[tuple[str, str]]
) -> None:
    """The form that asks what is wrong. value: of the button; sections: ids and titles of those that may be meant.

    Raises SlackError.
    """
    await slack.open_view(trigger_id, feedback_modal(languages.load(lang), value, sections=sections))


def _page(reply: Reply, page: int) -> dict[str, Any]:
    if reply.digest is None:
        raise TypeError("a reply with a digest expected")
    return modal(reply.digest, languages.load(reply.lang), handle=reply.handle, page=page)


class Submissions:
    """What people fill in."""

    def __init__(self, parts: Parts, *, publish_home: Callable[[Slack, Context], Awaitable[None]]) -> None:
        self._parts = parts
        self._publish_home = publish_home

    async def feedback(self, body: Mapping[str, Any]) -> None:
        """What is wrong with a digest or an answer."""
        view = body["view"]
        pressed = actions.load(view.get("private_metadata") or "")
        spot = spot_of_interaction(body)
        slack, context = await at(self._parts, spot)
        opinion, section, number, reason = filled_in(view["state"]["values"])
        told = Feedback(opinion, about=pressed.handle, section=section, number=number, reason=reason)
        lang = await self._parts.desk.language(context)
        try:
            text = await self._parts.desk.take(told, context)
        except DigestError as error:
            text = languages.load(lang).problem(error)
        await slack.post(await slack.dm(spot.user), notices.said(text))

    async def prefs(self, body: Mapping[str, Any]) -> None:
        """Somebody's own defaults."""
        spot = spot_of_interaction(body)
        slack, context = await at(self._parts, spot)
        try:
            await self._parts.desk.prefer(chosen(body["view"]["state"]["values"]), context)
        except DigestError as error:
            words = languages.load(await self._parts.desk.language(context))
            told = words.problem(error)
            await slack.post(await slack.dm(spot.user), notices.said(told))
        await self._publish_home(slack, context)
