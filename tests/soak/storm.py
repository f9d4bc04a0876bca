"""The storm: processes that are killed at random moments while platforms fail, and what must be true afterwards."""

from __future__ import annotations

import asyncio
import itertools
import random
import re
import socket
import time
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from adapters.chat import Context
from adapters.chat.delivering import Mark
from adapters.discord.marks import id_of
from bot.delivery.model import OPEN
from bot.delivery.timings import Timings
from bot.settings import load_settings
from bot.wiring import open_services
from summarizer.errors import StoreError
from tests.servers.discord import BOT, GUILD, discord_server
from tests.servers.discord.records import TEXT
from tests.servers.github import World, github_server
from tests.servers.slack import ANN, APP_TOKEN, BOT_TOKEN, GENERAL, TEAM, slack_server
from tests.soak.processes import Processes, Valkey
from tests.soak.weather import Weather, component_ids

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from bot.delivery.model import Delivery
    from bot.wiring import Services
    from tests.servers.discord import DiscordServer
    from tests.servers.github import Repository
    from tests.servers.slack import Message, SlackServer

REPO = "vllm-project/vllm"
BEGIN = datetime(2026, 3, 23, 0, 30, tzinfo=UTC)

TIMINGS = Timings(
    patience=timedelta(days=2),
    silent=timedelta(days=400),
    give_up=timedelta(days=400),
    mends=timedelta(days=2),
    deadline_s=1.5,
    quarantine_s=1.5,
    claim_s=1.5,
    kicked_s=1.0,
    rebuild_s=1.0,
    first_pause_s=0.2,
    longest_pause_s=1.0,
)
"""Real seconds in which the real ones are minutes."""


@dataclass(frozen=True, slots=True)
class Plan:
    """kills, deliveries: at least so many. channels: on each platform. pace: told seconds in a real one. fault: the
    chance of each kind of fault, of every post. between: seconds between two kills. rest_s: how long what is left may
    take once nothing is killed any more."""

    kills: int
    deliveries: int
    channels: int = 4
    pace: int = 1_200
    fault: float = 0.03
    between: tuple[float, float] = (0.2, 2.0)
    rest_s: float = 120.0
    seed: int = 1


@dataclass
class Report:
    """What became of it. excused: parts that are there again because an effect came after the quarantine. doubled:
    those that are there again for no such reason."""

    kills: Counter[str] = field(default_factory=Counter)
    faults: int = 0
    delivered: int = 0
    parts: int = 0
    doubled: list[str] = field(default_factory=list)
    excused: int = 0
    lost: list[str] = field(default_factory=list)
    apart: list[str] = field(default_factory=list)
    promised: int = 0
    forgotten: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def is_good(self) -> bool:
        return not (self.lost or self.apart or self.forgotten or self.doubled)

    def __str__(self) -> str:
        return (
            f"{sum(self.kills.values())} kills {dict(self.kills)}, {self.faults} faults, {self.delivered} deliveries in"
            f" {self.parts} parts over {self.seconds:.0f} s: lost {len(self.lost)}, doubled {len(self.doubled)}"
            f" (and {self.excused} by effects after the quarantine), windows apart {len(self.apart)},"
            f" acknowledged subscriptions forgotten {len(self.forgotten)} of {self.promised}"
        )


