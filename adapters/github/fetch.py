"""GitHub as a source: everything that happened in a window, and how sure that is.

In sequence: a first look (searches beside the listing of what moved last), the items' details beside what the
first look did not show, the details of what that brought. See `discover` and `details`.
"""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

import structlog

from adapters.github import limits
from adapters.github.client import Client, Patience
from adapters.github.details import Details
from adapters.github.discover import Discovery
from adapters.github.errors import no_token
from adapters.github.mapping import item_of, release_of
from adapters.github.slices import whole_seconds
from adapters.github.together import both
from adapters.source import Fetched
from summarizer.items import Coverage, Seen

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from types import TracebackType

    from adapters.github.nodes import ItemNode
    from adapters.source import Progress
    from summarizer.items import Release

log = structlog.get_logger()


def _now() -> datetime:
    return datetime.now(UTC)


class GitHub:
    """GitHub's GraphQL API as a Source. An async context manager, to be used inside one event loop."""

    def __init__(
        self,
        url: str,
        token: str | None,
        *,
        timeout_s: float = limits.TIMEOUT_S,
        patience: Patience | None = None,
        now: Callable[[], datetime] = _now,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """timeout_s: for one request; GitHub itself gives up after ten seconds. now: where a window's data
        ends at the latest. sleep: how pauses are waited out. Raises NotConfigured without a token."""
        if not token:
            raise no_token()
        self._client = Client(url, token, timeout_s=timeout_s, patience=patience, sleep=sleep)
        self._now = now

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self, type_: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._client.__aexit__(type_, error, traceback)

    async def fetch(self, repo: str, since: datetime, until: datetime, progress: Progress) -> Fetched:
        """See `Source.fetch`. Raises the errors of `adapters.github.errors`."""
        started = time.monotonic()
        requests, cost = self._client.points.requests, self._client.points.cost
        until = max(min(until, self._now().replace(microsecond=0)), since)
        discovery = Discovery(self._client, repo, *whole_seconds(since, until))
        progress(0, None)
        await discovery.look()
        # what GitHub calls future has not happened yet, whatever our clock says
        at = min(self._now(), self._client.server_time or self._now())
        until = max(min(until, at.replace(microsecond=0)), since)

        first = _full_pages(discovery.ids)
        details = Details(
            self._client, discovery.repo, since, lambda done: progress(done, len(discovery.ids))
        )
        progress(0, len(discovery.ids))

        async def rest() -> None:
            await discovery.finish()
            known = set(first)
            await details.read(id_ for id_ in discovery.ids if id_ not in known)

        await both(rest(), details.read(first))
        fetched = _fetched(discovery, details, since, until, at)
        log.info(
            "fetched",
            repository=discovery.repo,
            items=len(fetched.items),
            complete=fetched.coverage.complete,
            reasons=fetched.coverage.reasons,
            requests=self._client.points.requests - requests,
            cost=self._client.points.cost - cost,
            remaining=self._client.points.remaining,
            seconds=round(time.monotonic() - started, 2),
        )
        return fetched


def _full_pages(ids: tuple[str, ...]) -> tuple[str, ...]:
    """Those that fill whole pages: what is left over shares one with what is found later."""
    return (
        ids
        if len(ids) <= limits.DETAIL_BATCH
        else ids[: len(ids) // limits.DETAIL_BATCH * limits.DETAIL_BATCH]
    )


def _fetched(
    discovery: Discovery, details: Details, since: datetime, until: datetime, at: datetime
) -> Fetched:
    nodes = details.nodes.values()
    items = tuple(sorted((item_of(node, discovery.repo) for node in nodes), key=lambda item: item.number))
    releases = (release_of(node) for node in discovery.releases.values())
    return Fetched(
        items=items,
        releases=_published(releases, since, until),
        coverage=_coverage(discovery, details),
        since=since,
        until=until,
        at=at,
    )


def _published(releases: Iterable[Release | None], since: datetime, until: datetime) -> tuple[Release, ...]:
    published = [
        release for release in releases if release is not None and since <= release.published_at < until
    ]
    return tuple(sorted(published, key=lambda release: release.published_at))


def _coverage(discovery: Discovery, details: Details) -> Coverage:
    reasons = list(discovery.reasons)
    if details.unreadable:
        reasons.append("items")
    comments = _comments_seen(details.nodes.values())
    if details.cut or not comments.complete:
        reasons.append("comments")
    return Coverage(
        items=Seen(discovery.expected, discovery.seen - len(details.unreadable)),
        comments=comments,
        reasons=tuple(dict.fromkeys(reasons)),
    )


def _comments_seen(nodes: Iterable[ItemNode]) -> Seen:
    """Comments on the items: GitHub's total of a thread that was read to its beginning, else those that were
    read, since no count tells how many of a longer thread lie in the window."""
    expected = seen = 0
    for node in nodes:
        if node.comments is None:
            continue
        held = sum(comment.created_at is not None for comment in node.comments.held)
        page_info = node.comments.page_info
        whole = page_info is None or not page_info.has_previous_page
        expected += node.comments.total_count or 0 if whole else held
        seen += held
    return Seen(expected, seen)
