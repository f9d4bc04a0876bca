"""The queue between processes: jobs, each a name and a string, on one stream per priority.

    key                              class     type    TTL   holds
    vllm-digest:queue:{<priority>}   expiring  stream  none  taskiq's messages, until they are done

A job is a wake-up and no more: what has to be done stands in the ledger. A job may come twice (its sender's or its
worker's connection broke) or never (its worker died, the stream overflowed); whoever handles it looks at the ledger
first, and the ledger's sweeper sends again what nobody did. No priority waits for another: each has a stream, which
is read by itself, so that they may lie on the nodes of a cluster, and a number of jobs at once of its own.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

import structlog
from taskiq.acks import AcknowledgeType
from taskiq.message import TaskiqMessage
from taskiq.receiver import Receiver

from adapters import metrics, tracing
from adapters.metrics import table
from adapters.queue.broker import StreamBroker
from adapters.queue.carried import Carried, sent_with
from adapters.store.store import connected
from summarizer.errors import DigestError, StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
    from pathlib import Path

    from adapters.store.connection import Connection

log = structlog.get_logger()

Priority = Literal["people", "posts", "builds"]
"""people: somebody waits. posts: what is built is to be posted. builds: what is to be built."""

PRIORITIES: Final[tuple[Priority, ...]] = get_args(Priority)

GRACE_S: Final = 25.0
"""How long jobs may go on once the process was told to stop; platforms kill after 30 s."""

GOING_S: Final = 5.0
DEAD_AFTER_S: Final = 3600.0
TIDY_EVERY_S: Final = 600.0
TOGETHER: Final = 500

Handler: TypeAlias = "Callable[[str], Awaitable[None]]"
"""Does one job, told its argument."""


@dataclass(frozen=True, slots=True)
class Job:
    """What to do: the name of a handler, and what it is told."""

    name: str
    argument: str


class Queue:
    """Sends jobs, and does them. Any number of processes may do both."""

    def __init__(self, connection: Connection, *, grace_s: float = GRACE_S) -> None:
        """grace_s: how long jobs may go on after a stop."""
        logging.getLogger("taskiq").setLevel(logging.CRITICAL)  # what it would say, we do
        consumer = f"{os.getpid()}-{secrets.token_hex(6)}"
        self._brokers = {
            priority: StreamBroker(connection, f"vllm-digest:queue:{{{priority}}}", consumer)
            for priority in PRIORITIES
        }
        self._grace_s = grace_s
        self._running: set[asyncio.Task[None]] = set()

    async def kick(self, priority: Priority, job: str, argument: str) -> None:
        """Send a job. Raises StoreError."""
        await self.kick_many(priority, [Job(job, argument)])

    async def kick_many(self, priority: Priority, jobs: Sequence[Job]) -> None:
        """Send jobs, in order. Raises StoreError, and then some may have been sent."""
        broker = self._brokers[priority]
        messages = [broker.formatter.dumps(_message(job)) for job in jobs]
        for at in range(0, len(messages), TOGETHER):
            await broker.kick_many(messages[at : at + TOGETHER])

    async def waiting(self, priority: Priority) -> int:
        """How many jobs nobody has taken yet. Raises StoreError."""
        return await self._brokers[priority].waiting()

    async def work(self, handlers: Mapping[str, Handler], at_once: Mapping[Priority, int]) -> None:
        """Do jobs until cancelled: at most so many `at_once` of each priority, and none of those that are not named.

        A handler that fails is logged. While the server is away this waits. Once cancelled it takes nothing more, lets
        jobs go on for the grace and cancels them then; those, and what was taken but not begun, are handed back.
        """
        told = asyncio.Event()
        listening = [
            asyncio.create_task(
                self._receiver(priority, handlers, most).listen(told), name=f"queue {priority}"
            )
            for priority, most in at_once.items()
        ]
        tidying = asyncio.create_task(self._tidy(tuple(at_once)), name="queue tidying")
        try:
            done, _ = await asyncio.wait(listening, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()  # raises our bug
        finally:
            tidying.cancel()
            told.set()
            try:
                await self._come_to_an_end(listening)
            finally:
                await self._hand_back(tuple(at_once))

    def _receiver(self, priority: Priority, handlers: Mapping[str, Handler], most: int) -> Receiver:
        """taskiq's loop over one stream."""
        broker = self._brokers[priority]
        if not broker.middlewares:
            broker.add_middlewares(Carried())
        for name, handler in handlers.items():
            broker.register_task(self._job(priority, name, handler), task_name=name)
        return Receiver(
            broker,
            validate_params=False,
            max_async_tasks=most,
            max_prefetch=0,
            run_startup=False,
            ack_type=AcknowledgeType.WHEN_EXECUTED,
        )

    def _job(self, priority: Priority, name: str, handler: Handler) -> Callable[[str], Awaitable[None]]:
        async def job(argument: str) -> None:
            """Raises nothing: taskiq would log it, and take a cancelled job for one that is done."""
            task = asyncio.ensure_future(_logged(name, handler, argument))
            self._running.add(task)
            try:
                await asyncio.wait((task,))
            finally:
                self._running.discard(task)
                task.cancel()
            if task.cancelled():
                with suppress(StoreError):
                    await self.kick(priority, name, argument)

        return job

    async def _come_to_an_end(self, listening: Sequence[asyncio.Task[None]]) -> None:
        """Wait for the jobs that run; cancel them after the grace."""
        try:
            await asyncio.wait(listening, timeout=self._grace_s)
        finally:  # also when told a second time
            for task in tuple(self._running):
                task.cancel()
            await asyncio.wait(listening, timeout=GOING_S)
            for each in listening:
                each.cancel()
            await asyncio.wait(listening)

    async def _hand_back(self, priorities: Sequence[Priority]) -> None:
        with suppress(StoreError):  # then whoever tidies does
            for priority in priorities:
                handed = await self._brokers[priority].hand_back()
                if handed:
                    log.info("jobs handed back", priority=priority, jobs=handed)

    async def _tidy(self, priorities: Sequence[Priority]) -> None:
        """Now and then, hand back what dead processes took."""
        while True:
            await asyncio.sleep(TIDY_EVERY_S)
            try:
                for priority in priorities:
                    await self._brokers[priority].tidy(DEAD_AFTER_S)
            except StoreError as error:
                log.warning("queue cannot be tidied", error=error.key)


