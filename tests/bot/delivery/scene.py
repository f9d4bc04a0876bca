"""What a channel subscribed to, and processes that see to it: each opens the store as it left it, at its own time."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from adapters.chat import Context, Reply
from bot.delivery.ledger import id_of
from bot.delivery.timings import Timings
from bot.settings import load_settings
from bot.wiring import Services, open_services
from tests.bot.running import Host
from tests.bot.talk import SHELL, talked_about
from tests.servers.github import GitHub, World, github_server
from tests.servers.slack import ANN, APP_TOKEN, BOT_TOKEN, GENERAL, SlackServer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.delivery.model import Delivery
    from tests.servers.slack.records import Message

QUICK = Timings(
    deadline_s=2.0, quarantine_s=0.0, claim_s=5.0, rebuild_s=0.0, first_pause_s=0.0, longest_pause_s=0.0
)
"""No pauses, so that nobody waits for them; deadlines that are over at once."""

ROUNDS = 20


@dataclass
class Process:
    """One that schedules and works, step by step. said: by whoever manages there."""

    services: Services
    github: GitHub
    team: str
    channel: str = GENERAL
    offered: set[str] = field(default_factory=set)

    @property
    def manager(self) -> Context:
        return Context(
            "slack",
            conversation=None,
            lang="en",
            tz="UTC",
            team=self.team,
            workspace=self.team,
            person=ANN,
            is_admin=True,
            is_command=True,
            channel=self.channel,
            channel_name="#general",
        )

    async def say(self, line: str, **context: Any) -> Reply:  # noqa: ANN401 - fields of a context
        """What a manager is told in the channel. Nothing may go wrong."""
        reply = await self.services.commands(line, replace(self.manager, **context))
        assert reply.problem is None, reply.text
        return reply

    async def settle(self, rounds: int = ROUNDS) -> None:
        """Plan, build and post until nothing is left to do at this time."""
        delivering = self.services.delivering
        scheduling, engine, ledger = delivering.scheduling, delivering.engine, delivering.ledger
        now = self.services.now()
        await scheduling.planner.refresh()
        await scheduling.planner.plan()
        for _ in range(rounds):
            batches = await ledger.batches.due(now, 1_000)
            for key in batches:
                await ledger.batches.again([key], 3600)
                await engine.prepare(key)
            rows = await ledger.agenda.due(now, 1_000)
            for entry in rows:
                await engine.deliver(id_of(entry))
            if not batches and not rows:
                return

    async def posted(self, subscription: str = "s1") -> Delivery:
        """Its last delivery, once it is posted: what has to be waited for before somebody looks again is waited for.
        Raises TimeoutError."""
        async with asyncio.timeout(30):
            while True:
                await self.settle()
                [row, *_] = await self.history(subscription)
                if row.state == "posted":
                    return row
                await asyncio.sleep(0.02)  # deadlines take real time, and nothing tells that one is over

    async def watched(self, watch: str, *, until: datetime) -> None:
        """Have a watch tell what has happened so far; it may have to wait for its turn. Raises TimeoutError."""
        registry = self.services.delivering.registry
        async with asyncio.timeout(30):
            while (await registry.planned()).get(watch, day(1)) < until:
                await self.services.delivering.engine.watch(watch)
                await asyncio.sleep(0.02)
        await self.settle()

    async def history(self, subscription: str = "s1") -> list[Delivery]:
        """Its deliveries, the newest first."""
        return list(await self.services.delivering.book.history(subscription, 50))


@dataclass
class Scene:
    """One store, one Slack, one GitHub's world."""

    host: Host
    slack: SlackServer
    world: World = field(default_factory=talked_about)

    @asynccontextmanager
    async def at(
        self, moment: datetime, *, timings: Timings = QUICK, is_synced: bool = True, **settings: object
    ) -> AsyncIterator[Process]:
        """A process whose clock stands there. settings: by their environment names."""
        async with AsyncExitStack() as stack:
            github = await stack.enter_async_context(github_server(self.world, clock=lambda: moment))
            chosen: dict[str, Any] = {
                "REDIS_URL": self.host.redis_url,
                "DIGEST_STATE_DIR": self.host.folder,
                "DIGEST_TZ": "UTC",
                "DIGEST_AT": moment.isoformat(),
                "GITHUB_TOKEN": github.token,
                "GITHUB_GRAPHQL_URL": github.url,
                "SLACK_API_URL": self.slack.url,
                "SLACK_BOT_TOKEN": BOT_TOKEN,
                "SLACK_APP_TOKEN": APP_TOKEN,
                **settings,
            }
            loaded = load_settings(**chosen)
            services = await stack.enter_async_context(
                open_services(loaded, demo=False, one_shot=False, timings=timings, is_paced=False)
            )
            if is_synced:
                synced = await services.commands("sync since:30d", SHELL)
                assert synced.problem is None, synced.text
            yield Process(services, github, next(iter(self.slack.teams)))

    def posts(self, channel: str = GENERAL) -> list[Message]:
        """What stands in the channel itself by the bot, the oldest first."""
        return [each for each in self._ours(channel) if not each.thread_ts]

    def replies(self, to: Message) -> list[Message]:
        """What the bot put below a message."""
        return [each for each in self._ours(to.channel) if each.thread_ts == to.ts]

    def _ours(self, channel: str) -> list[Message]:
        return [each for each in self.slack.messages(channel) if each.bot_id]


def text_of(message: Message) -> str:
    """All that it shows."""
    return str(message.blocks) + message.text


def dms(scene: Scene) -> list[Message]:
    """What the owner was told in direct messages, the oldest first."""
    room = scene.slack.dm_of(ANN)
    return [each for each in scene.slack.messages(room.id) if each.bot_id]


def day(number: int, hour: int = 9, minute: int = 0) -> datetime:
    """An instant of March 2026, whose 23rd is a Monday."""
    return datetime(2026, 3, number, hour, minute, tzinfo=UTC)


HOUR = timedelta(hours=1)
