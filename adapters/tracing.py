"""Traces: spans for OpenTelemetry, which its own standard variables switch on. Without them a span costs nothing.

    OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT   a collector's address: on
    OTEL_TRACES_EXPORTER      otlp or console: on; none: off
    OTEL_SDK_DISABLED         true: off, whatever the others say

All further variables (`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER`, headers, certificates)
are read by the SDK itself. A span tells names, ids of deliveries and figures: no titles, questions, answers or secrets,
and of an error its kind alone.
"""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Thread
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias

from summarizer.errors import DigestError, NotConfigured

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

SpanKind = Literal["internal", "server", "client", "producer", "consumer"]

Attribute: TypeAlias = str | int | float | bool

EXTRA: Final = 'pip install "vllm-digest[otel]"'

NAME: Final = "vllm-digest"
"""Of the service, where OTEL_SERVICE_NAME gives it no other."""

LEAVE_S: Final = 3.0
"""How long a process that stops waits for its last spans to be taken."""


class Span(Protocol):
    """A piece of work."""

    def note(self, **attributes: Attribute) -> None:
        """Say more about it. Names are as given, with dots for double underscores."""
        ...


class _Off:
    """A span of nobody's."""

    def note(self, **attributes: Attribute) -> None:
        """Nothing is noted."""


_OFF: Final = nullcontext[Span](_Off())
_tracing: _Tracing | None = None


def span(name: str, *, kind: SpanKind = "internal", **attributes: Attribute) -> AbstractContextManager[Span]:
    """A span around the block, below the one that it stands in. attributes: as `Span.note` takes them."""
    return _OFF if _tracing is None else _tracing.span(name, kind, attributes)


def carried() -> dict[str, str]:
    """The present span as words that another process can go on from; empty where there is none."""
    return {} if _tracing is None else _tracing.carried()


def continued(words: Mapping[str, str]) -> AbstractContextManager[object]:
    """What is in the block goes on from the span of another process."""
    return nullcontext() if _tracing is None or not words else _tracing.continued(words)


def wanted(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Where spans go by the standard variables: "otlp", "console", both, or nowhere."""
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return ()
    named = environ.get("OTEL_TRACES_EXPORTER", "").strip().lower()
    if named:
        names = [each.strip() for each in named.split(",")]
        return tuple(dict.fromkeys(each for each in names if each in ("otlp", "console")))
    endpoints = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    return ("otlp",) if any(environ.get(name, "").strip() for name in endpoints) else ()


@contextmanager
def traced(environ: Mapping[str, str], *, version: str, process: str) -> Iterator[bool]:
    """Trace while the block runs, where the variables want that; whether it does. process: what this one is called.

    Raises NotConfigured `telemetry.missing` where a package lacks. Leaving waits a moment for the last spans.
    """
    global _tracing
    exporters = wanted(environ)
    if not exporters:
        yield False
        return
    mine = _Tracing(exporters, version, process)
    before, _tracing = _tracing, mine
    try:
        yield True
    finally:
        if _tracing is mine:
            _tracing = before
        mine.close()


class _Tracing:
    """The SDK of OpenTelemetry, set up for this process alone: nothing of it is global."""

    def __init__(self, exporters: tuple[str, ...], version: str, process: str) -> None:
        try:
            from opentelemetry.sdk.resources import OTELResourceDetector, Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
            from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
        except ImportError as error:
            raise NotConfigured("telemetry.missing", what="OpenTelemetry", install=EXTRA) from error
        told = {"service.name": NAME, "service.version": version, "service.instance.id": process}
        resource = Resource.create(told).merge(OTELResourceDetector().detect())
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        for name in exporters:
            self._provider.add_span_processor(BatchSpanProcessor(_exporter(name)))
        self._tracer: Tracer = self._provider.get_tracer(NAME, version)
        self._words = TraceContextTextMapPropagator()

    @contextmanager
    def span(self, name: str, kind: SpanKind, attributes: Mapping[str, Attribute]) -> Iterator[Span]:
        from opentelemetry.trace import SpanKind as Kinds
        from opentelemetry.trace import Status, StatusCode

        with self._tracer.start_as_current_span(
            name,
            kind=Kinds[kind.upper()],
            attributes=_named(attributes),
            record_exception=False,  # its message may quote what somebody wrote
            set_status_on_exception=False,
        ) as begun:
            try:
                yield _Noted(begun)
            except BaseException as error:
                begun.set_attribute(
                    "error.type", error.key if isinstance(error, DigestError) else type(error).__name__
                )
                begun.set_status(Status(StatusCode.ERROR))
                raise

    def carried(self) -> dict[str, str]:
        words: dict[str, str] = {}
        self._words.inject(words)
        return words

    @contextmanager
    def continued(self, words: Mapping[str, str]) -> Iterator[None]:
        from opentelemetry import context

        token = context.attach(self._words.extract(words))
        try:
            yield
        finally:
            context.detach(token)

    def close(self) -> None:
        # a collector that does not answer must not keep a process from stopping
        leaving = Thread(target=self._provider.shutdown, name="last spans", daemon=True)
        leaving.start()
        leaving.join(LEAVE_S)


class _Noted:
    """See `Span`."""

    def __init__(self, begun: Any) -> None:  # noqa: ANN401 - a span of the SDK
        self._begun = begun

    def note(self, **attributes: Attribute) -> None:
        """See `Span`."""
        self._begun.set_attributes(_named(attributes))


def _named(attributes: Mapping[str, Attribute]) -> dict[str, Attribute]:
    return {name.replace("__", "."): value for name, value in attributes.items()}


def _exporter(name: str) -> SpanExporter:
    if name == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter(out=sys.stderr)
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        raise NotConfigured("telemetry.missing", what="OpenTelemetry", install=EXTRA) from error
    return OTLPSpanExporter()
