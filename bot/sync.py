"""Bringing the mirror up to what a window needs: nothing where it holds it, the newest part where that is old."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias

import structlog

from adapters.source import untold
from adapters.store.room import REFUSED
from adapters.store.states import Glance
from adapters.together import both
from bot.ahead import ReadAhead
from bot.history import History, rename, same_name, sync_turn, synced
from bot.once import Once
from bot.threads import Threads
from bot.turns import Turns
from summarizer.errors import GitHubError, NotConfigured, StoreError
from summarizer.items import Coverage, Seen
from summarizer.windows import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from adapters.chat import Progress
    from adapters.source import Edge, Reading, Source
    from adapters.store import Store
    from adapters.store.leases import Lease
    from adapters.store.states import MirrorState
    from summarizer.windows import Resolvable

log = structlog.get_logger()

Allow: TypeAlias = "Callable[[str, bool], None]"
"""Told a repository's name, as GitHub spells it, and whether it is private; raises where that is not for the asker."""

FAR = timedelta(days=14)
"""From so long ago on it is counted first what a window would need."""

AFFORDABLE = 8_000
"""Items that one question may have listed, some twenty seconds; what happened before is only glanced at, and the rest
is for history to fill in."""

SHORT = timedelta(days=8)
"""Items of longer windows are confirmed by their ids once an hour instead of each time."""

AHEAD = timedelta(days=2)
"""Of so short a span threads are read while its listing still comes in; a longer one's listing goes first."""

LASTING = frozenset({"sample"})
"""Reasons of incomplete coverage that asking again cannot mend."""


@dataclass(frozen=True, slots=True)
class Span:
    """A window that the mirror of `repo` (as GitHub spells it) reaches over, and how completely.

    coverage: of items the numbers that are known to be missing, and none seen; see `coverage_of`.
    final: another look would bring nothing more.
    """

    repo: str
    window: Window
    coverage: Coverage
    final: bool


