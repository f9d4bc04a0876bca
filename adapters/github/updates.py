"""What was updated since an instant, or between two: the listing for the recent edge, searches for the settled past.

In sequence for a long span: a look at the edge beside the counting of what lies in it, the slices, a closing look for
what moved meanwhile.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.github.edge import SETTLING_LOOKS, look
from adapters.github.search import Searches
from adapters.github.slices import SearchField, SearchKind, Slice, whole_seconds
from adapters.together import both

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.github.client import Client
    from adapters.github.edge import Look
    from adapters.source import Edge, Found, Keep, Progress

KINDS: tuple[SearchKind, ...] = ("issue", "pr")

BINS = 20
"""Into so many parts a span is cut to count what is in it, for each kind."""

PAGED = timedelta(hours=36)
"""So far back the listing is paged through; what is older is searched for, many slices at a time."""

FACETS: tuple[tuple[SearchKind, SearchField], ...] = (
    ("issue", "created"), ("pr", "created"), ("issue", "closed"), ("pr", "closed"), ("pr", "merged"),
    ("issue", "updated"), ("pr", "updated"),
)  # fmt: skip


async def read_since(client: Client, repo: str, since: datetime, keep: Keep, progress: Progress) -> Edge:
    """See `Source.updated_since`."""
    since, now = whole_seconds(since, client.now())
    searches = Searches(client, repo, keep, lambda done: progress(done, None))
    counted: list[tuple[Slice, int]] = []
    if now - since <= PAGED:
        first, counted_until = await look(client, repo, since, keep, paged=PAGED), since
    else:
        first, counted = await both(
            look(client, repo, since, keep, paged=PAGED), _counted(searches, since, now)
        )
        counted_until = now
    searches.repo = first.edge.repo  # as GitHub spells it
    if first.edge.repo.lower() != repo.lower():
        counted, counted_until = [], since  # renamed: the listing follows that, the search does not
    end = max(first.covered.values(), default=since)
    if end > counted_until:  # by GitHub's clock it is longer ago than by ours
        counted += await _counted(searches, counted_until, end)
    slices = _beyond(counted, first)
    if slices:
        await searches.read(slices)
    edge = first.edge
    if slices or not first.at_once:
        edge = await _closed(client, edge, keep)
    return replace(edge, found=searches.found)


async def read_between(
    client: Client, repo: str, since: datetime, until: datetime, keep: Keep, progress: Progress
) -> Found:
    """See `Source.updated_between`."""
    since, until = whole_seconds(since, until)
    searches = Searches(client, repo, keep, lambda done: progress(done, None))
    if since < until:
        await searches.read(await _counted(searches, since, until))
    return searches.found


async def count_between(client: Client, repo: str, since: datetime, until: datetime) -> int:
    """See `Source.count_updated`."""
    since, until = whole_seconds(since, until)
    searches = Searches(client, repo, _nothing, lambda _done: None)
    return (
        sum(await searches.count([Slice(kind, "updated", since, until) for kind in KINDS]))
        if since < until
        else 0
    )


async def read_happened(
    client: Client, repo: str, since: datetime, until: datetime, keep: Keep, progress: Progress
) -> Found:
    """See `Source.happened`."""
    since, until = whole_seconds(since, until)
    searches = Searches(client, repo, keep, lambda done: progress(done, None))
    slices = [Slice(kind, field, since, until) for kind, field in FACETS]
    await searches.read(list(zip(slices, await searches.count(slices), strict=True)))
    return searches.found


async def _counted(searches: Searches, since: datetime, until: datetime) -> list[tuple[Slice, int]]:
    bins = [part for kind in KINDS for part in Slice(kind, "updated", since, until).split(BINS)]
    return list(zip(bins, await searches.count(bins), strict=True))


def _beyond(counted: list[tuple[Slice, int]], first: Look) -> list[tuple[Slice, int]]:
    """The slices of what the look did not cover."""
    rest: list[tuple[Slice, int]] = []
    for slice_, count in counted:
        end = first.covered.get(slice_.kind)
        part = slice_.until(end) if end is not None else None
        if part is not None:
            rest.append((part, count))
    return rest


async def _closed(client: Client, edge: Edge, keep: Keep) -> Edge:
    """The edge once a look at what moved since needed a single request, which is of one instant. What moves later
    belongs to the next sync."""
    for _ in range(SETTLING_LOOKS):
        again = await look(client, edge.repo, edge.at, keep, settled=timedelta(0))
        edge = replace(
            edge, at=again.edge.at, issues=again.edge.issues, pull_requests=again.edge.pull_requests
        )
        if again.at_once:
            break
    return edge


async def _nothing(_readings: object) -> None:
    """Keeps nothing: for counting."""
