"""Fixtures that every floor may use: real Redis-protocol servers, an empty store on them, and the tests' model."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from redis.asyncio import Redis

from adapters.store import Store, open_store
from adapters.store.connection import connect
from adapters.store.embedded import embedded_server
from tests.servers.model.server import ModelServer
from tests.servers.redis import until_stopped
from tests.servers.redis.valkey import cluster_url, running, running_cluster

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

# how long an example takes says nothing on a busy machine
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")


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
def tcp_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server on 127.0.0.1 for the whole session."""
    with running(tmp_path_factory.mktemp("tcp") / "server") as node:
        yield node.url


@pytest.fixture(scope="session")
def redis_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a cluster of three on 127.0.0.1 for the whole session."""
    with running_cluster(tmp_path_factory.mktemp("cluster") / "nodes") as nodes:
        yield cluster_url(nodes)


@pytest.fixture(
    params=[
        pytest.param("redis_server", id="embedded"),
        pytest.param("tcp_server", id="tcp"),
        pytest.param("redis_cluster", id="cluster"),
    ]
)
def any_server(request: pytest.FixtureRequest) -> str:
    """The URL of each kind of server in turn, started when a test first asks for it; `any_store` empties it."""
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture
async def any_store(any_server: str, tmp_path: Path) -> AsyncIterator[Store]:
    """A store with nothing in it, on each kind of server in turn."""
    async with connect(any_server) as connection:
        await connection.call_each([("FLUSHALL",)])
    async with open_store(any_server, tmp_path) as store:
        yield store


@pytest.fixture(scope="session")
def model_server() -> Iterator[ModelServer]:
    """The tests' model, on loopback."""
    with ModelServer() as server:
        yield server
