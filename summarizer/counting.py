"""Counting: `build_facts` turns stored items into the facts of a window. Pure, and linear in what is stored.

Each item is cut at the window's end, then looked at through what happened to it in the window (its
`Activity`); every fact is a fold over those. A person is anyone whose account is no bot.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from statistics import median
from typing import TYPE_CHECKING, TypeGuard, TypeVar

from summarizer.categories import category
from summarizer.facts import (
    LIST_NAMES,
    Contributor,
    Counts,
    Facts,
    FileHeat,
    Hot,
    Listed,
    ListName,
    Notice,
    Tally,
    Timing,
)
from summarizer.filters import select, summarize
from summarizer.items import GHOST, Comment, Event, EventName, Item, Person, Release, Review
from summarizer.reverts import all_undone, told
from summarizer.topics import match_topics

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from summarizer.filters import Filter
    from summarizer.items import Coverage
    from summarizer.topics import Ledger, Topic
    from summarizer.windows import Window

MAX_HOT = 10
MAX_CONTRIBUTORS = 10
MAX_FILES = 10

FIRST_TIME = frozenset({"FIRST_TIME_CONTRIBUTOR", "FIRST_TIMER"})
"""https://docs.github.com/en/graphql/reference/enums#commentauthorassociation"""

DECISIVE = frozenset({"APPROVED", "CHANGES_REQUESTED"})
PENDING = "PENDING"
"""https://docs.github.com/en/graphql/reference/enums#pullrequestreviewstate"""

_T = TypeVar("_T")


@dataclass(eq=False)
class Activity:
    """What happened to `item` in a window, oldest first. item: as it stood at the window's end.

    Never changed, but not frozen either: thousands are made for each window, and freezing trebles what one takes.
    """

    item: Item
    events: tuple[Event, ...]
    comments: tuple[Comment, ...]
    reviews: tuple[Review, ...]

    @cached_property
    def people_comments(self) -> list[Comment]:
        return [comment for comment in self.comments if not comment.author.is_bot]

    @cached_property
    def people_reviews(self) -> list[Review]:
        """Reviews that say something: those with a text, and those that approve or ask for changes."""
        return [
            review
            for review in self.reviews
            if not review.author.is_bot and (review.state in DECISIVE or review.body.strip())
        ]

    @cached_property
    def talkers(self) -> list[str]:
        """Logins of who commented or reviewed, once for each time."""
        authors = [comment.author for comment in self.people_comments]
        authors += [review.author for review in self.people_reviews]
        return [author.login for author in authors if author.login != GHOST]

    def doers(self) -> Iterator[str]:
        """Logins of the people behind the events."""
        for event in self.events:
            actor = event.actor or {"opened": self.item.author, "merged": self.item.merged_by}.get(event.name)
            if _is_known_person(actor):
                yield actor.login