class Storm:
    """One run in a folder of its own."""

    def __init__(self, plan: Plan, folder: Path, slack: SlackServer, discord: DiscordServer) -> None:
        self.plan = plan
        self.slack = slack
        self.discord = discord
        self._folder = folder
        self._chance = random.Random(plan.seed)
        self._began = time.monotonic()
        self.world = World()
        self._repository: Repository = self.world.repository(REPO)
        self._github_url, self._github_token = "", ""
        self.valkey = Valkey(folder / "valkey", _free_port())
        self.processes = Processes(
            {
                "worker-1": "worker",
                "worker-2": "worker",
                "scheduler-1": "scheduler",
                "scheduler-2": "scheduler",
                "bot": "bot",
            },
            self.settings,
            TIMINGS,
            folder,
        )
        self.weather = Weather(slack, discord, TIMINGS, self._chance)
        self.report = Report()
        self._promised: dict[str, str] = {}

    def now(self) -> datetime:
        """The told time."""
        return BEGIN + timedelta(seconds=(time.monotonic() - self._began) * self.plan.pace)

    def settings(self, *, at: datetime | None = None) -> dict[str, Any]:
        return {
            "REDIS_URL": self.valkey.url,
            "DIGEST_STATE_DIR": self._folder / "state",
            "DIGEST_TZ": "UTC",
            "DIGEST_AT": f"{(at or self.now()).isoformat()}+x{self.plan.pace}",
            "DIGEST_SYNC_EVERY": "1",
            "GITHUB_TOKEN": self._github_token,
            "GITHUB_GRAPHQL_URL": self._github_url,
            "SLACK_API_URL": self.slack.url,
            "SLACK_BOT_TOKEN": BOT_TOKEN,
            "SLACK_APP_TOKEN": APP_TOKEN,
            "DISCORD_API_URL": self.discord.api_url,
            "DISCORD_TOKEN": self.discord.token,
            "WEB_PORT": 0,
        }

    async def run(self) -> Report:
        """Everything, in order."""
        begun = time.monotonic()
        async with github_server(self.world, clock=self.now, points=10**9) as github:
            self._github_url, self._github_token = github.url, github.token or ""
            self.valkey.start()
            try:
                await self._subscribe()
                self._began = time.monotonic()
                for name in self.processes.names:
                    self.processes.start(name)
                self.weather.begin(self.plan.fault)
                moving = asyncio.create_task(self._move())
                try:
                    await self._kill()
                    self.weather.end()
                    end = self.now()
                    await self._come_to_rest(end)
                finally:
                    moving.cancel()
                await self._judge(end)
            finally:
                self.processes.stop()
                self.valkey.kill()
        self.report.seconds = time.monotonic() - begun
        return self.report

    async def _subscribe(self) -> None:
        async with self._services(at=BEGIN) as services:
            for channel in (
                GENERAL,
                *(self.slack.add_channel(f"c{n}").id for n in range(1, self.plan.channels)),
            ):
                await _order(services, Context("slack", team=TEAM, channel=channel, person=ANN))
            for _ in range(self.plan.channels):
                channel = str(self.discord.add_channel().id)
                await _order(services, Context("discord", team=str(GUILD), channel=channel, person="1"))

    async def _move(self) -> None:
        """Something happens in the repository every few told minutes."""
        while True:
            self._repository.open_pr("[ROCm] One more kernel", by="amy", at=self.now())
            await asyncio.sleep(0.15)

    async def _kill(self) -> None:
        """Kill until it was enough, and until enough was delivered; and subscribe meanwhile."""
        names = [*self.processes.names, "redis"]
        while sum(self.report.kills.values()) < self.plan.kills or self._seen() < self.plan.deliveries:
            await asyncio.sleep(self._chance.uniform(*self.plan.between))
            name = self._chance.choice(names)
            asking = None
            if name in ("bot", "redis"):
                asking = asyncio.create_task(self._ask_for_one())
                await asyncio.sleep(self._chance.uniform(0, 0.3))
            if name == "redis":
                await asyncio.to_thread(self.valkey.kill)
                await asyncio.to_thread(self.valkey.start)
            else:
                await asyncio.to_thread(self.processes.kill, name)
                self.processes.start(name)
            self.report.kills[name.partition("-")[0]] += 1
            if asking is not None:
                await asking
            self._start_again()

    def _start_again(self) -> None:
        """As what runs processes does with one that ended by itself: without a store they do, and with nothing else."""
        for name in self.processes.died():
            log = self._log_of(name)
            assert "StoreError" in log.splitlines()[-1], (name, log)
            self.processes.start(name)

    def _seen(self) -> int:
        """Deliveries whose message is there."""
        told = {
            str(effect.metadata["event_payload"]["delivery"])
            for effect in self.slack.effects
            if effect.metadata and effect.metadata["event_payload"]["part"] == "post"
        }
        channels = {one.id for one in self.discord.channels.values() if one.kind == TEXT}
        return len(told) + sum(
            message.author == BOT and message.channel in channels for message in self.discord.all_messages
        )

    async def _ask_for_one(self) -> None:
        """Somebody subscribes; if they are told an id, that must hold whatever dies the next moment."""
        if not self.slack.sockets.open:
            return
        before = len(self.slack.ephemerals(ANN))
        minute = self._chance.randrange(60)
        line = f"subscribe monthly {self._chance.randrange(1, 28)} 0{self._chance.randrange(10)}:{minute:02}"
        await self.slack.command("/vllm-digest", line, user=ANN)
        for _ in range(40):
            await asyncio.sleep(0.02)
            for told in self.slack.ephemerals(ANN)[before:]:
                if (id_ := _id_in(told)) and id_ not in self._promised:
                    self._promised[id_] = line
                    return

    async def _come_to_rest(self, end: datetime) -> None:
        """Until all that was due is done with."""
        async with asyncio.timeout(self.plan.rest_s):
            while True:
                await asyncio.sleep(0.5)
                self._start_again()
                try:
                    async with self._services() as services:
                        rows = await self._rows(services, end)
                except StoreError:
                    continue
                if rows and all(row.state not in OPEN for each in rows.values() for row in each):
                    return

    async def _rows(self, services: Services, end: datetime) -> dict[str, list[Delivery]]:
        """Of each subscription the deliveries that were due by then, the oldest first."""
        found: dict[str, list[Delivery]] = {}
        for one in await services.delivering.registry.all():
            if one.schedule is not None and one.schedule.kind == "monthly":
                continue  # made meanwhile, and not due so soon
            rows = await services.delivering.book.history(one.id, 1_000)
            found[one.id] = sorted((row for row in rows if row.due <= end), key=lambda row: row.due)
        return found

    async def _judge(self, end: datetime) -> None:
        report = self.report
        report.faults = self.weather.met
        async with self._services() as services:
            rows = await self._rows(services, end)
            for id_ in self._promised:
                if await services.delivering.registry.get(id_) is None:
                    report.forgotten.append(id_)
        report.promised = len(self._promised)
        for late in (self.slack.late_effects, self.discord.late_effects):
            while late:
                await asyncio.wait(list(late))
        there = self._parts_there()
        for subscription, each in rows.items():
            posted = [row for row in each if row.state == "posted"]
            report.delivered += len(posted)
            report.lost += [
                f"{row.id} {row.state} {row.why}" for row in each if row.state not in ("posted", "skipped")
            ]
            if not posted:
                report.lost.append(f"{subscription}: nothing at all")
            for before, after in itertools.pairwise(posted):
                if before.until != after.since:
                    report.apart.append(f"{before.id} {after.id}")
            for row in posted:
                for part in row.parts:
                    count = there[_key(row, part.name)]
                    report.parts += count
                    if count == 0 and part.state == "posted":
                        report.lost.append(f"{row.id} {part.name}")
                    again = max(0, count - 1)
                    excused = min(again, self.weather.beyond[_key(row, part.name)])
                    report.excused += excused
                    report.doubled += [f"{row.id} {part.name}"] * (again - excused)

    def _parts_there(self) -> Counter[object]:
        """How often each part was put anywhere, whatever became of it."""
        there: Counter[object] = Counter()
        roots: dict[tuple[str, str], str] = {}
        for effect in self.slack.effects:
            if effect.kind == "posted" and effect.metadata:
                told = effect.metadata["event_payload"]
                there[told["delivery"], told["part"]] += 1
                if told["part"] == "post":
                    roots[effect.channel, effect.ts] = told["delivery"]
        for effect in self.slack.effects:  # a file has no metadata; it is known by what it stands below
            if effect.kind == "posted" and effect.files and (effect.channel, effect.thread_ts) in roots:
                there[roots[effect.channel, effect.thread_ts], "file"] += 1
        for message in self.discord.all_messages:
            for id_ in component_ids(message.versions[0].components):
                there[id_] += 1
        return there

    @asynccontextmanager
    async def _services(self, *, at: datetime | None = None) -> AsyncIterator[Services]:
        settings = load_settings(**self.settings(at=at))
        async with open_services(
            settings, demo=False, one_shot=False, timings=TIMINGS, is_paced=False
        ) as services:
            yield services

    def _log_of(self, name: str) -> str:
        return (self._folder / f"{name}.log").read_text()[-4_000:]


@asynccontextmanager
async def storm(plan: Plan, folder: Path) -> AsyncIterator[Storm]:
    """A storm over servers of its own."""
    async with slack_server() as slack, discord_server() as discord:
        yield Storm(plan, folder, slack, discord)


async def _order(services: Services, context: Context) -> None:
    context = replace(context, workspace=context.team, is_admin=True, is_command=True, lang="en", tz="UTC")
    reply = await services.commands("subscribe every 1h sections:summary,changes", context)
    assert reply.problem is None, reply.text


def _key(row: Delivery, part: str) -> object:
    """What a part is counted by on its platform."""
    return (row.id, part) if row.destination.platform == "slack" else id_of(Mark(row.id, part))


def _id_in(message: Message) -> str:
    """The subscription that somebody was told of, "" for none."""
    found = re.search(r"\bs\d+\b", str(message.blocks) + message.text)
    return found[0] if found else ""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
