"""A cluster: commands reach the nodes that have their keys, also while slots move and nodes go."""

from __future__ import annotations

import asyncio
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from redis.crc import key_slot

from adapters.store.connection import connect
from summarizer.errors import NotConfigured, StoreError
from tests.servers.redis import kill, until
from tests.servers.redis.valkey import SLOTS, Node, cluster_url, running_cluster, running_node

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from adapters.store.connection import Connection

SLOT = key_slot(b"{moving}")
KEYS = [f"{{moving}}:{number}" for number in range(20)]


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Node, ...]]:
    """A cluster that a test may spoil and mends again."""
    with running_cluster(tmp_path_factory.mktemp("spoilt") / "nodes") as nodes:
        yield nodes


def owner_first(nodes: tuple[Node, ...]) -> list[Node]:
    """The nodes, that which has the moving slot first."""
    return sorted(nodes, key=lambda node: SLOT not in _slots(node))


def _slots(node: Node) -> set[int]:
    found: set[int] = set()
    for line in node.ask("CLUSTER NODES").values():
        if "myself" in line["flags"]:
            for first, last in ((slots[0], slots[-1]) for slots in line["slots"]):
                found |= set(range(int(first), int(last) + 1))
    return found


def begin_move(source: Node, target: Node) -> None:
    """The slot is on its way from here on, half of its keys are there."""
    target.ask("CLUSTER", "SETSLOT", SLOT, "IMPORTING", source.ask("CLUSTER", "MYID"))
    source.ask("CLUSTER", "SETSLOT", SLOT, "MIGRATING", target.ask("CLUSTER", "MYID"))
    source.ask("MIGRATE", "127.0.0.1", target.port, "", 0, 5000, "KEYS", *KEYS[::2])


def end_move(source: Node, target: Node) -> None:
    source.ask("MIGRATE", "127.0.0.1", target.port, "", 0, 5000, "KEYS", *KEYS)
    for node in (target, source):
        node.ask("CLUSTER", "SETSLOT", SLOT, "NODE", target.ask("CLUSTER", "MYID"))


@contextmanager
def moving(source: Node, target: Node) -> Iterator[None]:
    begin_move(source, target)
    try:
        yield
    finally:
        end_move(source, target)


async def use_several_connections(connection: Connection) -> None:
    await asyncio.gather(*(connection.call_many([("GET", key) for key in KEYS]) for _ in range(4)))


async def test_replies_of_several_nodes_come_in_the_order_of_the_commands(redis_cluster: str) -> None:
    async with connect(redis_cluster) as connection:
        await connection.call_many([("SET", f"{{{number}}}", number) for number in range(200)])

        replies = await connection.call_many(
            [
                command
                for number in range(200)
                for command in (
                    ("GET", f"{{{number}}}"),
                    (
                        "EVAL",
                        "return {KEYS[1], KEYS[2], ARGV[1]}",
                        2,
                        f"{{{number}}}",
                        f"{{{number}}}:b",
                        number,
                    ),
                    ("ECHO", number),
                )
            ]
        )

    assert replies == [
        reply
        for number in range(200)
        for text in (str(number).encode(),)
        for reply in (text, [b"{%s}" % text, b"{%s}:b" % text, text], text)
    ]


async def test_keys_of_a_slot_on_its_way_are_found(nodes: tuple[Node, ...]) -> None:
    source, target, _ = owner_first(nodes)
    async with connect(cluster_url(nodes)) as connection:
        await connection.call_many([("SET", key, key) for key in KEYS])
        await use_several_connections(connection)
        with moving(source, target):
            replies = await asyncio.gather(
                *(connection.call_many([("GET", key) for key in KEYS]) for _ in range(4))
            )
            await connection.call_many([("SET", key, "new") for key in KEYS])

        assert replies == [[key.encode() for key in KEYS]] * 4
        assert await connection.call_many([("GET", key) for key in KEYS]) == [b"new"] * len(KEYS)


