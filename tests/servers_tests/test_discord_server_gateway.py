"""The tests' Discord over its gateway, heard by the real discord.py."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import pytest

from tests.servers.discord import BEN, BOT, GENERAL, GUILD, MESSAGE_CONTENT, TOKEN, Permission, discord_server
from tests.servers_tests.discord_clients import Client, connected

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.servers.discord import DiscordServer


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with discord_server() as server:
        yield server


async def closed_with(server: DiscordServer, said: Any) -> int | None:  # noqa: ANN401 - any JSON
    """The code with which a connection is closed that says this after HELLO."""
    async with aiohttp.ClientSession() as session, session.ws_connect(server.gateway_url) as socket:
        await socket.receive()
        await socket.send_str(said if isinstance(said, str) else json.dumps(said))
        await socket.receive()
        return socket.close_code


def identify(**changed: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"op": 2, "d": {"token": TOKEN, "intents": 1, "properties": {}, **changed}}


async def test_a_client_is_told_who_it_is_and_where(server: DiscordServer) -> None:
    async with connected(server) as client:
        guild = client.get_guild(GUILD)

        assert client.user is not None
        assert client.user.name == "vllm-digest"
        assert guild is not None
        assert guild.me.guild_permissions.send_messages
        assert [channel.id for channel in guild.text_channels] == [GENERAL]
    assert [each.closed for each in server.identifies] == [0]


async def test_the_identifies_of_the_day_are_counted(server: DiscordServer) -> None:
    async with connected(server) as client:
        limit = (await client.http.get_bot_gateway())[2]

    assert limit["remaining"] == 999


async def test_after_a_lost_connection_the_events_are_replayed(server: DiscordServer) -> None:
    async with connected(server) as client:
        server.gateway.disconnect(1001)
        await server.until(lambda: not server.gateway.connections)
        said = server.ann.says(GENERAL, f"<@{BOT}> what broke?")
        await server.until(lambda: server.gateway.resumes)
        message = await client.wait_for("message", timeout=20)

        assert message.id == said.id
        assert message.content == f"<@{BOT}> what broke?"
        assert client.heard[-1] == "RESUMED"
    assert len(server.identifies) == 1


@pytest.mark.parametrize("how", ["reconnect", "drop", "resumable"])
async def test_a_client_resumes(server: DiscordServer, how: str) -> None:
    deeds: dict[str, Callable[[], None]] = {
        "reconnect": server.gateway.reconnect,
        "drop": server.gateway.drop,
        "resumable": lambda: server.gateway.invalidate(resumable=True),
    }
    async with connected(server) as client:
        deeds[how]()
        await client.wait_for("resumed", timeout=20)

    assert len(server.identifies) == 1


async def test_an_invalid_session_is_identified_anew(server: DiscordServer) -> None:
    async with connected(server):
        server.gateway.invalidate()
        await server.until(lambda: len(server.identifies) == 2 and server.gateway.is_ready)

    assert server.gateway.resumes == []


async def test_a_session_that_is_gone_is_not_resumed(server: DiscordServer) -> None:
    async with connected(server):
        server.gateway.forget_sessions()
        server.gateway.reconnect()
        await server.until(lambda: len(server.identifies) == 2 and server.gateway.is_ready)

    assert len(server.gateway.resumes) == 1


async def test_a_loop_of_identifies_is_counted(server: DiscordServer) -> None:
    async with connected(server):
        server.gateway.mode = "invalid"
        server.gateway.invalidate()
        await server.until(lambda: len(server.identifies) > 5)

    assert server.gateway.identifies_left <= 995


async def test_who_identifies_too_often_has_the_token_reset(server: DiscordServer) -> None:
    server.gateway.identifies_left = 0

    code = await closed_with(server, identify())

    assert code == 4004
    assert server.token != TOKEN


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("no JSON", 4002),
        ({"op": 77}, 4001),
        ({"op": 3, "d": {}}, 4003),
        (identify(token="wrong"), 4004),
        (identify(shard=[2, 2]), 4010),
        (identify(intents=1 << 40), 4013),
        (identify(intents=MESSAGE_CONTENT), 4014),
        ({"op": 6, "d": {"token": "wrong", "session_id": "", "seq": 0}}, 4004),
    ],
)
async def test_the_gateway_closes_on_what_it_refuses(server: DiscordServer, said: Any, code: int) -> None:  # noqa: ANN401
    assert await closed_with(server, said) == code


async def test_an_intent_that_is_enabled_is_granted(server: DiscordServer) -> None:
    server.enable(MESSAGE_CONTENT)
    intents = discord.Intents(guilds=True, guild_messages=True, message_content=True)
    async with connected(server, Client(intents)) as client:
        server.ann.says(GENERAL, "nobody is mentioned")
        message = await client.wait_for("message", timeout=20)

    assert message.content == "nobody is mentioned"


@pytest.mark.parametrize(("mode", "opened"), [("refusing", 0), ("mute", 1)])
async def test_a_gateway_can_be_dead(server: DiscordServer, mode: Any, opened: int) -> None:  # noqa: ANN401
    server.gateway.mode = mode
    async with aiohttp.ClientSession() as session:
        if mode == "refusing":
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await session.ws_connect(server.gateway_url)
        else:
            async with session.ws_connect(server.gateway_url) as socket:
                with pytest.raises(TimeoutError):
                    await socket.receive(timeout=0.05)

    assert server.gateway.opened == opened


async def test_an_unknown_version_is_refused(server: DiscordServer) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(f"{server.gateway_url}?v=5") as socket:
        await socket.receive()
        await socket.receive()

    assert socket.close_code == 4012


async def test_a_silent_gateway_acknowledges_no_heartbeat(server: DiscordServer) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(server.gateway_url) as socket:
        await socket.receive()
        server.gateway.go_silent()
        await socket.send_json({"op": 1, "d": None})
        await server.until(lambda: server.gateway.connections[0].heartbeats == 1)
        with pytest.raises(TimeoutError):
            await socket.receive(timeout=0.05)


async def test_each_shard_hears_its_own_servers(server: DiscordServer) -> None:
    other = server.add_guild(GUILD + (1 << 22), "Other")
    async with aiohttp.ClientSession() as session:
        sockets = [await session.ws_connect(server.gateway_url) for _ in range(2)]
        for number, socket in enumerate(sockets):
            await socket.send_json(identify(shard=[number, 2]))
        await server.until(lambda: len(server.gateway.sessions) == 2)

        heard = {
            each.shard: [int(event["d"]["id"]) for event in each.events if event["t"] == "GUILD_CREATE"]
            for each in server.gateway.sessions.values()
        }
    assert heard == {
        (0, 2): [GUILD if (GUILD >> 22) % 2 == 0 else other.id],
        (1, 2): [other.id if (GUILD >> 22) % 2 == 0 else GUILD],
    }


async def test_discord_py_may_be_one_of_several_shards(server: DiscordServer) -> None:
    server.add_guild(GUILD + (1 << 22), "Other")
    guilds = []
    for number in range(2):
        async with connected(server, Client(shard_id=number, shard_count=2)) as client:
            guilds += [guild.id for guild in client.guilds]

    assert sorted(guilds) == sorted(server.guilds)
    assert [each.shard for each in server.identifies] == [(0, 2), (1, 2)]


async def test_who_says_too_much_is_cut_off(server: DiscordServer) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(server.gateway_url) as socket:
        for _ in range(121):
            await socket.send_json({"op": 1, "d": None})
        async for _ in socket:
            pass

    assert socket.close_code == 4008


async def test_zlib_stream_is_one_stream(server: DiscordServer) -> None:
    unpacked = zlib.decompressobj()
    url = f"{server.gateway_url}?compress=zlib-stream"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        hello = await socket.receive_bytes()
        await socket.send_json(identify())
        ready = await socket.receive_bytes()

    assert hello.endswith(b"\x00\x00\xff\xff")
    assert json.loads(unpacked.decompress(hello))["op"] == 10
    assert json.loads(unpacked.decompress(ready))["t"] == "READY"


async def test_a_kicked_bot_is_told_so(server: DiscordServer) -> None:
    async with connected(server) as client:
        server.remove_guild(GUILD)
        guild = await client.wait_for("guild_remove", timeout=20)

        assert guild.id == GUILD
        with pytest.raises(discord.Forbidden) as refusal:
            await client.fetch_channel(GENERAL)
    assert refusal.value.code == 50001


async def test_an_outage_is_not_a_kick(server: DiscordServer) -> None:
    async with connected(server) as client:
        server.lose_guild(GUILD)
        guild = await client.wait_for("guild_unavailable", timeout=20)

        assert guild.id == GUILD
        assert (await client.fetch_channel(GENERAL)).id == GENERAL


async def test_a_client_hears_what_changes(server: DiscordServer) -> None:
    async with connected(server) as client:
        guild = client.get_guild(GUILD)
        assert guild is not None
        made = server.add_channel(name="new")
        server.deny(GENERAL, Permission.SEND_MESSAGES)
        role = server.add_role("digests", Permission.MANAGE_CHANNELS, members=[BOT])
        await client.until(lambda: guild.get_role(role.id) in guild.me.roles)

        general = guild.get_channel(GENERAL)
        assert guild.get_channel(made.id) is not None
        assert general is not None
        assert not general.permissions_for(guild.me).send_messages
        assert general.permissions_for(guild.me).manage_channels


async def test_without_the_intent_only_what_concerns_the_bot_is_read(server: DiscordServer) -> None:
    async with connected(server) as client:
        channel = await client.fetch_channel(GENERAL)
        assert isinstance(channel, discord.TextChannel)
        own = await channel.send("hello")
        posted = server.by_bot(GENERAL)[-1]
        server.ann.says(GENERAL, "secret")
        server.ann.says(GENERAL, "silent reply", reply_to=posted, ping=False)
        server.ann.says(GENERAL, "reply", reply_to=posted)
        server.ann.says(GENERAL, f"<@{BOT}> mention")
        server.ben.says(server.ben.dm, "private")
        await client.until(lambda: len(client.messages) == 6)

        assert own.content == "hello"
    contents = [message.content for message in client.messages]
    assert contents == ["hello", "", "", "reply", f"<@{BOT}> mention", "private"]


async def test_a_reply_to_an_answer_of_a_command_is_not_read(server: DiscordServer) -> None:
    client = Client()

    @client.tree.command(name="vllm-digest", description="Digests")
    async def digest(interaction: discord.Interaction) -> None:
        await interaction.response.send_message("here")

    async with connected(server, client):
        answer = await server.ben.slash(GENERAL, "vllm-digest").answered()
        server.ben.says(GENERAL, "why?", reply_to=answer)
        await client.until(lambda: len(client.messages) == 2)

    assert [message.content for message in client.messages] == ["here", ""]
    assert client.messages[1].author.id == BEN


async def test_several_listeners_hear_the_same(server: DiscordServer) -> None:
    async with connected(server) as one, connected(server) as other:
        server.ann.says(GENERAL, f"<@{BOT}> hi")
        await one.until(lambda: one.messages)
        await other.until(lambda: other.messages)

    assert one.messages[0].id == other.messages[0].id
