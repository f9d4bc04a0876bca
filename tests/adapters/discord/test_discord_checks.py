"""What is found of Discord's settings: the token is really tried, nothing is posted, and no session is begun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from adapters.discord.access import Access
from adapters.discord.checks import check, told_of
from adapters.discord.identifies import LEFT
from adapters.discord.permissions import NEEDED
from adapters.discord.trials import Application, try_token
from bot.doctor import told
from summarizer import languages
from summarizer.errors import NotConfigured
from tests.servers.discord import ANN, APPLICATION, GUILD, TOKEN, Permission, discord_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.checking import Check
    from tests.servers.discord import DiscordServer

NOWHERE = "http://127.0.0.1:1/api/v10"
ABOUT_APPLICATION = {"id": str(APPLICATION), "name": "vllm-digest", "flags": 0}


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with discord_server() as server:
        server.integration_types = {"0": {}, "1": {}}
        yield server


async def _found(server: DiscordServer, *guild_ids: int) -> list[Check]:
    return await check(Access(server.api_url, TOKEN, guild_ids))


async def _said(server: DiscordServer, about: str, *guild_ids: int) -> list[tuple[str, str]]:
    """The outcomes of one part, and what was found or the error's key."""
    return [_outcome(each) for each in await _found(server, *guild_ids) if each.about == about]


def _outcome(each: Check) -> tuple[str, str]:
    return each.outcome, each.problem.key if each.problem else each.found


async def test_a_discord_that_is_set_up_rightly(server: DiscordServer) -> None:
    found = await _found(server, GUILD)

    assert {each.about: _outcome(each) for each in found} == {
        "discord_bot": ("ok", "discord_bot"),
        "discord_intents": ("ok", "discord_intents"),
        "discord_app": ("ok", "discord_installs"),
        "discord_starts": ("ok", "discord_starts"),
        "discord_server": ("ok", "discord_server"),
        "discord_invite": ("ok", "discord_invite"),
        "discord_install": ("ok", "discord_install"),
    }
    assert {call.method for call in server.calls} == {"GET"}
    assert server.gateway.identifies_left == 1_000


@pytest.mark.parametrize("lang", languages.codes())
async def test_every_line_can_be_said_in_every_language(server: DiscordServer, lang: str) -> None:
    lines = [told(each, languages.load(lang)) for each in await _found(server, GUILD, 12)]

    assert any("Tests" in line for line in lines)
    assert any("vllm-digest" in line for line in lines)
    assert not any(TOKEN in line for line in lines)


async def test_the_links_ask_for_exactly_what_is_needed(server: DiscordServer) -> None:
    urls = {each.about: str(each.values["url"]) for each in await _found(server) if "url" in each.values}

    to_server, to_person = (
        parse_qs(urlsplit(urls[about]).query) for about in ("discord_invite", "discord_install")
    )
    assert to_server["client_id"] == to_person["client_id"] == [str(APPLICATION)]
    assert to_server["permissions"] == [str(NEEDED.value)]
    assert to_server["scope"] == ["bot applications.commands"]
    assert (to_person["scope"], to_person["integration_type"]) == (["applications.commands"], ["1"])
    assert "permissions" not in to_person


async def test_a_token_that_discord_does_not_take_is_told_and_nothing_else(server: DiscordServer) -> None:
    [each] = await check(Access(server.api_url, "an.other.token"))

    assert _outcome(each) == ("bad", "init.discord_token")


@pytest.mark.parametrize("token", ["", "testsonly", "a.b", "a.b.c.d", "Bot a.b.c", "a.b.ç"])
async def test_what_has_not_the_shape_of_a_token_is_sent_nowhere(server: DiscordServer, token: str) -> None:
    with pytest.raises(NotConfigured, match=r"init\.discord_shape"):
        await try_token(token, server.api_url)

    assert server.calls == []


async def test_where_no_discord_is_it_is_told(server: DiscordServer) -> None:
    for url in (NOWHERE, f"{server.root}/elsewhere"):
        [each] = await check(Access(url, TOKEN))

        assert _outcome(each) == ("bad", "init.discord_unreachable")


@pytest.mark.parametrize(
    ("status", "body", "key"),
    [
        (500, None, "init.discord_refused"),
        (429, None, "init.discord_refused"),
        (403, {"message": "internal network error", "code": 40333}, "init.discord_refused"),
        (403, None, "init.discord_unreachable"),
        (200, {"other": "server"}, "init.discord_unreachable"),
        (200, "<html>", "init.discord_unreachable"),
    ],
)
async def test_other_answers_are_told_for_what_they_are(
    server: DiscordServer,
    status: int,
    body: Any,  # noqa: ANN401 - any JSON
    key: str,
) -> None:
    server.fail("GET /users/@me", status=status, body=body)

    [each] = await check(Access(server.api_url, TOKEN))

    assert _outcome(each) == ("bad", key)


async def test_what_fails_later_is_told_beside_what_was_found(server: DiscordServer) -> None:
    server.fail("GET /gateway/bot", status=502)
    server.fail("GET /users/@me/guilds", status=502)

    said = {each.about: _outcome(each) for each in await _found(server)}

    assert said["discord_bot"] == ("ok", "discord_bot")
    assert said["discord_starts"] == said["discord_server"] == ("bad", "init.discord_refused")
    assert said["discord_invite"] == ("ok", "discord_invite")


