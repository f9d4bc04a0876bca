"""The page of questions: a sentence in, an answer out, shown while it is written.

Without a script the answer comes with the page. With it, the page stays, and the answer comes as server-sent events:
`progress` and `part`, each in the place of the one before, and at last `answer`; all of them are HTML made here.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import structlog
from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse
from starlette.routing import Route

from adapters.chat.watching import Cadence, step_told, watched
from adapters.web.archive import Asked, Visitor
from adapters.web.prose import Prose, is_ours
from adapters.web.responding import standing_of, visitor_of
from adapters.web.search import UNLISTED
from adapters.web.site import asked_language
from adapters.web.streaming import EVENTS, Feed, Streamed
from summarizer import languages
from summarizer.errors import BadInput, DigestError
from summarizer.escaping import fill
from summarizer.languages import Language
from summarizer.untrusted import neutralize, visible
from summarizer.windows import known_zone

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from adapters.chat import Reply
    from adapters.chat.watching import Step
    from adapters.web.archive import Archive, Standing
    from adapters.web.site import Frame, Site

log = structlog.get_logger()

MOST: Final = 500
"""Characters of a question."""

HEAD_S: Final = 0.4
"""An answer that is there by then comes with the whole page, and with a status of its own; else the page begins."""

CADENCE: Final = Cadence(first_s=0.3, every_s=0.4)

_PROGRESS: Final = Markup('<span aria-hidden="true">{}</span><span>{}</span>')
_FRESH: Final = {"Cache-Control": "no-store"}
_TALK: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")


@dataclass(frozen=True, slots=True)
class _Question:
    """A question as it was asked. lang: that the visitor asked for in the address, "" for none."""

    repo: str
    line: str
    talk: str
    lang: str
    tz: str
    language: Language
    visitor: Visitor


@dataclass(frozen=True, slots=True)
class _Answered:
    """html: of the answer, or of what went wrong."""

    html: str
    status: int = 200


class Asking:
    """Its routes, over what the archive lets a visitor read."""

    def __init__(self, archive: Archive, site: Site) -> None:
        self._archive = archive
        self._site = site

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/{owner}/{name}/ask", self._show),
            Route("/{owner}/{name}/ask/stream", self._stream),
        ]

    async def _show(self, request: Request) -> Response:
        question = await self._question(request)
        if not question.line:
            return self._whole(question)
        if len(question.line) > MOST:
            return self._whole(replace(question, line=question.line[:MOST]), problem="web.ask.too_long")
        if not _is_meant(request):
            return self._whole(question, note="web.ask.not_yet")
        work = asyncio.create_task(self._answered(question, Feed()))
        try:
            await asyncio.wait({work}, timeout=HEAD_S)
        except asyncio.CancelledError:
            work.cancel()
            raise
        if work.done():
            answered = work.result()
            return self._whole(question, answered)
        return _hidden(Streamed(self._growing(question, work), "text/html"))

    async def _stream(self, request: Request) -> Response:
        if request.method != "GET":
            raise HTTPException(405, headers={"Allow": "GET"})
        if not _is_meant(request):
            raise HTTPException(403)
        question = await self._question(request)
        if not question.line or len(question.line) > MOST:
            raise HTTPException(400)
        return _hidden(Streamed(self._events(question), EVENTS))

    async def _question(self, request: Request) -> _Question:
        """Raises HTTPException 404 where there is nothing to ask about."""
        standing: Standing = await standing_of(request, self._archive)
        asked = request.query_params
        talk = asked.get("talk", "")
        return _Question(
            repo=standing.repo,
            line=neutralize(asked.get("q", "")),
            talk=talk if _TALK.fullmatch(talk) else secrets.token_urlsafe(16),
            lang=asked_language(request),
            tz=_zone(asked.get("tz", "")),
            language=self._site.language(request),
            visitor=visitor_of(request),
        )

    async def _events(self, question: _Question) -> AsyncGenerator[str, None]:
        feed = Feed()

        async def work() -> None:
            feed.put("answer", (await self._answered(question, feed)).html)

        working = asyncio.create_task(work(), name="question")
        try:
            async for each in feed.until("answer"):
                yield each
        finally:
            working.cancel()
            await asyncio.wait({working})

    async def _growing(self, question: _Question, work: asyncio.Task[_Answered]) -> AsyncGenerator[str, None]:
        """The page up to its answer, and the rest when that is there."""
        try:
            gap = secrets.token_hex(16)
            head, _, rest = self._page(question, _Answered(f"<!--{gap}-->"), is_waiting=True).partition(
                f"<!--{gap}-->"
            )
            yield head
            yield (await work).html
            yield rest
        finally:
            work.cancel()
            await asyncio.wait({work})

    async def _answered(self, question: _Question, feed: Feed) -> _Answered:
        """The answer; meanwhile its beginnings and the progress go to the feed. Whatever goes wrong is said."""
        language = question.language

        async def tell(step: Step) -> None:
            bar, words = step_told(step, language)
            feed.put("progress", _PROGRESS.format(bar, words))

        def show(markdown: str) -> None:
            prose = Prose(self._site, language, (question.repo,), question.lang)
            feed.put("part", prose.blocks(markdown))

        try:
            async with watched(tell, CADENCE) as progress:
                asked = Asked(
                    repo=question.repo,
                    line=question.line,
                    talk=question.talk,
                    lang=question.lang,
                    tz=question.tz,
                    progress=progress,
                    show=show,
                    page_lang=language.code,
                )
                reply = await self._archive.ask(asked, question.visitor)
            html = await asyncio.to_thread(self._answer, question, reply)
            return _Answered(html, _status(reply.problem))
        except DigestError as problem:
            log.warning("question not answered", error=problem.key)
            return _Answered(self._failed(question, language.problem(problem)), _status(problem))
        except Exception:  # the visitor gets a sentence, the log all of it
            reference = secrets.token_hex(4)
            log.exception("bug", reference=reference)
            sentence = language.text("chat.said.bug", reference=reference)
            return _Answered(self._failed(question, sentence), 500)

    def _answer(self, question: _Question, reply: Reply) -> str:
        """What is said back, as HTML."""
        language, site = question.language, self._site
        if reply.problem is not None:
            return self._failed(question, reply.text, can_pass=_can_pass(reply.problem))
        prose = Prose(site, language, _repos(question, reply), question.lang)
        answer = reply.answer
        return fill(
            "answer.html.jinja",
            language=language,
            question=question,
            action=site.ask_url(question.repo),
            reply=reply,
            prose=prose.blocks(reply.text) if reply.format == "md" else "",
            plain=visible(reply.text) if reply.format != "md" else "",
            page=reply.page if is_ours(reply.page, site) else "",
            is_by_code=answer is not None and not answer.model and not answer.failed,
            # a conversation takes the number of a reading for the reading
            choices=[
                (str(place), choice.label) for place, choice in enumerate(answer.choices if answer else (), 1)
            ],
            offers=[(offer.line, language.text(f"chat.offers.{offer.name}")) for offer in reply.offers],
        )

    def _failed(self, question: _Question, sentence: str, *, can_pass: bool = True) -> str:
        return fill(
            "answer_failed.html.jinja",
            language=question.language,
            question=question,
            action=self._site.ask_url(question.repo),
            sentence=sentence,
            can_pass=can_pass,
            search=self._site.search_url(question.repo, question.lang, q=question.line),
        )

    def _whole(
        self, question: _Question, answered: _Answered | None = None, *, problem: str = "", note: str = ""
    ) -> Response:
        page = self._page(question, answered, problem=problem, note=note)
        status = answered.status if answered else 400 if problem else 200
        return _hidden(HTMLResponse(page, status, _FRESH))

    def _page(
        self,
        question: _Question,
        answered: _Answered | None,
        *,
        problem: str = "",
        note: str = "",
        is_waiting: bool = False,
    ) -> str:
        site, repo, language = self._site, question.repo, question.language
        return fill(
            "ask.html.jinja",
            frame=self._frame(question),
            language=language,
            question=question,
            answer=Markup(answered.html) if answered else "",  # noqa: S704 - made by a template that escapes
            problem=language.text(problem, most=MOST) if problem else "",
            note=language.text(note) if note else "",
            is_waiting=is_waiting,
            most=MOST,
            action=site.ask_url(repo),
            stream=f"{site.ask_url(repo)}/stream",
            anew=site.ask_url(repo, question.lang),
            examples=[
                (site.ask_url(repo, question.lang, q=line), line) for line in language.get("web.ask.examples")
            ],
        )

    def _frame(self, question: _Question) -> Frame:
        site, repo, language = self._site, question.repo, question.language
        urls = {code: site.ask_url(repo, code, q=question.line) for code in languages.codes()}
        return site.frame(
            language,
            language.text("web.ask.title"),
            repo=repo,
            lang=question.lang,
            address=site.ask_url(repo),
            others=site.others(language, urls),
        )


def _hidden(response: Response) -> Response:
    response.headers.update(UNLISTED)
    return response


def _is_meant(request: Request) -> bool:
    """Whether the visitor asks, and no other site through them: an answer may cost something.

    Source: cheatsheetseries.owasp.org, "Cross-Site Request Forgery Prevention", on Fetch Metadata.
    """
    is_ahead = "prefetch" in request.headers.get("sec-purpose", "")
    from_here = request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    return from_here and not is_ahead and request.method == "GET"


def _zone(name: str) -> str:
    try:
        return known_zone(name) if name else ""
    except BadInput:
        return ""


def _status(problem: DigestError | None) -> int:
    if problem is None:
        return 200
    if problem.key == "rules.too_fast":
        return 429
    return 400 if isinstance(problem, BadInput) else 503


def _can_pass(problem: DigestError) -> bool:
    """Whether the same question may do better later."""
    return not isinstance(problem, BadInput) or problem.key == "rules.too_fast"


def _repos(question: _Question, reply: Reply) -> tuple[str, ...]:
    """Those that the reply speaks of."""
    named = [question.repo]
    if reply.digest is not None:
        named.append(reply.digest.facts.repo)
    found = reply.answer.found if reply.answer else None
    while found is not None:
        named.append(found.repo)
        found = found.against
    return tuple(dict.fromkeys(named))
