"""Bugs go to Sentry by its real SDK, over loopback: with secrets taken out, and nothing but bugs."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from adapters import metrics
from adapters.metrics import table
from adapters.metrics.registry import Registry
from adapters.sentry import reporting
from bot.digests import VERSION
from bot.logs import redact
from bot.supervisor import Supervisor
from bot.telemetry.bugs import bugs_told
from bot.telemetry.running import telemetry
from summarizer.errors import GitHubError, NotConfigured

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from adapters.store import Store
    from tests.servers.telemetry import TelemetryServer

SECRET = "ghp_" + "testsonly" * 3

log = structlog.get_logger()


class Odd(Exception):
    """Nobody foresaw it."""


@contextmanager
def reported(environ: Mapping[str, str]) -> Iterator[Registry]:
    """Bugs are counted and reported while the block runs; they are on their way when it is left."""
    registry = Registry("web@host:1")
    with (
        metrics.installed(registry),
        reporting(environ, version="1.2", process="web@host:1", redact=redact) as sentry,
        bugs_told(sentry),
    ):
        yield registry


def variables(sink: TelemetryServer) -> dict[str, str]:
    return {"SENTRY_DSN": sink.dsn, "SENTRY_ENVIRONMENT": "tests"}


def _fails() -> None:
    password = f"password={SECRET}"
    raise Odd(f"POST https://ann:{'p' * 20}@example.org with {password}")


async def test_a_bug_is_reported_with_its_release_and_place_and_without_secrets_or_variables(
    sink: TelemetryServer,
) -> None:
    with reported(variables(sink)) as registry, bound_contextvars(delivery="s1-20251210T0100Z"):
        try:
            _fails()
        except Odd:
            log.exception("bug", reference=f"of {SECRET}")
    await sink.until(lambda: bool(sink.ingest.events))
    [event] = sink.ingest.events
    [error] = event["exception"]["values"]
    frames = error["stacktrace"]["frames"]

    assert (event["release"], event["environment"]) == ("vllm-digest@1.2", "tests")
    assert event["server_name"] == "web@host:1"
    assert event["tags"]["delivery"] == "s1-20251210T0100Z"
    assert event["tags"]["reference"] == "of [redacted]"
    assert (error["type"], frames[-1]["function"]) == ("Odd", "_fails")
    assert not any("vars" in frame for frame in frames)
    text = json.dumps(event)
    assert SECRET not in text
    assert "p" * 20 not in text
    assert "user" not in event
    assert registry.snapshot()[table.BUGS.name] == [("", {}, 1.0)]


async def test_what_is_no_bug_is_not_reported(sink: TelemetryServer) -> None:
    with reported(variables(sink)) as registry:
        log.error("service failed", error="github.unreachable", values={})
        try:
            raise GitHubError("github.unreachable")
        except GitHubError as error:
            log.warning("upkeep failed", error=error.key)
        try:
            raise ConnectionResetError
        except ConnectionResetError:  # as `bot.logs` tells what libraries log
            log.exception("reconnecting", logger="discord.client")

    assert sink.ingest.events == []
    assert registry.snapshot()[table.BUGS.name] == [("", {}, 0.0)]


async def test_a_service_that_fails_for_a_bug_is_reported_once_for_each_time(
    store: Store, sink: TelemetryServer
) -> None:
    tries = 0
    runs = asyncio.Event()

    async def service() -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise Odd("again")
        runs.set()
        await asyncio.Event().wait()

    async def at_once(_seconds: float) -> None:
        await asyncio.sleep(0)

    async with telemetry(store.metrics, "worker", environ=variables(sink)):
        running = asyncio.create_task(Supervisor(sleep=at_once).run({"worker": service}))
        await asyncio.wait_for(runs.wait(), 30)
        running.cancel()
        await asyncio.wait((running,))
    await sink.until(lambda: len(sink.ingest.events) == 2)

    assert {event["tags"]["service"] for event in sink.ingest.events} == {"worker"}
    assert {event["release"] for event in sink.ingest.events} == {f"vllm-digest@{VERSION}"}


def test_without_a_dsn_nobody_is_told() -> None:
    with reporting({}, version="1", process="p", redact=redact) as sentry:
        assert sentry is None


def test_an_address_that_is_none_is_said_and_not_quoted() -> None:
    with (
        pytest.raises(NotConfigured) as raised,
        reporting({"SENTRY_DSN": "not an address"}, version="1", process="p", redact=redact),
    ):
        pass

    assert raised.value.key == "telemetry.dsn"
    assert raised.value.values == {}


async def test_logs_are_as_before_once_the_block_is_left() -> None:
    before = structlog.get_config()["processors"]
    with bugs_told(None):
        assert len(structlog.get_config()["processors"]) == len(before) + 1

    assert structlog.get_config()["processors"] == before
