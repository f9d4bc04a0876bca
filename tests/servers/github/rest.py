"""The few resources of GitHub's REST API that a loop over items reads, with its paging and its words.

Shapes: docs.github.com/rest (issues, issue comments, pull requests, their files and reviews). Bots are spelt with
"[bot]" here, and a deleted account is "ghost".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.servers.github.threads import PullRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from tests.servers.github.reviews import Review
    from tests.servers.github.threads import Account, Comment, File, Issue
    from tests.servers.github.world import Repository, World

    _Json = dict[str, Any]

PER_PAGE, MOST_PER_PAGE = 30, 100
NOT_FOUND = {"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"}


@dataclass(frozen=True, slots=True)
class Resource:
    """What stands under a path. links: the Link header's targets by their `rel`."""

    status: int
    body: Any
    links: Mapping[str, str]


def resource(
    world: World, route: str, words: Mapping[str, Any], query: Mapping[str, str], root: str
) -> Resource:
    """The resource of `route`, one of ROUTES. words: the values in its path; root: the server's address."""
    repository = world.repositories.get(f"{words['owner']}/{words['name']}".lower())
    thread = repository and repository.threads.get(words.get("number", 0))
    if repository is None or ("number" in words and thread is None):
        return Resource(404, NOT_FOUND, {})
    show = ROUTES[route]
    if "/pulls/" in route and not isinstance(thread, PullRequest):
        return Resource(404, NOT_FOUND, {})
    found = show(thread or repository, f"{root}/repos/{repository.name_with_owner}")
    if not isinstance(found, list):
        return Resource(200, found, {})
    path = route.replace(":int", "").format(**words)
    return _page(found, query, f"{root}{path}")


def _page(rows: Sequence[_Json], query: Mapping[str, str], url: str) -> Resource:
    page = max(1, int(query.get("page", 1)))
    size = min(MOST_PER_PAGE, max(1, int(query.get("per_page", PER_PAGE))))
    last = max(1, -(-len(rows) // size))
    before = {"prev": page - 1, "first": 1} if page > 1 else {}
    after = {"next": page + 1, "last": last} if page < last else {}
    links = {name: f"{url}?per_page={size}&page={target}" for name, target in (before | after).items()}
    return Resource(200, rows[(page - 1) * size : page * size], links)


def _repository(repository: Repository, url: str) -> _Json:
    owner, _, name = repository.name_with_owner.partition("/")
    return {
        "id": repository.database_id,
        "node_id": repository.id,
        "name": name,
        "full_name": repository.name_with_owner,
        "owner": _user(repository.world.account(owner, "Organization")),
        "private": repository.is_private,
        "archived": repository.is_archived,
        "html_url": repository.url,
        "url": url,
        "created_at": _time(repository.created_at),
        "updated_at": _time(repository.updated_at),
    }


def _issue(thread: Issue | PullRequest, url: str) -> _Json:
    """An issue, or a pull request as the issue that it also is."""
    shown = _shared(thread, url) | {
        "url": f"{url}/issues/{thread.number}",
        "comments": len(thread.comments),
        "reactions": {"total_count": thread.reactions},
        "state_reason": (thread.state_reason or "").lower() or None,
    }
    if isinstance(thread, PullRequest):
        shown["pull_request"] = {
            "url": f"{url}/pulls/{thread.number}",
            "html_url": thread.url,
            "merged_at": _time(thread.merged_at),
        }
    return shown


def _pull(pull: PullRequest, url: str) -> _Json:
    return _shared(pull, url) | {
        "url": f"{url}/pulls/{pull.number}",
        "issue_url": f"{url}/issues/{pull.number}",
        "draft": pull.is_draft,
        "merged": pull.state == "MERGED",
        "merged_at": _time(pull.merged_at),
        "merged_by": pull.merged_by and _user(pull.merged_by),
        "merge_commit_sha": pull.merge_commit,
        "head": {"ref": pull.head_ref_name, "sha": pull.head_ref_oid},
        "base": {"ref": pull.base_ref_name},
        "additions": sum(file.additions for file in pull.files),
        "deletions": sum(file.deletions for file in pull.files),
        "changed_files": len(pull.files),
        "comments": len(pull.comments),
        "review_comments": sum(review.comments for review in pull.reviews),
    }


def _shared(thread: Issue | PullRequest, url: str) -> _Json:
    return {
        "id": thread.database_id,
        "node_id": thread.id,
        "number": thread.number,
        "title": thread.title,
        "body": thread.body,
        "state": "open" if thread.state == "OPEN" else "closed",
        "user": _user(thread.author),
        "author_association": thread.author_association,
        "labels": [
            {"name": label.name, "node_id": label.id, "color": label.color} for label in thread.labels
        ],
        "created_at": _time(thread.created_at),
        "updated_at": _time(thread.updated_at),
        "closed_at": _time(thread.closed_at),
        "html_url": thread.url,
        "repository_url": url,
        "comments_url": f"{url}/issues/{thread.number}/comments",
    }


def _comments(thread: Issue | PullRequest, url: str) -> list[_Json]:
    return [_comment(comment, url) for comment in thread.comments]


def _comment(comment: Comment, url: str) -> _Json:
    return {
        "id": comment.database_id,
        "node_id": comment.id,
        "url": f"{url}/issues/comments/{comment.database_id}",
        "html_url": comment.url,
        "issue_url": f"{url}/issues/{comment.thread.number}",
        "user": _user(comment.author),
        "author_association": comment.author_association,
        "body": comment.body,
        "created_at": _time(comment.created_at),
        "updated_at": _time(comment.updated_at),
    }


def _files(pull: PullRequest, _url: str) -> list[_Json]:
    return [_file(file) for file in pull.files]


def _file(file: File) -> _Json:
    status = "removed" if file.change_type == "DELETED" else file.change_type.lower()
    changes = file.additions + file.deletions
    return {
        "filename": file.path,
        "status": status,
        "additions": file.additions,
        "deletions": file.deletions,
        "changes": changes,
    }


def _reviews(pull: PullRequest, url: str) -> list[_Json]:
    return [_review(review, url) for review in pull.reviews]


def _review(review: Review, url: str) -> _Json:
    return {
        "id": review.database_id,
        "node_id": review.id,
        "html_url": review.url,
        "pull_request_url": f"{url}/pulls/{review.thread.number}",
        "user": _user(review.author),
        "author_association": review.author_association,
        "state": review.state,
        "body": review.body,
        "submitted_at": _time(review.submitted_at),
    }


def _user(who: Account | None) -> _Json:
    if who is None:
        return {"login": "ghost", "type": "User", "html_url": "https://github.com/ghost"}
    login = f"{who.login}[bot]" if who.typename == "Bot" else who.login
    return {
        "login": login,
        "id": who.database_id,
        "node_id": who.id,
        "type": who.typename,
        "html_url": who.url,
    }


def _time(at: datetime | None) -> str | None:
    return None if at is None else f"{at.isoformat()[:19]}Z"


_REPO = "/repos/{owner}/{name}"
ROUTES: Mapping[str, Callable[[Any, str], _Json | list[_Json]]] = {
    _REPO: _repository,
    f"{_REPO}/issues/{{number:int}}": _issue,
    f"{_REPO}/issues/{{number:int}}/comments": _comments,
    f"{_REPO}/pulls/{{number:int}}": _pull,
    f"{_REPO}/pulls/{{number:int}}/files": _files,
    f"{_REPO}/pulls/{{number:int}}/reviews": _reviews,
}
"""The paths, as starlette writes them, and what shows each: of the repository or of the thread with that number."""
