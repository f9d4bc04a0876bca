"""The tests' GitHub with a made-up week in it, in a process of its own, so that its work is not in the measured one.

`python -m benchmarks.serve` prints its address as one line and ends when its stdin closes. Beside GitHub's own paths
it has `GET /log`, the requests so far as JSON, and `POST /log/clear`, which are neither delayed nor logged.
`served(...)` starts one from another process and hands out the addresses and the log.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.request import ProxyHandler, Request, build_opener

from starlette.responses import JSONResponse
from starlette.routing import Route

from benchmarks.generate import generate_week
from tests.servers.github import Request as Logged
from tests.servers.github import github_server
from tests.servers.github.server import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from starlette.requests import Request as HttpRequest
    from starlette.routing import BaseRoute

    from tests.servers.github import GitHub

POINTS = 1_000_000
"""More than a benchmark spends: alternatives that are measured one after the other share the hour."""


@dataclass(frozen=True, slots=True)
class Week:
    """What `generate_week` is given. With these numbers 1,500 items were touched in it, more than the thousand that
    GitHub gives of one search."""

    seed: int = 7
    first_day: date = date(2026, 3, 16)
    issues: int = 420
    prs: int = 770
    comments: int = 6_300
    woken: int = 310
    background: int = 600


@dataclass(frozen=True, slots=True)
class Served:
    """A GitHub that runs elsewhere. url: its GraphQL endpoint; rest_url: where its REST API begins; token: the one it
    accepts."""

    url: str
    token: str = TOKEN

    @property
    def rest_url(self) -> str:
        return self.url.removesuffix("/graphql")

    def log(self) -> list[Logged]:
        """The requests so far, without the texts of their queries."""
        return [Logged(**each) for each in json.loads(_asked(f"{self.rest_url}/log"))]

    def clear(self) -> None:
        """Forget the requests so far."""
        _asked(f"{self.rest_url}/log/clear", method="POST")


def _asked(url: str, method: str = "GET") -> bytes:
    opener = build_opener(ProxyHandler({}))
    answer: bytes = opener.open(Request(url, method=method), timeout=30).read()  # noqa: S310 - our own loopback server
    return answer


@contextmanager
def served(
    week: Week | None = None, *, latency_s: float = 0.2, now: datetime | None = None
) -> Iterator[Served]:
    """Start a GitHub in a process of its own until the block ends; now: where its clock stands, the week's end unless
    given."""
    week = week or Week()
    arguments = [f"--latency={latency_s}", *([f"--now={now.isoformat()}"] if now else [])]
    arguments += [f"--{name.replace('_', '-')}={value}" for name, value in asdict(week).items()]
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-m", "benchmarks.serve", *arguments],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin, process.stdout:
        try:
            url = process.stdout.readline().strip()
            if not url:
                raise ChildProcessError("the benchmark's GitHub did not start")
            yield Served(url)
        finally:
            process.stdin.close()
            process.wait(timeout=30)


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until stdin closes."""
    asked = _options().parse_args(arguments)
    week = Week(**{name: getattr(asked, name) for name in Week.__dataclass_fields__})
    asyncio.run(_serve(week, asked.latency, asked.now))


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="benchmarks.serve", description=__doc__)
    parser.add_argument("--latency", type=float, default=0.2, help="seconds added to each answer")
    parser.add_argument("--now", type=datetime.fromisoformat, help="where its clock stands: the week's end")
    for name, default in asdict(Week()).items():
        kind = date.fromisoformat if isinstance(default, date) else int
        parser.add_argument(f"--{name.replace('_', '-')}", type=kind, default=default)
    return parser


async def _serve(week: Week, latency_s: float, now: datetime | None) -> None:
    world = generate_week(
        week.seed,
        week.first_day,
        new_or_closed_issues=week.issues,
        prs=week.prs,
        comments=week.comments,
        woken=week.woken,
        background=week.background,
    )
    gc.collect()
    gc.freeze()  # the world's many objects are not for the collector to walk
    end = datetime.fromisoformat(f"{week.first_day + timedelta(days=7)}T00:00:00+00:00")
    clock = now or end - timedelta(minutes=1)
    serving = github_server(
        world, token=TOKEN, latency_s=latency_s, clock=lambda: clock, points=POINTS, routes=_log_routes
    )
    async with serving as github:
        sys.stdout.write(f"{github.url}\n")
        sys.stdout.flush()
        await asyncio.to_thread(_until_closed)


def _until_closed() -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass


def _log_routes(github: GitHub) -> list[BaseRoute]:
    async def log(_http: HttpRequest) -> JSONResponse:
        return JSONResponse([asdict(each) | {"query": ""} for each in github.requests])

    async def clear(_http: HttpRequest) -> JSONResponse:
        github.requests.clear()
        return JSONResponse({})

    return [Route("/log", log, methods=["GET"]), Route("/log/clear", clear, methods=["POST"])]


if __name__ == "__main__":
    main()
