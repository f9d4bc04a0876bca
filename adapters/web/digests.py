"""Kept digests: each as a page, as Markdown, JSON and pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import structlog
from starlette.exceptions import HTTPException
from starlette.routing import Route

from adapters import charts
from adapters.web.archive import Listed, Standing
from adapters.web.responding import digest_of, page_of, standing_of, visitor_of
from adapters.web.site import asked_language
from adapters.web.ways import feeds, language_of
from summarizer import languages, pages, pictures
from summarizer.digests import Digest
from summarizer.facts import LIST_NAMES
from summarizer.html import Drawn, Neighbour, Ways, digest_html, list_html
from summarizer.languages import Language
from summarizer.markup import one_line
from summarizer.render import render

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from adapters.web.archive import Archive, Visitor
    from adapters.web.site import Frame, Site
    from summarizer.plot import Shape
    from summarizer.windows import Edition

log = structlog.get_logger()

LISTS: Final = (*LIST_NAMES, "releases")

_PATH: Final = "/{owner}/{name}/digests/{id}"
_AROUND: Final[dict[Edition, timedelta]] = {
    "daily": timedelta(days=8),
    "weekly": timedelta(days=22),
    "monthly": timedelta(days=70),
    "release": timedelta(days=200),
}
"""How far from a digest its neighbours are looked for."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A digest as it was asked for. lang: that the address asks for, "" for none. kept_in: the languages it is kept in.
    older, newer: its neighbours, where the page tells them."""

    standing: Standing
    digest: Digest
    language: Language
    lang: str
    kept_in: tuple[str, ...]
    older: Listed | None = None
    newer: Listed | None = None


_FORMATS: Final = {"markdown": ".md", "json": ".json", "picture": "/activity.png"}


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
        )

    def routes(self) -> list[BaseRoute]:
        """Those with a suffix come first: an id has dots as well."""
        drawings: list[BaseRoute] = [
            route
            for name in pictures.NAMES
            for path in ([f"/charts/{name}", f"/{name}"] if name == "activity" else [f"/charts/{name}"])
            for route in (
                Route(f"{_PATH}{path}.svg", self._endpoint(_Form("", "image/svg+xml", _drawing(name)))),
                Route(f"{_PATH}{path}.png", self._png(name)),
            )
        ]
        return [
            *drawings,
            *(Route(_PATH + form.suffix, self._endpoint(form)) for form in self._forms),
            Route(f"{_PATH}/lists/{{list}}", self._list),
            Route(_PATH, self._page),
        ]

    def _endpoint(self, form: _Form) -> Callable[[Request], Awaitable[Response]]:
        async def shown(request: Request) -> Response:
            kept = await self._kept(request)
            body = await asyncio.to_thread(form.made, kept)
            return page_of(request, body, form.media_type, standing=kept.standing, of_archive=True)

        return shown

    def _png(self, name: str) -> Callable[[Request], Awaitable[Response]]:
        async def shown(request: Request) -> Response:
            kept = await self._kept(request)
            svg = await asyncio.to_thread(_drawing(name), kept)
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

        return shown

    async def _page(self, request: Request) -> Response:
        kept = await self._kept(request, with_neighbours=True)
        body = await asyncio.to_thread(self._whole, kept)
        return page_of(request, body, standing=kept.standing, of_archive=True)

    async def _list(self, request: Request) -> Response:
        name = request.path_params["list"]
        if name not in LISTS:
            raise HTTPException(404)
        kept = await self._kept(request)
        body = await asyncio.to_thread(self._one_list, kept, name)
        if not body:
            raise HTTPException(404)
        return page_of(request, body, standing=kept.standing, of_archive=True)

    def _whole(self, kept: _Kept) -> str:
        facts, language = kept.digest.facts, kept.language
        drawn = []
        for place, each in enumerate(pictures.pictures(facts, language)):
            # of the first, the style sheet shows the shape that fits; the others stand beside each other
            shapes: tuple[Shape, ...] = ("narrow",) if place else ("wide", "narrow")
            svg = "".join(pictures.draw(each.name, facts, language, shape) for shape in shapes)
            is_linked = place and not self._site.is_static  # a file each would be many
            url = self._url(kept, f"/charts/{each.name}.png") if is_linked else ""
            drawn.append(Drawn(each.title, svg, url))
        return digest_html(
            kept.digest, language, frame=self._frame(kept), pictures=drawn, ways=self._ways(kept)
        )

    def _one_list(self, kept: _Kept, name: str) -> str:
        frame = self._frame(kept, f"/lists/{name}")
        return list_html(kept.digest, kept.language, name, frame=frame, ways=self._ways(kept))

    def _frame(self, kept: _Kept, suffix: str = "") -> Frame:
        digest, site, repo = kept.digest, self._site, kept.standing.repo
        urls = {code: site.digest_url(repo, digest.id, suffix, code) for code in kept.kept_in}
        return site.frame(
            kept.language,
            one_line(digest.title),
            repo=repo,
            lang=kept.lang,
            address=site.digest_url(repo, digest.id, suffix),
            description=one_line(pages.header(digest, kept.language)[1]),
            image=site.absolute(site.digest_url(repo, digest.id, "/card.png", kept.language.code)),
            others=site.others(kept.language, urls),
            feeds=feeds(site, repo, kept.language, "all", digest.edition),
        )

    def _ways(self, kept: _Kept) -> Ways:
        return Ways(
            page=lambda suffix: self._url(kept, suffix),
            item=lambda number: self._site.item_url(kept.standing.repo, number, kept.lang),
            formats={name: self._url(kept, _FORMATS[name]) for name in self._site.formats},
            older=self._neighbour(kept.older, kept),
            newer=self._neighbour(kept.newer, kept),
        )

    def _url(self, kept: _Kept, suffix: str) -> str:
        """In the language that is shown: whoever passes it on has what they saw."""
        return self._site.digest_url(kept.standing.repo, kept.digest.id, suffix, kept.language.code)

    def _neighbour(self, listed: Listed | None, kept: _Kept) -> Neighbour | None:
        if listed is None:
            return None
        lang = language_of(listed, kept.language.code)
        url = self._site.digest_url(listed.repo, listed.id, lang=lang if kept.lang else "")
        return Neighbour(url, one_line(listed.titles[lang]), lang)

    async def _kept(self, request: Request, *, with_neighbours: bool = False) -> _Kept:
        """The digest that a path names. Raises HTTPException 404 alike for one that is not there and one that is
        refused."""
        standing = await standing_of(request, self._archive)
        digest, kept_in = await digest_of(request, self._archive, self._site, standing)
        older, newer = (
            await self._neighbours(digest, visitor_of(request)) if with_neighbours else (None, None)
        )
        lang = asked_language(request)
        return _Kept(standing, digest, languages.load(digest.lang), lang, kept_in, older, newer)

    async def _neighbours(self, digest: Digest, visitor: Visitor) -> tuple[Listed | None, Listed | None]:
        """The digests of the same edition and filters whose windows ended just before and just after."""
        repo, end, around = digest.facts.repo, digest.facts.window.until, _AROUND[digest.edition]
        near = await self._archive.newest(repo, visitor, since=end - around, until=end + around, limit=1_000)
        own = next((each for each in near if each.id == digest.id), None)
        alike = [
            each
            for each in near
            if each.edition == digest.edition and own is not None and each.filters == own.filters
        ]
        older = next((each for each in alike if each.until < end), None)
        newer = next((each for each in reversed(alike) if each.until > end), None)
        return older, newer


def _drawing(name: str) -> Callable[[_Kept], str]:
    return lambda kept: pictures.draw(name, kept.digest.facts, kept.language)
