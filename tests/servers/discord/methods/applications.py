"""Application commands (docs.discord.com/developers/interactions/application-commands)."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from tests.servers.discord.checks import commands
from tests.servers.discord.records import APPLICATION
from tests.servers.discord.refused import missing_access, unknown

if TYPE_CHECKING:
    from tests.servers.discord.records import JSON, Call
    from tests.servers.discord.server import DiscordServer


def _guild(server: DiscordServer, call: Call) -> int:
    """0 for global commands. Raises Refused: 10002, 10004, 50001."""
    if call.id("application") != APPLICATION:
        raise unknown("Application", 10002)
    if "guild" not in call.args:
        return 0
    guild = server.guilds.get(call.id("guild"))
    if guild is None:
        raise unknown("Guild", 10004)
    if not guild.has_bot:
        raise missing_access()
    return guild.id


def show(server: DiscordServer, call: Call) -> list[JSON]:
    return server.commands.get(_guild(server, call), [])


def overwrite(server: DiscordServer, call: Call) -> list[JSON]:
    guild = _guild(server, call)
    commands.check(call.body)
    server.overwrites_of_commands.append(guild)
    return register(server, call.body, guild)


def register(server: DiscordServer, payload: list[JSON], guild: int = 0) -> list[JSON]:
    """The commands as they stand afterwards; one keeps its id under its name and type."""
    before = {(each["name"], each["type"]): each["id"] for each in server.commands.get(guild, ())}
    made = []
    for each in payload:
        kind = each.get("type", 1)
        made.append(
            {"description": "", "options": [], "nsfw": False, "default_member_permissions": None}
            | {"contexts": None, "integration_types": [0]}
            | copy.deepcopy(each)
            | {
                "id": before.get((each["name"], kind)) or str(server.snowflake()),
                "application_id": str(APPLICATION),
                "type": kind,
                "version": str(server.snowflake()),
            }
            | ({"guild_id": str(guild)} if guild else {})
        )
    server.commands[guild] = made
    server.changed()
    return made


METHODS = {
    "GET /applications/{application}/commands": show,
    "PUT /applications/{application}/commands": overwrite,
    "GET /applications/{application}/guilds/{guild}/commands": show,
    "PUT /applications/{application}/guilds/{guild}/commands": overwrite,
}
