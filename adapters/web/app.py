"""The web app: the archive to read, health, and the routes that other rooms bring, behind one guard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.routing import Route

from adapters.web.api import Api
from adapters.web.asking import Asking
from adapters.web.cards import Cards
from adapters.web.digests import Digests
from adapters.web.doors import Doors
from adapters.web.feeds import Feeds
from adapters.web.front import Front
from adapters.web.guard import Guard
from adapters.web.health import health_routes
from adapters.web.items import Items
from adapters.web.memory import Memory
from adapters.web.rates import AT_ONCE, Rates
from adapters.web.refusing import refusal
from adapters.web.robots import Robots
from adapters.web.search import Search
from adapters.web.sign_in import SignIn
from adapters.web.site import Site, static
from adapters.web.topics import Topics

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from adapters.web.archive import Archive
    from adapters.web.health import Readiness

STATIC: Final = {
    "style.css": "text/css",
    "site.js": "text/javascript",
    "ask.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
"""What pages load, and its media type."""

PAGES: Final = (Api, Robots, Feeds, Cards, Search, Asking, Items, Topics, Digests, Front)
"""Those whose addresses begin alike come in the order in which they are looked at."""

_A_YEAR: Final = "public, max-age=31536000, immutable"
_PER_SECOND: Final = 20.0
_GUESSES: Final = (1 / 30, 5)
"""A second and at once: of a token of 32 characters nobody comes to an end."""


def web_app(
    *,
    archive: Archive,
    readiness: Readiness,
    extra_routes: Iterable[BaseRoute] = (),
    site: Site | None = None,
    doors: Doors | None = None,
    rates: Rates | None = None,
) -> Starlette:
    """The app. extra_routes: looked at before our own. site: at the root and in English where it is not given. doors:
    nobody signs in without any. rates: of visitors."""
    site = site or Site()
    doors = doors or Doors()

    async def refused(request: Request, error: Exception) -> Response:
        status, headers = (
            (error.status_code, error.headers) if isinstance(error, HTTPException) else (500, None)
        )
        return refusal(request, site, status, headers)

    app = Starlette(
        routes=[
            *extra_routes,
            *health_routes(readiness),
            Route("/static/{name}", serve_static),
            *SignIn(doors, Rates(*_GUESSES), site).routes(),
            *(route for pages in PAGES for route in pages(archive, site).routes()),
        ],
        middleware=[
            Middleware(Guard, site=site, doors=doors, rates=rates or Rates(_PER_SECOND, AT_ONCE)),
            Middleware(Memory, archive=archive),
        ],
        exception_handlers={HTTPException: refused},
    )
    app.router.redirect_slashes = False  # it would send people wherever their Host header says
    return app


async def serve_static(request: Request) -> Response:
    """A file that pages load, by its `name`. Raises HTTPException 404."""
    name = request.path_params["name"]
    if name not in STATIC:
        raise HTTPException(404)
    return Response(static(name), media_type=STATIC[name], headers={"Cache-Control": _A_YEAR})
