"""Signing in: the page where a visitor shows the shared token, and gets a cookie for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.routing import Route

from adapters.web.doors import COOKIE_S
from summarizer.escaping import fill

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from adapters.web.doors import Doors
    from adapters.web.rates import Rates
    from adapters.web.site import Site

_FRESH: Final = {"Cache-Control": "no-store"}


class SignIn:
    """`/sign-in` and `/sign-out`; neither is there where no token is shared. tries: how often a visitor may guess."""

    def __init__(self, doors: Doors, tries: Rates, site: Site) -> None:
        self._doors = doors
        self._tries = tries
        self._site = site

    def routes(self) -> list[BaseRoute]:
        if not self._doors.token:
            return []
        return [
            Route("/sign-in", self._show, methods=["GET"]),
            Route("/sign-in", self._enter, methods=["POST"]),
            Route("/sign-out", self._leave, methods=["POST"]),
        ]

    async def _show(self, request: Request) -> Response:
        return self._form(request, "", 200)

    async def _enter(self, request: Request) -> Response:
        _refuse_other_sites(request)
        try:
            form = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=10)
        except ValueError as error:  # more fields than any form of ours has
            raise HTTPException(400) from error
        wait_s = self._tries.wait_s(request.scope["visitor"].address)
        if wait_s:
            raise HTTPException(429, headers={"Retry-After": str(wait_s)})
        if not self._doors.fits(form.get("token", [""])[0].strip()):
            return self._form(request, "web.sign_in.wrong", 403)
        response = self._away(_path(form.get("next", [""])[0]))
        response.set_cookie(
            self._doors.cookie,
            self._doors.pass_for(),
            max_age=COOKIE_S,
            path="/",
            secure=self._doors.is_secure,
            httponly=True,
            samesite="lax",
        )
        return response

    async def _leave(self, request: Request) -> Response:
        _refuse_other_sites(request)
        response = self._away("")
        response.delete_cookie(
            self._doors.cookie, path="/", secure=self._doors.is_secure, httponly=True, samesite="lax"
        )
        return response

    def _away(self, path: str) -> RedirectResponse:
        return RedirectResponse(path or self._site.home_url(), 303, _FRESH)

    def _form(self, request: Request, problem: str, status: int) -> Response:
        language = self._site.language(request)
        page = fill(
            "sign_in.html.jinja",
            frame=self._site.frame(language, language.text("web.sign_in.title")),
            language=language,
            is_signed_in=request.scope["visitor"].is_signed_in,
            action=f"{self._site.base}/sign-in",
            leave=f"{self._site.base}/sign-out",
            next=_path(request.query_params.get("next", "")),
            problem=language.text(problem) if problem else "",
        )
        return HTMLResponse(page, status, _FRESH)


def _path(asked: str) -> str:
    """A path of this site, "" for whatever would lead out of it: browsers read "\\" and "//" as they like."""
    is_ours = asked.startswith("/") and not asked.startswith("//") and "\\" not in asked
    return asked if is_ours and asked.isprintable() else ""


def _refuse_other_sites(request: Request) -> None:
    """A form of another site signs nobody in or out. Raises HTTPException 403.

    Source: cheatsheetseries.owasp.org, "Cross-Site Request Forgery Prevention", on Fetch Metadata.
    """
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise HTTPException(403)
