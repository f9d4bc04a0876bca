"""Memory: a full server keeps what it has, and whoever may evict is found out."""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from adapters.store import open_store
from adapters.store.connection import connect
from adapters.store.memory import Eviction
from summarizer.errors import StoreError
from tests.servers.redis.valkey import Node, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from adapters.store import Store
    from adapters.store.connection import Connection

ROOM = 12_000_000
TEXT = os.urandom(20_000)


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, Node]]:
    """Two servers that a test may limit; `main` and `cache` empty them."""
    folder = tmp_path_factory.mktemp("limited")
    with running(folder / "main") as main, running(folder / "cache") as cache:
        yield main, cache


@pytest.fixture
def main(servers: tuple[Node, Node]) -> Node:
    return _as_new(servers[0])


@pytest.fixture
def cache(servers: tuple[Node, Node]) -> Node:
    return _as_new(servers[1])


def _as_new(node: Node) -> Node:
    limit(node, "noeviction", 0)
    node.ask("FLUSHALL")
    return node


def limit(node: Node, policy: str, room: int) -> None:
    """room: bytes above what the server uses now; 0 is no limit."""
    used = node.ask("INFO", "memory")["used_memory"]
    node.ask("CONFIG", "SET", "maxmemory", used + room if room else 0)
    node.ask("CONFIG", "SET", "maxmemory-policy", policy)


async def save_state(connection: Connection, number: int) -> None:
    """One key of each kind that the classes that must stay have."""
    await connection.call_many(
        [
            ("HSET", f"vllm-digest:mirror:{{a/b#{number}}}", "rev", 1, "text", TEXT),
            ("SADD", f"vllm-digest:mirror:{{a/b:hour:{number}}}", number),
            ("ZADD", "vllm-digest:mirror:{a/b:updated:issue}", number, number),
            ("SET", f"vllm-digest:lease:{{{number}}}:fence", number, "EX", 3600),
        ]
    )


async def fill(connection: Connection) -> int:
    """Save state until the server is full; returns how often it took all keys."""
    for number in count():
        try:
            await save_state(connection, number)
        except StoreError as error:
            if error.key != "store.full":
                raise
            return number
    raise AssertionError


async def state_is_there(connection: Connection, number: int) -> bool:
    text, member, score, fence = await connection.call_many(
        [
            ("HGET", f"vllm-digest:mirror:{{a/b#{number}}}", "text"),
            ("SISMEMBER", f"vllm-digest:mirror:{{a/b:hour:{number}}}", number),
            ("ZSCORE", "vllm-digest:mirror:{a/b:updated:issue}", number),
            ("GET", f"vllm-digest:lease:{{{number}}}:fence"),
        ]
    )
    return bool(text == TEXT and member == 1 and float(score) == number and fence == str(number).encode())


async def test_full_server_refuses_writes_and_keeps_every_key(main: Node, tmp_path: Path) -> None:
    limit(main, "noeviction", ROOM)
    async with open_store(main.url, tmp_path) as store, connect(main.url) as connection:
        async with store.leases.hold("digest", ttl_s=0.5) as lease:
            assert lease

            saved = await fill(connection)

            assert saved > 100
            assert all([await state_is_there(connection, number) for number in range(saved)])
            assert not await store.leases.wait_free("digest", timeout_s=1)  # it is renewed all the same
            assert lease.held
        assert await store.leases.wait_free("digest", timeout_s=1)


async def test_cache_of_its_own_is_evicted_and_no_state_with_it(
    main: Node, cache: Node, tmp_path: Path
) -> None:
    limit(main, "noeviction", ROOM)
    limit(cache, "allkeys-lru", 2_000_000)
    async with (
        open_store(main.url, tmp_path, cache_redis_url=cache.url) as store,
        connect(main.url) as connection,
    ):
        for number in range(200):
            await save_state(connection, number)
        for number in range(4_000):
            await store.cache.put(str(number), TEXT[:4_000], ttl_s=3600)

        newest = await store.cache.get("3999")
        assert newest == TEXT[:4_000]
        assert all([await state_is_there(connection, number) for number in range(200)])
        assert store.eviction is None
    assert cache.ask("INFO", "stats")["evicted_keys"] > 1_000
    assert main.ask("INFO", "stats")["evicted_keys"] == 0
    assert not main.ask("KEYS", "vllm-digest:cache:*")


@pytest.mark.parametrize(
    ("policy", "with_cache", "lost"),
    [
        ("allkeys-lru", True, ("state", "leases", "cache")),
        ("allkeys-random", False, ("state", "leases")),
        ("volatile-lru", True, ("leases", "cache")),
        ("volatile-ttl", False, ("leases",)),
    ],
)
async def test_server_that_evicts_is_warned_about_at_the_start(
    main: Node, cache: Node, tmp_path: Path, policy: str, with_cache: bool, lost: tuple[str, ...]
) -> None:
    limit(main, policy, 0)
    with capture_logs() as logs:
        async with open_store(main.url, tmp_path, cache_redis_url=None if with_cache else cache.url) as store:
            eviction = store.eviction

    kind = "all" if policy.startswith("allkeys") else "expiring"
    assert eviction == Eviction(policy, f"store.evicts_{kind}", lost)
    assert [(entry["log_level"], entry["policy"], entry["lost"]) for entry in logs] == [
        ("warning", policy, lost)
    ]


async def test_nobody_is_warned_of_a_server_that_keeps_what_it_has(any_store: Store) -> None:
    assert any_store.eviction is None


async def test_server_that_does_not_say_how_it_evicts_is_used_all_the_same(
    main: Node, tmp_path: Path
) -> None:
    main.ask("ACL", "SETUSER", "ann", "on", ">secret", "~*", "+@all", "-info", "-config")

    async with open_store(main.url.replace("//", "//ann:secret@"), tmp_path) as store:
        await store.cache.put("key", b"value", ttl_s=60)

        assert store.eviction is None


async def test_policy_is_read_where_config_is_forbidden(main: Node, tmp_path: Path) -> None:
    main.ask("ACL", "SETUSER", "ann", "on", ">secret", "~*", "+@all", "-config")
    limit(main, "allkeys-lfu", 0)

    async with open_store(main.url.replace("//", "//ann:secret@"), tmp_path) as store:
        assert store.eviction
        assert store.eviction.policy == "allkeys-lfu"


async def test_memory_tells_what_is_used_and_of_how_much(main: Node, tmp_path: Path) -> None:
    limit(main, "noeviction", ROOM)
    async with open_store(main.url, tmp_path) as store:
        before = await store.memory()
        await store.cache.put("key", TEXT * 50, ttl_s=60)

        after = await store.memory()

    assert after.used_bytes >= before.used_bytes + len(TEXT) * 50
    assert (before.max_bytes, before.policy) == (
        main.ask("INFO", "memory")["maxmemory"],
        "noeviction",
    )
    assert after.keys == before.keys + 1
    assert after.server in ("Valkey", "Redis")
    assert after.version[0].isdigit()


async def test_memory_without_a_limit_has_none(any_store: Store) -> None:
    assert (await any_store.memory()).max_bytes is None


async def test_keys_of_all_nodes_are_counted(any_store: Store) -> None:
    before = await any_store.memory()
    for number in range(50):
        await any_store.cache.put(str(number), b"value", ttl_s=60)

    assert (await any_store.memory()).keys == before.keys + 50
