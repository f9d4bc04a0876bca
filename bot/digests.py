"""The story of a digest: bring the mirror up to date, cut the window, count, write once, keep."""

from __future__ import annotations

import asyncio
import hashlib
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

import structlog

from adapters import metrics
from adapters.chat import unwatched
from adapters.metrics import table
from adapters.tracing import span
from bot.access import SHELL, VISITORS, Access, Principal, refusal
from bot.cutting import Cutting
from bot.grammar.expressions import Release as ReleaseExpr
from bot.grammar.expressions import WindowExpr
from bot.kept import KEEP_S, Kept
from bot.once import Once
from bot.releases import Between, Releases
from bot.sync import Span
from summarizer import extract, languages, prompting
from summarizer.assessor import Assessed
from summarizer.digests import SECTIONS, Digest, Outcome, digest_id
from summarizer.errors import BadInput
from summarizer.facts import Listed
from summarizer.filters import Filter, check_filters
from summarizer.models import OFFLINE
from summarizer.topics import TopicRules, match_topics
from summarizer.windows import Edition, Window
from summarizer.writer import MODEL_SECTIONS, Writer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from adapters.chat import Progress
    from adapters.store import Store
    from bot.cutting import Held
    from bot.sync import Sync
    from bot.topicfile import Topics
    from summarizer.assessments import Assessment
    from summarizer.digests import Generation
    from summarizer.facts import Facts, Notice
    from summarizer.models import Prompt
    from summarizer.windows import Resolvable

log = structlog.get_logger()

WAIT_FOR_BUILDER_S = 600.0

JUDGED = {"assess": "changes", "assess-threads": "threads"}
"""What the first step of a digest asks a model, as `prompt` knows it."""

VERSION = version("vllm-digest")


@dataclass(frozen=True, slots=True)
class DigestRequest:
    """Which digest is wanted, in which language and zone, and by whom. filters limit its sections and lists. expr: of
    releases the two themselves, once they are known. carried: rows of an earlier window that became known only after
    that was told."""

    repo: str
    expr: WindowExpr | Between | Pinned
    tz: str
    lang: str
    edition: Edition = "daily"
    filters: tuple[Filter, ...] = ()
    reader: Principal = SHELL
    carried: tuple[Listed, ...] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A digest, and the handle that opens it again for as long as it is kept."""

    handle: str
    digest: Digest


@dataclass(frozen=True, slots=True)
class Pinned:
    """The window of a digest that there is, for another one of the same items."""

    window: Window

    def resolve(self, *, now: datetime, synced_until: datetime, tz: str) -> Window:
        del now, synced_until, tz
        return self.window

    def __str__(self) -> str:
        return f"{self.window.since.isoformat()}..{self.window.until.isoformat()}"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A request that may be answered, and all that makes its digest what it is. rules: those of the repository, mended.
    handle: what the digest is kept under."""

    request: DigestRequest
    span: Span
    rules: TopicRules
    id: str
    handle: str

    @property
    def project(self) -> str:
        return self.rules.project_name(self.span.repo)


