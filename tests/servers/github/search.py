"""GitHub's issue search: the qualifiers a digest uses, over an index that lags and that has lost facets.

Syntax: docs.github.com/search-github (understanding the search syntax; troubleshooting search queries). A
word the tests' GitHub does not know is an error here, where GitHub would guess.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import attrgetter
from typing import TYPE_CHECKING

from tests.servers.github.errors import GitHubError
from tests.servers.github.threads import Issue, PullRequest, Snapshot, Thread

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.servers.github.world import World

    _Test = Callable[[Thread, Snapshot], bool]

MAX_LENGTH = 256
MAX_RESULTS = 1000

_TERM = re.compile(r'(-?)(?:([A-Za-z][\w-]*):)?("[^"]*"|[^\s"]+(?:"[^"]*")?)')
_UPDATED = re.compile(r"(?<![-\w])updated:(\S+)")
_SORTS: dict[str, Callable[[Thread, Snapshot], float]] = {
    "created": lambda thread, _: thread.created_at.timestamp(),
    "updated": lambda _, known: known.updated_at.timestamp(),
    "comments": lambda _, known: known.comments,
}
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class _Range:
    """From `low` to `high`, both inside; None is no bound. Instants are seconds since 1970."""

    low: float | None
    high: float | None

    def __contains__(self, value: float) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


def search(world: World, text: str, indexed_until: datetime | None) -> list[Thread]:
    """All threads that match, in the order asked for (newest first unless told).

    indexed_until: what happened later is not in the index yet; None for an index that is up to date.
    Raises GitHubError for a query that GitHub, or this server, refuses.
    """
    if len(text) > MAX_LENGTH:
        raise GitHubError("UNPROCESSABLE", f"The search is longer than {MAX_LENGTH} characters.")
    tests, repositories, sort = _parse(text)
    updated = _UPDATED.search(text) if indexed_until is None else None
    threads = _threads(world, repositories, _range(updated[1], _instant) if updated else None)
    hits = [(thread, known) for thread in threads if (known := _known(thread, indexed_until)) is not None]
    for test in tests:  # one after the other, each over what is left, is quicker than all of them per thread
        hits = [hit for hit in hits if test(*hit)]
    name, _, direction = sort.partition("-")
    hits.sort(key=lambda hit: (_SORTS[name](*hit), hit[0].database_id), reverse=direction != "asc")
    return [thread for thread, _ in hits]


def _threads(world: World, names: set[str], updated: _Range | None) -> Iterable[Thread]:
    """The threads to look through. updated: those that were updated outside of it need not be."""
    for key, repository in world.repositories.items():
        # GitHub's search does not follow renames
        if repository.name_with_owner.lower() == key and (not names or key in names):
            yield from (
                repository.threads.values()
                if updated is None
                else repository.updated_between(updated.low, updated.high)
            )


def _known(thread: Thread, until: datetime | None) -> Snapshot | None:
    """What the index knows of a thread."""
    if until is None:
        return thread.history[-1]
    return max((each for each in thread.history if each.at <= until), key=lambda each: each.at, default=None)


def _parse(text: str) -> tuple[list[_Test], set[str], str]:
    tests: list[_Test] = []
    repositories: set[str] = set()
    sort = "created-desc"
    for minus, key, raw in _TERM.findall(text):
        value = raw.replace('"', "")
        if key == "repo":
            repositories.add(value.lower())
        elif key == "sort":
            sort = value if "-" in value else f"{value}-desc"
            if sort.partition("-")[0] not in _SORTS:
                raise _unknown(f"sort:{value}")
        else:
            test = _test(key, value)
            tests.append(_not(test) if minus else test)
    return tests, repositories, sort


def _not(test: _Test) -> _Test:
    return lambda thread, known: not test(thread, known)


def _test(key: str, value: str) -> _Test:
    low = value.lower()
    if not key and value in ("AND", "OR", "NOT"):
        raise _unknown(value)
    if not key:
        return lambda thread, known: low in known.title.lower() or low in thread.body.lower()
    if key in ("is", "type", "state"):
        return _is(low)
    if key in ("created", "updated", "closed", "merged"):
        return _time(key, value)
    if key == "comments":
        numbers = _range(value, _number)
        return lambda _, known: known.comments in numbers
    if key == "label":
        wanted = set(low.split(","))
        return lambda _, known: bool(wanted & known.labels)
    if key == "author":
        login = low.removeprefix("app/").removesuffix("[bot]")
        return lambda thread, _: thread.author is not None and thread.author.login.lower() == login
    if key == "reason":
        return lambda _, known: (known.state_reason or "").replace("_", " ").lower() == low
    raise _unknown(f"{key}:{value}")


def _is(word: str) -> _Test:
    if word == "issue":
        return lambda thread, _: isinstance(thread, Issue)
    if word in ("pr", "pull-request"):
        return lambda thread, _: isinstance(thread, PullRequest)
    if word == "open":
        return lambda _, known: known.state == "OPEN"
    if word == "closed":
        return lambda _, known: known.state != "OPEN"
    if word == "merged":
        return lambda _, known: known.state == "MERGED"
    if word == "unmerged":
        return lambda thread, known: isinstance(thread, PullRequest) and known.state != "MERGED"
    if word == "draft":
        return lambda _, known: known.is_draft
    if word in ("public", "private"):
        return lambda thread, _: thread.repository.is_private == (word == "private")
    raise _unknown(f"is:{word}")


def _time(facet: str, value: str) -> _Test:
    instants = _range(value, _instant)
    low = (
        datetime.min.replace(tzinfo=UTC)
        if instants.low is None
        else datetime.fromtimestamp(instants.low, UTC)
    )
    high = (
        datetime.max.replace(tzinfo=UTC)
        if instants.high is None
        else datetime.fromtimestamp(instants.high, UTC)
    )
    of = attrgetter(f"{facet}_at")

    def test(thread: Thread, known: Snapshot) -> bool:
        at = thread.created_at if facet == "created" else of(known)
        return at is not None and low <= at <= high and facet not in thread.lost_facets

    return test


def _range(value: str, parse: Callable[[str], tuple[float, float]]) -> _Range:
    """`A..B`, `>A`, `>=A`, `<A`, `<=A`, `A`; a star is no bound. parse: a value's first and last second."""
    try:
        if ".." in value:
            start, end = value.split("..", 1)
            low = None if start in ("", "*") else parse(start)[0]
            return _Range(low, None if end in ("", "*") else parse(end)[1])
        if value.startswith(">="):
            return _Range(parse(value[2:])[0], None)
        if value.startswith("<="):
            return _Range(None, parse(value[2:])[1])
        if value.startswith(">"):
            return _Range(parse(value[1:])[1] + 1, None)
        if value.startswith("<"):
            return _Range(None, parse(value[1:])[0] - 1)
        return _Range(*parse(value))
    except ValueError:
        raise _unknown(value) from None


def _instant(text: str) -> tuple[float, float]:
    """A day is all its seconds in UTC; a time without an offset is UTC."""
    at = datetime.fromisoformat(text)
    seconds = (at.replace(tzinfo=UTC) if at.tzinfo is None else at).timestamp()
    return seconds, seconds + (86_399 if _DAY.fullmatch(text) else 0)


def _number(text: str) -> tuple[float, float]:
    return int(text), int(text)


def _unknown(word: str) -> GitHubError:
    return GitHubError("UNPROCESSABLE", f"The tests' GitHub does not know what {word!r} means in a search.")
