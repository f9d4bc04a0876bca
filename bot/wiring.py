"""Wiring: every adapter is built once, handed to what needs it, and closed in reverse."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from adapters.chat import unheard
from adapters.store import Store, open_store
from adapters.unconnected import Unconnected
from bot.archive import Archive
from bot.archive.assembling import archive_of
from bot.ask import Ask
from bot.charts import Charts
from bot.clock import Clock
from bot.commands import Commands, Defaults
from bot.conversations import Conversations
from bot.couriers import open_couriers
from bot.delivery.assembling import Delivering, delivering_of
from bot.delivery.timings import Timings
from bot.desk import Desk
from bot.digests import Digests
from bot.editions import Editions
from bot.feedback import FeedbackBook
from bot.find import Find
from bot.forgetting import Forgetting
from bot.house import House
from bot.mends import MendTopics
from bot.mentions import CatchingUp
from bot.mirrors import Mirrors
from bot.people import People
from bot.places import Places
from bot.reach import Reach
from bot.reconcile import Reconcile
from bot.releases import Releases
from bot.room import RoomWatch
from bot.rules import Rules
from bot.spending import Spending
from bot.subscriptions.commands import SubscriptionCommands
from bot.subscriptions.forecast import Forecast
from bot.subscriptions.leaving import Leaving
from bot.sync import Sync
from bot.telemetry.models import asked
from bot.topicfile import TopicFile
from bot.upkeep import Upkeep
from bot.waking import queue_on_demand
from bot.why import Why
from summarizer.errors import NotConfigured
from summarizer.facts import Notice
from summarizer.models import ChatModels, ModelSettings
from summarizer.questions.explainer import Explaining
from summarizer.questions.understanding import Understanding
from summarizer.secrecy import keep_secret
from summarizer.writer import Writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from pydantic import SecretStr

    from adapters.github.tokens import Tokens
    from adapters.source import Source
    from bot.settings import Settings

DEMO_CLOCK = "2025-12-10T20:59+08:00"
"""Where the bundled sample ends."""

GH_TIMEOUT_S = 5.0

TIMINGS = Timings()


@dataclass(frozen=True, slots=True)
class Services:
    """What the process is made of, once it runs."""

    commands: Commands
    ask: Ask
    digests: Digests
    topics: TopicFile
    mends: MendTopics
    mirrors: Mirrors
    upkeep: Upkeep
    desk: Desk
    editions: Editions
    archive: Archive
    feedback: FeedbackBook
    delivering: Delivering
    room: RoomWatch
    subscriptions: SubscriptionCommands
    leaving: Leaving
    forgetting: Forgetting
    charts: Charts
    store: Store
    now: Callable[[], datetime]


@asynccontextmanager
async def open_services(
    settings: Settings,
    *,
    demo: bool,
    one_shot: bool,
    show: Callable[[str], None] = unheard,
    timings: Timings = TIMINGS,
    is_paced: bool = True,
) -> AsyncIterator[Services]:
    """Build everything that answers lines and posts digests.

    demo: the bundled sample with the clock at its end, kept apart from real data. one_shot: the token may come from
    `gh auth token`. show: told what is posted to the terminal. timings, is_paced: of deliveries, see `Timings` and
    `open_couriers`. Raises NotConfigured, StoreError.
    """
    topics = TopicFile(settings.topics_file, section_topics=settings.topics)
    clock = Clock.at(settings.at or (DEMO_CLOCK if demo else None))
    models = ChatModels.open(
        ModelSettings(
            model=settings.model,
            fast_model=settings.fast_model,
            context=settings.model_context,
            tracing=settings.tracing,
            prices=settings.prices,
            around=asked,
        )
    )
    section_topics = topics.section_topics
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(topics.followed())
        if models is not None:
            await stack.enter_async_context(models)
        source = await stack.enter_async_context(_source(settings, clock, demo=demo, one_shot=one_shot))
        # a demo never touches real data, and needs no server of anybody's
        state_dir = settings.state_dir / "demo" if demo else settings.state_dir
        redis_url = None if demo else _secret(settings.redis_url)
        cache_redis_url = None if demo else _secret(settings.cache_redis_url)
        store = await stack.enter_async_context(
            open_store(redis_url, state_dir, cache_redis_url=cache_redis_url)
        )
        budget = store.budget(settings.caps, settings.prices, zone=ZoneInfo(settings.tz), now=clock.now)
        sync = Sync(source, store, now=clock.now, every=timedelta(seconds=settings.sync_every))
        releases = Releases(source, store)
        notices = (Notice("retold"),) if demo else ()
        defaults = Defaults(
            repo=settings.repos[0],
            tz=settings.tz,
            lang=None if settings.lang == "auto" else settings.lang,
            catchup=settings.catchup,
            holidays=settings.holidays,
        )
        mends = MendTopics(
            store=store,
            sync=sync,
            access=settings.access,
            topics=topics,
            managers=settings.managers,
            defaults=defaults,
            now=clock.now,
        )
        digests = Digests(
            sync=sync,
            store=store,
            writer=Writer(models, store.assessments, budget),
            writer_name=f"{settings.model} {settings.fast_model} {settings.model_context}",
            topics=topics,
            rules_of=mends.rules,
            section_topics=section_topics,
            releases=releases,
            now=clock.now,
            access=settings.access,
            notices=notices,
        )
        find = await stack.enter_async_context(Find(state_dir / "search.db", store))
        conversations = Conversations(store)
        ask = Ask(
            reach=Reach(sync, store, source, releases, settings.access, now=clock.now),
            find=find,
            mends=mends,
            conversations=conversations,
            defaults=defaults,
            now=clock.now,
            understanding=Understanding(models, budget),
            explaining=Explaining(models, budget),
            notices=notices,
        )
        keep = timedelta(days=settings.keep_days)
        spending = Spending(budget, settings.tz, models is not None)
        editions = Editions(store, settings.access, public_url=settings.public_url, now=clock.now)
        rules = Rules(settings.users, settings.rate_per_user, store.pace)
        charts = Charts(store.cache)
        delivering = delivering_of(
            store=store,
            couriers=await stack.enter_async_context(
                open_couriers(settings, store, state_dir, show=show, is_paced=is_paced, charts=charts)
            ),
            queue=await stack.enter_async_context(queue_on_demand(redis_url, state_dir)),
            digests=digests,
            editions=editions,
            sync=sync,
            access=settings.access,
            remember=conversations.begin,
            daily=lambda: leaving.purge(settings.purge_after),
            ops=settings.ops_channel,
            ops_lang=defaults.lang or "en",
            now=clock.now,
            timings=timings,
        )
        house = House(
            store=store,
            ledger=delivering.ledger,
            registry=delivering.registry,
            topics=topics,
            now=clock.now,
            silent=timings.silent,
        )
        mirrors = Mirrors(source, store, sync, now=clock.now, keep=keep, spending=spending, house=house)
        forgetting = Forgetting(store, now=clock.now, discard_index=find.discard, repos=settings.repos)
        leaving = Leaving(
            store,
            delivering.registry,
            forgetting,
            tell=delivering.suspending.tell,
            now=lambda: datetime.now(UTC),
        )
        subscriptions = SubscriptionCommands(
            registry=delivering.registry,
            ledger=delivering.book,
            couriers=delivering.couriers,
            digests=digests,
            forecast=Forecast(
                models=models,
                prices=settings.prices,
                editions=editions,
                store=store,
                topics=topics,
                now=clock.now,
            ),
            sync=sync,
            access=settings.access,
            managers=settings.managers,
            topics=topics,
            section_topics=section_topics,
            defaults=defaults,
            now=clock.now,
            wake=delivering.scheduling.wake,
        )
        commands = Commands(
            digests=digests,
            subscriptions=subscriptions,
            ask=ask,
            why=Why(digests=digests, store=store, source=source, rules_of=mends.rules, defaults=defaults),
            mirrors=mirrors,
            mends=mends,
            people=People(store, topics=topics, defaults=defaults),
            conversations=conversations,
            topics=topics,
            defaults=defaults,
            access=settings.access,
        )
        reconcile = Reconcile(source, store, sync, now=clock.now)
        every = timedelta(seconds=settings.sync_every)

        async def index(repo: str) -> None:
            await find.keep_up(repo, await mends.rules(repo))

        upkeep = Upkeep(sync, reconcile, store, now=clock.now, every=every, keep=keep, index=index)
        feedback = FeedbackBook(store, clock.now)
        desk = Desk(
            commands=commands,
            subscriptions=subscriptions,
            left=leaving.left,
            digests=digests,
            editions=editions,
            rules=rules,
            feedback=feedback,
            places=Places(store.places, settings.managers),
            store=store,
            access=settings.access,
            repos=settings.repos,
            now=clock.now,
        )
        catching_up = CatchingUp(store)
        stack.push_async_callback(catching_up.close)
        archive = archive_of(
            settings,
            store=store,
            editions=editions,
            find=find,
            mends=mends,
            catching_up=catching_up,
            commands=commands,
            conversations=conversations,
            rules=rules,
            topics=topics,
            section_topics=section_topics,
            defaults=defaults,
            now=clock.now,
        )
        yield Services(
            commands=commands,
            ask=ask,
            digests=digests,
            topics=topics,
            mends=mends,
            mirrors=mirrors,
            upkeep=upkeep,
            desk=desk,
            editions=editions,
            archive=archive,
            feedback=feedback,
            delivering=delivering,
            room=RoomWatch(store, delivering.notices, now=lambda: datetime.now(UTC)),
            subscriptions=subscriptions,
            leaving=leaving,
            forgetting=forgetting,
            charts=charts,
            store=store,
            now=clock.now,
        )


def _secret(value: SecretStr | None) -> str | None:
    return value.get_secret_value() if value else None


@asynccontextmanager
async def _source(settings: Settings, clock: Clock, *, demo: bool, one_shot: bool) -> AsyncIterator[Source]:
    if demo:
        from adapters.github.demo import Demo

        yield Demo()
        return
    token = await token_of(settings, one_shot=one_shot)
    if token is None:
        if not one_shot:
            raise NotConfigured("github.no_token")
        yield Unconnected()
        return
    from adapters.github.fetch import GitHub  # loads gql, which only real data needs

    async with GitHub(
        settings.github_graphql_url, token, now=clock.now, budget=settings.github_budget
    ) as source:
        yield source


async def token_of(settings: Settings, *, one_shot: bool) -> str | Tokens | None:
    """What GitHub is asked with: the app where there is one, else the token."""
    app_id, key, installation_id = (
        settings.github_app_id,
        settings.github_app_key,
        settings.github_installation_id,
    )
    if app_id and key and installation_id:  # all or none of them, settings see to that
        from adapters.github.app import Installation
        from adapters.github.tokens import InstallationTokens

        url = settings.github_graphql_url
        return InstallationTokens(
            Installation(url, app_id=app_id, key=key.get_secret_value(), installation_id=installation_id)
        )
    if settings.github_token:
        return settings.github_token.get_secret_value()
    return await gh_token() if one_shot else None


async def gh_token() -> str | None:
    """The token of GitHub's own command line tool, where it is installed and signed in."""
    gh = shutil.which("gh")
    if gh is None:
        return None
    process = await asyncio.create_subprocess_exec(
        gh,
        "auth",
        "token",
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(GH_TIMEOUT_S):
            out, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return None
    token = out.decode().strip() if process.returncode == 0 else ""
    keep_secret(token)
    return token or None
