"""Facts: all that can be counted or listed about a window, computed by code alone. Pure and picklable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Literal, get_args

from summarizer.filters import Filter, FilterSummary
from summarizer.items import Coverage, Item, Release
from summarizer.topics import Ledger
from summarizer.windows import Window

ListName = Literal[
    "issues_opened",
    "issues_closed",
    "prs_opened",
    "prs_merged",
    "prs_closed_unmerged",
    "reopened",
    "carried_over",
]
LIST_NAMES: tuple[ListName, ...] = get_args(ListName)

CountName = Literal[
    "issues_opened",
    "issues_closed",
    "prs_opened",
    "prs_merged",
    "prs_closed_unmerged",
    "reopened",
    "releases",
]
"""A count that a list or the releases are the proof of."""


@dataclass(frozen=True, slots=True)
class Counts:
    """The statistics of a window; the first seven are the lengths of its unfiltered lists, with bots' work.

    comments: comments as GitHub counts them, of people, not of bots; a review's own text is no comment.
    participants: people, not bots, who opened, closed, reopened, merged, commented on or reviewed anything.
    """

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
    """A thread people talked in during the window; bots do not count.

    participants: logins of who commented or reviewed, most active first.
    """

    number: int
    comments_in_window: int
    participants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contributor:
    """What one person did in the window, in numbers of pull requests. reviews: of others' pull requests."""

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
    """Medians in seconds over the window's items; None where nothing can be measured.

    first_response: from opening to the first comment or review by somebody else who is no bot, over items
    opened in the window that had one by its end. merge: from opening to merging, over pull requests merged
    in the window. As github-community-projects/issue-metrics defines them, but for the time spent as a
    draft, which is not known.
    """

    first_response_median_s: float | None = None
    merge_median_s: float | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """Merged pull requests of a window by kind and theme, never filtered.

    categories: by the category that title, labels or paths tell, each pull request once; "" for those that tell none.
    topics: by the topic they are about, so that one may stand under several, and many under none.
    """

    categories: Mapping[str, int] = field(default_factory=dict)
    topics: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """A thing every rendering must say: a key below `[warnings]` in the language files, and its values."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened in `window`.

    items: every item with any event in the window, as it stood at `window.until`, by number.
    counts: never filtered. baseline: the same counts of the equally long window before, None when unknown.
    lists: by event time; an item stands in a list once, by its last such event.
    ledgers: topic key -> members among all of `items` (every topic of the rules, in their order).
    hot: hottest first. contributors: most merged first, then opened, then reviews. first_time: logins.
    files: hottest first, only paths that more than one pull request changes.
    filter_summary: how many of `items` pass `filters`; None where there are none.
    tally: the merged pull requests by kind and theme. baseline_tally: of the window before, None when unknown.
    baseline_timing: of the window before, never filtered, None when unknown.
    passing: the numbers of the items that pass `filters`, None for all of them.
    related: items without an event in the window that its items speak of, such as what a revert undoes.

    `filters` limit lists, hot, contributors, first_time, files and timing, and nothing else.
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
    warnings: tuple[Notice, ...] = ()
    filter_summary: FilterSummary | None = None
    tally: Tally = Tally()
    baseline_tally: Tally | None = None
    related: Mapping[int, Item] = field(default_factory=dict)
    passing: frozenset[int] | None = None
    baseline_timing: Timing | None = None

    @property
    def shown(self) -> Mapping[int, Item]:
        """The items of the window that pass the filters: what sections may be about."""
        if self.passing is None:
            return self.items
        return {number: item for number, item in self.items.items() if number in self.passing}

    @property
    def complete(self) -> bool:
        return self.coverage.complete

    def is_day_alone(self, instant: datetime) -> bool:
        """Whether no more than the UTC day of an instant is known: files write that as its midnight, and of what GitHub
        itself told nothing but chance lies there."""
        return "imported" in self.coverage.reasons and instant.time() == time.min

    @property
    def listed(self) -> tuple[int, ...]:
        """The numbers of every list but `carried_over`, each once."""
        rows = (row for name in LIST_NAMES if name != "carried_over" for row in self.lists.get(name, ()))
        return tuple(dict.fromkeys(row.number for row in rows))
