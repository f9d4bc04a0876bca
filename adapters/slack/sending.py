"""Sending: a message through a method that takes one, so that it arrives even where its blocks are refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from adapters.slack import limits
from adapters.slack.errors import BlocksRefused

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeVar

    from adapters.slack.blocks import Message

    T = TypeVar("T")

log = structlog.get_logger()


async def delivered(method: str, message: Message, send: Callable[[Message], Awaitable[T]]) -> T:
    """Send it; without its images if Slack says that it is they; at last its text alone, without blocks.

    A refusal of blocks means that nothing was posted, so that none of this posts twice. Raises SlackError.
    """
    message = replace(message, text=shortened(message.text))
    try:
        return await send(message)
    except BlocksRefused as error:
        log.warning("slack refused blocks", method=method, error=error.values["error"], file=error.names_file)
        if not message.blocks:
            raise
        drawn = tuple(block for block in message.blocks if block.get("type") != "image")
        if error.names_file and drawn and len(drawn) < len(message.blocks):
            return await delivered(method, replace(message, blocks=drawn), send)
        return await send(replace(message, blocks=()))


def shortened(text: str) -> str:
    """The text, cut between two words if it is too long to stand beside blocks."""
    most = limits.TEXT - 1
    if len(text) <= limits.TEXT:
        return text
    cut = max(text.rfind(" ", most // 2, most), text.rfind("\n", most // 2, most))
    return f"{text[: cut if cut > 0 else most]}…"
