"""Slack's Web API as the app itself: what trades a code or a refresh token for tokens."""

from __future__ import annotations

import base64
import logging
from typing import TYPE_CHECKING, Any

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

if TYPE_CHECKING:
    from slack_sdk.errors import SlackApiError
    from slack_sdk.web.async_slack_response import AsyncSlackResponse

TIMEOUT_S = 10
"""One request."""

UNREACHED = (aiohttp.ClientError, TimeoutError, OSError)
"""What the SDK raises where no answer came."""


class ExchangeClient(AsyncWebClient):
    """slack_sdk's client for `oauth.v2.access`. It retries nothing: a code and a refresh token work once."""

    def __init__(self, api_url: str) -> None:
        # the SDK's own logger shows answers, which hold tokens, to whoever turns on debugging
        quiet = logging.Logger("slack exchange", logging.WARNING)  # noqa: LOG001 - one that nobody can configure
        super().__init__(base_url=api_url, timeout=TIMEOUT_S, retry_handlers=[], logger=quiet)

    async def oauth_v2_access(
        self,
        *,
        client_id: str,
        client_secret: str,
        **arguments: Any,  # noqa: ANN401 - as the SDK's
    ) -> AsyncSlackResponse:
        """As the SDK's, which signs in by a class that aiohttp is about to drop."""
        signed = base64.b64encode(f"{client_id}:{client_secret}".encode()).decode()  # RFC 7617
        return await self.api_call(
            "oauth.v2.access",
            data={name: value for name, value in arguments.items() if value is not None},
            headers={"Authorization": f"Basic {signed}"},
        )


def code_of(error: SlackApiError) -> str:
    """Slack's word for a refusal, "" where the answer was none of Slack's: the SDK then hands over HTTP's instead."""
    data = getattr(error.response, "data", None)
    return str(data.get("error") or "") if isinstance(data, dict) else ""
