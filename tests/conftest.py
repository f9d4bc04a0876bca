"""Fixtures that every floor may use: a real Redis-protocol server, an empty store on it, and the tests' model."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from redis.asyncio import Redis

from adapters.store import Store, open_store
from adapters.store.embedded import embedded_server
from tests.servers.model.server import ModelServer
from tests.servers.redis import until_stopped

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server for the whole session; `store` empties it."""
    state_dir = tmp_path_factory.mktemp("redis")
    server = embedded_server(state_dir, grace_s=0)
    with asyncio.Runner() as runner:
        socket = runner.run(server.__aenter__())
        yield f"unix://{socket}"
        runner.run(server.__aexit__(None, None, None))
        runner.run(until_stopped(state_dir))


@pytest.fixture
async def store(redis_server: str, tmp_path: Path) -> AsyncIterator[Store]:
    """A store with nothing in it."""
    async with Redis.from_url(redis_server) as redis:
        await redis.flushall()
    async with open_store(redis_server, tmp_path) as store:
        yield store


@pytest.fixture(scope="session")
def model_server() -> Iterator[ModelServer]:
    """The tests' model, on loopback."""
    with ModelServer() as server:
        yield server