def build_facts(
    *,
    repo: str,
    window: Window,
    items: Iterable[Item],
    coverage: Coverage,
    releases: Iterable[Release] = (),
    topics: Sequence[Topic] = (),
    filters: Sequence[Filter] = (),
    baseline: tuple[Window, Iterable[Item]] | None = None,
    carried_over: Iterable[Listed] = (),
    importance: Mapping[int, int] | None = None,
    related: Iterable[Item] = (),
    merged: frozenset[int] | None = None,
) -> Facts:
    """The facts of `window`, from items as they are stored.

    items: at least every item with an event in the window; others are passed over.
    releases: at least those of the window and of the baseline's.
    baseline: the window before and its items, None where the mirror does not reach that far.
    carried_over: rows of events that became known only after their own window was told; `items` has
    their items.
    importance: see `filters.select`.
    related: what reverts undo, as far as it was looked up (see `reverts.named_by_reverts`); the baseline's items are
    looked through besides.
    merged: of a release, the pull requests that are in it; they are then what was merged, whenever that was. None: what
    was merged in the window.

    Raises BadInput for a filter that names no topic or no `is:` value there is.
    """
    stored = {item.number: item for item in items}
    activities = _activities(stored.values(), window, merged or frozenset())
    rows = _rows(activities)
    if merged is not None:
        rows["prs_merged"] = _members(activities, merged)
    released = tuple(releases)
    published = _releases(released, window)
    late_rows = tuple(carried_over)
    late = {row.number: cut for row in late_rows if (cut := _cut(stored, row.number, window)) is not None}
    known = dict(sorted(({activity.item.number: activity.item for activity in activities} | late).items()))
    ledgers = match_topics(known.values(), topics)
    shown = select(known, filters, ledgers, importance)
    seen = [activity for activity in activities if activity.item.number in shown]
    lists = {name: tuple(row for row in rows[name] if row.number in shown) for name in LIST_NAMES}
    lists["carried_over"] = _by_time(row for row in late_rows if row.number in shown)
    before = _before(baseline, released, topics)
    return Facts(
        repo=repo,
        window=window,
        filters=tuple(filters),
        counts=_counts(activities, rows, published),
        baseline=before.counts if before else None,
        lists=lists,
        releases=published,
        ledgers=ledgers,
        hot=_hot(seen),
        contributors=_contributors(seen, known, lists),
        first_time=_first_time(known, lists),
        files=_files(known, lists),
        timing=_timing(seen, lists["prs_merged"] if merged is not None else None),
        items=known,
        coverage=coverage,
        warnings=notices(coverage),
        filter_summary=summarize(shown, filters, ledgers, len(known)) if filters else None,
        passing=frozenset(shown) if filters else None,
        tally=_tally([known[row.number] for row in rows["prs_merged"]], ledgers),
        baseline_tally=before.tally if before else None,
        baseline_timing=before.timing if before else None,
        related=_related(known, (*(before.items if before else ()), *stored.values(), *related), window),
    )


def notices(coverage: Coverage) -> tuple[Notice, ...]:
    """What every rendering must say of data that is not whole: that it is partial, then what is known of how
    much is missing. `coverage.reasons` say why, in sentences of their own."""
    if coverage.complete:
        return ()
    told = [Notice("partial")]
    for key, seen in (("items_missing", coverage.items), ("comments_missing", coverage.comments)):
        if seen.expected is not None and seen.seen < seen.expected:
            told.append(Notice(key, {"seen": seen.seen, "expected": seen.expected}))
    return tuple(told)


def _activities(
    items: Iterable[Item], window: Window, members: frozenset[int] = frozenset()
) -> list[Activity]:
    """One for each item with any event in `window`, and for each of `members`, by number."""
    since, until = window.since, window.until
    found = []
    for item in items:
        events = _within(item.events, _EVENT_AT, since, until)
        comments = _within(item.comments, _COMMENT_AT, since, until)
        reviews = _within(item.reviews, _REVIEW_AT, since, until)
        if reviews and any(review.state == PENDING for review in reviews):
            reviews = tuple(review for review in reviews if review.state != PENDING)
        is_there = events or comments or reviews or item.number in members
        if is_there and (cut := item.as_of(until)) is not None:
            found.append(Activity(cut, events, comments, reviews))
    return sorted(found, key=lambda activity: activity.item.number)


_EVENT_AT, _COMMENT_AT, _REVIEW_AT = attrgetter("at"), attrgetter("created_at"), attrgetter("submitted_at")


def _within(
    entries: tuple[_T, ...], at: Callable[[_T], datetime], since: datetime, until: datetime
) -> tuple[_T, ...]:
    """The part of `entries`, oldest first, that lies in `[since, until)`: mostly all of it or nothing."""
    if not entries or at(entries[-1]) < since or at(entries[0]) >= until:
        return ()
    first = 0 if at(entries[0]) >= since else bisect_left(entries, since, key=at)
    last = len(entries) if at(entries[-1]) < until else bisect_left(entries, until, key=at)
    return entries[first:last]


def _cut(stored: Mapping[int, Item], number: int, window: Window) -> Item | None:
    item = stored.get(number)
    return item.as_of(window.until) if item else None


def _rows(activities: Iterable[Activity]) -> dict[ListName, tuple[Listed, ...]]:
    rows: dict[ListName, list[Listed]] = {name: [] for name in LIST_NAMES}
    for activity in activities:
        for name, event in _standing(activity):
            rows[name].append(Listed(activity.item.number, event.at))
    return {name: _by_time(rows[name]) for name in LIST_NAMES}


