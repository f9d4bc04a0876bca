"""The roof of a bot over the tests' GitHub, wired as `run` wires it, for a platform to be put in front of it."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.settings import Settings, load_settings
from bot.wiring import TIMINGS, Services, open_services
from tests.bot.talk import NOW, SHELL, talked_about
from tests.servers.github import GitHub, github_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from bot.delivery.timings import Timings
    from tests.bot.running import Host
    from tests.servers.github import World


@dataclass(frozen=True, slots=True)
class Opened:
    """settings: those that were loaded. named: the same, with the GitHub whose addresses the items have."""

    github: GitHub
    services: Services
    settings: Settings
    named: Settings


@asynccontextmanager
async def opened(
    host: Host,
    *,
    world: World | None = None,
    at: datetime = NOW,
    is_synced: bool = True,
    timings: Timings = TIMINGS,
    **settings: object,
) -> AsyncIterator[Opened]:
    """settings: by their environment names; None leaves one out. Its mirror is filled unless `is_synced` is off."""
    async with AsyncExitStack() as stack:
        github = await stack.enter_async_context(github_server(world or talked_about(), clock=lambda: at))
        chosen = {
            "REDIS_URL": host.redis_url,
            "DIGEST_STATE_DIR": host.folder,
            "DIGEST_TZ": "UTC",
            "DIGEST_AT": at.isoformat(),
            "GITHUB_TOKEN": github.token,
            "GITHUB_GRAPHQL_URL": github.url,
            **settings,
        }
        loaded = load_settings(**{name: value for name, value in chosen.items() if value is not None})
        services = await stack.enter_async_context(
            open_services(loaded, demo=False, one_shot=False, timings=timings)
        )
        if is_synced:
            synced = await services.commands("sync since:30d", SHELL)
            assert synced.problem is None, synced.text
        # the tests' GitHub calls its items github.com's, wherever it listens itself
        named = loaded.model_copy(update={"github_graphql_url": "https://api.github.com/graphql"})
        yield Opened(github, services, loaded, named)


@asynccontextmanager
async def running(run: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """A service that runs until the block ends. Raises what it failed with."""
    task = asyncio.ensure_future(run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error
