"""Servers, their roles, members and channels (docs.discord.com/developers/resources/guild)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.servers.discord.records import BOT
from tests.servers.discord.refused import missing_access, unknown
from tests.servers.discord.shapes import channel_json, guild_json, member_json, role_json, user_json

if TYPE_CHECKING:
    from tests.servers.discord.records import JSON, Call, Guild
    from tests.servers.discord.server import DiscordServer


def _guild(server: DiscordServer, call: Call) -> Guild:
    guild = server.guilds.get(call.id("guild"))
    if guild is None:
        raise unknown("Guild", 10004)
    if not guild.has_bot:
        raise missing_access()
    return guild


def show(server: DiscordServer, call: Call) -> JSON:
    guild = _guild(server, call)
    shown = guild_json(server, guild)
    if call.query.get("with_counts") in ("1", "true"):
        shown |= {"approximate_member_count": len(guild.members), "approximate_presence_count": 1}
    return shown


def roles(server: DiscordServer, call: Call) -> list[JSON]:
    return [role_json(role) for role in _guild(server, call).roles.values()]


def channels(server: DiscordServer, call: Call) -> list[JSON]:
    guild = _guild(server, call)
    found = [each for each in server.channels.values() if each.guild == guild.id and not each.is_thread]
    return [channel_json(server, each) for each in found]


def active_threads(server: DiscordServer, call: Call) -> JSON:
    guild = _guild(server, call)
    found = [
        each
        for each in server.threads()
        if each.guild == guild.id and not each.is_archived and server.has_settled(each.made_at)
    ]
    return {"threads": [channel_json(server, each) for each in found], "members": [], "has_more": False}


def member(server: DiscordServer, call: Call) -> JSON:
    guild = _guild(server, call)
    user = BOT if call.args["user"] == "@me" else call.id("user")
    if user not in guild.members:
        raise unknown("Member", 10007)
    return member_json(guild, user) | {"user": user_json(server.users[user])}


def leave(server: DiscordServer, call: Call) -> None:
    server.remove_guild(_guild(server, call).id)


METHODS = {
    "GET /guilds/{guild}": show,
    "GET /guilds/{guild}/roles": roles,
    "GET /guilds/{guild}/channels": channels,
    "GET /guilds/{guild}/threads/active": active_threads,
    "GET /guilds/{guild}/members/{user}": member,
    "DELETE /users/@me/guilds/{guild}": leave,
}
