"""Bringing the mirror up to what a window needs: nothing where it holds it, the newest part where that is old."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from adapters.source import LASTING
from adapters.store.reaches import Reach
from bot.once import Once
from summarizer.items import Coverage, Seen
from summarizer.windows import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from adapters.chat import Progress
    from adapters.source import Source
    from adapters.store.mirror import Mirror
    from bot.grammar.expressions import WindowExpr

log = structlog.get_logger()

SETTLE = timedelta(minutes=5)
"""GitHub's search index lags behind by about a minute (cli/cli #7764), so the newest minutes are read again."""


@dataclass(frozen=True, slots=True)
class Span:
    """A window that the mirror reaches over, and how completely. final: another look would bring nothing more."""

    window: Window
    coverage: Coverage
    final: bool


class Sync:
    """Keeps the mirror as fresh as questions need it."""

    def __init__(
        self, source: Source, mirror: Mirror, *, now: Callable[[], datetime], every: timedelta
    ) -> None:
        """every: how old the mirror's newest part may be before the source is asked again."""
        self._source = source
        self._mirror = mirror
        self._now = now
        self._every = every
        self._running: Once[None] = Once()
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def span(self, repo: str, expr: WindowExpr, tz: str, progress: Progress) -> Span:
        """The window, once the mirror holds it. What reaches past now ends where the mirror does.

        Raises BadInput, GitHubError and StoreError.
        """
        now = self._now()
        wanted = expr.resolve(now=now, synced_until=now, tz=tz)
        # equal windows share one look, and its error; different ones take turns and profit from each other
        await self._running(
            (repo, wanted.since, wanted.until), lambda: self._bring(repo, wanted, now, progress)
        )
        reaches = _over(await self._mirror.reach(repo), wanted)
        synced_until = min(reaches[-1].until, now) if reaches else now
        window = expr.resolve(now=now, synced_until=synced_until, tz=tz)
        coverage = _together(reaches)
        if reaches and reaches[-1].until < window.until and not window.so_far:
            # by the source's clock the window is not over yet, whatever ours says
            coverage = replace(coverage, reasons=(*coverage.reasons, "items"))
        final = bool(reaches) and has_settled(window, reaches[-1]) and not heals(coverage)
        return Span(window, coverage, final)

    async def complete_over(self, repo: str, window: Window) -> bool:
        """Whether the mirror holds all of the window already."""
        reaches = _over(await self._mirror.reach(repo), window)
        return bool(reaches) and reaches[-1].until >= window.until and _together(reaches).complete

    async def _bring(self, repo: str, wanted: Window, now: datetime, progress: Progress) -> None:
        async with self._turns[repo]:
            since = self._missing(await self._mirror.reach(repo), wanted, now)
            if since is not None:
                await self._fetch(repo, since, wanted, now, progress)

    def _missing(self, known: Sequence[Reach], wanted: Window, now: datetime) -> datetime | None:
        """From when on to fetch; None when the mirror has the window and is fresh enough."""
        reaches = _over(known, wanted)
        if not reaches:
            return _resettled(known, wanted.since)
        last, coverage = reaches[-1], _together(reaches)
        fresh = now - last.fetched_at < self._every
        needed = now - self._every if wanted.so_far else wanted.until
        if not _for_it(reaches, wanted):
            return wanted.since  # what a longer window lacks, this one may well have
        if last.until >= needed and (fresh or (has_settled(wanted, last) and not heals(coverage))):
            return None
        if heals(coverage) or last.fetched_at > now:
            return wanted.since
        return max(wanted.since, min(last.until, last.fetched_at) - SETTLE)

    async def _fetch(
        self, repo: str, since: datetime, wanted: Window, now: datetime, progress: Progress
    ) -> None:
        until = now if wanted.so_far else wanted.until
        fetched = await self._source.fetch(
            repo, since, until, lambda done, total: progress("fetch", done, total)
        )
        reach = Reach(fetched.since, fetched.until, fetched.coverage, fetched.at)
        await self._mirror.save(repo, fetched.items, fetched.releases, reach)
        log.info("synced", repo=repo, since=since, until=until, items=len(fetched.items))


def has_settled(window: Window, reach: Reach) -> bool:
    """Whether the window was over long enough, when its data was fetched, for GitHub's index to know all of it."""
    return window.until <= reach.fetched_at - SETTLE


def heals(coverage: Coverage) -> bool:
    """Whether something is missing that another fetch may bring."""
    return not LASTING.issuperset(coverage.reasons)


def _for_it(reaches: Sequence[Reach], wanted: Window) -> bool:
    """Whether each reach that lacks something was fetched for this window or a part of it."""
    lacking = [reach for reach in reaches if not reach.coverage.complete]
    return all(wanted.since <= reach.since and reach.until <= wanted.until for reach in lacking)


def _resettled(known: Sequence[Reach], since: datetime) -> datetime:
    """`since`, or earlier where the span before it was fetched too soon after its end, so that its last minutes are
    read again."""
    before = [reach for reach in known if reach.since < since and since - SETTLE < reach.until <= since]
    hasty = any(reach.fetched_at < reach.until + SETTLE for reach in before)
    return since - SETTLE if hasty else since


def _over(known: Sequence[Reach], window: Window) -> list[Reach]:
    """The reaches that cover the window from its start on without a gap, as far as they go."""
    found: list[Reach] = []
    edge = window.since
    for reach in known:
        if reach.since <= edge < reach.until or (found and reach.since == edge):
            found.append(reach)
            edge = reach.until
        if edge >= window.until:
            break
    return found


def _together(reaches: Sequence[Reach]) -> Coverage:
    """The coverage of several reaches as one; of none, nothing is known."""
    if not reaches:
        return Coverage(Seen(None, 0), Seen(None, 0), ("items",))
    parts = [reach.coverage for reach in reaches]
    reasons = dict.fromkeys(reason for part in parts for reason in part.reasons)
    return Coverage(
        _sum([part.items for part in parts]), _sum([part.comments for part in parts]), tuple(reasons)
    )


def _sum(parts: Sequence[Seen]) -> Seen:
    known = [part.expected for part in parts if part.expected is not None]
    return Seen(sum(known) if len(known) == len(parts) else None, sum(part.seen for part in parts))
