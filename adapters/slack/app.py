"""The app: each of Slack's payloads is acknowledged at once, and worked on afterwards.

Nothing that could wait stands before an acknowledgement: no store, no Web API, no token. Whose workspace it is and
whether it has the app is found out by the work.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, Final

from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.arriving import arrived
from adapters.slack import actions
from adapters.slack.buttons import Buttons
from adapters.slack.layout import subscribing as form
from adapters.slack.layout.feedback import lacking
from adapters.slack.leaving import Leaving
from adapters.slack.lines import Lines
from adapters.slack.modals import Submissions
from adapters.slack.offers import Offers
from adapters.slack.subscribing import Subscribing
from adapters.slack.surfaces import Surfaces

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping
    from datetime import datetime

    from slack_bolt.context.ack.async_ack import AsyncAck

    from adapters.slack.parts import Parts

COMMAND: Final = "/vllm-digest"

Body = dict[str, Any]


def slack_app(parts: Parts, *, now: Callable[[], datetime], api_url: str) -> AsyncApp:
    """An app with every way in. What comes over HTTP is checked by `Requests` before."""
    app = AsyncApp(
        client=AsyncWebClient(base_url=api_url),
        authorize=_known_later,
        request_verification_enabled=False,
        ignoring_self_events_enabled=False,  # it asks who we are; whoever reads a message looks at that itself
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
        logger=_quiet(),
    )
    lines, leaving = Lines(parts), Leaving(parts)
    surfaces = Surfaces(parts, now=now)
    buttons = Buttons(parts, Offers(parts, publish_home=surfaces.publish_home))
    submissions = Submissions(parts, publish_home=surfaces.publish_home)
    subscribing = Subscribing(parts, publish_home=surfaces.publish_home)

    def then(handle: Callable[[Body], Coroutine[None, None, None]]) -> Callable[..., Awaitable[None]]:
        async def listener(ack: AsyncAck, body: Body) -> None:
            with arrived("slack") as acknowledged:
                await ack()
                acknowledged()
                parts.work.start(_event(body), lambda: handle(body))

        return listener

    async def judged(ack: AsyncAck, body: Body) -> None:
        if errors := lacking(body["view"]):
            await ack(response_action="errors", errors=errors)
        else:
            await then(submissions.feedback)(ack, body)

    async def ordered(ack: AsyncAck, body: Body) -> None:
        if errors := form.lacking(body["view"]):
            await ack(response_action="errors", errors=errors)
            return
        with arrived("slack") as acknowledged:
            await ack(response_action="update", view=form.saving(form.language_of(body["view"])))
            acknowledged()
            parts.work.start(_event(body), lambda: subscribing.submit(body))

    app.command(COMMAND)(then(lines.command))
    app.event("app_mention")(then(lines.mention))
    app.event("message")(then(lines.direct))
    app.event("app_home_opened")(then(surfaces.opened))
    app.event("member_joined_channel")(then(surfaces.joined))
    app.event("app_uninstalled")(then(leaving.workspace))
    app.event("tokens_revoked")(then(leaving.revoked))
    app.event("member_left_channel")(then(leaving.member))
    app.event("channel_left")(then(leaving.channel))
    app.event("group_left")(then(leaving.channel))
    app.event("channel_archive")(then(leaving.channel))
    app.event("group_archive")(then(leaving.channel))
    app.event("channel_deleted")(then(leaving.channel))
    app.event("group_deleted")(then(leaving.channel))
    app.shortcut(actions.EXPLAIN)(then(lines.explain))
    app.action(actions.PREFS)(then(surfaces.edit_prefs))
    app.action(actions.SUBSCRIBE)(then(subscribing.open))
    app.action(re.compile(re.escape(actions.PREFIX)))(then(buttons))
    app.view(actions.FEEDBACK)(judged)
    app.view(actions.PREFS)(then(submissions.prefs))
    app.view(actions.SUBSCRIBE)(ordered)
    # what is none of ours is taken as well: Slack would deliver it again and again
    for ways in (app.command, app.event, app.shortcut, app.action, app.view, app.options):
        ways(re.compile(""))(_taken)
    return app


async def _taken(ack: AsyncAck) -> None:
    await ack()


def _event(body: Mapping[str, Any]) -> str:
    """What tells a payload from all others: an event's id, or the trigger of what a person did."""
    return str(body.get("event_id") or body.get("trigger_id") or "")


async def _known_later(
    enterprise_id: str | None, team_id: str | None, user_id: str | None, **_: object
) -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, user_id=user_id)


def _quiet() -> logging.Logger:
    """Bolt's own log, which quotes payloads at its lower levels."""
    logger = logging.getLogger("vllm-digest.slack")
    logger.setLevel(logging.ERROR)
    return logger
