"""The guard before every route: who comes and how often, headers that keep pages safe, a limit of what is read, and no
failure unanswered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from starlette.requests import ClientDisconnect, Request

from adapters.slack.manifest import EVENTS_PATH
from adapters.web.refusing import refusal
from adapters.web.site import LARGEST
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from adapters.web.doors import Doors
    from adapters.web.rates import Rates
    from adapters.web.site import Site

log = structlog.get_logger()

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""On every response that does not say otherwise itself. As cheatsheetseries.owasp.org, "HTTP Security Response
Headers", has them; nothing of ours is framed or loads anything from elsewhere."""

HIDDEN: Final = {"X-Robots-Tag": "noindex, nofollow"}
"""Where search engines may not have the site."""

SECURE: Final = {"Strict-Transport-Security": "max-age=31536000"}
"""Where it is reached over HTTPS."""


UNCOUNTED: Final = frozenset({"/healthz", "/readyz", EVENTS_PATH})
"""Paths that are not asked for by visitors."""


class _TooLarge(Exception):
    """More was sent than is read."""


class Guard:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, site: Site, doors: Doors, rates: Rates) -> None:
        self._app = app
        self._site = site
        self._doors = doors
        self._rates = rates
        told = {**HEADERS, **({} if site.is_indexed else HIDDEN), **(SECURE if doors.is_secure else {})}
        self._headers = [(name.lower().encode(), value.encode()) for name, value in told.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        peer = scope["client"][0] if scope.get("client") else ""
        visitor = scope["visitor"] = self._doors.visitor(peer, request.headers)
        is_started = False

        async def guarded(message: Message) -> None:
            nonlocal is_started
            if message["type"] == "http.response.start":
                is_started = True
                there = {name for name, _ in message["headers"]}
                more = [header for header in self._headers if header[0] not in there]
                message = {**message, "headers": [*message["headers"], *more]}
            await send(message)

        wait_s = 0 if scope["path"] in UNCOUNTED else self._rates.wait_s(visitor.address)
        if wait_s:
            await self._refuse(request, 429, {"Retry-After": str(wait_s)}, receive, guarded)
            return

        try:
            if _announced(request) > LARGEST:
                raise _TooLarge
            await self._app(scope, _limited(receive), guarded)
        except ClientDisconnect:
            return  # nobody is there to be answered
        except _TooLarge:
            status = 413
        except StoreError as error:
            log.warning("web request failed", path=scope["path"], error=error.key)
            status = 503
        except Exception:  # whatever it is: the visitor gets a sentence, the log all of it
            log.exception("web request failed", path=scope["path"])
            status = 500
        else:
            return
        if is_started:  # half a response: the connection has to end, or it would look whole
            raise ConnectionAbortedError
        # what is left of the request is not read
        await self._refuse(request, status, {"Connection": "close"}, receive, guarded)

    async def _refuse(
        self, request: Request, status: int, headers: dict[str, str], receive: Receive, send: Send
    ) -> None:
        await refusal(request, self._site, status, headers)(request.scope, receive, send)


def _announced(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0


def _limited(receive: Receive) -> Receive:
    """As `receive`, until the parts of the body exceed the limit."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > LARGEST:
            raise _TooLarge
        return message

    return counted
