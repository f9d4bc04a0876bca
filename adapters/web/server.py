"""The web server: uvicorn as one task among others in the process's event loop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from typing import TYPE_CHECKING, Final

import uvicorn

from summarizer.errors import NotConfigured

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from starlette.types import ASGIApp

_PATIENCE_S: Final = 5
"""So long a stopping server waits for requests that are being answered."""
_BACKLOG: Final = 1024
_LONGEST_HEAD: Final = 16 * 1024
"""Bytes of a request's line and headers."""
_AT_ONCE: Final = 1_000
"""Connections, whether they ask for something or only stay open; who comes then is told to come back (503)."""


class _Uvicorn(uvicorn.Server):
    """Uvicorn that leaves the signals to the process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def unnoticed(_port: int) -> None:
    """For who knows the port already."""


async def serve(
    app: ASGIApp, host: str, port: int, *, listening: Callable[[int], object] = unnoticed
) -> None:
    """Serve until cancelled; requests that are being answered then get some seconds to end.

    port: 0 takes a free one. listening: told the port once requests are accepted.
    Raises NotConfigured "web.port_taken", "web.cannot_listen".
    """
    with await asyncio.to_thread(_listener, host, port) as listener:
        server = _Uvicorn(
            uvicorn.Config(
                app,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # the doors decide who is believed
                limit_concurrency=_AT_ONCE,
                h11_max_incomplete_event_size=_LONGEST_HEAD,
                timeout_graceful_shutdown=_PATIENCE_S,
            )
        )
        serving = asyncio.create_task(server.serve([listener]))
        try:
            # the socket listens already: what comes before uvicorn accepts waits in its backlog
            listening(listener.getsockname()[1])
            await asyncio.shield(serving)
        finally:
            server.should_exit = True
            await serving


def _listener(host: str, port: int) -> socket.socket:
    """A socket that listens there. Raises NotConfigured."""
    listener: socket.socket | None = None
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        # by name of its protocol: only then does asyncio send each part at once instead of after the peer's next word
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        if listener is not None:
            listener.close()
        if error.errno == errno.EADDRINUSE:
            raise NotConfigured("web.port_taken", host=host, port=port) from error
        reason = error.strerror or type(error).__name__
        raise NotConfigured("web.cannot_listen", host=host, port=port, reason=reason) from error
    return listener
