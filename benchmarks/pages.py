"""Pages: how many a second the web process serves and how long the slowest wait, beside a bare hello on the same
server; what all of `run` takes in memory; and how long a year of daily digests takes to be written as files. Over an
embedded store of forty thousand items and a thousand kept digests, each part a process of its own.

`python -m benchmarks.pages` prints these rows alone.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx

from benchmarks.delivering_process import rss_mb
from benchmarks.finding import ITEMS, NOW, REPO
from benchmarks.measure import Row, at_least, at_most, calibration, printed, run
from benchmarks.pages_load import load
from benchmarks.pages_store import fill
from bot.logs import set_up_logs
from tests.servers.discord import discord_server
from tests.servers.slack import APP_TOKEN, BOT_TOKEN, slack_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from benchmarks.pages_load import Load

DIGESTS: Final = 1_000
YEAR: Final = 365
SECONDS: Final = 5.0
CONNECTIONS: Final = 16
LIMIT_KB: Final = 60.0

UNREACHED: Final = "http://127.0.0.1:9/graphql"
"""Where no GitHub is: what is served comes from the store."""


async def measure_pages() -> list[Row]:
    """The rows of the pages."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        await fill(folder / "many", DIGESTS)
        async with _hello() as url:
            hello = await load(url, SECONDS, CONNECTIONS)
        rows = [Row("a bare hello of starlette: answers a second, p99", _told(hello))]
        async with _serving(folder / "many", "web") as web:
            rows += await _served(web.url, hello)
        rows += await _memory(folder / "many")
        await fill(folder / "year", YEAR, has_items=False)
        rows += _exported(folder)
    return rows


async def _served(url: str, hello: Load) -> list[Row]:
    """Each kind of page, from the memory of responses and, asked for once, as it is made."""
    async with httpx.AsyncClient(timeout=60) as browser:
        newest = (await browser.get(f"{url}/api/v1/repos/{REPO}/digests?limit=1")).json()["digests"][0]["id"]
    rows = []
    for what, path in {
        "a digest's page": f"/{REPO}/digests/{newest}",
        "the front page": f"/{REPO}",
        "a topic's page": f"/{REPO}/topics/amd",
        "the Atom feed": f"/{REPO}/feeds/all.en.atom",
    }.items():
        first = await load(url + path, 0.0, 1)
        many = await load(url + path, SECONDS, CONNECTIONS)
        assert many.status == httpx.codes.OK, path
        share = many.per_second / hello.per_second
        rows.append(at_least(f"{what}, in times of the hello", share, 1 / 3, digits=2))
        rows.append(
            Row("  answers a second, p99; the first, made anew", f"{_told(many)}; {first.p99_ms:.0f} ms")
        )
        if "feed" not in what:
            rows.append(at_most("  as it is sent", many.bytes / 1000, LIMIT_KB, " KB"))
    return rows


async def _memory(state: Path) -> list[Row]:
    """All processes of `run`, once both platforms are connected and pages were read."""
    async with slack_server() as slack, discord_server() as discord:
        platforms = {
            "SLACK_API_URL": slack.url,
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "DISCORD_API_URL": discord.api_url,
            "DISCORD_TOKEN": discord.token,
        }
        async with _serving(state, "run", **platforms) as running:
            await slack.until(lambda: slack.sockets.open, timeout=60)
            await discord.until(lambda: discord.gateway.is_ready, timeout=60)
            for path in (
                f"/{REPO}",
                f"/{REPO}/topics/amd",
                f"/{REPO}/feeds/all.en.atom",
                f"/{REPO}/search?q=rocm",
            ):
                answer = await load(running.url + path, 0.0, 1)
                assert answer.status == httpx.codes.OK, path
            own = rss_mb(running.pid)
            servers = sum(rss_mb(pid) for pid in _servers_of(state))
    return [
        at_most(
            f"run with both platforms, web and store over {ITEMS:,} items, {DIGESTS:,} digests",
            own + servers,
            400,
            " MB",
        ),
        Row("  the process itself, the embedded server", f"{own:.0f}, {servers:.0f} MB"),
    ]


def _exported(folder: Path) -> list[Row]:
    command = (
        sys.executable,
        "-m",
        "bot",
        "publish",
        "--site",
        str(folder / "site"),
        "--url",
        "https://example.org/digest",
    )
    first = run(command, cwd=folder, environment=_environment(folder / "year"))
    files = [each for each in (folder / "site").rglob("*") if each.is_file()]
    again = run(command, cwd=folder, environment=_environment(folder / "year"))
    return [
        at_most(f"a year of daily digests as {len(files):,} files", first.wall_s, 20, " s", 1),
        Row("  once more, where nothing changed", f"{again.wall_s:.1f} s"),
        Row("  all of it", f"{sum(each.stat().st_size for each in files) / 1e6:.0f} MB"),
    ]


class _Serving:
    def __init__(self, pid: int, url: str) -> None:
        self.pid = pid
        self.url = url


@asynccontextmanager
async def _serving(state: Path, command: str, **environment: str) -> AsyncIterator[_Serving]:
    """`vllm-digest COMMAND` whose web listens, until the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", command),
        cwd=Path(__file__).parents[1],
        env={
            **_environment(state),
            "DIGEST_LOG": "info",
            "WEB_PORT": "0",
            "WEB_RATE": "100000/s",
            **environment,
        },
        stdin=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    reading: asyncio.Task[None] | None = None
    try:
        port = ""
        while not port:
            line = (await process.stderr.readline()).decode()
            assert line, command
            port = line.partition('"port": ')[2].partition(",")[0] if '"web listens"' in line else ""
        reading = asyncio.create_task(_drained(process.stderr))
        yield _Serving(process.pid, f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        await process.wait()
        if reading is not None:
            await reading


async def _drained(stream: asyncio.StreamReader) -> None:
    while await stream.readline():
        pass


@asynccontextmanager
async def _hello() -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "benchmarks.pages_hello"),
        cwd=Path(__file__).parents[1],
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        yield f"http://127.0.0.1:{int(await process.stdout.readline())}/"
    finally:
        process.stdin.close()
        await process.wait()


def _environment(state: Path) -> Mapping[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(state),
        "DIGEST_STATE_DIR": str(state),
        "DIGEST_AT": NOW.isoformat(),
        "DIGEST_TZ": "UTC",
        "DIGEST_REPOS": REPO,
        "GITHUB_TOKEN": "ghp_testsonly",
        "GITHUB_GRAPHQL_URL": UNREACHED,
        "PYTHONPATH": str(Path(__file__).parents[1]),
    }


def _servers_of(state: Path) -> list[int]:
    """The embedded server of a state folder, and whoever watches over it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            said = (process / "cmdline").read_bytes()
        except OSError:  # it has ended
            continue
        if b"valkey" in said or b"keeper" in said:
            found.append(int(process.name))
    return [
        pid
        for pid in found
        if str(state).encode() in Path(f"/proc/{pid}/cmdline").read_bytes() or _lives_in(pid, state)
    ]


def _lives_in(pid: int, state: Path) -> bool:
    try:
        return Path(f"/proc/{pid}/cwd").resolve().is_relative_to(state.resolve())
    except OSError:
        return False


def _told(load: Load) -> str:
    return f"{load.per_second:.0f}, {load.p99_ms:.1f} ms"


if __name__ == "__main__":
    set_up_logs("error")
    sys.exit(printed([calibration(), *asyncio.run(measure_pages())]))
