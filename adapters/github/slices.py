"""Slices of time for GitHub's search: what to ask so that no answer needs a second page. Pure.

Paging through a search loses items: whatever moves out of it while we read shifts the rest. A slice that fits into one
page is read at one instant.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

SearchKind = Literal["issue", "pr"]
SearchField = Literal["updated", "created", "closed", "merged"]

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Slice:
    """Items of one kind whose `field` lies in `[start, end)`: whole seconds, as fine as GitHub's clock goes."""

    kind: SearchKind
    field: SearchField
    start: datetime
    end: datetime

    def query(self, repo: str) -> str:
        """The search's text. Ranges include both ends (docs.github.com/search-github/
        getting-started-with-searching-on-github/understanding-the-search-syntax)."""
        return f"repo:{repo} is:{self.kind} {self.field}:{_text(self.start)}..{_text(self.end - SECOND)}"

    @property
    def seconds(self) -> int:
        return round((self.end - self.start) / SECOND)

    def split(self, parts: int) -> tuple[Slice, ...]:
        """About equally long slices that join to this one, none shorter than a second; itself if uncuttable."""
        parts = max(1, min(parts, self.seconds))
        cuts = [self.start + SECOND * (self.seconds * part // parts) for part in range(parts)] + [self.end]
        return tuple(replace(self, start=start, end=end) for start, end in pairwise(cuts))

    def until(self, end: datetime) -> Slice | None:
        """The part before `end`, None when there is none."""
        return None if end <= self.start else replace(self, end=min(self.end, end))


def packed(counted: Iterable[tuple[Slice, int]], most: int) -> list[Slice]:
    """Slices that hold at most `most` each, made of adjacent ones with their counts: small ones joined, large ones cut
    (on the guess that items lie evenly in them), empty ones left out."""
    slices: list[Slice] = []
    held = 0
    for slice_, count in counted:
        if count == 0:
            held = most + 1  # what comes next does not join over a hole
        elif count > most:
            slices += slice_.split(parts_for(count, most))
            held = most + 1
        elif slices and held + count <= most and _joins(slices[-1], slice_):
            slices[-1] = replace(slices[-1], end=slice_.end)
            held += count
        else:
            slices.append(slice_)
            held = count
    return slices


def parts_for(count: int, most: int) -> int:
    """Into how many slices to cut one with `count` results so that each holds `most` even when they lie unevenly."""
    return max(2, ceil(count / (most * 0.75)))


def whole_seconds(since: datetime, until: datetime) -> tuple[datetime, datetime]:
    """`[since, until)` in UTC, widened to whole seconds."""
    since, until = since.astimezone(UTC), until.astimezone(UTC)
    rest = until.replace(microsecond=0)
    return since.replace(microsecond=0), rest if rest == until else rest + SECOND


def _joins(first: Slice, second: Slice) -> bool:
    return (first.kind, first.field, first.end) == (second.kind, second.field, second.start)


def _text(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"
