"""The gateway: one session a shard whoever runs beside, resumed where it can be, and never asked for too often."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from adapters.chat.watching import Cadence
from adapters.discord.api import SessionStart
from adapters.discord.errors import DiscordError
from adapters.discord.identifies import BURST, LEFT, Identifies, Paused
from bot.discord import discord_of
from tests.adapters.discord.whole import result, whole
from tests.adapters.opened import opened, running
from tests.servers.discord import GENERAL, GUILD

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.discord.service import DiscordService
    from adapters.store import Store
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer

PAUSE_S = 20.0


class Sleeping:
    """Waits for nobody, but for a pause, until `woken`. slept: what it was to wait."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.in_pause, self.woken = asyncio.Event(), asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)
        if seconds >= PAUSE_S:
            self.in_pause.set()
            await self.woken.wait()


@asynccontextmanager
async def service(
    host: Host, server: DiscordServer, sleeping: Sleeping, token: str = ""
) -> AsyncIterator[DiscordService]:
    """Discord of a bot, which is not running yet."""
    async with opened(
        host, is_synced=False, DISCORD_TOKEN=token or server.token, DISCORD_API_URL=server.api_url
    ) as roof:
        yield discord_of(roof.named, roof.services, cadence=Cadence(first_s=0.0), sleep=sleeping)


async def test_two_processes_have_one_session_and_the_second_takes_over(
    host: Host, server: DiscordServer
) -> None:
    async with AsyncExitStack() as one:
        await one.enter_async_context(whole(host, server))
        async with service(host, server, Sleeping()) as second, running(second.run):
            # the second has asked where the gateway is, and found its shard taken
            await server.until(lambda: len(server.called("GET /gateway/bot")) >= 3)
            sessions = len(server.identifies)
            await one.aclose()
            await server.until(lambda: len(server.identifies) == 2 and server.gateway.is_ready, timeout=20)
            message = await result(server.ann.slash(GENERAL, "topics"))

    assert sessions == 1
    assert "AMD" in message.text


