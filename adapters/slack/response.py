"""Response URLs: what a slash command or a button is answered with, seen by who used it alone.

docs.slack.dev/interactivity/handling-user-interaction, "Message responses": five uses within half an hour.
"""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import structlog

from adapters.slack import hosts, tiers
from adapters.slack.errors import Ambiguous, BlocksRefused, RateLimited, SlackError
from adapters.slack.refusals import code_of, refusal
from adapters.slack.sending import delivered

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.slack.blocks import Message

log = structlog.get_logger()

USES: Final = 5
PROGRESS: Final = 3
"""Of the five, so many may tell of progress: the next is the result, and the last is for a failure after that."""

PROGRESS_S: Final = 5.0
TIMEOUT_S: Final = 15.0
"""One request; a word of progress that takes long is none."""

METHOD: Final = "response_url"
"""What it is called in logs and errors."""


class ResponseUrl:
    """One such URL. Each use but `beside` shows a message in place of the one before, to who asked alone."""

    def __init__(
        self,
        url: str,
        *,
        session: aiohttp.ClientSession,
        base_url: str,
        replaces: bool = True,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """base_url: of the Web API. A URL that is not Slack's is taken for one that has expired. replaces: whether each
        use takes the place of the one before; without it there is one word of progress at most."""
        self._url = url
        self._session = session
        self._sleep = sleep
        self._replaces = replaces
        self._told = 0
        self._left = USES if hosts.takes_responses(url, base_url) else 0
        if not self._left:
            log.warning("not a response url of slack's")

    async def progress(self, message: Message) -> bool:
        """Show how far it is; whether that is shown. Never raises a SlackError: what cannot be shown is passed over."""
        if self._told >= (PROGRESS if self._replaces else 1) or not self._left:
            return False
        self._told += 1
        try:
            await self._send(message, PROGRESS_S)
        except SlackError as error:
            log.info("progress not shown", error=error.key)
            return False
        return True

    async def result(self, message: Message) -> None:
        """Show the answer. Raises SlackError: `slack.expired` where the URL is good for no more, and
        `slack.ambiguous` where the answer may be there."""
        await delivered(METHOD, message, self._in_turn)

    async def failure(self, message: Message) -> None:
        """Show what went wrong. Raises SlackError as `result` does."""
        await delivered(METHOD, message, self._in_turn)

    async def beside(self, message: Message) -> None:
        """Show it below what is there, which stays. Raises SlackError as `result` does."""
        await delivered(METHOD, message, partial(self._in_turn, replaces=False))

    async def _in_turn(self, message: Message, *, replaces: bool = True) -> None:
        """Send it, and again after a pause that Slack asks for, which means that it was not shown."""
        waited_s = 0.0
        while True:
            try:
                await self._send(message, TIMEOUT_S, replaces=replaces)
            except RateLimited as error:
                waited_s += error.wait_s
                if waited_s > tiers.RESPONSE_S:
                    raise
                await self._sleep(error.wait_s)
            else:
                return

    async def _send(self, message: Message, timeout_s: float, *, replaces: bool = True) -> None:
        if not self._left:
            raise SlackError("slack.expired")
        self._left -= 1
        body: dict[str, Any] = {
            "response_type": "ephemeral",
            "replace_original": replaces and self._replaces,
            "text": message.text,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if message.blocks:
            body["blocks"] = list(message.blocks)
        try:
            async with (
                asyncio.timeout(timeout_s),
                self._session.post(self._url, json=body, allow_redirects=False) as answer,
            ):
                status, headers, text = answer.status, answer.headers, await answer.text(errors="replace")
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            self._left += 1  # nothing was sent
            raise SlackError("slack.unreachable") from None
        except (aiohttp.ClientError, TimeoutError, OSError):
            raise Ambiguous(METHOD) from None
        told = _told(text)
        if status == 200 and not code_of(told):
            return
        error = refusal(status, told, headers, method=METHOD)
        if isinstance(error, RateLimited | BlocksRefused):
            self._left += 1  # it was not shown, and is counted when it is
        elif error.key == "slack.expired" or (400 <= status < 500 and not code_of(told)):
            self._left = 0
            raise SlackError("slack.expired")
        raise error


def _told(text: str) -> dict[str, Any]:
    """The answer's JSON; a bare word, as some refusals are, stands for its error."""
    try:
        told = json.loads(text)
    except ValueError:
        told = {"error": text.strip()} if text.strip() != "ok" else {}
    return told if isinstance(told, dict) else {}
