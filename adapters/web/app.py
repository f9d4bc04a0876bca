"""The web app: health, kept digests, and the routes that other rooms bring, behind one guard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from adapters.web.digests import Digests
from adapters.web.guard import Guard
from adapters.web.health import health_routes
from adapters.web.site import Site, style

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from adapters.web.editions import Editions
    from adapters.web.health import Readiness

_A_YEAR = "public, max-age=31536000, immutable"


def web_app(
    *,
    editions: Editions,
    readiness: Readiness,
    extra_routes: Iterable[BaseRoute] = (),
    site: Site | None = None,
) -> Starlette:
    """The app. extra_routes: looked at before our own. site: at the root and in English where it is not given."""
    site = site or Site()

    async def refused(request: Request, error: Exception) -> Response:
        status, headers = (
            (error.status_code, error.headers) if isinstance(error, HTTPException) else (500, None)
        )
        return HTMLResponse(site.message(status, site.language(request)), status, headers)

    app = Starlette(
        routes=[
            *extra_routes,
            *health_routes(readiness),
            Route("/static/style.css", _style),
            *Digests(editions, site).routes(),
        ],
        middleware=[Middleware(Guard, site=site)],
        exception_handlers={HTTPException: refused},
    )
    app.router.redirect_slashes = False  # it would send people wherever their Host header says
    return app


async def _style(_request: Request) -> Response:
    return Response(style(), media_type="text/css", headers={"Cache-Control": _A_YEAR})
