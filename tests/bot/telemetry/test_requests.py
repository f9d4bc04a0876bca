"""What a person asks for is one request in the log, from its acknowledgement to its answer, and is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import structlog
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from adapters import metrics
from adapters.metrics import table
from adapters.metrics.registry import Registry
from adapters.tracing import traced
from adapters.web.measured import Measured
from bot.rules import Rate
from tests.adapters.discord import whole as in_discord
from tests.adapters.slack import whole as in_slack
from tests.servers.discord import GENERAL as DISCORDS_GENERAL
from tests.servers.discord import discord_server
from tests.servers.slack import slack_server

if TYPE_CHECKING:
    import pytest

    from tests.bot.running import Host
    from tests.servers.telemetry import TelemetryServer

LINE = "2026-03-24 tz:UTC lang:en"
TITLE = "vLLM development report"


def counted(registry: Registry, surface: str) -> tuple[float, dict[str, float]]:
    """Acknowledgements, and lines by how they ended."""
    told = registry.snapshot()
    acknowledged = [
        value
        for suffix, labels, value in told[table.ACKNOWLEDGED.name]
        if (suffix, labels) == ("_count", {"surface": surface})
    ]
    answered = {
        labels["outcome"]: value
        for _, labels, value in told[table.COMMANDS.name]
        if labels["surface"] == surface
    }
    return sum(acknowledged), answered


def requests(logs: list[Any], event: str) -> list[str]:
    """The ids of the requests that lines of that event are about."""
    return [line.get("request", "") for line in logs if line["event"] == event]


async def test_a_command_in_slack_is_one_request_and_is_counted(host: Host) -> None:
    registry = Registry("bot@host:1")
    async with slack_server() as slack, in_slack.whole(host, slack):
        with metrics.installed(registry), capture_logs([merge_contextvars]) as logs:
            for line in (LINE, "2026-03-23 tz:UTC lang:en"):
                sent = await slack.command("/vllm-digest", line)
                await in_slack.until_result(slack, sent, TITLE)
            wrong = await slack.command("/vllm-digest", "today edition:fortnightly")
            await slack.until(lambda: in_slack.shown(slack, wrong) is not None)
            await slack.until(lambda: counted(registry, "slack")[1].get("refused") == 1)
    ids = requests(logs, "built")

    assert counted(registry, "slack") == (3, {"answered": 2, "refused": 1})
    assert len(ids) == 2
    assert all(ids)
    assert ids[0] != ids[1]


async def test_a_command_in_discord_is_one_request_and_is_counted(host: Host) -> None:
    registry = Registry("bot@host:1")
    async with discord_server() as discord, in_discord.whole(host, discord):
        with metrics.installed(registry), capture_logs([merge_contextvars]) as logs:
            asked = discord.ann.slash(DISCORDS_GENERAL, "date", {"when": "2026-03-24"})
            await in_discord.result(asked, TITLE)
    [id_] = requests(logs, "built")

    assert counted(registry, "discord") == (1, {"answered": 1})
    assert id_


async def test_who_asks_too_often_is_counted_as_refused(host: Host) -> None:
    registry = Registry("bot@host:1")
    async with slack_server() as slack, in_slack.whole(host, slack, DIGEST_RATE_PER_USER=Rate(1.0, 1)):
        with metrics.installed(registry):
            for line in ("help", "help"):
                sent = await slack.command("/vllm-digest", line)
                await in_slack.until_result(slack, sent)

    assert counted(registry, "slack") == (2, {"answered": 1, "refused": 1})


async def test_a_request_of_the_web_is_a_span_and_one_request_in_the_log(
    sink: TelemetryServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", sink.url)

    async def app(scope: object, receive: object, send: Any) -> None:  # noqa: ANN401
        structlog.get_logger().info("seen")
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    transport = httpx.ASGITransport(Measured(app))
    with (
        capture_logs([merge_contextvars]) as logs,
        traced({"OTEL_TRACES_EXPORTER": "otlp"}, version="1", process="web@host:1"),
    ):
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as web:
            await web.get("/acme/engine/search?q=somebody-looks-for-this")
            await web.get("/acme/engine")
    first, second = sink.collector.spans

    assert (first.name, second.name) == ("GET search", "GET front")
    assert first.attributes == {
        "http.request.method": "GET",
        "http.route": "search",
        "http.response.status_code": 200,
    }
    assert len(set(requests(logs, "seen"))) == 2
    assert not any(b"acme" in body or b"looks-for-this" in body for body in sink.collector.bodies)
