"""The gateway: one connection for each shard, held by whichever process has the shard's lease."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Protocol

import aiohttp
import discord
import structlog

from adapters.discord.errors import DiscordError
from adapters.discord.identifies import Paused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from adapters.discord.api import SessionStart

log = structlog.get_logger()

LEASE_S: Final = 15.0
"""After how long another process takes a dead one's shard over. A store that is away for less ends no connection."""

LOOK_S: Final = 1.0
"""How often a holder looks whether it still holds, and is still connected."""

LOST_S: Final = 90.0
"""How long discord.py may try to resume a session: it waits up to a quarter of an hour between two tries."""

WAIT_S: Final = 60.0

STEADY_S: Final = 60.0
"""A session that stands so long after it was begun owes nothing to what failed before."""

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 120.0


class Lease(Protocol):
    """See `adapters.store.leases`."""

    @property
    def held(self) -> bool: ...


class Leases(Protocol):
    """See `adapters.store.leases`."""

    def hold(self, name: str, *, ttl_s: float) -> AbstractAsyncContextManager[Lease | None]: ...

    async def wait_free(self, name: str, timeout_s: float) -> bool: ...


class Connecting(Protocol):
    """A client for one shard."""

    async def login(self, token: str) -> None: ...

    async def connect(self, *, reconnect: bool = True) -> None: ...

    async def close(self) -> None: ...

    @property
    def is_connected(self) -> bool:
        """Whether its session stands at this moment."""
        ...


class Gateway:
    """The shards of one bot."""

    def __init__(
        self,
        token: str,
        application: int,
        *,
        start: Callable[[], Awaitable[SessionStart]],
        client_of: Callable[[int, int], Connecting],
        leases: Leases,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """start: asks Discord how many shards it wants. client_of: a new client for a shard, of so many."""
        self._token = token
        self._application = application
        self._start = start
        self._client_of = client_of
        self._leases = leases
        self._sleep = sleep
        self._clients: dict[int, Connecting] = {}  # of the shards that this process holds
        self._elsewhere: set[int] = set()  # the shards that other processes hold
        self._shards = 0
        self._failures: Counter[int] = Counter()  # in a row, by shard

    @property
    def is_ready(self) -> bool:
        """Whether Discord can reach the bot: each shard has a session here, or is held by another process."""
        here = {shard for shard, client in self._clients.items() if client.is_connected}
        return self._shards > 0 and len(here | self._elsewhere) == self._shards

    async def run(self) -> None:
        """Hold whatever shards are free until cancelled. Raises DiscordError where Discord does not let us, and
        StoreError."""
        self._shards = shards = (await self._start()).shards
        try:
            async with asyncio.TaskGroup() as group:
                for shard in range(shards):
                    group.create_task(self._keep(shard, shards), name=f"discord shard {shard}")
        except BaseExceptionGroup as errors:
            raise errors.exceptions[0] from None  # the first one to fail; it ended the others
        finally:
            self._shards = 0
            self._elsewhere.clear()

    async def _keep(self, shard: int, shards: int) -> None:
        """Hold the shard whenever it is free, and connect while it is held."""
        name = f"discord gateway {self._application} {shard}/{shards}"
        while True:
            pause_s = 0.0
            async with self._leases.hold(name, ttl_s=LEASE_S) as lease:
                if lease is not None:
                    try:
                        await self._connected(shard, shards, lease)
                    except Paused as paused:
                        log.warning("gateway paused", shard=shard, seconds=round(paused.wait_s))
                        # still holding: another process would only wait as well
                        await self._sleep(paused.wait_s)
                    except DiscordError as error:
                        if error.key == "discord.bad_token" or error.values.get("error") in _OTHER_SHARDS:
                            raise
                        self._failures[shard] += 1
                        pause_s = min(FIRST_PAUSE_S * 2 ** min(self._failures[shard], 7), LONGEST_PAUSE_S)
                        log.warning("gateway lost", shard=shard, error=error.key, again_in_s=pause_s)
            if lease is None:
                self._elsewhere.add(shard)
                await self._leases.wait_free(name, WAIT_S)
                self._elsewhere.discard(shard)
            elif pause_s:
                await self._sleep(pause_s)

    async def _connected(self, shard: int, shards: int, lease: Lease) -> None:
        """Be connected for as long as the lease is held. Raises Paused and DiscordError."""
        client = self._client_of(shard, shards)
        self._clients[shard] = client
        connecting = asyncio.create_task(self._connect(client), name=f"discord gateway {shard}")
        begun_at = seen_at = time.monotonic()
        try:
            while lease.held:
                done, _ = await asyncio.wait((connecting,), timeout=LOOK_S)
                if done:
                    connecting.result()
                if client.is_connected:
                    seen_at = time.monotonic()
                if seen_at - begun_at > STEADY_S:
                    self._failures[shard] = 0
                if done or time.monotonic() - seen_at > LOST_S:
                    raise DiscordError("discord.unreachable")
            log.warning("gateway lease lost", shard=shard)
        finally:
            del self._clients[shard]
            await client.close()
            connecting.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await connecting

    async def _connect(self, client: Connecting) -> None:
        """Until it fails. Raises Paused and DiscordError."""
        await self._start()  # where the gateway is may have changed
        try:
            await client.login(self._token)
            await client.connect()
        except discord.LoginFailure:
            raise DiscordError("discord.bad_token") from None
        except discord.PrivilegedIntentsRequired:
            raise DiscordError("discord.refused", error="4014") from None  # none is asked for
        except discord.ConnectionClosed as closed:
            if closed.code == _BAD_TOKEN:
                raise DiscordError("discord.bad_token") from None
            log.warning("gateway closed", code=closed.code)
            if (code := str(closed.code)) in _OTHER_SHARDS:
                raise DiscordError("discord.refused", error=code) from None
            raise DiscordError("discord.unreachable") from None
        except (discord.HTTPException, discord.GatewayNotFound, aiohttp.ClientError, OSError, TimeoutError):
            raise DiscordError("discord.unreachable") from None
        except AttributeError as error:
            # discord.py asks a first connection that never came about where it stood (client.py, "RESUME")
            if error.name not in ("sequence", "gateway", "session_id"):
                raise
            raise DiscordError("discord.unreachable") from None


_BAD_TOKEN: Final = 4004
"""Close code "Authentication failed" (docs.discord.com/developers/topics/opcodes-and-status-codes)."""
_OTHER_SHARDS: Final = ("4010", "4011")
"""Close codes "Invalid shard" and "Sharding required": how many there are has to be asked anew."""
