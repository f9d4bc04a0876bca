"""The story of a digest: bring the mirror up to date, cut the window, count, write once, keep."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING

import structlog

from adapters.store.codec import Codec
from bot.access import SHELL, Access, Principal
from bot.grammar.expressions import Release as ReleaseExpr
from bot.grammar.expressions import WindowExpr
from bot.once import Once
from bot.releases import Between, Releases, members
from summarizer import extract, languages, markup, prompting
from summarizer.counting import build_facts
from summarizer.digests import SECTIONS, Digest, Outcome, digest_id
from summarizer.errors import BadInput, StoreError
from summarizer.facts import Notice
from summarizer.filters import Filter, check_filters
from summarizer.items import Coverage, Item, Release, Seen
from summarizer.models import OFFLINE
from summarizer.reverts import named_by_reverts
from summarizer.topics import mark_bots, match_topics
from summarizer.windows import Edition, Window, previous
from summarizer.writer import MODEL_SECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from adapters.chat import Progress
    from adapters.store import Store
    from bot.sync import Span, Sync
    from summarizer.assessments import Assessment
    from summarizer.digests import Generation
    from summarizer.facts import Facts
    from summarizer.models import Prompt
    from summarizer.topics import TopicRules
    from summarizer.windows import Resolvable
    from summarizer.writer import Writer

log = structlog.get_logger()

KEEP_ON_DEMAND_S = 7 * 24 * 3600
KEEP_UNSETTLED_S = 60  # a digest that may come out better: its data not settled, or its model failing
WAIT_FOR_BUILDER_S = 600.0
LONGEST_COMPARED = timedelta(days=32)  # a month; the mirror seldom holds two longer spans

BRANCHED = timedelta(days=60)
"""Longest that the first pull request of a release was merged before the release before it came out."""

JUDGED = {"assess": "changes", "assess-threads": "threads"}
"""What the first step of a digest asks a model, as `prompt` knows it."""

VERSION = version("vllm-digest")

_DIGEST: Codec[Digest] = Codec(Digest, level=1)  # large and kept for days only: fast before small


@dataclass(frozen=True, slots=True)
class DigestRequest:
    """Which digest is wanted, in which language and zone, and by whom. filters limit its sections and lists. expr: of
    releases the two themselves, once they are known."""

    repo: str
    expr: WindowExpr | Between
    tz: str
    lang: str
    edition: Edition = "daily"
    filters: tuple[Filter, ...] = ()
    reader: Principal = SHELL


@dataclass(frozen=True, slots=True)
class _Held:
    """What facts are counted from. merged: the pull requests of a release by its commits, None to go by time."""

    repo: str
    window: Window
    items: tuple[Item, ...]
    releases: tuple[Release, ...]
    coverage: Coverage
    baseline: tuple[Window, tuple[Item, ...]] | None
    related: tuple[Item, ...]
    merged: frozenset[int] | None
    notes: tuple[Notice, ...]


class Digests:
    """Cuts facts from the mirror and makes digests of them."""

    def __init__(
        self,
        *,
        sync: Sync,
        store: Store,
        writer: Writer,
        writer_name: str,
        topics: TopicRules,
        section_topics: tuple[str, ...],
        releases: Releases,
        now: Callable[[], datetime],
        access: Access,
        notices: Sequence[Notice] = (),
    ) -> None:
        """writer_name: the models' names and settings, by which their digests are told apart from others'.
        section_topics: keys of the topics that have a section of their own. notices: what holds of all that the source
        tells, and every digest and answer says."""
        self._sync = sync
        self._store = store
        self._writer = writer
        self._writer_name = writer_name
        self._topics = topics
        self._section_topics = section_topics
        self._releases = releases
        self._now = now
        self._access = access
        self._notices = notices
        self._building: Once[Digest] = Once()

    async def digest(self, request: DigestRequest, progress: Progress) -> Digest:
        """The digest that was asked for: a kept one, or built now, once per id however many ask at the same time.

        Raises BadInput for a window that cannot be, GitHubError and StoreError.
        """
        check_filters(request.filters, match_topics((), self._topics.topics))
        request, span = await self._looked(request, progress)
        id_ = digest_id(span.repo, request.edition, span.window, request.filters, self._topics.hash)
        # what shapes the words but neither the instants nor the facts is no part of the id
        shape = (*self._section_topics, self._writer_name, span.window.tz, str(span.window.so_far), VERSION)
        shape += (prompting.version(),)
        shape += (str(request.expr),) if isinstance(request.expr, Between) else ()  # it has a note
        key = ":".join((id_, request.lang, hashlib.sha256("\n".join(shape).encode()).hexdigest()[:16]))
        return await self._building(
            key, lambda: self._kept_or_built(id_, f"digest:{key}", request, span, progress)
        )

    async def facts(self, request: DigestRequest, progress: Progress) -> Facts:
        """The facts of the window alone; a filter by importance limits nothing, since nobody judges."""
        request, span = await self._looked(request, progress)
        return _counted(request, await self._held(request, span), self._topics)

    async def prompt(self, request: DigestRequest, section_id: str, progress: Progress) -> Prompt:
        """What the model would be asked for a section of the digest, or with "assess" for the judgements of its items.

        Raises what `digest` raises, and BadInput `prompt.section` for a section that no model writes.
        """
        known = (*MODEL_SECTIONS[request.edition], *JUDGED)
        if section_id not in known:
            raise BadInput("prompt.section", section=section_id, known=known)
        request, span = await self._looked(request, progress)
        held = await self._held(request, span)
        facts = _counted(request, held, self._topics)
        project = self._topics.project_name(span.repo)
        if any(each.key == "importance" for each in request.filters):
            judged = await self._writer.known(facts, project=project)
            facts = _counted(request, held, self._topics, _importance(judged))
        if section_id in JUDGED:
            judging = self._writer.prompt_of_assessment(facts, kind=JUDGED[section_id], project=project)
            if judging is None:
                raise BadInput("prompt.nothing")
            return judging
        return await self._writer.prompt_of_section(
            facts, section_id, edition=request.edition, lang=request.lang, project=project
        )

    async def _looked(self, request: DigestRequest, progress: Progress) -> tuple[DigestRequest, Span]:
        """The request, its releases found, and its span, for those who may read it: nothing is read on for others, and
        nothing told."""
        allow = self._access.gate(request.reader, request.repo)
        if request.reader == SHELL and not isinstance(request.expr, ReleaseExpr):
            # the shell's person owns the token, so that what they ask for may be read while GitHub tells whose it is
            return request, await self._sync.span(request.repo, request.expr, request.tz, progress, allow)
        state = await self._sync.admit(request.repo, allow)
        if isinstance(request.expr, ReleaseExpr):
            request = replace(request, expr=await self._releases.between(state.repo, request.expr))
        expr: Resolvable = request.expr
        span = await self._sync.span(request.repo, expr, request.tz, progress)
        # it may have become private, or have been known from a file alone, which does not tell that it is
        await self._sync.admit(span.repo, allow)
        return request, span

    async def _kept_or_built(
        self, id_: str, key: str, request: DigestRequest, span: Span, progress: Progress
    ) -> Digest:
        """One process builds; the others wait for what it keeps, and take over if it dies."""
        while True:
            if kept := await self._kept(key, span):
                return kept
            async with self._store.leases.hold(key) as lease:
                if lease is not None:
                    if kept := await self._kept(key, span):
                        return kept
                    digest = await self._build(id_, request, span, progress)
                    settled = span.final and _is_as_good_as_it_gets(digest.generation)
                    keep_s = KEEP_ON_DEMAND_S if settled else KEEP_UNSETTLED_S
                    await self._store.cache.put(key, _DIGEST.dump(digest), keep_s)
                    if settled:
                        until = self._now() + timedelta(seconds=keep_s)
                        await self._store.mirror.cite(span.repo, digest.facts.items, until)
                    return digest
            await self._store.leases.wait_free(key, WAIT_FOR_BUILDER_S)

    async def _kept(self, key: str, span: Span) -> Digest | None:
        data = await self._store.cache.get(key)
        if data is None:
            return None
        try:
            digest = _DIGEST.load(data)
        except StoreError as error:
            log.warning("kept digest unreadable", key=key, error=error.key)
            return None  # another version's; it can be made again
        if not digest.facts.complete and span.coverage.complete:
            return None  # more has been seen since
        return replace(digest, generation=replace(digest.generation, cached=True))

    async def _build(self, id_: str, request: DigestRequest, span: Span, progress: Progress) -> Digest:
        held = await self._held(request, span)
        facts = _counted(request, held, self._topics)
        project, key = self._topics.project_name(span.repo), str(request.reader)
        language = languages.load(request.lang)
        assessed = await self._writer.assess(
            facts, project=project, key=key, progress=lambda done, total: progress("assess", done, total)
        )
        if any(each.key == "importance" for each in request.filters):
            facts = _counted(request, held, self._topics, _importance(assessed.assessments))
        section_ids = SECTIONS[request.edition]
        written = await self._writer.write(
            facts,
            edition=request.edition,
            lang=request.lang,
            section_ids=section_ids,
            project=project,
            topic_keys=self._section_topics,
            assessed=assessed,
            release=_release(request.expr),
            key=key,
            progress=_sections_done(progress, len(section_ids)),
        )
        log.info(
            "built", digest=id_, lang=request.lang, items=len(facts.items), seconds=written.generation.seconds
        )
        return Digest(
            id=id_,
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

    async def _held(self, request: DigestRequest, span: Span) -> _Held:
        """What the mirror holds of the window, and of the one before where it holds that whole."""
        mirror, window, repo = self._store.mirror, span.window, span.repo
        releases_since, baseline = window.since, None
        before = previous(window)
        if window.duration <= LONGEST_COMPARED and await self._sync.complete_over(repo, before):
            releases_since = before.since
            baseline = (before, self._marked(await mirror.items_between(repo, before.since, before.until)))
        items = self._marked(await mirror.items_between(repo, window.since, window.until))
        coverage = _of_window(span, items)
        merged: frozenset[int] | None = None
        notes: list[Notice] = []
        if isinstance(request.expr, Between) and request.expr.until is not None:
            items, merged, notes = await self._of_release(repo, request.expr, window, items)
        known = {item.number for item in items}
        related = [
            await mirror.item(repo, number) for number in named_by_reverts(items) if number not in known
        ]
        return _Held(
            repo=repo,
            window=window,
            items=items,
            releases=tuple(await mirror.releases_between(repo, releases_since, window.until)),
            coverage=coverage,
            baseline=baseline,
            related=self._marked(item for item in related if item is not None),
            merged=merged,
            notes=(*self._notices, *notes),
        )

    def _marked(self, items: Iterable[Item]) -> tuple[Item, ...]:
        return (*mark_bots(items, self._topics.bots),)

    async def _of_release(
        self, repo: str, between: Between, window: Window, items: tuple[Item, ...]
    ) -> tuple[tuple[Item, ...], frozenset[int] | None, list[Notice]]:
        """The window's items with those that were merged before it and are in the release all the same, and which are
        its pull requests; None where GitHub cannot tell, so that time has to."""
        assert between.until is not None  # noqa: S101 - the caller looked
        since, until = (markup.markdown(each.tag_name) for each in (between.since, between.until))
        tags: dict[str, object] = {"since": since, "until": until}
        commits = await self._releases.commits(repo, between)
        if commits is None:
            return items, None, [Notice("release_by_time", tags)]
        # a release is cut from a branch some time before it is published, and so was the one before
        earlier = await self._store.mirror.items_between(repo, window.since - BRANCHED, window.since)
        both = {item.number: item for item in (*self._marked(earlier), *items)}
        inside = members([*both.values()], commits)
        wanted = {item.number for item in items} | inside
        told = tags | {"inside": len(inside), "commits": len(commits)}
        return (
            tuple(item for number, item in both.items() if number in wanted),
            frozenset(inside),
            [Notice("release_by_commits", told)],
        )


def _counted(
    request: DigestRequest, held: _Held, topics: TopicRules, importance: Mapping[int, int] | None = None
) -> Facts:
    facts = build_facts(
        repo=held.repo,
        window=held.window,
        items=held.items,
        releases=held.releases,
        topics=topics.topics,
        filters=request.filters,
        coverage=held.coverage,
        baseline=held.baseline,
        importance=importance,
        related=held.related,
        merged=held.merged,
    )
    return replace(facts, warnings=(*facts.warnings, *held.notes))


def _importance(judged: Mapping[int, Assessment]) -> dict[int, int]:
    return {number: each.importance for number, each in judged.items()}


def _release(expr: object) -> str:
    """The tag that a digest of a release is about."""
    return expr.until.tag_name if isinstance(expr, Between) and expr.until else ""


def _of_window(span: Span, items: Sequence[Item]) -> Coverage:
    """The window's own coverage: what the mirror holds of it, and what is known to be missing, in the span and in the
    threads themselves."""
    coverage = span.coverage
    since, until = span.window.since, span.window.until
    comments = sum(since <= comment.created_at < until for item in items for comment in item.comments)
    cut = sum(max(0, (item.comments_total or 0) - len(item.comments)) for item in items)
    reasons = dict.fromkeys((*coverage.reasons, *(["comments"] if cut else [])))
    return Coverage(
        # a file does not tell how many there are
        _seen(None if "imported" in coverage.reasons else coverage.items.expected, len(items)),
        _seen(None if coverage.comments.expected is None else coverage.comments.expected + cut, comments),
        tuple(reasons),
    )


def _seen(missing: int | None, held: int) -> Seen:
    return Seen(None if missing is None else held + missing, held)


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
    return "normal" if facts.items or facts.releases else "quiet"
