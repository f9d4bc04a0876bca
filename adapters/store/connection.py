"""The connection to a Redis-protocol server or cluster: commands in, replies out."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from redis.asyncio import ConnectionPool, Redis, RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError
from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_exponential

from adapters import metrics
from adapters.metrics import table
from adapters.store.addresses import parse_address, socket_address
from adapters.store.cluster import Cluster
from adapters.store.failures import PASSING, failure, translated
from adapters.store.room import Room
from adapters.store.server import Server
from summarizer.errors import NotConfigured, StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence

    from adapters.store.addresses import Address

CONNECT_TIMEOUT_S = 3.0
COMMAND_TIMEOUT_S = 10.0
DISK_TIMEOUT_MS = 3_000  # servers that do not at once, write to disk every second
RETRY_FOR_S = 2.0  # a keeper has a killed server back in less
CONNECTIONS = 32

WAITING = frozenset({"XREADGROUP"})
"""Commands that are answered once there is something to answer, which tells nothing of the server."""

Part: TypeAlias = str | bytes | int
Command: TypeAlias = tuple[Part, ...]

T = TypeVar("T")


class Link(Protocol):
    """What carries commands to one server or to the nodes of a cluster. Raises redis-py's errors and OSError."""

    async def send(self, commands: Sequence[Command]) -> list[Any]:
        """The reply to each, in order, or the error that was one. WAITAOF goes on the connection of the command before
        it, of which it speaks."""
        ...

    async def send_each(self, commands: Sequence[Command]) -> list[list[Any]]:
        """The replies, or the errors, of each primary."""
        ...

    async def mend(self) -> None:
        """After a failure: find out what has changed."""
        ...

    async def close(self) -> None: ...


class Connection:
    """A pool of connections to a server or to a cluster. Replies hold bytes; every method raises StoreError.

    A command that fails because the connection broke is sent again, so it must be safe to apply twice. The keys of one
    command share a hash tag; those of several commands need not.
    """

    def __init__(self, link: Link, setting: str, room: Room | None = None) -> None:
        """setting: the variable that names the server, for the errors. room: what is known of its room."""
        self._link = link
        self._setting = setting
        self._places = asyncio.Semaphore(CONNECTIONS)
        self.room = room or Room()

    async def call(self, *command: Part) -> Any:  # noqa: ANN401 - it depends on the command
        """The reply to one command."""
        [reply] = await self.call_many([command])
        return reply

    async def call_many(self, commands: Sequence[Command]) -> list[Any]:
        """The replies to commands sent together, in order. It is no transaction, so keys may differ."""
        if not commands:
            return []
        begun = time.monotonic()
        try:
            return await self._again(lambda: self._send(commands))
        finally:
            if commands[0][0] not in WAITING:
                metrics.observe(table.STORE_SECONDS, time.monotonic() - begun)

    async def call_durably(self, *command: Part) -> tuple[Any, bool]:
        """The reply to a command that writes, and whether what it wrote is on the server's disk. Where there is no room
        for what people are promised it is not even tried.

        The command writes something also when it is applied again: otherwise nothing tells of its first time. A server
        that keeps no file, that is older than 7.2 or whose disk is slow has it not on disk.
        """
        self.room.admit()
        reply, disk = await self._again(lambda: self._send_durably(command))
        return reply, not isinstance(disk, Exception) and bool(int(disk[0]))

    async def call_each(self, commands: Sequence[Command]) -> list[list[Any]]:
        """The replies to commands without a key, of each primary; a server that is no cluster is the only one."""
        return await self._again(lambda: self._send_each(commands))

    async def first_answer(self) -> None:
        """Raises StoreError unless the server answers at the first attempt."""
        with translated("store.unreachable", self._setting):
            try:
                await self._send([("PING",)])
            except (
                ResponseError
            ) as error:  # who cannot write to their disk refuse even that, and answer all the same
                if failure(error) != "store.disk":
                    raise

    async def _again(self, attempt: Callable[[], Awaitable[T]]) -> T:
        with self._heard(), translated("store.lost", self._setting):
            try:
                return await attempt()  # as nearly always, and then without what another try would take
            except Exception as error:  # whatever is no failure of the server's is raised at once
                if failure(error) not in PASSING:
                    raise
                return await self._once_more(attempt, error)

    @contextmanager
    def _heard(self) -> Iterator[None]:
        try:
            yield
        except StoreError as error:
            self.room.heard(error)
            metrics.count(table.STORE_ERRORS, error=error.key)
            raise

    async def _once_more(self, attempt: Callable[[], Awaitable[T]], failed: Exception) -> T:
        first: Exception | None = failed

        async def once_more() -> T:
            nonlocal first
            if first is not None:
                error, first = first, None
                raise error
            await self._mend()
            return await attempt()

        retrying = AsyncRetrying(
            retry=retry_if_exception(lambda error: failure(error) in PASSING),
            wait=wait_exponential(multiplier=0.025, max=0.25),
            stop=stop_after_delay(RETRY_FOR_S),
            reraise=True,
        )
        return await retrying(once_more)

    async def _send(self, commands: Sequence[Command]) -> list[Any]:
        async with asyncio.timeout(COMMAND_TIMEOUT_S), self._places:
            return _checked(await self._link.send(commands))

    async def _send_durably(self, command: Command) -> tuple[Any, Any]:
        """The reply to the command, and that to WAITAOF or the error that was one."""
        async with asyncio.timeout(COMMAND_TIMEOUT_S), self._places:
            reply, disk = await self._link.send([command, ("WAITAOF", 1, 0, DISK_TIMEOUT_MS)])
        _checked([reply])
        if isinstance(disk, Exception) and failure(disk) in PASSING:  # it broke before anybody knew
            raise disk
        return reply, disk

    async def _send_each(self, commands: Sequence[Command]) -> list[list[Any]]:
        async with asyncio.timeout(COMMAND_TIMEOUT_S), self._places:
            return [_checked(replies) for replies in await self._link.send_each(commands)]

    async def _mend(self) -> None:
        async with asyncio.timeout(COMMAND_TIMEOUT_S), self._places:
            await self._link.mend()


