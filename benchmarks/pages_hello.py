"""The named alternative of the pages: a starlette app that says hello, on the very server that serves them.

`python -m benchmarks.pages_hello` prints its port and serves until its stdin closes.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from adapters.web.server import serve

if TYPE_CHECKING:
    from starlette.requests import Request


async def hello(_request: Request) -> PlainTextResponse:
    """Say it."""
    return PlainTextResponse("hello")


async def main() -> None:
    """Serve until stdin closes."""
    app = Starlette(routes=[Route("/", hello)])
    serving = asyncio.create_task(serve(app, "127.0.0.1", 0, listening=lambda port: print(port, flush=True)))
    await asyncio.to_thread(sys.stdin.read)
    serving.cancel()
    await asyncio.wait((serving,))


if __name__ == "__main__":
    asyncio.run(main())
