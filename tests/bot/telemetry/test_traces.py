"""Traces over OTLP/HTTP to a loopback collector, by the real SDK."""

from __future__ import annotations

import asyncio
import builtins
import socket
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from adapters import tracing
from adapters.chat import Context
from adapters.queue import open_queue
from adapters.tracing import carried, continued, span, traced, wanted
from bot.jobs import Jobs
from bot.processes.worker import run_worker
from bot.telemetry.running import telemetry
from summarizer.errors import BadInput, NotConfigured
from tests.adapters.queue.working import Hands, stopped
from tests.bot.delivery.scene import Scene, day
from tests.servers.slack import slack_server

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from adapters.store import Store
    from tests.bot.running import Host
    from tests.servers.telemetry import TelemetryServer, Told

NOW = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)


def variables(sink: TelemetryServer) -> dict[str, str]:
    return {"OTEL_EXPORTER_OTLP_ENDPOINT": sink.url}


@pytest.fixture
def environ(sink: TelemetryServer, monkeypatch: pytest.MonkeyPatch) -> Mapping[str, str]:
    """The SDK reads its variables where it finds them."""
    for name, value in variables(sink).items():
        monkeypatch.setenv(name, value)
    return variables(sink)


@pytest.mark.parametrize(
    ("environ", "exporters"),
    [
        ({}, ()),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318"}, ("otlp",)),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://c:4318/v1/traces"}, ("otlp",)),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_SDK_DISABLED": "true"}, ()),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://c:4318", "OTEL_TRACES_EXPORTER": "none"}, ()),
        ({"OTEL_TRACES_EXPORTER": "console"}, ("console",)),
        ({"OTEL_TRACES_EXPORTER": "otlp, console"}, ("otlp", "console")),
        ({"OTEL_SERVICE_NAME": "mine"}, ()),
    ],
)
def test_the_standard_variables_say_where_spans_go(
    environ: Mapping[str, str], exporters: tuple[str, ...]
) -> None:
    assert wanted(environ) == exporters


def test_a_span_is_nothing_where_nobody_traces() -> None:
    with span("build", digest="d") as one, span("cut") as other:
        one.note(items=1)
        assert one is other
        assert carried() == {}


async def test_spans_stand_in_each_other_and_tell_of_an_error_its_kind_alone(
    sink: TelemetryServer, environ: Mapping[str, str]
) -> None:
    def fails() -> None:
        with span("command", surface="slack"), span("build", digest="d1") as build:
            build.note(items=3)
            raise BadInput("digest.gone", repo="a secret of somebody's")

    with traced(environ, version="1.2", process="web@host:1"), pytest.raises(BadInput):
        fails()
    [command], [build_span] = sink.collector.named("command"), sink.collector.named("build")

    assert build_span.parent == command.id
    assert build_span.attributes == {"digest": "d1", "items": 3, "error.type": "digest.gone"}
    assert (command.failed, build_span.failed, build_span.events) == (True, True, 0)
    assert build_span.resource["service.name"] == "vllm-digest"
    assert build_span.resource["service.version"] == "1.2"
    assert build_span.resource["service.instance.id"] == "web@host:1"
    assert not any(b"a secret of somebody" in body for body in sink.collector.bodies)


