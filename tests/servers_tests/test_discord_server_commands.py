"""The tests' Discord: commands as the real discord.py registers them, and where people are offered them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
import pytest
from discord import app_commands

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
from tests.servers_tests.discord_clients import Client, asked, codes, connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.discord import DiscordServer

COMMANDS = f"/applications/{APPLICATION}/commands"
IN_GUILD = f"/applications/{APPLICATION}/guilds/{GUILD}/commands"


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with discord_server() as server:
        yield server


def command(**changed: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"name": "digest", "description": "d", "type": 1} | changed


def option(name: str = "topic", **changed: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"name": name, "description": "d", "type": 3} | changed


def sub(name: str, *options: dict[str, Any], kind: int = 1) -> dict[str, Any]:
    return option(name, type=kind, options=list(options))


def with_options(*options: dict[str, Any]) -> dict[str, Any]:
    return command(options=list(options))


async def test_a_tree_is_synced_and_then_found(server: DiscordServer) -> None:
    client = Client()
    group = app_commands.Group(name="vllm-digest", description="Digests")

    @group.command(name="today", description="Today")
    @app_commands.choices(depth=[app_commands.Choice(name="Brief", value="brief")])
    async def today(interaction: discord.Interaction, topic: str, depth: str = "brief") -> None:
        await interaction.response.send_message(f"{topic} {depth}")

    @client.tree.context_menu(name="Explain this PR")
    async def explain(interaction: discord.Interaction, message: discord.Message) -> None:
        await interaction.response.send_message(f"explained {message.content}")

    client.tree.add_command(group)
    async with connected(server, client):
        synced = await client.tree.sync()
        answer = await server.ben.slash(GENERAL, "today", {"topic": "amd", "depth": "brief"}).answered()
        said = server.ann.says(GENERAL, "#12")
        explained = await server.ben.explain(said).answered()

        with pytest.raises(NotOffered):
            server.ben.slash(GENERAL, "today", {"topic": "amd", "depth": "deep"})
        with pytest.raises(NotOffered):
            server.ben.slash(GENERAL, "today")
        with pytest.raises(NotOffered):
            server.ben.slash(GENERAL, "tomorrow", {"topic": "amd"})
        with pytest.raises(NotOffered):
            server.ben.slash(GENERAL, "today", {"topic": 7})
        with pytest.raises(NotOffered):
            server.ben.slash(GENERAL, "today", {"topic": "amd", "more": "x"})
    assert sorted(each.name for each in synced) == ["Explain this PR", "vllm-digest"]
    assert (answer.text, explained.text) == ("amd brief", "explained #12")
    assert server.overwrites_of_commands == [0]


async def test_a_command_keeps_its_id(server: DiscordServer) -> None:
    _, (first,) = await asked(server, "PUT", COMMANDS, [command()])
    _, (second,) = await asked(server, "PUT", COMMANDS, [command(description="other")])
    _, (found,) = await asked(server, "GET", COMMANDS)

    assert first["id"] == second["id"]
    assert first["version"] != second["version"]
    assert found["description"] == "other"


async def test_a_server_has_commands_of_its_own(server: DiscordServer) -> None:
    await asked(server, "PUT", IN_GUILD, [command()])
    other = server.add_guild(GUILD + 1, "Other")
    elsewhere = next(each.id for each in server.channels.values() if each.guild == other.id)

    told = server.ben.slash(GENERAL, "digest").payload["data"]

    assert (told["name"], told["guild_id"]) == ("digest", str(GUILD))
    with pytest.raises(NotOffered):
        server.ben.slash(elsewhere, "digest")


@pytest.mark.parametrize(
    ("more", "places"),
    [
        ({}, {"guild", "dm"}),
        ({"contexts": [0]}, {"guild"}),
        ({"contexts": [1, 2], "integration_types": [0, 1]}, {"dm", "private"}),
        ({"contexts": [0, 1, 2], "integration_types": [1]}, {"guild", "dm", "private"}),
    ],
)
async def test_a_command_is_offered_where_it_says(
    server: DiscordServer, more: dict[str, Any], places: set[str]
) -> None:
    server.ben.user.has_installed = True
    await asked(server, "PUT", COMMANDS, [command(**more)])
    channels = {"guild": GENERAL, "dm": server.ben.dm, "private": server.add_private(ANN, BEN).id}

    offered = set()
    for name, channel in channels.items():
        try:
            server.ben.slash(channel, "digest")
        except NotOffered:
            continue
        offered.add(name)

    assert offered == places


async def test_a_command_is_offered_to_whom_the_server_lets(server: DiscordServer) -> None:
    needed = str(int(Permission.MANAGE_CHANNELS))
    await asked(server, "PUT", COMMANDS, [command(default_member_permissions=needed)])

    server.ann.slash(GENERAL, "digest")
    with pytest.raises(NotOffered):
        server.ben.slash(GENERAL, "digest")
    server.allow(GENERAL, Permission.MANAGE_CHANNELS, who=BEN)
    server.ben.slash(GENERAL, "digest")
    server.deny(GENERAL, Permission.USE_APPLICATION_COMMANDS, who=BEN)
    with pytest.raises(NotOffered):
        server.ben.slash(GENERAL, "digest")


async def test_a_chosen_channel_is_resolved(server: DiscordServer) -> None:
    await asked(server, "PUT", COMMANDS, [with_options(option("where", type=7), option("who", type=6))])

    data = server.ben.slash(GENERAL, "digest", {"where": GENERAL, "who": ANN}).payload["data"]

    assert [each["value"] for each in data["options"]] == [str(GENERAL), str(ANN)]
    assert data["resolved"]["channels"][str(GENERAL)]["name"] == "general"
    assert data["resolved"]["members"].keys() == data["resolved"]["users"].keys() == {str(ANN)}


@pytest.mark.parametrize(
    ("body", "where", "code"),
    [
        (command(name="Digest"), "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
        (command(name="two words"), "0.name", "APPLICATION_COMMAND_INVALID_NAME"),
        (command(name="x" * 33), "0.name", "BASE_TYPE_BAD_LENGTH"),
        (command(description=""), "0.description", "BASE_TYPE_BAD_LENGTH"),
        (command(description="x" * 101), "0.description", "BASE_TYPE_BAD_LENGTH"),
        (
            command(name_localizations={"zh-CN": "今 天"}),
            "0.name_localizations.zh-CN",
            "APPLICATION_COMMAND_INVALID_NAME",
        ),
        (command(name_localizations={"zh": "今天"}), "0.name_localizations.zh", "ENUM_TYPE_COERCE"),
        (
            command(description_localizations={"zh-CN": "x" * 101}),
            "0.description_localizations.zh-CN",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (command(contexts=[3]), "0.contexts.0", "BASE_TYPE_CHOICES"),
        (command(integration_types=[]), "0.integration_types", "BASE_TYPE_BAD_LENGTH"),
        (with_options(*(option(f"o{n}") for n in range(26))), "0.options", "BASE_TYPE_BAD_LENGTH"),
        (
            with_options(option("a"), option("b", required=True)),
            "0.options.1",
            "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
        ),
        (
            with_options(option("a"), option("a")),
            "0.options.1.name",
            "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
        ),
        (with_options(sub("a"), option("b")), "0.options", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID"),
        (with_options(option(type=99)), "0.options.0.type", "BASE_TYPE_CHOICES"),
        (
            with_options(sub("a", sub("b", sub("c")), kind=2)),
            "0.options.0.options.0.options.0.type",
            "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
        ),
        (
            with_options(option(choices=[{"name": str(n), "value": str(n)} for n in range(26)])),
            "0.options.0.choices",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            with_options(option(choices=[{"name": "x" * 101, "value": "x"}])),
            "0.options.0.choices.0.name",
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            with_options(option(choices=[{"name": "a", "value": "x"}, {"name": "b", "value": "x"}])),
            "0.options.0.choices.1",
            "APPLICATION_COMMAND_OPTIONS_CHOICE_VALUE_DUPLICATED",
        ),
        (
            with_options(option(choices=[{"name": "a", "value": "x"}], autocomplete=True)),
            "0.options.0",
            "APPLICATION_COMMAND_OPTION_AUTOCOMPLETE_CHOICES",
        ),
        (command(type=3, name="x" * 33, description=""), "0.name", "BASE_TYPE_BAD_LENGTH"),
        (command(type=3, name="Explain"), "0.description", "APPLICATION_COMMAND_CONTEXT_MENU_FIELD"),
        (
            with_options(
                *(
                    sub(f"s{n}", *(option(f"o{m}", description="x" * 100) for m in range(8)))
                    for n in range(10)
                )
            ),
            "0",
            "APPLICATION_COMMAND_TOO_LARGE",
        ),
    ],
)
async def test_a_command_over_a_limit_is_refused(
    server: DiscordServer, body: dict[str, Any], where: str, code: str
) -> None:
    status, answer = await asked(server, "PUT", COMMANDS, [body])

    assert (status, answer["code"]) == (400, 50035)
    assert codes(answer["errors"]) == {where: code}
    assert server.commands == {}


async def test_of_a_text_and_its_translations_the_longest_counts(server: DiscordServer) -> None:
    long = {"description": "x" * 100, "description_localizations": {"zh-CN": "好" * 100}}
    body = with_options(*(sub(f"s{n}", *(option(f"o{m}", **long) for m in range(7))) for n in range(10)))

    status, _ = await asked(server, "PUT", COMMANDS, [body])

    assert status == 200


async def test_two_commands_of_one_name_are_refused(server: DiscordServer) -> None:
    _, answer = await asked(server, "PUT", COMMANDS, [command(), command()])

    assert codes(answer["errors"]) == {"1.name": "APPLICATION_COMMANDS_DUPLICATE_NAME"}


@pytest.mark.parametrize(("kind", "most"), [(1, 100), (3, 15)])
async def test_there_are_only_so_many_commands(server: DiscordServer, kind: int, most: int) -> None:
    many = [command(name=f"c{n}", type=kind, description="d" if kind == 1 else "") for n in range(most + 1)]

    _, answer = await asked(server, "PUT", COMMANDS, many)
    status, _ = await asked(server, "PUT", COMMANDS, many[:-1])

    assert (answer["code"], status) == (30032, 200)


async def test_another_applications_commands_are_unknown(server: DiscordServer) -> None:
    status, answer = await asked(server, "PUT", "/applications/7/commands", [])

    assert (status, answer["code"]) == (404, 10002)


async def test_a_server_that_was_left_takes_no_commands(server: DiscordServer) -> None:
    server.remove_guild(GUILD)

    status, answer = await asked(server, "PUT", IN_GUILD, [])

    assert (status, answer["code"]) == (403, 50001)
