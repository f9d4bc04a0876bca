"""Fixtures for tests of the roof."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from adapters.github.fetch import GitHub
from tests.bot.running import Host
from tests.bot.scenes import HOUR, MORNING, REPO, Scene
from tests.servers.github import World, github_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from pathlib import Path

    from adapters.store import Store


@pytest.fixture
def host(redis_server: str, store: Store, tmp_path: Path) -> Host:
    """A place for bots, over an empty store."""
    del store  # whose fixture empties it
    return Host(redis_server, tmp_path)


@pytest.fixture
async def scene(store: Store) -> AsyncIterator[Scene]:
    """A repository with one issue of this morning, and an empty mirror of it."""
    world = World()
    world.repository(REPO).open_issue("First", by="ann", at=MORNING - HOUR)
    held: list[Scene] = []

    def clock() -> datetime:
        return held[0].now if held else MORNING

    async def nap(_seconds: float) -> None:
        await asyncio.sleep(0)

    async with (
        github_server(world, clock=clock) as server,
        GitHub(server.url, server.token or "", now=clock, sleep=nap) as source,
    ):
        held.append(Scene(server, source, store))
        yield held[0]
