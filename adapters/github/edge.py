"""The recent edge: paging through what was updated last.

Items move to the top of this listing while it is read. What is asked in one request is of one instant; after a look
that needed several, another one has to follow, back to where the first began (see `updates`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from adapters.github import limits
from adapters.github.errors import AdapterError, PartialData, UnexpectedPayload
from adapters.github.mapping import release_of
from adapters.github.nodes import EdgeNode, parse
from adapters.github.pages import PageSize, cursor_after, light_readings
from adapters.github.slices import SearchKind
from adapters.source import Edge

if TYPE_CHECKING:
    from adapters.github.client import Answer, Client
    from adapters.github.nodes import ListPage
    from adapters.source import Keep, Reading

NARROW = timedelta(minutes=30)
NARROW_PAGE = 30
"""Of each kind, for the usual look: more than a busy repository moves in NARROW."""

SMALLEST_PAGE = 10

SETTLING_LOOKS = 10
"""After so many looks of several requests each, what still moves is left to the next sync."""


@dataclass(frozen=True, slots=True)
class Look:
    """A reading of the listing.

    covered: for each kind that it did not read back to where it should: everything that was updated at this instant or
    later was read. at_once: one request was enough.
    """

    edge: Edge
    covered: Mapping[SearchKind, datetime]
    at_once: bool


async def look(
    client: Client,
    repo: str,
    back_to: datetime,
    keep: Keep,
    *,
    paged: timedelta = timedelta.max,
    settled: timedelta = limits.INDEX_LAG,
) -> Look:
    """Read the listing back to `back_to`, and in any case to `settled` ago, since when the search index may lag.

    paged: if `back_to` is longer ago than that, only to `settled` ago. Raises RepoNotFound.
    """
    # the first page is small where no more is to come; clocks that differ by less do no harm
    narrow = client.now() - back_to <= NARROW
    size = PageSize(NARROW_PAGE if narrow else limits.PAGE, SMALLEST_PAGE)
    asked: dict[str, object] = {"withIssues": True, "withPulls": True, "withReleases": True}
    first: Edge | None = None
    goal = back_to
    oldest: dict[SearchKind, datetime] = {}
    requests = 0
    while True:
        answer, node, read = await _page(client, repo, asked, size)
        requests += 1
        if first is None:
            first = _edge(node, answer)
            lag_ends = first.at - settled
            goal = lag_ends if first.at - back_to > paged else min(back_to, lag_ends)
        await keep([reading for readings in read.values() for reading in readings])
        before, asked = asked, {"withReleases": False, "withIssues": False, "withPulls": False}
        for kind, page in _listed(node).items():
            flag, cursor = _ASKS[kind]
            if not before[flag]:
                continue
            if page is None:
                raise UnexpectedPayload(f"repository.{_FIELDS[kind]}")
            reached = _reached(page, read[kind])
            oldest[kind] = reached
            if reached >= goal:
                asked |= {flag: True, cursor: cursor_after(page.page_info, before.get(cursor))}
        if narrow and requests == 1 and size.now == NARROW_PAGE:
            size = PageSize(limits.PAGE, SMALLEST_PAGE)
        if not (asked["withIssues"] or asked["withPulls"]):
            covered = {kind: at + _SECOND for kind, at in oldest.items() if at >= back_to}
            return Look(first, covered, requests == 1)


_BEGINNING = datetime.min.replace(tzinfo=UTC)
_SECOND = timedelta(seconds=1)  # of which the page's last item may show only a part
_ASKS: dict[SearchKind, tuple[str, str]] = {
    "issue": ("withIssues", "issuesAfter"),
    "pr": ("withPulls", "pullsAfter"),
}
_FIELDS: dict[SearchKind, str] = {"issue": "issues", "pr": "pullRequests"}


async def _page(
    client: Client, repo: str, asked: dict[str, object], size: PageSize
) -> tuple[Answer, EdgeNode, dict[SearchKind, list[Reading]]]:
    """One page of both listings with its items; a shorter one where GitHub finds that too much."""
    owner, _, name = repo.partition("/")
    while True:
        page = size.now
        smallest = size.is_smallest(page)
        try:
            answer = await client.query(
                "edge", {"owner": owner, "name": name, "page": page, **asked}, persistent=smallest
            )
            node = parse(EdgeNode, answer.data.get("repository"), "repository")
            read = {
                kind: light_readings(page, node.name_with_owner, f"repository.{_FIELDS[kind]}", answer.at)
                if page
                else []
                for kind, page in _listed(node).items()
            }
        except AdapterError as error:
            if not error.heavy or smallest:
                raise
            size.too_much(page)
        else:
            return answer, node, read


def _listed(node: EdgeNode) -> dict[SearchKind, ListPage | None]:
    return {"issue": node.issues, "pr": node.pull_requests}


def _edge(node: EdgeNode, answer: Answer) -> Edge:
    if node.issues is None:
        raise UnexpectedPayload("repository.issues")
    if node.pull_requests is None:
        raise UnexpectedPayload("repository.pullRequests")
    if node.releases is None:
        raise UnexpectedPayload("repository.releases")
    listed = [release for release in node.releases.nodes if release is not None]
    return Edge(
        at=answer.at,
        repo=node.name_with_owner,
        is_private=node.is_private,
        issues=node.issues.total,
        pull_requests=node.pull_requests.total,
        releases=tuple(release for each in listed if (release := release_of(each)) is not None),
        # drafts are among those that are listed
        releases_from=min((each.created_at for each in listed if each.created_at), default=None)
        if node.releases.page_info.has_next_page
        else None,
    )


def _reached(page: ListPage, readings: list[Reading]) -> datetime:
    """How far back the listing, newest first, was read: to the beginning of time where it ended."""
    if not page.page_info.has_next_page:
        return _BEGINNING
    known = [reading.item.updated_at for reading in readings if reading.item.updated_at is not None]
    if not known:
        raise PartialData  # it goes on, and nothing says from where
    return min(known)
