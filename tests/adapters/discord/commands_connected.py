"""A client with the commands and nothing else, connected to the tests' Discord."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import discord
from discord import app_commands

from adapters.discord import tree
from adapters.discord.api import at, gateway_of
from adapters.discord.sync import sync
from tests.adapters.discord.commands_heard import TITLES, Heard
from tests.servers.discord import APPLICATION, TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from tests.servers.discord import DiscordServer

NOON: Final = datetime(2026, 11, 26, 12, tzinfo=UTC)


class Remembered:
    """Texts by name, and every change of them."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.writes: list[str] = []

    async def get(self, name: str) -> str | None:
        return self.values.get(name)

    async def set(self, name: str, value: str) -> None:
        self.values[name] = value
        self.writes.append(value)


class Commands(discord.Client):
    """The commands, with nothing kept of what Discord tells."""

    def __init__(self, heard: Heard) -> None:
        super().__init__(intents=discord.Intents(guilds=True), guild_ready_timeout=0.01)
        self.tree: app_commands.CommandTree[Commands] = app_commands.CommandTree(self)
        for each in tree.build(heard, topics=TITLES, now=lambda: NOON):
            self.tree.add_command(each)


@asynccontextmanager
async def logged_in(server: DiscordServer) -> AsyncIterator[Commands]:
    """Without a gateway."""
    with at(server.api_url):
        async with Commands(Heard()) as client:
            await client.login(TOKEN)
            yield client


@asynccontextmanager
async def connected(
    server: DiscordServer, heard: Heard, guild_ids: Sequence[int] = ()
) -> AsyncIterator[Commands]:
    """With the commands registered: everywhere, or as those servers' own."""
    with at(server.api_url):
        async with Commands(heard) as client:
            await client.login(TOKEN)
            await sync(client.tree, APPLICATION, guild_ids, Remembered())
            await gateway_of(client.http)
            running = asyncio.create_task(client.connect(reconnect=False))
            try:
                async with asyncio.timeout(20):
                    await client.wait_until_ready()
                yield client
            finally:
                await client.close()
                with suppress(Exception):
                    await running