async def test_no_privileged_intent_is_asked_for(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        (identify,) = server.identifies

    assert not identify.closed
    assert not identify.intents & (1 << 1 | 1 << 8 | 1 << 15)


async def test_a_lost_connection_is_resumed_and_nothing_said_meanwhile_is_lost(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        server.gateway.reconnect()
        await server.until(lambda: server.gateway.resumes and server.gateway.is_ready)
        asked = server.ann.slash(GENERAL, "status")
        await result(asked, "vllm-project/vllm")

    assert len(server.identifies) == 1


async def test_what_was_asked_while_the_gateway_was_away_is_answered_after_it(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        server.gateway.disconnect(4000)
        asked = server.ann.slash(GENERAL, "status")
        await result(asked, "vllm-project/vllm")

    assert len(server.gateway.resumes) == 1
    assert len(server.identifies) == 1


async def test_an_answer_does_not_need_the_gateway(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        late = server.hang("PATCH /webhooks/**")
        asked = server.ann.slash(GENERAL, "topics")
        await asked.acknowledged()
        server.gateway.mode = "refusing"
        server.gateway.disconnect(4000)
        await server.until(lambda: not server.gateway.is_ready)
        late.release()
        await result(asked, "AMD")
        is_away = not server.gateway.is_ready

    assert is_away


async def test_a_session_that_is_not_known_any_more_is_begun_anew(host: Host, server: DiscordServer) -> None:
    sleeping = Sleeping()
    async with service(host, server, sleeping) as discord, running(discord.run):
        await server.until(lambda: server.gateway.is_ready)
        server.gateway.invalidate()
        await server.until(lambda: len(server.identifies) == 2 and server.gateway.is_ready)
        await result(server.ann.slash(GENERAL, "topics"), "AMD")


async def test_a_gateway_that_refuses_every_session_is_left_alone_for_a_while(
    host: Host, server: DiscordServer
) -> None:
    sleeping, before = Sleeping(), {*threading.enumerate()}
    server.gateway.mode = "invalid"
    with capture_logs() as logs:
        async with service(host, server, sleeping) as discord, running(discord.run):
            await asyncio.wait_for(sleeping.in_pause.wait(), 20)
            asked_for = len(server.identifies)
            connected = discord.is_connected
    beating = [each for each in {*threading.enumerate()} - before if each.name.startswith("keep-alive")]
    for thread in beating:
        await asyncio.to_thread(thread.join, 1.0)

    assert 2 <= asked_for <= BURST
    assert not connected
    assert not [each for each in beating if each.is_alive()]
    assert [entry for entry in logs if entry["event"] == "gateway paused"]


async def test_the_last_starts_of_a_day_are_left(store: Store) -> None:
    async def start() -> SessionStart:
        return SessionStart("ws://127.0.0.1", 1, LEFT, 1_000, 3_600.0, 1)

    identifies = Identifies(1, store.pace, start)

    with pytest.raises(Paused) as paused:
        await identifies.turn(0)

    assert paused.value.wait_s == 3_600.0


async def test_identifies_of_all_processes_are_counted_together(store: Store) -> None:
    async def start() -> SessionStart:
        return SessionStart("ws://127.0.0.1", 64, 1_000, 1_000, 0.0, 64)

    sleeping = Sleeping()
    processes = [Identifies(1, store.pace, start, sleep=sleeping) for _ in range(2)]
    for shard in range(BURST):  # each has a turn of its own within five seconds
        await processes[shard % 2].turn(shard)

    with pytest.raises(Paused):
        await processes[0].turn(BURST)


async def test_a_wrong_token_says_so(host: Host, server: DiscordServer) -> None:
    async with service(host, server, Sleeping(), token="wrong.token.here") as discord:
        with pytest.raises(DiscordError) as error:
            await discord.run()

    assert error.value.key == "discord.bad_token"
    assert not server.identifies


async def test_a_gateway_that_wants_more_shards_is_asked_anew_how_many(
    host: Host, server: DiscordServer
) -> None:
    async with service(host, server, Sleeping()) as discord:
        run = asyncio.create_task(discord.run())
        await server.until(lambda: server.gateway.is_ready)
        server.gateway.shards = 2
        server.gateway.disconnect(4011)
        with pytest.raises(DiscordError):  # and whoever supervises it runs it again
            await asyncio.wait_for(run, 20)
        async with running(discord.run):
            await server.until(lambda: {each.shard for each in server.identifies[1:]} == {(0, 2), (1, 2)})


async def test_a_gateway_that_is_not_there_is_tried_again(host: Host, server: DiscordServer) -> None:
    server.gateway.mode = "refusing"
    sleeping = Sleeping()
    async with service(host, server, sleeping) as discord, running(discord.run):
        await server.until(lambda: len(server.called("GET /gateway/bot")) >= 1)
        await server.until(lambda: len(server.called("GET /gateway/bot")) >= 4, timeout=20)
        server.gateway.mode = "open"
        await server.until(lambda: server.gateway.is_ready, timeout=20)

    assert len(server.identifies) == 1


async def test_what_failed_before_a_session_that_stood_lengthens_no_later_pause(
    host: Host, server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.discord.gateway.LOOK_S", 0.01)
    monkeypatch.setattr("adapters.discord.gateway.STEADY_S", 0.0)
    sleeping = Sleeping()
    async with service(host, server, sleeping) as discord, running(discord.run):
        for losses in (1, 2, 3):
            await server.until(lambda: server.gateway.is_ready)
            await result(server.ann.slash(GENERAL, "topics"), "AMD")
            server.gateway.disconnect(4012)
            await server.until(lambda losses=losses: len(server.identifies) == losses + 1)  # type: ignore[misc]

    assert [each for each in sleeping.slept if each in (2.0, 4.0, 8.0)] == [2.0, 2.0, 2.0]


async def test_a_server_that_throws_the_bot_out_is_left_without_a_word(
    host: Host, server: DiscordServer
) -> None:
    with capture_logs() as logs:
        async with whole(host, server):
            server.remove_guild(GUILD)
            await result(server.ann.slash(server.ann.dm, "topics"), "AMD")

    assert not server.called("POST /channels/*/messages")
    assert [entry["guild"] for entry in logs if entry["event"] == "guild left"] == [GUILD]
    assert not [entry for entry in logs if entry["log_level"] in ("warning", "error")]


async def test_several_shards_have_a_session_each(host: Host, server: DiscordServer) -> None:
    server.gateway.shards, server.gateway.max_concurrency = 2, 2
    sleeping = Sleeping()
    async with service(host, server, sleeping) as discord, running(discord.run):
        await server.until(lambda: len(server.gateway.sessions) == 2)
        await result(server.ann.slash(GENERAL, "topics"), "AMD")

    assert {identify.shard for identify in server.identifies} == {(0, 2), (1, 2)}
    assert len(server.overwrites_of_commands) == 1
