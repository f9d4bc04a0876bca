"""The store: what is kept in Redis, by noun, and the way in."""

from __future__ import annotations

import sys
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from adapters.store.assessments import Assessments
from adapters.store.cache import Cache
from adapters.store.connection import Connection, connect
from adapters.store.conversations import Conversations
from adapters.store.deliveries import Deliveries
from adapters.store.editions import Editions
from adapters.store.feedback import FeedbackEntries
from adapters.store.forget import Forget
from adapters.store.handled import Handled
from adapters.store.leases import Leases
from adapters.store.members import Members
from adapters.store.memory import Eviction, Memory, read_eviction, read_memory
from adapters.store.mends import Mends
from adapters.store.mentions import Mentions
from adapters.store.metrics import Snapshots
from adapters.store.mirror import Mirror
from adapters.store.pace import Pace
from adapters.store.people import People
from adapters.store.places import Places
from adapters.store.platforms import Platforms
from adapters.store.room import REFUSED, Room
from adapters.store.schema import prepare_schema
from adapters.store.shown import Shown
from adapters.store.spending import Spending
from adapters.store.states import States
from adapters.store.subscriptions import Subscriptions
from adapters.store.versions import read_version
from adapters.store.workspaces import Workspaces
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from summarizer.spending import Caps, Price

log = structlog.get_logger()


class Store:
    """What is kept on one server, the cache perhaps on another.

    eviction: what the server would drop when it is full, though it must not; None where it keeps what it has.
    """

    def __init__(
        self, connection: Connection, cache: Connection | None = None, eviction: Eviction | None = None
    ) -> None:
        self._connection = connection
        self.mirror = Mirror(connection)
        self.states = States(connection)
        self.mends = Mends(connection)
        self.people = People(connection)
        self.places = Places(connection)
        self.platforms = Platforms(connection)
        self.conversations = Conversations(connection)
        self.cache = Cache(cache or connection)
        self.assessments = Assessments(cache or connection)
        self.leases = Leases(connection)
        self.pace = Pace(connection)
        self.handled = Handled(connection)
        self.feedback = FeedbackEntries(connection)
        self.shown = Shown(connection)
        self.editions = Editions(connection)
        self.mentions = Mentions(connection)
        self.workspaces = Workspaces(connection)
        self.subscriptions = Subscriptions(connection)
        self.members = Members(connection)
        self.forget = Forget(connection)
        self.forget_cached = Forget(cache or connection)
        self.deliveries = Deliveries(connection)
        self.metrics = Snapshots(connection)
        self.eviction = eviction

    def budget(
        self, caps: Caps, prices: Mapping[str, Price], *, zone: ZoneInfo, now: Callable[[], datetime]
    ) -> Spending:
        """What all processes on this server may spend together in a day of `zone`."""
        return Spending(self._connection, caps, prices, zone=zone, now=now)

    async def ping(self) -> None:
        """Raises StoreError unless the server answers."""
        try:
            await self._connection.call("PING")
        except StoreError as error:
            if error.key != "store.disk":  # refused by who answers all the same
                raise

    @property
    def room(self) -> Room:
        """Whether there is room for what people are told is saved."""
        return self._connection.room

    async def try_room(self) -> StoreError | None:
        """Find out whether the server takes writes; why not, where it does not. Raises StoreError."""
        try:
            await self._connection.call("SET", "vllm-digest:pace:{room}", 1, "PX", 1_000)
        except StoreError as error:
            if error.key not in REFUSED:
                raise
            return error
        self.room.taken()
        return self.room.refusal()

    async def schema(self) -> int | None:
        """The version of what is kept, None in an empty store. Raises StoreError."""
        return await read_version(self._connection)

    async def memory(self) -> Memory:
        """How full the server is; the cache's own, where there is one, is not counted. Raises StoreError."""
        return await read_memory(self._connection)


GRACE_S = 10.0
"""How long an embedded server stays when nobody is attached, so that the next command finds it warm."""


@asynccontextmanager
async def open_store(
    redis_url: str | None, state_dir: Path, *, cache_redis_url: str | None = None, grace_s: float = GRACE_S
) -> AsyncIterator[Store]:
    """The store at `redis_url`, or on the embedded server of `state_dir` when there is none.

    cache_redis_url: a server for the cache alone, which may evict. Each server has answered once when the block is
    entered, and what is kept there is of the present version. Raises NotConfigured (`store.url`) and StoreError
    (`store.*`).
    """
    async with AsyncExitStack() as stack:
        main = await stack.enter_async_context(connected(redis_url, state_dir, grace_s))
        await prepare_schema(main, state_dir)
        cache = None
        if cache_redis_url is not None:
            cache = await stack.enter_async_context(connect(cache_redis_url, setting="CACHE_REDIS_URL"))
        eviction = await _eviction(main, with_cache=cache is None)
        yield Store(main, cache, eviction)


@asynccontextmanager
async def connected(
    redis_url: str | None, state_dir: Path, grace_s: float = GRACE_S
) -> AsyncIterator[Connection]:
    """A connection to the server at `redis_url`, or to the embedded one of `state_dir` when there is none.

    Raises NotConfigured (`store.url`) and StoreError.
    """
    if redis_url is not None:
        async with connect(redis_url) as connection:
            yield connection
        return
    if sys.platform == "win32":
        raise StoreError("store.binary")
    from adapters.store.embedded import embedded_server  # needs flock, which Windows lacks

    room = Room(state_dir)
    async with (
        embedded_server(state_dir, grace_s=grace_s) as socket,
        connect(socket, room=room) as connection,
    ):
        yield connection


async def _eviction(connection: Connection, *, with_cache: bool) -> Eviction | None:
    try:
        eviction = await read_eviction(connection, with_cache=with_cache)
    except StoreError as error:
        if error.key not in ("store.password", "store.refused"):
            raise
        log.info("eviction policy unknown", error=error.key)  # this user may do what we need, but not ask
        return None
    if eviction is not None:
        log.warning("the server evicts what must stay", policy=eviction.policy, lost=eviction.lost)
    return eviction
