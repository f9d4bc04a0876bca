"""Installing the Slack app in the browser: off to Slack, and back from there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import structlog
from starlette.responses import HTMLResponse, RedirectResponse
from starlette.routing import Route

from adapters.slack.manifest import INSTALL_PATH, REDIRECT_PATH
from adapters.slack.oauth import STATE_S
from summarizer.errors import BadInput, DigestError
from summarizer.escaping import fill

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from adapters.slack.oauth import Installing, Workspace
    from adapters.web.site import Site
    from summarizer.languages import Language

log = structlog.get_logger()

COOKIE: Final = "__Host-slack-install"
"""The prefix makes browsers take it from this host alone, over HTTPS, for every path (RFC 6265bis, 4.1.3.2)."""

_FRESH: Final = {"Cache-Control": "no-store"}

_ID: Final = re.compile(r"[A-Z0-9]{2,20}")


def slack_install_routes(installing: Installing, site: Site) -> list[BaseRoute]:
    """`/slack/install` leads to Slack's page that asks for leave; `/slack/oauth_redirect` is where Slack sends the
    browser afterwards, and tells what came of it."""

    async def install(_request: Request) -> Response:
        state = installing.new_state()
        response = RedirectResponse(installing.install_url(state), 302, _FRESH)
        response.set_cookie(
            COOKIE, state, max_age=STATE_S, path="/", secure=True, httponly=True, samesite="lax"
        )
        return response

    async def come_back(request: Request) -> Response:
        asked = request.query_params
        language = site.language(request)
        try:
            workspace = await installing.complete(
                asked.get("code", ""),
                asked.get("state", ""),
                cookie=request.cookies.get(COOKIE, ""),
                error=asked.get("error", ""),
            )
        except DigestError as problem:
            log.warning("slack app not installed", error=problem.key)
            return _refused(problem, site, language)
        response = _done(workspace, site, language)
        response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
        return response

    return [Route(INSTALL_PATH, install), Route(REDIRECT_PATH, come_back)]


def _done(workspace: Workspace, site: Site, language: Language) -> Response:
    page = fill(
        "slack_install.html.jinja",
        language=language,
        frame=site.frame(language, language.text("install.done")),
        head=language.text("install.done"),
        sentence=language.text("install.done_in", name=workspace.name),
        advice=language.text("install.done_next"),
        url=_app_url(workspace),
        label=language.text("install.open"),
    )
    return HTMLResponse(page, 200, _FRESH)


def _refused(problem: DigestError, site: Site, language: Language) -> Response:
    page = fill(
        "slack_install.html.jinja",
        language=language,
        frame=site.frame(language, language.text("install.failed")),
        head=language.text("install.failed"),
        sentence=language.problem(problem),
        advice="",
        url=f"{site.base}{INSTALL_PATH}",
        label=language.text("install.again"),
    )
    return HTMLResponse(page, 400 if isinstance(problem, BadInput) else 503, _FRESH)


def _app_url(workspace: Workspace) -> str:
    """The app in Slack (docs.slack.dev/interactivity/deep-linking); Slack itself for ids of another shape."""
    if not (_ID.fullmatch(workspace.app) and _ID.fullmatch(workspace.id)) or workspace.is_organisation:
        return "https://app.slack.com/client"
    return f"https://slack.com/app_redirect?app={workspace.app}&team={workspace.id}"
