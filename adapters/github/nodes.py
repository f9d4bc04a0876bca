"""GitHub's answers as typed nodes: where untyped data enters. Shapes: `mapping.py`'s docstring and
`queries/`."""

from __future__ import annotations

from datetime import UTC
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import (
    AfterValidator,
    AliasChoices,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
)

from adapters.github.errors import UnexpectedPayload

Instant = Annotated[AwareDatetime, AfterValidator(lambda instant: instant.astimezone(UTC))]
T = TypeVar("T")


class _Node(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class ActorNode(_Node):
    typename: str | None = Field(None, alias="__typename")
    login: str | None = None


class NamedNode(_Node):
    name: str | None = None


class RepositoryNode(_Node):
    name_with_owner: str | None = Field(None, alias="nameWithOwner")


class LinkedNode(_Node):
    number: int | None = None
    repository: RepositoryNode | None = None


class PathNode(_Node):
    path: str | None = None


class OidNode(_Node):
    oid: str | None = None


class PageInfo(_Node):
    """Where a connection goes on, in either direction."""

    has_next_page: bool = Field(False, alias="hasNextPage")
    end_cursor: str | None = Field(None, alias="endCursor")
    has_previous_page: bool = Field(False, alias="hasPreviousPage")
    start_cursor: str | None = Field(None, alias="startCursor")


class Connection(_Node, Generic[T]):
    """A GraphQL connection. GitHub may put null where a node could not be read."""

    total_count: int | None = Field(None, alias="totalCount")
    nodes: tuple[T | None, ...] | None = None
    page_info: PageInfo | None = Field(None, alias="pageInfo")

    @property
    def held(self) -> tuple[T, ...]:
        return tuple(node for node in self.nodes or () if node is not None)


class CommentNode(_Node):
    author: ActorNode | None = None
    created_at: Instant | None = Field(None, alias="createdAt")
    body: str | None = None
    url: str | None = None


class ReviewNode(_Node):
    author: ActorNode | None = None
    submitted_at: Instant | None = Field(None, alias="submittedAt")
    state: str | None = None
    body: str | None = None


class EventNode(_Node):
    typename: str | None = Field(None, alias="__typename")
    created_at: Instant | None = Field(None, alias="createdAt")
    actor: ActorNode | None = None


class LoginNode(_Node):
    login: str | None = None


class ReviewerNode(_Node):
    """A user, a bot or a mannequin with a login, or a team with a slug; neither where the token may not see it."""

    login: str | None = None
    combined_slug: str | None = Field(None, alias="combinedSlug")


class ReviewRequestNode(_Node):
    reviewer: ReviewerNode | None = Field(None, alias="requestedReviewer")


class ItemNode(_Node):
    """What an issue and a pull request share; see the module's docstring."""

    state: str
    number: int
    title: str
    url: str
    id: str | None = None
    repository: RepositoryNode | None = None
    author: ActorNode | None = None
    author_association: str | None = Field(None, alias="authorAssociation")
    labels: Connection[NamedNode] | None = None
    created_at: Instant | None = Field(None, alias="createdAt")
    updated_at: Instant | None = Field(None, alias="updatedAt")
    closed_at: Instant | None = Field(None, alias="closedAt")
    body: str | None = None
    reactions: Connection[Any] | None = None
    assignees: Connection[LoginNode] | None = None
    links: Connection[LinkedNode] | None = None
    timeline: Connection[EventNode] | None = None
    comments: Connection[CommentNode] | None = None


class IssueNode(ItemNode):
    state: Literal["OPEN", "CLOSED"] = Field(alias="issueState")
    state_reason: str | None = Field(None, alias="stateReason")
    links: Connection[LinkedNode] | None = Field(None, alias="closedBy")
    timeline: Connection[EventNode] | None = Field(None, alias="issueEvents")


class PullRequestNode(ItemNode):
    state: Literal["OPEN", "CLOSED", "MERGED"] = Field(alias="pullState")
    is_draft: bool | None = Field(None, alias="isDraft")
    merged_at: Instant | None = Field(None, alias="mergedAt")
    merged_by: ActorNode | None = Field(None, alias="mergedBy")
    additions: int | None = None
    deletions: int | None = None
    changed_files: int | None = Field(None, alias="changedFiles")
    files: Connection[PathNode] | None = None
    head: str | None = Field(None, alias="headRefOid")
    merge_commit: OidNode | None = Field(None, alias="mergeCommit")
    links: Connection[LinkedNode] | None = Field(None, alias="closes")
    timeline: Connection[EventNode] | None = Field(None, alias="pullEvents")
    reviews: Connection[ReviewNode] | None = None
    review_decision: str | None = Field(None, alias="reviewDecision")
    review_requests: Connection[ReviewRequestNode] | None = Field(None, alias="reviewRequests")


class ReleaseNode(_Node):
    tag_name: str = Field(alias="tagName")
    url: str
    name: str | None = None
    created_at: Instant | None = Field(None, alias="createdAt")
    published_at: Instant | None = Field(None, alias="publishedAt")
    is_prerelease: bool | None = Field(None, alias="isPrerelease")
    is_draft: bool | None = Field(None, alias="isDraft")


class ReleasePage(_Node):
    nodes: tuple[ReleaseNode | None, ...]
    page_info: PageInfo = Field(alias="pageInfo")


M = TypeVar("M", bound=BaseModel)


def parse(model: type[M], node: object, path: str) -> M:
    """`node` as `model`. path: where it stood, e.g. "nodes[3]".

    Raises UnexpectedPayload naming the path that is missing or wrong, e.g. "nodes[3].title".
    """
    try:
        return model.model_validate(node)
    except ValidationError as error:
        where = "".join(
            f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.errors()[0]["loc"]
        )
        raise UnexpectedPayload(f"{path}{where}") from None  # the cause would print the payload


def parse_item(node: object, path: str) -> ItemNode:
    """A node of the shape above. path: where it stood. Raises UnexpectedPayload naming what is missing."""
    typename = node.get("__typename") if isinstance(node, dict) else None
    if typename == "Issue":
        return parse(IssueNode, node, path)
    if typename == "PullRequest":
        return parse(PullRequestNode, node, path)
    raise UnexpectedPayload(f"{path}.__typename")


class ListPage(_Node):
    """One page of a search or a listing: light items as they came, not yet read. total: of everything it lists."""

    nodes: tuple[dict[str, Any] | None, ...]
    page_info: PageInfo = Field(alias="pageInfo")
    total: int = Field(validation_alias=AliasChoices("issueCount", "totalCount"))


class EdgeNode(_Node):
    """What was updated last in a repository; a list is None where it was not asked for."""

    name_with_owner: str = Field(alias="nameWithOwner")
    is_private: bool = Field(False, alias="isPrivate")
    issues: ListPage | None = None
    pull_requests: ListPage | None = Field(None, alias="pullRequests")
    releases: ReleasePage | None = None


class CountNode(_Node):
    issue_count: int = Field(alias="issueCount")


class CheckNode(_Node):
    """An item as far as a check looks at it."""

    id: str
    updated_at: Instant = Field(alias="updatedAt")
    repository: RepositoryNode
    comments: Connection[Any]
