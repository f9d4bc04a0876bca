"""The named alternative: a bare bot on discord.py, which defers a command and then puts one line in its place, or a
message that it has ready."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import discord
from discord import app_commands

from adapters.discord.api import at, gateway_of
from adapters.discord.views import as_layout

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.discord.messages import Message

COMMAND = "vllm-digest"
START_S = 10


@asynccontextmanager
async def bare_bot(api_url: str, token: str, *, ready: Message | None = None) -> AsyncIterator[None]:
    """Connected until the block ends. api_url: of the REST API. ready: the answer, else what was filled in."""
    logging.getLogger("discord").setLevel(logging.CRITICAL)
    client = discord.Client(intents=discord.Intents(guilds=True))
    tree = app_commands.CommandTree(client)
    group = app_commands.Group(name=COMMAND, description="-")
    is_connected = asyncio.Event()

    @group.command(name="date", description="-")
    async def date(interaction: discord.Interaction[Any], when: str) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        if ready is None:
            await interaction.edit_original_response(content=when)
        else:
            await interaction.edit_original_response(view=as_layout(ready))

    @client.event
    async def on_ready() -> None:
        is_connected.set()

    tree.add_command(group)
    with at(api_url):
        await client.login(token)
        await tree.sync()
        await gateway_of(client.http)  # from then on discord.py connects there
        connecting = asyncio.create_task(client.connect())
        try:
            async with asyncio.timeout(START_S):
                await is_connected.wait()
            yield
        finally:
            await client.close()
            connecting.cancel()
            await asyncio.wait((connecting,))
