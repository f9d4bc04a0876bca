"""Couriers: one for each chat platform of the settings, opened when something is first to be posted there."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Final

import structlog

from adapters.chat.delivering import Later
from adapters.console_courier import ConsoleCourier
from adapters.store.pace import Unpaced
from bot.charts import Charts
from bot.discord import discord_access
from bot.slack import github_site, slack_access
from summarizer.errors import DigestError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping, Sequence
    from contextlib import AbstractAsyncContextManager
    from datetime import datetime
    from pathlib import Path

    from adapters.chat.delivering import Courier, Destination, Mark, Part, Post, Sent
    from adapters.store import Store
    from bot.settings import Settings

log = structlog.get_logger()

AGAIN_S: Final = 20.0
"""After a platform did not let us in: it may be away, or its token wrong, which a person has to mend."""


class OnDemand:
    """A courier that is opened by its first use. See `adapters.chat.delivering.Courier`; a platform that does not let
    us in is a `Later`."""

    def __init__(self, platform: str, open_: Callable[[], AbstractAsyncContextManager[Courier]]) -> None:
        self._platform = platform
        self._open = open_
        self._opening = asyncio.Lock()
        self._courier: Courier | None = None
        self._task: asyncio.Task[None] | None = None

    async def parts(self, post: Post, at: Destination) -> Sequence[Part]:
        """See `Courier`."""
        return await (await self._opened()).parts(post, at)

    async def send(self, part: Part, at: Destination, mark: Mark, below: Sent | None) -> Sent:
        """See `Courier`."""
        return await (await self._opened()).send(part, at, mark, below)

    async def find(
        self, part: Part, at: Destination, mark: Mark, below: Sent | None, since: datetime
    ) -> Sent | None:
        """See `Courier`."""
        return await (await self._opened()).find(part, at, mark, below, since)

    async def edit(self, part: Part, at: Destination, mark: Mark, sent: Sent) -> None:
        """See `Courier`."""
        await (await self._opened()).edit(part, at, mark, sent)

    async def delete(self, at: Destination, sent: Sent) -> None:
        """See `Courier`."""
        await (await self._opened()).delete(at, sent)

    async def place(self, name: str, team: str) -> Destination:
        """See `Courier`."""
        return await (await self._opened()).place(name, team)

    async def close(self) -> None:
        """Let it go."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))

    async def _opened(self) -> Courier:
        async with self._opening:
            if self._courier is None:
                opened: asyncio.Future[Courier] = asyncio.get_running_loop().create_future()
                # in a task of its own, which also closes it
                self._task = asyncio.create_task(self._keep(opened), name=f"{self._platform} courier")
                try:
                    self._courier = await opened
                except DigestError as error:
                    log.warning("courier not opened", platform=self._platform, error=error.key)
                    raise Later(error, AGAIN_S) from error
            return self._courier

    async def _keep(self, opened: asyncio.Future[Courier]) -> None:
        try:
            async with self._open() as courier:
                opened.set_result(courier)
                await asyncio.Event().wait()
        except DigestError as error:
            if opened.done():
                raise
            opened.set_exception(error)


@asynccontextmanager
async def open_couriers(
    settings: Settings,
    store: Store,
    state_dir: Path,
    *,
    show: Callable[[str], None],
    is_paced: bool = True,
    charts: Charts | None = None,
) -> AsyncIterator[Mapping[str, Courier]]:
    """By platform. state_dir: where what is posted to the terminal is kept. show: told what is posted there. is_paced:
    whether platforms' rates are kept. charts: those of the process, None for some of its own."""
    chart = (charts or Charts(store.cache)).of
    couriers: dict[str, Courier] = {
        "terminal": ConsoleCourier(state_dir / "posts", show),
    }

    def open_slack() -> AbstractAsyncContextManager[Courier]:
        from adapters.slack.courier import open_courier

        pace = None if is_paced else Unpaced()
        return open_courier(slack_access(settings), store=store, chart=chart, pace=pace)

    def open_discord() -> AbstractAsyncContextManager[Courier]:
        from adapters.discord.courier import open_courier

        site = github_site(settings.github_graphql_url)
        access = discord_access(settings)
        return open_courier(access, store=store, chart=chart, links=(site,), is_paced=is_paced)

    async with AsyncExitStack() as stack:
        for name, is_there, open_ in (
            ("slack", settings.has_slack, open_slack),
            ("discord", settings.has_discord, open_discord),
        ):
            if is_there:
                on_demand = OnDemand(name, open_)
                stack.push_async_callback(on_demand.close)
                couriers[name] = on_demand
        yield couriers
