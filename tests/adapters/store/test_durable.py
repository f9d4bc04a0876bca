"""Durable writes: what is said to be on disk is, on whichever node it lies, while slots move and replies get lost."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from adapters.store import connection as connections
from adapters.store.connection import connect
from summarizer.errors import StoreError
from tests.adapters.store.test_cluster import KEYS, moving, nodes, owner_first
from tests.servers.redis.valkey import cluster_url

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.store.connection import Connection
    from tests.servers.redis.valkey import Node

__all__ = ["nodes"]


@asynccontextmanager
async def nothing_reaches_the_disk(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[None]:
    """The server leaves it to its machine when to write."""
    [[_, before], *_] = [reply for [reply] in await connection.call_each([("CONFIG", "GET", "appendfsync")])]
    await connection.call_each([("CONFIG", "SET", "appendfsync", "no")])
    try:
        with monkeypatch.context() as patched:
            patched.setattr(connections, "DISK_TIMEOUT_MS", 1)
            yield
    finally:
        await connection.call_each([("CONFIG", "SET", "appendfsync", before)])


async def test_the_reply_comes_with_whether_it_is_on_disk(any_server: str) -> None:
    async with connect(any_server) as connection:
        assert await connection.call_durably("SET", "durable", 1) in ((b"OK", True), (True, True))


async def test_what_is_asked_is_the_connection_that_wrote(
    any_server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with connect(any_server) as connection:
        await connection.call_many([("SET", f"{{{number}}}", 1) for number in range(30)])
        async with nothing_reaches_the_disk(connection, monkeypatch):
            for number in range(30):  # on all nodes of a cluster, and any other connection answers that it is
                _, on_disk = await connection.call_durably("INCR", f"{{{number}}}")
                assert not on_disk


async def test_it_is_asked_of_the_node_where_the_key_went(
    nodes: tuple[Node, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source, target, _ = owner_first(nodes)
    async with connect(cluster_url(nodes)) as connection:
        await connection.call_many([("SET", key, 0) for key in KEYS])
        with moving(source, target):
            assert [await connection.call_durably("INCR", key) for key in KEYS] == [(1, True)] * len(KEYS)
            async with nothing_reaches_the_disk(connection, monkeypatch):
                assert [await connection.call_durably("INCR", key) for key in KEYS] == [(2, False)] * len(
                    KEYS
                )
        assert [await connection.call_durably("INCR", key) for key in KEYS] == [(3, True)] * len(KEYS)


async def test_a_command_that_is_refused_is_an_error_whatever_the_disk_says(any_server: str) -> None:
    async with connect(any_server) as connection:
        await connection.call("SET", "text", "none of a number")
        with pytest.raises(StoreError) as caught:
            await connection.call_durably("INCR", "text")

    assert caught.value.key == "store.refused"