async def test_the_name_of_the_service_can_be_chosen(
    sink: TelemetryServer, environ: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_SERVICE_NAME", "digests-of-acme")
    with traced(environ, version="1", process="p"), span("x"):
        pass

    assert sink.collector.spans[0].resource["service.name"] == "digests-of-acme"


async def test_what_is_carried_elsewhere_goes_on_there(
    sink: TelemetryServer, environ: Mapping[str, str]
) -> None:
    with traced(environ, version="1", process="p"):
        with span("send"):
            words = carried()
        with continued(words), span("job"):
            pass
    [sent], [job] = sink.collector.named("send"), sink.collector.named("job")

    assert set(words) == {"traceparent"}
    assert (job.trace, job.parent) == (sent.trace, sent.id)


async def test_a_job_goes_on_with_the_trace_of_who_sent_it(
    store: Store,
    redis_server: str,
    tmp_path: Path,
    sink: TelemetryServer,
    environ: Mapping[str, str],
) -> None:
    del store  # whose fixture empties it

    class Engine:
        prepare, deliver, watch = Hands(), Hands(), Hands()

    with traced(environ, version="1", process="p"):
        async with open_queue(redis_server, tmp_path) as sender, open_queue(redis_server, tmp_path) as queue:
            worker = asyncio.create_task(run_worker(queue, Engine()))
            with span("feeding"):
                await Jobs(sender).deliver("s1-20251210T0100Z")
            await Engine.deliver.has(1)
            await stopped(worker)
    [feeding], [sent] = sink.collector.named("feeding"), sink.collector.named("send deliver")
    [job] = sink.collector.named("job deliver")

    assert sent.parent == feeding.id
    assert (job.trace, job.parent) == (feeding.trace, sent.id)
    assert job.attributes == {"argument": "s1-20251210T0100Z"}


async def test_a_delivery_is_one_trace_with_its_parts_and_tells_no_titles(
    host: Host, sink: TelemetryServer, environ: Mapping[str, str]
) -> None:
    async with slack_server() as slack:
        scene = Scene(host, slack)
        async with scene.at(day(24, 8)) as process:
            await process.say("subscribe daily 09:00")
        with traced(environ, version="1", process="p"):
            async with scene.at(day(24, 9), is_synced=False) as process:
                await process.settle()
                [row] = await process.history()
    titles = [issue.title for issue in _threads(scene)]
    spans = {each.id: each for each in sink.collector.spans}

    assert row.state == "posted"
    prepared = sink.collector.named("prepare")[0]
    assert prepared.attributes == {"batch": row.batch}
    for name in ("digest", "sync", "build", "cut", "write"):
        assert _root(sink.collector.named(name)[0], spans) == prepared, name
    posts = sink.collector.named("post")
    assert len(posts) > 3
    delivered = {_root(each, spans).attributes["delivery"] for each in posts}
    assert delivered == {row.id}
    assert titles
    assert not any(title.encode() in body for title in titles for body in sink.collector.bodies)


async def test_a_question_and_the_requests_to_github_for_it_are_one_trace(
    host: Host, sink: TelemetryServer, environ: Mapping[str, str]
) -> None:
    async with slack_server() as slack:
        scene = Scene(host, slack)
        with traced(environ, version="1", process="p"):
            async with scene.at(day(24, 9), is_synced=False) as process:
                reply = await process.services.commands(
                    "2026-03-23 tz:UTC", Context("terminal", conversation="a-private-thread", lang="en")
                )
    [command] = sink.collector.named("command")
    spans = {each.id: each for each in sink.collector.spans}
    requests = sink.collector.named("github request")

    assert reply.problem is None
    assert command.attributes == {"surface": "terminal", "outcome": "answered"}
    assert requests
    assert all(_root(each, spans) == command for each in requests)
    assert not any(b"a-private-thread" in body for body in sink.collector.bodies)


async def test_a_missing_package_is_said_in_the_log_and_keeps_nothing_from_running(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: Any, **named: Any) -> Any:  # noqa: ANN401 - as the built-in one
        if name.startswith(("opentelemetry", "sentry_sdk")):
            raise ImportError(name)
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", without)
    environ = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9", "SENTRY_DSN": "http://p@127.0.0.1:9/1"}
    with capture_logs() as logs:
        async with telemetry(store.metrics, "web", environ=environ):
            assert carried() == {}
    told = [line["problem"] for line in logs if line["event"] == "telemetry is off"]

    assert [each.partition("pip ")[2] for each in told] == [
        'install "vllm-digest[otel]"',
        'install "vllm-digest[sentry]"',
    ]


async def test_a_collector_that_does_not_answer_keeps_no_process_from_stopping(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop = asyncio.get_running_loop()
    monkeypatch.setattr(tracing, "LEAVE_S", 0.1)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "3")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        with traced({"OTEL_TRACES_EXPORTER": "otlp"}, version="1", process="p"):
            with span("x"):
                pass
            begun = loop.time()
        took_s = loop.time() - begun
    for thread in threading.enumerate():  # which the end of the connection wakes up
        if thread.name == "last spans":
            await asyncio.to_thread(thread.join)

    assert took_s < 2.5  # of the three seconds that an export may take here


def test_a_package_that_lacks_is_named() -> None:
    problem = NotConfigured("telemetry.missing", what="OpenTelemetry", install=tracing.EXTRA)

    assert problem.values["install"] == 'pip install "vllm-digest[otel]"'


def _root(one: Told, spans: Mapping[str, Told]) -> Told:
    while one.parent in spans:
        one = spans[one.parent]
    return one


def _threads(scene: Scene) -> list[Any]:
    return [
        thread for repository in scene.world.repositories.values() for thread in repository.threads.values()
    ]
