"""Reaches: which spans of time the mirror covers, and how two of them join."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from summarizer.items import Coverage, Seen


@dataclass(frozen=True, slots=True)
class Reach:
    """The mirror holds what happened in `[since, until)`, as far as `coverage` says.

    fetched_at: when its latest part was fetched. The counts of joined reaches are added up, so what two of
    them saw counts twice; `coverage.complete` is exact.
    """

    since: datetime
    until: datetime
    coverage: Coverage
    fetched_at: datetime


def extended(reaches: tuple[Reach, ...], new: Reach) -> tuple[Reach, ...]:
    """The reaches with `new` among them: disjoint, ascending, adjacent complete ones joined.

    Where they overlap the newer one holds, but a complete one is never cut by an incomplete one: what it
    covers is all there. An empty `new` changes nothing.
    """
    if new.since >= new.until:
        return reaches
    parts: list[Reach] = []
    fresh = [new]
    for known in reaches:
        if known.coverage.complete and not new.coverage.complete:
            parts.append(known)
            fresh = [rest for piece in fresh for rest in _outside(piece, known)]
        else:
            parts.extend(_outside(known, new))
    joined: list[Reach] = []
    for reach in sorted(parts + fresh, key=lambda reach: reach.since):
        last = joined[-1] if joined else None
        if last and last.until == reach.since and last.coverage.complete and reach.coverage.complete:
            joined[-1] = _join(last, reach)
        else:
            joined.append(reach)
    return tuple(joined)


def _outside(reach: Reach, hole: Reach) -> list[Reach]:
    """What remains of `reach` without `hole`: none, one or two pieces."""
    pieces = [
        replace(reach, until=min(reach.until, hole.since)),
        replace(reach, since=max(reach.since, hole.until)),
    ]
    return [piece for piece in pieces if piece.since < piece.until]


def _join(first: Reach, second: Reach) -> Reach:
    coverage = Coverage(
        _sum(first.coverage.items, second.coverage.items),
        _sum(first.coverage.comments, second.coverage.comments),
    )
    return Reach(first.since, second.until, coverage, max(first.fetched_at, second.fetched_at))


def _sum(first: Seen, second: Seen) -> Seen:
    known = first.expected is not None and second.expected is not None
    expected = (first.expected or 0) + (second.expected or 0) if known else None
    return Seen(expected, first.seen + second.seen)
