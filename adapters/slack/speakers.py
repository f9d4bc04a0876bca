"""Speakers: who said something where, as the roof understands it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from adapters.chat import Context
from adapters.slack.people import Person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.slack.client import Slack
    from adapters.slack.parts import Parts

SOON_S: Final = 0.7
"""How long an answer waits to know who asks: within a second somebody sees that something happens."""

EXTERNAL: Final = "external"
"""Stands for the workspace where people of another organization read along or ask (Slack Connect): nobody can grant it
anything."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something happened. enterprise: the organization, for an app that it installed for all its workspaces.
    home: the workspace that the person belongs to, as far as the payload tells.
    ts: of the message that it happened to or in. thread_ts: of the thread that it is in, "" outside of one.
    channel_name: as `Context.channel_name`.
    is_shared: whether Slack tells that people of other organizations are there."""

    team: str
    enterprise: str | None
    user: str
    home: str = ""
    channel: str = ""
    ts: str = ""
    thread_ts: str = ""
    is_shared: bool = False
    channel_name: str = ""

    @property
    def is_dm(self) -> bool:
        """Whether it is a direct message with the bot; Slack's ids of those begin with D."""
        return self.channel.startswith("D")

    @property
    def conversation(self) -> str | None:
        """What further lines go on from: the direct message as a whole, or a channel's thread."""
        if self.is_dm:
            return self.channel
        return f"{self.channel}:{self.thread_ts or self.ts}" if self.thread_ts or self.ts else None


def spot_of_event(body: Mapping[str, Any]) -> Spot:
    """Of an Events API payload (docs.slack.dev/apis/events-api, "Event object")."""
    event: Mapping[str, Any] = body["event"]
    # whose app it is; in a shared channel the event itself may name the workspace of who spoke
    installed: Mapping[str, Any] = (body.get("authorizations") or [{}])[0]
    return Spot(
        team=installed.get("team_id") or body.get("team_id") or "",
        enterprise=installed.get("enterprise_id") or body.get("enterprise_id"),
        user=event.get("user") or "",
        home=event.get("user_team") or event.get("team") or "",
        channel=event.get("channel") or "",
        ts=event.get("ts") or "",
        thread_ts=event.get("thread_ts") or "",
        is_shared=bool(body.get("is_ext_shared_channel")),
    )


def spot_of_command(body: Mapping[str, Any]) -> Spot:
    """Of a slash command's payload."""
    return Spot(
        team=body["team_id"],
        enterprise=body.get("enterprise_id") or None,
        user=body["user_id"],
        home=body["team_id"],
        channel=body["channel_id"],
        channel_name=_named(body.get("channel_name")),
    )


def spot_of_interaction(body: Mapping[str, Any]) -> Spot:
    """Of a button, a shortcut or a view (docs.slack.dev/reference/interaction-payloads)."""
    user: Mapping[str, Any] = body["user"]
    container: Mapping[str, Any] = body.get("container") or {}
    message: Mapping[str, Any] = body.get("message") or {}
    channel: Mapping[str, Any] = body.get("channel") or {}
    team: Mapping[str, Any] = body.get("team") or {}
    view: Mapping[str, Any] = body.get("view") or {}
    return Spot(
        team=view.get("app_installed_team_id") or team.get("id") or user.get("team_id") or "",
        enterprise=(body.get("enterprise") or {}).get("id"),
        user=user["id"],
        home=user.get("team_id") or "",
        channel=channel.get("id") or container.get("channel_id") or "",
        ts=container.get("message_ts") or message.get("ts") or "",
        thread_ts=container.get("thread_ts") or message.get("thread_ts") or "",
        channel_name=_named(channel.get("name")),
    )


def _named(name: object) -> str:
    """A channel's name as people know it; "" for what Slack has a word of its own for, since it tells nobody what
    private channels are called."""
    is_public = isinstance(name, str) and name not in _NAMELESS and not name.startswith("mpdm-")
    return f"#{name}" if name and is_public else ""


_NAMELESS: Final = ("directmessage", "privategroup")


async def context_of(slack: Slack, spot: Spot, *, conversation: str | None) -> Context:
    """Who speaks there, in which language and zone by their own settings; unknown where Slack does not tell in time.

    Of whom nobody tells where they belong counts as one of another organization.
    """
    person = await _person(slack, spot.user)
    is_outside = {each for each in (spot.home, person.team) if each} != {slack.team}
    # what opens in a view was asked for in a channel, or by who could ask there
    team = "" if spot.is_dm else EXTERNAL if is_outside or spot.is_shared else slack.team
    return Context(
        "slack",
        conversation=conversation,
        lang=person.lang,
        tz=person.tz,
        team=team,
        person=spot.user,
        workspace=EXTERNAL if is_outside else slack.team,
        # an administrator of another organization rules nothing here
        is_admin=person.is_admin and not is_outside,
        lays_out=True,
        channel="" if spot.is_dm else spot.channel,
        channel_name=spot.channel_name,
    )


async def at(parts: Parts, spot: Spot, *, conversation: str | None = None) -> tuple[Slack, Context]:
    """The workspace's Web API, and who speaks there. Raises SlackError."""
    slack = await parts.workspaces.client(spot.team, spot.enterprise)
    return slack, await context_of(slack, spot, conversation=conversation or spot.conversation)


async def for_all(slack: Slack, spot: Spot, context: Context) -> Context:
    """The context of what everybody in the channel will read. Raises SlackError."""
    if spot.is_dm or context.team == EXTERNAL:
        return context
    channel = await slack.channel(spot.channel)
    return replace(context, team=EXTERNAL) if channel.is_shared else context


_LOOKING_UP: Final[set[asyncio.Future[Person]]] = set()
"""Tasks that nobody holds may vanish."""


async def _person(slack: Slack, user: str) -> Person:
    """Who that is; the look-up goes on where it takes longer, and whoever asks next knows."""
    looking = asyncio.ensure_future(slack.person(user))
    _LOOKING_UP.add(looking)
    looking.add_done_callback(_LOOKING_UP.discard)
    done, _ = await asyncio.wait((looking,), timeout=SOON_S)
    return looking.result() if done else Person(user)
