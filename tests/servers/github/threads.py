"""Threads of the tests' GitHub: issues and pull requests, and what happens to them.

Every deed takes the instant `at` it happens, cut to the second as GitHub's times are, and moves `updated_at`
exactly where GitHub does: deleting, transferring and reacting move nothing. People are named by login;
"mergify[bot]" is the Bot "mergify", as GraphQL spells it, and None is a deleted account. Instants may come in
any order.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, Literal

from tests.servers.github.reviews import Review, ReviewRequest, Team

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.servers.github.world import Repository  # noqa: TC004 - world imports threads, which only name it

Typename = Literal["User", "Bot", "Organization", "Mannequin"]


def second(at: datetime) -> datetime:
    """The instant in UTC, cut to the second. Raises ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError(f"a naive instant: {at}")
    return at.astimezone(UTC).replace(microsecond=0)


def oid(*parts: object) -> str:
    """A git object id that follows from `parts`."""
    return hashlib.sha1(repr(parts).encode(), usedforsecurity=False).hexdigest()


@dataclass(eq=False, slots=True)
class Account:
    """Somebody: `login` as GraphQL spells it, without the "[bot]" of web pages."""

    typename: Typename
    login: str
    id: str
    database_id: int
    name: str | None = None

    @property
    def url(self) -> str:
        return f"https://github.com/{'apps/' if self.typename == 'Bot' else ''}{self.login}"


@dataclass(eq=False, slots=True)
class Label:
    typename: ClassVar[str] = "Label"
    name: str
    id: str
    color: str = "ededed"


@dataclass(eq=False, slots=True)
class Event:
    """A ClosedEvent, ReopenedEvent or MergedEvent."""

    typename: Literal["ClosedEvent", "ReopenedEvent", "MergedEvent"]
    id: str
    database_id: int
    created_at: datetime
    actor: Account | None
    state_reason: str | None = None
    merge_ref_name: str = "main"


@dataclass(eq=False, slots=True)
class Comment:
    """A comment below an issue or pull request."""

    typename: ClassVar[str] = "IssueComment"
    thread: Thread
    id: str
    database_id: int
    author: Account | None
    author_association: str
    body: str
    created_at: datetime
    updated_at: datetime
    reactions: int = 0
    is_minimized: bool = False

    @property
    def url(self) -> str:
        return f"{self.thread.url}#issuecomment-{self.database_id}"


