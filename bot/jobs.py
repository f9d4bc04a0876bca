"""Jobs: what processes wake each other up for, by name, and who does it. What is to be done stands in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from adapters.queue import Handler, Job, Priority

PREPARE: Final = "prepare"
DELIVER: Final = "deliver"
WATCH: Final = "watch"


class Sending(Protocol):
    """Where jobs are sent. See `adapters.queue.Queue`."""

    async def kick_many(self, priority: Priority, jobs: Sequence[Job]) -> None: ...


class Engine(Protocol):
    """Does the jobs. Each may come twice, or for what another process is at: the ledger says whether there is
    anything left to do."""

    async def prepare(self, batch: str, /) -> None:
        """Build the digest that the deliveries of a batch share."""
        ...

    async def deliver(self, delivery: str, /) -> None:
        """Post a delivery that is ready."""
        ...

    async def watch(self, subscription: str, /) -> None:
        """Post what is new to a subscription of single items."""
        ...


class Jobs:
    """Sends jobs. Every method raises StoreError; urgent: a person waits for it."""

    def __init__(self, queue: Sending) -> None:
        self._queue = queue

    async def prepare(self, *batches: str, urgent: bool = False) -> None:
        await self._send("people" if urgent else "builds", PREPARE, batches)

    async def deliver(self, *ids: str, urgent: bool = False) -> None:
        await self._send("people" if urgent else "posts", DELIVER, ids)

    async def watch(self, *subscriptions: str) -> None:
        await self._send("posts", WATCH, subscriptions)

    async def _send(self, priority: Priority, name: str, arguments: Iterable[str]) -> None:
        from adapters.queue import Job  # loads taskiq, which a shell command need not wait for

        await self._queue.kick_many(priority, [Job(name, argument) for argument in arguments])


def handlers(engine: Engine) -> Mapping[str, Handler]:
    """What does each job."""
    return {PREPARE: engine.prepare, DELIVER: engine.deliver, WATCH: engine.watch}
