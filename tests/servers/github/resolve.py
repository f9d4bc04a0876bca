# ruff: noqa: ANN401 - what a field is given is as the schema says
"""The schema with its resolvers: how each field is read from the world. A field without one here is the
attribute of its snake_cased name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    build_schema,
    get_named_type,
)
from graphql.pyutils import camel_to_snake

from tests.servers.github.commits import Commit, PullRequestCommit
from tests.servers.github.errors import GitHubError
from tests.servers.github.paging import Connection
from tests.servers.github.reviews import Team
from tests.servers.github.search import MAX_RESULTS, search
from tests.servers.github.threads import Account, Issue, PullRequest
from tests.servers.github.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from graphql import GraphQLResolveInfo, GraphQLSchema

    from tests.servers.github.commits import Comparison, Ref
    from tests.servers.github.reviews import ReviewRequest
    from tests.servers.github.threads import Comment, Thread
    from tests.servers.github.world import Release, Repository

    Info = GraphQLResolveInfo[Any]
    Resolver = Callable[..., Any]


@dataclass(slots=True)
class RateLimit:
    """What is left of the hour's points; `used` and `remaining` count this request in."""

    limit: int
    cost: int
    remaining: int
    reset_at: datetime
    used: int
    node_count: int


@dataclass(slots=True)
class Asking:
    """One request's view of the server."""

    world: World
    viewer: Account
    rate_limit: RateLimit
    indexed_until: datetime | None
    sees_teams: bool = True


@cache
def schema() -> GraphQLSchema:
    """The executable schema; one for the process, since it holds no state."""
    built = build_schema((Path(__file__).parent / "schema.graphql").read_text("utf-8"))
    for kind in built.type_map.values():
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__"):
            special = RESOLVERS.get(kind.name, {}) | (THREAD if kind.name in ("Issue", "PullRequest") else {})
            for name, field in kind.fields.items():
                instant = get_named_type(field.type).name == "DateTime"
                field.resolve = special.get(name) or _attribute(
                    camel_to_snake(name), _shown if instant else None
                )
        elif isinstance(kind, (GraphQLInterfaceType, GraphQLUnionType)):
            kind.resolve_type = lambda value, _info, _kind: value.typename
    return built


def _attribute(name: str, show: Callable[[Any], Any] | None) -> Resolver:
    get = attrgetter(name)
    return (lambda value, _info: show(get(value))) if show else (lambda value, _info: get(value))


def _shown(at: datetime | None) -> str | None:
    return None if at is None else f"{at.isoformat()[:19]}Z"  # the world's times are whole seconds in UTC


def _instant(text: str | None) -> datetime | None:
    """An argument of type DateTime; without an offset it is UTC."""
    at = None if text is None else datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at is not None and at.tzinfo is None else at


# Query


def _repository(_: None, info: Info, owner: str, name: str, **_options: bool) -> Repository:
    world: World = info.context.world
    found = world.repositories.get(f"{owner}/{name}".lower())
    if found is None:
        raise GitHubError("NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'.")
    return found


def _node(_: None, info: Info, id: str) -> object:  # noqa: A002 - GitHub's argument
    return _by_id(info, id)


def _nodes(_: None, info: Info, ids: list[str]) -> list[object]:
    found: list[object] = []
    for each in ids:
        try:
            found.append(_by_id(info, each))
        except GitHubError as error:
            found.append(error)  # an error in its place: null there, the rest as asked for
    return found


def _by_id(info: Info, node_id: str) -> object:
    world: World = info.context.world
    if node_id not in world.nodes:
        raise GitHubError("NOT_FOUND", f"Could not resolve to a node with the global id of '{node_id}'")
    return world.nodes[node_id]


def _search(_: None, info: Info, query: str, type: str, **args: Any) -> Connection:  # noqa: A002
    asking: Asking = info.context
    hits = search(asking.world, query, asking.indexed_until) if type == "ISSUE" else []
    places = {thread.id: index for index, thread in enumerate(hits, 1)}
    return Connection(hits, args, lambda thread: (places[thread.id],), cap=MAX_RESULTS)


# Repository


_THREAD_KEYS: dict[str, Callable[[Thread], tuple[Any, ...]]] = {
    "CREATED_AT": lambda thread: (thread.created_at.timestamp(), thread.database_id),
    "UPDATED_AT": lambda thread: (thread.updated_at.timestamp(), thread.database_id),
    "COMMENTS": lambda thread: (len(thread.comments), thread.database_id),
}


