"""Metrics: the page that Prometheus reads, for those who may."""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final, Protocol, TypeAlias

from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

if TYPE_CHECKING:
    from starlette.requests import Request
Routes: TypeAlias = list[BaseRoute]

PATH: Final = "/metrics"

_FRESH: Final = {"Cache-Control": "no-store"}
_FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


class Scraping(Protocol):
    """What is told there."""

    async def __call__(self, *, with_names: bool) -> bytes:
        """In Prometheus's text format. with_names: whether the names of private repositories are told."""
        ...


def metrics_routes(scraping: Scraping, *, token: str, is_open: bool, media_type: str) -> Routes:
    """`/metrics`. token: who brings it may know everything; "" for none. Without one it is there only where it is open,
    and for who did not come through a proxy; all others find nothing."""

    async def told(request: Request) -> Response:
        if token:
            if not _brings(request, token):
                raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer realm="metrics"'})
        elif not is_open or any(name in request.headers for name in _FORWARDED):
            raise HTTPException(404)
        body = await scraping(with_names=bool(token))
        return Response(body, headers={**_FRESH, "Content-Type": media_type})

    return [Route(PATH, told)]


def is_loopback(host: str) -> bool:
    """Whether nobody from elsewhere reaches a server that listens there."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _brings(request: Request, token: str) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    # bytes: whoever sends what is no ASCII is refused, and not answered with a bug
    same = hmac.compare_digest(given.strip().encode("utf-8", "surrogateescape"), token.encode())
    return scheme.lower() == "bearer" and same
