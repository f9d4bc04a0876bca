"""Acknowledging: the first word about an interaction, where its own way is bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.discord import actions
from tests.adapters.discord.whole import posted, quiet, result, whole
from tests.servers.discord import GENERAL

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer

CALLBACK = "POST /interactions/*/*/callback"


async def test_what_discord_took_while_its_answer_was_lost_is_answered(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        server.fail(CALLBACK, 502, after_effect=True)
        message = await result(server.ann.slash(GENERAL, "status", {"lang": "en"}), "Holds 10 items")

    assert message.only_for == server.ann.id


@pytest.mark.parametrize("after_effect", [False, True], ids=["before it came", "after it came"])
async def test_a_connection_that_is_lost_under_the_first_word_is_made_anew(
    host: Host, server: DiscordServer, after_effect: bool
) -> None:
    async with whole(host, server):
        server.drop(CALLBACK, after_effect=after_effect)
        digest = await result(server.ann.slash(GENERAL, "today"), "vLLM development report")
        server.drop(CALLBACK, after_effect=after_effect)
        details = await result(server.ann.press(digest, actions.DETAILS))
        server.drop(CALLBACK, after_effect=after_effect)
        server.ann.press(digest, actions.SHARE)
        await posted(server, GENERAL, "vLLM development report")
        await quiet(server)

    assert details.only_for == server.ann.id
    assert len(server.by_bot(GENERAL)) == 1