class Digests:
    """Cuts facts from the mirror and makes digests of them."""

    def __init__(
        self,
        *,
        sync: Sync,
        store: Store,
        writer: Writer,
        writer_name: str,
        topics: Topics,
        rules_of: Callable[[str], Awaitable[TopicRules]],
        section_topics: tuple[str, ...],
        releases: Releases,
        now: Callable[[], datetime],
        access: Access,
        notices: Sequence[Notice] = (),
    ) -> None:
        """writer_name: the models' names and settings, by which their digests are told apart from others'.
        topics: as the topic file has them, by which filters are checked before a repository is known. rules_of: those
        of a repository, by its present name, with what people decided there.
        section_topics: keys of the topics that have a section of their own. notices: what holds of all that the source
        tells, and every digest and answer says."""
        self._sync = sync
        self._store = store
        self._writer = writer
        self._writer_name = writer_name
        self._topics = topics
        self._rules_of = rules_of
        self._section_topics = section_topics
        self._releases = releases
        self._now = now
        self._access = access
        self._cutting = Cutting(sync, store, releases, notices)
        self._asking: Once[Made] = Once()
        self._building: Once[Digest] = Once()
        self._kept_digests = Kept(store.cache)

    async def digest(self, request: DigestRequest, progress: Progress) -> Made:
        """The digest that was asked for: a kept one, or built now, once per id however many ask at the same time.

        Raises BadInput for a window that cannot be, GitHubError and StoreError.
        """
        check_filters(request.filters, match_topics((), self._topics.topics))
        # a channel that asks for the same at once is looked up, and let in, once
        return await self._asking(request, lambda: self._made(request, progress))

    async def _made(self, request: DigestRequest, progress: Progress) -> Made:
        with span("digest", edition=request.edition, lang=request.lang):
            with span("sync"):
                wanted = await self._wanted(request, progress)
            digest = await self._building(wanted.handle, lambda: self._kept_or_built(wanted, progress))
        return Made(wanted.handle, digest)

    async def open(self, handle: str, reader: Principal) -> Digest:
        """The digest of that handle, for those who may read it. Raises BadInput `digest.gone` for one that is not kept
        (any more), StoreError."""
        digest = await self._kept_digests.shown(handle)
        if digest is None:
            raise BadInput("digest.gone")
        repo = digest.facts.repo
        await self._sync.admit(repo, self._access.gate(reader, repo))
        return digest

    async def correct(self, handle: str, digest: Digest) -> None:
        """Keep a digest in the place of an earlier revision of it. Raises StoreError."""
        await self._kept_digests.put(handle, digest, settled=True)

    async def again(self, digest: Digest, lang: str, reader: Principal, progress: Progress) -> Made:
        """The same digest in another language. Raises what `digest` raises."""
        facts = digest.facts
        request = DigestRequest(
            facts.repo, Pinned(facts.window), facts.window.tz, lang, digest.edition, facts.filters, reader
        )
        return await self.digest(request, progress)

    async def known(self, request: DigestRequest, progress: Progress) -> Digest:
        """The digest, and no model is asked for it: the kept one, else as code writes it, with the judgements that are
        kept. Nothing is kept of that. Raises what `digest` raises."""
        check_filters(request.filters, match_topics((), self._topics.topics))
        wanted = await self._wanted(request, progress)
        if kept := await self._kept(wanted.handle, wanted.span):
            return kept
        held = await self._cut(wanted)
        facts = _counted(held, wanted)
        judged = await self._writer.known(facts, project=wanted.project)
        return await self._written(wanted, held, facts, Assessed(judged), Writer(None), progress)

    async def facts(self, request: DigestRequest, progress: Progress) -> Facts:
        """The facts of the window alone; a filter by importance limits nothing, since nobody judges."""
        wanted = await self._wanted(request, progress)
        return _counted(await self._cut(wanted), wanted)

    async def passing(self, request: DigestRequest) -> Facts:
        """The same of a window that the mirror reaches over, in passing: GitHub is not asked to confirm it."""
        check_filters(request.filters, match_topics((), self._topics.topics))
        assert not isinstance(request.expr, ReleaseExpr)  # noqa: S101 - which GitHub would have to be asked for
        allow = self._access.gate(request.reader, request.repo)
        span = await self._sync.span(request.repo, request.expr, request.tz, unwatched, allow, at_hand=True)
        rules = await self._rules_of(span.repo)
        held = await self._cutting(request.expr, span, rules.bots)
        return await asyncio.to_thread(held.counted, rules.topics, request.filters)

    async def prompt(self, request: DigestRequest, section_id: str, progress: Progress) -> Prompt:
        """What the model would be asked for a section of the digest, or with "assess" for the judgements of its items.

        Raises what `digest` raises, and BadInput `prompt.section` for a section that no model writes.
        """
        known = (*MODEL_SECTIONS[request.edition], *JUDGED)
        if section_id not in known:
            raise BadInput("prompt.section", section=section_id, known=known)
        wanted = await self._wanted(request, progress)
        request, project = wanted.request, wanted.project
        held = await self._cut(wanted)
        facts = _counted(held, wanted)
        if _is_by_importance(request):
            judged = await self._writer.known(facts, project=project)
            facts = _counted(held, wanted, _importance(judged))
        if section_id in JUDGED:
            judging = self._writer.prompt_of_assessment(facts, kind=JUDGED[section_id], project=project)
            if judging is None:
                raise BadInput("prompt.nothing")
            return judging
        return await self._writer.prompt_of_section(
            facts, section_id, edition=request.edition, lang=request.lang, project=project
        )

    async def _wanted(self, request: DigestRequest, progress: Progress) -> _Wanted:
        """The request with all that its digest is made by. Raises what `_looked` raises."""
        request, span = await self._looked(request, progress)
        rules = await self._rules_of(span.repo)
        id_ = digest_id(span.repo, request.edition, span.window, request.filters, rules.hash)
        # what shapes the words but neither the instants nor the facts is no part of the id
        shape = (*self._section_topics, self._writer_name, span.window.tz, str(span.window.so_far), VERSION)
        shape += (prompting.version(),)
        shape += (str(request.expr),) if isinstance(request.expr, Between) else ()  # it has a note
        shape += (repr(request.carried),) if request.carried else ()
        name = ":".join((id_, request.lang, hashlib.sha256("\n".join(shape).encode()).hexdigest()[:16]))
        return _Wanted(request, span, rules, id_, name)

    async def _looked(self, request: DigestRequest, progress: Progress) -> tuple[DigestRequest, Span]:
        """The request, its releases found, and its span, for those who may read it: nothing is read on for others, and
        nothing told."""
        allow = self._access.gate(request.reader, request.repo)
        if request.reader == SHELL and not isinstance(request.expr, ReleaseExpr):
            # the shell's person owns the token, so that what they ask for may be read while GitHub tells whose it is
            return request, await self._sync.span(request.repo, request.expr, request.tz, progress, allow)
        is_visitor = request.reader.kind in VISITORS
        if is_visitor and (await self._store.states.load(request.repo)).synced_until is None:
            raise refusal(request.reader, request.repo)
        state = await self._sync.admit(request.repo, allow)
        if isinstance(request.expr, ReleaseExpr):
            request = replace(request, expr=await self._releases.between(state.repo, request.expr))
        expr: Resolvable = request.expr
        span = await self._sync.span(request.repo, expr, request.tz, progress, at_hand=is_visitor)
        # it may have become private, or have been known from a file alone, which does not tell that it is
        await self._sync.admit(span.repo, allow)
        return request, span

    async def _kept_or_built(self, wanted: _Wanted, progress: Progress) -> Digest:
        """One process builds; the others wait for what it keeps, and take over if it dies."""
        handle, span = wanted.handle, wanted.span
        name = f"digest:{handle}"
        while True:
            if kept := await self._kept(handle, span):
                return kept
            async with self._store.leases.hold(name, or_alone=True) as lease:
                if lease is not None:
                    if kept := await self._kept(handle, span):
                        return kept
                    digest = await self._build(wanted, progress)
                    settled = span.final and _is_as_good_as_it_gets(digest.generation)
                    await self._kept_digests.put(handle, digest, settled=settled)
                    if settled:
                        until = self._now() + timedelta(seconds=KEEP_S)
                        await self._store.mirror.cite(span.repo, digest.facts.items, until)
                    return digest
            await self._store.leases.wait_free(name, WAIT_FOR_BUILDER_S)

    async def _kept(self, handle: str, span: Span) -> Digest | None:
        digest = await self._kept_digests.answering(handle)
        if digest is None:
            return None
        if not digest.facts.complete and span.coverage.complete:
            return None  # more has been seen since
        return replace(digest, generation=replace(digest.generation, cached=True))

    async def _build(self, wanted: _Wanted, progress: Progress) -> Digest:
        begun, edition = time.monotonic(), wanted.request.edition
        with span("build", digest=wanted.id):
            with span("cut"):
                held = await self._cut(wanted)
                facts = await asyncio.to_thread(
                    _counted, held, wanted
                )  # on a busy week the loop would stand still
            with span("write", items=len(facts.items)):
                assessed = await self._writer.assess(
                    facts,
                    project=wanted.project,
                    key=str(wanted.request.reader),
                    progress=lambda done, total: progress("assess", done, total),
                )
                digest = await self._written(wanted, held, facts, assessed, self._writer, progress)
        metrics.observe(table.BUILD, time.monotonic() - begun, edition=edition)
        metrics.count(table.BUILT, edition=edition, rung=digest.generation.rung)
        return digest

    async def _cut(self, wanted: _Wanted) -> Held:
        request = wanted.request
        return await self._cutting(request.expr, wanted.span, wanted.rules.bots, request.carried)

    async def _written(
        self,
        wanted: _Wanted,
        held: Held,
        facts: Facts,
        assessed: Assessed,
        writer: Writer,
        progress: Progress,
    ) -> Digest:
        """The digest of what was judged."""
        request, project = wanted.request, wanted.project
        language = languages.load(request.lang)
        if _is_by_importance(request):
            facts = _counted(held, wanted, _importance(assessed.assessments))
        section_ids = SECTIONS[request.edition]
        written = await writer.write(
            facts,
            edition=request.edition,
            lang=request.lang,
            section_ids=section_ids,
            project=project,
            topic_keys=self._section_topics,
            assessed=assessed,
            release=_release(request.expr),
            key=str(request.reader),
            progress=_sections_done(progress, len(section_ids)),
        )
        log.info(
            "built",
            digest=wanted.id,
            lang=request.lang,
            items=len(facts.items),
            seconds=written.generation.seconds,
        )
        return Digest(
            id=wanted.id,
            revision=1,
            edition=request.edition,
            lang=request.lang,
            title=extract.title(facts, request.edition, language, project, _release(request.expr)),
            outcome=_outcome(facts),
            facts=facts,
            sections=written.sections,
            verification=written.verification,
            generation=written.generation,
            assessments=assessed.assessments,
        )


