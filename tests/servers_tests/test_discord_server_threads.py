"""The tests' Discord: threads, forums and announcements, as the real discord.py uses them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
import pytest

from tests.servers.discord import (
    ANNOUNCEMENT,
    BEN,
    BOT,
    FORUM,
    GENERAL,
    NotOffered,
    Permission,
    discord_server,
)
from tests.servers_tests.discord_clients import asked, codes, connected, logged_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.discord import Channel, DiscordServer


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    async with discord_server() as server:
        yield server


async def thread_in(server: DiscordServer, channel: int = GENERAL) -> Channel:
    """A thread made from a message of the bot."""
    _, sent = await asked(server, "POST", f"/channels/{channel}/messages", {"content": "x"})
    await asked(server, "POST", f"/channels/{channel}/messages/{sent['id']}/threads", {"name": "Sections"})
    return server.threads(channel)[-1]


async def test_a_thread_is_made_from_a_message(server: DiscordServer) -> None:
    async with connected(server) as client:
        channel = await client.fetch_channel(GENERAL)
        assert isinstance(channel, discord.TextChannel)
        message = await channel.send("digest")
        thread = await message.create_thread(name="Sections", auto_archive_duration=1440)
        await thread.send("more")
        again = await asked(
            server, "POST", f"/channels/{GENERAL}/messages/{message.id}/threads", {"name": "x"}
        )
        await client.until(lambda: "THREAD_CREATE" in client.heard)

    (made,) = server.threads(GENERAL)
    assert (made.id, made.name, made.archive_minutes, made.starter) == (
        message.id,
        "Sections",
        1440,
        message.id,
    )
    assert [each.content for each in server.messages(made.id)] == ["more"]
    assert again[1]["code"] == 160004


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 101}, "name"),
        ({}, "name"),
        ({"name": "x", "auto_archive_duration": 7}, "auto_archive_duration"),
    ],
)
async def test_a_thread_over_a_limit_is_refused(
    server: DiscordServer, body: dict[str, Any], where: str
) -> None:
    _, sent = await asked(server, "POST", f"/channels/{GENERAL}/messages", {"content": "x"})

    _, answer = await asked(server, "POST", f"/channels/{GENERAL}/messages/{sent['id']}/threads", body)

    assert codes(answer["errors"]).keys() == {where}
    assert server.threads() == []


@pytest.mark.parametrize("denied", [Permission.CREATE_PUBLIC_THREADS, Permission.SEND_MESSAGES_IN_THREADS])
async def test_threads_have_permissions_of_their_own(server: DiscordServer, denied: Permission) -> None:
    server.deny(GENERAL, denied)
    _, sent = await asked(server, "POST", f"/channels/{GENERAL}/messages", {"content": "x"})

    _, made = await asked(server, "POST", f"/channels/{GENERAL}/messages/{sent['id']}/threads", {"name": "x"})
    if "code" not in made:
        _, made = await asked(server, "POST", f"/channels/{made['id']}/messages", {"content": "x"})

    assert made["code"] == 50013


async def test_a_locked_thread_takes_nothing(server: DiscordServer) -> None:
    thread = await thread_in(server)
    path = f"/channels/{thread.id}/messages"
    _, sent = await asked(server, "POST", path, {"content": "x"})

    server.lock_thread(thread.id)
    _, locked = await asked(server, "POST", path, {"content": "x"})
    server.lock_thread(thread.id, is_archived=True)
    _, archived = await asked(server, "POST", path, {"content": "x"})
    _, edited = await asked(server, "PATCH", f"{path}/{sent['id']}", {"content": "y"})
    server.allow(GENERAL, Permission.MANAGE_THREADS)
    status, _ = await asked(server, "POST", path, {"content": "x"})

    assert [each["code"] for each in (locked, archived, edited)] == [160005, 50083, 50083]
    assert status == 200
    assert not thread.is_archived


async def test_an_archived_thread_wakes_with_a_message(server: DiscordServer) -> None:
    thread = await thread_in(server)
    server.archive_thread(thread.id)

    joined, _ = await asked(server, "PUT", f"/channels/{thread.id}/thread-members/@me")
    status, _ = await asked(server, "POST", f"/channels/{thread.id}/messages", {"content": "x"})

    assert (joined, status, thread.is_archived) == (400, 200, False)


async def test_people_do_not_write_into_locked_threads(server: DiscordServer) -> None:
    thread = await thread_in(server)
    server.ben.says(thread.id, "why?")
    server.lock_thread(thread.id)

    with pytest.raises(NotOffered):
        server.ben.says(thread.id, "why?")


async def test_what_is_asked_in_a_thread_comes_from_there(server: DiscordServer) -> None:
    thread = await thread_in(server)
    async with connected(server) as client:
        server.ben.says(thread.id, f"<@{BOT}> why?")
        await client.until(lambda: client.messages)

        (message,) = client.messages
        assert isinstance(message.channel, discord.Thread)
    assert (message.channel.id, message.channel.parent_id, message.author.id) == (thread.id, GENERAL, BEN)


async def test_a_slash_command_in_a_thread_tells_the_thread(server: DiscordServer) -> None:
    thread = await thread_in(server)

    channel = server.ben.slash(thread.id, "today").payload["channel"]

    assert (channel["id"], channel["parent_id"], channel["type"]) == (str(thread.id), str(GENERAL), 11)


async def test_a_post_in_a_forum_is_a_thread_with_a_message(server: DiscordServer) -> None:
    forum = server.add_channel(name="digests", kind=FORUM)
    async with logged_in(server) as client:
        channel = await client.fetch_channel(forum.id)
        assert isinstance(channel, discord.ForumChannel)
        view = discord.ui.LayoutView()
        view.add_item(discord.ui.TextDisplay("# Digest"))
        post = await channel.create_thread(name="Digest", view=view)

    (thread,) = server.threads(forum.id)
    (message,) = server.messages(thread.id)
    assert (post.thread.id, post.message.id) == (thread.id, message.id)
    assert message.text == "# Digest"


async def test_a_forum_may_need_a_tag(server: DiscordServer) -> None:
    forum = server.add_channel(kind=FORUM, needs_tag=True, tags=[{"id": "55", "name": "daily"}])
    path = f"/channels/{forum.id}/threads"
    body = {"name": "Digest", "message": {"content": "x"}}

    _, without = await asked(server, "POST", path, body)
    _, unknown = await asked(server, "POST", path, {**body, "applied_tags": ["56"]})
    status, made = await asked(server, "POST", path, {**body, "applied_tags": ["55"]})

    assert (without["code"], unknown["code"], status) == (40067, 10087, 200)
    assert made["applied_tags"] == ["55"]


async def test_a_forum_post_that_is_refused_leaves_nothing(server: DiscordServer) -> None:
    forum = server.add_channel(kind=FORUM)

    _, answer = await asked(
        server, "POST", f"/channels/{forum.id}/threads", {"name": "x", "message": {"content": ""}}
    )

    assert answer["code"] == 50006
    assert server.threads() == []


async def test_an_announcement_is_published_once(server: DiscordServer) -> None:
    news = server.add_channel(kind=ANNOUNCEMENT)
    _, sent = await asked(server, "POST", f"/channels/{news.id}/messages", {"content": "x"})
    path = f"/channels/{news.id}/messages/{sent['id']}/crosspost"

    status, published = await asked(server, "POST", path)
    _, again = await asked(server, "POST", path)

    assert (status, published["flags"] & 1, again["code"]) == (200, 1, 40033)


async def test_only_announcements_are_published(server: DiscordServer) -> None:
    _, sent = await asked(server, "POST", f"/channels/{GENERAL}/messages", {"content": "x"})

    _, answer = await asked(server, "POST", f"/channels/{GENERAL}/messages/{sent['id']}/crosspost")

    assert answer["code"] == 50024


async def test_a_thread_can_be_renamed_and_left(server: DiscordServer) -> None:
    thread = await thread_in(server)

    await asked(server, "PATCH", f"/channels/{thread.id}", {"name": "New"})
    await asked(server, "DELETE", f"/channels/{thread.id}/thread-members/@me")

    assert thread.name == "New"
    assert BOT not in thread.members


async def test_a_deleted_channel_is_unknown(server: DiscordServer) -> None:
    server.delete_channel(GENERAL)

    _, answer = await asked(server, "POST", f"/channels/{GENERAL}/messages", {"content": "x"})

    assert answer["code"] == 10003
