"""A channel that the bot may not write in, once somebody has allowed it: nobody waits for the hour to pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.discord import actions
from tests.adapters.discord.whole import posted, quiet, result, whole
from tests.servers.discord import BOT, GENERAL, Permission

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer

ME = f"<@{BOT}>"


@pytest.mark.parametrize("by", ["mention", "press"])
async def test_what_is_asked_there_next_is_answered_there(by: str, host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        server.ann.says(GENERAL, f"{ME} yesterday")
        (digest,) = await posted(server, GENERAL, "vLLM development report")
        server.deny(GENERAL, Permission.SEND_MESSAGES_IN_THREADS)
        asked = server.ann.press(digest, actions.THREAD)
        refusal = await result(asked, "Send Messages in Threads")
        thread = next(each for each in server.channels.values() if each.is_thread)
        server.allow(GENERAL, Permission.SEND_MESSAGES_IN_THREADS)
        if by == "mention":
            server.ann.says(thread, f"{ME} status")
            await posted(server, thread.id, "Holds 10 items")
        else:
            server.ann.press(digest, actions.THREAD)
            await posted(server, thread.id)

    assert refusal.only_for == server.ann.id


async def test_who_took_no_direct_messages_and_writes_one_is_answered(
    host: Host, server: DiscordServer
) -> None:
    refused = {"code": 50007, "message": "Cannot send messages to this user"}
    async with whole(host, server):
        closed = server.fail(f"POST /channels/{server.ben.dm}/messages", 403, refused)
        server.deny(GENERAL, Permission.SEND_MESSAGES, who=BOT)
        server.ben.says(GENERAL, f"{ME} status")  # which can only be told to them alone
        await server.until(lambda: closed.met)
        await quiet(server)
        server.ben.says(server.ben.dm, "status lang:en")

        await posted(server, server.ben.dm, "Holds 10 items")