def _owner(repository: Repository, _info: Info) -> Account | None:
    return repository.world.account(repository.name_with_owner.partition("/")[0], "Organization")


def _listing(rows: Iterable[Thread], args: dict[str, Any]) -> Connection:
    order = args.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    key, reverse = _THREAD_KEYS[order["field"]], order["direction"] == "DESC"
    if args.get("first") is None and args.get("last") is None:
        return Connection(list(rows), args, key)  # only counted, in any order
    return Connection(sorted(rows, key=key, reverse=reverse), args, key, reverse=reverse)


def _issues(repository: Repository, _info: Info, **args: Any) -> Connection:
    filters = args.get("filterBy") or {}
    states = args.get("states") or filters.get("states")
    labels = args.get("labels") or filters.get("labels")
    since, creator = _instant(filters.get("since")), filters.get("createdBy")
    rows = (
        issue
        for issue in _matching(repository.issues, states, labels)
        if (since is None or issue.updated_at >= since)
        and (creator is None or (issue.author is not None and issue.author.login == creator))
    )
    return _listing(rows, args)


def _pull_requests(repository: Repository, _info: Info, **args: Any) -> Connection:
    return _listing(_matching(repository.pull_requests, args.get("states"), args.get("labels")), args)


def _matching(rows: Iterable[Thread], states: list[str] | None, labels: list[str] | None) -> Iterable[Thread]:
    for thread in rows:
        if states and thread.state not in states:
            continue
        if labels and not {label.name for label in thread.labels} & set(labels):
            continue
        yield thread


def _numbered(kind: type[Thread] | tuple[type[Thread], ...], words: str) -> Resolver:
    def resolve(repository: Repository, _info: Info, number: int) -> Thread:
        found = repository.threads.get(number)
        if not isinstance(found, kind):
            raise GitHubError("NOT_FOUND", f"Could not resolve to {words} with the number of {number}.")
        return found

    return resolve


def _releases(repository: Repository, _info: Info, **args: Any) -> Connection:
    order = args.get("orderBy") or {"field": "CREATED_AT", "direction": "ASC"}
    reverse = order["direction"] == "DESC"

    def key(release: Release) -> tuple[Any, ...]:
        return (
            release.created_at.timestamp() if order["field"] == "CREATED_AT" else release.name,
            release.database_id,
        )

    return Connection(sorted(repository.releases, key=key, reverse=reverse), args, key, reverse=reverse)


def _latest(release: Release, _info: Info) -> bool:
    published = [each for each in release.repository.releases if each.published_at and not each.is_prerelease]
    return bool(published) and max(published, key=lambda each: each.created_at) is release


# Commits


def _ref(repository: Repository, _info: Info, qualifiedName: str) -> Ref | None:  # noqa: N803
    return repository.history.ref(qualifiedName)


def _compare(ref: Ref, _info: Info, headRef: str) -> Comparison | None:  # noqa: N803
    return ref.history.compare(ref, headRef)


def _commits_of(pull: PullRequest) -> list[PullRequestCommit]:
    """Its branch holds one commit: the head."""
    commit = Commit(pull.repository, pull.head_ref_oid, pull.title, pull.created_at, pull.author)
    return [PullRequestCommit(commit)]


def _tag_commit(release: Release, _info: Info) -> Commit | None:
    tag = release.repository.history.tags.get(release.tag_name)
    return tag.reaches[-1] if tag and tag.reaches else None


# Threads


def _comments(thread: Thread, _info: Info, **args: Any) -> Connection:
    order = args.get("orderBy")
    if order is None:
        return Connection(thread.comments, args, lambda each: (each.created_at.timestamp(), each.database_id))
    reverse = order["direction"] == "DESC"

    def key(comment: Comment) -> tuple[Any, ...]:
        return (comment.updated_at.timestamp(), comment.database_id)

    return Connection(sorted(thread.comments, key=key, reverse=reverse), args, key, reverse=reverse)


def _timeline(thread: Thread, _info: Info, **args: Any) -> Connection:
    wanted = {word.title().replace("_", "") for word in args.get("itemTypes") or ()}
    since = _instant(args.get("since"))
    rows = [
        event
        for event in thread.events
        if (not wanted or event.typename in wanted) and (since is None or event.created_at >= since)
    ]
    page = Connection(
        rows[args.get("skip") or 0 :], args, lambda each: (each.created_at.timestamp(), each.database_id)
    )
    page.total_count = len(thread.events)  # the whole timeline; filteredCount is what was asked for
    return page


