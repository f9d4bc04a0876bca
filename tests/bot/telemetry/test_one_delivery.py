"""A delivery's id stands in the log of every process that had to do with it, and one trace goes through them."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from bot.delivery.ledger import NAMED
from tests.bot.delivery.scene import Scene, day
from tests.bot.shell import vllm_digest
from tests.servers.slack import slack_server

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.bot.running import Host
    from tests.servers.telemetry import TelemetryServer

DEADLINE_S = 60.0
BEFORE, FROM_THERE = "2025-12-10T20:30+08:00", "2025-12-10T20:44+08:00+x60"
DUE = "20:45"
ID = "s1-20251210T124500Z"


@asynccontextmanager
async def running(folder: Path, command: str, collector: str) -> AsyncIterator[Process]:
    """`vllm-digest COMMAND --demo`, whose clock runs fast; its log is at its stderr, its spans go to the collector."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", command, "--demo"),
        env={
            "PATH": os.environ["PATH"],
            "DIGEST_STATE_DIR": str(folder / "state"),
            "DIGEST_AT": FROM_THERE,
            "DIGEST_LOG": "debug",
            "DIGEST_REPOS": "vllm-project/vllm",
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector,
        },
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def heard(process: Process, event: str) -> list[dict[str, Any]]:
    """Its lines up to the first of that event."""
    assert process.stderr is not None
    lines: list[dict[str, Any]] = []
    async with asyncio.timeout(DEADLINE_S):
        while not lines or lines[-1]["event"] != event:
            line = (await process.stderr.readline()).decode()
            assert line, lines
            if line.startswith("{"):
                lines.append(json.loads(line))
    return lines


async def test_scheduler_and_worker_log_the_same_delivery_and_share_a_trace_of_it(
    tmp_path: Path, sink: TelemetryServer
) -> None:
    subscribed = await vllm_digest(
        *("subscribe", "daily", DUE, "to:terminal", "tz:Asia/Shanghai", "--demo"),
        cwd=tmp_path,
        DIGEST_AT=BEFORE,
    )
    assert subscribed.code == 0, subscribed.err
    async with AsyncExitStack() as stack:
        worker = await stack.enter_async_context(running(tmp_path, "worker", sink.url))
        scheduler = await stack.enter_async_context(running(tmp_path, "scheduler", sink.url))
        worked = await heard(worker, "delivered")
        for process in (worker, scheduler):
            process.send_signal(signal.SIGTERM)
        assert scheduler.stderr is not None
        assert worker.stderr is not None
        scheduled = [
            json.loads(line)
            for line in (await scheduler.stderr.read()).decode().splitlines()
            if line.startswith("{")
        ]
        assert "Traceback" not in (await worker.stderr.read()).decode()

    events = {line["event"] for line in scheduled if line.get("delivery") == ID}
    assert {"delivery planned", "delivery handed out"} <= events
    [planned] = [line for line in scheduled if line["event"] == "planned" and ID in line["ids"]]
    assert planned["deliveries"] >= 1
    assert worked[-1]["delivery"] == ID
    [ready] = [line for line in worked if line["event"] == "digest ready"]
    assert ready["ids"] == [ID]
    built = next(line for line in worked if line["event"] == "built")
    assert built["batch"] == ready["batch"] == worked[-1]["batch"]
    spans = {span.id: span for span in sink.collector.spans}
    [delivered, *_] = [span for span in spans.values() if span.attributes.get("delivery") == ID]
    job = spans[delivered.parent]
    sent = spans[job.parent]
    assert (job.name, sent.name, job.trace) == ("job deliver", "send deliver", sent.trace)
    doers = [str(span.resource["service.instance.id"]).partition("@")[0] for span in (sent, job)]
    assert doers == ["scheduler", "worker"]


async def test_a_request_to_slack_tells_for_which_delivery_and_a_build_for_which_batch(host: Host) -> None:
    async with slack_server() as slack:
        scene = Scene(host, slack)
        async with scene.at(day(24, 8)) as process:
            await process.say("subscribe daily 09:00")
        slack.fail("chat.postMessage", status=429, retry_after=600, times=1)
        with capture_logs([merge_contextvars]) as logs:
            async with scene.at(day(24, 9), is_synced=False) as process:
                await process.settle()
                [row] = await process.history()
    asked = [line for line in logs if line["event"] == "slack asks for a pause"]
    built = [line for line in logs if line["event"] == "built"]

    assert [(line["delivery"], line["batch"]) for line in asked] == [(row.id, row.batch)]
    assert [line["batch"] for line in built] == [row.batch]


async def test_a_line_of_the_log_names_a_few_deliveries_of_many(host: Host) -> None:
    async with slack_server() as slack:
        scene = Scene(host, slack)
        async with scene.at(day(24, 8)) as process:
            for minute in range(NAMED + 5):
                await process.say(f"subscribe daily 09:{minute:02}")
        with capture_logs() as logs:
            async with scene.at(day(24, 9, 59), is_synced=False) as process:
                planner = process.services.delivering.scheduling.planner
                await planner.refresh()
                await planner.plan()
    [planned] = [line for line in logs if line["event"] == "planned"]

    assert (planned["deliveries"], len(planned["ids"])) == (NAMED + 5, NAMED)
    assert len({line["delivery"] for line in logs if line["event"] == "delivery planned"}) == NAMED + 5
