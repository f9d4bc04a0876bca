"""Discord: how soon commands are acknowledged and answered when two hundred people use them at once, beside a bare bot
on discord.py; how often a digest is built for them; what the event loop is kept waiting for; what a restart costs; and
what Discord, well or ill, does to Slack beside it.

`python -m benchmarks.discord` prints these rows alone.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from adapters.chat import Context
from adapters.discord.layout.digest import only_me
from adapters.discord.service import DEFAULT_CADENCE
from benchmarks.chatting import (
    MODEL,
    WEEK,
    fill,
    hanging_model,
    lateness,
    middle,
    ms,
    p99,
    settings_of,
    settled,
)
from benchmarks.discord_bare import bare_bot
from benchmarks.discord_beside import beside_slack
from benchmarks.discord_serve import PEOPLE, served_discord
from benchmarks.measure import Row, at_most, calibration, printed, run
from bot.discord import discord_of
from bot.logs import set_up_logs
from bot.wiring import open_services
from summarizer import languages
from tests.servers.discord import TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.discord.messages import Message
    from benchmarks.chatting import HangingModel
    from benchmarks.discord_serve import Burst, ServedDiscord
    from bot.settings import Settings
    from bot.wiring import Services

ROUNDS = 3
JOINED_S = 2.0
KEPT = "2026-03-26"
WAITING = "2026-03-27"
"""Being built all the while: the model hangs."""

OPENING = """
import asyncio, os, pathlib

