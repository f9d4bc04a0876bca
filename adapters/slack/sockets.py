"""Socket Mode: Slack's payloads over a websocket that we open, so that the bot needs no address of its own."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Final

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError

from adapters.slack.errors import SlackError

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

log = structlog.get_logger()

PING_S: Final = 5.0
"""How often the connection is tried; a lost one is noticed, and opened anew, within that time."""


LOST_S: Final = 60.0
"""How long the SDK may try to open a lost connection anew: it does so for ever, and with the same address."""


class Sockets:
    """One connection, renewed by the SDK whenever Slack or the network ends it."""

    def __init__(self, app: AsyncApp, app_token: str) -> None:
        self._app = app
        self._token = app_token
        self._handler: AsyncSocketModeHandler | None = None

    async def is_ready(self) -> bool:
        """Whether Slack can reach us at this moment."""
        return self._handler is not None and await self._handler.client.is_connected()

    async def run(self) -> None:
        """Listen until cancelled. Raises SlackError where Slack does not let us, or cannot be reached."""
        logger = logging.getLogger("vllm-digest.slack.socket")
        logger.setLevel(logging.CRITICAL)  # its errors quote addresses, which let in whoever knows them
        handler = AsyncSocketModeHandler(self._app, self._token, logger=logger, ping_interval=PING_S)
        try:
            try:
                # itself it would ask for ever, whatever the answer
                handler.client.wss_uri = await handler.client.issue_new_wss_url()
                async with asyncio.timeout(LOST_S):
                    await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK has no types for it
            except SlackApiError as error:
                raise SlackError("slack.socket", error=str(error.response.get("error"))) from None
            except (aiohttp.ClientError, TimeoutError, OSError):
                raise SlackError("slack.unreachable") from None
            self._handler = handler
            log.info("slack connected")
            await self._until_lost()
        finally:
            self._handler = None
            await handler.close_async()  # type: ignore[no-untyped-call]

    async def _until_lost(self) -> None:
        """Watch. Raises SlackError once the connection has been away for too long."""
        connected_at = time.monotonic()
        while time.monotonic() - connected_at < LOST_S:
            await asyncio.sleep(PING_S)
            if await self.is_ready():
                connected_at = time.monotonic()
        raise SlackError("slack.unreachable")
