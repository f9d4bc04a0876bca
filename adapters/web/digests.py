"""Kept digests: each as a page, as Markdown, JSON and a chart."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog
from starlette.exceptions import HTTPException
from starlette.routing import Route

from adapters import charts
from adapters.web.archive import Standing
from adapters.web.responding import page_of, standing_of, visitor_of
from summarizer import languages
from summarizer.activity import activity
from summarizer.chart import chart
from summarizer.digests import Digest
from summarizer.html import digest_html
from summarizer.languages import Language
from summarizer.markup import one_line
from summarizer.render import render

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from adapters.web.archive import Archive
    from adapters.web.site import Site

log = structlog.get_logger()

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,199}")

_PATH: Final = "/{owner}/{name}/digests/{id}"


@dataclass(frozen=True, slots=True)
class _Kept:
    """A digest as it was asked for. kept_in: the languages it is kept in."""

    standing: Standing
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
    """The routes of the digests that the archive lets a visitor read."""

    def __init__(self, archive: Archive, site: Site) -> None:
        self._archive = archive
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
            Route(f"{_PATH}/activity.png", self._png),
            *(Route(_PATH + form.suffix, self._endpoint(form)) for form in self._forms),
        ]

    def _endpoint(self, form: _Form) -> Callable[[Request], Awaitable[Response]]:
        async def shown(request: Request) -> Response:
            kept = await self._kept(request)
            body = await asyncio.to_thread(form.made, kept)
            return page_of(request, body, form.media_type, standing=kept.standing, of_archive=True)

        return shown

    async def _png(self, request: Request) -> Response:
        kept = await self._kept(request)
        svg = await asyncio.to_thread(_chart, kept)
        try:
            picture = await charts.png(svg)
        except charts.ChartError as error:
            log.warning("chart not drawn", error=str(error))
            raise HTTPException(500) from error
        return page_of(
            request,
            picture,
            "image/png",
            standing=kept.standing,
            of_archive=True,
            made_of=b"png " + svg.encode(),
        )

    def _page(self, kept: _Kept) -> str:
        digest, site = kept.digest, self._site
        repo, lang = digest.facts.repo, kept.language.code
        told = activity(digest.facts)
        return digest_html(
            digest,
            kept.language,
            frame=site.frame(kept.language, one_line(digest.title), repo=repo),
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
        standing = await standing_of(request, self._archive)
        repo, digest_id, visitor = standing.repo, request.path_params["id"], visitor_of(request)
        if not _ID.fullmatch(digest_id):
            raise HTTPException(404)
        kept_in = tuple(await self._archive.languages(repo, digest_id, visitor))
        if not kept_in:
            raise HTTPException(404)
        wanted = request.query_params.get("lang", "")
        if wanted not in kept_in:
            wanted = self._site.accepted(request, kept_in)
        digest = await self._archive.open(repo, digest_id, wanted, visitor)
        if digest is None:
            raise HTTPException(404)
        return _Kept(standing, digest, languages.load(digest.lang), kept_in)


def _chart(kept: _Kept) -> str:
    return chart(activity(kept.digest.facts), kept.language)
