"""The house as the Procfile has it - web, bot, worker and scheduler, each a process, over one store that they start
themselves - while its clock runs fast: subscribed in Slack, posted at the due minute, read as a page, asked about.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
import sys
import time
from asyncio.subprocess import Process
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from bot.clock import Clock
from tests.adapters.discord.whole import result
from tests.adapters.slack.whole import until_result, words_of
from tests.bot.talk import talked_about
from tests.servers.discord import GENERAL as LOUNGE
from tests.servers.discord import discord_server
from tests.servers.github import github_server
from tests.servers.slack import ANN, APP_TOKEN, BOT_TOKEN, GENERAL, slack_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.slack import Message

PROCFILE = Path(__file__).parent.parent.parent / "Procfile"

BEGINS = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
PACE = 6
"""A minute of the house takes ten seconds, in which it has to build and post."""

DEADLINE_S = 120.0
MINUTE = timedelta(minutes=1)
ANSWER = "1 AMD/ROCm PR had activity"


@dataclass
class House:
    """The processes of the Procfile. said: what they have logged so far, each line with the name of its process."""

    process: Process
    said: list[str] = field(default_factory=list)
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    async def read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            self.said.append(line.decode(errors="replace"))
            self._more.set()
        self._more.set()

    async def until_said(self, *words: str) -> None:
        """Wait until a line holds all of these."""
        async with asyncio.timeout(DEADLINE_S):
            while not any(all(word in line for word in words) for line in self.said):
                assert self.process.returncode is None, "".join(self.said)
                self._more.clear()
                await self._more.wait()


@asynccontextmanager
async def house(folder: Path, **environment: str) -> AsyncIterator[House]:
    """Started by honcho from the Procfile, and told to stop at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "honcho", "--env", os.devnull, "--procfile", str(PROCFILE), "--no-colour", "start"),
        cwd=folder,
        env={
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(folder),
            "PYTHONUNBUFFERED": "1",
            **environment,
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    running = House(process)
    reading = asyncio.create_task(running.read())
    try:
        yield running
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(60):
            await process.wait()
        await reading


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
        return port


async def test_subscribed_in_slack_posted_at_the_due_minute_read_as_a_page_and_asked_about(
    tmp_path: Path,
) -> None:
    at = f"{BEGINS:%Y-%m-%dT%H:%MZ}+x{PACE}@{time.time():.3f}"
    clock = Clock.at(at)
    public_url = f"http://127.0.0.1:{_free_port()}"
    async with (
        github_server(talked_about(), clock=clock.now) as github,
        slack_server() as slack,
        discord_server() as discord,
        house(
            tmp_path,
            DIGEST_AT=at,
            DIGEST_STATE_DIR=str(tmp_path / "state"),
            DIGEST_TZ="UTC",
            DIGEST_LOG="info",
            GITHUB_TOKEN=github.token or "",
            GITHUB_GRAPHQL_URL=github.url,
            SLACK_API_URL=slack.url,
            SLACK_BOT_TOKEN=BOT_TOKEN,
            SLACK_APP_TOKEN=APP_TOKEN,
            DISCORD_API_URL=discord.api_url,
            DISCORD_TOKEN=discord.token,
            PUBLIC_URL=public_url,
            WEB_PORT=public_url.rpartition(":")[2],
        ) as processes,
        httpx.AsyncClient(headers={"Accept-Language": "en"}) as browser,
    ):
        await slack.until(lambda: slack.sockets.open, timeout=DEADLINE_S)
        await discord.until(lambda: discord.gateway.is_ready, timeout=DEADLINE_S)
        await processes.until_said("web", "web listens")
        await processes.until_said("scheduler", "leads")
        await processes.until_said("scheduler", "synced")

        due = (clock.now() + 3 * MINUTE).replace(second=0, microsecond=0)
        sent = await slack.command("/vllm-digest", f"subscribe daily {due:%H:%M} tz:UTC lang:en")
        ordered = words_of(await until_result(slack, sent))
        assert f"{due:%H:%M}" in ordered

        def posted() -> Message | None:
            heads = [
                each
                for each in slack.by_bot(GENERAL)
                if not each.thread_ts and "2026-03-23" in words_of(each)
            ]
            return heads[-1] if heads else None

        post = await slack.until(posted, timeout=DEADLINE_S)
        seen_at = clock.now()
        assert due <= seen_at < due + 2 * MINUTE

        [page_url] = {
            url
            for url in re.findall(r"https?://[^\s\"'<>|]+", str(post.blocks))
            if url.startswith(public_url)
        }
        page = await browser.get(page_url)
        assert page.status_code == httpx.codes.OK
        assert "#104" in page.text
        assert "Rewrite the introduction" in page.text

        await slack.mention(GENERAL, ANN, "which of them are about ROCm?", thread_ts=post.ts)
        answer = await slack.until(
            lambda: next((each for each in slack.thread(GENERAL, post.ts) if ANSWER in words_of(each)), None),
            timeout=DEADLINE_S,
        )
        assert "#101" in words_of(answer)
        assert "#102" not in words_of(answer)  # of the next day

        asked = discord.ann.slash(LOUNGE, "date", {"when": "2026-03-23"})
        in_discord = await result(asked, "2026-03-23")
        assert "#101" in in_discord.text

        front = await browser.get(public_url)
        assert page_url.removeprefix(public_url).partition("?")[0] in front.text

    told = "".join(processes.said)
    assert "Traceback" not in told
    assert "BOT_TOKEN" not in told
    assert BOT_TOKEN not in told
