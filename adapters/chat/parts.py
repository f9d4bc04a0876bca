"""Parts: what is sent once, whoever asks for it and however often, in whichever process."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.chat.work import Handled

AT_IT_S: Final = 300
"""For how long nobody else sends a part that is being sent, or that may be there: time to look, and for the platform to
show it."""

SENT_S: Final = 7 * 24 * 3600  # as long as an on-demand digest can be opened


async def once(
    handled: Handled, part: str, send: Callable[[], Awaitable[object]], *, unsure: type[Exception]
) -> bool:
    """Send a part unless it was sent; whether it was sent now.

    unsure: the platform's error for what may be there, which is not sent again before the claim has lapsed. Raises what
    `send` raises; then the next one may try.
    """
    if not await handled.claim(part, AT_IT_S):
        return False
    try:
        await send()
    except (unsure, asyncio.CancelledError):
        raise
    except BaseException:
        await handled.release(part)
        raise
    await handled.extend(part, SENT_S)
    return True
