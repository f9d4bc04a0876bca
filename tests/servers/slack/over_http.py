"""The same payloads over HTTP, signed as Slack signs: docs.slack.dev/authentication/verifying-requests-from-slack"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp

from tests.servers.slack import limits
from tests.servers.slack.sent import Delivery, Sent

if TYPE_CHECKING:
    from tests.servers.slack.records import JSON
    from tests.servers.slack.state import State

FORM, JSON_TYPE = "application/x-www-form-urlencoded", "application/json"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the app answered. status 0: nothing."""

    status: int
    text: str = ""
    content_type: str = ""

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON
        return json.loads(self.text)


@dataclass(frozen=True, slots=True)
class Signed:
    """A request as it was sent, to be sent again."""

    body: bytes
    headers: dict[str, str]


def signature(secret: str, timestamp: str, body: bytes) -> str:
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpWay:
    """Posts to `url`. requests: what was sent, in order."""

    def __init__(self, state: State, url: str, secret: str) -> None:
        self.state, self.url, self.secret = state, url, secret
        self.requests: list[Signed] = []
        self._session: aiohttp.ClientSession | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def post(
        self,
        body: bytes | str,
        content_type: str = JSON_TYPE,
        *,
        secret: str | None = None,
        at: float | None = None,
        signed: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send a request.

        secret: to sign with (its own). at: when, seconds since 1970 (now). signed: this very signature instead; an
        empty one leaves both headers out.
        """
        raw = body.encode() if isinstance(body, str) else body
        timestamp = f"{time.time() if at is None else at:.0f}"
        made = (
            signature(self.secret if secret is None else secret, timestamp, raw) if signed is None else signed
        )
        all_headers = {
            "Content-Type": content_type,
            "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        }
        if made:
            all_headers |= {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": made}
        return await self.replay(Signed(raw, all_headers | (headers or {})))

    async def replay(self, request: Signed) -> Answer:
        """Send a request once more, as it was."""
        self.requests.append(request)
        if self._session is None:
            self._session = aiohttp.ClientSession()
        sending = self._session.post(
            self.url, data=request.body, headers=request.headers, allow_redirects=False
        )
        try:
            async with sending as response:
                return Answer(response.status, await response.text(), response.content_type)
        except aiohttp.ClientError:
            return Answer(0)

    async def verify(self, challenge: str = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P") -> Answer:
        """Slack's url_verification."""
        return await self.post(json.dumps({"token": "t", "challenge": challenge, "type": "url_verification"}))

    def send(self, sent: Sent) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(sent))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, sent: Sent) -> None:
        """Events go out again, at once, after a failure; commands and interactions do not."""
        reason = ""
        while not sent.is_acked and len(sent.deliveries) <= limits.REDELIVERIES:
            number = len(sent.deliveries)
            delivery = Delivery("", time.monotonic(), number, reason=reason)
            sent.deliveries.append(delivery)
            self.state.changed()
            retried = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": reason} if number else {}
            answer = Answer(0)
            reason = "http_timeout"
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.state.ack_s):
                    answer = await self.post(*body_of(sent), headers=retried)
                    reason = "http_error" if answer.status else "connection_failed"
            delivery.status = answer.status
            if answer.status == 200:
                sent.take(delivery, time.monotonic(), payload_of(answer))
            elif sent.kind != "events_api":
                break
        sent.gave_up = not sent.is_acked
        self.state.changed()

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()


def body_of(sent: Sent) -> tuple[str, str]:
    """Body and content type."""
    if sent.kind == "slash_commands":
        return urlencode(sent.body), FORM
    if sent.kind == "interactive":
        return urlencode({"payload": json.dumps(sent.body)}), FORM
    return json.dumps(sent.body), JSON_TYPE


def payload_of(answer: Answer) -> JSON | None:
    """What an answer tells Slack to do."""
    if not answer.text:
        return None
    if answer.content_type == JSON_TYPE:
        with contextlib.suppress(ValueError):
            found = json.loads(answer.text)
            return found if isinstance(found, dict) else None
    return {"text": answer.text}