def _standing(activity: Activity) -> Iterator[tuple[ListName, Event]]:
    """The lists an item stands in: by its opening, and by the last of its closings, reopenings and merges."""
    is_pr = activity.item.is_pull_request
    last: Event | None = None
    for event in activity.events:
        if event.name == "opened":
            yield "prs_opened" if is_pr else "issues_opened", event
        elif last is None or last.name != "merged":  # nothing that is told of a merge later undoes it
            last = event
    if last is not None and not _closes_what_was_merged(activity, last.name):
        yield _LIST_OF[last.name, is_pr], last


_LIST_OF: dict[tuple[EventName, bool], ListName] = {
    ("closed", False): "issues_closed",
    ("closed_unmerged", False): "issues_closed",
    ("reopened", False): "reopened",
    ("closed", True): "prs_closed_unmerged",
    ("closed_unmerged", True): "prs_closed_unmerged",
    ("reopened", True): "reopened",
    ("merged", True): "prs_merged",
}


def _closes_what_was_merged(activity: Activity, name: EventName) -> bool:
    return name in ("closed", "closed_unmerged") and any(
        event.name == "merged" for event in activity.item.events
    )


def _by_time(rows: Iterable[Listed]) -> tuple[Listed, ...]:
    return tuple(sorted(rows, key=lambda row: (row.at, row.number)))


def _releases(releases: Iterable[Release], window: Window) -> tuple[Release, ...]:
    within = (release for release in releases if release.published_at in window)
    return tuple(sorted(within, key=attrgetter("published_at", "tag_name")))


def _counts(
    activities: Iterable[Activity], rows: Mapping[ListName, Sequence[Listed]], releases: Sequence[Release]
) -> Counts:
    comments = 0
    people: set[str] = set()
    for activity in activities:
        people.update(activity.doers())
        if activity.comments or activity.reviews:
            comments += len(activity.people_comments)
            people.update(activity.talkers)
    return Counts(
        issues_opened=len(rows["issues_opened"]),
        issues_closed=len(rows["issues_closed"]),
        prs_opened=len(rows["prs_opened"]),
        prs_merged=len(rows["prs_merged"]),
        prs_closed_unmerged=len(rows["prs_closed_unmerged"]),
        reopened=len(rows["reopened"]),
        releases=len(releases),
        comments=comments,
        participants=len(people),
    )


@dataclass(frozen=True, slots=True)
class _Before:
    """What is told of the window before. items: its own, as they are stored."""

    counts: Counts
    tally: Tally
    timing: Timing
    items: tuple[Item, ...]


def _before(
    baseline: tuple[Window, Iterable[Item]] | None, releases: Iterable[Release], topics: Sequence[Topic]
) -> _Before | None:
    if baseline is None:
        return None
    window, items = baseline[0], tuple(baseline[1])
    activities = _activities(items, window)
    rows = _rows(activities)
    merged = {row.number for row in rows["prs_merged"]}
    told = [activity.item for activity in activities if activity.item.number in merged]
    # the ledgers of a whole week would take as long as all the rest
    tally = _tally(told, match_topics(told, topics))
    counts = _counts(activities, rows, _releases(releases, window))
    return _Before(counts, tally, _timing(activities), items)


def _tally(merged: Sequence[Item], ledgers: Mapping[str, Ledger]) -> Tally:
    """The most frequent first; of equals, categories by name and topics in the rules' order."""
    kinds = Counter(category(item) or "" for item in merged)
    numbers = {item.number for item in merged}
    themes = {key: len(numbers.intersection(ledger.about)) for key, ledger in ledgers.items()}
    return Tally(
        dict(sorted(kinds.items(), key=lambda each: (-each[1], each[0]))),
        dict(sorted(((key, n) for key, n in themes.items() if n), key=lambda each: -each[1])),
    )


def _related(known: Mapping[int, Item], others: Iterable[Item], window: Window) -> dict[int, Item]:
    """What the window's reverts undo and is not among its items, as it stood at the window's end, by number."""
    reverts = [item for item in known.values() if told(item) is not None]
    if not reverts:
        return {}
    outside = {other.number: other for other in others if other.number not in known}
    undone = all_undone(reverts, {**outside, **known})
    cut = {
        number: outside[number].as_of(window.until)
        for numbers in undone.values()
        for number in numbers
        if number in outside
    }
    return {number: item for number, item in sorted(cut.items()) if item is not None}


