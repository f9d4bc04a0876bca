"""Speakers: who said something where, as the roof understands it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from adapters.chat import Context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.slack.client import Slack

EXTERNAL = "external"
"""Stands for the workspace where people of another organization read along or ask (Slack Connect): nobody can grant it
anything."""


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something happened. enterprise: the organization, for an app that it installed for all its workspaces.
    ts: of the message that it happened to or in. thread_ts: of the thread that it is in, "" outside of one.
    is_shared: whether Slack tells that people of other organizations are there."""

    team: str
    enterprise: str | None
    user: str
    channel: str = ""
    ts: str = ""
    thread_ts: str = ""
    is_shared: bool = False

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
    return Spot(
        team=body.get("team_id") or event.get("team") or "",
        enterprise=body.get("enterprise_id"),
        user=event.get("user") or "",
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
        channel=body["channel_id"],
    )


def spot_of_interaction(body: Mapping[str, Any]) -> Spot:
    """Of a button, a shortcut or a view (docs.slack.dev/reference/interaction-payloads)."""
    user: Mapping[str, Any] = body["user"]
    container: Mapping[str, Any] = body.get("container") or {}
    message: Mapping[str, Any] = body.get("message") or {}
    channel: Mapping[str, Any] = body.get("channel") or {}
    team: Mapping[str, Any] = body.get("team") or {}
    return Spot(
        team=team.get("id") or user.get("team_id") or "",
        enterprise=(body.get("enterprise") or {}).get("id"),
        user=user["id"],
        channel=channel.get("id") or container.get("channel_id") or "",
        ts=container.get("message_ts") or message.get("ts") or "",
        thread_ts=container.get("thread_ts") or message.get("thread_ts") or "",
    )


async def context_of(slack: Slack, spot: Spot, *, conversation: str | None) -> Context:
    """Who speaks there, in which language and zone by their own settings; unknown where Slack does not tell."""
    person = await slack.person(spot.user)
    is_outside = spot.is_shared or bool(person.team and person.team != slack.team)
    # what opens in a view was asked for in a channel, or by who could ask there
    team = "" if spot.is_dm else EXTERNAL if is_outside else slack.team
    return Context(
        "slack",
        conversation=conversation,
        lang=person.lang,
        tz=person.tz,
        team=team,
        person=spot.user,
        # an administrator of another organization rules nothing here
        is_admin=person.is_admin and not (person.team and person.team != slack.team),
        lays_out=True,
    )
