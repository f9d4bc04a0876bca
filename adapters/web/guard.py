"""The guard before every route: headers that keep pages safe, a limit of what is read, and no failure unanswered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse

from adapters.web.site import LARGEST
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from adapters.web.site import Site

log = structlog.get_logger()

HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}
"""On every response that does not say otherwise itself. As cheatsheetseries.owasp.org, "HTTP Security Response
Headers", has them; nothing of ours runs a script, sends a form or is framed."""


class _TooLarge(Exception):
    """More was sent than is read."""


class Guard:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, site: Site) -> None:
        self._app = app
        self._site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        is_started = False

        async def guarded(message: Message) -> None:
            nonlocal is_started
            if message["type"] == "http.response.start":
                is_started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

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
        page = self._site.message(status, self._site.language(request))
        # what is left of the request is not read
        await HTMLResponse(page, status, {"Connection": "close"})(scope, receive, guarded)


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
