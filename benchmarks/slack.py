"""Slack over Socket Mode: how soon commands are acknowledged and answered when two hundred people type at once, beside
a bare bot on the same SDK; how often a digest is built for them; and what the event loop is kept waiting for.

`python -m benchmarks.slack` prints these rows alone.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from adapters.chat import Context
from adapters.slack.layout.digest import only_me
from benchmarks.chatting import MODEL, WEEK, fill, hanging_model, lateness, p99, settings_of, settled
from benchmarks.measure import Row, at_most, calibration, printed, run
from benchmarks.slack_echo import echo_bot
from benchmarks.slack_serve import PEOPLE, served_slack
from bot.logs import set_up_logs
from bot.slack import slack_of
from bot.wiring import open_services
from summarizer import languages
from tests.servers.slack import APP_TOKEN, BOT_TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from adapters.slack.blocks import Message
    from benchmarks.chatting import HangingModel
    from benchmarks.slack_serve import Burst, ServedSlack
    from bot.settings import Settings
    from bot.wiring import Services

SPREAD_S = 10.0
WINDOWS = 20

CACHED = "2026-03-26 tz:UTC lang:en"
WAITING = "2026-03-27 tz:UTC lang:en"
NEW = tuple(f"2026-03-28T00:00..2026-03-28T{hour}:00 tz:UTC lang:en" for hour in range(18, 23))
"""Asked for by somebody else in each round; the model hangs meanwhile."""
SAME = "2026-03-25 tz:UTC lang:en"
DIFFERENT = tuple(
    f"2026-03-24T00:00..2026-03-24T{hour:02}:30 tz:UTC lang:en" for hour in range(1, WINDOWS + 1)
)

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
    with tempfile.TemporaryDirectory() as folder, hanging_model() as model:
        await fill(Path(folder))
        async with served_slack() as slack:
            settings = settings_of(
                Path(folder),
                DIGEST_MODEL=MODEL,
                SLACK_API_URL=slack.url,
                SLACK_BOT_TOKEN=BOT_TOKEN,
                SLACK_APP_TOKEN=APP_TOKEN,
            )
            async with _bot(settings) as services, settled(services):
                rows = await _rows(slack, services, model, await _echo(None))
        rows.append(await asyncio.to_thread(_memory, Path(folder)))
        return rows


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


async def _rows(slack: ServedSlack, services: Services, model: HangingModel, echo: _Measured) -> list[Row]:
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
        at_most(f"{told}acknowledged, p99", 1000 * p99(once), 300, " ms"),
        Row("  p50, longest", f"{1000 * median(once):.0f} ms, {1000 * max(once):.0f} ms"),
        at_most("  p99 in times of a bare echo bot's", p99(once) / p99(bare), 1.5, "", 2),
        Row("  that bot's p50, p99", f"{1000 * median(bare):.0f} ms, {1000 * p99(bare):.0f} ms"),
        at_most(f"  within {SPREAD_S:.0f} s instead: p99", 1000 * p99(ours.spread.acked), 300, " ms"),
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
            p99(once) / p99(short),
            2,
            "",
            2,
        ),
        Row("  p50, p99; the echo bot's", f"{_ms(once)}; {_ms(short)}"),
        Row(
            "  in times of a bare bot that echoes as large a message; its p50, p99",
            f"{p99(once) / p99(bare):.2f}; {_ms(bare)}",
        ),
        Row(
            f"  within {SPREAD_S:.0f} s instead: p50, p99; the bare bot's",
            f"{_ms(ours.spread.result)}; {_ms(ready.spread.result)}",
        ),
    ]


async def _built(slack: ServedSlack, model: HangingModel) -> list[Row]:
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
        at_most("  acknowledged, p99", 1000 * p99(different.acked), 300, " ms"),
        at_most("requests over Slack's pace, in all", different.over_pace, 0),
    ]


async def _stalls(slack: ServedSlack, services: Services) -> list[Row]:
    """A busy week, built and laid out while others wait."""
    await asyncio.sleep(1)
    lags: list[float] = []
    async with lateness(lags):
        built = await slack.burst([f"{WEEK} tz:UTC lang:en"])
    reply = await services.commands(f"{WEEK} tz:UTC lang:en", Context("shell"))
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


def _ms(values: Sequence[float]) -> str:
    return f"{1000 * median(values):.0f} ms, {1000 * p99(values):.0f} ms"


def main() -> int:
    """Print the table. 1 when a budget is exceeded."""
    set_up_logs("error")
    return printed([calibration(), *asyncio.run(measure_slack())])


if __name__ == "__main__":
    sys.exit(main())