class Sync:
    """Keeps the mirror as fresh as questions need it."""

    def __init__(
        self, source: Source, store: Store, *, now: Callable[[], datetime], every: timedelta
    ) -> None:
        """every: how old the mirror's newest part may be before the source is asked again."""
        self._source = source
        self._store = store
        self._now = now
        self._every = every
        self._running: Once[_Brought] = Once()
        self.turns = Turns(store.leases)
        self.history = History(source, store, self.turns, now=now)
        self.threads = Threads(source, store, self.turns, now=now)

    async def span(
        self,
        repo: str,
        expr: Resolvable,
        tz: str,
        progress: Progress,
        allow: Allow | None = None,
        *,
        at_hand: bool = False,
    ) -> Span:
        """The window, once the mirror holds it. What reaches past now ends where the mirror does.

        allow: is told the repository's name and whether it is private before it is read, and raises what it refuses.
        at_hand: for who asks in passing. The newest part is read, and what FAR reaches; of what lies before it only
        what the mirror holds already is told, and items are not confirmed one by one.
        Raises BadInput, GitHubError and StoreError; while GitHub fails, a mirror that reaches over the window's begin
        is told from as it is, with the reason.
        """
        now = self._now()
        wanted = expr.resolve(now=now, synced_until=now, tz=tz)
        known = await self._store.states.load(repo)
        if allow is not None and known.synced_until is not None:
            allow(known.repo, known.is_private)
        # equal windows share one look, and its error; different ones take turns and profit from each other
        look = self._running(
            (repo, wanted.since, wanted.until, at_hand),
            lambda: self._bring(repo, wanted, now, progress, at_hand=at_hand),
        )
        if allow is None or known.synced_until is not None:
            brought = await look
        else:  # GitHub is asked who may read beside it; whom the gate refuses breaks the look off
            brought, _ = await both(look, self.admit(repo, allow))
        trouble = brought.trouble
        state = await self._store.states.load(repo)
        if allow is not None:
            allow(state.repo, state.is_private)  # it may have become private since it was last looked at
        synced_until = min(state.synced_until or now, now)
        if trouble is not None and synced_until <= wanted.since:
            raise trouble
        window = expr.resolve(now=now, synced_until=synced_until, tz=tz)
        coverage = await self.coverage(state, window)
        if brought.unsure and "threads" not in coverage.reasons:
            coverage = Coverage(coverage.items, Seen(None, 0), (*coverage.reasons, "threads"))
        if trouble is not None and not coverage.reasons:
            coverage = replace(coverage, reasons=("stale",))
        final = not window.so_far and not set(coverage.reasons) - LASTING
        return Span(state.repo, window, coverage, final)

    async def admit(self, repo: str, allow: Allow) -> MirrorState:
        """The state of a mirror, for those whom `allow` lets read it; GitHub is asked about one that never was synced,
        even if a file told of it, and the state bears the name that it gives."""
        state = await self._store.states.load(repo)
        if state.synced_until is None:
            try:
                name, is_private = await self._source.describe(state.repo)
            except NotConfigured:  # without a token nobody reads but the shell that read the file
                if not state.glances:
                    raise
            else:
                state = replace(state, repo=name, is_private=is_private)
        allow(state.repo, state.is_private)
        return state

    async def coverage(self, state: MirrorState, window: Window) -> Coverage:
        """What the mirror has of what the window needs, as far as the state tells; whether each thread's comments are
        all there is for those who hold the items to say."""
        since, until = window.since, window.until
        reasons: list[str] = []
        missing = 0
        if not state.reaches(since):
            reasons += self._glanced(state, window)
        elif state.synced_until is None or state.synced_until < until:
            reasons.append("stale")
        for gap in state.gaps:
            if gap.until > since:
                missing += gap.missing
                reasons.append("items")
        unread = await self._store.mirror.lacks(state.repo, since, until)
        if unread:
            reasons.append("threads")
        return Coverage(Seen(missing, 0), Seen(None if unread else 0, 0), tuple(dict.fromkeys(reasons)))

    def _glanced(self, state: MirrorState, window: Window) -> Sequence[str]:
        begins = self._source.begins
        if begins is not None and window.since < begins:
            return ("sample",)
        glance = state.glanced_at(window.since, window.until)
        return ("items",) if glance is None else glance.reasons

    async def complete_over(self, repo: str, window: Window) -> bool:
        """Whether the mirror holds all of the window already."""
        state = await self._store.states.load(repo)
        return state.reaches(window.since) and not (await self.coverage(state, window)).reasons

    async def catch_up(
        self, repo: str, since: datetime, progress: Progress, *, always: bool = False
    ) -> MirrorState:
        """Store what was updated since the watermark; a mirror that is new begins at `since`.

        always: even if that was done a moment ago. Raises GitHubError, StoreError.
        """
        repo = (await self._store.states.load(repo)).repo

        async def caught_up(lease: Lease) -> MirrorState:
            state = await self._store.states.load(repo)
            if not same_name(state.repo, repo) or (self._is_fresh(state) and not always):
                return state
            self._store.room.admit()  # what would be read could not be kept
            start = state.synced_until or since
            reads = 0

            async with ReadAhead(self.threads, state.repo) as ahead:

                async def keep(readings: Sequence[Reading]) -> None:
                    nonlocal reads
                    await self._store.mirror.save(state.repo, readings)
                    if self._now() - start <= AHEAD:
                        ahead.offer([each for each in readings if (each.item.updated_at or start) >= start])
                    reads += len(readings)
                    progress("fetch", reads, None)

                edge = await self._source.updated_since(state.repo, start, keep, untold)
            if not same_name(edge.repo, repo):
                return await rename(self._store, self.turns, repo, lease.fence, edge.repo)
            await self._keep_releases(edge, start)
            begins = self._source.begins
            log.info("synced", repo=edge.repo, since=start, until=edge.at, items=reads)

            def moved(current: MirrorState) -> MirrorState:
                new = synced(current, edge, start, self._now())
                return replace(new, mirror_from=current.mirror_from or begins or start)

            return await self._store.states.change(repo, lease.fence, moved)

        state = await self.turns.do(sync_turn(repo), caught_up)
        if not same_name(state.repo, repo):
            return await self.catch_up(state.repo, since, progress, always=always)
        return state

    async def _bring(
        self, repo: str, wanted: Window, now: datetime, progress: Progress, *, at_hand: bool
    ) -> _Brought:
        """Have the mirror hold the window; returns what kept it from that although it can be told from as it is."""
        state = await self._store.states.load(repo)
        unsure: set[int] = set()
        try:
            if at_hand:
                await self._take_in(state, wanted, now, progress)
                return _Brought()
            state = await self._reach(state, wanted, now, progress)
            until = min(wanted.until, state.synced_until or wanted.until)
            await self.threads.read(
                state.repo, wanted.since, until, lambda done, total: progress("threads", done, total)
            )
            fresh = self._every if wanted.duration <= SHORT else timedelta(hours=1)
            confirmed = (state.synced_until or now) - fresh
            unsure = await self.threads.check(state.repo, wanted.since, until, confirmed)
        except NotConfigured:
            if "imported" not in self._glanced(state, wanted):
                raise
        except GitHubError as error:
            known = await self._store.states.load(repo)
            if (
                known.synced_until is None
                or not known.reaches(wanted.since)
                or not getattr(error, "heals", False)
            ):
                raise
            log.warning("told from what is known", repo=repo, error=error.key)
            return _Brought(trouble=error)
        except StoreError as error:
            known = await self._store.states.load(repo)
            if error.key not in REFUSED or known.synced_until is None or not known.reaches(wanted.since):
                raise
            log.warning("told from what is known", repo=repo, error=error.key)
            return _Brought(trouble=error)
        return _Brought(unsure=bool(unsure))

    async def _take_in(self, state: MirrorState, wanted: Window, now: datetime, progress: Progress) -> None:
        """Have the mirror hold what of the window lies no further back than FAR."""
        since = max(wanted.since, now - FAR)
        if since >= wanted.until:
            return
        recent = replace(wanted, since=since)
        state = await self._reach(state, recent, now, progress)
        until = min(wanted.until, state.synced_until or wanted.until)
        if await self._store.mirror.lacks(state.repo, since, until):
            await self.threads.read(
                state.repo, since, until, lambda done, total: progress("threads", done, total)
            )

    async def _reach(
        self, state: MirrorState, wanted: Window, now: datetime, progress: Progress
    ) -> MirrorState:
        synced_until = state.synced_until
        if synced_until is None or (synced_until < self._needed(wanted, now) and not self._is_fresh(state)):
            # a window of long ago is no reason to read everything since before anything can be told
            start = wanted.since if now - wanted.since <= FAR else now - timedelta(days=1)
            state = await self.catch_up(state.repo, start, progress)
        if state.reaches(wanted.since) or self._source.begins is not None:
            return state
        until = state.mirror_from or now
        if until - wanted.since > FAR:
            count = await self._source.count_updated(state.repo, wanted.since, until)
            if count > AFFORDABLE:
                await self._glance(state, wanted, now, progress)
                return state
        extended = await self.history.extend(
            state.repo, wanted.since, lambda done, total: progress("fetch", done, total)
        )
        if not same_name(extended.repo, state.repo):
            return await self._reach(extended, wanted, now, progress)
        return extended

    async def _glance(self, state: MirrorState, wanted: Window, now: datetime, progress: Progress) -> None:
        """Look at a window of long ago by its own times, which shows all but older threads that were touched since."""
        known = state.glanced_at(wanted.since, wanted.until)
        if known is not None and not known.of_a_file:
            return
        until = min(wanted.until, state.mirror_from or now)

        async def keep(readings: Sequence[Reading]) -> None:
            await self._store.mirror.save(state.repo, readings)

        await self._source.happened(
            state.repo, wanted.since, until, keep, lambda done, total: progress("fetch", done, total)
        )
        await self._store.mirror.save_releases(
            state.repo, await self._source.releases(state.repo, wanted.since)
        )
        glance = Glance(wanted.since, wanted.until, ("old_comments",))
        await self.turns.do(
            sync_turn(state.repo),
            lambda lease: self._store.states.change(
                state.repo, lease.fence, lambda current: current.with_glance(glance)
            ),
        )

    async def _keep_releases(self, edge: Edge, since: datetime) -> None:
        """Store the newest releases, and those back to `since` where they do not reach so far."""
        releases = edge.releases
        if edge.releases_from is not None and edge.releases_from > since:
            releases = await self._source.releases(edge.repo, since)
        await self._store.mirror.save_releases(edge.repo, releases)

    def _needed(self, wanted: Window, now: datetime) -> datetime:
        """How far the mirror has to be synced for the window."""
        return now - self._every if wanted.so_far else wanted.until

    def _is_fresh(self, state: MirrorState) -> bool:
        """Whether the source was asked a moment ago; it may know no more even if its clock is behind ours."""
        if state.synced_at is None or state.synced_until is None:
            return False
        return timedelta(0) <= self._now() - state.synced_at < self._every


@dataclass(frozen=True, slots=True)
class _Brought:
    """What kept the mirror from holding a window as GitHub has it. unsure: GitHub would not tell of some items whether
    they are as we know them."""

    trouble: GitHubError | StoreError | None = None
    unsure: bool = False
