"""Searches over slices of time: counted first, then cut so that every slice fits into its page."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

from adapters.github import limits
from adapters.github.errors import AdapterError, PartialData
from adapters.github.nodes import CountNode, ListPage, parse
from adapters.github.pages import PageSize, light_readings
from adapters.github.slices import packed, parts_for
from adapters.source import Found
from adapters.together import together

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from adapters.github.client import Client
    from adapters.github.slices import Slice
    from adapters.source import Keep

COUNTS = 20
"""Searches counted by one request."""

SLICES = 2
"""Slices read by one request: two hundred light items."""

SMALLEST_PAGE = 10
FULL = 0.95
"""How full a page is planned to be: some items come in between counting and reading."""

STUCK = 32
"""So many failures of smallest pages without an item in between end the reading: one item that GitHub always fails on
takes fewer halvings, of however long a time, and where it shows none at all it is not asked for each second of it."""

REREADS = 3
"""How often a slice is read again because it showed less than it counted."""


class Searches:
    """Reads slices of one repository: `read`, then look at `found`."""

    def __init__(self, client: Client, repo: str, keep: Keep, told: Callable[[int], None]) -> None:
        """keep: is given every item that is seen. told: how many that were, each time some more are."""
        self._client = client
        self.repo = repo
        self._keep = keep
        self._told = told
        self._size = PageSize(limits.PAGE, SMALLEST_PAGE)
        self._queue: deque[tuple[Slice, ...]] = deque()
        self._reread: dict[Slice, int] = {}
        self._expected = self._seen = 0
        self._stuck = 0

    @property
    def found(self) -> Found:
        return Found(self._expected, self._seen)

    async def count(self, slices: Sequence[Slice]) -> list[int]:
        """How many items are in each slice, by GitHub's index."""
        groups = [slices[at : at + COUNTS] for at in range(0, len(slices), COUNTS)]
        return [count for counts in await together(map(self._count, groups)) for count in counts]

    async def read(self, counted: Sequence[tuple[Slice, int]]) -> None:
        """Read all that is in slices whose counts are known; adjacent ones behind each other."""
        self._plan(packed(counted, self._most))
        workers = min(limits.IN_FLIGHT, len(self._queue))
        await together(self._work() for _ in range(workers))

    @property
    def _most(self) -> int:
        return max(1, int(self._size.now * FULL))

    def _plan(self, slices: Sequence[Slice]) -> None:
        """Group slices of one kind, as many a request as still leave work for every request in flight."""
        per_request = SLICES if len(slices) > limits.IN_FLIGHT else 1
        for kind in ("issue", "pr"):
            of_kind = [slice_ for slice_ in slices if slice_.kind == kind]
            for at in range(0, len(of_kind), per_request):
                self._queue.append(tuple(of_kind[at : at + per_request]))

    async def _work(self) -> None:
        while self._queue:
            await self._read_group(self._queue.popleft())
            await asyncio.sleep(0)  # a pause for other tasks between two pages

    async def _count(self, slices: Sequence[Slice]) -> list[int]:
        variables: dict[str, object] = {"first": 1}
        variables |= {f"q{n}": slice_.query(self.repo) for n, slice_ in enumerate(slices)}
        try:
            answer = await self._client.query(
                "counts", variables, times=len(slices), persistent=len(slices) == 1
            )
        except AdapterError as error:
            if not error.heavy or len(slices) == 1:
                raise
            half = len(slices) // 2
            return [count for part in (slices[:half], slices[half:]) for count in await self._count(part)]
        return [parse(CountNode, answer.data.get(f"q{n}"), f"q{n}").issue_count for n in range(len(slices))]

    async def _read_group(self, slices: Sequence[Slice]) -> None:
        size = self._size.now
        smallest = len(slices) == 1 and self._size.is_smallest(size)
        is_issue = slices[0].kind == "issue"
        variables: dict[str, object] = {"page": size, "issues": is_issue, "pulls": not is_issue}
        variables |= {f"q{n}": slice_.query(self.repo) for n, slice_ in enumerate(slices)}
        # once pages of that size have failed, halves are tried at once rather than each of them with pauses
        persistent = smallest and (self._stuck == 0 or slices[0].seconds == 1)
        try:
            answer = await self._client.query("slices", variables, times=len(slices), persistent=persistent)
        except AdapterError as error:
            if not error.heavy:
                raise
            self._stuck += smallest
            if self._stuck > STUCK:
                raise
            await self._narrowed(slices, size, smallest=smallest)
            return
        self._size.went_well()
        for n, slice_ in enumerate(slices):
            page = parse(ListPage, answer.data.get(f"q{n}"), f"q{n}")
            await self._take(slice_, page, answer.at, f"q{n}")

    async def _narrowed(self, slices: Sequence[Slice], size: int, *, smallest: bool) -> None:
        """After a page that GitHub failed on: ask for less, down to the second of what it always fails on, which then
        counts as not seen. Raises once even its count is not to be had."""
        parts = tuple(slices)
        if smallest:
            [slice_] = slices
            parts = slice_.split(2)
            if len(parts) == 1:
                [lost] = await self._count(parts)
                self._expected += lost
                return
        elif len(slices) == 1:
            self._size.too_much(size)
        await self._read_parts(parts)

    async def _read_parts(self, parts: Sequence[Slice]) -> None:
        await together(self._read_group((part,)) for part in parts)

    async def _take(self, slice_: Slice, page: ListPage, at: datetime, path: str) -> None:
        try:
            readings = light_readings(page, self.repo, path, at)
        except PartialData:
            readings = light_readings(_readable(page), self.repo, path, at)
        await self._keep(readings)
        if readings:
            self._stuck = 0
        if page.page_info.has_next_page and slice_.seconds > 1:
            await self._read_parts(slice_.split(parts_for(page.total, self._most)))
            return
        seen = len(readings)
        if page.page_info.has_next_page:
            seen += await self._page_on(slice_, page)
        if seen < page.total and self._reread.setdefault(slice_, 0) < REREADS:
            self._reread[slice_] += 1
            self._queue.append((slice_,))
            return
        self._expected += page.total
        self._seen += min(seen, page.total)
        self._told(self._seen)

    async def _page_on(self, slice_: Slice, page: ListPage) -> int:
        """The further pages of a second in which more happened than fits one, up to what GitHub gives of one search;
        returns how many items they held."""
        seen = len(page.nodes)
        more = 0
        is_issue = slice_.kind == "issue"
        after: str | None = None
        # a page that leads nowhere else is the last: following it would never end
        while page.page_info.has_next_page and page.page_info.end_cursor not in (None, after):
            if seen >= limits.SEARCH_RESULTS:
                break
            after = page.page_info.end_cursor
            variables = {
                "page": self._size.now, "issues": is_issue, "pulls": not is_issue,
                "after": after, "q0": slice_.query(self.repo),
            }  # fmt: skip
            answer = await self._client.query("slices", variables, times=1)
            page = parse(ListPage, answer.data.get("q0"), "q0")
            readings = light_readings(_readable(page), self.repo, "q0", answer.at)
            await self._keep(readings)
            seen += len(page.nodes)
            more += len(readings)
        return more


def _readable(page: ListPage) -> ListPage:
    """The page without what GitHub could not show."""
    return page.model_copy(update={"nodes": tuple(node for node in page.nodes if node and "number" in node)})
