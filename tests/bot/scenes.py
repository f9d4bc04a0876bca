"""A GitHub, a mirror of it and a clock that a test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from adapters.chat import unwatched
from bot.grammar.expressions import RelativeDay
from bot.reconcile import Reconcile
from bot.sync import Sync

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.github.fetch import GitHub
    from adapters.store import Store
    from bot.reconcile import Reconciled
    from bot.sync import Span
    from tests.servers.github import GitHub as GitHubServer
    from tests.servers.github import Repository

REPO = "vllm-project/vllm"
TODAY = RelativeDay("today")
MORNING = datetime(2026, 3, 24, 9, 0, 20, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
EVERY = timedelta(seconds=60)


class Scene:
    """A GitHub, a mirror and a clock that a test moves."""

    def __init__(self, server: GitHubServer, source: GitHub, store: Store) -> None:
        self.server = server
        self.source = source
        self.store = store
        self.now = MORNING
        self.sync = self.another()

    def another(self) -> Sync:
        """Another bot over the same store."""
        return Sync(self.source, self.store, now=lambda: self.now, every=EVERY)

    @property
    def repository(self) -> Repository:
        return self.server.world.repository(REPO)

    async def today(self) -> Span:
        return await self.sync.span(REPO, TODAY, "UTC", unwatched)

    async def numbers_today(self) -> list[int]:
        span = await self.today()
        items = await self.store.mirror.items_between(span.repo, span.window.since, span.window.until)
        return [item.number for item in items]

    def reconciling(self) -> Reconcile:
        return Reconcile(self.source, self.store, self.sync, now=lambda: self.now)

    async def reconcile(self) -> Reconciled:
        return await self.reconciling()(REPO, uncounted)

    async def requests_of(self, work: Awaitable[object]) -> int:
        before = len(self.server.requests)
        await work
        return len(self.server.requests) - before

    def operations(self) -> list[str]:
        return [request.operation for request in self.server.requests]


def without_number(number: int) -> Callable[[dict[str, Any]], None]:
    """What makes a search count an item and not show it, as a lost shard does."""

    def mangle(answer: dict[str, Any]) -> None:
        for page in answer["data"].values():
            if "nodes" in page:
                page["nodes"] = [node for node in page["nodes"] if node.get("number") != number]

    return mangle


def uncounted(_done: int, _total: int | None) -> None:
    """Progress that no test watches."""
