"""Serving: what a running process does - the chat platforms, the web, the upkeep - each under the supervisor."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Final, Literal, Protocol, get_args
from urllib.parse import urlsplit

import structlog

from bot.discord import discord_of
from bot.slack import slack_of
from bot.supervisor import Supervisor
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping

    from adapters.queue import Priority as QueuePriority
    from adapters.slack.service import SlackService
    from adapters.web.metrics import Routes
    from adapters.web.site import Site
    from bot.settings import Settings
    from bot.wiring import Services

log = structlog.get_logger()


def _listening(port: int) -> None:
    log.info("web listens", port=port)


class Platform(Protocol):
    """A chat platform that is served."""

    async def is_ready(self) -> bool:
        """Whether it can reach us at this moment."""
        ...


class Readiness:
    """Whether the store answers, and which services run. See `adapters.web.health.Readiness`."""

    def __init__(self, services: Services, supervisor: Supervisor, platforms: Mapping[str, Platform]) -> None:
        """platforms: by the name of their service."""
        self._store = services.store
        self._supervisor = supervisor
        self._platforms = platforms

    async def ready(self) -> Mapping[str, bool]:
        """The name of each check, and whether it passed. Anybody may ask: services of one kind are one check, and no
        repository is named."""
        checks: dict[str, bool] = {}
        for service, is_up in self._supervisor.up().items():
            kind = service.partition(" ")[0]
            checks[kind] = is_up and checks.get(kind, True)
        for name, platform in self._platforms.items():
            if name in checks:
                checks[name] = checks[name] and await platform.is_ready()
        try:
            await self._store.ping()
        except StoreError:
            checks["store"] = False
        else:
            checks["store"] = True
        if self._store.room.refusal() is not None:
            checks["room"] = False
        return checks


Part = Literal["web", "platforms", "upkeep", "scheduler", "worker"]
"""What a process can do. web: the pages, with Slack's HTTP routes. platforms: what connects to us by itself. upkeep:
the mirrors are looked after. scheduler: it plans and feeds the workers, while no other process does. worker: it builds
and posts what is due."""

EVERYTHING: Final[frozenset[Part]] = frozenset(get_args(Part))


async def serve(settings: Settings, services: Services, parts: Collection[Part] = EVERYTHING) -> None:
    """Serve until cancelled."""
    from bot.telemetry.running import kind_of, telemetry  # loads what only serving needs

    async with telemetry(services.store.metrics, kind_of(parts)):
        await _serve(settings, services, parts)


async def _serve(settings: Settings, services: Services, parts: Collection[Part]) -> None:
    supervisor = Supervisor()
    there: dict[str, Platform] = {}
    running: dict[str, Callable[[], Awaitable[None]]] = {}
    if settings.has_discord and "platforms" in parts:
        there["discord"] = discord = discord_of(settings, services)
        running["discord"] = discord.run
    if "upkeep" in parts:
        running |= {f"upkeep {repo}": partial(services.upkeep.run, repo) for repo in settings.repos}
    if "scheduler" in parts:
        running["scheduler"] = partial(_schedule, services)
    if "worker" in parts:
        running["worker"] = partial(work, settings, services)
    try:
        # at a stop each lets what it has begun come to its end; none waits for another
        with services.topics.heeding_hangups():
            async with asyncio.TaskGroup() as group:
                group.create_task(services.room.run(), name="room")
                if "web" in parts or (settings.has_slack and "platforms" in parts):
                    group.create_task(_serve_web_and_slack(settings, services, supervisor, there, parts))
                group.create_task(supervisor.run(running))
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None


@asynccontextmanager
async def posting(settings: Settings, services: Services) -> AsyncIterator[None]:
    """What is due is built and posted while the block runs, such as a chat at a terminal."""
    task = asyncio.create_task(serve(settings, services, ["scheduler", "worker"]), name="posting")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))


async def _schedule(services: Services) -> None:
    from bot.processes.scheduler import run_scheduler

    await run_scheduler(services.delivering.scheduling, services.store.leases)


async def work(
    settings: Settings, services: Services, at_once: Mapping[QueuePriority, int] | None = None
) -> None:
    """Do jobs until cancelled. at_once: see `bot.processes.worker.AT_ONCE`, which it is unless given."""
    from bot.processes.worker import AT_ONCE, run_worker

    delivering = services.delivering
    for module in settings.courier_modules:  # else the first posts wait for that, and are not on the minute
        await asyncio.to_thread(import_module, module)
    await run_worker(await delivering.queue.opened(), delivering.engine, at_once or AT_ONCE)


async def _serve_web_and_slack(
    settings: Settings,
    services: Services,
    supervisor: Supervisor,
    there: dict[str, Platform],
    parts: Collection[Part],
) -> None:
    """there: the platforms, of which Slack becomes one."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(slack_of(settings, services)) if settings.has_slack else None
        running: dict[str, Callable[[], Awaitable[None]]] = {}
        if "web" in parts:
            serve_web = web_of(settings, services, slack, Readiness(services, supervisor, there))
            running["web"] = partial(serve_web, settings.web_host, settings.web_port)
        if slack is not None:
            there["slack"] = slack
        if slack is not None and slack.sockets is not None and "platforms" in parts:
            running["slack"] = slack.sockets.run
        await supervisor.run(running)


