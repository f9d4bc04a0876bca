"""A source for those who have no token: what would ask GitHub says what is missing, what is stored can be told."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from adapters.source import Points
from summarizer.errors import NotConfigured

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from adapters.source import Edge, Found, Keep, Looked, Progress, Wanted
    from summarizer.items import Release


class Unconnected:
    """A Source that knows nothing. Every method raises NotConfigured `github.no_token`."""

    begins = None
    points = Points()

    async def describe(self, repo: str) -> tuple[str, bool]:
        _refuse(repo)

    async def updated_since(self, repo: str, since: datetime, keep: Keep, progress: Progress) -> Edge:
        _refuse(repo, since, keep, progress)

    async def updated_between(
        self, repo: str, since: datetime, until: datetime, keep: Keep, progress: Progress
    ) -> Found:
        _refuse(repo, since, until, keep, progress)

    async def count_updated(self, repo: str, since: datetime, until: datetime) -> int:
        _refuse(repo, since, until)

    async def happened(
        self, repo: str, since: datetime, until: datetime, keep: Keep, progress: Progress
    ) -> Found:
        _refuse(repo, since, until, keep, progress)

    async def read(self, repo: str, wanted: Sequence[Wanted], keep: Keep, progress: Progress) -> Looked:
        _refuse(repo, wanted, keep, progress)

    async def check(self, repo: str, wanted: Sequence[Wanted]) -> Looked:
        _refuse(repo, wanted)

    async def numbered(self, repo: str, numbers: Sequence[int], keep: Keep) -> set[int]:
        _refuse(repo, numbers, keep)

    async def commits(self, repo: str, base: str, head: str) -> tuple[str, ...] | None:
        _refuse(repo, base, head)

    async def releases(self, repo: str, since: datetime) -> tuple[Release, ...]:
        _refuse(repo, since)


def _refuse(*_asked: object) -> NoReturn:
    raise NotConfigured("github.no_token")
