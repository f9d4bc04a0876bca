"""Pages of topics: all that belongs to one, by week."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse
from starlette.routing import Route

from adapters.web import showing
from adapters.web.responding import page_of, standing_of, visitor_of
from adapters.web.showing import Instant, Shown
from adapters.web.site import Link, asked_language
from summarizer import languages
from summarizer.escaping import fill
from summarizer.windows import offset_label

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from adapters.web.archive import Archive, Standing, TopicItem, TopicListed, TopicShown, TopicWeek
    from adapters.web.site import Site
    from summarizer.languages import Language

_WEEK: Final = timedelta(days=7)
_SERIES: Final = ("about", "tagged")
_LONGEST: Final = 100
"""Characters of a topic's key or of an alias."""
MOST: Final = 400
"""Items of a kind that a week shows, so that its page stays small."""
_FOLDED_FROM: Final = 12
"""So many items that only touch a topic and they are folded."""
_FEEDS: Final = (("atom", "Atom", "application/atom+xml"), ("json", "JSON Feed", "application/feed+json"))


@dataclass(frozen=True, slots=True)
class _Row:
    shown: Shown
    happened: str
    at: Instant | None


@dataclass(frozen=True, slots=True)
class _Week:
    """id: of its anchor. counts: of all that are about the topic, and of all that only touch it."""

    id: str
    span: str
    is_so_far: bool
    is_complete: bool
    counts: tuple[int, int]
    about: tuple[_Row, ...]
    tagged: tuple[_Row, ...]

    @property
    def is_folded(self) -> bool:
        return len(self.tagged) >= _FOLDED_FROM


class Topics:
    """Its routes, over what the archive lets a visitor read."""

    def __init__(self, archive: Archive, site: Site) -> None:
        self._archive = archive
        self._site = site

    def routes(self) -> list[BaseRoute]:
        """That without a repository comes first: it could be one's name."""
        return [
            Route("/topics/{key}", self._send_on),
            Route("/{owner}/{name}/topics", self._list),
            Route("/{owner}/{name}/topics/{key}", self._show),
        ]

    async def _send_on(self, request: Request) -> Response:
        repos = await self._archive.repos(visitor_of(request))
        if not repos:
            raise HTTPException(404)
        key = _key(request)
        return _redirect(self._site.topic_url(repos[0].repo, key, asked_language(request)))

    async def _list(self, request: Request) -> Response:
        standing = await standing_of(request, self._archive)
        listed = await self._archive.topics(standing.repo, visitor_of(request))
        lang, language = asked_language(request), self._site.language(request)
        return page_of(request, self.list_page(standing, listed, language, lang), standing=standing)

    async def _show(self, request: Request) -> Response:
        key, before = _key(request), request.query_params.get("before", "")
        standing = await standing_of(request, self._archive)
        found = await self._archive.topic(standing.repo, key, visitor_of(request), before=before)
        if found is None:
            raise HTTPException(404)
        lang, language = asked_language(request), self._site.language(request)
        if found.key != key:
            return _redirect(self._site.topic_url(standing.repo, found.key, lang, before=before))
        page = await asyncio.to_thread(self.page, standing, found, language, lang, before=before)
        return page_of(request, page, standing=standing)

    def list_page(
        self, standing: Standing, listed: Sequence[TopicListed], language: Language, lang: str
    ) -> str:
        """lang: see `Frame.lang`."""
        site, repo = self._site, standing.repo
        urls = {code: site.topics_url(repo, code) for code in languages.codes()}
        return fill(
            "topics.html.jinja",
            frame=site.frame(
                language,
                language.text("web.topic.title"),
                repo=repo,
                lang=lang,
                address=site.topics_url(repo),
                others=site.others(language, urls),
                description=language.text("web.topic.of", repo=repo),
            ),
            language=language,
            topics=[
                (
                    site.topic_url(repo, each.key, lang),
                    showing.named(each.titles, language)[0] or each.key,
                    each.key,
                    each.about,
                    each.tagged,
                )
                for each in listed
            ],
        )

    def page(
        self, standing: Standing, found: TopicShown, language: Language, lang: str, *, before: str = ""
    ) -> str:
        """lang: see `Frame.lang`. before: as it was asked for."""
        site, repo = self._site, standing.repo
        title = showing.named(found.titles, language)[0] or found.key
        urls = {code: site.topic_url(repo, found.key, code, before=before) for code in languages.codes()}
        feeds = tuple(
            Link(
                site.feed_url(repo, f"topic-{found.key}", language.code, form),
                f"{title}: {name}",
                lang=language.code,
                kind=kind,
            )
            for form, name, kind in _FEEDS
        )
        newest = found.weeks[0].since if found.weeks else None
        zone = offset_label(newest.astimezone(ZoneInfo(found.tz))) if newest else found.tz
        return fill(
            "topic.html.jinja",
            frame=site.frame(
                language,
                title,
                repo=repo,
                lang=lang,
                address=site.topic_url(repo, found.key),
                others=site.others(language, urls),
                feeds=feeds,
                description=language.text("web.topic.description", repo=repo, topic=title),
            ),
            language=language,
            title=title,
            titled=showing.titled,
            chart=_chart(found, standing, language),
            weeks=[_week(week, found.tz, site, language, lang) for week in found.weeks],
            zone=language.text("web.topic.zone", zone=zone),
            older=site.topic_url(repo, found.key, lang, before=found.before) if found.before else "",
            newest=site.topic_url(repo, found.key, lang) if before else "",
            all=site.topics_url(repo, lang),
        )


