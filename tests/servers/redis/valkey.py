"""Real servers over TCP on loopback, from the binary that the embedded server uses: one, a cluster, a sentinel.

They keep their data in a folder of the caller's and end with the block, or with this process however it ends.
"""

from __future__ import annotations

import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from redis import ConnectionError as NoConnection
from redis import Redis

from adapters.store.embedded import server_binary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

DEADLINE_S = 30.0
SLOTS = 16_384
NODES = 3
ATTEMPTS = 5

# the shell's input is a pipe of ours: it ends when this process does, and the server with it
_UNTIL_INPUT_ENDS = """
exec 3<&0
"$@" 3<&- &
server=$!
{ read -r _ <&3; kill "$server"; } 2>/dev/null &
wait "$server"
"""


@dataclass(frozen=True, slots=True)
class Node:
    """A server on 127.0.0.1. bus_port: where the other nodes of a cluster reach it."""

    port: int
    bus_port: int | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}"

    def ask(self, *command: str | int) -> Any:  # noqa: ANN401 - it depends on the command
        """The reply to one command, on a connection of its own."""
        with Redis(port=self.port, decode_responses=True, protocol=2) as redis:
            return redis.execute_command(*command)


@contextmanager
def running(folder: Path, *, sentinel: bool = False, **options: str) -> Iterator[Node]:
    """A server that answers. options: of its configuration, `_` for `-`."""
    folder.mkdir()
    for _ in range(ATTEMPTS):
        # a cluster's own choice, 10,000 above its port, may be taken or not exist
        node = Node(_free_port(), _free_port() if "cluster_enabled" in options else None)
        settings = {"port": str(node.port), "bind": "127.0.0.1", "dir": str(folder), "logfile": "server.log"}
        if not sentinel:
            settings |= {"save": "", "appendonly": "yes"}
        settings |= {name.replace("_", "-"): value for name, value in options.items()}
        if node.bus_port:
            settings["cluster-port"] = str(node.bus_port)
        configuration = folder / "server.conf"  # a sentinel rewrites it, so it must be a file
        configuration.write_text("".join(f'{name} "{value}"\n' for name, value in settings.items()))
        process = _start(configuration, sentinel=sentinel)
        try:
            if _answers(node, process, configuration):
                yield node
                return
        finally:
            assert process.stdin
            process.stdin.close()
            process.wait(DEADLINE_S)
    raise AssertionError((folder / "server.log").read_text())


def running_node(folder: Path) -> AbstractContextManager[Node]:
    """A node that belongs to no cluster yet, and stays a primary when it has given away its last slot."""
    return running(folder, cluster_enabled="yes", cluster_allow_replica_migration="no")


@contextmanager
def running_cluster(folder: Path) -> Iterator[tuple[Node, ...]]:
    """The primaries of a cluster that serves all slots, a third each."""
    folder.mkdir()
    with ExitStack() as stack:
        nodes = tuple(stack.enter_context(running_node(folder / str(number))) for number in range(NODES))
        bounds = [SLOTS * number // NODES for number in range(NODES + 1)]
        for number, node in enumerate(nodes):
            node.ask("CLUSTER", "ADDSLOTSRANGE", bounds[number], bounds[number + 1] - 1)
            node.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        for node in nodes[1:]:
            nodes[0].ask("CLUSTER", "MEET", "127.0.0.1", node.port, node.bus_port or 0)
        _until(lambda: all(_whole(node) for node in nodes))
        yield nodes


@contextmanager
def running_sentinel(folder: Path, master: Node, name: str) -> Iterator[Node]:
    """A sentinel that watches `master` under the name."""
    with running(folder, sentinel=True) as node:
        node.ask("SENTINEL", "MONITOR", name, "127.0.0.1", master.port, 1)
        yield node


def cluster_url(nodes: tuple[Node, ...]) -> str:
    return "redis+cluster://" + ",".join(f"127.0.0.1:{node.port}" for node in nodes)


def _start(configuration: Path, *, sentinel: bool) -> subprocess.Popen[bytes]:
    server = [str(server_binary()), str(configuration), *(["--sentinel"] if sentinel else [])]
    return subprocess.Popen(  # noqa: S603 - our own words
        ["/bin/sh", "-c", _UNTIL_INPUT_ENDS, "sh", *server],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _answers(node: Node, process: subprocess.Popen[bytes], configuration: Path) -> bool:
    """False when the server has ended: somebody else, who may answer as well, took its port first."""
    deadline = time.monotonic() + DEADLINE_S
    while process.poll() is None:
        try:
            if node.ask("INFO", "server")["config_file"] == str(configuration):
                return True
        except NoConnection:
            pass  # not listening yet
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return False


def _whole(node: Node) -> bool:
    about = node.ask("CLUSTER INFO")
    return bool(about["cluster_state"] == "ok" and about["cluster_known_nodes"] == str(NODES))


def _until(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
