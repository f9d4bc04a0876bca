"""Failures over REST: a wrong token, a Discord that is slow, broken or away, and what may have happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord import api
from adapters.discord.errors import Ambiguous, DiscordError, RateLimited
from tests.adapters.discord.clients import rest_of, saying
from tests.servers.discord import FORUM, GENERAL, discord_server

if TYPE_CHECKING:
    from adapters.discord.rest import Rest
    from tests.servers.discord import DiscordServer

POSTS = "POST /channels/{channel}/messages"
EDITS = "PATCH /channels/{channel}/messages/{message}"
THREADS = "POST /channels/{channel}/threads"


async def test_a_wrong_token_is_told_as_that(server: DiscordServer) -> None:
    with pytest.raises(DiscordError) as caught:
        async with rest_of(server, token="tests.wrong.token"):
            pass

    assert caught.value.key == "discord.bad_token"
    assert "tests.wrong.token" not in str(caught.value)


async def test_a_token_that_was_reset_meanwhile_is_told_as_that(rest: Rest, server: DiscordServer) -> None:
    server.token = "tests.another.token"

    with pytest.raises(DiscordError) as caught:
        await rest.post(GENERAL, saying("a"))

    assert caught.value.key == "discord.bad_token"


async def test_a_discord_that_is_away_is_told_as_that() -> None:
    async with discord_server() as server:
        pass

    with pytest.raises(DiscordError) as caught:
        async with rest_of(server):
            pass

    assert caught.value.key == "discord.unreachable"


async def test_a_lost_connection_posts_once_all_the_same(rest: Rest, server: DiscordServer) -> None:
    server.drop(POSTS)

    await rest.post(GENERAL, saying("a"))

    assert [each.text for each in server.by_bot(GENERAL)] == ["a"]


async def test_a_lost_answer_posts_once_all_the_same(rest: Rest, server: DiscordServer) -> None:
    server.drop(POSTS, after_effect=True)

    posted = await rest.post(GENERAL, saying("a"))

    assert [(each.id, each.text) for each in server.by_bot(GENERAL)] == [(posted, "a")]


async def test_without_a_nonce_of_the_callers_no_clear_end_is_ambiguous(
    rest: Rest, server: DiscordServer
) -> None:
    server.fail(POSTS, 503, times=9)

    with pytest.raises(Ambiguous):
        await rest.post(GENERAL, saying("a"))


async def test_with_a_nonce_of_the_callers_it_can_be_tried_again(rest: Rest, server: DiscordServer) -> None:
    server.fail(POSTS, 503, times=1, after_effect=True)

    with pytest.raises(DiscordError) as caught:
        await rest.post(GENERAL, saying("a"), nonce="n1")
    await rest.post(GENERAL, saying("a"), nonce="n1")

    assert caught.value.key == "discord.unreachable"
    assert len(server.by_bot(GENERAL)) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_post_in_a_forum_is_never_started_twice(
    rest: Rest, server: DiscordServer, status: int
) -> None:
    forum = server.add_channel(kind=FORUM, name="news")
    server.fail(THREADS, status, after_effect=True)

    with pytest.raises(Ambiguous):
        await rest.forum_post(forum.id, "the digest", saying("a"))

    assert len(server.threads(forum.id)) == 1


async def test_after_a_pause_an_end_can_be_unclear_as_well(rest: Rest, server: DiscordServer) -> None:
    forum = server.add_channel(kind=FORUM, name="news")
    server.limit(THREADS, 0.01)
    server.drop(THREADS, after_effect=True)

    with pytest.raises(Ambiguous):
        await rest.forum_post(forum.id, "the digest", saying("a"))

    assert len(server.threads(forum.id)) == 1


async def test_what_never_reached_discord_has_not_happened(rest: Rest, server: DiscordServer) -> None:
    forum = server.add_channel(kind=FORUM, name="news")
    await rest.channel(forum.id)
    async with discord_server() as gone:
        pass

    with api.at(gone.api_url), pytest.raises(DiscordError) as caught:
        await rest.forum_post(forum.id, "the digest", saying("a"))

    assert caught.value.key == "discord.unreachable"


async def test_an_edit_that_failed_can_be_tried_again(rest: Rest, server: DiscordServer) -> None:
    posted = await rest.post(GENERAL, saying("a"))
    server.fail(EDITS, 503)

    with pytest.raises(DiscordError) as caught:
        await rest.edit(GENERAL, posted, saying("b"))
    await rest.edit(GENERAL, posted, saying("b"))

    assert caught.value.key == "discord.unreachable"
    assert [each.text for each in server.by_bot(GENERAL)] == ["b"]


async def test_a_short_pause_is_waited_out(rest: Rest, server: DiscordServer) -> None:
    server.limit(POSTS, 0.02)

    await rest.post(GENERAL, saying("a"))

    assert [each.text for each in server.by_bot(GENERAL)] == ["a"]


async def test_a_long_pause_is_told(rest: Rest, server: DiscordServer) -> None:
    server.limit(POSTS, 61.2)

    with pytest.raises(RateLimited) as caught:
        await rest.post(GENERAL, saying("a"))

    assert caught.value.wait_s == 61.2
    assert caught.value.values == {"wait": 62}


async def test_a_page_in_front_of_discord_is_a_pause_too(rest: Rest, server: DiscordServer) -> None:
    server.fail(POSTS, 429, headers={"Retry-After": "90"})

    with pytest.raises(RateLimited) as caught:
        await rest.post(GENERAL, saying("a"))

    assert caught.value.wait_s == 90


async def test_what_discord_refuses_is_told_without_what_was_posted(
    rest: Rest, server: DiscordServer
) -> None:
    server.fail(POSTS, 400, {"code": 40002, "message": "secret words"}, times=9)

    with pytest.raises(DiscordError) as caught:
        await rest.post(GENERAL, saying("secret words"))

    assert (caught.value.key, caught.value.values) == ("discord.refused", {"error": "40002"})


# --- where Discord is


async def test_the_gateway_is_where_the_api_says(rest: Rest, server: DiscordServer) -> None:
    start = await rest.session_start()

    assert (start.url, start.shards, start.total, start.remaining, start.reset_after_s) == (
        server.gateway_url,
        1,
        1_000,
        server.gateway.identifies_left,
        86_400,
    )
    assert str(DiscordWebSocket.DEFAULT_GATEWAY) == server.gateway_url


async def test_afterwards_everything_is_where_it_was() -> None:
    before = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY

    async with discord_server() as server, rest_of(server) as rest:
        await rest.session_start()
        during = Route.BASE, str(DiscordWebSocket.DEFAULT_GATEWAY)

    assert during == (server.api_url, server.gateway_url)
    assert before == (Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY)
    assert before[0] == api.OFFICIAL


def test_who_leaves_first_does_not_move_those_who_came_later() -> None:
    first, later = api.at("https://proxy.example/api/v10"), api.at("https://proxy.example/api/v10")
    first.__enter__()
    later.__enter__()

    first.__exit__(None, None, None)
    between = Route.BASE
    later.__exit__(None, None, None)

    assert between == "https://proxy.example/api/v10"
    assert Route.BASE == api.OFFICIAL


def test_an_address_may_end_in_a_slash_and_be_nested() -> None:
    with api.at("https://proxy.example/api/v10/"):
        assert Route("GET", "/gateway").url == "https://proxy.example/api/v10/gateway"
        with api.at():
            assert Route.BASE == api.OFFICIAL
        assert Route.BASE == "https://proxy.example/api/v10"


async def test_a_gateway_that_is_not_told_rightly_is_refused(rest: Rest, server: DiscordServer) -> None:
    server.fail("GET /gateway/bot", 200, {"url": "wss://gateway.example"})

    with pytest.raises(DiscordError) as caught:
        await rest.session_start()

    assert caught.value.key == "discord.refused"
