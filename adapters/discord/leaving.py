"""Leaving: places where the bot can post no more, which Discord tells once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_delay, wait_exponential

from summarizer.errors import StoreError

if TYPE_CHECKING:
    from adapters.chat import Desk

FIRST_PAUSE_S: Final = 1.0
LONGEST_PAUSE_S: Final = 30.0
TRIED_FOR_S: Final = 600.0
"""For how long a store that is away is waited for. A place that is not written down is found by the next post there."""


async def left(desk: Desk, guild: int, channel: int = 0) -> None:
    """The bot is in a server no more, or a channel or thread of it is gone. Raises StoreError where nobody could write
    that down."""
    trying = AsyncRetrying(
        retry=retry_if_exception_type(StoreError),
        wait=wait_exponential(multiplier=FIRST_PAUSE_S, max=LONGEST_PAUSE_S),
        stop=stop_after_delay(TRIED_FOR_S),
        reraise=True,
    )
    await trying(desk.left, "discord", str(guild), str(channel or ""))
