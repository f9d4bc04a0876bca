"""The broker: taskiq's messages on one stream of the Redis protocol, over the store's connection.

taskiq's engine is used as it is. Its brokers of taskiq-redis (1.2.4) are not: without a count, which two of the three
cannot be given, one worker reads all that waits; what a dead worker had is claimed after new traffic alone, or never;
a failure of the server ends the reading; a cluster's slots on the move are not followed. The store's connection has
each kind of server, and what can go wrong there, already.
"""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING, Final

import structlog
from pydantic import ValidationError
from taskiq import AckableMessage, AsyncBroker

from adapters.queue.scripts import DECLARE, DONE, HAND_BACK, TIDY, WAITING
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

    from taskiq import BrokerMessage

    from adapters.store.connection import Connection

log = structlog.get_logger()

GROUP: Final = "workers"
BLOCK_MS: Final = 5_000  # shorter than a command may take
LONGEST: Final = 100_000
"""Of a stream: about so many may wait. What comes on top pushes the oldest out, which the ledger's sweeper finds."""

FIRST_PAUSE_S: Final = 0.1
LONGEST_PAUSE_S: Final = 2.0


class StreamBroker(AsyncBroker):
    """Sends to one stream, and takes from it one by one. An entry is deleted once it is done, so the stream holds what
    waits and what workers have taken."""

    def __init__(self, connection: Connection, stream: str, consumer: str) -> None:
        """consumer: the name of this process, which no other has."""
        super().__init__()
        self._connection = connection
        self._stream = stream
        self._consumer = consumer

    async def kick(self, message: BrokerMessage) -> None:
        """Send one. Raises StoreError."""
        await self.kick_many([message])

    async def kick_many(self, messages: Sequence[BrokerMessage]) -> None:
        """Send them together, in order. Raises StoreError, and then some may have been sent."""
        await self._connection.call_many(
            [
                ("XADD", self._stream, "MAXLEN", "~", LONGEST, "*", "data", message.message)
                for message in messages
            ]
        )

    async def listen(self) -> AsyncGenerator[AckableMessage, None]:
        """What comes, one at a time, for ever; while the server is away nothing comes."""
        declared = False
        lost = False
        pause_s = FIRST_PAUSE_S
        while True:
            try:
                if not declared:  # from the first entry on: nothing is lost that came before any worker
                    await self._call(DECLARE, "0")
                    declared = True
                taken = await self._take()
            except StoreError as error:
                # a server that came back without its data has no group either
                declared = False
                if not lost:
                    log.warning("queue is lost", stream=self._stream, error=error.key)
                    lost = True
                await asyncio.sleep(pause_s * random.uniform(1.0, 1.25))  # noqa: S311 - spreads load
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
                continue
            if lost:
                log.info("queue is back", stream=self._stream)
                lost = False
            pause_s = FIRST_PAUSE_S
            if taken is not None:
                entry, data = taken
                if self._understands(data):
                    yield AckableMessage(data=data, ack=self._done(entry))
                else:
                    await self._done(entry)()

    async def hand_back(self) -> int:
        """Let others have what this process took and did not do, and go: how many. Raises StoreError."""
        handed: int = await self._call(HAND_BACK, self._consumer)
        return handed

    async def tidy(self, dead_after_s: float) -> int:
        """Hand back what processes took that have not asked for more in so long: how many. Raises StoreError."""
        handed: int = await self._call(TIDY, round(dead_after_s * 1000))
        return handed

    async def waiting(self) -> int:
        """How many nobody has taken yet. Raises StoreError."""
        waiting: int = await self._call(WAITING)
        return waiting

    async def _take(self) -> tuple[bytes, bytes] | None:
        """The next entry's id and what it holds; None when none came for a while."""
        group = ("GROUP", GROUP, self._consumer)
        # one: what a busy worker holds back, an idle one cannot have
        found = await self._connection.call(
            "XREADGROUP", *group, "COUNT", 1, "BLOCK", BLOCK_MS, "STREAMS", self._stream, ">"
        )
        for _, entries in found or ():
            for entry, fields in entries:
                return entry, fields.get(b"data", b"")
        return None

    def _done(self, entry: bytes) -> Callable[[], Awaitable[None]]:
        async def done() -> None:
            try:
                await self._call(DONE, entry)
            except StoreError as error:  # it comes once more, when this process has gone
                log.warning("queue keeps what is done", stream=self._stream, error=error.key)

        return done

    def _understands(self, data: bytes) -> bool:
        """Whether it is one of our jobs with its one argument; who sent anything else, perhaps a newer version, is
        told by the log."""
        try:
            message = self.formatter.loads(data)
        except (ValueError, ValidationError):
            log.warning("queue holds what is no job", stream=self._stream)
            return False
        if [type(each) for each in message.args] != [str]:
            log.warning("queue holds what is no job", stream=self._stream)
            return False
        if self.find_task(message.task_name) is None:
            log.warning("queue holds an unknown job", stream=self._stream, job=message.task_name)
            return False
        return True

    async def _call(self, script: str, *arguments: bytes | str | int) -> int:
        reply: int = await self._connection.call("EVAL", script, 1, self._stream, GROUP, *arguments)
        return reply