def _key(request: Request) -> str:
    """Raises HTTPException 404 for what can be none."""
    key: str = request.path_params["key"]
    if not key.isprintable() or len(key) > _LONGEST:
        raise HTTPException(404)
    return key


def _redirect(url: str) -> RedirectResponse:
    return RedirectResponse(url, 302, {"Cache-Control": "no-store"})


def _chart(found: TopicShown, standing: Standing, language: Language) -> Markup:
    """The weeks as drawings of ours, of which the style sheet shows the one that fits."""
    from summarizer.pictures import weeks

    if not any(about or tagged for _, about, tagged in found.counts):
        return Markup()
    last = len(found.counts) - 1
    until = standing.synced_until
    is_over = until is not None and found.counts[last][0] + _WEEK <= until
    told = [(since, {"about": about, "tagged": tagged}) for since, about, tagged in found.counts]
    partial = frozenset() if is_over else frozenset({last})
    return Markup().join(
        Markup(weeks(told, _SERIES, language, tz=found.tz, shape=shape, partial=partial))  # noqa: S704 - ours
        for shape in ("wide", "narrow")
    )


def _week(week: TopicWeek, tz: str, site: Site, language: Language, lang: str) -> _Week:
    about, tagged = ([each for each in week.items if each.tier == tier] for tier in ("about", "tagged"))
    monday = week.since.astimezone(ZoneInfo(tz)).date()
    return _Week(
        id=f"w{monday.isoformat()}",
        span=week_span(week.since, tz, language),
        is_so_far=week.until.astimezone(ZoneInfo(tz)).date() < monday + _WEEK,
        is_complete=week.complete,
        counts=(len(about), len(tagged)),
        about=tuple(_row(each, tz, site, language, lang) for each in about[:MOST]),
        tagged=tuple(_row(each, tz, site, language, lang) for each in tagged[:MOST]),
    )


def _row(each: TopicItem, tz: str, site: Site, language: Language, lang: str) -> _Row:
    item, event = each.item, each.event
    if event == "closed" and item.is_pull_request:
        event = "closed_unmerged"
    key = f"answers.event.{event}"
    happened = language.text(key) if event and language.has(key) else language.text("web.topic.stirred")
    shown = showing.shown(item, site, language, lang)
    return _Row(shown, happened, showing.instant(each.at, tz) if each.at else None)


def week_span(since: datetime, tz: str, language: Language) -> str:
    """The days of a week that begins then: "Dec 8 – 14, 2025", as its language has it."""
    from babel.dates import format_interval  # slow to import

    monday = since.astimezone(ZoneInfo(tz)).date()
    told = format_interval(monday, monday + timedelta(days=6), "yMMMd", locale=language.code)
    return " ".join(told.split())  # thin spaces are not in every font
