"""Which items a window needs: ids only, found by searches over slices of time and by the listing of what
moved last.

Everything that happens to an item moves its `updatedAt`, so the items of `[since, until)` are those updated
in it, and those older than `until` that were updated again later. While the latter are affordable they are
all read, and the window is complete. Else what was created, closed or merged in the window is searched for by
those times, and the rest (older threads that were commented on or reopened, and touched again since) is said
to be missing.

Search alone is not enough: its index lags and loses facets, and an item that moves while we read leaves the
slice it was in. So the listing by `updatedAt` is read with the first searches and once more after them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from adapters.github import limits
from adapters.github.errors import AdapterError, UnexpectedPayload
from adapters.github.nodes import EdgeNode, ReleasePage, parse
from adapters.github.search import SMALLEST_PAGE, Hits, Searches
from adapters.github.slices import SearchField, SearchKind, Slice
from adapters.github.together import both

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.github.client import Client
    from adapters.github.nodes import HitPage, ReleaseNode

FIRST_CUT: Mapping[SearchKind, int] = {"issue": 2, "pr": 3}
"""Slices of a window in the first look, which with the later and the created ones fit into one request."""

FACETS: tuple[tuple[SearchKind, SearchField], ...] = (("issue", "closed"), ("pr", "closed"), ("pr", "merged"))

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Discovery:
    """Finds the items of one window: first `look`, then `finish`.

    repo: "owner/name" as GitHub spells it today. releases: by tag, as listed. expected, seen: GitHub's count
    of the items, and ours of the same kind. reasons: what could not be seen; keys below `[coverage]` in the
    language files.
    """

    def __init__(self, client: Client, repo: str, since: datetime, until: datetime) -> None:
        """since, until: whole seconds, aware UTC."""
        self.repo = repo
        self.releases: dict[str, ReleaseNode] = {}
        self.expected = 0
        self.reasons: list[str] = []
        self._client = client
        self._since = since
        self._until = until
        self._hits = Hits(since, until)
        self._settled = True
        self._pages: list[tuple[Slice, HitPage]] = []
        self._edge_from = LONG_AGO
        self._releases_after: str | None = None

    @property
    def ids(self) -> tuple[str, ...]:
        """The node ids found so far."""
        return tuple(self._hits.by_id)

    @property
    def seen(self) -> int:
        return len(self._hits.by_id) if self._settled else self._hits.created

    async def look(self) -> None:
        """The first look: two requests at once. Raises RepoNotFound."""
        name = self.repo
        edge, pages = await self._first_look()
        if edge.name_with_owner.lower() != name.lower():
            # the repository was renamed: `repository` follows that, search does not
            self.repo = edge.name_with_owner
            edge, pages = await self._first_look()
        self.repo = edge.name_with_owner
        later = sum(page.issue_count for slice_, page in pages if slice_.created_before)
        self._settled = later <= limits.AFFORDABLE
        self._pages = [(slice_, page) for slice_, page in pages if self._settled or not slice_.created_before]
        for _, page in self._pages:
            self._hits.keep(page)
        if self._settled:
            self._keep_edge(edge)
        newest = self._hits.newest = max(
            (at for page in edge.pages for at in page.times), default=self._since
        )
        # the second reading of the edge joins the first, unless that did not reach behind the index's lag
        lagging = max(self._since, newest - limits.INDEX_LAG)
        self._edge_from = newest if _reaches(edge, lagging) else lagging

    async def finish(self) -> None:
        """What the first look did not show: overfull slices, what moved meanwhile, older releases."""
        searches = Searches(self._client, self.repo, self._hits)
        updated = [(slice_, page) for slice_, page in self._pages if slice_.field == "updated"]
        created = [(slice_, page) for slice_, page in self._pages if slice_.field == "created"]
        if not self._settled:
            self.reasons.append("old_comments")
        beside = self._read_edge() if self._settled else self._read_facets(searches)
        touched, _ = await both(searches.read_on(updated), both(beside, self._read_releases()))
        created_expected = sum(page.issue_count for _, page in created)
        if self._hits.created < created_expected:
            created_expected = await searches.read_on(created)
        self.expected = touched if self._settled else created_expected
        if self.seen < self.expected or self._hits.created < created_expected:
            self.reasons.append("items")

    async def _first_look(self) -> tuple[EdgeNode, list[tuple[Slice, HitPage]]]:
        slices = [slice_ for kind in FIRST_CUT for slice_ in self._slices(kind)]
        searches = Searches(self._client, self.repo, self._hits)
        edge, pages = await both(self._read_repository(), searches.first_pages(slices))
        return edge, list(zip(slices, pages, strict=True))

    def _slices(self, kind: SearchKind) -> tuple[Slice, ...]:
        window = Slice(kind, "updated", self._since, self._until)
        later = Slice(kind, "updated", self._until, None, created_before=self._until)
        created = Slice(kind, "created", self._since, self._until)
        return (*window.split(FIRST_CUT[kind], self._until), later, created)

    async def _read_facets(self, searches: Searches) -> None:
        await searches.read([Slice(kind, field, self._since, self._until) for kind, field in FACETS])

    async def _read_repository(self) -> EdgeNode:
        repository = await self._recent({"withReleases": True})
        edge = parse(EdgeNode, repository, "repository")
        self._take(parse(ReleasePage, repository.get("releases"), "repository.releases"))
        return edge

    async def _recent(self, variables: dict[str, object]) -> Mapping[str, object]:
        """The repository with its edge; shorter pages where GitHub finds that too much."""
        page = limits.PAGE
        while True:
            asked = self._variables() | variables | {"page": page}
            try:
                answer = await self._client.query("recent", asked, persistent=page <= SMALLEST_PAGE)
            except AdapterError as error:
                if not error.heavy or page <= SMALLEST_PAGE:
                    raise
                page = max(page // 2, SMALLEST_PAGE)
            else:
                return _object(answer.data.get("repository"), "repository")

    async def _read_edge(self) -> None:
        """The listing of what moved last, back to where the first reading joins."""
        after: dict[str, object] = {}
        while True:
            edge = parse(EdgeNode, await self._recent({"withReleases": False} | after), "repository")
            self._keep_edge(edge)
            if _reaches(edge, self._edge_from):
                return
            after = {
                "issuesAfter": edge.issues.page_info.end_cursor,
                "pullsAfter": edge.pull_requests.page_info.end_cursor,
            }

    async def _read_releases(self) -> None:
        """The listing of releases, back to where none can have been published in the window."""
        while self._releases_after is not None:
            variables = self._variables() | {"after": self._releases_after}
            answer = await self._client.query("releases", variables)
            repository = _object(answer.data.get("repository"), "repository")
            self._take(parse(ReleasePage, repository.get("releases"), "repository.releases"))

    def _take(self, page: ReleasePage) -> None:
        releases = [release for release in page.nodes if release is not None]
        self.releases.update((release.tag_name, release) for release in releases)
        oldest = min((release.created_at for release in releases if release.created_at), default=None)
        done = not page.page_info.has_next_page or oldest is None or oldest < self._since - limits.OLD_RELEASE
        self._releases_after = None if done else page.page_info.end_cursor

    def _variables(self) -> dict[str, object]:
        owner, _, name = self.repo.partition("/")
        return {"owner": owner, "name": name, "page": limits.PAGE}

    def _keep_edge(self, edge: EdgeNode) -> None:
        for page in edge.pages:
            self._hits.keep(page)


def _reaches(edge: EdgeNode, instant: datetime) -> bool:
    """Whether both listings in the order of `updatedAt` have come to what was not touched after `instant`."""
    return all(
        not page.page_info.has_next_page or min(page.times, default=instant) <= instant for page in edge.pages
    )


def _object(value: object, path: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise UnexpectedPayload(path)
    return value
