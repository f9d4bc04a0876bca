"""How far this machine's clock is from a server's. Signatures of Slack's and GitHub Apps' keys end within minutes."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Callable

TIMEOUT_S = 10.0


async def ahead_s(url: str, now: Callable[[], float] = time.time) -> float | None:
    """Seconds that our clock is ahead of the server's at `url`, to about a second, negative where it is behind; None
    where it cannot be had. now: our clock, seconds since 1970."""
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT_S) as client:
            before = now()
            reply = await client.head(url)
            middle = (before + now()) / 2
        told = parsedate_to_datetime(reply.headers.get("date", "")).timestamp()  # RFC 9110, 6.6.1
    except (httpx.HTTPError, ValueError):
        return None
    # a date tells whole seconds: half a second is cut off on average
    return middle - (told + 0.5)
