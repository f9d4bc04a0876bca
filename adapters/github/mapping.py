"""GraphQL nodes -> summarizer.items. Pure; nothing here asks anybody.

The shape of a node is that of `queries/issue_details.graphql` and `queries/pull_request_details.graphql`, and so is
that of the nodes in `demo.json`; a light node lacks what a listing does not show.

Required, never null:

    "__typename": "Issue" | "PullRequest",
    "number": 1, "title": "...", "url": "https://github.com/owner/name/issues/1",
    "issueState": "OPEN" | "CLOSED"                  issues (alias of state)
    "pullState": "OPEN" | "CLOSED" | "MERGED"        pull requests (alias of state)

Of both kinds:

    "id": "I_...", "repository": {"nameWithOwner": "owner/name"},
    "author": {"__typename": "User" | "Bot" | ..., "login": "..."} | null,      null: a deleted account
    "authorAssociation": "CONTRIBUTOR", "labels": {"nodes": [{"name": "..."}]},
    "createdAt": "2025-12-10T09:53:00Z", "updatedAt": ..., "closedAt": ...,
    "body": "...", "reactions": {"totalCount": 0}, "assignees": {"nodes": [{"login": "..."}]},
    "comments": {"totalCount": 1, "nodes": [{"author": {...} | null, "createdAt": ..., "body": "...",
                                             "url": "..."}]}

Of issues:

    "stateReason": "COMPLETED",
    "closedBy": {"nodes": [{"number": 2, "repository": {...}}]},    alias of closedByPullRequestsReferences
    "issueEvents": {"nodes": [{"__typename": "ClosedEvent" | "ReopenedEvent",    alias of timelineItems
                               "createdAt": ..., "actor": {"__typename", "login"} | null}]}

Of pull requests:

    "isDraft": false, "mergedAt": ..., "mergedBy": {"__typename", "login"} | null,
    "additions": 1, "deletions": 1, "changedFiles": 1,
    "files": {"totalCount": 1, "nodes": [{"path": "..."}]},
    "headRefOid": "...", "mergeCommit": {"oid": "..."},
    "closes": {"nodes": [{"number": 2, "repository": {...}}]},      alias of closingIssuesReferences
    "pullEvents": as issueEvents, with "MergedEvent" too,           alias of timelineItems
    "reviews": {"totalCount": 1, "nodes": [{"author": {...} | null, "submittedAt": ..., "state": "APPROVED",
                                            "body": "..."}]},
    "reviewDecision": "APPROVED" | "CHANGES_REQUESTED" | "REVIEW_REQUIRED",
    "reviewRequests": {"nodes": [{"requestedReviewer": {"login": "..."} | {"combinedSlug": "org/slug"} | null}]}

What is not required may be absent or null, which both say "unknown" (but `author`: null is `ghost`).
Connections may carry `pageInfo`. Events that follow from `createdAt`, `closedAt` and `mergedAt` need not be
listed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from adapters.github.nodes import IssueNode, PullRequestNode
from adapters.github.people import person
from summarizer.items import Comment, Event, EventName, Item, Person, Release, Review, State, oldest_first

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from adapters.github.nodes import (
        ActorNode,
        CommentNode,
        Connection,
        EventNode,
        ItemNode,
        LinkedNode,
        ReleaseNode,
        RepositoryNode,
        ReviewNode,
        ReviewRequestNode,
    )

T = TypeVar("T")

TWIN = timedelta(minutes=1)
"""A merge closes its pull request: GitHub lists a ClosedEvent beside the MergedEvent, at most seconds
apart."""


def item_of(node: ItemNode, repo: str) -> Item:
    """The item in a parsed node; repo: "owner/name", whose item it is."""
    if isinstance(node, PullRequestNode):
        return _pull_request(node, repo)
    return replace(
        _shared(node, repo, _issue_events(node)),
        state="open" if node.state == "OPEN" else "closed",
        state_reason=node.state_reason if isinstance(node, IssueNode) else None,
    )


def _pull_request(node: PullRequestNode, repo: str) -> Item:
    listed = _listed_events(node.timeline, _PULL_REQUEST_EVENTS)
    merged_at = _merged_at(node, listed)
    merged_by = _known_person(node.merged_by)
    states: Mapping[str, State] = {"OPEN": "open", "CLOSED": "closed", "MERGED": "merged"}
    return replace(
        _shared(node, repo, _pull_request_events(node, listed, merged_at)),
        kind="pull_request",
        state="merged" if merged_at is not None else states[node.state],
        is_draft=node.is_draft,
        closed_at=node.closed_at or merged_at,
        merged_at=merged_at,
        merged_by=merged_by,
        additions=node.additions,
        deletions=node.deletions,
        changed_files=node.changed_files,
        files=_files(node),
        head=node.head,
        merge_commit=node.merge_commit.oid if node.merge_commit else None,
        reviews=_reviews(_held(node.reviews)),
        review_requests=_told(node.review_requests, _reviewer),
        review_decision=node.review_decision,
    )


def _shared(node: ItemNode, repo: str, events: tuple[Event, ...]) -> Item:
    return Item(
        repo=repo,
        number=node.number,
        kind="issue",
        title=node.title,
        url=node.url,
        author=_author(node),
        author_association=node.author_association,
        labels=tuple(label.name for label in _held(node.labels) if label.name is not None),
        created_at=node.created_at,
        updated_at=node.updated_at,
        closed_at=node.closed_at,
        body=node.body,
        linked=_linked(node.links, repo),
        reactions=node.reactions.total_count if node.reactions else None,
        events=events,
        comments=_comments(_held(node.comments)),
        comments_total=node.comments.total_count if node.comments else None,
        node_id=node.id or "",
        assignees=_told(node.assignees, lambda assignee: assignee.login),
    )


def release_of(release: ReleaseNode) -> Release | None:
    """The release in a parsed node; None for a draft and one whose time is not known."""
    if release.published_at is None or release.is_draft:
        return None
    return Release(
        tag_name=release.tag_name,
        name=release.name or release.tag_name,
        url=release.url,
        published_at=release.published_at,
        is_prerelease=bool(release.is_prerelease),
    )


def _held(connection: Connection[T] | None) -> tuple[T, ...]:
    return connection.held if connection is not None else ()


def _person(actor: ActorNode | None) -> Person:
    return person(actor.login, actor.typename) if actor is not None else person(None, None)


def _known_person(actor: ActorNode | None) -> Person | None:
    return _person(actor) if actor is not None and actor.login is not None else None


def _author(node: ItemNode) -> Person | None:
    # a key that is absent says "unknown"; null says "deleted account"
    return _person(node.author) if "author" in node.model_fields_set else None


def _files(node: PullRequestNode) -> tuple[str, ...] | None:
    paths = _told(node.files, lambda file: file.path)
    return None if paths is None else tuple(sorted(paths))


def _told(connection: Connection[T] | None, name: Callable[[T], str | None]) -> tuple[str, ...] | None:
    """The names of those in a list that have one; None where it is not told."""
    if connection is None or connection.nodes is None:
        return None
    names = tuple(told for node in connection.held if (told := name(node)) is not None)
    return names if names or not connection.nodes else None  # not one could be read: unknown, not none


def _reviewer(request: ReviewRequestNode) -> str | None:
    reviewer = request.reviewer
    return (reviewer.login or reviewer.combined_slug) if reviewer is not None else None


def _linked(connection: Connection[LinkedNode] | None, repo: str) -> tuple[int, ...]:
    numbers = {
        linked.number
        for linked in _held(connection)
        if linked.number is not None and _is_in(linked.repository, repo)
    }
    return tuple(sorted(numbers))


def _is_in(repository: RepositoryNode | None, repo: str) -> bool:
    # "fixes other/repo#5" links across repositories, and #5 here is another item
    name = repository.name_with_owner if repository is not None else None
    return name is None or name.lower() == repo.lower()


def _comments(nodes: Iterable[CommentNode]) -> tuple[Comment, ...]:
    comments = (
        Comment(_person(node.author), node.created_at, node.body or "", node.url or "")
        for node in nodes
        if node.created_at is not None
    )
    return tuple(sorted(comments, key=lambda comment: comment.created_at))


def _reviews(nodes: Iterable[ReviewNode]) -> tuple[Review, ...]:
    # a pending review has no submittedAt, and is nobody's business but its author's
    reviews = (
        Review(_person(node.author), node.submitted_at, node.state, node.body or "")
        for node in nodes
        if node.submitted_at is not None and node.state is not None
    )
    return tuple(sorted(reviews, key=lambda review: review.submitted_at))


def _listed_events(connection: Connection[EventNode] | None, names: Mapping[str, EventName]) -> list[Event]:
    """The timeline's changes of state, oldest first."""
    events = [
        Event(name, node.created_at, _known_person(node.actor))
        for node in _held(connection)
        if (name := names.get(node.typename or "")) and node.created_at is not None
    ]
    return sorted(events, key=lambda event: event.at)


