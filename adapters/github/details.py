"""All that is known of items, by node id: wide pages of adaptive size, and the rest of long lists."""

from __future__ import annotations

import asyncio
from collections import deque
from math import ceil
from typing import TYPE_CHECKING, Any, TypeVar

from adapters.github import limits
from adapters.github.checks import check
from adapters.github.errors import AdapterError, MissingScopes, UnexpectedPayload
from adapters.github.mapping import item_of
from adapters.github.nodes import (
    CommentNode,
    Connection,
    PathNode,
    PullRequestNode,
    ReviewNode,
    parse,
    parse_item,
)
from adapters.github.pages import PageSize, is_in, repository_in
from adapters.source import Looked, Reading
from adapters.together import together

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from adapters.github.client import Client
    from adapters.github.nodes import ItemNode
    from adapters.source import Keep, Wanted
    from summarizer.items import Kind

N = TypeVar("N")

WORKERS = limits.IN_FLIGHT - 1
"""Pages asked for at the same time; one request is left for what is found meanwhile."""


class Details:
    """Reads items of one repository whole. looked: what became of them."""

    def __init__(self, client: Client, repo: str, keep: Keep, told: Callable[[int], None]) -> None:
        """keep: is given every item that is read. told: how many were dealt with so far."""
        self.looked = Looked()
        self._client = client
        self._repo = repo
        self._keep = keep
        self._told = told
        self._done = 0
        self._probed = False
        self._sizes = {kind: PageSize(batch) for kind, batch in limits.DETAIL_BATCH.items()}

    async def read(self, wanted: Sequence[Wanted]) -> None:
        """Read these items; pages hold one kind each, since a query costs what it might answer."""
        queues: dict[Kind, deque[Wanted]] = {"issue": deque(), "pull_request": deque()}
        for each in wanted:
            queues[each.kind].append(each)
        pages = {kind: ceil(len(queue) / self._sizes[kind].now) for kind, queue in queues.items()}
        workers = min(WORKERS, sum(pages.values()))
        await together(self._work(queues) for _ in range(workers))

    async def _work(self, queues: dict[Kind, deque[Wanted]]) -> None:
        while any(queues.values()):
            kind = max(queues, key=lambda kind: len(queues[kind]))
            queue = queues[kind]
            batch = [queue.popleft() for _ in range(min(self._sizes[kind].now, len(queue)))]
            queue.extendleft(reversed(await self._page(kind, batch)))

    async def _page(self, kind: Kind, batch: Sequence[Wanted]) -> list[Wanted]:
        """One page; returns what to ask for again, in smaller pages."""
        ids = [each.node_id for each in batch]
        owner, _, name = self._repo.partition("/")
        variables = {"owner": owner, "name": name, "ids": ids}
        with_teams = self._client.names_teams
        try:
            answer = await self._client.query(
                f"{kind}_details", variables, times=int(with_teams), persistent=len(ids) == 1
            )
            nodes = answer.data.get("nodes")
        except MissingScopes:
            if not with_teams:
                raise
            # a classic token needs `read:org` for them, which nobody should have to give
            self._client.names_teams = False
            return list(batch)
        except AdapterError as error:
            if not error.heavy:
                raise
            return await self._failed(kind, batch, len(batch))
        repo = repository_in(answer.data)
        if not isinstance(nodes, list) or len(nodes) != len(ids):
            raise UnexpectedPayload("nodes")
        missing: list[Wanted] = []
        read: list[ItemNode] = []
        for index, (each, data) in enumerate(zip(batch, nodes, strict=True)):
            await asyncio.sleep(0)  # a thread of many words takes milliseconds, and other tasks wait
            if index in answer.gone:
                self.looked.gone.add(each.number)
            elif data is None:
                missing.append(each)
            elif data.get("number") is None:
                self.looked.moved.add(each.number)  # it became something else: a discussion
            else:
                node = parse_item(data, f"nodes[{index}]")
                if is_in(node, repo):
                    read.append(node)
                else:
                    self.looked.moved.add(each.number)
        whole = [
            node for node in await together(self._rest(node) for node in read) if _tells_its_reviews(node)
        ]
        # nothing tells how many there are, as it does for comments, so a part of them would pass for all
        self.looked.unreadable.update({node.number for node in read} - {node.number for node in whole})
        await self._keep([Reading(item_of(node, repo), "whole", answer.at) for node in whole])
        self._count(len(batch) - len(missing))
        if missing:
            return await self._failed(kind, missing, len(batch))
        self._sizes[kind].went_well()
        return []

    async def _failed(self, kind: Kind, batch: Sequence[Wanted], asked: int) -> list[Wanted]:
        """What to ask for again after a page of `asked` failed. Raises when nothing goes through any more."""
        if asked == 1:
            if not (self._done or self._probed):
                self._probed = True
                await check(
                    self._client, self._repo, batch
                )  # raises while GitHub is down: not the item's fault
            self.looked.unreadable.update(each.number for each in batch)
            self._count(len(batch))
            return []
        self._sizes[kind].too_much(asked)
        return list(batch)

    def _count(self, done: int) -> None:
        self._done += done
        self._told(self._done)

    async def _rest(self, node: ItemNode) -> ItemNode:
        """The item with the further pages of its long lists, as far as GitHub gives them."""
        asked: dict[str, Any] = {}
        while any((wanted := _to_read(node)).values()):
            variables: dict[str, Any] = {"id": node.id, **wanted, "comments": _start(node.comments)}
            if isinstance(node, PullRequestNode):
                files = node.files.page_info if node.files else None
                variables |= {"reviews": _start(node.reviews), "files": files.end_cursor if files else None}
            if variables == asked:
                return node  # it leads nowhere else: following it would never end
            asked = variables
            try:
                answer = await self._client.query("more", variables)
            except AdapterError as error:
                if not error.heavy:
                    raise
                return node
            data = answer.data.get("node")
            if data is None:
                return node
            node = _joined(node, data)
        return node


def _to_read(node: ItemNode) -> dict[str, bool]:
    """Which of the item's lists go on."""
    pull = node if isinstance(node, PullRequestNode) else None
    files = pull.files.page_info if pull and pull.files else None
    return {
        "withComments": _goes_back(node.comments),
        "withReviews": pull is not None and _goes_back(pull.reviews),
        "withFiles": files is not None and files.has_next_page,
    }


def _tells_its_reviews(node: ItemNode) -> bool:
    """Whether all reviews were read."""
    return not _to_read(node)["withReviews"]


def _goes_back(connection: Connection[N] | None) -> bool:
    return (
        connection is not None and connection.page_info is not None and connection.page_info.has_previous_page
    )


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
