"""Items: issues and pull requests in GitHub's words, snake_cased, with what happened to them.

Instants are aware UTC. None is unknown, never "no". Strings are as GitHub gave them: untrusted text.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

Kind = Literal["issue", "pull_request"]
State = Literal["open", "closed", "merged"]
EventName = Literal["opened", "closed", "reopened", "merged", "closed_unmerged"]

GHOST = "ghost"
"""The login GitHub shows for a deleted account."""


@dataclass(frozen=True, slots=True)
class Person:
    """A GitHub account. A deleted one is `ghost`."""

    login: str
    is_bot: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment on an issue or pull request."""

    author: Person
    created_at: datetime
    body: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """A review of a pull request; `state` is GitHub's (APPROVED, CHANGES_REQUESTED, COMMENTED, ...)."""

    author: Person
    submitted_at: datetime
    state: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A change of state. A merge is one event, `merged`, never also a close."""

    name: EventName
    at: datetime
    actor: Person | None = None


_ORDER: dict[EventName, int] = {"opened": 0, "closed": 1, "closed_unmerged": 1, "reopened": 2, "merged": 3}


def oldest_first(events: Iterable[Event]) -> tuple[Event, ...]:
    """Events by time; a reopening stands behind a close of the same second, a merge behind both."""
    return tuple(sorted(events, key=lambda event: (event.at, _ORDER[event.name])))


@dataclass(frozen=True, slots=True)
class Item:
    """An issue or a pull request.

    events: changes of state, oldest first; holds `opened` exactly when `created_at` is known.
    comments, reviews: oldest first; `comments_total` may exceed those held.
    files: changed paths in path order, None for issues and where not fetched; `changed_files` is GitHub's total.
    linked: numbers that this item closes or is closed by, as GitHub links them.
    reactions: reactions on the item itself, as last seen.
    head: the object id of a pull request's head commit; merge_commit: of its merge commit.
    review_requests: whose review is asked for: logins, and teams as "org/slug"; those that the token may not see are
    left out. assignees: logins. Both are as last seen, in GitHub's order; None where not fetched, and where none of
    them could be seen; review_requests are None for issues too.
    review_decision: GitHub's (APPROVED, CHANGES_REQUESTED, REVIEW_REQUIRED), as last seen; None where it is unknown or
    no review is needed.
    """

    repo: str
    number: int
    kind: Kind
    title: str
    url: str
    author: Person | None = None
    author_association: str | None = None
    labels: tuple[str, ...] = ()
    is_draft: bool | None = None
    state: State = "open"
    state_reason: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    merged_by: Person | None = None
    body: str | None = None
    additions: int | None = None
    deletions: int | None = None
    changed_files: int | None = None
    files: tuple[str, ...] | None = None
    linked: tuple[int, ...] = ()
    reactions: int | None = None
    head: str | None = None
    merge_commit: str | None = None
    events: tuple[Event, ...] = ()
    comments: tuple[Comment, ...] = ()
    comments_total: int | None = None
    reviews: tuple[Review, ...] = ()
    node_id: str = ""
    review_requests: tuple[str, ...] | None = None
    review_decision: str | None = None
    assignees: tuple[str, ...] | None = None

    @property
    def is_pull_request(self) -> bool:
        return self.kind == "pull_request"

    def as_of(self, until: datetime) -> Item | None:
        """The item as it stood at `until`: later events, comments and reviews are cut off and the state is the
        state then. None when it did not exist yet. Title, body, labels and files stay as last seen, and so do
        `review_requests`, `review_decision` and `assignees`, whether or not they changed after `until`: nothing tells
        since when they are what they are.

        `comments_total` becomes the number held when anything was cut, since GitHub tells no total of the past.
        """
        if self.created_at is not None and self.created_at >= until:
            return None
        if self._is_all_before(until):
            return self
        events = tuple(event for event in self.events if event.at < until)
        comments = tuple(comment for comment in self.comments if comment.created_at < until)
        reviews = tuple(review for review in self.reviews if review.submitted_at < until)
        cut = len(comments) < len(self.comments)
        state, closed_at, merged_at = self.state, self.closed_at, self.merged_at
        if len(events) < len(self.events):
            state, closed_at, merged_at = _state_after(events)
        return replace(
            self,
            state=state,
            state_reason=self.state_reason if state == self.state else None,
            closed_at=closed_at,
            merged_at=merged_at,
            merged_by=self.merged_by if merged_at else None,
            events=events,
            comments=comments,
            comments_total=len(comments) if cut else self.comments_total,
            reviews=reviews,
        )

    def _is_all_before(self, until: datetime) -> bool:
        # each is oldest first; most items of a window's past end before it does
        return (
            (not self.events or self.events[-1].at < until)
            and (not self.comments or self.comments[-1].created_at < until)
            and (not self.reviews or self.reviews[-1].submitted_at < until)
        )


def _state_after(events: tuple[Event, ...]) -> tuple[State, datetime | None, datetime | None]:
    """State, closed_at and merged_at after `events`, oldest first."""
    state: State = "open"
    closed_at: datetime | None = None
    merged_at: datetime | None = None
    for event in events:
        if event.name == "merged":
            state, closed_at, merged_at = "merged", event.at, event.at
        elif event.name in ("closed", "closed_unmerged"):
            state, closed_at = "closed", event.at
        elif event.name == "reopened":
            state, closed_at = "open", None
    return state, closed_at, merged_at


@dataclass(frozen=True, slots=True)
class Release:
    """A published GitHub release."""

    tag_name: str
    name: str
    url: str
    published_at: datetime
    is_prerelease: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """How many were seen, and how many there should be, by GitHub's own count when it was fetched. expected None:
    GitHub did not tell."""

    expected: int | None
    seen: int

    @property
    def complete(self) -> bool:
        return self.expected is not None and self.seen >= self.expected


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the data for a window holds of what GitHub has. `reasons`: keys below `[coverage]` in the language
    files that say what is missing; empty exactly when the data is complete."""

    items: Seen
    comments: Seen
    reasons: tuple[str, ...] = field(default=())

    @property
    def complete(self) -> bool:
        return not self.reasons
