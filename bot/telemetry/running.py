"""Running: telemetry of a process while it serves. What it counts is told to the store every few seconds."""

from __future__ import annotations

import asyncio
import os
import platform
import re
import socket
import time
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import structlog

from adapters import metrics
from adapters.metrics import table
from adapters.metrics.registry import Registry, dumped
from adapters.sentry import reporting
from adapters.tracing import traced
from bot.digests import VERSION
from bot.logs import redact
from bot.telemetry.bugs import bugs_told
from summarizer import languages
from summarizer.errors import NotConfigured, StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping
    from contextlib import AbstractContextManager

    from adapters.sentry import Sentry
    from adapters.store.metrics import Snapshots

log = structlog.get_logger()

T = TypeVar("T")

EVERY_S: Final = 10.0
LAST_S: Final = 1.0
"""How long a process that stops takes to tell its last figures."""

LOOK_S: Final = 0.5
"""Between two looks at how late the event loop is."""

KINDS: Final[Mapping[frozenset[str], str]] = {
    frozenset({"web"}): "web",
    frozenset({"platforms"}): "bot",
    frozenset({"worker"}): "worker",
    frozenset({"scheduler"}): "scheduler",
    frozenset({"scheduler", "worker"}): "chat",
}
"""What a process is called that does these parts; one that does more is a "run"."""


def kind_of(parts: Collection[str]) -> str:
    """What a process is called by what it does. See `bot.serving.Part`."""
    return KINDS.get(frozenset(parts) - {"upkeep"}, "run")


def process_name(kind: str) -> str:
    """What tells this process from all others, such as "web@host:123"."""
    host = re.sub(r"[^A-Za-z0-9._-]", "-", socket.gethostname())[:64]
    return f"{kind}@{host}:{os.getpid()}"


@asynccontextmanager
async def telemetry(
    snapshots: Snapshots, kind: str, *, environ: Mapping[str, str] = os.environ, every_s: float = EVERY_S
) -> AsyncIterator[Registry]:
    """Count, trace and report while the block runs. environ: where the standard variables of OpenTelemetry and Sentry
    stand. What of those cannot be had is a line of the log, and nothing is kept from running by it."""
    process = process_name(kind)
    registry = Registry(process)
    with ExitStack() as stack:
        stack.enter_context(metrics.installed(registry))
        version = VERSION
        metrics.gauge(table.INFO, 1, version=version, python=platform.python_version(), kind=kind)
        metrics.gauge(table.STARTED, time.time())
        _or_said(stack, traced(environ, version=version, process=process))
        sentry: Sentry | None = _or_said(
            stack, reporting(environ, version=version, process=process, redact=redact)
        )
        stack.enter_context(bugs_told(sentry))
        telling = asyncio.create_task(_tell(registry, snapshots, every_s), name="telling metrics")
        watching = asyncio.create_task(_watch_loop(), name="watching the loop")
        try:
            yield registry
        finally:
            for task in (telling, watching):
                task.cancel()
            await asyncio.wait((telling, watching))
            # what was counted since is worth a last scrape
            await asyncio.wait((asyncio.create_task(_put(registry, snapshots)),), timeout=LAST_S)


def measure_process() -> None:
    """See how much memory the process holds, where the system tells."""
    try:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return
    metrics.gauge(table.MEMORY, pages * os.sysconf("SC_PAGE_SIZE"))


async def _tell(registry: Registry, snapshots: Snapshots, every_s: float) -> None:
    while True:
        measure_process()
        await _put(registry, snapshots)
        await asyncio.sleep(every_s)


async def _put(registry: Registry, snapshots: Snapshots) -> None:
    try:
        await snapshots.put(registry.process, dumped(registry.snapshot()))
    except StoreError as error:  # whoever asks then is told that the store is away
        log.debug("metrics not told", error=error.key)


async def _watch_loop() -> None:
    loop = asyncio.get_running_loop()
    while True:
        asked = loop.time()
        await asyncio.sleep(LOOK_S)
        metrics.observe(table.LOOP_LAG, max(0.0, loop.time() - asked - LOOK_S))


def _or_said(stack: ExitStack, context: AbstractContextManager[T]) -> T | None:
    """Enter it, or say in the log why that cannot be."""
    try:
        return stack.enter_context(context)
    except NotConfigured as error:
        log.warning("telemetry is off", error=error.key, problem=languages.load("en").problem(error))
        return None
