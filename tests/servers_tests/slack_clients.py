"""The real SDK against the tests' Slack."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.servers.slack import APP_TOKEN, BOT_TOKEN

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable

    from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
    from slack_sdk.socket_mode.request import SocketModeRequest
    from slack_sdk.web.async_slack_response import AsyncSlackResponse

    from tests.servers.slack import SlackServer


def client(slack: SlackServer, token: str = BOT_TOKEN) -> AsyncWebClient:
    """Without retries: each request is one."""
    return AsyncWebClient(token=token, base_url=slack.url, retry_handlers=[])


async def refused(call: Awaitable[AsyncSlackResponse]) -> dict[str, Any]:
    """The body with which a call is refused."""
    with pytest.raises(SlackApiError) as refusal:
        await call
    body = refusal.value.response.data
    assert isinstance(body, dict)
    return body


async def error(call: Awaitable[AsyncSlackResponse]) -> str:
    """Slack's word for why a call is refused."""
    return str((await refused(call))["error"])


class Ear:
    """An app over Socket Mode. answers: whether it acknowledges, and with what payload, by the type of the envelope."""

    def __init__(self, socket: SocketModeClient) -> None:
        self.socket = socket
        self.heard: list[SocketModeRequest] = []
        self.is_answering = True
        self.payloads: dict[str, dict[str, Any]] = {}

    async def hear(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.heard.append(request)
        if self.is_answering:
            payload = self.payloads.get(request.type)
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, payload))


@asynccontextmanager
async def listening(slack: SlackServer) -> AsyncIterator[Ear]:
    socket = SocketModeClient(APP_TOKEN, web_client=client(slack, ""), ping_interval=0.1)
    ear = Ear(socket)
    socket.socket_mode_request_listeners.append(ear.hear)
    await socket.connect()  # type: ignore[no-untyped-call]
    try:
        yield ear
    finally:
        await socket.close()  # type: ignore[no-untyped-call]
