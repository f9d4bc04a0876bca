"""A process of those that deliver, and what it takes of the machine.

`python -m benchmarks.delivering_process PART` is a scheduler or a worker with the settings of its environment, but for
the platform's pace and the number of posts in flight; or a bot that lists its subscriptions when it is told to by a
line. It prints a line once it is up, and ends when its stdin closes. `started(...)` starts one from another process.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, get_args

from bot.delivery.timings import Timings
from bot.heaps import have_one_heap
from bot.logs import set_up_logs
from bot.serving import serve, work
from bot.settings import load_settings
from bot.wiring import open_services

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.settings import Settings
    from bot.wiring import Services

Part = Literal["scheduler", "worker", "bot"]

IN_FLIGHT: Final = 4
"""Posts of a worker."""

TIMINGS: Final = Timings(ahead=timedelta(seconds=12))
"""A scheduler is idle until then; with the usual ten minutes that would be all that there is time for."""

_TICKS: Final = os.sysconf("SC_CLK_TCK")
_PAGE_MB: Final = os.sysconf("SC_PAGE_SIZE") / 1024 / 1024


def told_at(behind_s: float) -> datetime:
    """The time by which all of a benchmark goes: so many seconds behind the machine's."""
    return datetime.fromtimestamp(time.time() - behind_s, UTC)


def cpu_s(pid: int) -> float:
    """User and system time of a process so far, its threads' too."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def rss_mb(pid: int) -> float:
    """What of a process is in memory now."""
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * _PAGE_MB


@dataclass(frozen=True, slots=True)
class Process:
    """One that was started. log: what it logged, a JSON object a line."""

    part: Part
    log: Path
    running: asyncio.subprocess.Process

    @property
    def pid(self) -> int:
        return self.running.pid

    async def told(self) -> None:
        """Tell it a line, and wait until it has done what it does then."""
        assert self.running.stdin is not None
        self.running.stdin.write(b"\n")
        await self.running.stdin.drain()
        await self.answered()

    async def answered(self) -> None:
        assert self.running.stdout is not None
        if not await self.running.stdout.readline():
            raise ChildProcessError(f"{self.part} ended: {self.log.read_text()[-2_000:]}")

    async def stop(self) -> None:
        """Have it come to its end."""
        assert self.running.stdin is not None
        self.running.stdin.close()
        await self.running.wait()


@asynccontextmanager
async def started(
    part: Part, name: str, folder: Path, environment: Mapping[str, str], *, behind_s: float
) -> AsyncIterator[Process]:
    """One that is up, until the block ends. folder: for its log, and its state in a folder of its name."""
    log = folder / f"{name}.log"
    with log.open("wb") as errors:
        running = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "benchmarks.delivering_process", part, f"--behind={behind_s!r}"),
            cwd=Path(__file__).parents[1],
            env={"PATH": os.environ["PATH"], "DIGEST_STATE_DIR": str(folder / name), **environment},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
    process = Process(part, log, running)
    try:
        await process.answered()
        yield process
    finally:
        await process.stop()


async def _run(part: Part, behind_s: float) -> None:
    settings = load_settings(DIGEST_AT=f"{told_at(behind_s).isoformat()}+")
    async with open_services(
        settings, demo=False, one_shot=False, timings=TIMINGS, is_paced=False
    ) as services:
        serving = asyncio.create_task(_serve(part, settings, services))
        sys.stdout.write("up\n")
        sys.stdout.flush()
        while await asyncio.to_thread(sys.stdin.readline):
            await services.delivering.registry.all()
            sys.stdout.write("done\n")
            sys.stdout.flush()
        serving.cancel()
        await asyncio.wait((serving,))


async def _serve(part: Part, settings: Settings, services: Services) -> None:
    if part == "worker":
        from bot.processes.worker import AT_ONCE

        await work(settings, services, {**AT_ONCE, "posts": IN_FLIGHT})
    elif part == "scheduler":
        await serve(settings, services, ["scheduler", "upkeep"])


def main() -> None:
    """Be such a process."""
    parser = argparse.ArgumentParser(prog="benchmarks.delivering_process", description=__doc__)
    parser.add_argument("part", choices=get_args(Part))
    parser.add_argument("--behind", type=float, required=True, help="seconds that its clock is behind")
    asked = parser.parse_args()
    set_up_logs("info")
    have_one_heap()
    asyncio.run(_run(asked.part, asked.behind))


if __name__ == "__main__":
    main()
