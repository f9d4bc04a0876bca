"""Leaving: the desk is told of places where the bot can post no more, and of nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from adapters.discord import leaving
from summarizer.errors import StoreError
from tests.adapters.discord.before_desk import BeforeDesk
from tests.adapters.discord.whole import quiet, whole
from tests.servers.discord import GENERAL, GUILD

if TYPE_CHECKING:
    import pytest

    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer

PUBLIC_THREAD: Final = 11
OTHER: Final = 1_200_000_000_000_000_009


async def test_a_server_that_removes_the_bot_is_left_each_time(host: Host, server: DiscordServer) -> None:
    server.add_guild(OTHER, "Others")
    before = BeforeDesk()
    async with whole(host, server, desk_of=before.of):
        server.remove_guild(OTHER)
        await before.until_left(1)
        server.join_guild(OTHER)
        server.remove_guild(OTHER)
        await before.until_left(2)

    assert before.places == [("discord", str(OTHER), "")] * 2


async def test_an_outage_of_a_server_is_no_leaving(host: Host, server: DiscordServer) -> None:
    before = BeforeDesk()
    async with whole(host, server, desk_of=before.of):
        server.lose_guild(GUILD)
        await quiet(server)

    assert before.places == []


async def test_a_channel_or_thread_that_is_deleted_is_left(host: Host, server: DiscordServer) -> None:
    channel = server.add_channel(name="reports")
    thread = server.add_channel(name="kernels", kind=PUBLIC_THREAD, parent=GENERAL)
    before = BeforeDesk()
    async with whole(host, server, desk_of=before.of):
        server.delete_channel(thread.id)
        await before.until_left(1)
        server.delete_channel(channel.id)
        await before.until_left(2)

    assert before.places == [
        ("discord", str(GUILD), str(thread.id)),
        ("discord", str(GUILD), str(channel.id)),
    ]


async def test_what_could_not_be_written_down_is_tried_again(
    host: Host, server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "FIRST_PAUSE_S", 0.01)
    channel = server.add_channel(name="reports")
    before = BeforeDesk(failures=[StoreError("store.unreachable"), StoreError("store.unreachable")])
    async with whole(host, server, desk_of=before.of):
        server.delete_channel(channel.id)
        await before.until_left(3)

    assert len(set(before.places)) == 1
