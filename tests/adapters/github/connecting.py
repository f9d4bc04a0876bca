"""Where the clock of these tests stands, what is kept of what a source tells, and the type of the fixture that connects
to a server."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from adapters.github.fetch import GitHub
from adapters.source import Reading, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from summarizer.items import Item
    from tests.servers.github import Issue, PullRequest

REPO = "vllm-project/vllm"
TOKEN = "ghp_testsonly"

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WEEK = timedelta(days=7)

NOW = datetime(2026, 3, 5, 18, tzinfo=UTC)
SINCE = NOW - DAY

Connect = Callable[..., GitHub]
"""Opens the adapter on a server: (server, token=TOKEN, *, timeout_s=15, now=..., budget=1)."""


@dataclass(slots=True)
class Kept:
    """Keeps what it is given. readings: all of them, as they came."""

    readings: list[Reading] = field(default_factory=list)

    async def __call__(self, readings: Sequence[Reading]) -> None:
        self.readings += readings

    @property
    def newest(self) -> dict[int, Item]:
        """Of each number what was read of it by the newest of its updates."""
        items: dict[int, Item] = {}
        for reading in sorted(self.readings, key=lambda reading: (moved(reading.item), reading.at)):
            items[reading.item.number] = reading.item
        return items

    @property
    def numbers(self) -> set[int]:
        return {reading.item.number for reading in self.readings}

    @property
    def titles(self) -> dict[str, Item]:
        return {item.title: item for item in self.newest.values()}


def moved(item: Item) -> datetime:
    assert item.updated_at is not None
    return item.updated_at


def wanted(threads: Iterable[Issue | PullRequest]) -> list[Wanted]:
    """Those items, as one knows them who has just read them."""
    return [
        Wanted(
            thread.number,
            thread.id,
            "issue" if thread.typename == "Issue" else "pull_request",
            thread.updated_at,
            len(thread.comments),
        )
        for thread in threads
    ]


def silent(_done: int, _total: int | None) -> None:
    """Progress that nobody watches."""
