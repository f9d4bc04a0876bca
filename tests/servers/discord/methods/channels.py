"""Channels (docs.discord.com/developers/resources/channel)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.discord.permissions import Permission
from tests.servers.discord.shapes import channel_json

if TYPE_CHECKING:
    from tests.servers.discord.records import JSON, Call
    from tests.servers.discord.server import DiscordServer


def show(server: DiscordServer, call: Call) -> JSON:
    return channel_json(server, server.seen(call.id("channel")))


def typing(server: DiscordServer, call: Call) -> None:
    channel = server.seen(call.id("channel"))
    server.needs(channel, Permission.SEND_MESSAGES)
    server.typings.append(channel.id)


METHODS = {
    "GET /channels/{channel}": show,
    "POST /channels/{channel}/typing": typing,
}
