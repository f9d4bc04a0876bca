"""The API: the archive as JSON for programs, as `openapi` describes it.

No answer lets the pages of other sites read it (there is no CORS header): a browser inside of a company would else hand
what it may read there to any page that is open in it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.chat import unheard, unwatched
from adapters.web.apiforms import Forms
from adapters.web.archive import Asked, Visitor
from adapters.web.openapi import LISTED, OPERATIONS, Operation, document, is_path
from adapters.web.parameters import Wrong, read
from adapters.web.refusing import refusal
from adapters.web.responding import page_of, standing_of, visitor_of
from adapters.web.schemas import PUBLISHED
from adapters.web.site import asked_language
from adapters.web.walking import BATCH, Place, walk
from summarizer import languages
from summarizer.errors import BadInput, DigestError
from summarizer.languages import Language
from summarizer.questions.answerform import as_object
from summarizer.render import render

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from adapters.web.archive import Archive, Listed, Standing
    from adapters.web.site import Site

LOOKED_AT: Final = 2_000
"""Kept digests that are looked through for one page of a list."""

JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class _Call:
    """What is asked for. given: parameters, by name. language: of what is said about it."""

    request: Request
    given: dict[str, Any]
    visitor: Visitor
    language: Language

    def part(self, name: str) -> str:
        """Of the path."""
        return str(self.request.path_params[name])

    def address(self, **query: object) -> str:
        """What asks for the same with other parameters, by its path behind /api/v1."""
        kept = {name: value for name, value in self.request.query_params.multi_items() if name not in query}
        path = str(self.request.scope["path"]).partition("/api/v1")[2]
        return f"{path}?{urlencode({**kept, **query})}"


class _Refused(Exception):
    """A call that is not answered, with the sentence that says why."""

    def __init__(self, status: int, detail: str, parameter: str = "", **headers: str) -> None:
        super().__init__(status)
        self.status = status
        self.detail = detail
        self.parameter = parameter
        self.headers = headers


Answering = Callable[[_Call], Awaitable[Response]]


class Api:
    """Its routes, over what the archive lets a visitor read."""

    def __init__(self, archive: Archive, site: Site) -> None:
        self._archive = archive
        self._site = site
        self._forms = Forms(site)

    @cached_property
    def _description(self) -> bytes:
        return _text(document(self._site))

    def routes(self) -> list[BaseRoute]:
        answering: dict[str, Answering] = {
            "repos": self._repos,
            "repo": self._repo,
            "digests": self._digests,
            "digest": self._digest,
            "item": self._item,
            "trends": self._trends,
            "topics": self._topics,
            "topic": self._topic,
            "search": self._search,
            "ask": self._ask,
            "openapi": self._openapi,
            "schema": self._schema,
        }
        return [
            Route(each.path, self._endpoint(each, answering[each.id]), methods=["GET"]) for each in OPERATIONS
        ]

    def _endpoint(self, operation: Operation, answer: Answering) -> Callable[[Request], Awaitable[Response]]:
        async def answered(request: Request) -> Response:
            if not all(is_path(name, str(value)) for name, value in request.path_params.items()):
                raise HTTPException(404)
            language = self._site.language(request)
            try:
                given = read(request, operation.parameters)
                return await answer(_Call(request, given, visitor_of(request), language))
            except Wrong as wrong:
                detail = language.text(f"web.api.{wrong.key}", **wrong.values)
                return refusal(request, self._site, 400, detail=detail, parameter=wrong.parameter)
            except _Refused as refused:
                return refusal(
                    request,
                    self._site,
                    refused.status,
                    refused.headers,
                    detail=refused.detail,
                    parameter=refused.parameter,
                )

        return answered

    # --- repositories ---

    async def _repos(self, call: _Call) -> Response:
        standings = await self._archive.repos(call.visitor)
        return _told(call, {"repos": [self._forms.repo(each) for each in standings]})

    async def _repo(self, call: _Call) -> Response:
        standing = await standing_of(call.request, self._archive)
        return _told(call, self._forms.repo(standing), standing)

    # --- digests ---

    async def _digests(self, call: _Call) -> Response:
        standing = await standing_of(call.request, self._archive)
        given = call.given
        since, until, edition = given.get("since"), given.get("until"), given.get("edition")
        if since is not None and until is not None and since >= until:
            raise Wrong("since", "reversed")
        most = given.get("limit", LISTED)
        found: list[Listed] = []
        looked_at, last, before = 0, None, None
        walked = walk(
            self._archive,
            standing.repo,
            call.visitor,
            since=since,
            until=until,
            before=given.get("before"),
            batch=BATCH if edition else most + 2,  # all that is needed, and what shows that there is more
        )
        async for listed in walked:
            fits = edition in (None, listed.edition)
            if (fits and len(found) == most) or looked_at == LOOKED_AT:
                before = last
                break
            looked_at += 1
            last = Place.of(listed)
            if fits:
                found.append(listed)
        told = {
            "repo": standing.repo,
            "digests": [self._forms.listed(each) for each in found],
            "before": str(before) if before else None,
            "next": self._forms.api(call.address(before=before)) if before else None,
        }
        return _told(call, told, standing, of_archive=True)

    async def _digest(self, call: _Call) -> Response:
        standing = await standing_of(call.request, self._archive)
        repo, digest_id = standing.repo, call.part("id")
        kept_in = tuple(await self._archive.languages(repo, digest_id, call.visitor))
        if not kept_in:
            raise HTTPException(404)
        lang = call.given.get("lang") or self._site.accepted(call.request, kept_in)
        if lang not in kept_in:
            raise _Refused(404, call.language.text("web.api.kept_in", known=kept_in), "lang")
        digest = await self._archive.open(repo, digest_id, lang, call.visitor)
        if digest is None:
            raise HTTPException(404)
        body = await asyncio.to_thread(render, digest, "json", languages.load(digest.lang))
        return page_of(call.request, body, JSON, standing=standing, of_archive=True)

    # --- items, topics, trends ---

    async def _item(self, call: _Call) -> Response:
        standing = await standing_of(call.request, self._archive)
        number = int(call.part("number"))
        shown = await self._archive.item(standing.repo, number, call.visitor)
        if shown is None:
            raise HTTPException(404)
        if shown.item is None:
            why = shown.missing or "unknown"
            detail = call.language.text(f"web.api.item.{why}", number=number)
            raise _Refused(404 if why == "unknown" else 410, detail)
        told = await asyncio.to_thread(self._forms.item, shown, shown.item, call.language)
        return _told(call, told, standing)

    async def _trends(self, call: _Call) -> Response:
        standing = await standing_of(call.request, self._archive)
        trends = await self._archive.trends(standing.repo, call.visitor)
        if trends is None:
            raise HTTPException(404)
        return _told(call, self._forms.trends(standing.repo, trends), standing)

    async def _topics(self, call: _Call) -> Response:
        standing = await standing_of(call.request, self._archive)
        topics = await self._archive.topics(standing.repo, call.visitor)
        return _told(call, self._forms.topics(standing.repo, topics), standing)

    async def _topic(self, call: _Call) -> Response:
        standing = await standing_of(call.request, self._archive)
        before = call.given.get("before", "")
        shown = await self._archive.topic(standing.repo, call.part("key"), call.visitor, before=before)
        if shown is None:
            raise HTTPException(404)
        following = self._forms.api(call.address(before=shown.before)) if shown.before else None
        told = await asyncio.to_thread(self._forms.topic, standing.repo, shown, following)
        return _told(call, told, standing)

    # --- looking for something ---

    async def _search(self, call: _Call) -> Response:
        standing = await standing_of(call.request, self._archive)
        page = call.given.get("page", 1)
        try:
            shown = await self._archive.search(standing.repo, call.given["q"], call.visitor, page=page)
        except BadInput as problem:
            raise _refused(problem, call.language, "q") from problem
        if shown is None:
            raise HTTPException(404)
        is_last = shown.page >= shown.pages
        following = None if is_last else self._forms.api(call.address(page=shown.page + 1))
        told = await asyncio.to_thread(self._forms.search, standing.repo, shown, following)
        return _told(call, told, standing)

    async def _ask(self, call: _Call) -> Response:
        """Nothing of it is kept, and no page of another site spends what a question costs."""
        standing = await standing_of(call.request, self._archive)
        if call.request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise _Refused(403, call.language.text("web.api.elsewhere"))
        line = call.given["q"]
        asked = Asked(
            repo=standing.repo,
            line=line,
            talk="",
            lang=asked_language(call.request),
            tz=call.given.get("tz", ""),
            progress=unwatched,
            show=unheard,
        )
        reply = await self._archive.ask(asked, call.visitor)
        if reply.problem is not None:
            raise _refused(reply.problem, languages.load(reply.lang), "q")
        if reply.answer is None:
            raise _Refused(400, call.language.text("web.api.no_question"), "q")
        told = await asyncio.to_thread(as_object, reply.answer, line)
        return Response(_text(told), 200, {"Cache-Control": "no-store"}, JSON)

    # --- about itself ---

    async def _openapi(self, call: _Call) -> Response:
        return page_of(call.request, self._description, JSON)

    async def _schema(self, call: _Call) -> Response:
        return _told(call, dict(PUBLISHED[call.part("schema")]()))


def _told(
    call: _Call, told: dict[str, Any], standing: Standing | None = None, *, of_archive: bool = False
) -> Response:
    """See `responding.page_of`."""
    return page_of(call.request, _text(told), JSON, standing=standing, of_archive=of_archive)


def _text(told: dict[str, Any]) -> bytes:
    """Half a surrogate pair, which is no text, becomes a question mark."""
    return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")


def _refused(problem: DigestError, language: Language, parameter: str) -> _Refused:
    """What to answer where a question or a search came to nothing."""
    detail = language.problem(problem)
    if problem.key == "rules.too_fast":
        return _Refused(429, detail, **{"Retry-After": str(problem.values["seconds"])})
    if isinstance(problem, BadInput):
        return _Refused(400, detail, parameter)
    return _Refused(503, detail)