@dataclass(frozen=True, slots=True)
class File:
    """A path that a pull request changes. change_type: GitHub's PatchStatus."""

    path: str
    additions: int = 10
    deletions: int = 2
    change_type: str = "MODIFIED"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A thread as the search index knows it from `at` on."""

    at: datetime
    updated_at: datetime
    closed_at: datetime | None
    merged_at: datetime | None
    state: str
    state_reason: str | None
    is_draft: bool
    title: str
    labels: frozenset[str]
    comments: int


@dataclass(eq=False, slots=True, kw_only=True)
class Thread:
    """What issues and pull requests share. lost_facets: of "created", "updated", "closed", "merged", those
    the search index has lost for this one."""

    repository: Repository
    number: int
    id: str
    database_id: int
    title: str
    body: str
    author: Account | None
    author_association: str
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None = None
    state: str = "OPEN"
    state_reason: str | None = None  # issues only
    labels: list[Label] = field(default_factory=list)
    assignees: list[Account] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    reactions: int = 0
    lost_facets: set[str] = field(default_factory=set)
    history: list[Snapshot] = field(default_factory=list)

    def comment(
        self,
        *,
        by: str | Account | None,
        at: datetime,
        body: str = "",
        association: str = "NONE",
        reactions: int = 0,
    ) -> Comment:
        world = self.repository.world
        at, number = second(at), world.next_id()
        comment = Comment(
            thread=self,
            id=f"IC_{number:08x}",
            database_id=number,
            author=world.account(by),
            author_association=association,
            body=body,
            created_at=at,
            updated_at=at,
            reactions=reactions,
        )
        world.nodes[comment.id] = comment
        self.comments.append(comment)
        self.comments.sort(key=lambda each: (each.created_at, each.database_id))
        self.touch(at)
        return comment

    def close(self, *, by: str | Account | None, at: datetime, reason: str = "COMPLETED") -> None:
        """Close it; only an issue keeps the reason."""
        self.state, self.closed_at = "CLOSED", second(at)
        self.state_reason = reason if isinstance(self, Issue) else None
        self._event("ClosedEvent", by, at)

    def reopen(self, *, by: str | Account | None, at: datetime) -> None:
        self.state, self.closed_at = "OPEN", None
        self.state_reason = "REOPENED" if isinstance(self, Issue) else None
        self._event("ReopenedEvent", by, at)

    def label(self, *names: str, at: datetime) -> None:
        held = {label.name for label in self.labels}
        self.labels += [self.repository.label(name) for name in names if name not in held]
        self.touch(at)

    def unlabel(self, *names: str, at: datetime) -> None:
        self.labels = [label for label in self.labels if label.name not in names]
        self.touch(at)

    def assign(self, *logins: str, at: datetime) -> None:
        self.assignees += [who for login in logins if (who := self._user(login)) not in self.assignees]
        self.touch(at)

    def unassign(self, *logins: str, at: datetime) -> None:
        self.assignees = [who for who in self.assignees if who.login not in logins]
        self.touch(at)

    def edit(self, *, at: datetime, title: str | None = None, body: str | None = None) -> None:
        self.title = self.title if title is None else title
        self.body = self.body if body is None else body
        self.touch(at)

    def delete_comment(self, comment: Comment) -> None:
        """Take a comment away. As on GitHub, no `updated_at` tells of it."""
        self.comments.remove(comment)
        self.repository.world.nodes.pop(comment.id)

    def touch(self, at: datetime) -> None:
        """Something happened `at`: `updated_at` and the search index follow."""
        at = second(at)
        self.updated_at = max(self.updated_at, at)
        self.repository.deeds += 1
        self.history.append(self._snapshot(at))

    @property
    def url(self) -> str:
        word = "issues" if isinstance(self, Issue) else "pull"
        return f"https://github.com/{self.repository.name_with_owner}/{word}/{self.number}"

    @property
    def participants(self) -> list[Account]:
        """Author, commenters and reviewers, each once, in order of appearance; bots take part as nobody."""
        everyone = [self.author, *(comment.author for comment in self.comments)]
        if isinstance(self, PullRequest):
            everyone += [review.author for review in self.reviews]
        return [who for who in dict.fromkeys(everyone) if who is not None and who.typename == "User"]

    def _user(self, who: str | Account) -> Account:
        user = self.repository.world.account(who)
        assert user is not None
        return user

    def _event(
        self,
        typename: Literal["ClosedEvent", "ReopenedEvent", "MergedEvent"],
        by: str | Account | None,
        at: datetime,
    ) -> None:
        world = self.repository.world
        number = world.next_id()
        event = Event(typename, f"EV_{number:08x}", number, second(at), world.account(by), self.state_reason)
        world.nodes[event.id] = event
        self.events.append(event)
        self.events.sort(key=lambda each: (each.created_at, each.database_id))
        self.touch(at)

    def _snapshot(self, at: datetime) -> Snapshot:
        return Snapshot(
            at=at,
            updated_at=self.updated_at,
            closed_at=self.closed_at,
            merged_at=self.merged_at if isinstance(self, PullRequest) else None,
            state=self.state,
            state_reason=self.state_reason,
            is_draft=isinstance(self, PullRequest) and self.is_draft,
            title=self.title,
            labels=frozenset(label.name.lower() for label in self.labels),
            comments=len(self.comments),
        )


@dataclass(eq=False, slots=True, kw_only=True)
class Issue(Thread):
    typename: ClassVar[str] = "Issue"

    @property
    def closed_by(self) -> list[PullRequest]:
        """The pull requests that say they close this issue."""
        return [pull for pull in self.repository.pull_requests if self in pull.closes]


@dataclass(eq=False, slots=True, kw_only=True)
class PullRequest(Thread):
    typename: ClassVar[str] = "PullRequest"
    is_draft: bool = False
    merged_at: datetime | None = None
    merged_by: Account | None = None
    merge_commit: str | None = None
    head_ref_oid: str = ""
    head_ref_name: str = "change"
    base_ref_name: str = "main"
    files: list[File] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    review_requests: list[ReviewRequest] = field(default_factory=list)
    closes: list[Issue] = field(default_factory=list)

    def request_review(self, *, of: str | Account | Team, at: datetime) -> None:
        """Ask for a review; who is asked already is asked once."""
        reviewer = of if isinstance(of, Team) else self._user(of)
        if all(request.requested_reviewer is not reviewer for request in self.review_requests):
            world = self.repository.world
            number = world.next_id()
            request = ReviewRequest(f"RR_{number:08x}", number, reviewer)
            world.nodes[request.id] = request
            self.review_requests.append(request)
        self.touch(at)

    def withdraw_request(self, *, of: str | Account | Team, at: datetime) -> None:
        """Ask for that review no longer."""
        reviewer = of if isinstance(of, Team) else self._user(of)
        self._answered([each for each in self.review_requests if each.requested_reviewer is reviewer])
        self.touch(at)

    def review(
        self,
        *,
        by: str | Account | None,
        at: datetime,
        state: str = "APPROVED",
        body: str = "",
        association: str = "MEMBER",
        comments: int = 0,
    ) -> Review:
        """Submit a review: it is not asked for any more."""
        world = self.repository.world
        number = world.next_id()
        review = Review(
            thread=self,
            id=f"PRR_{number:08x}",
            database_id=number,
            author=world.account(by),
            author_association=association,
            state=state,
            body=body,
            submitted_at=second(at),
            comments=comments,
        )
        world.nodes[review.id] = review
        self.reviews.append(review)
        self.reviews.sort(key=lambda each: (each.submitted_at, each.database_id))
        self._answered([request for request in self.review_requests if request.answered_by(review.author)])
        self.touch(at)
        return review

    def merge(self, *, by: str | Account | None, at: datetime) -> None:
        """Merge it, as one commit on main: GitHub lists a ClosedEvent beside the MergedEvent and gives both times to
        the pull request."""
        at = second(at)
        self.state, self.closed_at, self.merged_at = "MERGED", at, at
        self.merged_by = self.repository.world.account(by)
        headline = f"{self.title} (#{self.number})"
        self.merge_commit = self.repository.commit(headline, at=at, oid=oid(self.id, "merge")).oid
        self._event("MergedEvent", by, at)
        self._event("ClosedEvent", by, at)

    def push(self, *, at: datetime, files: Iterable[str | File] | None = None) -> None:
        """A new head commit, with the paths the pull request changes from now on."""
        if files is not None:
            self.files = [File(each) if isinstance(each, str) else each for each in files]
        self.head_ref_oid = oid(self.id, at)
        self.touch(at)

    def ready(self, *, at: datetime) -> None:
        """A draft no longer."""
        self.is_draft = False
        self.touch(at)

    def _answered(self, requests: list[ReviewRequest]) -> None:
        for request in requests:
            self.review_requests.remove(request)
            self.repository.world.nodes.pop(request.id)

    @property
    def review_decision(self) -> str:
        verdicts = ("APPROVED", "CHANGES_REQUESTED")
        last = {review.author: review.state for review in self.reviews if review.state in verdicts}
        if "CHANGES_REQUESTED" in last.values():
            return "CHANGES_REQUESTED"
        return "APPROVED" if last else "REVIEW_REQUIRED"
