"""The tests' Discord: rate limits, tokens, and what fails on demand."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import discord
import pytest

from tests.servers.discord import BOT, GENERAL, GUILD, Permission, discord_server
from tests.servers_tests.discord_clients import Client, asked, logged_in, pointed_at

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.discord import DiscordServer

MESSAGES = f"/channels/{GENERAL}/messages"
POST = "POST /channels/*/messages"


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with discord_server() as server:
        yield server


async def post(server: DiscordServer, content: str = "x") -> int:
    return (await asked(server, "POST", MESSAGES, {"content": content}))[0]


async def headers_of(server: DiscordServer, path: str = "/users/@me") -> dict[str, str]:
    headers = {"Authorization": f"Bot {server.token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{server.api_url}{path}", headers=headers) as answer,
    ):
        return dict(answer.headers)


async def test_a_wrong_token_is_refused(server: DiscordServer) -> None:
    status, answer = await asked(server, "GET", "/users/@me", token="wrong")

    assert (status, answer) == (401, {"message": "401: Unauthorized", "code": 0})
    with pointed_at(server):
        client = Client()
        with pytest.raises(discord.LoginFailure):
            await client.login("wrong")
        await client.close()


async def test_each_answer_tells_its_bucket(server: DiscordServer) -> None:
    server.pace.narrow("GET /users/@me", 5, 60.0)

    first, second, other = (
        await headers_of(server),
        await headers_of(server),
        await headers_of(server, "/gateway"),
    )

    assert (first["X-RateLimit-Limit"], first["X-RateLimit-Remaining"]) == ("5", "4")
    assert second["X-RateLimit-Remaining"] == "3"
    assert 0 < float(first["X-RateLimit-Reset-After"]) <= 60
    assert abs(float(first["X-RateLimit-Reset"]) - time.time()) < 61
    assert first["X-RateLimit-Bucket"] == second["X-RateLimit-Bucket"] != other["X-RateLimit-Bucket"]


async def test_what_comes_over_the_pace_of_a_bucket_waits(server: DiscordServer) -> None:
    other = server.add_channel()
    server.pace.narrow(POST, 2, 60.0)

    statuses = [await post(server) for _ in range(3)]
    _, answer = await asked(server, "POST", MESSAGES, {"content": "x"})
    elsewhere, _ = await asked(server, "POST", f"/channels/{other.id}/messages", {"content": "x"})

    assert statuses == [200, 200, 429]
    assert 0 < answer["retry_after"] <= 60
    assert answer["global"] is False
    assert elsewhere == 200
    assert len(server.pace.over) == 2
    assert len(server.by_bot(GENERAL)) == 2


async def test_what_comes_over_the_pace_of_all_waits(server: DiscordServer) -> None:
    server.pace.in_all = 1
    server.pace.reset()

    first = await post(server)
    status, answer = await asked(server, "GET", "/users/@me")

    assert (first, status, answer["global"]) == (200, 429, True)


@pytest.mark.parametrize("is_global", [False, True])
async def test_discord_py_waits_as_long_as_it_is_told(server: DiscordServer, is_global: bool) -> None:
    server.limit(POST, 0.05, is_global=is_global)
    async with logged_in(server) as client:
        channel = await client.fetch_channel(GENERAL)
        assert isinstance(channel, discord.TextChannel)
        began = time.monotonic()
        await channel.send("x")
        took = time.monotonic() - began

    assert took >= 0.05
    assert [call.status for call in server.called(POST)] == [429, 200]


async def test_requests_fail_as_often_as_they_are_told(server: DiscordServer) -> None:
    fault = server.fail(POST, 403, {"code": 50013, "message": "Missing Permissions"}, times=2)

    statuses = [await post(server) for _ in range(3)]

    assert statuses == [403, 403, 200]
    assert [call.code for call in fault.met] == [50013, 50013]


async def test_a_failure_in_json_tells_its_bucket_too(server: DiscordServer) -> None:
    server.fail("*", 500, {})
    server.fail("*", 500, {}, after_effect=True)

    first, second = await headers_of(server), await headers_of(server)

    assert (first["X-RateLimit-Remaining"], second["X-RateLimit-Remaining"]) == ("999", "998")


async def test_a_request_may_be_done_and_its_answer_lost(server: DiscordServer) -> None:
    server.fail(POST, 502, {}, after_effect=True)

    status = await post(server)

    assert status == 502
    assert len(server.by_bot(GENERAL)) == 1


async def test_only_those_fail_that_are_picked(server: DiscordServer) -> None:
    server.fail("*", 500, {}, when=lambda call: call.method == "POST" and call.body["content"] == "bad")

    assert [await post(server, content) for content in ("good", "bad")] == [200, 500]


async def test_a_request_hangs_until_it_is_let_go(server: DiscordServer) -> None:
    fault = server.hang(POST)
    waiting = asyncio.get_running_loop().create_task(post(server))
    await server.until(lambda: fault.met)

    assert server.by_bot(GENERAL) == []
    fault.release()
    assert await waiting == 200
    assert await post(server) == 200


async def test_what_hangs_ends_with_the_server() -> None:
    async with discord_server() as server:
        server.hang(POST)
        waiting = asyncio.get_running_loop().create_task(post(server))
        await server.until(lambda: server.called(POST))

    assert await waiting == 200


async def test_a_connection_may_be_cut(server: DiscordServer) -> None:
    server.drop(POST)

    with pytest.raises(aiohttp.ServerDisconnectedError):
        await post(server)
    assert await post(server) == 200
    assert len(server.by_bot(GENERAL)) == 1


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/channels/7", 404, 10003),
        ("/guilds/7", 404, 10004),
        (f"{MESSAGES}/7", 404, 10008),
        ("/users/7", 404, 10013),
        (f"/guilds/{GUILD}/members/7", 404, 10007),
        ("/nothing", 404, 0),
    ],
)
async def test_what_is_not_there_is_unknown(server: DiscordServer, path: str, status: int, code: int) -> None:
    found, answer = await asked(server, "GET", path)

    assert (found, answer["code"]) == (status, code)


@pytest.mark.parametrize(("body", "code"), [("{", 50109), ("[]", 50035)])
async def test_a_body_that_is_no_object_is_refused(server: DiscordServer, body: str, code: int) -> None:
    headers = {"Authorization": f"Bot {server.token}", "Content-Type": "application/json"}
    url = f"{server.api_url}{MESSAGES}"
    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        said: Any = await answer.json()

    assert said["code"] == code


async def test_the_bot_is_shown_itself_and_its_servers(server: DiscordServer) -> None:
    async with logged_in(server) as client:
        application = await client.application_info()
        guild = await client.fetch_guild(GUILD)
        channels = await guild.fetch_channels()
        member = await guild.fetch_member(BOT)
        mine = [each.id async for each in client.fetch_guilds()]

    assert application.id == BOT
    assert application.guild_integration_config is not None
    assert (guild.name, [each.id for each in channels], member.id, mine) == ("Tests", [GENERAL], BOT, [GUILD])


async def test_the_bot_can_leave(server: DiscordServer) -> None:
    async with logged_in(server) as client:
        await (await client.fetch_guild(GUILD)).leave()

        assert [each async for each in client.fetch_guilds()] == []


async def test_an_error_of_the_server_itself_does_not_pass_unseen() -> None:
    with pytest.raises(ValueError, match="no number"):
        async with discord_server() as server:
            await asked(server, "POST", "/users/@me/channels", {"recipient_id": "no number"})


async def test_typing_is_noticed(server: DiscordServer) -> None:
    status, _ = await asked(server, "POST", f"/channels/{GENERAL}/typing")

    assert (status, server.typings) == (204, [GENERAL])


async def test_what_is_late_happens_when_nobody_waits_for_it_any_more(server: DiscordServer) -> None:
    late = server.late(POST)

    with pytest.raises(aiohttp.ClientError):
        await post(server)
    before = server.by_bot(GENERAL)
    late.release()
    await server.until(lambda: server.by_bot(GENERAL))

    assert before == []
    assert [each.content for each in server.by_bot(GENERAL)] == ["x"]
    assert await post(server, "y") == 200


async def test_what_is_late_happens_after_its_time(server: DiscordServer) -> None:
    server.late(POST, 0.01)

    with pytest.raises(aiohttp.ClientError):
        await post(server)

    await server.until(lambda: server.by_bot(GENERAL))


async def test_what_is_late_comes_too_late_where_the_channel_is_gone(server: DiscordServer) -> None:
    late = server.late(POST)
    with pytest.raises(aiohttp.ClientError):
        await post(server)

    server.delete_channel(GENERAL)
    late.release()
    await server.ended()

    assert server.all_messages == []


async def test_a_history_that_lags_tells_of_nothing_new(server: DiscordServer) -> None:
    server.lag_s = 30
    await post(server)
    [message] = server.by_bot(GENERAL)

    async def seen() -> tuple[int, int]:
        _, found = await asked(server, "GET", MESSAGES)
        status, _ = await asked(server, "GET", f"{MESSAGES}/{message.id}")
        return len(found), status

    before = await seen()
    server.advance(31)

    assert before == (0, 404)
    assert await seen() == (1, 200)


async def test_a_history_is_read_in_pages_and_does_not_tell_the_nonce(server: DiscordServer) -> None:
    for number in range(5):
        await asked(
            server, "POST", MESSAGES, {"content": f"{number}", "nonce": f"n{number}", "enforce_nonce": True}
        )
    first = server.by_bot(GENERAL)[0]

    async def said(query: str) -> list[str]:
        _, found = await asked(server, "GET", f"{MESSAGES}?{query}")
        assert not [each for each in found if "nonce" in each]
        return [each["content"] for each in found]

    assert await said("limit=2") == ["4", "3"]
    assert await said(f"limit=2&after={first.id}") == ["2", "1"]
    assert await said(f"limit=2&before={server.by_bot(GENERAL)[2].id}") == ["1", "0"]


async def test_who_may_not_read_is_told_of_nothing(server: DiscordServer) -> None:
    await post(server)
    server.deny(GENERAL, Permission.READ_MESSAGE_HISTORY)

    assert await asked(server, "GET", MESSAGES) == (200, [])


async def test_a_server_that_was_deleted_is_unknown(server: DiscordServer) -> None:
    server.delete_guild(GUILD)

    status, answer = await asked(server, "GET", f"/guilds/{GUILD}")
    gone, channel = await asked(server, "GET", f"/channels/{GENERAL}")

    assert (status, answer["code"], gone, channel["code"]) == (404, 10004, 404, 10003)
