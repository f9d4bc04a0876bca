"""A counter where subscriptions are ordered: the commands over a real store, the tests' GitHub and the tests' Slack."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from adapters.chat import Context
from adapters.chat.delivering import Courier
from adapters.github.fetch import GitHub
from adapters.queue import open_queue
from adapters.slack.access import Access as SlackAccess
from adapters.slack.courier import open_courier
from bot.access import Access
from bot.charts import chart_of
from bot.commands import Defaults
from bot.delivery.book import Book
from bot.delivery.ledger import Ledger
from bot.grammar import parse
from bot.grammar.commands import ScheduleCommand, WatchCommand
from bot.jobs import Jobs
from bot.managers import Managers
from bot.subscriptions.commands import SubscriptionCommands
from bot.subscriptions.forecast import Forecast
from bot.subscriptions.registry import Registry
from bot.sync import Sync
from bot.wiring import Services
from summarizer.errors import DigestError
from tests.bot.talk import NOW, SHELL, talked_about
from tests.servers.github import GitHub as GitHubServer
from tests.servers.github import github_server
from tests.servers.slack import BOT_TOKEN, GENERAL, TEAM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.chat import Reply
    from bot.subscriptions.model import Subscription
    from summarizer.models import ChatModels
    from summarizer.spending import Price
    from tests.bot.running import Host
    from tests.servers.github import World
    from tests.servers.slack import SlackServer

ANN = Context(
    "slack",
    lang="en",
    tz="UTC",
    team=TEAM,
    workspace=TEAM,
    person="U0ANN",
    channel=GENERAL,
    channel_name="#general",
    is_admin=True,
)
"""Who manages."""
BEN = replace(ANN, person="U0BEN", is_admin=False)
"""Who does not."""
ALONE = replace(BEN, team="", channel="", channel_name="")
"""Ben in direct messages."""
KEEPER = Context(
    "discord", lang="en", tz="UTC", team="9", workspace="9", person="3", channel="7", manages_channel=True
)
"""Who manages a channel of Discord, and not the server."""


@dataclass
class Counter:
    """now: the clock, which a test may move. woken: how often the schedule was told to look."""

    services: Services
    github: GitHubServer
    registry: Registry
    book: Book
    now: datetime = NOW
    woken: int = 0
    couriers: Mapping[str, Courier] = field(default_factory=dict)
    commands: SubscriptionCommands = None  # type: ignore[assignment]  # set as soon as it can be made

    async def say(self, line: str, context: Context = ANN) -> Reply:
        """The reply to a line. Raises what is wrong with it."""
        command = parse(line, surface="chat", conversation=False, topics=self.services.topics.words)
        assert isinstance(command, ScheduleCommand | WatchCommand), command
        return await self.commands(command, context)

    async def refused(self, line: str, context: Context = ANN) -> str:
        """The key of what is wrong with a line."""
        try:
            reply = await self.say(line, context)
        except DigestError as error:
            return error.key
        raise AssertionError(reply.text)

    async def one(self, id_: str) -> Subscription:
        found = await self.registry.get(id_)
        assert found is not None
        return found

    async def wake(self) -> None:
        self.woken += 1


@asynccontextmanager
async def counter(
    host: Host,
    slack: SlackServer | None = None,
    *,
    world: World | None = None,
    models: ChatModels | None = None,
    prices: Mapping[str, Price] | None = None,
    managers: str = "admins",
    access: str = "",
    is_synced: bool = True,
    repo: str = "vllm-project/vllm",
) -> AsyncIterator[Counter]:
    """slack: None where no platform is set up. is_synced: whether the mirror holds the last month."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(github_server(world or talked_about(), clock=lambda: NOW))
        services = await stack.enter_async_context(host.bot(server, NOW, DIGEST_ACCESS=access))
        if is_synced:
            await services.commands("sync since:30d", SHELL)
        source = await stack.enter_async_context(
            GitHub(server.url, server.token or "", now=lambda: NOW, sleep=asyncio.sleep)
        )
        store = services.store
        couriers: dict[str, Courier] = {}
        if slack is not None:
            couriers["slack"] = await stack.enter_async_context(
                open_courier(SlackAccess(slack.url, bot_token=BOT_TOKEN), store=store, chart=chart_of)
            )
        queue = await stack.enter_async_context(open_queue(host.redis_url, host.folder))
        made = Counter(services, server, Registry(store, lambda: made.now), None)  # type: ignore[arg-type]
        made.couriers = couriers
        made.book = Book(Ledger(store), made.registry, Jobs(queue), couriers)
        made.commands = SubscriptionCommands(
            registry=made.registry,
            ledger=made.book,
            couriers=couriers,
            digests=services.digests,
            forecast=Forecast(
                models=models,
                prices=prices or {},
                editions=services.editions,
                store=store,
                topics=services.topics,
                now=lambda: made.now,
            ),
            sync=Sync(source, store, now=lambda: NOW, every=timedelta(seconds=60)),
            access=Access.parse(access),
            managers=Managers.parse(managers),
            topics=services.topics,
            section_topics=("amd",),
            defaults=Defaults(repo, "Asia/Shanghai", None),
            now=lambda: made.now,
            wake=made.wake,
        )
        yield made
