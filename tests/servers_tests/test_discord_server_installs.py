"""The tests' Discord: an app that a person has installed for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.servers.discord import (
    ANN,
    APPLICATION,
    BEN,
    GENERAL,
    GUILD,
    NotOffered,
    Permission,
    discord_server,
)
from tests.servers_tests.discord_clients import asked, callback

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.discord import DiscordServer


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with discord_server() as server:
        yield server


async def test_what_a_person_installed_goes_with_them(server: DiscordServer) -> None:
    private = server.add_private(ANN, BEN)
    with pytest.raises(NotOffered):
        server.ben.slash(private, "today")
    server.ben.user.has_installed = True

    in_private = server.ben.slash(private, "today")
    in_dm = server.ben.slash(server.ben.dm, "today")
    server.remove_guild(GUILD)
    in_guild = server.ben.slash(GENERAL, "today")

    payloads = [in_private.payload, in_dm.payload, in_guild.payload]
    assert [each["context"] for each in payloads] == [2, 1, 0]
    owners = [each["authorizing_integration_owners"] for each in payloads]
    assert owners == [{"1": str(BEN)}, {"0": "0", "1": str(BEN)}, {"1": str(BEN)}]
    assert "member" not in in_private.payload


async def test_an_app_of_one_person_has_five_follow_ups_elsewhere(server: DiscordServer) -> None:
    server.ben.user.has_installed = True
    server.remove_guild(GUILD)
    interaction = server.ben.slash(GENERAL, "today")
    await callback(server, interaction, 4, {"content": "x"})

    answers = [
        await asked(server, "POST", f"/webhooks/{APPLICATION}/{interaction.token}", {"content": "x"})
        for _ in range(6)
    ]

    assert [status for status, _ in answers] == [200] * 5 + [400]
    assert answers[5][1]["code"] == 40094


async def test_who_may_not_use_external_apps_sees_the_answer_alone(server: DiscordServer) -> None:
    server.ben.user.has_installed = True
    server.remove_guild(GUILD)
    server.deny(GENERAL, Permission.USE_EXTERNAL_APPS, who=GUILD)
    interaction = server.ben.slash(GENERAL, "today")

    await callback(server, interaction, 4, {"content": "x"})

    assert interaction.is_ephemeral
    assert server.ann.sees(GENERAL) == []
