"""Health: whether the process is alive, and whether it can do its work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

import structlog
from starlette.responses import JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.routing import BaseRoute

log = structlog.get_logger()

_FRESH: Final = {"Cache-Control": "no-store"}

TOLD_ONLY: Final = frozenset({"room"})
"""Checks that keep nobody from asking: without room for more, what is there is told all the same."""


class Readiness(Protocol):
    """Tells what the process needs, and whether it is there."""

    async def ready(self) -> Mapping[str, bool]:
        """The name of each check, and whether it passed."""
        ...


def health_routes(readiness: Readiness) -> list[BaseRoute]:
    """`/healthz`: 200 while the event loop turns. `/readyz`: 200 when every check passed that matters, else 503."""

    async def healthz(_request: Request) -> JSONResponse:
        return JSONResponse({"alive": True}, headers=_FRESH)

    async def readyz(_request: Request) -> JSONResponse:
        try:
            checks = dict(await readiness.ready())
        except Exception:  # a check that fails is what is asked about, whatever it failed of
            log.exception("readiness unknown")
            return JSONResponse({"ready": False, "checks": {}}, 503, _FRESH)
        is_ready = all(passed for name, passed in checks.items() if name not in TOLD_ONLY)
        return JSONResponse({"ready": is_ready, "checks": checks}, 200 if is_ready else 503, _FRESH)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]
