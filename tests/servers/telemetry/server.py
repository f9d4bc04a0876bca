"""One server for both: an OTLP/HTTP collector at /v1/traces, and Sentry's ingest at /api/1/envelope/.

As opentelemetry.io/docs/specs/otlp, "OTLP/HTTP" (a protobuf message, perhaps gzipped), and
develop.sentry.dev/sdk/data-model/envelopes (lines of JSON, perhaps gzipped) have them.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.servers.threaded import ThreadedServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

DEADLINE_S = 30.0


@dataclass(frozen=True, slots=True)
class Told:
    """A span. parent: the id of the one that it stands in, "" for none. failed: whether its status says so."""

    name: str
    trace: str
    id: str
    parent: str
    attributes: Mapping[str, object]
    resource: Mapping[str, object]
    failed: bool
    events: int


@dataclass
class Collector:
    """The spans that came, in order, and the bytes that they came as."""

    spans: list[Told] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def named(self, name: str) -> list[Told]:
        return [span for span in self.spans if span.name == name]

    def take(self, body: bytes) -> None:
        self.bodies.append(body)
        request = ExportTraceServiceRequest()
        request.ParseFromString(body)
        for of_resource in request.resource_spans:
            resource = _attributes(of_resource.resource.attributes)
            for of_scope in of_resource.scope_spans:
                for span in of_scope.spans:
                    self.spans.append(
                        Told(
                            span.name,
                            span.trace_id.hex(),
                            span.span_id.hex(),
                            span.parent_span_id.hex(),
                            _attributes(span.attributes),
                            resource,
                            span.status.code == 2,
                            len(span.events),
                        )
                    )


@dataclass
class Ingest:
    """The events that came, in order."""

    events: list[dict[str, Any]] = field(default_factory=list)

    def take(self, body: bytes) -> None:
        lines = body.split(b"\n")
        for header, payload in zip(lines[1::2], lines[2::2], strict=False):
            if header and json.loads(header).get("type") == "event":
                self.events.append(json.loads(payload))


class TelemetryServer(ThreadedServer):
    """In a thread, since exporters are threads that wait."""

    def __init__(self) -> None:
        self.collector = Collector()
        self.ingest = Ingest()
        self._came = threading.Condition()
        super().__init__(
            [
                Route("/v1/traces", self._traces, methods=["POST"]),
                Route("/api/1/envelope/", self._envelope, methods=["POST"]),
            ],
            "telemetry-server",
        )

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    @property
    def dsn(self) -> str:
        return f"http://public@{self.host}/1"

    async def until(self, is_there: Callable[[], bool]) -> None:
        """Wait until what came is enough."""

        def wait() -> bool:
            with self._came:
                return self._came.wait_for(is_there, DEADLINE_S)

        assert await asyncio.to_thread(wait)

    async def _traces(self, request: Request) -> Response:
        body = await _body(request)
        with self._came:
            self.collector.take(body)
            self._came.notify_all()
        return Response(ExportTraceServiceResponse().SerializeToString(), media_type="application/x-protobuf")

    async def _envelope(self, request: Request) -> Response:
        body = await _body(request)
        with self._came:
            self.ingest.take(body)
            self._came.notify_all()
        return JSONResponse({"id": "0" * 32})


async def _body(request: Request) -> bytes:
    body = await request.body()
    return gzip.decompress(body) if request.headers.get("content-encoding") == "gzip" else body


def _attributes(told: Any) -> dict[str, object]:  # noqa: ANN401 - protobuf has no types
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in told}
