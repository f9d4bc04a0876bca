"""Discord's API: where it is for this process, and what it says of its gateway.

discord.py keeps both addresses in its classes - `http.Route.BASE` and `gateway.DiscordWebSocket.DEFAULT_GATEWAY` - and
thus for the whole process: there is no way to point a single client elsewhere. So `at` is entered once, around all
clients, and every client of the process speaks with the same Discord.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord.errors import DiscordError
from adapters.discord.requests import called

if TYPE_CHECKING:
    from collections.abc import Iterator

    from discord.http import HTTPClient

OFFICIAL: Final = "https://discord.com/api/v10"
"""With the version that discord.py speaks (docs.discord.com/developers/reference, "API Versioning")."""


@dataclass(frozen=True, slots=True)
class SessionStart:
    """Where the gateway is and how often one may still identify there. url: without a query. shards: as many as Discord
    recommends. total, remaining: identifies a day. reset_after_s: until all of them are there again. max_concurrency:
    how many may identify in five seconds. See docs.discord.com/developers/events/gateway, "Get Gateway Bot"."""

    url: str
    shards: int
    remaining: int
    total: int
    reset_after_s: float
    max_concurrency: int


_entered: Final[list[list[Any]]] = []
"""What each who is within `at` found there, the last one to enter at the end."""


@contextmanager
def at(api_url: str = OFFICIAL) -> Iterator[None]:
    """Point discord.py at this API, a proxy's or a test's; what was before holds again afterwards. May be nested, and
    be left in any order: those who are still within are not moved by it."""
    found: list[Any] = [Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY]
    _entered.append(found)
    Route.BASE = api_url.rstrip("/")
    try:
        yield
    finally:
        place = next(place for place, each in enumerate(_entered) if each is found)
        del _entered[place]
        if place == len(_entered):
            Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = found
        else:
            _entered[place][:] = found  # whoever came next leaves it as it was before us


async def gateway_of(http: HTTPClient) -> SessionStart:
    """Ask the API for its gateway, and have discord.py connect there by default. Raises DiscordError."""
    told = await called(http, Route("GET", "/gateway/bot"))
    try:
        limit = told["session_start_limit"]
        start = SessionStart(
            url=str(told["url"]),
            shards=int(told["shards"]),
            remaining=int(limit["remaining"]),
            total=int(limit["total"]),
            reset_after_s=int(limit["reset_after"]) / 1000,
            max_concurrency=int(limit["max_concurrency"]),
        )
    except (KeyError, TypeError, ValueError):
        raise DiscordError("discord.refused", error="gateway/bot") from None
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(start.url)
    return start
