"""Slack and Discord over one desk in one process, served as `run` serves them."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
from structlog.testing import capture_logs

from adapters.chat import unwatched
from bot.serving import serve
from bot.wiring import Services
from tests.adapters.opened import opened
from tests.servers.redis import until
from tests.servers.slack import APP_TOKEN, BOT_TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping

    from adapters.chat import Progress
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer
    from tests.servers.slack import SlackServer


@dataclass(frozen=True, slots=True)
class Served:
    """A running process. url: of its web. logs: what it has logged so far, nothing taken out."""

    services: Services
    url: str
    logs: list[Any]
    _serving: asyncio.Task[None]

    async def checks(self) -> Mapping[str, bool]:
        """What /readyz says."""
        async with httpx.AsyncClient() as web:
            checks: Mapping[str, bool] = (await web.get(f"{self.url}/readyz")).json()["checks"]
        return checks

    async def until_checked(self, **checks: bool) -> None:
        """Wait until /readyz says so of these."""

        async def said() -> bool:
            return checks.items() <= (await self.checks()).items()

        await until(said)

    def logged(self, **values: object) -> list[Any]:
        """The lines with these values."""
        return [line for line in self.logs if values.items() <= line.items()]

    def tell_to_stop(self) -> None:
        """As SIGTERM does."""
        self._serving.cancel()

    async def stopped(self) -> None:
        """Wait until it has stopped."""
        await asyncio.wait((self._serving,))


@asynccontextmanager
async def served(
    host: Host, slack: SlackServer, discord: DiscordServer, **settings: object
) -> AsyncIterator[Served]:
    """A process whose web listens; neither platform need be connected. settings: by their environment names."""
    chosen: dict[str, Any] = {
        "SLACK_API_URL": slack.url,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "DISCORD_API_URL": discord.api_url,
        "DISCORD_TOKEN": discord.token,
        "WEB_PORT": 0,
    }
    chosen |= settings
    async with AsyncExitStack() as stack:
        roof = await stack.enter_async_context(opened(host, **chosen))
        logs = stack.enter_context(capture_logs())
        serving = asyncio.create_task(serve(roof.named, roof.services, ["web", "platforms"]))
        try:
            while not (port := _port(logs)):
                done, _ = await asyncio.wait((serving,), timeout=0.01)
                assert not done, serving.result()
            yield Served(roof.services, f"http://127.0.0.1:{port}", logs, serving)
        finally:
            serving.cancel()
            await asyncio.wait((serving,))
        assert serving.cancelled(), serving.exception()


def _port(logs: list[Any]) -> int:
    return next((line["port"] for line in logs if line["event"] == "web listens"), 0)


class Watched:
    """How far a terminal's work is, for nobody."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()

    async def is_asked(self) -> None:
        """Wait until the terminal asks for something. Raises TimeoutError."""
        async with asyncio.timeout(20):
            await self._asked.wait()

    @contextmanager
    def __call__(self, lang: str) -> Iterator[Progress]:
        """See `adapters.console.ProgressDisplay`."""
        del lang
        self._asked.set()
        yield unwatched