@pytest.mark.parametrize(
    ("flags", "intents"),
    [
        (1 << 18, ("Message Content Intent",)),
        (1 << 15 | 1 << 13, ("Presence Intent", "Server Members Intent")),
        (1 << 23, ()),
    ],
)
async def test_privileged_intents_are_told_as_needless(
    server: DiscordServer, flags: int, intents: tuple[str, ...]
) -> None:
    server.application_flags = flags

    [each] = [each for each in await _found(server) if each.about == "discord_intents"]

    assert each.outcome == ("warn" if intents else "ok")
    assert each.values.get("intents", ()) == intents


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"integration_types_config": {"0": {}, "1": {}}}, [("ok", "discord_installs")]),
        ({"integration_types_config": {"0": {}}}, [("warn", "discord_no_persons")]),
        ({"integration_types_config": {"1": {}}}, [("bad", "discord_no_servers")]),
        ({}, [("warn", "discord_no_persons")]),
        ({"bot_require_code_grant": True}, [("bad", "discord_code_grant")]),
        (
            {"integration_types_config": {"0": {}, "1": {}}, "bot_public": False},
            [("ok", "discord_installs"), ("ok", "discord_private")],
        ),
        (
            {
                "integration_types_config": {"0": {}, "1": {}},
                "interactions_endpoint_url": "https://example.org/",
            },
            [("bad", "discord_endpoint"), ("ok", "discord_installs")],
        ),
    ],
)
async def test_how_the_application_can_be_installed_is_told(
    server: DiscordServer, more: dict[str, object], said: list[tuple[str, str]]
) -> None:
    server.fail("GET /oauth2/applications/@me", status=200, body=ABOUT_APPLICATION | more)

    assert await _said(server, "discord_app") == said


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (201, ("ok", "discord_starts")),
        (200, ("warn", "discord_starts_few")),
        (LEFT + 1, ("warn", "discord_starts_few")),
        (LEFT, ("bad", "discord_starts_none")),
        (0, ("bad", "discord_starts_none")),
    ],
)
async def test_few_sessions_that_are_left_are_told_and_that_the_bot_begins_none_of_the_last(
    server: DiscordServer, left: int, said: tuple[str, str]
) -> None:
    server.gateway.identifies_left = left

    [each] = [each for each in await _found(server) if each.about == "discord_starts"]

    assert _outcome(each) == said
    assert (each.values["n"], each.values["total"], each.values["hours"]) == (left, 1_000, 24)


async def test_what_a_server_does_not_grant_is_told_by_its_name(server: DiscordServer) -> None:
    server.guilds[GUILD].roles[GUILD].permissions &= ~Permission.ATTACH_FILES

    [each] = [each for each in await _found(server) if each.about == "discord_server"]

    assert _outcome(each) == ("warn", "discord_server_lacks")
    assert "Tests does not grant Attach Files." in told(each, languages.load("en"))
    assert "Tests 没有授予：附加文件。" in told(each, languages.load("zh"))


async def test_an_administrator_lacks_nothing(server: DiscordServer) -> None:
    server.guilds[GUILD].roles[GUILD].permissions = int(Permission.ADMINISTRATOR)

    assert await _said(server, "discord_server") == [("ok", "discord_server")]


async def test_a_bot_on_no_server_and_servers_it_is_not_on_are_told(server: DiscordServer) -> None:
    server.guilds[GUILD].has_bot = False

    found = [each for each in await _found(server, GUILD, 12) if each.about == "discord_server"]

    assert [_outcome(each) for each in found] == [("warn", "discord_alone"), ("bad", "discord_not_there")]
    assert found[1].values["ids"] == (str(GUILD), "12")


async def test_one_of_the_servers_that_have_the_commands_may_be_missing(server: DiscordServer) -> None:
    said = await _said(server, "discord_server", GUILD, 12)

    assert said == [("ok", "discord_server"), ("warn", "discord_not_there")]


async def test_a_server_whose_commands_are_elsewhere_is_told(server: DiscordServer) -> None:
    server.add_guild(GUILD + 1, "Other")

    said = {
        str(each.values["name"]): each.found
        for each in await _found(server, GUILD)
        if each.about == "discord_server"
    }

    assert said == {"Tests": "discord_server", "Other": "discord_server_bare"}


async def test_of_many_servers_those_alone_are_named_that_lack_something(server: DiscordServer) -> None:
    for number in range(250):
        server.add_guild(GUILD + 1 + number, f"Server {number}")
    server.guilds[GUILD + 240].roles[GUILD + 240].permissions = 0

    found = [each for each in await _found(server, GUILD + 250) if each.about == "discord_server"]

    assert [_outcome(each) for each in found] == [("warn", "discord_server_lacks"), ("ok", "discord_servers")]
    assert found[0].values["name"] == "Server 239"
    assert found[1].values["n"] == 250
    assert sum(call.path == "/users/@me/guilds" for call in server.calls) == 2


async def test_a_servers_name_stays_on_its_line(server: DiscordServer) -> None:
    server.add_guild(GUILD + 1, "Evil\n✗ GitHub: gone\x1b[2J", owner=ANN)

    lines = [told(each, languages.load("en")) for each in await _found(server) if "Evil" in str(each.values)]

    assert len(lines) == 1
    assert "\n" not in lines[0]
    assert "\x1b" not in lines[0]


def test_the_token_is_not_in_the_representation() -> None:
    assert TOKEN not in repr(Access(NOWHERE, TOKEN))


def test_an_application_that_needs_more_than_the_link_is_told_that_first() -> None:
    application = Application(1, "vllm-digest", installs=frozenset({"person"}), has_code_grant=True)

    assert [each.found for each in told_of(application)] == ["discord_intents", "discord_code_grant"]
