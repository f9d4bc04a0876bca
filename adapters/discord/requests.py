"""Requests: one call of Discord's API through discord.py's own HTTP client, ended by a result or a DiscordError.

discord.py keeps the pace that Discord asks for and repeats what failed on Discord's side, whatever it was. What may not
be done twice is therefore stopped before it is repeated; the trace of `new_client` sees each attempt, and tells an end
that is not clear from one where nothing has happened.
"""

from __future__ import annotations

import asyncio
import logging
import re
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import discord
import structlog
from discord.http import Route

from adapters.discord.errors import Ambiguous, BodyRefused, DiscordError, RateLimited
from adapters.discord.refusals import refusal

if TYPE_CHECKING:
    from types import SimpleNamespace

    from discord.http import HTTPClient, MultipartParameters

log = structlog.get_logger()

MOST_WAIT_S: Final = 30.0
"""The longest pause that is waited out; the shortest that discord.py can be told."""

MOST_S: Final = 120.0
"""One call with all its pauses and repetitions."""

LOGIN_S: Final = 60.0
"""For two questions: who the bot is, and which application it belongs to."""

AGAIN: Final = 1
"""How often what may be done twice is tried again after a lost connection."""


_TOKEN: Final = re.compile(r"(/webhooks/\d+)/[^/?]+")


@dataclass(slots=True)
class _Attempt:
    """is_once: may not be done twice. is_out: Discord may have it. status: of the last answer, 0 before one."""

    is_once: bool
    is_out: bool = False
    status: int = 0


class _Unclear(Exception):
    """An attempt failed on Discord's side that may not be repeated."""


_attempt: ContextVar[_Attempt | None] = ContextVar("discord_attempt", default=None)


class _Masked(logging.Filter):
    """Takes what lets one answer in our place out of discord.py's log lines; those that quote what is posted go."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                _TOKEN.sub(r"\1/…", each) if isinstance(each, str) else each for each in record.args
            )
        return record.levelno >= logging.WARNING


_MASKED: Final = _Masked()


def new_client() -> discord.Client:
    """A client for `called`, to be logged in and never connected."""
    logging.getLogger("discord.http").addFilter(_MASKED)
    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(_sent)
    trace.on_request_end.append(_answered)
    return discord.Client(
        # nothing is received by it, but without it discord.py warns
        intents=discord.Intents(guilds=True),
        allowed_mentions=discord.AllowedMentions.none(),
        max_ratelimit_timeout=MOST_WAIT_S,
        http_trace=trace,
        proxy=proxy_of(Route.BASE),
    )


def proxy_of(url: str) -> str | None:
    """The proxy that the environment (`HTTPS_PROXY`, `NO_PROXY`) names for an address; discord.py asks for none."""
    parts = urlsplit(url)
    return None if proxy_bypass(parts.netloc) else getproxies().get(parts.scheme)


async def log_in(client: discord.Client, token: str) -> None:
    """Raises DiscordError: `discord.bad_token`, `discord.unreachable`."""
    try:
        async with asyncio.timeout(LOGIN_S):
            await client.login(token)
    except (discord.LoginFailure, ValueError):
        raise DiscordError("discord.bad_token") from None
    except discord.HTTPException as error:
        raise refusal(error.status, error.code, headers=error.response.headers) from None
    except discord.RateLimited as error:
        raise RateLimited(error.retry_after) from None
    except (aiohttp.ClientError, TimeoutError, OSError):
        raise DiscordError("discord.unreachable") from None


async def called(
    http: HTTPClient,
    route: Route,
    *,
    params: MultipartParameters | None = None,
    json: object = None,
    query: dict[str, int] | None = None,
    once: bool = False,
    repeatable: bool = True,
    most_s: float = MOST_S,
) -> Any:  # noqa: ANN401 - the JSON of any route
    """Call it; the answer's JSON. params: of a message, see `discord.http.handle_message_parameters`.

    once: is done by Discord as often as it is asked. repeatable: the caller can make the same request again without
    doing it twice. After an end that is not clear, neither is an `Ambiguous`. most_s: for the call with all its pauses.
    Raises DiscordError.
    """
    options: dict[str, Any] = {}
    if params is not None and params.files:
        options = {"files": params.files, "form": params.multipart}
    elif params is not None or json is not None:
        options = {"json": params.payload if params is not None else json}
    if query is not None:
        options["params"] = query
    repeatable = repeatable and not once
    for left in (*range(0 if once else AGAIN, 0, -1), 0):
        attempt = _Attempt(once)
        mark = _attempt.set(attempt)
        try:
            async with asyncio.timeout(most_s):
                return await http.request(route, **options)
        except discord.RateLimited as error:
            raise RateLimited(error.retry_after) from None
        except discord.HTTPException as error:
            raise _refused(route, error, repeatable=repeatable) from None
        except (_Unclear, aiohttp.ClientError, TimeoutError, OSError) as error:
            # neither the error nor the address is told: the address of an interaction holds its token
            log.warning(
                "discord not reached", method=route.method, path=route.path, error=type(error).__name__
            )
            if left and not isinstance(error, TimeoutError):
                continue
            if attempt.status == 429 and not attempt.is_out:
                raise RateLimited(MOST_WAIT_S) from None
            unclear = attempt.is_out and not repeatable
            raise Ambiguous() if unclear else DiscordError("discord.unreachable") from None
        finally:
            _attempt.reset(mark)
    raise AssertionError("the last round returns or raises")


async def _sent(_session: object, _context: SimpleNamespace, _told: object) -> None:
    attempt = _attempt.get()
    if attempt is not None:
        attempt.is_out, attempt.status = True, 0


async def _answered(_session: object, _context: SimpleNamespace, told: aiohttp.TraceRequestEndParams) -> None:
    attempt = _attempt.get()
    if attempt is None:
        return
    attempt.status = told.response.status
    if attempt.status == 429:
        attempt.is_out = False
    elif attempt.status >= 500 and attempt.is_once:
        told.response.close()
        raise _Unclear


def _refused(route: Route, error: discord.HTTPException, *, repeatable: bool) -> DiscordError:
    made = refusal(error.status, error.code, error.text, error.response.headers, repeatable=repeatable)
    paths = made.paths if isinstance(made, BodyRefused) else ()
    log.info(
        "discord refused",
        method=route.method,
        path=route.path,
        status=error.status,
        code=error.code,
        at=paths,
        error=made.key,
    )
    return made