def _reviews(pull: PullRequest, _info: Info, **args: Any) -> Connection:
    states, author = args.get("states"), args.get("author")
    rows = [
        review
        for review in pull.reviews
        if (not states or review.state in states)
        and (author is None or (review.author is not None and review.author.login == author))
    ]
    return Connection(rows, args, lambda each: (each.submitted_at.timestamp(), each.database_id))


def _requested_reviewer(request: ReviewRequest, info: Info) -> Account | Team:
    reviewer = request.requested_reviewer
    if isinstance(reviewer, Team) and not info.context.sees_teams:
        raise GitHubError("FORBIDDEN", "Resource not accessible by personal access token")
    return reviewer


def _state_reason(issue: Issue, _info: Info, *, enableDuplicate: bool = False) -> str | None:  # noqa: N803
    # GitHub keeps DUPLICATE from clients that do not say they know it
    return "NOT_PLANNED" if issue.state_reason == "DUPLICATE" and not enableDuplicate else issue.state_reason


def _closed_by(issue: Issue, _info: Info, **args: Any) -> Connection:
    rows = [pull for pull in issue.closed_by if args.get("includeClosedPrs") or pull.state != "CLOSED"]
    return Connection(rows, args, lambda each: (each.database_id,))


def _all(get: Callable[[Any], Sequence[Any]]) -> Resolver:
    """A connection over a plain list, paged by position."""

    def resolve(owner: Any, _info: Info, **args: Any) -> Connection:
        rows = get(owner)
        places = {id(row): index for index, row in enumerate(rows, 1)}
        return Connection(rows, args, lambda row: (places[id(row)],))

    return resolve


THREAD: dict[str, Resolver] = {
    "assignees": _all(lambda thread: thread.assignees),
    "bodyText": lambda thread, _: thread.body,
    "closed": lambda thread, _: thread.state != "OPEN",
    "comments": _comments,
    "labels": _all(lambda thread: thread.labels),
    "participants": _all(lambda thread: thread.participants),
    "reactions": _all(lambda thread: range(thread.reactions)),
    "timelineItems": _timeline,
}
"""What Issue and PullRequest resolve alike."""

RESOLVERS: dict[str, dict[str, Resolver]] = {
    "Query": {
        "node": _node,
        "nodes": _nodes,
        "rateLimit": lambda _, info, **_options: info.context.rate_limit,
        "repository": _repository,
        "search": _search,
        "viewer": lambda _, info: info.context.viewer,
    },
    "Repository": {
        "issue": _numbered(Issue, "an Issue"),
        "issueOrPullRequest": _numbered((Issue, PullRequest), "an issue or pull request"),
        "issues": _issues,
        "name": lambda repository, _: repository.name_with_owner.partition("/")[2],
        "owner": _owner,
        "pullRequest": _numbered(PullRequest, "a PullRequest"),
        "pullRequests": _pull_requests,
        "ref": _ref,
        "releases": _releases,
    },
    "Issue": {"closedByPullRequestsReferences": _closed_by, "stateReason": _state_reason},
    "PullRequest": {
        "additions": lambda pull, _: sum(file.additions for file in pull.files),
        "changedFiles": lambda pull, _: len(pull.files),
        "closingIssuesReferences": _all(lambda pull: pull.closes),
        "commits": _all(_commits_of),
        "deletions": lambda pull, _: sum(file.deletions for file in pull.files),
        "files": _all(lambda pull: pull.files),
        "mergeCommit": lambda pull, _: pull.repository.history.commits.get(pull.merge_commit),
        "merged": lambda pull, _: pull.state == "MERGED",
        "reviewRequests": _all(lambda pull: pull.review_requests),
        "reviews": _reviews,
    },
    "IssueComment": {
        "bodyText": lambda comment, _: comment.body,
        "reactions": _all(lambda comment: range(comment.reactions)),
    },
    "PullRequestReview": {
        "bodyText": lambda review, _: review.body,
        "comments": _all(lambda review: range(review.comments)),
        "reactions": _all(lambda review: range(review.reactions)),
    },
    "ReviewRequest": {"requestedReviewer": _requested_reviewer},
    "Release": {
        "isDraft": lambda release, _: release.published_at is None,
        "isLatest": _latest,
        "tagCommit": _tag_commit,
    },
    "Ref": {"compare": _compare},
    "Commit": {"authors": _all(lambda commit: [commit.actor]), "committer": lambda commit, _: commit.actor},
    "Comparison": {"commits": _all(lambda comparison: comparison.commits)},
}