@asynccontextmanager
async def open_queue(
    redis_url: str | None, state_dir: Path, *, grace_s: float = GRACE_S
) -> AsyncIterator[Queue]:
    """The queue on the server at `redis_url`, or on the embedded one of `state_dir` when there is none.

    grace_s: how long jobs may go on after a stop. Raises NotConfigured (`store.url`) and StoreError.
    """
    async with connected(redis_url, state_dir) as connection:
        yield Queue(connection, grace_s=grace_s)


def _message(job: Job) -> TaskiqMessage:
    with tracing.span(f"send {job.name}", kind="producer", argument=job.argument):
        labels = tracing.carried()  # whoever does it goes on from there
    return TaskiqMessage(
        task_id=secrets.token_hex(8),
        task_name=job.name,
        labels=labels,
        labels_types={},
        args=[job.argument],
        kwargs={},
    )


async def _logged(name: str, handler: Handler, argument: str) -> None:
    """Do a job; a failure is a line of the log."""
    outcome = "ok"
    try:
        with (
            tracing.continued(sent_with()),
            tracing.span(f"job {name}", kind="consumer", argument=argument),
        ):
            await handler(argument)
    except DigestError as error:
        log.error("job failed", job=name, argument=argument, error=error.key, values=error.values)
        outcome = "failed"
    except Exception:
        log.exception("bug", job=name, argument=argument)
        outcome = "bug"
    metrics.count(table.JOBS, job=name, outcome=outcome)