def web_of(
    settings: Settings,
    services: Services,
    slack: SlackService | None,
    readiness: Readiness,
    listening: Callable[[int], object] = _listening,
) -> Callable[[str, int], Awaitable[None]]:
    """What serves the web at a host and a port: health, kept digests, and Slack's routes where it comes over HTTP.

    listening: told the port.
    """
    from adapters.slack.manifest import EVENTS_PATH
    from adapters.web.app import web_app
    from adapters.web.measured import Measured
    from adapters.web.rates import AT_ONCE, Rates
    from adapters.web.server import serve as serve_web
    from adapters.web.slack_events import slack_routes
    from adapters.web.slack_oauth import slack_install_routes

    site = site_of(settings)
    routes = metrics_of(settings, services)
    if slack is not None and slack.requests is not None:
        routes += slack_routes(EVENTS_PATH, slack.requests)
    if slack is not None and slack.installing is not None:
        routes += slack_install_routes(slack.installing, site)
    rate = settings.web_rate
    app = web_app(
        archive=services.archive,
        readiness=readiness,
        extra_routes=routes,
        site=site,
        doors=settings.doors,
        rates=Rates(rate.per_minute / 60, min(rate.burst, AT_ONCE)),
    )
    return partial(serve_web, Measured(app), listening=listening)


def metrics_of(settings: Settings, services: Services) -> Routes:
    """`/metrics`: for who brings METRICS_TOKEN; without one for this machine alone, unless a proxy stands before it."""
    from adapters.metrics.exposition import MEDIA_TYPE
    from adapters.web.metrics import is_loopback, metrics_routes
    from bot.telemetry.scraping import Scraping

    token = settings.metrics_token
    return metrics_routes(
        Scraping(settings, services),
        token=token.get_secret_value() if token else "",
        is_open=is_loopback(settings.web_host) and settings.public_url is None,
        media_type=MEDIA_TYPE,
    )


def site_of(settings: Settings, url: str = "") -> Site:
    """Where the pages are, by the settings. url: in place of `PUBLIC_URL`."""
    from adapters.web.site import Site

    address = urlsplit(url or settings.public_url or "")
    return Site(
        base=address.path,
        origin=f"{address.scheme}://{address.netloc}" if address.netloc else "",
        lang="en" if settings.lang == "auto" else settings.lang,
        is_indexed=settings.web_robots,
        has_sign_in=bool(settings.doors.token),
        tz=settings.tz,
    )
