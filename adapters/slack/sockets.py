"""Socket Mode: Slack's payloads over a websocket that we open, so that the bot needs no address of its own."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Final

import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.errors import SlackApiError

from adapters.slack.errors import SlackError

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

log = structlog.get_logger()

PING_S: Final = 5.0
"""How often the connection is tried; a lost one is noticed, and opened anew, within that time."""


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
        """Listen until cancelled. Raises SlackError where Slack does not let us."""
        logger = logging.getLogger("vllm-digest.slack.socket")
        logger.setLevel(logging.ERROR)
        handler = AsyncSocketModeHandler(self._app, self._token, logger=logger, ping_interval=PING_S)
        try:
            try:
                await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK has no types for it
            except SlackApiError as error:
                raise SlackError("slack.socket", error=str(error.response.get("error"))) from None
            self._handler = handler
            log.info("slack connected")
            await asyncio.Event().wait()
        finally:
            self._handler = None
            await handler.close_async()  # type: ignore[no-untyped-call]