def _counted(held: Held, wanted: _Wanted, importance: Mapping[int, int] | None = None) -> Facts:
    return held.counted(wanted.rules.topics, wanted.request.filters, importance)


def _is_by_importance(request: DigestRequest) -> bool:
    return any(each.key == "importance" for each in request.filters)


def _importance(judged: Mapping[int, Assessment]) -> dict[int, int]:
    return {number: each.importance for number, each in judged.items()}


def _release(expr: object) -> str:
    """The tag that a digest of a release is about."""
    return expr.until.tag_name if isinstance(expr, Between) and expr.until else ""


def _is_as_good_as_it_gets(made: Generation) -> bool:
    """Whether asking again would write the same: nothing failed, and no cap was in the way."""
    failed = made.extracted or made.unassessed or made.fallen
    return not failed and (made.rung == "full" or made.model == OFFLINE)


def _sections_done(progress: Progress, total: int) -> Callable[[str], None]:
    done = 0

    def written(_section_id: str) -> None:
        nonlocal done
        done += 1
        progress("write", done, total)

    return written


def _outcome(facts: Facts) -> Outcome:
    if not facts.complete:
        return "partial"
    happened = facts.shown or facts.lists.get("carried_over") or (facts.releases and not facts.filters)
    return "normal" if happened else "quiet"
