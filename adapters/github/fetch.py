"""GitHub as a source: the recent edge by its listing, the settled past by searches, everything else by id."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from adapters.github import limits
from adapters.github.checks import check, read_numbers
from adapters.github.client import Client, Patience
from adapters.github.compare import commits_between
from adapters.github.details import Details
from adapters.github.errors import no_token
from adapters.github.nodes import EdgeNode, parse
from adapters.github.releases import read_releases
from adapters.github.updates import count_between, read_between, read_happened, read_since
from adapters.source import Points

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from types import TracebackType

    from adapters.github.tokens import Tokens
    from adapters.source import Edge, Found, Keep, Looked, Progress, Wanted
    from summarizer.items import Release


def _now() -> datetime:
    return datetime.now(UTC)


class GitHub:
    """GitHub's GraphQL API as a Source. An async context manager, to be used inside one event loop."""

    begins = None

    def __init__(
        self,
        url: str,
        token: str | Tokens | None,
        *,
        timeout_s: float = limits.TIMEOUT_S,
        patience: Patience | None = None,
        now: Callable[[], datetime] = _now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        budget: float = 1.0,
    ) -> None:
        """timeout_s: for one request; GitHub itself gives up after ten seconds. now: our clock, where GitHub tells no
        time. sleep: how pauses are waited out. budget: the share of the hour's points to spend at most. Raises
        NotConfigured without a token."""
        if not token:
            raise no_token()
        self._client = Client(
            url, token, timeout_s=timeout_s, patience=patience, sleep=sleep, now=now, budget=budget
        )

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, type_: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._client.__aexit__(type_, error, traceback)

    @property
    def points(self) -> Points:
        spent = self._client.points
        return Points(spent.remaining, spent.limit, spent.reset_at, spent.cost, spent.requests)

    async def describe(self, repo: str) -> tuple[str, bool]:
        """See `Source.describe`."""
        owner, _, name = repo.partition("/")
        answer = await self._client.query("describe", {"owner": owner, "name": name})
        node = parse(EdgeNode, answer.data.get("repository"), "repository")
        return node.name_with_owner, node.is_private

    async def updated_since(self, repo: str, since: datetime, keep: Keep, progress: Progress) -> Edge:
        """See `Source.updated_since`."""
        return await read_since(self._client, repo, since, keep, progress)

    async def updated_between(
        self, repo: str, since: datetime, until: datetime, keep: Keep, progress: Progress
    ) -> Found:
        """See `Source.updated_between`. Whole only where the search index has settled: `limits.INDEX_LAG` ago."""
        return await read_between(self._client, repo, since, until, keep, progress)

    async def count_updated(self, repo: str, since: datetime, until: datetime) -> int:
        """See `Source.count_updated`."""
        return await count_between(self._client, repo, since, until)

    async def happened(
        self, repo: str, since: datetime, until: datetime, keep: Keep, progress: Progress
    ) -> Found:
        """See `Source.happened`."""
        return await read_happened(self._client, repo, since, until, keep, progress)

    async def read(self, repo: str, wanted: Sequence[Wanted], keep: Keep, progress: Progress) -> Looked:
        """See `Source.read`."""
        details = Details(self._client, repo, keep, lambda done: progress(done, len(wanted)))
        await details.read(wanted)
        return details.looked

    async def check(self, repo: str, wanted: Sequence[Wanted]) -> Looked:
        """See `Source.check`."""
        return await check(self._client, repo, wanted)

    async def numbered(self, repo: str, numbers: Sequence[int], keep: Keep) -> set[int]:
        """See `Source.numbered`."""
        return await read_numbers(self._client, repo, numbers, keep)

    async def commits(self, repo: str, base: str, head: str) -> tuple[str, ...] | None:
        """See `Source.commits`."""
        found = await commits_between(self._client, repo, base, head)
        return found.oids if found is not None and found.complete else None

    async def releases(self, repo: str, since: datetime) -> tuple[Release, ...]:
        """See `Source.releases`."""
        return await read_releases(self._client, repo, since)
