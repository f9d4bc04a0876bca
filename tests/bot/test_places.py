"""What holds in a channel or on a server: who may set it, for whom it holds, and that no answer waits for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import structlog.testing

from adapters.chat import Context
from adapters.store.connection import connect
from bot.commands import sentence
from summarizer.errors import BadInput
from tests.bot.talk import NOW, REPO, talked_about
from tests.servers.github import World, github_server

if TYPE_CHECKING:
    from adapters.chat import Reply, Scope
    from adapters.store import Store
    from bot.wiring import Services
    from tests.bot.running import Host

ANN = Context("discord", conversation="7:1", team="9", channel="7", person="1", lays_out=True)
RULER = replace(ANN, person="2", is_admin=True)
KEEPER = replace(ANN, person="3", manages_channel=True)
ALONE = Context("discord", conversation="5", person="1", lays_out=True)


async def _zone(bot: Services, context: Context, line: str = "today") -> tuple[str, str]:
    """Language and zone that a line is answered in."""
    reply = await bot.desk(line, context)
    assert reply.digest is not None
    return reply.lang, reply.digest.facts.window.tz


async def test_a_line_then_the_person_then_the_platform_then_the_channel_then_the_server(host: Host) -> None:
    async with (
        github_server(talked_about(), clock=lambda: NOW) as server,
        host.bot(server, NOW, DIGEST_TZ="Europe/Berlin", DIGEST_LANG="zh") as bot,
    ):
        told = [await _zone(bot, ANN)]
        await bot.desk.prefer({"tz": "Asia/Tokyo", "lang": "en"}, RULER, scope="server")
        told.append(await _zone(bot, ANN))
        await bot.desk.prefer({"tz": "Asia/Seoul", "lang": "zh"}, KEEPER, scope="channel")
        told.append(await _zone(bot, ANN))
        speaks = replace(ANN, lang="en", tz="America/Lima")
        told.append(await _zone(bot, speaks))
        await bot.desk.prefer({"tz": "UTC", "lang": "zh"}, speaks)
        told.append(await _zone(bot, speaks))
        told.append(await _zone(bot, speaks, "today tz:Africa/Cairo lang:en"))

    assert told == [
        ("zh", "Europe/Berlin"),
        ("en", "Asia/Tokyo"),
        ("zh", "Asia/Seoul"),
        ("en", "America/Lima"),
        ("zh", "UTC"),
        ("en", "Africa/Cairo"),
    ]


async def test_what_the_channel_does_not_say_the_server_does(host: Host) -> None:
    async with github_server(talked_about(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        await bot.desk.prefer({"tz": "Asia/Tokyo", "lang": "zh"}, RULER, scope="server")
        await bot.desk.prefer({"tz": "Asia/Seoul"}, KEEPER, scope="channel")
        here = await _zone(bot, ANN)
        elsewhere = await _zone(bot, replace(ANN, channel="8"))
        on_another = await _zone(bot, replace(ANN, team="10", channel="11"))
        alone = await _zone(bot, ALONE)
        await bot.desk.prefer({"tz": ""}, KEEPER, scope="channel")
        cleared = await _zone(bot, ANN)

    assert (here, elsewhere) == (("zh", "Asia/Seoul"), ("zh", "Asia/Tokyo"))
    assert (on_another, alone) == (("en", "UTC"), ("en", "UTC"))
    assert cleared == ("zh", "Asia/Tokyo")


async def test_a_platforms_ids_are_its_own(host: Host) -> None:
    """The first channel of an old Discord server has the server's id; another platform may have the same."""
    async with github_server(talked_about(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        await bot.desk.prefer({"tz": "Asia/Tokyo"}, replace(RULER, channel="9"), scope="channel")
        on_server = await bot.desk.preferences(RULER, scope="server")
        on_slack = await _zone(bot, Context("slack", team="9", channel="9", person="1", lays_out=True))
        in_channel = await _zone(bot, replace(ANN, channel="9"))

    assert on_server == {}
    assert on_slack == ("en", "UTC")
    assert in_channel == ("en", "Asia/Tokyo")


async def test_the_bot_speaks_the_places_language_to_who_set_none(host: Host) -> None:
    async with github_server(talked_about(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        await bot.desk.prefer({"lang": "zh"}, KEEPER, scope="channel")
        spoken = await bot.desk.language(ANN)
        problem = await bot.desk("release v0.0.0", ANN)
        told = await bot.desk("prefs", ANN)
        english = await bot.desk.language(replace(ANN, lang="en"))

    assert (spoken, problem.lang, told.lang, english) == ("zh", "zh", "zh", "en")


@pytest.mark.parametrize(
    ("who", "scope", "settings"),
    [
        (KEEPER, "channel", {}),
        (RULER, "channel", {}),
        (RULER, "server", {}),
        (ANN, "channel", {"DIGEST_MANAGERS": "discord-user:1"}),
        (ANN, "server", {"DIGEST_MANAGERS": "discord-user:1"}),
        (ANN, "server", {"DIGEST_MANAGERS": "*"}),
        (KEEPER, "channel", {"DIGEST_MANAGERS": "discord-user:1"}),
    ],
)
async def test_who_manages_it_may_set_it(
    host: Host, who: Context, scope: Scope, settings: dict[str, str]
) -> None:
    async with host.bot(None, NOW, **settings) as bot:
        await bot.desk.prefer({"tz": "asia/tokyo", "lang": "zh"}, who, scope=scope)

        assert await bot.desk.preferences(ANN, scope=scope) == {"lang": "zh", "tz": "Asia/Tokyo"}


@pytest.mark.parametrize(
    ("who", "scope", "settings", "key", "english", "chinese"),
    [
        (ANN, "channel", {}, "places.not_yours", "“Manage Channels”", "“管理频道”"),
        (ANN, "server", {}, "places.not_yours", "“Manage Server”", "“管理服务器”"),
        (KEEPER, "server", {}, "places.not_yours", "DIGEST_MANAGERS", "DIGEST_MANAGERS"),
        (
            RULER,
            "server",
            {"DIGEST_MANAGERS": "discord-user:1"},
            "places.managers",
            "only those named in DIGEST_MANAGERS",
            "只有 DIGEST_MANAGERS 中的人",
        ),
        (
            RULER,
            "channel",
            {"DIGEST_MANAGERS": "discord-user:1"},
            "places.not_yours",
            "“Manage Channels”",
            "“管理频道”",
        ),
    ],
)
async def test_who_may_not_set_it_is_told_what_it_takes(
    host: Host,
    who: Context,
    scope: Scope,
    settings: dict[str, str],
    key: str,
    english: str,
    chinese: str,
) -> None:
    async with host.bot(None, NOW, **settings) as bot:
        with pytest.raises(BadInput) as caught:
            await bot.desk.prefer({"tz": "Asia/Tokyo"}, who, scope=scope)

        assert caught.value.key == key
        assert english in sentence(caught.value, "en")
        assert chinese in sentence(caught.value, "zh")
        assert await bot.desk.preferences(ANN, scope=scope) == {}


@pytest.mark.parametrize(
    ("chosen", "key"),
    [
        ({"tz": "Asia/Shangai"}, "window.unknown_zone_near"),
        ({"tz": "Mars/Base now"}, "window.unknown_zone"),
        ({"lang": "tlh"}, "option.not_one_of"),
        ({"tz": "UTC lang:zh"}, "window.unknown_zone"),
        ({"repo": "acme/engine"}, "places.other"),
        ({"topic": ""}, "places.other"),
    ],
)
async def test_what_cannot_be_set_is_refused_as_a_persons_own_is(
    host: Host, chosen: dict[str, str], key: str
) -> None:
    async with host.bot(None, NOW) as bot:
        with pytest.raises(BadInput) as caught:
            await bot.desk.prefer({"lang": "zh"} | chosen, RULER, scope="server")

        assert caught.value.key == key
        assert sentence(caught.value, "en")
        assert await bot.desk.preferences(RULER, scope="server") == {}


@pytest.mark.parametrize("who", [replace(ALONE, is_admin=True), Context("terminal"), Context("shell")])
async def test_outside_of_servers_there_is_no_place(host: Host, who: Context) -> None:
    async with host.bot(None, NOW, DIGEST_MANAGERS="*") as bot:
        for scope in ("channel", "server"):
            with pytest.raises(BadInput, match=r"places\.nowhere"):
                await bot.desk.prefer({"tz": "UTC"}, who, scope=scope)
            with pytest.raises(BadInput, match=r"places\.nowhere"):
                await bot.desk.preferences(who, scope=scope)


async def test_every_change_is_logged_with_who_and_where(host: Host) -> None:
    async with host.bot(None, NOW) as bot:
        with structlog.testing.capture_logs() as logs:
            await bot.desk.prefer({"tz": "UTC", "lang": ""}, KEEPER, scope="channel")

    [line] = [each for each in logs if each["event"] == "settings of a place changed"]
    assert (line["place"], line["team"], line["by"]) == ("discord-channel:7", "9", "discord-user:3")
    assert (line["tz"], line["lang"]) == ("UTC", "")


async def test_a_store_that_cannot_tell_breaks_no_answer(host: Host) -> None:
    async with connect(host.redis_url) as connection:
        await connection.call("SET", "vllm-digest:place:{discord-channel:7}", "a string")
    async with github_server(talked_about(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        answered = await _zone(bot, ANN)

    assert answered == ("en", "UTC")


async def test_what_means_nothing_any_more_is_passed_over(host: Host, store: Store) -> None:
    await store.places.set("discord-channel:7", {"lang": "tlh", "tz": "Mars/Base"})
    await store.places.set("discord-server:9", {"lang": "zh"})
    async with github_server(talked_about(), clock=lambda: NOW) as server, host.bot(server, NOW) as bot:
        answered = await _zone(bot, ANN)
        told = await bot.desk.preferences(ANN, scope="channel")

    assert answered == ("zh", "UTC")
    assert told == {}


async def test_the_zone_that_is_assumed_is_told_once(host: Host) -> None:
    async with host.bot(None, NOW, DIGEST_TZ="Asia/Shanghai") as bot:
        told = [await bot.desk.assumed_zone(who) for who in (ANN, ANN, replace(ALONE), RULER, RULER)]

    assert told == ["Asia/Shanghai", "", "", "Asia/Shanghai", ""]


async def test_no_zone_is_assumed_where_somebody_chose_one(host: Host) -> None:
    async with host.bot(None, NOW) as bot:
        await bot.desk.prefer({"tz": "UTC"}, ANN)
        by_person = await bot.desk.assumed_zone(ANN)
        by_platform = await bot.desk.assumed_zone(replace(RULER, tz="Asia/Tokyo"))
        await bot.desk.prefer({"tz": "Asia/Tokyo"}, RULER, scope="server")
        by_server = await bot.desk.assumed_zone(RULER)
        elsewhere = await bot.desk.assumed_zone(replace(RULER, team="10"))

    assert (by_person, by_platform, by_server, elsewhere) == ("", "", "", "UTC")


async def test_repositories_are_told_to_those_alone_who_may_read_them(host: Host) -> None:
    world = talked_about()
    world.repository("acme/engine").is_private = True
    world.repository("acme/site").is_private = True
    settings = {
        "DIGEST_REPOS": f"{REPO},acme/engine,acme/site",
        "DIGEST_ACCESS": "acme/engine=discord:9,acme/site=discord-user:1+discord:9",
        "DIGEST_USERS": "discord:9,discord-user:1",
    }
    async with (
        github_server(world, clock=lambda: NOW) as server,
        host.bot(server, NOW, **settings) as bot,
    ):
        unknown = await bot.desk.repos(replace(ANN, team="8"))
        await _seen(bot, ANN, REPO, "acme/engine", "acme/site")
        told = [await bot.desk.repos(who) for who in (ANN, ALONE, replace(ANN, team="8"))]
        outside = await bot.desk.repos(replace(ALONE, person="4"))

    assert unknown == []
    assert told == [[REPO, "acme/engine", "acme/site"], [REPO, "acme/site"], [REPO]]
    assert list(outside) == []


async def test_one_that_was_never_looked_at_is_told_to_those_who_may_read_it_anyway(host: Host) -> None:
    world = World()
    async with (
        github_server(world, clock=lambda: NOW) as server,
        host.bot(server, NOW, DIGEST_ACCESS=f"{REPO}=*") as bot,
    ):
        assert await bot.desk.repos(ANN) == [REPO]


async def _seen(bot: Services, context: Context, *repos: str) -> list[Reply]:
    """Digests of them, so that each was looked at."""
    return [await bot.desk(f"today repo:{repo}", context) for repo in repos]
