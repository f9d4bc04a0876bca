"""The search page: items of the mirror by words."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.routing import Route

from adapters.web import showing
from adapters.web.highlighting import Highlighter
from adapters.web.months import last_day
from adapters.web.responding import page_of, standing_of, visitor_of
from adapters.web.showing import Instant, Shown
from adapters.web.site import asked_language
from summarizer import languages, pages
from summarizer.errors import BadInput
from summarizer.escaping import fill
from summarizer.untrusted import neutralize

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from adapters.web.archive import Archive, Listed, SearchShown, Standing
    from adapters.web.site import Site
    from summarizer.items import Item
    from summarizer.languages import Language
    from summarizer.topics import Ledger

_MOST_DIGITS: Final = 4
_LONGEST: Final = 1_000
"""Characters that the page repeats of what was typed, more than can be looked for."""
_MOST_COMMENTS: Final = 100
"""Comments of an item that an excerpt is looked for in."""

UNLISTED: Final = {"X-Robots-Tag": "noindex, nofollow"}


@dataclass(frozen=True, slots=True)
class _Result:
    """title, excerpt: with the words marked. dates: each with its phrase. topics: titles with addresses."""

    shown: Shown
    title: Markup
    excerpt: Markup
    dates: tuple[tuple[str, Instant], ...]
    topics: tuple[tuple[str, str], ...]


class Search:
    """Its routes, over what the archive lets a visitor read."""

    def __init__(self, archive: Archive, site: Site) -> None:
        self._archive = archive
        self._site = site

    def routes(self) -> list[BaseRoute]:
        return [Route("/{owner}/{name}/search", self._show)]

    async def _show(self, request: Request) -> Response:
        standing = await standing_of(request, self._archive)
        lang, language = asked_language(request), self._site.language(request)
        words = neutralize(request.query_params.get("q", ""))[:_LONGEST]
        number = _page_number(request.query_params.get("page", "1"))
        found, problem, status = None, "", 200
        if words:
            try:
                found = await self._archive.search(standing.repo, words, visitor_of(request), page=number)
            except BadInput as error:
                problem, status = language.problem(error), 429 if error.key == "rules.too_fast" else 400
            else:
                if found is None:
                    raise HTTPException(404)
        body = await asyncio.to_thread(self._page, standing, words, number, found, problem, language, lang)
        response = page_of(request, body, standing=standing if status == 200 else None, status=status)
        response.headers.update(UNLISTED)
        return response

    def _page(
        self,
        standing: Standing,
        words: str,
        number: int,
        found: SearchShown | None,
        problem: str,
        language: Language,
        lang: str,
    ) -> str:
        site, repo = self._site, standing.repo
        urls = {code: site.search_url(repo, code, q=words, page=number) for code in languages.codes()}
        results = list(_results(found, site, language, lang)) if found else []
        return fill(
            "search.html.jinja",
            frame=site.frame(
                language,
                language.text("web.search.title"),
                repo=repo,
                lang=lang,
                address=site.search_url(repo),
                others=site.others(language, urls),
            ),
            language=language,
            asked=words,
            problem=problem,
            found=found,
            total=len(found.found.matches) if found else 0,
            results=results,
            digests=_digests(found.digests, site, language, lang) if found else [],
            examples=[
                (site.search_url(repo, lang, q=each["words"]), each["words"], each["name"])
                for each in language.get("web.search.examples")
            ],
            ask=site.ask_url(repo, lang, q=words),
            newer=site.search_url(repo, lang, q=words, page=found.page - 1)
            if found and found.page > 1
            else "",
            older=site.search_url(repo, lang, q=words, page=found.page + 1)
            if found and found.page < found.pages
            else "",
        )


def _page_number(text: str) -> int:
    is_plain = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return max(1, int(text)) if is_plain else 1


def _results(found: SearchShown, site: Site, language: Language, lang: str) -> Iterator[_Result]:
    """Those of the page: the items that were found, or where there are none what comes near."""
    told = found.found
    highlighter = Highlighter(told.query)
    numbers = [match.number for match in told.matches] or list(told.near)
    for number in numbers:
        item = told.items.get(number)
        if item is not None:
            yield _result(item, highlighter, told.ledgers, site, language, lang)


def _result(
    item: Item,
    highlighter: Highlighter,
    ledgers: Mapping[str, Ledger],
    site: Site,
    language: Language,
    lang: str,
) -> _Result:
    shown = showing.shown(item, site, language, lang)
    texts = (
        item.body or "",
        *(comment.body for comment in item.comments[:_MOST_COMMENTS]),
        *(item.files or ()),
    )
    return _Result(
        shown=shown,
        title=showing.titled(shown.title, highlighter.marked),
        excerpt=highlighter.excerpt(texts),
        dates=tuple(_dates(item, site.tz)),
        topics=tuple(
            (site.topic_url(item.repo, key, lang), pages.topic_name(ledger.topic, language))
            for key, ledger in ledgers.items()
            if item.number in ledger.reasons
        ),
    )


def _dates(item: Item, tz: str) -> Iterator[tuple[str, Instant]]:
    """(key below `[web.search]`, time) of its opening and of what came last."""
    if item.created_at:
        yield "opened_at", showing.instant(item.created_at, tz)
    if item.merged_at:
        yield "merged_at", showing.instant(item.merged_at, tz)
    elif item.closed_at:
        yield "closed_at", showing.instant(item.closed_at, tz)
    elif item.updated_at:
        yield "updated_at", showing.instant(item.updated_at, tz)


def _digests(
    digests: Sequence[Listed], site: Site, language: Language, lang: str
) -> list[tuple[str, str, str, str]]:
    """(address, title, its language, day) of each."""
    told = []
    for each in digests:
        title, kept_in = showing.named(each.titles, language)
        url = site.digest_url(each.repo, each.id, lang=lang if kept_in == language.code else kept_in)
        told.append((url, title or each.id, kept_in, last_day(each, site.tz).isoformat()))
    return told