@asynccontextmanager
async def connect(
    address: str | Path, *, setting: str = "REDIS_URL", room: Room | None = None
) -> AsyncIterator[Connection]:
    """A connection to the server at a URL (see addresses.py) or at a unix socket's path; it has answered once.

    setting: the variable that holds the URL. room: what is known of the server's. Raises NotConfigured `store.url` and
    StoreError.
    """
    parsed = socket_address(address) if isinstance(address, Path) else parse_address(address, setting)
    try:
        link = _LINKS[parsed.kind](parsed)
    except (TypeError, ValueError) as error:  # an option that a connection does not have
        raise NotConfigured("store.url", setting=setting) from error
    try:
        connection = Connection(link, setting, room)
        try:
            await connection.first_answer()
        except TypeError as error:  # likewise, where connections are made when they are needed
            raise NotConfigured("store.url", setting=setting) from error
        yield connection
    finally:
        await link.close()


def _checked(replies: list[Any]) -> list[Any]:
    """Raises the first error among them."""
    for reply in replies:
        if isinstance(reply, Exception):
            raise reply
    return replies


def _server(address: Address) -> Link:
    return Server(Redis.from_pool(ConnectionPool(**(dict(address.options) | _ours()))))


def _cluster(address: Address) -> Link:
    nodes = [ClusterNode(host, port) for host, port in address.nodes]
    return Cluster(RedisCluster(startup_nodes=nodes, **(dict(address.options) | _ours())))


def _sentinel(address: Address) -> Link:
    # a sentinel that hangs must not keep us from asking the next
    sentinels = _ours() | {"socket_timeout": CONNECT_TIMEOUT_S}
    sentinel = Sentinel(  # type: ignore[no-untyped-call]  # redis-py has no types for it
        address.nodes,
        sentinel_kwargs=dict(address.sentinel_options) | sentinels,
        **(dict(address.options) | _ours()),
    )
    return Server(sentinel.master_for(address.service), sentinel)


_LINKS: dict[str, Callable[[Address], Link]] = {
    "server": _server,
    "cluster": _cluster,
    "sentinel": _sentinel,
}


def _ours() -> dict[str, Any]:
    """The options of a connection that no URL changes."""
    return {
        "socket_connect_timeout": CONNECT_TIMEOUT_S,
        # redis-py uses asyncio.wait_for, which loses cancellations before Python 3.12; ours is in _send
        "socket_timeout": None,
        "max_connections": 2 * CONNECTIONS,  # of which CONNECTIONS are used at a time
        "health_check_interval": 0,  # which is by PING, see `first_answer`; what meets a dead connection is sent again
        "retry": Retry(NoBackoff(), 0),  # ours knows that a wrong password stays wrong
        "decode_responses": False,
        "protocol": 2,  # all we need, and what the oldest servers speak
    }
