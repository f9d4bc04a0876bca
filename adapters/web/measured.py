"""Measuring: each request of the web is counted by the kind of its page, is a span, and names itself in the log."""

from __future__ import annotations

import re
import time
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from structlog.contextvars import bound_contextvars

from adapters import metrics
from adapters.metrics import table
from adapters.tracing import span

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

OTHER: Final = "other"

_PLAIN: Final = frozenset({"healthz", "readyz", "metrics", "about", "robots.txt", "sitemap.xml"})
_FIRST: Final = frozenset({"static", "api", "slack", "sign-in", "sign-out"})
_OF_REPO: Final = frozenset({"digests", "items", "topics", "search", "ask", "feeds"})
_NAME: Final = re.compile(r"[A-Za-z0-9._-]{1,100}")
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS"})


class Measured:
    """The app, measured."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        route, begun = route_of(scope["path"]), time.monotonic()
        method = scope["method"] if scope["method"] in _METHODS else "_OTHER"
        with (
            bound_contextvars(request=token_hex(4)),
            span(
                f"{method} {route}", kind="server", http__request__method=method, http__route=route
            ) as request,
        ):
            try:
                await self._app(scope, receive, noted)
            finally:
                request.note(http__response__status_code=status)
                metrics.count(table.WEB_REQUESTS, route=route, status=str(status))
                metrics.observe(table.WEB_SECONDS, time.monotonic() - begun, route=route)


def route_of(path: str) -> str:
    """The kind of page at an address: one of a few, whatever visitors come up with."""
    first, *rest = path.strip("/").split("/")
    if not first:
        return "home"
    if not rest:
        return first if first in _PLAIN | _FIRST else OTHER
    if first in _FIRST:
        return first
    if not (_NAME.fullmatch(first) and _NAME.fullmatch(rest[0])):
        return OTHER
    if len(rest) == 1:
        return "front"
    if rest[1] not in _OF_REPO:
        return OTHER
    if rest[1] == "digests" and rest[-1].endswith((".svg", ".png")):
        return "pictures"
    if rest[1] == "digests":
        return "digests" if len(rest) == 2 else "digest"
    return rest[1]
