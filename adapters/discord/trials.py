"""Trials: what Discord says of a bot token and of its application, found out by asking; nothing is sent, and no gateway
session begun."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import httpx

from adapters.discord.access import TOKEN
from summarizer.errors import NotConfigured

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

TIMEOUT_S: Final = 10.0
"""One request."""

USER_AGENT: Final = "DiscordBot (vllm-digest, 1)"
"""Discord turns others away (docs.discord.com/developers/reference, "User Agent")."""

PAGE: Final = 200
"""Servers that are told at a time (docs.discord.com/developers/resources/user, "Get Current User Guilds")."""
MOST_PAGES: Final = 10

Install = Literal["server", "person"]
_INSTALLS: Final[Mapping[str, Install]] = {"0": "server", "1": "person"}
"""By the keys of `integration_types_config` (docs.discord.com/developers/resources/application)."""

_INTENTS: Final = {
    "Presence Intent": 1 << 12 | 1 << 13,
    "Server Members Intent": 1 << 14 | 1 << 15,
    "Message Content Intent": 1 << 18 | 1 << 19,
}
"""The privileged intents as the application's page calls them, by its flags: for many servers, and for few
(docs.discord.com/developers/resources/application, "Application Flags")."""


@dataclass(frozen=True, slots=True)
class Application:
    """Whom a bot token speaks as.

    name: the bot's. intents: the privileged intents that are switched on. installs: where it can be installed.
    has_code_grant: whether an invite link alone does not suffice. has_endpoint: whether Discord calls an address with
    what is done, instead of telling it over the gateway. is_public: whether others than its owner can add it.
    """

    id: int
    name: str
    intents: tuple[str, ...] = ()
    installs: frozenset[Install] = frozenset({"server"})
    has_code_grant: bool = False
    has_endpoint: bool = False
    is_public: bool = True


@dataclass(frozen=True, slots=True)
class Starts:
    """Gateway sessions that may still be begun, of how many a day, which are there anew in `reset_s`.

    shards: how many of them run at a time.
    """

    remaining: int
    total: int
    reset_s: int
    shards: int


@dataclass(frozen=True, slots=True)
class Guild:
    """A server that the bot is in. permissions: what its roles grant it, without what channels change."""

    id: int
    name: str
    permissions: int


class Trial:
    """Asks Discord as a bot. Each method raises NotConfigured (`init.discord_token`, `init.discord_refused`,
    `init.discord_unreachable`)."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def application(self) -> Application:
        """Whose token it is."""
        user = await self._get("users/@me")
        told = await self._get("oauth2/applications/@me")
        try:
            flags = int(told.get("flags") or 0)
            configured = told.get("integration_types_config")
            return Application(
                id=int(told["id"]),
                name=str(user["username"]),
                intents=tuple(name for name, bits in _INTENTS.items() if flags & bits),
                installs=frozenset(each for key, each in _INSTALLS.items() if key in configured)
                if configured
                else frozenset({"server"}),
                has_code_grant=bool(told.get("bot_require_code_grant")),
                has_endpoint=bool(told.get("interactions_endpoint_url")),
                is_public=bool(told.get("bot_public", True)),
            )
        except (KeyError, TypeError, ValueError):
            raise NotConfigured("init.discord_unreachable") from None

    async def starts(self) -> Starts:
        """Of the gateway, of which no session is begun."""
        told = await self._get("gateway/bot")
        try:
            limit = told["session_start_limit"]
            reset_s = int(limit["reset_after"]) // 1000
            return Starts(int(limit["remaining"]), int(limit["total"]), reset_s, int(told["shards"]))
        except (KeyError, TypeError, ValueError):
            raise NotConfigured("init.discord_unreachable") from None

    async def guilds(self) -> list[Guild]:
        """The servers that the bot is in, two thousand at most."""
        found: list[Guild] = []
        for _ in range(MOST_PAGES):
            after = found[-1].id if found else 0
            told = await self._get("users/@me/guilds", {"limit": str(PAGE), "after": str(after)})
            try:
                page = [Guild(int(each["id"]), str(each["name"]), int(each["permissions"])) for each in told]
            except (KeyError, TypeError, ValueError):
                raise NotConfigured("init.discord_unreachable") from None
            found += page
            if len(page) < PAGE:
                break
        return found

    async def _get(self, path: str, query: Mapping[str, str] | None = None) -> Any:  # noqa: ANN401 - as Discord tells it
        try:
            response = await self._client.get(path, params=query)
        except httpx.HTTPError:
            raise NotConfigured("init.discord_unreachable") from None
        if response.status_code == httpx.codes.UNAUTHORIZED:
            raise NotConfigured("init.discord_token")
        busy = response.status_code == httpx.codes.TOO_MANY_REQUESTS or response.is_server_error
        try:
            told = None if busy else response.json()
        except ValueError:  # something else lives there, or a proxy answers
            raise NotConfigured("init.discord_unreachable") from None
        if response.status_code != httpx.codes.OK:
            raise NotConfigured("init.discord_refused", error=response.status_code)
        return told


@asynccontextmanager
async def trial(token: str, api_url: str) -> AsyncIterator[Trial]:
    """To ask with that token. api_url: without a slash behind it."""
    headers = {"Authorization": f"Bot {token}", "User-Agent": USER_AGENT}
    async with httpx.AsyncClient(base_url=f"{api_url}/", headers=headers, timeout=TIMEOUT_S) as client:
        yield Trial(client)


async def try_token(token: str, api_url: str) -> Application:
    """Ask Discord whose bot token it is. Raises NotConfigured `init.discord_shape`, and as `Trial` does."""
    if not TOKEN.fullmatch(token):
        raise NotConfigured("init.discord_shape")
    async with trial(token, api_url) as asked:
        return await asked.application()
