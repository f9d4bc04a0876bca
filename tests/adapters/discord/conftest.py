"""Fixtures: the tests' Discord, and our REST client of the bot in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.discord.api import at
from tests.adapters.discord.clients import Keeping, rest_of
from tests.bot.running import Host
from tests.servers.discord import discord_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from adapters.discord.rest import Rest
    from adapters.store import Store
    from tests.servers.discord import DiscordServer


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    """A loopback Discord with Ann, Ben, the bot and #general."""
    async with discord_server() as server:
        with at(server.api_url):  # of all bots in this process, whichever leaves first
            yield server


@pytest.fixture
def keep() -> Keeping:
    """What the buttons of messages have no room for is kept here."""
    return Keeping()


@pytest.fixture
async def rest(server: DiscordServer, keep: Keeping) -> AsyncIterator[Rest]:
    """The bot, logged in."""
    async with rest_of(server, keep=keep) as rest:
        yield rest


@pytest.fixture
def host(redis_server: str, store: Store, tmp_path: Path) -> Host:
    """A place for whole bots (see `whole`), over an empty store."""
    del store  # whose fixture empties it
    return Host(redis_server, tmp_path)
