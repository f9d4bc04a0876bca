"""Slack beside Discord in one process: what its acknowledgements take while Discord is well, dead or refuses us, in
times of what they take without it."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from structlog.testing import capture_logs

from benchmarks.chatting import ms, p99
from benchmarks.measure import Row, at_most
from benchmarks.slack_serve import PEOPLE, served_slack
from bot.discord import discord_of
from bot.slack import slack_of
from bot.supervisor import Supervisor
from tests.servers.discord import TOKEN
from tests.servers.slack import APP_TOKEN, BOT_TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence

    from benchmarks.discord_serve import ServedDiscord
    from bot.serving import Platform
    from bot.settings import Settings
    from bot.wiring import Services
    from tests.servers.discord.gateway import Mode

ROUNDS = 6
SETTLE_S = 0.3
MOST = 1.5
"""Which is as near to 1 as figures of one machine in one run agree: a p99 of some 25 ms is half of it chance."""
WRONG = "testsonly.anothers.token"

ABSENT = "Discord is not set up"
STATES: tuple[tuple[str, Mode | None, str], ...] = (
    (ABSENT, None, TOKEN),
    ("it is connected", "open", TOKEN),
    ("its gateway refuses", "refusing", TOKEN),
    ("its gateway says nothing", "mute", TOKEN),
    ("its token is wrong", "open", WRONG),
)
"""Each with the gateway's mode, None where Discord is not set up, and the token."""


async def beside_slack(
    settings: Callable[..., Settings], services: Services, discord: ServedDiscord, kept: str
) -> list[Row]:
    """The rows. settings: takes what is set besides, by environment names. kept: the line of a digest that is kept.

    The states take turns, since the machine's other work comes and goes.
    """
    took: dict[str, list[list[float]]] = {name: [] for name, _, _ in STATES}
    async with served_slack() as slack:
        of_slack = settings(SLACK_API_URL=slack.url, SLACK_BOT_TOKEN=BOT_TOKEN, SLACK_APP_TOKEN=APP_TOKEN)
        async with slack_of(of_slack, services) as service:
            assert service.sockets is not None
            async with _running("slack", service.sockets.run, service):
                await slack.burst([kept] * PEOPLE)  # connections and people are known from then on
                for turn in range(ROUNDS):
                    for name, mode, token in (*STATES[turn:], *STATES[:turn]):
                        if mode is not None:
                            await discord.gateway(mode)
                        of_discord = settings(DISCORD_API_URL=discord.url, DISCORD_TOKEN=token)
                        with capture_logs() as logs:  # what goes wrong is meant to
                            async with _in_state(of_discord, services, mode, token):
                                took[name].append((await slack.burst([kept] * PEOPLE)).acked)
                        assert not any(line["event"] == "bug" for line in logs), logs
    return _told(took)


@asynccontextmanager
async def _in_state(
    settings: Settings, services: Services, mode: Mode | None, token: str
) -> AsyncIterator[None]:
    if mode is None:
        await asyncio.sleep(SETTLE_S)
        yield
        return
    discord = discord_of(settings, services)
    is_well = mode == "open" and token == TOKEN
    async with _running("discord", discord.run, discord if is_well else None):
        await asyncio.sleep(SETTLE_S)
        yield
        assert discord.is_connected == is_well


@asynccontextmanager
async def _running(
    name: str, service: Callable[[], Awaitable[None]], platform: Platform | None
) -> AsyncIterator[None]:
    """As `serve` runs it. platform: whose readiness is waited for."""
    running = asyncio.create_task(Supervisor().run({name: service}))
    try:
        while platform is not None and not await platform.is_ready():  # noqa: ASYNC110 - neither SDK tells
            await asyncio.sleep(0.02)
        yield
    finally:
        running.cancel()
        await asyncio.wait((running,))


def _told(took: Mapping[str, Sequence[Sequence[float]]]) -> list[Row]:
    """Of each state its best burst, since others are disturbed by what else the machine does, and its worst."""
    best = {name: min(bursts, key=p99) for name, bursts in took.items()}
    shown = {
        name: f"{ms([best[name]])}; {1000 * max(map(p99, bursts)):.0f} ms" for name, bursts in took.items()
    }
    told = f"Slack beside Discord, {PEOPLE} people's commands at once: acknowledged, p50, p99; worst p99; {ABSENT}"
    rows = [Row(told, shown[ABSENT])]
    for name, _, _ in STATES[1:]:
        times = p99(best[name]) / p99(best[ABSENT])
        rows.append(at_most(f"  {name}: p99 in times of that", times, MOST, "", 2))
        rows.append(Row("    p50, p99; worst p99", shown[name]))
    return rows
