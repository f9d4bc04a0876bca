"""Reaching further back: older items in light readings, a stretch of time after another, newest first.

Each stretch is recorded once all of it is stored, so a crash costs one stretch. Slices of the past are read while the
present goes on: what moves out of a slice before it is read is found at the edge, which is read once more before the
stretch counts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

import structlog

from adapters.source import untold
from adapters.store.states import Gap, Overtaken
from bot.turns import MOST_OVERTAKEN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from adapters.source import Edge, Found, Keep, Reading, Source
    from adapters.source import Progress as Counted
    from adapters.store import Store
    from adapters.store.states import MirrorState
    from bot.turns import Turns

log = structlog.get_logger()

STRETCH = 1_500
"""Items a stretch should hold: some twenty pages, a few seconds."""

FIRST_STRETCH = timedelta(days=7)
LONGEST_STRETCH = timedelta(days=1_500)
BEGINNING = datetime(2008, 1, 1, tzinfo=UTC)
"""Nothing on GitHub is older than GitHub."""


class History:
    """Extends mirrors into the past."""

    def __init__(self, source: Source, store: Store, turns: Turns, *, now: Callable[[], datetime]) -> None:
        self._source = source
        self._store = store
        self._turns = turns
        self._now = now

    async def extend(
        self, repo: str, since: datetime, counted: Counted, *, stretches: int | None = None
    ) -> MirrorState:
        """Hold every item updated at `since` or later; the mirror must have been synced before. Returns its state: that
        of the new name, to be synced anew, where the repository turns out to be renamed.

        counted: told how many items of this were read. stretches: stop after so many. Raises GitHubError, StoreError;
        what was read is kept.
        """
        span, done, overtaken = FIRST_STRETCH, 0, 0
        state = await self._store.states.load(repo)
        repo = state.repo
        since = max(since, BEGINNING)
        if not state.reaches(since):
            # before the first stretch is recorded: whoever finds the span held does not ask for its releases
            await self._keep_releases(repo, since)
        turns = count() if stretches is None else range(stretches)
        for _ in turns:
            if state.reaches(since):
                break
            before = done
            try:
                async with self._turns.take(sync_turn(repo)) as lease:
                    state = await self._store.states.load(repo)
                    until = state.mirror_from
                    if until is None or state.reaches(since) or not same_name(state.repo, repo):
                        break
                    self._store.room.admit()  # what would be read could not be kept
                    start = max(since, until - span)

                    async def keep(readings: Sequence[Reading]) -> None:
                        nonlocal done
                        await self._store.mirror.save(state.repo, readings)  # noqa: B023 - used within this turn alone
                        done += len(readings)
                        counted(done, None)

                    state = await self._stretch(state, start, lease.fence, keep)
            except Overtaken:
                # our lease lapsed, and another has moved the mirror on since: the next turn begins where that is
                log.info("overtaken", repo=repo)
                overtaken += 1
                if overtaken == MOST_OVERTAKEN:
                    raise
            span = _next_span(span, done - before)
        return state

    async def _stretch(self, state: MirrorState, since: datetime, fence: int, keep: Keep) -> MirrorState:
        until = state.mirror_from or self._now()
        found = await self._source.updated_between(state.repo, since, until, keep, untold)
        watermark = state.synced_until or until
        edge = await self._source.updated_since(state.repo, watermark, keep, untold)
        if not same_name(edge.repo, state.repo):
            # searched for by a name that search does not know any more
            return await rename(self._store, self._turns, state.repo, fence, edge.repo)
        whole = since <= BEGINNING or await self._is_all(state, edge, since)
        if whole:
            await self._keep_releases(state.repo, BEGINNING)  # they may be older than all items
        log.info("reached back", repo=state.repo, since=since, items=found.seen, missing=found.missing)

        def reached(current: MirrorState) -> MirrorState:
            new = synced(current, edge, watermark, self._now())
            return replace(
                new,
                mirror_from=since,
                whole=whole,
                gaps=(*new.gaps, *_gap(since, until, found)),
                glances=tuple(glance for glance in current.glances if glance.since < since and not whole),
            )

        return await self._store.states.change(state.repo, fence, reached)

    async def _keep_releases(self, repo: str, since: datetime) -> None:
        await self._store.mirror.save_releases(repo, await self._source.releases(repo, since))

    async def _is_all(self, state: MirrorState, edge: Edge, since: datetime) -> bool:
        """Whether nothing is older: asked only when the numbers say so."""
        held = [await self._store.mirror.count(state.repo, kind) for kind in ("issue", "pull_request")]
        if sum(held) < edge.issues + edge.pull_requests:
            return False
        return await self._source.count_updated(state.repo, BEGINNING, since) == 0


def sync_turn(repo: str) -> str:
    """The name of the turn in which a repository's state is changed."""
    return f"sync {repo.lower()}"


async def rename(store: Store, turns: Turns, repo: str, fence: int, name: str) -> MirrorState:
    """Go on under a new name; returns its state. fence: of the turn in which `repo` is changed. What is kept under the
    old name bears it in every link and is left behind."""
    async with turns.take(sync_turn(name)) as lease:
        await store.states.rename(repo, fence, name, lease.fence)
    log.warning("renamed", repo=repo, name=name)
    return await store.states.load(name)


def same_name(one: str, other: str) -> bool:
    """Whether both are names of one repository: GitHub ignores their case."""
    return one.lower() == other.lower()


def synced(state: MirrorState, edge: Edge, since: datetime, now: datetime) -> MirrorState:
    """The state after everything from `since` up to the edge was stored, as far as GitHub showed it."""
    until = edge.at if state.synced_until is None else max(state.synced_until, edge.at)
    return replace(
        state,
        repo=edge.repo,
        is_private=edge.is_private,
        synced_until=until,
        synced_at=now,
        issues=edge.issues,
        pull_requests=edge.pull_requests,
        gaps=(*state.gaps, *_gap(since, edge.at, edge.found)),
    )


def _gap(since: datetime, until: datetime, found: Found) -> tuple[Gap, ...]:
    return (Gap(since, until, found.missing),) if found.missing else ()


def _next_span(span: timedelta, items: int) -> timedelta:
    """A span that will hold about a STRETCH, as far as the last one tells."""
    factor = min(4.0, max(0.25, STRETCH / max(items, 1)))
    return min(max(span * factor, timedelta(hours=6)), LONGEST_STRETCH)
