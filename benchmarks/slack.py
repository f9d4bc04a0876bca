"""Slack over Socket Mode: how soon commands are acknowledged and answered when two hundred people type at once, beside
a bare bot on the same SDK; how often a digest is built for them; and what the event loop is kept waiting for.

`python -m benchmarks.slack` prints these rows alone.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import tempfile
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING

from adapters.chat import Context
from adapters.slack.layout.digest import only_me
from benchmarks.generate import generate_week
from benchmarks.measure import Row, at_most, calibration, printed, run
from benchmarks.slack_echo import echo_bot
from benchmarks.slack_serve import PEOPLE, served_slack
from bot.logs import set_up_logs
from bot.settings import load_settings
from bot.slack import slack_of
from bot.wiring import open_services
from summarizer import languages
from tests.servers.github import github_server
from tests.servers.model.metered import Metered
from tests.servers.model.server import ModelServer
from tests.servers.slack import APP_TOKEN, BOT_TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from starlette.responses import Response

    from adapters.slack.blocks import Message
    from benchmarks.slack_serve import Burst, ServedSlack
    from bot.settings import Settings
    from bot.wiring import Services
    from tests.servers.model.behaviours import Payload

SEED = 11
MONDAY = date(2026, 3, 23)
NOW = datetime(2026, 3, 29, 23, 59, tzinfo=UTC)
PRS = 388
TOKEN = "ghp_testsonly"

SPREAD_S = 10.0
SAMPLE_S = 0.002
WINDOWS = 20

CACHED = "2026-03-26 tz:UTC lang:en"
WAITING = "2026-03-27 tz:UTC lang:en"
NEW = tuple(f"2026-03-28T00:00..2026-03-28T{hour}:00 tz:UTC lang:en" for hour in range(18, 23))
"""Asked for by somebody else in each round; the model hangs meanwhile."""
SAME = "2026-03-25 tz:UTC lang:en"
DIFFERENT = tuple(
    f"2026-03-24T00:00..2026-03-24T{hour:02}:30 tz:UTC lang:en" for hour in range(1, WINDOWS + 1)
)
WEEK = "2026-W13 tz:UTC lang:en"

OPENING = """
import asyncio, os, pathlib, sys