async def test_slot_that_has_moved_is_found_at_its_new_node(nodes: tuple[Node, ...]) -> None:
    source, target, _ = owner_first(nodes)
    async with connect(cluster_url(nodes)) as connection:
        await connection.call_many([("SET", key, key) for key in KEYS])
        with moving(source, target):
            pass

        replies = await connection.call_many([("GET", key) for key in KEYS])

    assert replies == [key.encode() for key in KEYS]


async def test_node_without_slots_that_gets_its_first_is_found(
    nodes: tuple[Node, ...], tmp_path: Path
) -> None:
    [source, *_] = owner_first(nodes)
    with running_node(tmp_path / "newcomer") as newcomer:
        newcomer.ask("CLUSTER", "MEET", "127.0.0.1", source.port, source.bus_port or 0)

        async def known() -> bool:
            about = newcomer.ask("CLUSTER INFO")
            known = about["cluster_state"] == "ok" and about["cluster_known_nodes"] == "4"
            return known and len(source.ask("CLUSTER NODES")) == 4

        await until(known)
        async with connect(cluster_url(nodes)) as connection:
            await connection.call_many([("SET", key, key) for key in KEYS])
            begin_move(source, newcomer)

            replies = await connection.call_many([("GET", key) for key in KEYS])

            end_move(source, newcomer)
            with moving(newcomer, source):
                pass
        identity = newcomer.ask("CLUSTER", "MYID")
        for node in nodes:
            node.ask("CLUSTER", "FORGET", identity)

    assert replies == [key.encode() for key in KEYS]


async def test_cluster_that_lacks_a_slot_is_told(nodes: tuple[Node, ...]) -> None:
    [source, *_] = owner_first(nodes)
    source.ask("CLUSTER", "DELSLOTS", SLOT)
    try:
        with pytest.raises(StoreError, match=r"store\.cluster_down"):
            async with connect(cluster_url((source,))):
                pass
    finally:
        source.ask("CLUSTER", "ADDSLOTS", SLOT)


async def test_cluster_that_loses_a_node_is_lost_for_its_keys_only(tmp_path: Path) -> None:
    with running_cluster(tmp_path / "nodes") as nodes:
        async with connect(cluster_url(nodes)) as connection:
            source, other, _ = owner_first(nodes)
            near = next(key for key in map(str, range(SLOTS)) if key_slot(key.encode()) in _slots(other))
            kill(int(source.ask("INFO", "server")["process_id"]))

            assert await connection.call("GET", near) is None
            with pytest.raises(StoreError, match=r"store\.lost"):
                await connection.call_many([("GET", KEYS[0]), ("GET", near)])


async def test_one_server_is_no_cluster(tcp_server: str) -> None:
    with pytest.raises(StoreError, match=r"store\.no_cluster"):
        async with connect(tcp_server.replace("redis:", "redis+cluster:")):
            pass


async def test_node_of_a_cluster_is_no_server_by_itself(nodes: tuple[Node, ...]) -> None:
    async with connect(nodes[0].url) as connection:
        with pytest.raises(StoreError, match=r"store\.cluster_node"):
            await connection.call_many([("GET", str(key)) for key in range(20)])


async def test_cluster_of_which_no_node_answers_is_unreachable() -> None:
    with pytest.raises(StoreError, match=r"store\.unreachable") as raised:
        async with connect("redis+cluster://:secret@127.0.0.1:1,127.0.0.1:2"):
            pass

    assert "secret" not in str(raised.value)


async def test_wrong_password_of_a_cluster_is_told(nodes: tuple[Node, ...]) -> None:
    url = cluster_url(nodes)
    for node in nodes:
        node.ask("ACL", "SETUSER", "ann", "on", ">right", "~*", "+@all")

    async with connect(url.replace("//", "//ann:right@")) as connection:
        await connection.call("SET", "key", "value")
    with pytest.raises(StoreError, match=r"store\.password"):
        async with connect(url.replace("//", "//ann:wrong@")):
            pass


async def test_database_of_a_cluster_is_a_setting_to_mend() -> None:
    with pytest.raises(NotConfigured, match=r"store\.url"):
        async with connect("redis+cluster://127.0.0.1:1/3"):
            pass
