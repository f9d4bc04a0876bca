"""Front pages: the site's, a repository's with its newest digests, calendar and trends, and the archive by month."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from starlette.routing import Route

from adapters.web.months import Month, last_day, weeks_of
from adapters.web.responding import page_of, standing_of, visitor_of
from adapters.web.said import SERIES, Said
from adapters.web.site import asked_language
from adapters.web.ways import editions_of, feeds, language_of
from summarizer import languages
from summarizer.escaping import fill
from summarizer.html import lead_html
from summarizer.windows import EDITIONS, Edition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from adapters.web.archive import Archive, Listed, Standing, Visitor
    from adapters.web.site import Site
    from summarizer.digests import Digest

NEWEST: Final = 100
"""Digests that are looked through for the newest of each edition."""

LATEST: Final = 10
OF_EACH: Final = 3
"""Digests of a repository on the front page of several."""

MOST_TOPICS: Final = 12

MOST: Final = 1_000
"""Digests of a month."""


class Front:
    """Its routes, over what the archive lets a visitor read."""

    def __init__(self, archive: Archive, site: Site) -> None:
        self._archive = archive
        self._site = site

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self._home),
            Route("/about", self._about),
            Route("/{owner}/{name}", self._front),
            Route("/{owner}/{name}/digests", self._by_month),
        ]

    async def _home(self, request: Request) -> Response:
        visitor = visitor_of(request)
        repos = await self._archive.repos(visitor)
        if len(repos) == 1:
            return await self._front_of(request, repos[0])
        said = Said(self._site, self._site.language(request), asked_language(request))
        shown = [
            (
                each,
                said.synced(each),
                said.rows(await self._archive.newest(each.repo, visitor, limit=OF_EACH)),
            )
            for each in repos
        ]
        page = fill(
            "home.html.jinja",
            frame=said.frame(
                said.language.text("web.front.home"),
                address=self._site.home_url(),
                others={code: self._site.home_url(code) for code in languages.codes()},
                description=said.language.text("web.front.home_about"),
            ),
            said=said,
            language=said.language,
            repos=shown,
        )
        return page_of(request, page)

    async def _about(self, request: Request) -> Response:
        said = Said(self._site, self._site.language(request), asked_language(request))
        page = fill(
            "about.html.jinja",
            frame=said.frame(
                said.language.text("web.about.title"),
                address=self._site.about_url(),
                others={code: self._site.about_url(code) for code in languages.codes()},
                description=said.language.text("web.front.home_about"),
            ),
            language=said.language,
            paragraphs=said.language.get("web.about.parts"),
        )
        return page_of(request, page)

    async def _front(self, request: Request) -> Response:
        return await self._front_of(request, await standing_of(request, self._archive))

    async def _front_of(self, request: Request, standing: Standing) -> Response:
        visitor, repo, site = visitor_of(request), standing.repo, self._site
        topics = await self._archive.topics(repo, visitor)
        said = Said(site, site.language(request), asked_language(request), topics)
        newest = await self._archive.newest(repo, visitor, limit=NEWEST)
        leads = await self._leads(newest, repo, visitor)
        month = Month.of(last_day(newest[0], site.tz)) if newest else None
        in_month = await self._in_month(repo, visitor, month) if month else ()
        opened = await self._opened(leads[0], said, visitor) if leads else None
        trends = await self._archive.trends(repo, visitor)

        def made() -> str:
            return fill(
                "front.html.jinja",
                frame=said.frame(
                    repo,
                    repo=repo,
                    address=site.list_url(repo),
                    others={code: site.list_url(repo, code) for code in languages.codes()},
                    description=said.language.text("web.front.about", repo=repo),
                    image=site.absolute(site.card_url(repo, said.language.code)),
                    feeds=feeds(site, repo, said.language, "all", *EDITIONS),
                ),
                said=said,
                language=said.language,
                repo=repo,
                standing=standing,
                synced=said.synced(standing),
                leads=said.rows(leads),
                lead_text=lead_html(opened) if opened else "",
                latest=said.rows(newest[:LATEST]),
                month=month,
                weeks=weeks_of(month, in_month, site.tz) if month else (),
                chart=said.chart(trends),
                trends=said.trends(trends),
                series=SERIES,
                topics=said.topics_told(topics)[:MOST_TOPICS],
            )

        return page_of(request, await asyncio.to_thread(made), standing=standing)

    async def _by_month(self, request: Request) -> Response:
        standing = await standing_of(request, self._archive)
        visitor, repo, site = visitor_of(request), standing.repo, self._site
        asked = request.query_params.get("edition", "")
        edition: Edition | None = next((each for each in EDITIONS if each == asked), None)
        month = Month.parse(request.query_params.get("month", ""))
        is_asked = month is not None
        if month is None:
            newest = await self._archive.newest(repo, visitor, edition=edition, limit=1)
            month = Month.of(last_day(newest[0], site.tz)) if newest else None
        said = Said(
            site, site.language(request), asked_language(request), await self._archive.topics(repo, visitor)
        )
        digests = await self._in_month(repo, visitor, month, edition) if month else ()
        older, newer = await self._months_around(repo, visitor, month, edition) if month else (None, None)

        def url(lang: str = "", at: Month | None = None, of: str = edition or "") -> str:
            return site.archive_url(repo, lang, month=str(at) if at else "", edition=of)

        page = fill(
            "archive.html.jinja",
            frame=said.frame(
                said.language.text("web.archive.of", repo=repo),
                repo=repo,
                address=site.archive_url(repo),
                others={code: url(code, month if is_asked else None) for code in languages.codes()},
                description=said.language.text("web.front.about", repo=repo),
                feeds=feeds(site, repo, said.language, "all", *([edition] if edition else ())),
            ),
            said=said,
            language=said.language,
            repo=repo,
            url=url,
            edition=edition or "",
            editions=EDITIONS,
            month=month,
            months=(older, newer),
            rows=said.rows(digests),
            weeks=weeks_of(month, digests, site.tz) if month else (),
        )
        return page_of(request, page, standing=standing)

    async def _leads(self, newest: Sequence[Listed], repo: str, visitor: Visitor) -> list[Listed]:
        """The newest digest of each edition, the newest of all first."""
        leads = editions_of(newest)
        if len(newest) == NEWEST:  # there may be older ones
            there = {each.edition for each in leads}
            for edition in (each for each in EDITIONS if each not in there):
                leads += await self._archive.newest(repo, visitor, edition=edition, limit=1)
        return leads

    async def _opened(self, listed: Listed, said: Said, visitor: Visitor) -> Digest | None:
        lang = language_of(listed, said.language.code)
        return await self._archive.open(listed.repo, listed.id, lang, visitor)

    async def _in_month(
        self, repo: str, visitor: Visitor, month: Month, edition: Edition | None = None
    ) -> Sequence[Listed]:
        tz = self._site.tz
        return await self._archive.newest(
            repo, visitor, edition=edition, since=month.since(tz), until=month.until(tz), limit=MOST
        )

    async def _months_around(
        self, repo: str, visitor: Visitor, month: Month, edition: Edition | None
    ) -> tuple[Month | None, Month | None]:
        """The nearest months before and after that have digests."""
        tz = self._site.tz
        before = await self._archive.newest(repo, visitor, edition=edition, until=month.since(tz), limit=1)
        since, soon = month.until(tz), month.next.until(tz)
        after = await self._archive.newest(repo, visitor, edition=edition, since=since, until=soon, limit=1)
        if not after:
            after = await self._archive.newest(repo, visitor, edition=edition, since=since, limit=MOST)
        return (
            Month.of(last_day(before[0], tz)) if before else None,
            Month.of(last_day(after[-1], tz)) if after else None,
        )
