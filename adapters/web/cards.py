"""Cards: the pictures that chats and social sites show beside a link to a digest or to a repository's front page."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog
from starlette.exceptions import HTTPException
from starlette.routing import Route

from adapters.charts import ChartError, png
from adapters.web.responding import digest_of, page_of, standing_of, visitor_of
from adapters.web.ways import language_of
from summarizer import languages
from summarizer.pictures import card, front_card
from summarizer.pictures.cards import COUNTED, WIDTH

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from adapters.web.archive import Archive, Standing
    from adapters.web.site import Site

log = structlog.get_logger()

DAYS: Final = 30
"""Daily digests whose activity a front page's card shows."""


class Cards:
    """Their routes, over what the archive lets a visitor read."""

    def __init__(self, archive: Archive, site: Site) -> None:
        self._archive = archive
        self._site = site

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/{owner}/{name}/digests/{id}/card.png", self._of_digest),
            Route("/{owner}/{name}/card.png", self._of_repo),
        ]

    async def _of_digest(self, request: Request) -> Response:
        standing = await standing_of(request, self._archive)
        digest, _ = await digest_of(request, self._archive, self._site, standing)
        svg = await asyncio.to_thread(card, digest, languages.load(digest.lang))
        return await _sent(request, svg, standing)

    async def _of_repo(self, request: Request) -> Response:
        """What kept digests tell, and nothing that would change with each sync."""
        standing = await standing_of(request, self._archive)
        visitor, language = visitor_of(request), self._site.language(request)
        newest = await self._archive.newest(standing.repo, visitor, limit=1)
        days = await self._archive.newest(standing.repo, visitor, edition="daily", limit=DAYS)
        latest = newest[0] if newest else None
        svg = await asyncio.to_thread(
            front_card,
            standing.repo,
            language,
            title=latest.titles[language_of(latest, language.code)] if latest else "",
            counts=latest.counts if latest else None,
            strip=[sum(each.counts.get(name, 0) for name in COUNTED) for each in reversed(days)],
        )
        return await _sent(request, svg, standing)


async def _sent(request: Request, svg: str, standing: Standing) -> Response:
    try:
        picture = await png(svg, WIDTH)
    except ChartError as error:
        log.warning("card not drawn", error=str(error))
        raise HTTPException(500) from error
    response = page_of(
        request, picture, "image/png", standing=standing, of_archive=True, made_of=b"card " + svg.encode()
    )
    if standing.is_public:  # other sites may show it
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
