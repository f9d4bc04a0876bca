"""Searches over slices of time, several a request, cut until every slice fits into its page."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from adapters.github import limits
from adapters.github.errors import AdapterError
from adapters.github.nodes import HitPage, parse
from adapters.github.slices import parts_for
from adapters.github.together import together

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from adapters.github.client import Client
    from adapters.github.nodes import HitNode
    from adapters.github.slices import Slice

SLOTS = "abcdefghi"
"""The searches of `queries/search.graphql`."""

SMALLEST_PAGE = 10
REREADS = 4
"""How often a slice is cut again because it showed less than it counted, although that would have fitted."""


class Hits:
    """The items found for `[since, until)`, by node id: touched since it began, and there before it ended."""

    def __init__(self, since: datetime, until: datetime) -> None:
        self.by_id: dict[str, HitNode] = {}
        self.newest = since
        self._since = since
        self._until = until

    def keep(self, page: HitPage) -> None:
        """Remember those of the page that may have had a part in the window."""
        for hit in page.hits:
            touched = hit.updated_at is None or hit.updated_at >= self._since
            there = hit.created_at is None or hit.created_at < self._until
            if hit.id is not None and touched and there:
                self.by_id[hit.id] = hit

    def within(self, slice_: Slice) -> int:
        """How many are known that belong to the slice."""
        hits = self.by_id.values()
        return sum(slice_.holds(hit.typename, hit.created_at, hit.updated_at) for hit in hits)

    @property
    def created(self) -> int:
        """How many came into being inside the window."""
        times = (hit.created_at for hit in self.by_id.values())
        return sum(self._since <= at < self._until for at in times if at is not None)


class Searches:
    """Reads slices of one repository."""

    def __init__(self, client: Client, repo: str, hits: Hits) -> None:
        """hits: is given everything that is found."""
        self._client = client
        self._repo = repo
        self._hits = hits

    async def first_pages(self, slices: Sequence[Slice], page: int = limits.PAGE) -> list[HitPage]:
        """One page of each of up to nine slices, in one request; halved where GitHub finds that too much."""
        try:
            answer = await self._client.query(
                "search", self._variables(slices, page), persistent=len(slices) == 1 and page <= SMALLEST_PAGE
            )
        except AdapterError as error:
            if not error.heavy or (len(slices) == 1 and page <= SMALLEST_PAGE):
                raise
            if len(slices) == 1:
                return await self.first_pages(slices, max(page // 2, SMALLEST_PAGE))
            half = len(slices) // 2
            halves = await together(self.first_pages(part, page) for part in (slices[:half], slices[half:]))
            return [found for part in halves for found in part]
        return [parse(HitPage, answer.data.get(slot), slot) for slot in SLOTS[: len(slices)]]

    async def read(self, slices: Sequence[Slice]) -> int:
        """Read the slices whole; returns GitHub's own count of what is in them."""
        pages = await self._pages(slices)
        return await self.read_on(list(zip(slices, pages, strict=True)))

    async def read_on(self, read: Sequence[tuple[Slice, HitPage]]) -> int:
        """Read the slices whole whose first pages are known; returns GitHub's own count of what is in
        them."""
        expected = 0
        for depth in count():  # slices get shorter each time, down to a second, which is paged through
            short: list[Slice] = []
            for slice_, page in read:
                self._hits.keep(page)
                parts = self._parts(slice_, page, depth)
                if parts == (slice_,):
                    expected += page.issue_count
                    if self._hits.within(slice_) < page.issue_count:
                        await self._page_on(slice_, page)
                else:
                    short.extend(parts)
            if not short:
                break
            read = list(zip(short, await self._pages(short), strict=True))
        return expected

    def _parts(self, slice_: Slice, page: HitPage, depth: int) -> tuple[Slice, ...]:
        """What to read instead of `slice_`: itself when all of it is known, or when cutting it further is no
        use."""
        known = max(len(page.hits), self._hits.within(slice_))
        if page.issue_count <= known or (depth >= REREADS and not page.page_info.has_next_page):
            return (slice_,)
        return slice_.split(parts_for(page.issue_count, limits.SLICE), self._hits.newest)

    async def _page_on(self, slice_: Slice, page: HitPage) -> None:
        """The further pages of a slice that cannot be cut, up to what GitHub gives of one search."""
        read = len(page.nodes)
        while page.page_info.has_next_page and read < limits.SEARCH_RESULTS:
            variables = self._variables((slice_,), limits.PAGE) | {"after": page.page_info.end_cursor}
            answer = await self._client.query("search", variables)
            page = parse(HitPage, answer.data.get("a"), "a")
            read += len(page.nodes)
            self._hits.keep(page)

    async def _pages(self, slices: Sequence[Slice]) -> list[HitPage]:
        groups = [slices[at : at + len(SLOTS)] for at in range(0, len(slices), len(SLOTS))]
        return [page for pages in await together(map(self.first_pages, groups)) for page in pages]

    def _variables(self, slices: Sequence[Slice], page: int) -> dict[str, Any]:
        texts = [slice_.query(self._repo) for slice_ in slices]
        variables: dict[str, Any] = {"page": page}
        for slot, text in zip(SLOTS, texts + [""] * (len(SLOTS) - len(texts)), strict=True):
            variables[slot] = text
            if slot != "a":
                variables[f"with{slot.upper()}"] = bool(text)
        return variables
