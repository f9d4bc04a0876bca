"""Serving: what a running process does - the chat platforms, the web, the upkeep - each under the supervisor."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import structlog

from bot.discord import discord_of
from bot.slack import slack_of
from bot.supervisor import Supervisor
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from adapters.slack.service import SlackService
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
        """The name of each check, and whether it passed."""
        checks = dict(self._supervisor.up())
        for name, platform in self._platforms.items():
            if name in checks:
                checks[name] = checks[name] and await platform.is_ready()
        try:
            await self._store.ping()
        except StoreError:
            checks["store"] = False
        else:
            checks["store"] = True
        return checks


async def serve(settings: Settings, services: Services, *, platforms: bool, upkeep: bool) -> None:
    """Serve until cancelled: the web with Slack's HTTP routes; platforms: and what connects by itself; upkeep: and the
    mirrors are looked after."""
    supervisor = Supervisor()
    there: dict[str, Platform] = {}
    discord = discord_of(settings, services) if settings.has_discord and platforms else None
    running: dict[str, Callable[[], Awaitable[None]]] = {}
    if discord is not None:
        there["discord"] = discord
        running["discord"] = discord.run
    if upkeep:
        running |= {f"upkeep {repo}": partial(services.upkeep.run, repo) for repo in settings.repos}
    try:
        # at a stop each platform lets what it has begun come to its end; neither waits for the other
        async with asyncio.TaskGroup() as group:
            group.create_task(_serve_web_and_slack(settings, services, supervisor, there, sockets=platforms))
            group.create_task(supervisor.run(running))
    except BaseExceptionGroup as errors:
        raise errors.exceptions[0] from None


async def _serve_web_and_slack(
    settings: Settings,
    services: Services,
    supervisor: Supervisor,
    there: dict[str, Platform],
    *,
    sockets: bool,
) -> None:
    """there: the platforms, of which Slack becomes one. sockets: whether Slack may be connected to."""
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(slack_of(settings, services)) if settings.has_slack else None
        serve_web = web_of(settings, services, slack, Readiness(services, supervisor, there))
        running: dict[str, Callable[[], Awaitable[None]]] = {
            "web": partial(serve_web, settings.web_host, settings.web_port)
        }
        if slack is not None:
            there["slack"] = slack
        if slack is not None and slack.sockets is not None and sockets:
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
    from adapters.web.server import serve as serve_web
    from adapters.web.site import Site
    from adapters.web.slack_events import slack_routes
    from adapters.web.slack_oauth import slack_install_routes

    site = Site(base=urlsplit(settings.public_url or "").path)
    routes = []
    if slack is not None and slack.requests is not None:
        routes += slack_routes(EVENTS_PATH, slack.requests)
    if slack is not None and slack.installing is not None:
        routes += slack_install_routes(slack.installing, site)
    app = web_app(editions=services.editions, readiness=readiness, extra_routes=routes, site=site)
    return partial(serve_web, app, listening=listening)
