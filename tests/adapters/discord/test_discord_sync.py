"""Discord is told of the commands once, and again when they change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from adapters.discord.errors import DiscordError
from adapters.discord.sync import sync
from tests.adapters.discord.commands_connected import Commands, Remembered, logged_in
from tests.servers.discord import APPLICATION, GUILD

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.discord import DiscordServer

OTHER = 910


@pytest.fixture
async def client(server: DiscordServer) -> AsyncIterator[Commands]:
    server.add_guild(OTHER, "Other")
    async with logged_in(server) as client:
        yield client


@pytest.fixture
def kept() -> Remembered:
    return Remembered()


async def test_the_first_start_tells_discord_of_every_command(
    server: DiscordServer, client: Commands, kept: Remembered
) -> None:
    changed = await sync(client.tree, APPLICATION, (), kept)

    assert changed
    assert server.overwrites_of_commands == [0]
    assert [each["name"] for each in server.commands[0]] == ["vllm-digest", "Explain this PR"]


async def test_a_second_start_makes_no_request(
    server: DiscordServer, client: Commands, kept: Remembered
) -> None:
    await sync(client.tree, APPLICATION, (GUILD, OTHER), kept)
    before = len(server.calls)

    changed = await sync(client.tree, APPLICATION, (OTHER, GUILD), kept)

    assert not changed
    assert len(server.calls) == before


async def test_a_changed_command_is_told(server: DiscordServer, client: Commands, kept: Remembered) -> None:
    await sync(client.tree, APPLICATION, (), kept)

    @client.tree.command(description="another one")
    async def another(interaction: object) -> None: ...

    changed = await sync(client.tree, APPLICATION, (), kept)

    assert changed
    assert server.overwrites_of_commands == [0, 0]
    assert "another" in [each["name"] for each in server.commands[0]]


async def test_another_application_is_told_too(
    server: DiscordServer, client: Commands, kept: Remembered
) -> None:
    kept.values[f"discord commands {APPLICATION + 1}"] = json.dumps({"global": "of another"})

    assert await sync(client.tree, APPLICATION, (), kept)
    assert server.overwrites_of_commands == [0]


async def test_servers_of_the_settings_get_them_as_their_own_and_nobody_else(
    server: DiscordServer, client: Commands, kept: Remembered
) -> None:
    await sync(client.tree, APPLICATION, (GUILD, OTHER, GUILD), kept)

    assert server.overwrites_of_commands == [GUILD, OTHER]
    assert server.commands.get(0) is None
    for call in server.called("PUT /applications/*/guilds/*/commands"):
        assert all(each.keys().isdisjoint(("contexts", "integration_types")) for each in call.body)


async def test_where_they_were_before_they_are_taken_away(
    server: DiscordServer, client: Commands, kept: Remembered
) -> None:
    await sync(client.tree, APPLICATION, (), kept)
    await sync(client.tree, APPLICATION, (GUILD,), kept)
    await sync(client.tree, APPLICATION, (OTHER,), kept)

    assert {scope: len(commands) for scope, commands in server.commands.items()} == {0: 0, GUILD: 0, OTHER: 2}
    before = len(server.calls)
    assert not await sync(client.tree, APPLICATION, (OTHER,), kept)
    assert len(server.calls) == before


async def test_commands_that_are_not_known_to_be_ours_are_left_alone(
    server: DiscordServer, client: Commands, kept: Remembered
) -> None:
    server.register([{"name": "theirs", "type": 1, "description": "of another process"}], OTHER)

    await sync(client.tree, APPLICATION, (GUILD,), kept)

    assert [each["name"] for each in server.commands[OTHER]] == ["theirs"]


async def test_a_server_that_kicked_the_app_is_named_and_the_others_get_theirs(
    server: DiscordServer, client: Commands, kept: Remembered
) -> None:
    server.guilds[GUILD].has_bot = False

    with pytest.raises(DiscordError) as raised:
        await sync(client.tree, APPLICATION, (GUILD, OTHER), kept)

    assert (raised.value.key, raised.value.values) == ("discord.commands_refused", {"guild": str(GUILD)})
    assert len(server.commands[OTHER]) == 2


async def test_they_stay_where_they_were_while_every_server_refuses_them(
    server: DiscordServer, client: Commands, kept: Remembered
) -> None:
    await sync(client.tree, APPLICATION, (), kept)
    server.remove_guild(OTHER)

    with pytest.raises(DiscordError):
        await sync(client.tree, APPLICATION, (OTHER,), kept)

    assert [each["name"] for each in server.commands[0]] == ["vllm-digest", "Explain this PR"]


async def test_a_server_that_let_the_app_in_again_gets_them_at_the_next_start(
    server: DiscordServer, client: Commands, kept: Remembered
) -> None:
    server.guilds[GUILD].has_bot = False
    with pytest.raises(DiscordError):
        await sync(client.tree, APPLICATION, (GUILD,), kept)
    server.guilds[GUILD].has_bot = True

    assert await sync(client.tree, APPLICATION, (GUILD,), kept)

    assert len(server.commands[GUILD]) == 2


async def test_a_server_that_is_gone_keeps_nobody_from_leaving_it(
    server: DiscordServer, client: Commands, kept: Remembered
) -> None:
    await sync(client.tree, APPLICATION, (GUILD,), kept)
    server.guilds[GUILD].has_bot = False

    await sync(client.tree, APPLICATION, (OTHER,), kept)

    assert not await sync(client.tree, APPLICATION, (OTHER,), kept)


async def test_what_discord_did_not_answer_is_told_again(
    server: DiscordServer, client: Commands, kept: Remembered
) -> None:
    server.drop("PUT /applications/*/commands", times=9, after_effect=True)
    with pytest.raises(DiscordError) as raised:
        await sync(client.tree, APPLICATION, (), kept)
    assert raised.value.key == "discord.unreachable"
    server.faults.clear()

    assert await sync(client.tree, APPLICATION, (), kept)

    assert not await sync(client.tree, APPLICATION, (), kept)


async def test_where_they_may_be_is_known_before_discord_is_told(
    server: DiscordServer, client: Commands, kept: Remembered
) -> None:
    server.drop("PUT /applications/*/guilds/*/commands", times=9, after_effect=True)
    with pytest.raises(DiscordError):
        await sync(client.tree, APPLICATION, (GUILD,), kept)
    assert len(server.commands[GUILD]) == 2
    server.faults.clear()

    await sync(client.tree, APPLICATION, (), kept)

    assert (len(server.commands[GUILD]), len(server.commands[0])) == (0, 2)


async def test_commands_that_discord_does_not_take_are_an_error(
    server: DiscordServer, client: Commands, kept: Remembered
) -> None:
    @client.tree.command(name="wrong", description="x" * 101)
    async def wrong(interaction: object) -> None: ...

    with pytest.raises(DiscordError) as raised:
        await sync(client.tree, APPLICATION, (), kept)

    assert raised.value.key == "discord.refused"
    assert server.commands.get(0) is None


@pytest.mark.parametrize("written", ["", "nothing of ours", "[]", '{"global": 5}'])
async def test_what_another_version_kept_is_as_good_as_nothing(
    server: DiscordServer, client: Commands, kept: Remembered, written: str
) -> None:
    kept.values[f"discord commands {APPLICATION}"] = written

    assert await sync(client.tree, APPLICATION, (), kept)

    assert len(server.commands[0]) == 2
