"""The port every source of items fills: GitHub itself, or the bundled sample."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from summarizer.items import Item, Kind, Release

Progress = Callable[[int, int | None], None]
"""Told the items done and the items in total; total None: not known yet."""


def untold(_done: int, _total: int | None) -> None:
    """The progress of what nobody watches."""


Part = Literal["light", "whole"]
"""How much of an item a reading tells: what a listing shows, or everything."""

WHOLE_ONLY = (
    "body", "additions", "deletions", "changed_files", "files", "linked", "reactions", "events", "comments",
    "comments_total", "reviews", "review_requests", "review_decision", "assignees",
)  # fmt: skip
"""The fields of an item that a light reading does not tell (of `events` only what follows from its times)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a source told of one item. at: when it was asked, by the source's own clock: nothing that happened before
    is missing, but what happened in that very second may be."""

    item: Item
    part: Part
    at: datetime


Keep = Callable[[Sequence[Reading]], Awaitable[object]]
"""Takes readings as they come in; the next ones are not waited for longer than it takes."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought: how many items it counted, and how many of them were seen."""

    expected: int
    seen: int

    @property
    def missing(self) -> int:
        return max(0, self.expected - self.seen)


@dataclass(frozen=True, slots=True)
class Edge:
    """What was updated since an instant, up to another.

    at: by the source's own clock; everything up to then is known.
    repo: the name as the source spells it. issues, pull_requests: how many there are in all.
    releases: the newest ones; releases_from: those that were made before are not among them, None: there are no others.
    found: of what had to be searched for.
    """

    at: datetime
    repo: str
    is_private: bool
    issues: int
    pull_requests: int
    releases: tuple[Release, ...] = ()
    releases_from: datetime | None = None
    found: Found = Found(0, 0)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An item by the id its source gave it. updated_at, comments: as we know them, to hold against what is there."""

    number: int
    node_id: str
    kind: Kind
    updated_at: datetime | None = None
    comments: int | None = None


@dataclass(slots=True)
class Looked:
    """What looking items up by id showed. gone: deleted; moved: transferred to another repository; changed: not what
    we know any more; unreadable: the source would not show them. All are numbers."""

    gone: set[int] = field(default_factory=set)
    moved: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    unreadable: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Points:
    """What asking costs: the source's points left in this hour, of how many, and when they are whole again."""

    remaining: int | None = None
    limit: int | None = None
    reset_at: datetime | None = None
    spent: int = 0
    requests: int = 0


class Source(Protocol):
    """Where items come from. All methods raise GitHubError, and BadInput for a repository that is not there.

    begins: what happened before is not known to the source, and asking for it is no use; None: it knows everything.
    """

    @property
    def begins(self) -> datetime | None: ...

    @property
    def points(self) -> Points: ...

    async def describe(self, repo: str) -> tuple[str, bool]:
        """The repository's name as the source spells it, and whether it is private."""
        ...

    async def updated_since(self, repo: str, since: datetime, keep: Keep, progress: Progress) -> Edge:
        """Every item updated at `since` or later, in light readings, as of one instant: what moves while this is read
        is read again."""
        ...

    async def updated_between(
        self, repo: str, since: datetime, until: datetime, keep: Keep, progress: Progress
    ) -> Found:
        """The items whose `updated_at` lies in `[since, until)` (whole seconds, some time ago), in light readings. What
        moves out of it meanwhile is missed: it is for `updated_since` to find."""
        ...

    async def count_updated(self, repo: str, since: datetime, until: datetime) -> int:
        """How many items those are."""
        ...

    async def happened(
        self, repo: str, since: datetime, until: datetime, keep: Keep, progress: Progress
    ) -> Found:
        """The items created, closed or merged in `[since, until)`, in light readings: what can be told of the far past
        without reading everything since."""
        ...

    async def read(self, repo: str, wanted: Sequence[Wanted], keep: Keep, progress: Progress) -> Looked:
        """Those items, whole."""
        ...

    async def check(self, repo: str, wanted: Sequence[Wanted]) -> Looked:
        """Whether those items are still there and as we know them."""
        ...

    async def numbered(self, repo: str, numbers: Sequence[int], keep: Keep) -> set[int]:
        """The items with those numbers, in light readings; returns the numbers that are no items."""
        ...

    async def commits(self, repo: str, base: str, head: str) -> tuple[str, ...] | None:
        """The object ids of the commits that the tag `head` reaches and the tag `base` does not; None where the source
        cannot tell all of them."""
        ...

    async def releases(self, repo: str, since: datetime) -> tuple[Release, ...]:
        """The releases published at `since` or later, oldest first."""
        ...
