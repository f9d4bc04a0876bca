"""The named alternative: a bare bot on the same SDK, which acknowledges a command and says it back, or answers with a
message that it has ready."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from slack_bolt.context.ack.async_ack import AsyncAck
    from slack_bolt.context.respond.async_respond import AsyncRespond

    from adapters.slack.blocks import Message

COMMAND = "/vllm-digest"


@asynccontextmanager
async def echo_bot(
    url: str, *, bot_token: str, app_token: str, ready: Message | None = None
) -> AsyncIterator[None]:
    """Connected over Socket Mode until the block ends. url: of the Web API. ready: the answer, else the echo."""
    logger = logging.getLogger("benchmarks.echo")
    logger.setLevel(logging.ERROR)
    app = AsyncApp(client=AsyncWebClient(token=bot_token, base_url=url), logger=logger)

    @app.command(COMMAND)
    async def echo(ack: AsyncAck, respond: AsyncRespond, command: dict[str, Any]) -> None:
        await ack()
        if ready is None:
            await respond(command["text"])
        else:
            await respond(ready.text, blocks=ready.blocks)

    handler = AsyncSocketModeHandler(app, app_token, logger=logger)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK has no types for it
    try:
        yield
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
