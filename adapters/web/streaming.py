"""Streaming: a response in parts, each sent as soon as it is there, for as long as somebody waits for it."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator

    from starlette.types import Receive, Scope, Send

UNBUFFERED: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
"""Neither kept nor held back. Source: nginx.org, "ngx_http_proxy_module", proxy_buffering."""

EVENTS: Final = "text/event-stream"

ALIVE_S: Final = 15.0
"""After so long without a word one is sent that says nothing: proxies close connections that seem idle."""

ALIVE: Final = ": \n\n"


class Streamed(Response):
    """A response whose parts come one by one. When the visitor goes away, what makes them is cancelled."""

    def __init__(self, parts: AsyncGenerator[str, None], media_type: str) -> None:
        super().__init__(media_type=media_type, headers=UNBUFFERED)
        del self.headers["content-length"]
        self._parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        tasks = {asyncio.create_task(self._sent(send)), asyncio.create_task(_gone(receive))}
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
        for task in done:
            task.result()

    async def _sent(self, send: Send) -> None:
        async with aclosing(self._parts) as parts:
            async for part in parts:
                await send({"type": "http.response.body", "body": part.encode(), "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def event(name: str, data: str) -> str:
    """A server-sent event. Source: html.spec.whatwg.org, "Interpreting an event stream"."""
    lines = "\n".join(f"data: {line}" for line in data.splitlines() or [""])
    return f"event: {name}\n{lines}\n\n"


class Feed:
    """What waits to be sent: of each kind of event the newest alone, for each takes the place of the one before."""

    def __init__(self) -> None:
        self._waiting: dict[str, str] = {}
        self._moved = asyncio.Event()

    def put(self, name: str, data: str) -> None:
        self._waiting.pop(name, None)
        self._waiting[name] = data
        self._moved.set()

    async def until(self, last: str) -> AsyncGenerator[str, None]:
        """Events as they come, up to the first of that name."""
        while True:
            try:
                async with asyncio.timeout(ALIVE_S):
                    await self._moved.wait()
            except TimeoutError:
                yield ALIVE
                continue
            self._moved.clear()
            for name, data in self._taken():
                yield event(name, data)
                if name == last:
                    return

    def _taken(self) -> Iterator[tuple[str, str]]:
        while self._waiting:
            name = next(iter(self._waiting))
            yield name, self._waiting.pop(name)
