"""Requests: Slack's payloads over HTTP. A signature is good once."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog
from slack_bolt.async_app import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

from summarizer.errors import StoreError

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from adapters.chat.work import Handled

log = structlog.get_logger()

GOOD_FOR_S: Final = 600
"""A signature older than five minutes is refused; one from a clock that is ahead may come back a little later.

Source: docs.slack.dev/authentication/verifying-requests-from-slack
"""

ASK_S: Final = 0.5  # an acknowledgement does not wait for the store


@dataclass(frozen=True, slots=True)
class Response:
    """What the web server sends back."""

    status: int
    body: str
    headers: Mapping[str, str]


class Requests:
    """Checks each request and hands it to the app."""

    def __init__(self, app: AsyncApp, signing_secret: str, handled: Handled) -> None:
        self._app = app
        self._verifier = SignatureVerifier(signing_secret)
        self._handled = handled

    async def __call__(self, body: bytes, headers: Mapping[str, str]) -> Response:
        """200 for what was accepted, 400 for what cannot be read, 401 for a bad, an old or a replayed signature.

        headers: names in lower case.
        """
        if not self._is_signed(body, headers):
            log.warning("request without a good signature refused")
            return Response(401, "", {})
        if await self._is_replayed(headers["x-slack-signature"]):
            log.warning("replayed request refused")
            return Response(401, "", {})
        try:
            request = AsyncBoltRequest(body=body.decode("utf-8", "replace"), headers=dict(headers))
        except (
            ValueError,
            TypeError,
            AttributeError,
        ):  # what the SDK raises for a body that is none of Slack's
            log.warning("request that cannot be read refused")
            return Response(400, "", {})
        response = await self._app.async_dispatch(request)
        return Response(response.status, response.body or "", response.first_headers_without_set_cookie())

    def _is_signed(self, body: bytes, headers: Mapping[str, str]) -> bool:
        try:
            return self._verifier.is_valid_request(body, dict(headers))
        except (TypeError, ValueError):  # a time that is no number, a signature that is no ASCII
            return False

    async def _is_replayed(self, signature: str) -> bool:
        """It covers the time and the whole body, so that no two requests bear the same."""
        seen = hashlib.sha256(signature.encode()).hexdigest()
        try:
            async with asyncio.timeout(ASK_S):
                return not await self._handled.claim(f"slack signature {seen}", GOOD_FOR_S)
        except (StoreError, TimeoutError):
            log.warning("signature not remembered")
            return False  # its event is known by its id as well
