"""The connection to a Redis-protocol server: commands in, replies out, redis-py's errors translated once."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import TYPE_CHECKING, Any

from redis import exceptions
from redis.asyncio import BlockingConnectionPool, Redis, UnixDomainSocketConnection
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_exponential

from summarizer.errors import NotConfigured, StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence
    from pathlib import Path

CONNECT_TIMEOUT_S = 3.0
COMMAND_TIMEOUT_S = 10.0
RETRY_FOR_S = 2.0  # a keeper has a killed server back in less
CONNECTIONS = 32

_LATER = ("redis+sentinel:", "rediss+sentinel:", "redis+cluster:", "rediss+cluster:")

Part = str | bytes | int


class Connection:
    """A pool of connections to one server. Replies hold bytes; every method raises StoreError.

    A command that fails because the connection broke is sent again, so it must be safe to apply twice.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def call(self, *command: Part) -> Any:  # noqa: ANN401 - it depends on the command
        """The reply to one command."""
        [reply] = await self.call_many([command])
        return reply

    async def call_many(self, commands: Sequence[tuple[Part, ...]]) -> list[Any]:
        """The replies to commands sent together, in order. It is no transaction, so keys may differ."""
        if not commands:
            return []
        again = AsyncRetrying(
            retry=retry_if_exception(lambda error: _key(error) == "store.broken"),
            wait=wait_exponential(multiplier=0.025, max=0.25),
            stop=stop_after_delay(RETRY_FOR_S),
            reraise=True,
        )
        with _translated("store.lost"):
            return list(await again(self._send, commands))

    async def first_answer(self) -> None:
        """Raises StoreError unless the server answers at the first attempt."""
        with _translated("store.unreachable"):
            await self._send([("PING",)])

    async def _send(self, commands: Sequence[tuple[Part, ...]]) -> list[Any]:
        async with asyncio.timeout(COMMAND_TIMEOUT_S), self._redis.pipeline(transaction=False) as pipeline:
            for command in commands:
                pipeline.execute_command(*command)
            return list(await pipeline.execute())


def connect(address: str | Path) -> AbstractAsyncContextManager[Connection]:
    """A connection to the server at a Redis URL or at a unix socket's path; it has answered once.

    Raises NotConfigured (`store.url`, `store.url_later`) and StoreError.
    """
    if isinstance(address, str):
        return _connected(_parsed(address))
    return _connected({"connection_class": UnixDomainSocketConnection, "path": str(address)})


def _parsed(url: str) -> dict[str, Any]:
    """A connection pool's options. Raises NotConfigured, without the URL: it may hold a password."""
    if url.lower().startswith(_LATER):
        raise NotConfigured("store.url_later")
    try:
        options = dict(parse_url(url))
    except ValueError as error:
        raise NotConfigured("store.url") from error
    if options.get("connection_class") is UnixDomainSocketConnection and not options.get("path"):
        raise NotConfigured("store.url")
    return options


@asynccontextmanager
async def _connected(options: dict[str, Any]) -> AsyncIterator[Connection]:
    ours = {
        "socket_connect_timeout": CONNECT_TIMEOUT_S,
        # redis-py uses asyncio.wait_for, which loses cancellations before Python 3.12; ours is in _send
        "socket_timeout": None,
        "health_check_interval": 30,
        "max_connections": CONNECTIONS,
        "timeout": None,
        "retry": Retry(NoBackoff(), 0),  # ours knows that a wrong password stays wrong
        "decode_responses": False,
        "protocol": 2,  # all we need, and what the oldest servers speak
    }
    redis = Redis.from_pool(BlockingConnectionPool(**(options | ours)))
    try:
        connection = Connection(redis)
        try:
            await connection.first_answer()
        except TypeError as error:  # the URL's query names an option that a connection does not have
            raise NotConfigured("store.url") from error
        yield connection
    finally:
        await redis.aclose()


@contextmanager
def _translated(broken: str) -> Iterator[None]:
    """redis-py's errors as StoreError. Its messages may hold addresses, so only their kind is passed on.

    broken: the key when there is no connection or it broke.
    """
    try:
        yield
    except (exceptions.RedisError, OSError) as error:
        key = _key(error)
        raise StoreError(broken if key in ("store.broken", "store.silent") else key) from error


def _key(error: BaseException) -> str:
    """What kind of failure it is; of two types that fit the first one counts."""
    if isinstance(error.__cause__, exceptions.RedisError):
        error = error.__cause__  # what goes wrong while connecting comes wrapped in a ConnectionError
    for types, key in _KEYS:
        if isinstance(error, types):
            return key
    # a command of a pipeline meets these as plain errors
    text = str(error).upper()
    if text.startswith(("NOAUTH", "WRONGPASS", "AUTHENTICATION REQUIRED")):
        return "store.password"
    return "store.disk" if text.startswith("MISCONF") else "store.refused"


_KEYS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    (
        (
            exceptions.AuthenticationError,
            exceptions.AuthenticationWrongNumberOfArgsError,
            exceptions.AuthorizationError,
            exceptions.NoPermissionError,
        ),
        "store.password",
    ),
    ((exceptions.BusyLoadingError,), "store.loading"),
    ((exceptions.TimeoutError, TimeoutError), "store.silent"),
    ((exceptions.ConnectionError, OSError), "store.broken"),
    ((exceptions.ReadOnlyError,), "store.read_only"),
    ((exceptions.OutOfMemoryError,), "store.full"),
)
