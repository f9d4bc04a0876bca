"""Reviews of pull requests of the tests' GitHub, and whose are waited for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from tests.servers.github.threads import Account, PullRequest  # noqa: TC004 - threads imports reviews


@dataclass(eq=False, slots=True)
class Review:
    """A submitted review; `comments` remarks stand on the diff."""

    typename: ClassVar[str] = "PullRequestReview"
    thread: PullRequest
    id: str
    database_id: int
    author: Account | None
    author_association: str
    state: str
    body: str
    submitted_at: datetime
    comments: int = 0
    reactions: int = 0

    @property
    def created_at(self) -> datetime:
        return self.submitted_at

    @property
    def updated_at(self) -> datetime:
        return self.submitted_at

    @property
    def url(self) -> str:
        return f"{self.thread.url}#pullrequestreview-{self.database_id}"


@dataclass(eq=False, slots=True)
class Team:
    """A team of an organization, "org/slug". members: a review by one of them answers a request to the team."""

    typename: ClassVar[str] = "Team"
    combined_slug: str
    id: str
    database_id: int
    members: list[Account] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return self.combined_slug.partition("/")[2]


@dataclass(eq=False, slots=True)
class ReviewRequest:
    """A review that is waited for."""

    typename: ClassVar[str] = "ReviewRequest"
    id: str
    database_id: int
    requested_reviewer: Account | Team

    def answered_by(self, who: Account | None) -> bool:
        asked = self.requested_reviewer
        return who is not None and (who in asked.members if isinstance(asked, Team) else who is asked)
