"""Places that Discord has not told of: a server before its turn, and what they must not be taken for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.adapters.discord.whole import SECRET, granted, posted, result, whole, with_secrets
from tests.servers.discord import ANN, BOT

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer

ME = f"<@{BOT}>"


def untold(server: DiscordServer) -> int:
    """A channel of a server that the bot is in and has not heard of yet."""
    guild = server.add_guild(server.snowflake(), "Elsewhere", has_bot=False)
    guild.has_bot = True
    return next(each.id for each in server.channels.values() if each.guild == guild.id)


async def test_a_private_repository_of_a_person_is_not_told_in_a_server_that_is_not_known_yet(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server, world=with_secrets(), **granted(f"discord-user:{ANN}")):
        await result(server.ann.slash(server.ann.dm, "today", {"repo": SECRET}), "engine")
        channel = untold(server)
        server.ann.says(channel, f"{ME} today repo:{SECRET}")
        (refused,) = await posted(server, channel)

    assert f"There is no repository {SECRET}" in refused.text


async def test_a_private_repository_of_a_person_is_not_told_where_discord_does_not_say_who_reads_along(
    host: Host, server: DiscordServer
) -> None:
    server.users[ANN].has_installed = True
    pair = server.add_private(ANN, server.ben.id)
    async with whole(host, server, world=with_secrets(), **granted(f"discord-user:{ANN}")):
        await result(server.ann.slash(server.ann.dm, "today", {"repo": SECRET}), "engine")
        asked = server.ann.slash(pair.id, "today", {"repo": SECRET, "in": "channel"})
        del asked.payload["context"]  # before it is on its way
        refused = await result(asked)

    assert f"There is no repository {SECRET}" in refused.text
