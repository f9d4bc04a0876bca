"""Refusing: what is said where there is no page, as a page or, below /api/, as problem details (RFC 9457)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from starlette.responses import HTMLResponse, Response

from adapters.web.site import LARGEST

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from adapters.web.site import Site

API: Final = "/api/"
PROBLEM: Final = "application/problem+json"


def refusal(
    request: Request,
    site: Site,
    status: int,
    headers: Mapping[str, str] | None = None,
    *,
    detail: str = "",
    parameter: str = "",
) -> Response:
    """detail: a sentence in place of the one that the status has. parameter: the name of the one that is wrong."""
    language = site.language(request)
    told = {"Cache-Control": "no-store", **(headers or {})}
    if not request.scope["path"].startswith(API):
        return HTMLResponse(site.message(status, language), status, told)
    key = f"web.status.{status}"
    key = key if language.has(key) else "web.status.other"
    sentence = detail or language.text(key, status=status, mb=LARGEST // 1024**2)
    body = {"type": "about:blank", "status": status, "detail": sentence}
    body |= {"parameter": parameter} if parameter else {}
    return Response(json.dumps(body, ensure_ascii=False), status, told, PROBLEM)
