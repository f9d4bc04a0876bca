"""Facts: all that can be counted or listed about a window, computed by code alone. Pure and picklable."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from summarizer.filters import Filter
    from summarizer.items import Coverage, Item, Release
    from summarizer.topics import Ledger
    from summarizer.windows import Window

ListName = Literal[
    "issues_opened", "issues_closed", "prs_opened", "prs_merged", "prs_closed_unmerged", "reopened", "carried_over"
]
LIST_NAMES: tuple[ListName, ...] = (
    "issues_opened", "issues_closed", "prs_opened", "prs_merged", "prs_closed_unmerged", "reopened", "carried_over",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Counts:
    """The statistics of a window. comments and participants leave bots out."""

    issues_opened: int = 0
    issues_closed: int = 0
    prs_opened: int = 0
    prs_merged: int = 0
    prs_closed_unmerged: int = 0
    reopened: int = 0
    releases: int = 0
    comments: int = 0
    participants: int = 0


@dataclass(frozen=True, slots=True)
class Listed:
    """An item's row in a list: `at` is the time of the event that put it there."""

    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Hot:
    """A thread people talked in during the window; bots do not count. participants: logins, most active first."""

    number: int
    comments_in_window: int
    participants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contributor:
    """What one person did in the window, in numbers of pull requests."""

    login: str
    merged: int = 0
    opened: int = 0
    reviews: int = 0


@dataclass(frozen=True, slots=True)
class FileHeat:
    """A path and how many of the window's listed pull requests change it."""

    path: str
    prs: int


@dataclass(frozen=True, slots=True)
class Timing:
    """Medians in seconds over the window's items; None where nothing can be measured."""

    first_response_median_s: float | None = None
    merge_median_s: float | None = None


@dataclass(frozen=True, slots=True)
class Warning_:
    """A thing every rendering must say: a key below `[warnings]` in the language files, and its values."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened in `window`.

    items: every item with any event in the window, as it stood at `window.until`, by number.
    counts: never filtered. baseline: the same counts of the equally long window before, None when unknown.
    lists: limited by `filters`, by event time; an item stands in a list once, by its last such event.
    ledgers: topic key -> members among all of `items` (every topic of the rules, in their order).
    hot: limited by `filters`, hottest first.
    """

    repo: str
    window: Window
    filters: tuple[Filter, ...]
    counts: Counts
    baseline: Counts | None
    lists: Mapping[ListName, tuple[Listed, ...]]
    releases: tuple[Release, ...]
    ledgers: Mapping[str, Ledger]
    hot: tuple[Hot, ...]
    contributors: tuple[Contributor, ...]
    first_time: tuple[str, ...]
    files: tuple[FileHeat, ...]
    timing: Timing
    items: Mapping[int, Item]
    coverage: Coverage
    warnings: tuple[Warning_, ...] = ()

    @property
    def complete(self) -> bool:
        return self.coverage.complete