def rss():
    pages = int(pathlib.Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024

async def main():
    from bot.settings import load_settings
    from bot.wiring import open_services
    settings = load_settings()
    async with open_services(settings, demo=True, one_shot=True) as services:
        before = rss()
        from bot.slack import slack_of
        async with slack_of(settings, services):
            print(rss() - before)

asyncio.run(main())
"""
"""What a process that has the rest takes more for Slack."""


class _Model(Metered):
    """Answers at once or, while it hangs, not at all."""

    def __init__(self) -> None:
        super().__init__(seed=SEED)
        self.hangs = False

    async def answer(self, payload: Payload) -> Response:
        while self.hangs:  # noqa: ASYNC110 - another thread's
            await asyncio.sleep(0.05)
        return await super().answer(payload)

    def written(self) -> int:
        """How many summaries it was asked for: one a digest."""
        return sum(call.section == "summary" for call in self.calls)


@dataclass(slots=True)
class _Told:
    """What some bursts told, in seconds: see `Burst`."""

    acked: list[float] = field(default_factory=list)
    result: list[float] = field(default_factory=list)

    def add(self, burst: Burst) -> None:
        self.acked += burst.acked
        self.result += burst.result


@dataclass(slots=True)
class _Measured:
    """What a bot took: alone under the load of everybody at once, and of everybody within some seconds."""

    at_once: _Told = field(default_factory=_Told)
    spread: _Told = field(default_factory=_Told)


async def measure_slack() -> list[Row]:
    """The rows of Slack."""
    with tempfile.TemporaryDirectory() as folder, ModelServer() as server:
        model = _Model()
        os.environ["OPENAI_BASE_URL"] = server.serve(model)
        try:
            await _fill(Path(folder))
            echo = await _echo(None)
            async with served_slack() as slack:
                settings = _settings(Path(folder), DIGEST_MODEL="openai:tests-model", SLACK_API_URL=slack.url)
                async with _bot(settings) as services:
                    rows = await _rows(slack, services, model, echo)
            rows.append(await asyncio.to_thread(_memory, Path(folder)))
            return rows
        finally:
            del os.environ["OPENAI_BASE_URL"]


def _settings(folder: Path, **more: object) -> Settings:
    return load_settings(
        DIGEST_STATE_DIR=folder,
        DIGEST_AT=NOW.isoformat(),
        DIGEST_TZ="UTC",
        GITHUB_TOKEN=TOKEN,
        SLACK_BOT_TOKEN=BOT_TOKEN,
        SLACK_APP_TOKEN=APP_TOKEN,
        **more,
    )


async def _fill(folder: Path) -> None:
    """A mirror of a week with vLLM's number of items, synced a moment ago."""
    world = generate_week(SEED, MONDAY, prs=PRS)
    gc.collect()
    gc.freeze()
    async with github_server(world, token=TOKEN, clock=lambda: NOW) as github:
        settings = _settings(folder, GITHUB_GRAPHQL_URL=github.url)
        async with open_services(settings, demo=False, one_shot=True) as services:
            reply = await services.commands(WEEK, Context("shell"))
            assert reply.problem is None, reply.text


@asynccontextmanager
async def _bot(settings: Settings) -> AsyncIterator[Services]:
    """The whole bot, connected."""
    async with (
        open_services(settings, demo=False, one_shot=True) as services,
        slack_of(settings, services) as slack,
    ):
        assert slack.sockets is not None
        running = asyncio.create_task(slack.sockets.run())
        try:
            while not await slack.sockets.is_ready():  # noqa: ASYNC110 - the SDK tells nobody
                await asyncio.sleep(0.02)
            yield services
        finally:
            running.cancel()
            await asyncio.wait((running,))


async def _echo(ready: Message | None) -> _Measured:
    async with (
        served_slack() as slack,
        echo_bot(slack.url, bot_token=BOT_TOKEN, app_token=APP_TOKEN, ready=ready),
    ):
        return await _loaded(slack)


async def _loaded(slack: ServedSlack) -> _Measured:
    """Everybody asks for what is there already: at once, several times, then spread over some seconds."""
    await slack.burst([CACHED] * PEOPLE)  # connections, templates and people are known from then on
    measured = _Measured()
    for line in NEW:
        measured.at_once.add(await slack.burst([CACHED] * PEOPLE, meanwhile=[line]))
    measured.spread.add(await slack.burst([CACHED] * PEOPLE, over_s=SPREAD_S))
    return measured


async def _rows(slack: ServedSlack, services: Services, model: _Model, echo: _Measured) -> list[Row]:
    await slack.burst([CACHED])  # from then on it is kept
    model.hangs = True
    alone = await slack.burst([], meanwhile=[WAITING])
    ours = await _loaded(slack)
    model.hangs = False
    for line in (WAITING, *NEW):
        await slack.burst([line])  # the others have theirs by then
    reply = await services.commands(CACHED, Context("shell"))
    assert reply.digest is not None, reply.text
    message = only_me(reply.digest, languages.load("en"), handle=reply.handle, line="")
    rows = [*_acknowledged(ours, echo), *_answered(ours, await _echo(message), echo)]
    rows.append(at_most("a digest that has to be built: first word of progress", alone.told[0], 1, " s", 2))
    rows += await _built(slack, model)
    rows += await _stalls(slack, services)
    return rows


def _acknowledged(ours: _Measured, echo: _Measured) -> list[Row]:
    told = f"{PEOPLE} people's commands at once, while a digest is built and its model hangs: "
    once, bare = ours.at_once.acked, echo.at_once.acked
    return [
        at_most(f"{told}acknowledged, p99", 1000 * _p99(once), 300, " ms"),
        Row("  p50, longest", f"{1000 * median(once):.0f} ms, {1000 * max(once):.0f} ms"),
        at_most("  p99 in times of a bare echo bot's", _p99(once) / _p99(bare), 1.5, "", 2),
        Row("  that bot's p50, p99", f"{1000 * median(bare):.0f} ms, {1000 * _p99(bare):.0f} ms"),
        at_most(f"  within {SPREAD_S:.0f} s instead: p99", 1000 * _p99(ours.spread.acked), 300, " ms"),
        Row(
            "  p50; in times of the bare echo bot's",
            f"{1000 * median(ours.spread.acked):.0f} ms; {median(ours.spread.acked) / median(echo.spread.acked):.2f}",
        ),
    ]


def _answered(ours: _Measured, ready: _Measured, echo: _Measured) -> list[Row]:
    once, bare = ours.at_once.result, ready.at_once.result
    short = echo.at_once.result
    return [
        at_most(
            f"a kept digest for {PEOPLE} at once: p99 in times of a bare echo bot's one line",
            _p99(once) / _p99(short),
            2,
            "",
            2,
        ),
        Row("  p50, p99; the echo bot's", f"{_ms(once)}; {_ms(short)}"),
        Row(
            "  in times of a bare bot that echoes as large a message; its p50, p99",
            f"{_p99(once) / _p99(bare):.2f}; {_ms(bare)}",
        ),
        Row(
            f"  within {SPREAD_S:.0f} s instead: p50, p99; the bare bot's",
            f"{_ms(ours.spread.result)}; {_ms(ready.spread.result)}",
        ),
    ]


async def _built(slack: ServedSlack, model: _Model) -> list[Row]:
    """Everybody asks for what nobody has asked for yet."""
    before = model.written()
    same = await slack.burst([SAME] * PEOPLE)
    once = model.written() - before
    different = await slack.burst([DIFFERENT[place % WINDOWS] for place in range(PEOPLE)])
    many = model.written() - before - once
    assert len(same.texts) == 1, same.texts
    return [
        at_most(f"{PEOPLE} people ask for the same new digest: builds", once, 1),
        Row("  told, p50, longest", f"{median(same.result):.1f} s, {max(same.result):.1f} s"),
        at_most(f"{PEOPLE} people ask for {WINDOWS} new digests: builds", many, WINDOWS),
        Row("  told, p50, longest", f"{median(different.result):.1f} s, {max(different.result):.1f} s"),
        at_most("  acknowledged, p99", 1000 * _p99(different.acked), 300, " ms"),
        at_most("requests over Slack's pace, in all", different.over_pace, 0),
    ]


async def _stalls(slack: ServedSlack, services: Services) -> list[Row]:
    """A busy week, built and laid out while others wait."""
    await asyncio.sleep(1)
    lags: list[float] = []
    async with _watched(lags):
        built = await slack.burst([WEEK])
    reply = await services.commands(WEEK, Context("shell"))
    assert reply.digest is not None
    return [
        at_most(
            f"a week of {len(reply.digest.facts.items)} items is built: longest that the loop stood still",
            1000 * max(lags),
            50,
            " ms",
        ),
        Row("  told after", f"{built.result[0]:.1f} s"),
    ]


@asynccontextmanager
async def _watched(lags: list[float]) -> AsyncIterator[None]:
    """Notes how much later than it asked for a task of the loop is woken."""

    async def sample() -> None:
        while True:
            asked = time.monotonic()
            await asyncio.sleep(SAMPLE_S)
            lags.append(max(0.0, time.monotonic() - asked - SAMPLE_S))

    sampler = asyncio.create_task(sample())
    try:
        yield
    finally:
        sampler.cancel()
        with suppress(asyncio.CancelledError):
            await sampler


def _memory(folder: Path) -> Row:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DIGEST_STATE_DIR": str(folder),
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
    }
    opened = run((sys.executable, "-c", OPENING), cwd=Path(__file__).parents[1], environment=environment)
    return at_most("memory that Slack adds to the process", float(opened.out), 40, " MB")


def _p99(values: Sequence[float]) -> float:
    return quantiles(values, n=100, method="inclusive")[-1]


def _ms(values: Sequence[float]) -> str:
    return f"{1000 * median(values):.0f} ms, {1000 * _p99(values):.0f} ms"


def main() -> int:
    """Print the table. 1 when a budget is exceeded."""
    set_up_logs("error")
    return printed([calibration(), *asyncio.run(measure_slack())])


if __name__ == "__main__":
    sys.exit(main())
