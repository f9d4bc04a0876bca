"""The running bot as a process of its own, against the tests' Slack and the tests' Discord."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.servers.discord import GENERAL as DISCORDS_GENERAL
from tests.servers.discord import discord_server
from tests.servers.slack import ANN, APP_TOKEN, BOT_TOKEN, GENERAL, SIGNING_SECRET, slack_server

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.servers.slack.server import SlackServer

MANY = {"SLACK_CLIENT_ID": "1.2", "SLACK_CLIENT_SECRET": "s" * 20, "DIGEST_SECRET_KEY": "k" * 32}
WORK = {"scheduler": True, "worker": True}
LISTENS = '"event": "web listens"'
SOON_S = 5
"""By then whoever runs the bot may expect that it has stopped, when nobody waits for an answer."""


@asynccontextmanager
async def running(folder: Path, command: str, **variables: str) -> AsyncIterator[tuple[Process, int]]:
    """`vllm-digest COMMAND --demo` and the port of its pages; it is told to stop when the block is left.

    Its log holds no traceback and none of its secrets."""
    known = {name: value for name in ("PATH", "HOME") if (value := os.environ.get(name))}
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", command, "--demo"),
        env={**known, "DIGEST_STATE_DIR": str(folder), "WEB_PORT": "0", "DIGEST_LOG": "info", **variables},
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(30):
            while LISTENS not in (line := (await process.stderr.readline()).decode()):
                assert line, "it ended"
        rest = asyncio.create_task(process.stderr.read())  # else it would wait for a reader
        yield process, int(line.partition('"port": ')[2].partition(",")[0])
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            assert await process.wait() == 0, (await rest).decode()
            logged = (await rest).decode()
            assert "Traceback" not in logged
            secrets = [value for name, value in variables.items() if name.endswith(("TOKEN", "SECRET"))]
            assert not any(secret in logged for secret in secrets)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_run_answers_in_slack_and_serves_its_health_until_it_is_told_to_stop(tmp_path: Path) -> None:
    async with (
        slack_server() as slack,
        running(
            tmp_path,
            "run",
            SLACK_BOT_TOKEN=BOT_TOKEN,
            SLACK_APP_TOKEN=APP_TOKEN,
            SLACK_API_URL=slack.url,
        ) as (_, port),
    ):
        await slack.until(lambda: slack.sockets.open, timeout=20)
        sent = await slack.command("/vllm-digest", "today", channel=GENERAL, user=ANN)
        await sent.acked(20)
        await slack.until(lambda: _shown(slack), timeout=20)
        async with httpx.AsyncClient() as web:
            ready = await web.get(f"http://127.0.0.1:{port}/readyz")

    assert _shown(slack)
    assert ready.json() == {"ready": True, "checks": {"web": True, "slack": True, **WORK, "store": True}}


async def test_run_answers_in_slack_and_discord_and_stops_soon_after_it_is_told_to(tmp_path: Path) -> None:
    async with (
        slack_server() as slack,
        discord_server() as discord,
        running(
            tmp_path,
            "run",
            SLACK_BOT_TOKEN=BOT_TOKEN,
            SLACK_APP_TOKEN=APP_TOKEN,
            SLACK_API_URL=slack.url,
            DISCORD_TOKEN=discord.token,
            DISCORD_API_URL=discord.api_url,
        ) as (process, port),
    ):
        await slack.until(lambda: slack.sockets.open, timeout=20)
        await discord.until(lambda: discord.gateway.is_ready, timeout=20)
        sent = await slack.command("/vllm-digest", "today", channel=GENERAL, user=ANN)
        asked = discord.ann.slash(DISCORDS_GENERAL, "today")
        await sent.acked(20)
        await asked.acknowledged(20)
        await slack.until(lambda: _shown(slack), timeout=20)
        await asked.until(lambda: "vLLM development report" in asked.text, timeout=20)
        async with httpx.AsyncClient() as web:
            ready = await web.get(f"http://127.0.0.1:{port}/readyz")
        told_at = time.monotonic()
        process.send_signal(signal.SIGTERM)
        exit_code = await asyncio.wait_for(process.wait(), 30)
        took = time.monotonic() - told_at

    checks = {"web": True, "slack": True, "discord": True, **WORK, "store": True}
    assert ready.json() == {"ready": True, "checks": checks}
    assert exit_code == 0
    assert took < SOON_S


async def test_web_takes_slacks_requests_over_http(tmp_path: Path) -> None:
    async with (
        slack_server() as slack,
        running(
            tmp_path,
            "web",
            SLACK_BOT_TOKEN=BOT_TOKEN,
            SLACK_SIGNING_SECRET=SIGNING_SECRET,
            SLACK_API_URL=slack.url,
        ) as (_, port),
    ):
        slack.over_http(f"http://127.0.0.1:{port}/slack/events", SIGNING_SECRET)
        sent = await slack.command("/vllm-digest", "today", channel=GENERAL, user=ANN)
        await sent.acked(20)
        await slack.until(lambda: _shown(slack), timeout=20)

    assert _shown(slack)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"SLACK_BOT_TOKEN": BOT_TOKEN}, "SLACK_APP_TOKEN: not set, and needed beside SLACK_BOT_TOKEN"),
        ({"SLACK_APP_TOKEN": APP_TOKEN}, "SLACK_BOT_TOKEN: not set, and needed beside SLACK_APP_TOKEN"),
        ({"SLACK_BOT_TOKEN": APP_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN}, "a bot token (xoxb-) expected"),
        ({"SLACK_CLIENT_ID": "1.2", "SLACK_SIGNING_SECRET": "s"}, "SLACK_CLIENT_SECRET: not set"),
        (
            {"SLACK_CLIENT_ID": "1", "SLACK_CLIENT_SECRET": "s", "DIGEST_SECRET_KEY": "short"},
            "DIGEST_SECRET_KEY: at least 32 characters",
        ),
        (
            {"SLACK_BOT_TOKEN": BOT_TOKEN, "SLACK_APP_TOKEN": APP_TOKEN, **MANY},
            "SLACK_BOT_TOKEN: set beside SLACK_CLIENT_ID",
        ),
        (
            {"SLACK_APP_TOKEN": APP_TOKEN, **MANY},
            "PUBLIC_URL: an address that begins with https:// is needed",
        ),
    ],
)
async def test_a_half_configured_slack_stops_the_process_and_says_what_lacks(
    tmp_path: Path, variables: dict[str, str], told: str
) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "run"),
        env={"PATH": os.environ["PATH"], "DIGEST_STATE_DIR": str(tmp_path), **variables},
        cwd=tmp_path,
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()

    assert process.returncode == 3
    assert told in errors.decode()
    assert not any(value in errors.decode() for value in variables.values() if len(value) > 10)


def _shown(slack: SlackServer) -> bool:
    return any("vLLM development report" in message.text for message in slack.ephemerals(ANN, GENERAL))
