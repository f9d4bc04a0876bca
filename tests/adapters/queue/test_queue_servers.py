"""A server that dies, forgets or moves what it has: the workers go on as soon as it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from redis.crc import key_slot

from adapters.queue import Job, open_queue
from adapters.store.embedded import embedded_server
from tests.adapters.queue.working import Hands, working
from tests.servers.redis import kill, server_pid, until, until_old_enough, until_stopped
from tests.servers.redis.valkey import Node, cluster_url, running, running_cluster

if TYPE_CHECKING:
    from pathlib import Path

POSTS = "vllm-digest:queue:{posts}"
SLOT = key_slot(b"posts")


async def test_jobs_survive_a_server_that_is_killed_and_workers_go_on_when_it_is_back(tmp_path: Path) -> None:
    hands = Hands(busy=True)
    async with embedded_server(tmp_path, grace_s=0) as socket:
        await until_old_enough(socket)
        async with open_queue(f"unix://{socket}", tmp_path) as queue, working(queue, {"deliver": hands}):
            await queue.kick_many("posts", [Job("deliver", str(number)) for number in range(3)])
            await hands.has(1)
            kill(await server_pid(socket))
            hands.rest()
            await hands.has(3)
            await queue.kick("posts", "deliver", "3")
            await hands.has(4)
    await until_stopped(tmp_path)

    assert hands.given == ["0", "1", "2", "3"]


async def test_workers_wait_while_the_server_refuses_them_and_say_so_once(tmp_path: Path) -> None:
    hands = Hands()
    with running(tmp_path / "server") as node, structlog.testing.capture_logs() as logged:
        async with open_queue(node.url, tmp_path) as queue, working(queue, {"deliver": hands}, {"posts": 1}):
            await queue.kick("posts", "deliver", "1")
            await hands.has(1)
            node.ask("ACL", "SETUSER", "default", "-xreadgroup")
            node.ask("CLIENT", "KILL", "TYPE", "normal")

            async def refused_thrice() -> bool:
                return int(node.ask("INFO", "errorstats").get("errorstat_NOPERM", {"count": 0})["count"]) >= 3

            await until(refused_thrice)
            node.ask("ACL", "SETUSER", "default", "+xreadgroup")
            await queue.kick("posts", "deliver", "2")
            await hands.has(2)

    assert hands.given == ["1", "2"]
    assert [line["event"] for line in logged] == ["queue is lost", "queue is back"]


async def test_workers_go_on_with_a_server_that_has_lost_its_data(tmp_path: Path) -> None:
    hands = Hands()
    with running(tmp_path / "server") as node:
        async with open_queue(node.url, tmp_path) as queue, working(queue, {"deliver": hands}, {"posts": 1}):
            await queue.kick("posts", "deliver", "1")
            await hands.has(1)
            node.ask("FLUSHALL")
            await queue.kick("posts", "deliver", "2")
            await hands.has(2)

    assert hands.given == ["1", "2"]


async def test_a_stream_whose_slot_moves_is_followed(tmp_path: Path) -> None:
    hands = Hands()
    with running_cluster(tmp_path / "nodes") as nodes:
        url = cluster_url(nodes)
        async with open_queue(url, tmp_path) as queue, working(queue, {"deliver": hands}, {"posts": 1}):
            await queue.kick("posts", "deliver", "before")
            await hands.has(1)
            source, target, other = await _owner_first(nodes)
            identity = target.ask("CLUSTER", "MYID")
            target.ask("CLUSTER", "SETSLOT", SLOT, "IMPORTING", source.ask("CLUSTER", "MYID"))
            source.ask("CLUSTER", "SETSLOT", SLOT, "MIGRATING", identity)
            source.ask("MIGRATE", "127.0.0.1", target.port, POSTS, 0, 5000)
            await queue.kick("posts", "deliver", "on its way")
            await hands.has(2)
            for node in (target, source, other):
                node.ask("CLUSTER", "SETSLOT", SLOT, "NODE", identity)
            await queue.kick("posts", "deliver", "after")
            await hands.has(3)

    assert hands.given == ["before", "on its way", "after"]


async def _owner_first(nodes: tuple[Node, ...]) -> list[Node]:
    """The nodes, that which has the stream first."""
    return sorted(nodes, key=lambda node: not node.ask("CLUSTER", "COUNTKEYSINSLOT", SLOT))
