"""What crawlers may have: robots.txt (RFC 9309), and the map of the site (sitemaps.org).

A site that search engines may not have forbids all of it; the header that the guard sends says the same of each page.
The map names what everybody may read, whoever asks for it.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.routing import Route

from adapters.web.archive import ANYBODY
from adapters.web.responding import page_of
from adapters.web.walking import walk
from summarizer.escaping import fill

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from adapters.web.archive import Archive, Standing
    from adapters.web.site import Site

MOST: Final = 50_000
"""Addresses that a map may have."""

BATCH: Final = 500

FORBIDDEN: Final = ("/api/", "/metrics", "/sign-in", "/*/*/search", "/*/*/ask")
"""What costs more than it tells a search engine. A star stands for anything."""


@dataclass(frozen=True, slots=True)
class _Place:
    """An address of the map. changed: a day and a time as W3C writes them, "" unknown."""

    url: str
    changed: str = ""


class Robots:
    """Its routes, over what the archive lets anybody read."""

    def __init__(self, archive: Archive, site: Site) -> None:
        self._archive = archive
        self._site = site
        self._made: tuple[tuple[tuple[str, str], ...], str] = ((), "")

    def routes(self) -> list[BaseRoute]:
        return [Route("/robots.txt", self._robots), Route("/sitemap.xml", self._sitemap)]

    async def _robots(self, request: Request) -> Response:
        site = self._site
        if not site.is_indexed:
            lines = ["User-agent: *", "Disallow: /"]
        else:
            forbidden = () if site.is_static else FORBIDDEN
            lines = ["User-agent: *", *(f"Disallow: {site.base}{path}" for path in forbidden), "Allow: /"]
            if site.origin:
                lines += ["", f"Sitemap: {site.absolute(f'{site.base}/sitemap.xml')}"]
        return page_of(request, "\n".join([*lines, ""]), "text/plain")

    async def _sitemap(self, request: Request) -> Response:
        """Raises HTTPException 404 where search engines may not have the site, or nobody knows where it is."""
        if not (self._site.is_indexed and self._site.origin):
            raise HTTPException(404)
        standings = [each for each in await self._archive.repos(ANYBODY) if each.is_public]
        made_of = tuple((each.repo, each.archive) for each in standings)
        if self._made[0] != made_of or not self._made[1]:
            places = [_Place(self._site.absolute(self._site.home_url()))]
            for standing in standings:
                async for place in self._places(standing):
                    if len(places) == MOST:
                        break
                    places.append(place)
            self._made = (made_of, await asyncio.to_thread(fill, "sitemap.xml.jinja", places=places))
        return page_of(request, self._made[1], "application/xml")

    async def _places(self, standing: Standing) -> AsyncIterator[_Place]:
        site, repo = self._site, standing.repo
        yield _Place(site.absolute(site.list_url(repo)))
        yield _Place(site.absolute(site.archive_url(repo)))
        yield _Place(site.absolute(site.topics_url(repo)))
        for topic in await self._archive.topics(repo, ANYBODY):
            yield _Place(site.absolute(site.topic_url(repo, topic.key)))
        async for listed in walk(self._archive, repo, ANYBODY, batch=BATCH):
            url = site.absolute(site.digest_url(repo, listed.id))
            yield _Place(url, _moment(max(listed.kept.values(), default=listed.kept_at or listed.until)))


def _moment(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
