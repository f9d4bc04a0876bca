"""One WebSocket of the gateway."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from tests.servers.discord import limits
from tests.servers.discord.compression import Plain

if TYPE_CHECKING:
    from aiohttp import web

    from tests.servers.discord.compression import Compressor
    from tests.servers.discord.records import JSON
    from tests.servers.discord.sessions import Session

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME = 0, 1, 2, 3, 4, 6
RECONNECT, MEMBERS, INVALID_SESSION, HELLO, ACK = 7, 8, 9, 10, 11


class Connection:
    """heartbeats: how many came. is_silent: nothing goes out any more. was_closed_here: by the server."""

    def __init__(self, socket: web.WebSocketResponse, http: web.Request, compress: Compressor) -> None:
        self.socket, self.http, self.compress = socket, http, compress
        self.session: Session | None = None
        self.heartbeats = 0
        self._taken: deque[float] = deque(maxlen=limits.SENT_A_MINUTE + 1)
        self.is_silent = False
        self.was_closed_here = False
        self._outbox: asyncio.Queue[JSON | int] = asyncio.Queue()

    def is_over_pace(self) -> bool:
        """Count something that came: whether there is too much of it."""
        self._taken.append(time.monotonic())
        return len(self._taken) > limits.SENT_A_MINUTE and self._taken[-1] - self._taken[0] < 60

    def send(self, payload: JSON) -> None:
        if not self.is_silent and not self.was_closed_here:
            self._outbox.put_nowait(payload)

    def tell(self, op: int, data: Any = None) -> None:  # noqa: ANN401 - any JSON
        """Send what is no event."""
        self.send({"op": op, "d": data, "s": None, "t": None})

    def close(self, code: int) -> None:
        """After what was sent already."""
        if not self.was_closed_here:
            self.was_closed_here = True
            self._outbox.put_nowait(code)

    def abort(self) -> None:
        """Cut it without a word."""
        self.was_closed_here = True
        if self.http.transport is not None:
            self.http.transport.abort()

    async def write(self) -> None:
        """Send what is to be sent until it is closed."""
        with contextlib.suppress(ConnectionError):
            while True:
                payload = await self._outbox.get()
                if isinstance(payload, int):
                    await self.socket.close(code=payload)
                    return
                text = json.dumps(payload, ensure_ascii=False)
                if isinstance(self.compress, Plain):
                    await self.socket.send_str(text)
                else:
                    await self.socket.send_bytes(self.compress.compress(text.encode()))
