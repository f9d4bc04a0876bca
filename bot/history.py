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

from adapters.store.states import Gap

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from adapters.source import Edge, Keep, Reading, Source
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
        """Hold every item updated at `since` or later; the mirror must have been synced before.

        counted: told how many items of this were read. stretches: stop after so many. Raises GitHubError, StoreError;
        what was read is kept.
        """
        span, done = FIRST_STRETCH, 0
        state = await self._store.states.load(repo)
        since = max(since, BEGINNING)
        turns = count() if stretches is None else range(stretches)
        for _ in turns:
            if state.reaches(since):
                break
            async with self._turns.take(sync_turn(repo)) as lease:
                state = await self._store.states.load(repo)
                until = state.mirror_from
                if until is None or state.reaches(since):
                    break
                start = max(since, until - span)
                before = done

                async def keep(readings: Sequence[Reading]) -> None:
                    nonlocal done
                    await self._store.mirror.save(state.repo, readings)  # noqa: B023 - used within this turn alone
                    done += len(readings)
                    counted(done, None)

                state = await self._stretch(state, start, lease.fence, keep)
            span = _next_span(span, done - before)
        return state

    async def _stretch(self, state: MirrorState, since: datetime, fence: int, keep: Keep) -> MirrorState:
        until = state.mirror_from or self._now()
        found = await self._source.updated_between(state.repo, since, until, keep, _untold)
        edge = await self._source.updated_since(state.repo, state.synced_until or until, keep, _untold)
        if edge.repo.lower() != state.repo.lower():
            # searched for by a name that search does not know any more: the next stretch knows better
            return await self._store.states.change(
                state.repo, fence, lambda current: synced(current, edge, self._now())
            )
        whole = since <= BEGINNING or await self._is_all(state, edge, since)
        log.info("reached back", repo=state.repo, since=since, items=found.seen, missing=found.missing)

        def reached(current: MirrorState) -> MirrorState:
            gaps = (*current.gaps, Gap(since, until, found.missing)) if found.missing else current.gaps
            return replace(
                synced(current, edge, self._now()),
                mirror_from=since,
                whole=whole,
                gaps=gaps,
                glances=tuple(glance for glance in current.glances if glance.since < since and not whole),
            )

        return await self._store.states.change(state.repo, fence, reached)

    async def _is_all(self, state: MirrorState, edge: Edge, since: datetime) -> bool:
        """Whether nothing is older: asked only when the numbers say so."""
        held = [await self._store.mirror.count(state.repo, kind) for kind in ("issue", "pull_request")]
        if sum(held) < edge.issues + edge.pull_requests:
            return False
        return await self._source.count_updated(state.repo, BEGINNING, since) == 0


def sync_turn(repo: str) -> str:
    """The name of the turn in which a repository's state is changed."""
    return f"sync {repo.lower()}"


def synced(state: MirrorState, edge: Edge, now: datetime) -> MirrorState:
    """The state after everything up to the edge was stored."""
    until = edge.at if state.synced_until is None else max(state.synced_until, edge.at)
    return replace(
        state,
        repo=edge.repo,
        is_private=edge.is_private,
        synced_until=until,
        synced_at=now,
        issues=edge.issues,
        pull_requests=edge.pull_requests,
    )


def _next_span(span: timedelta, items: int) -> timedelta:
    """A span that will hold about a STRETCH, as far as the last one tells."""
    factor = min(4.0, max(0.25, STRETCH / max(items, 1)))
    return min(max(span * factor, timedelta(hours=6)), LONGEST_STRETCH)


def _untold(_done: int, _total: int | None) -> None:
    """Progress that is told by what is kept."""