def _issue_events(node: ItemNode) -> tuple[Event, ...]:
    """What happened to an issue: the timeline, and what follows from the times GitHub states."""
    events = _listed_events(node.timeline, _ISSUE_EVENTS)
    if node.closed_at is not None and not _closes_at(events, node.closed_at):
        events.append(Event("closed", node.closed_at))
    return _in_order(node, events)


def _pull_request_events(
    node: PullRequestNode, listed: list[Event], merged_at: datetime | None
) -> tuple[Event, ...]:
    """What happened to a pull request: the timeline, a merge without its twin, and what follows from the
    times."""
    events = list(listed)
    if merged_at is not None:
        if all(event.name != "merged" for event in events):
            events.append(Event("merged", merged_at, _known_person(node.merged_by)))
        events = [event for event in events if not _is_twin(event, merged_at, events)]
    elif node.state == "MERGED":
        # the merge's time is unknown, and a close that no reopening followed may be its twin
        reopened = max((event.at for event in events if event.name == "reopened"), default=None)
        events = [event for event in events if reopened is not None and event.at <= reopened]
    elif node.closed_at is not None and not _closes_at(events, node.closed_at):
        events.append(Event("closed_unmerged", node.closed_at))
    return _in_order(node, events)


def _is_twin(event: Event, merged_at: datetime, events: list[Event]) -> bool:
    # a merged pull request cannot be closed again, so what follows the merge is its twin as well
    near = event.name == "closed_unmerged" and event.at >= merged_at - TWIN
    return near and not any(
        other.name == "reopened" and event.at <= other.at <= merged_at for other in events
    )


def _merged_at(node: PullRequestNode, listed: list[Event]) -> datetime | None:
    """When it was merged: as told, else by the timeline, else when it was closed by that."""
    listed_at = next((event.at for event in listed if event.name == "merged"), None)
    return node.merged_at or listed_at or (node.closed_at if node.state == "MERGED" else None)


def _in_order(node: ItemNode, events: list[Event]) -> tuple[Event, ...]:
    """`events` and the opening, oldest first."""
    if node.created_at is not None:
        events.append(Event("opened", node.created_at, _author(node)))
    return oldest_first(events)


def _closes_at(events: list[Event], closed_at: datetime) -> bool:
    return any(
        event.name in ("closed", "closed_unmerged") and abs(event.at - closed_at) <= TWIN for event in events
    )


_ISSUE_EVENTS: Mapping[str, EventName] = {"ClosedEvent": "closed", "ReopenedEvent": "reopened"}
_PULL_REQUEST_EVENTS: Mapping[str, EventName] = {
    "ClosedEvent": "closed_unmerged",
    "ReopenedEvent": "reopened",
    "MergedEvent": "merged",
}
