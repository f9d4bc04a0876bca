"""All that is known of items by node id: wide pages of adaptive size, and the rest of long lists."""

from __future__ import annotations

from collections import deque
from math import ceil
from typing import TYPE_CHECKING, Any, TypeVar

from adapters.github import limits
from adapters.github.errors import AdapterError, PartialData, UnexpectedPayload
from adapters.github.nodes import (
    CommentNode,
    Connection,
    PathNode,
    PullRequestNode,
    ReviewNode,
    parse,
    parse_item,
)
from adapters.github.together import together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from adapters.github.client import Client
    from adapters.github.nodes import ItemNode

N = TypeVar("N")

GROW_AFTER = 4
"""Pages in a row that went well before a page grows again."""

WORKERS = limits.IN_FLIGHT - 2
"""Pages asked for at the same time; two requests are left for what is found meanwhile."""


class PageSize:
    """How many items to ask for at once: halved when GitHub finds that too much, grown again with care."""

    def __init__(self, largest: int = limits.DETAIL_BATCH) -> None:
        self.now = largest
        self._largest = largest
        self._good = 0

    def too_much(self, asked: int) -> None:
        """A page of `asked` failed; pages of the same size that fail beside it say nothing new."""
        self.now = max(1, min(self.now, asked // 2))
        self._good = 0

    def went_well(self) -> None:
        self._good += 1
        if self._good >= GROW_AFTER:
            self.now = min(self._largest, self.now + max(1, self.now // 2))
            self._good = 0


class Details:
    """Reads items by node id.

    nodes: what was read, by id. gone: ids that exist no more, or in another repository. unreadable: ids that
    GitHub would not show. cut: ids whose long lists could not be read to their end.
    """

    def __init__(self, client: Client, repo: str, since: datetime, told: Callable[[int], None]) -> None:
        """since: comments and reviews are read back to here, at least the last hundred. told: the number read
        so far."""
        self.nodes: dict[str, ItemNode] = {}
        self.gone: set[str] = set()
        self.unreadable: set[str] = set()
        self.cut: set[str] = set()
        self._client = client
        self._repo = repo
        self._since = since
        self._told = told
        self._size = PageSize()

    async def read(self, ids: Iterable[str]) -> None:
        """Read the items with these node ids."""
        pending = deque(ids)
        workers = min(WORKERS, ceil(len(pending) / self._size.now))
        await together(self._work(pending) for _ in range(workers))

    async def _work(self, pending: deque[str]) -> None:
        while pending:
            ids = [pending.popleft() for _ in range(min(self._size.now, len(pending)))]
            again, read = await self._page(ids)
            pending.extendleft(reversed(again))
            await together(self._rest(id_) for id_ in read if self._is_long(self.nodes[id_]))
            self._told(len(self.nodes) + len(self.gone) + len(self.unreadable))

    async def _page(self, ids: Sequence[str]) -> tuple[list[str], list[str]]:
        """One page: the ids to ask for again in smaller pages, and those that were read."""
        try:
            answer = await self._client.query("details", {"ids": ids}, persistent=len(ids) == 1)
            nodes = answer.data.get("nodes")
        except AdapterError as error:
            if not error.heavy:
                raise
            return self._failed(ids, len(ids), error), []
        if not isinstance(nodes, list) or len(nodes) != len(ids):
            raise UnexpectedPayload("nodes")
        missing, read = [], []
        for index, (id_, data) in enumerate(zip(ids, nodes, strict=True)):
            if data is None:
                if index in answer.gone:
                    self.gone.add(id_)
                else:
                    missing.append(id_)
                continue
            node = parse_item(data, f"nodes[{index}]")
            name = node.repository.name_with_owner if node.repository else None
            if name is not None and name.lower() != self._repo.lower():
                self.gone.add(id_)  # transferred: GitHub answers with the item where it lives now
                continue
            self.nodes[id_] = node
            read.append(id_)
        if missing:
            return self._failed(missing, len(ids), PartialData()), read
        self._size.went_well()
        return [], read

    def _failed(self, ids: Sequence[str], asked: int, error: AdapterError) -> list[str]:
        """What to ask for again after a page of `asked` failed; raises `error` when nothing goes through any
        more."""
        if asked == 1:
            if not self.nodes and not self.gone:
                raise error
            self.unreadable.update(ids)
            return []
        self._size.too_much(asked)
        return list(ids)

    def _is_long(self, node: ItemNode) -> bool:
        return any(self._to_read(node).values())

    def _to_read(self, node: ItemNode) -> dict[str, bool]:
        """Which of the item's lists go on to where the window is."""
        pull = node if isinstance(node, PullRequestNode) else None
        files = pull.files if pull else None
        return {
            "withComments": self._goes_back(node.comments, lambda comment: comment.created_at),
            "withReviews": pull is not None
            and self._goes_back(pull.reviews, lambda review: review.submitted_at),
            "withFiles": bool(files and files.page_info and files.page_info.has_next_page),
        }

    def _goes_back(self, connection: Connection[N] | None, at: Callable[[N], datetime | None]) -> bool:
        if connection is None or connection.page_info is None or not connection.page_info.has_previous_page:
            return False
        oldest = min(
            (instant for node in connection.held if (instant := at(node)) is not None), default=self._since
        )
        return oldest >= self._since

    async def _rest(self, id_: str) -> None:
        """The further pages of an item's long lists."""
        while any((wanted := self._to_read(self.nodes[id_])).values()):
            node = self.nodes[id_]
            variables: dict[str, Any] = {"id": id_, **wanted}
            if wanted["withComments"]:
                variables["comments"] = _start(node.comments)
            if isinstance(node, PullRequestNode):
                variables["reviews"] = _start(node.reviews)
                variables["files"] = (
                    node.files.page_info.end_cursor if node.files and node.files.page_info else None
                )
            try:
                answer = await self._client.query("more", variables)
            except AdapterError as error:
                if not error.heavy:
                    raise
                self.cut.add(id_)
                return
            data = answer.data.get("node")
            if data is None:
                self.cut.add(id_)
                return
            self.nodes[id_] = _joined(node, data)


def _start(connection: Connection[N] | None) -> str | None:
    return connection.page_info.start_cursor if connection and connection.page_info else None


def _joined(node: ItemNode, data: dict[str, Any]) -> ItemNode:
    """`node` with the pages of `queries/more.graphql` put to its lists."""
    changed: dict[str, Any] = {}
    if "comments" in data:
        comments = parse(Connection[CommentNode], data["comments"], "node.comments")
        changed["comments"] = _join(node.comments, comments)
    if isinstance(node, PullRequestNode):
        if "reviews" in data:
            reviews = parse(Connection[ReviewNode], data["reviews"], "node.reviews")
            changed["reviews"] = _join(node.reviews, reviews)
        if "files" in data:
            changed["files"] = _join(node.files, parse(Connection[PathNode], data["files"], "node.files"))
    return node.model_copy(update=changed)


def _join(held: Connection[N] | None, page: Connection[N]) -> Connection[N]:
    # the order is of no matter here, as mapping sorts; page information and total are the newest
    nodes = (*(page.nodes or ()), *(held.nodes or () if held else ()))
    return page.model_copy(update={"nodes": nodes})
