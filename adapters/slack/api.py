"""The Web API of one workspace, call by call: in turn, with a deadline, tried again where that is safe, and with its
errors translated at the border.

The token lives in the SDK's client alone; no exception, log line or repr of ours holds it, and causes that carry the
request or the answer are cut off.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.errors import Ambiguous, RateLimited, SlackError
from adapters.slack.pacing import Patience
from adapters.slack.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.slack.pacing import Pacing

log = structlog.get_logger()

BASE_URL: Final = "https://slack.com/api/"

TIMEOUT_S: Final = 20.0
"""One request to Slack, from connecting to the end of its answer."""

TRIES: Final = 3
"""Of a call that failed, where another try can do no harm."""

PAUSE_S: Final = 0.5
"""Before the second try; before each further one twice as long, all jittered."""

REPEATABLE: Final = frozenset(
    {
        "assistant.threads.setStatus",
        "assistant.threads.setSuggestedPrompts",
        "auth.test",
        "chat.delete",
        "chat.update",
        "conversations.history",
        "conversations.info",
        "conversations.open",
        "conversations.replies",
        "files.delete",
        "files.getUploadURLExternal",
        "files.info",
        "users.conversations",
        "users.info",
        "views.publish",
        "views.update",
    }
)
"""Methods that read, or that leave the same behind however often they are called. Any other may have been carried out
when its answer is lost, and is never sent again here."""

_QUIET: Final = logging.Logger("slack sdk", logging.WARNING)  # noqa: LOG001 - one that nobody can configure
"""The SDK's logger, which shows requests and answers to whoever turns on debugging."""


@dataclass(frozen=True, slots=True)
class Answer:
    """data: Slack's JSON. headers: of HTTP."""

    data: Mapping[str, Any]
    headers: Mapping[str, str]


def open_session() -> aiohttp.ClientSession:
    """The connections that all clients of a process share; whoever opens it closes it.

    Proxies are those of the environment, NO_PROXY included. Cookies are not kept: they would follow from one workspace
    to the next.
    """
    return aiohttp.ClientSession(
        trust_env=True,
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=TIMEOUT_S, sock_connect=5.0),
        connector=aiohttp.TCPConnector(limit=0),  # the pace limits them; who waits for one has sent nothing
    )


class Api:
    """Calls methods with the bot's token of a workspace."""

    def __init__(
        self,
        token: str,
        *,
        team: str,
        session: aiohttp.ClientSession,
        base_url: str,
        pacing: Pacing,
        timeout_s: float,
        most_wait_s: float,
        sleep: Callable[[float], Awaitable[None]],
    ) -> None:
        """See `client.Slack`."""
        self.team = team
        self.session = session
        self.base_url = base_url
        self.sleep = sleep
        self._pacing = pacing
        self._timeout_s = timeout_s
        self._most_wait_s = most_wait_s
        self._web = AsyncWebClient(token, base_url, session=session, retry_handlers=[], logger=_QUIET)
        self._web.proxy = None  # the session's business, which heeds NO_PROXY

    async def call(self, method: str, *, most_wait_s: float | None = None, **params: object) -> Answer:
        """Call a method. Parameters that are None are left out.

        most_wait_s: the longest to wait for a turn and for pauses that Slack asks for, in all.
        Raises SlackError.
        """
        patience = Patience(self._most_wait_s if most_wait_s is None else most_wait_s)
        channel = params.get("channel")
        failures = 0
        while True:
            await self._pacing.turn(self.team, method, str(channel or ""), patience)
            try:
                return await self._once(method, params)
            except RateLimited as error:  # then it was not carried out
                log.info("slack asks for a pause", method=method, seconds=error.wait_s)
                await self._pacing.hold(self.team, method, error.wait_s)
                if error.wait_s > patience.left_s:
                    raise
            except SlackError as error:
                failures += 1
                if error.key != "slack.unreachable" or failures == TRIES:
                    log.info("slack call failed", method=method, error=error.key)
                    raise
                await self.sleep(_pause_s(failures))

    async def _once(self, method: str, params: Mapping[str, object]) -> Answer:
        # the SDK has a method for each, which knows how its parameters go
        send = getattr(self._web, method.replace(".", "_"))
        repeatable = method in REPEATABLE
        place = {name: str(params.get(name) or "") for name in ("channel", "thread_ts")}
        try:
            async with asyncio.timeout(self._timeout_s):
                response = await send(**{name: each for name, each in params.items() if each is not None})
        except SlackApiError as error:
            # where an answer was no JSON, the SDK hands over aiohttp's response instead of its own
            answer = error.response
            status = int(getattr(answer, "status_code", 0) or getattr(answer, "status", 0))
            raise refusal(
                status,
                getattr(answer, "data", None),
                answer.headers,
                method=method,
                repeatable=repeatable,
                **place,
            ) from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            raise SlackError("slack.unreachable") from None  # nothing was sent
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise _lost(method, repeatable, **place) from None
        except (AttributeError, UnicodeDecodeError):  # how the SDK takes a success that is no JSON object
            raise _lost(method, repeatable, **place) from None
        if not isinstance(response.data, Mapping):
            raise _lost(method, repeatable, **place)
        return Answer(response.data, response.headers)


def _lost(method: str, repeatable: bool, *, channel: str, thread_ts: str) -> SlackError:
    return SlackError("slack.unreachable") if repeatable else Ambiguous(method, channel, thread_ts)


def _pause_s(failures: int) -> float:
    return float(PAUSE_S * 2 ** (failures - 1) * random.uniform(0.5, 1.0))  # noqa: S311 - spreads load, guards nothing
