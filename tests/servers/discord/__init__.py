"""The tests' Discord: a loopback server with Discord's REST API and gateway, within Discord's limits.

    async with discord_server() as discord:
        client = ...                                      # discord.py at discord.api_url, with TOKEN
        interaction = discord.ben.slash(GENERAL, "today", {"topic": "amd"})
        assert await interaction.acknowledged() < 0.3
        message = await interaction.answered()
        assert message.is_v2 and message.pings == []

`state.State` tells what there is and was, `people.Person` what people do, `gateway.Gateway` and
`server.DiscordServer` what fails.
"""

from tests.servers.discord import limits
from tests.servers.discord.failing import Fault
from tests.servers.discord.gateway import Gateway, Identify
from tests.servers.discord.interactions import Interaction, Modal
from tests.servers.discord.options import NotOffered
from tests.servers.discord.people import Person
from tests.servers.discord.permissions import Permission
from tests.servers.discord.records import (
    ANN,
    ANNOUNCEMENT,
    APPLICATION,
    BEN,
    BOT,
    CATEGORY,
    FORUM,
    GENERAL,
    GUILD,
    TEXT,
    TOKEN,
    Call,
    Channel,
    File,
    Guild,
    Message,
    Role,
    User,
    Version,
    walked,
)
from tests.servers.discord.refused import Refused
from tests.servers.discord.server import DiscordServer, discord_server
from tests.servers.discord.sessions import GUILD_MEMBERS, GUILD_PRESENCES, MESSAGE_CONTENT

__all__ = [
    "ANN",
    "ANNOUNCEMENT",
    "APPLICATION",
    "BEN",
    "BOT",
    "CATEGORY",
    "FORUM",
    "GENERAL",
    "GUILD",
    "GUILD_MEMBERS",
    "GUILD_PRESENCES",
    "MESSAGE_CONTENT",
    "TEXT",
    "TOKEN",
    "Call",
    "Channel",
    "DiscordServer",
    "Fault",
    "File",
    "Gateway",
    "Guild",
    "Identify",
    "Interaction",
    "Message",
    "Modal",
    "NotOffered",
    "Permission",
    "Person",
    "Refused",
    "Role",
    "User",
    "Version",
    "discord_server",
    "limits",
    "walked",
]