def _members(activities: Iterable[Activity], merged: frozenset[int]) -> tuple[Listed, ...]:
    """The rows of a release's pull requests, by when they were merged."""
    items = (activity.item for activity in activities if activity.item.number in merged)
    return _by_time(Listed(item.number, item.merged_at) for item in items if item.merged_at is not None)


def _hot(activities: Iterable[Activity]) -> tuple[Hot, ...]:
    """Threads with a comment by a person: most comments first, then most people, then the latest comment."""
    ranked = []
    for activity in activities:
        comments = activity.people_comments if activity.comments else ()
        if comments:
            talkers = tuple(login for login, _ in Counter(activity.talkers).most_common())
            rank = (len(comments), len(talkers), comments[-1].created_at, activity.item.number)
            ranked.append((rank, Hot(activity.item.number, len(comments), talkers)))
    return tuple(hot for _, hot in sorted(ranked, key=lambda pair: pair[0], reverse=True)[:MAX_HOT])


def _contributors(
    activities: Iterable[Activity],
    items: Mapping[int, Item],
    lists: Mapping[ListName, Sequence[Listed]],
) -> tuple[Contributor, ...]:
    merged = _authors(items, lists["prs_merged"])
    opened = _authors(items, lists["prs_opened"])
    reviews: Counter[str] = Counter()
    for activity in activities:
        if activity.reviews:
            author = activity.item.author
            reviewers = {review.author.login for review in activity.people_reviews}
            reviews.update(reviewers - {GHOST, author.login if author else GHOST})
    people = [
        Contributor(login, merged[login], opened[login], reviews[login])
        for login in merged.keys() | opened.keys() | reviews.keys()
    ]
    return tuple(
        sorted(people, key=lambda one: (-one.merged, -one.opened, -one.reviews, one.login))[:MAX_CONTRIBUTORS]
    )


def _authors(items: Mapping[int, Item], rows: Iterable[Listed]) -> Counter[str]:
    """Of how many of the rows' items each person is the author."""
    authors = (items[row.number].author for row in rows)
    return Counter(author.login for author in authors if _is_known_person(author))


def _first_time(items: Mapping[int, Item], lists: Mapping[ListName, Sequence[Listed]]) -> tuple[str, ...]:
    rows = _by_time([*lists["prs_opened"], *lists["prs_merged"]])
    authors = (items[row.number].author for row in rows if items[row.number].author_association in FIRST_TIME)
    return _unique(author.login for author in authors if _is_known_person(author))


def _files(items: Mapping[int, Item], lists: Mapping[ListName, Sequence[Listed]]) -> tuple[FileHeat, ...]:
    listed = {row.number for rows in lists.values() for row in rows}
    heat = Counter(path for number in listed for path in _unique(items[number].files or ()))
    hot = [FileHeat(path, prs) for path, prs in heat.items() if prs > 1]
    return tuple(sorted(hot, key=lambda one: (-one.prs, one.path))[:MAX_FILES])


def _timing(activities: Iterable[Activity], merged: Iterable[Listed] | None = None) -> Timing:
    """merged: of a release, what was merged and when, in place of the window's merges."""
    responses: list[float] = []
    merges: list[float] = []
    times = None if merged is None else {row.number: row.at for row in merged}
    for activity in activities:
        opened = activity.item.created_at
        if opened is None:
            continue
        for event in activity.events:
            if event.name == "opened" and (first := _first_response(activity)) is not None:
                responses.append((first - opened).total_seconds())
            elif event.name == "merged" and times is None:
                merges.append((event.at - opened).total_seconds())
        if times is not None and (at := times.get(activity.item.number)) is not None:
            merges.append((at - opened).total_seconds())
    return Timing(median(responses) if responses else None, median(merges) if merges else None)


def _first_response(activity: Activity) -> datetime | None:
    author = activity.item.author.login if activity.item.author else None
    said = [(comment.author, comment.created_at) for comment in activity.comments]
    said += [(review.author, review.submitted_at) for review in activity.reviews]
    return min((at for person, at in said if not person.is_bot and person.login != author), default=None)


def _is_known_person(person: Person | None) -> TypeGuard[Person]:
    return person is not None and not person.is_bot and person.login != GHOST


def _unique(values: Iterable[_T]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys(values))
