"""The worker and the scheduler as processes of their own: they stop when they are told to, and one schedules."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator
    from pathlib import Path

DEADLINE_S = 60.0


@asynccontextmanager
async def running(folder: Path, command: str) -> AsyncIterator[Process]:
    """`vllm-digest COMMAND --demo`, which has said what it does."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", command, "--demo"),
        env={"PATH": os.environ["PATH"], "DIGEST_STATE_DIR": str(folder)},
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        async with asyncio.timeout(DEADLINE_S):
            assert (await process.stderr.readline()).startswith(b"vllm-digest ")
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def leads(process: Process) -> None:
    """Wait until it says that it schedules."""
    assert process.stderr is not None
    async with asyncio.timeout(DEADLINE_S):
        while json.loads(await process.stderr.readline())["event"] != "leads":
            pass


async def stopped(process: Process) -> str:
    """Tell it to stop; what it wrote until its end, which was a good one."""
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(DEADLINE_S):
        _, said = await process.communicate()
    assert process.returncode == 0
    return said.decode()


async def test_a_scheduler_takes_over_from_one_that_is_killed_and_each_stops_in_peace(tmp_path: Path) -> None:
    async with running(tmp_path, "scheduler") as first:
        await leads(first)
        async with running(tmp_path, "scheduler") as second, running(tmp_path, "worker") as worker:
            first.kill()
            await leads(second)
            said = await asyncio.gather(stopped(second), stopped(worker))

    assert "Traceback" not in "".join(said)