def rss():
    pages = int(pathlib.Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024

async def main():
    from bot.logs import set_up_logs
    from bot.settings import load_settings
    from bot.wiring import open_services
    set_up_logs("error")
    settings = load_settings()
    async with open_services(settings, demo=True, one_shot=True) as services:
        before = rss()
        from bot.discord import discord_of
        discord = discord_of(settings, services)
        running = asyncio.create_task(discord.run())
        while not discord.is_connected:
            await asyncio.sleep(0.02)
        print(rss() - before)
        running.cancel()
        await asyncio.wait((running,))

asyncio.run(main())
"""
"""What a process that has the rest takes more for Discord, once it is connected."""


@dataclass(slots=True)
class _Told:
    """What each of some bursts told, in seconds: see `Burst`."""

    acked: list[list[float]] = field(default_factory=list)
    result: list[list[float]] = field(default_factory=list)

    def add(self, burst: Burst) -> None:
        self.acked.append(burst.acked)
        self.result.append(burst.result)


async def measure_discord() -> list[Row]:
    """The rows of Discord."""
    with tempfile.TemporaryDirectory() as name, hanging_model() as model:
        folder = Path(name)
        await fill(folder)
        async with served_discord() as discord:
            settings = settings_of(
                folder, DIGEST_MODEL=MODEL, DISCORD_API_URL=discord.url, DISCORD_TOKEN=TOKEN
            )
            async with open_services(settings, demo=False, one_shot=True) as services, settled(services):
                bare = await _bare(None)
                async with _connected(settings, services):
                    rows = await _rows(discord, services, model, bare)
                rows.append(await _restarted(discord, settings, services))
                rows.append(await asyncio.to_thread(_memory, folder, discord.url))
                rows += await beside_slack(
                    partial(settings_of, folder), services, discord, f"{KEPT} tz:UTC lang:en"
                )
        return rows


@asynccontextmanager
async def _connected(settings: Settings, services: Services) -> AsyncIterator[None]:
    discord = discord_of(settings, services)
    running = asyncio.create_task(discord.run())
    try:
        while not discord.is_connected:
            assert not running.done(), running.result()
            await asyncio.sleep(0.02)
        yield
    finally:
        running.cancel()
        await asyncio.wait((running,))


async def _bare(ready: Message | None) -> _Told:
    async with served_discord() as discord, bare_bot(discord.url, TOKEN, ready=ready):
        return await _loaded(discord)


async def _loaded(discord: ServedDiscord) -> _Told:
    """Everybody asks at once for what is there already, several times."""
    await discord.burst([KEPT] * PEOPLE)  # connections, channels and people are known from then on
    told = _Told()
    for _ in range(ROUNDS):
        told.add(await discord.burst([KEPT] * PEOPLE))
    return told


async def _rows(discord: ServedDiscord, services: Services, model: HangingModel, bare: _Told) -> list[Row]:
    await discord.burst([KEPT])  # from then on it is kept
    model.hangs = True
    alone = await discord.burst([], meanwhile=[WAITING])
    ours = await _loaded(discord)
    built = await _built(discord, model)
    reply = await services.commands(f"{KEPT} tz:UTC lang:en", Context("shell"))
    assert reply.digest is not None, reply.text
    message = only_me(reply.digest, languages.load("en"), handle=reply.handle, line="")
    return [
        *_acknowledged(ours, bare),
        *_answered(ours, await _bare(message), bare),
        at_most("Discord: a digest that has to be built: first word of progress", alone.told[0], 2, " s", 2),
        *built,
        *await _stalls(discord, services),
    ]


def _acknowledged(ours: _Told, bare: _Told) -> list[Row]:
    told = f"Discord: {PEOPLE} people's commands at once, while a digest is built and its model hangs: "
    took = middle(p99, ours.acked)
    return [
        at_most(f"{told}acknowledged, p99", 1000 * took, 300, " ms"),
        Row(
            "  p50, longest",
            f"{1000 * middle(median, ours.acked):.0f} ms, {1000 * max(map(max, ours.acked)):.0f} ms",
        ),
        at_most("  p99 in times of a bare discord.py bot's", took / middle(p99, bare.acked), 1.5, "", 2),
        Row("  that bot's p50, p99", ms(bare.acked)),
    ]


def _answered(ours: _Told, ready: _Told, bare: _Told) -> list[Row]:
    took = middle(p99, ours.result)
    one_line, as_large = (took / middle(p99, each.result) for each in (bare, ready))
    return [
        at_most(
            f"Discord: a kept digest for {PEOPLE} at once: p99",
            1000 * took,
            1000 * DEFAULT_CADENCE.first_s,  # then nobody is told of progress
            " ms",
        ),
        Row("  p50, p99; those of a bare bot that edits one line", f"{ms(ours.result)}; {ms(bare.result)}"),
        Row(
            "  p99 in times of that; of a bare bot that shows as large a message",
            f"{one_line:.2f}; {as_large:.2f}",
        ),
        Row("  that bot's p50, p99", ms(ready.result)),
    ]


async def _built(discord: ServedDiscord, model: HangingModel) -> list[Row]:
    """Everybody asks for what is being built while the model hangs, which then goes on."""
    before = model.written()
    asking = asyncio.create_task(discord.burst([WAITING] * PEOPLE, meanwhile=[WAITING]))
    await asyncio.sleep(JOINED_S)
    assert not asking.done(), asking.result()
    model.hangs = False
    same = await asking
    assert len(same.texts) == 1, same.texts
    return [
        at_most(f"Discord: {PEOPLE} people ask for the same new digest: builds", model.written() - before, 1),
        at_most("  requests over Discord's pace", same.over_pace, 0),
    ]


async def _stalls(discord: ServedDiscord, services: Services) -> list[Row]:
    """A busy week, built and laid out while others wait."""
    await asyncio.sleep(1)
    lags: list[float] = []
    async with lateness(lags):
        built = await discord.burst([WEEK])
    reply = await services.commands(f"{WEEK} tz:UTC lang:en", Context("shell"))
    assert reply.digest is not None
    return [
        at_most(
            f"Discord: a week of {len(reply.digest.facts.items)} items is built: longest that the loop stood still",
            1000 * max(lags),
            50,
            " ms",
        ),
        Row("  told after", f"{built.result[0]:.1f} s"),
    ]


async def _restarted(discord: ServedDiscord, settings: Settings, services: Services) -> Row:
    before = await discord.syncs()
    assert before == 1, before
    async with _connected(settings, services):
        await discord.burst([KEPT])
    return at_most("Discord: commands synced by a restart", await discord.syncs() - before, 0)


def _memory(folder: Path, url: str) -> Row:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "DIGEST_STATE_DIR": str(folder),
        "DISCORD_TOKEN": TOKEN,
        "DISCORD_API_URL": url,
    }
    opened = run((sys.executable, "-c", OPENING), cwd=Path(__file__).parents[1], environment=environment)
    return at_most("memory that Discord adds to the process", float(opened.out), 40, " MB")


def main() -> int:
    """Print the table. 1 when a budget is exceeded."""
    set_up_logs("error")
    return printed([calibration(), *asyncio.run(measure_discord())])


if __name__ == "__main__":
    sys.exit(main())
