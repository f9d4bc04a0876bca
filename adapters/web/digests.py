"""Kept digests: each as a page, as Markdown, JSON and a chart, and the lists of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import structlog
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from adapters import charts
from adapters.web.visitors import preferred
from summarizer import languages
from summarizer.activity import activity
from summarizer.chart import chart
from summarizer.digests import Digest
from summarizer.escaping import fill
from summarizer.html import digest_html
from summarizer.languages import Language
from summarizer.markup import one_line
from summarizer.render import render
from summarizer.windows import moment_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from adapters.web.editions import Editions, Listed
    from adapters.web.site import Site

log = structlog.get_logger()

_REPO: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,38}/[A-Za-z0-9._-]{1,100}")
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,199}")
_FRESH: Final = "no-cache"
"""Kept by browsers, yet asked about each time: a digest may be corrected, and who may read it may change."""

_PATH: Final = "/{owner}/{name}/digests/{id}"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A digest as it was asked for. kept_in: the languages it is kept in."""

    digest: Digest
    language: Language
    kept_in: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Form:
    """A way to show a digest. made: called in a thread, since the largest take a tenth of a second."""

    suffix: str
    media_type: str
    made: Callable[[_Kept], str]


class Digests:
    """The routes of the digests that `editions` lets a visitor read."""

    def __init__(self, editions: Editions, site: Site) -> None:
        self._editions = editions
        self._site = site
        self._forms = (
            _Form(".md", "text/markdown", lambda kept: render(kept.digest, "md", kept.language)),
            _Form(".json", "application/json", lambda kept: render(kept.digest, "json", kept.language)),
            _Form("/activity.svg", "image/svg+xml", _chart),
            _Form("", "text/html", self._page),
        )

    def routes(self) -> list[BaseRoute]:
        """Those with a suffix come first: an id has dots as well."""
        return [
            Route("/", self._all),
            Route(f"{_PATH}/activity.png", self._png),
            *(Route(_PATH + form.suffix, self._endpoint(form)) for form in self._forms),
            Route("/{owner}/{name}", self._of_repo),
        ]

    # --- lists ---

    async def _all(self, request: Request) -> Response:
        language = self._site.language(request)
        rows = await self._editions.newest(None)
        return self._listing(rows, language, language.text("web.kept"), home="")

    async def _of_repo(self, request: Request) -> Response:
        repo = _repo(request)
        rows = await self._editions.newest(repo)
        if not rows:
            raise HTTPException(404)
        language = self._site.language(request)
        heading = language.text("web.kept_of", repo=rows[0].repo)
        return self._listing(rows, language, heading, home=self._site.list_url())

    def _listing(self, rows: Sequence[Listed], language: Language, heading: str, home: str) -> Response:
        page = fill(
            "editions.html.jinja",
            language=language,
            style_url=self._site.style_url,
            heading=heading,
            home=home,
            rows=[
                {
                    "url": self._site.digest_url(row.repo, row.id),
                    "title": one_line(row.title),
                    "repo": row.repo,
                    "moment": moment_label(row.at, "UTC"),
                    "languages": [
                        (
                            code,
                            languages.load(code).text("language.name"),
                            self._site.digest_url(row.repo, row.id, lang=code),
                        )
                        for code in row.languages
                    ],
                }
                for row in rows
            ],
        )
        return HTMLResponse(page, headers={"Cache-Control": _FRESH, "Vary": "Accept-Language"})

    # --- one digest ---

    def _endpoint(self, form: _Form) -> Callable[[Request], Awaitable[Response]]:
        async def shown(request: Request) -> Response:
            kept = await self._kept(request)
            body = (await asyncio.to_thread(form.made, kept)).encode()
            headers = _headers(body)
            return _unchanged(request, headers) or Response(body, 200, headers, form.media_type)

        return shown

    async def _png(self, request: Request) -> Response:
        svg = await asyncio.to_thread(_chart, await self._kept(request))
        headers = _headers(b"png " + svg.encode())
        if unchanged := _unchanged(request, headers):
            return unchanged  # and nothing is drawn
        try:
            return Response(await charts.png(svg), 200, headers, "image/png")
        except charts.ChartError as error:
            log.warning("chart not drawn", error=str(error))
            raise HTTPException(500) from error

    def _page(self, kept: _Kept) -> str:
        digest, site = kept.digest, self._site
        repo, lang = digest.facts.repo, kept.language.code
        told = activity(digest.facts)
        return digest_html(
            digest,
            kept.language,
            style_url=site.style_url,
            # the style sheet shows the one that fits
            chart_svg=chart(told, kept.language, "wide") + chart(told, kept.language, "narrow"),
            languages={code: site.digest_url(repo, digest.id, lang=code) for code in kept.kept_in},
            formats={
                "markdown": site.digest_url(repo, digest.id, ".md", lang),
                "json": site.digest_url(repo, digest.id, ".json", lang),
                "picture": site.digest_url(repo, digest.id, "/activity.png", lang),
            },
            home=site.list_url(),
        )

    async def _kept(self, request: Request) -> _Kept:
        """The digest that a path names. Raises HTTPException 404 alike for one that is not there and one that is
        refused."""
        repo, digest_id = _repo(request), request.path_params["id"]
        if not _ID.fullmatch(digest_id):
            raise HTTPException(404)
        kept_in = tuple(await self._editions.languages(repo, digest_id))
        if not kept_in:
            raise HTTPException(404)
        wanted = request.query_params.get("lang", "")
        if wanted not in kept_in:
            otherwise = self._site.lang if self._site.lang in kept_in else kept_in[0]
            wanted = preferred(request.headers.get("accept-language", ""), kept_in, otherwise)
        digest = await self._editions.open(repo, digest_id, wanted)
        if digest is None:
            raise HTTPException(404)
        return _Kept(digest, languages.load(digest.lang), kept_in)


def _chart(kept: _Kept) -> str:
    return chart(activity(kept.digest.facts), kept.language)


def _repo(request: Request) -> str:
    """The repository that a path names. Raises HTTPException 404 for what cannot be one."""
    repo = f"{request.path_params['owner']}/{request.path_params['name']}"
    if not _REPO.fullmatch(repo):
        raise HTTPException(404)
    return repo


def _headers(content: bytes) -> dict[str, str]:
    """content: what the response is made of, and nothing else."""
    return {
        "Cache-Control": _FRESH,
        "ETag": f'"{sha256(content).hexdigest()[:32]}"',
        "Vary": "Accept-Language",
    }


def _unchanged(request: Request, headers: Mapping[str, str]) -> Response | None:
    """304 where the visitor has it already. A proxy may have weakened the tag: RFC 9110, 13.1.2."""
    known = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
    return Response(status_code=304, headers=headers) if headers["ETag"] in tags else None
