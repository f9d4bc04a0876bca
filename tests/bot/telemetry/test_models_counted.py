"""What models are asked is counted: requests, tokens, cost, and what costs nobody knows how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters import metrics
from adapters.metrics import table
from adapters.metrics.registry import Registry
from adapters.tracing import traced
from tests.adapters.opened import opened
from tests.bot.talk import SHELL
from tests.servers.model.behaviours import Good, quota_spent

if TYPE_CHECKING:
    import pytest

    from adapters.metrics.table import Metric
    from tests.bot.running import Host
    from tests.servers.model.behaviours import Behaviour
    from tests.servers.model.server import ModelServer
    from tests.servers.telemetry import TelemetryServer

NAME = "openai:tests-model"
LINE = "2026-03-24 tz:UTC lang:en"


async def asked(
    host: Host,
    model_server: ModelServer,
    behaviour: Behaviour,
    monkeypatch: pytest.MonkeyPatch,
    **settings: Any,  # noqa: ANN401 - by their environment names
) -> tuple[Registry, int]:
    """What was counted while a digest was written, and how many requests came to the model."""
    url = model_server.serve(behaviour)
    monkeypatch.setenv("OPENAI_BASE_URL", url)
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    registry = Registry("bot@host:1")
    async with opened(host, DIGEST_MODEL=NAME, **settings) as roof:
        with metrics.installed(registry):
            reply = await roof.services.commands(LINE, SHELL)
    assert reply.problem is None, reply.text
    return registry, len(model_server.asked(url))


def values(registry: Registry, metric: Metric) -> dict[tuple[str, ...], float]:
    """By the values of the labels beside the model's."""
    samples: list[Any] = list(registry.snapshot()[metric.name])
    return {
        tuple(value for name, value in labels.items() if name != "model"): value
        for suffix, labels, value in samples
        if suffix in ("", "_count") and labels["model"] == NAME
    }


async def test_requests_tokens_and_cost_of_a_model_are_counted(
    host: Host, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch, sink: TelemetryServer
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", sink.url)
    with traced({"OTEL_TRACES_EXPORTER": "otlp"}, version="1", process="p"):
        registry, calls = await asked(host, model_server, Good(), monkeypatch, DIGEST_PRICES=f"{NAME}=1/10")
    tokens = values(registry, table.MODEL_TOKENS)
    spans = sink.collector.named("model call")

    assert calls > 2
    assert values(registry, table.MODEL_CALLS) == {("ok",): calls}
    assert values(registry, table.MODEL_SECONDS) == {(): calls}
    assert tokens["in",] > tokens["out",] > 0
    cost = values(registry, table.MODEL_COST)[()]
    assert abs(cost - (tokens["in",] * 1 + tokens["out",] * 10) / 1_000_000) < 1e-9
    assert values(registry, table.MODEL_UNPRICED) == {}
    assert len(spans) == calls
    assert {span.attributes["gen_ai.request.model"] for span in spans} == {NAME}
    told = sum(int(str(span.attributes["gen_ai.usage.input_tokens"])) for span in spans)
    assert told == tokens["in",]


async def test_requests_without_a_price_are_counted_apart(
    host: Host, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, calls = await asked(host, model_server, Good(), monkeypatch)

    assert values(registry, table.MODEL_UNPRICED) == {(): calls}
    assert values(registry, table.MODEL_COST) == {}


async def test_requests_that_fail_are_counted_as_such(
    host: Host, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry, calls = await asked(host, model_server, quota_spent(), monkeypatch)

    assert calls
    assert values(registry, table.MODEL_CALLS) == {("failed",): calls}
