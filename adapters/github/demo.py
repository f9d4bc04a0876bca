"""The bundled sample as a source: GraphQL nodes in `demo.json`, read by the same mapping as GitHub's answers."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError

from adapters.github.errors import UnexpectedPayload
from adapters.github.mapping import item_of, release_of
from adapters.github.nodes import Instant, ReleaseNode, parse, parse_item
from adapters.source import Edge, Found, Looked, Points, Reading
from summarizer.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from adapters.source import Keep, Progress, Wanted
    from summarizer.items import Release

ZONE = ZoneInfo("Asia/Shanghai")
"""The sample holds the day of this zone on which it ends, up to that end."""


class _Sample(BaseModel):
    model_config = ConfigDict(frozen=True)

    repository: str
    until: Instant
    nodes: tuple[object, ...]
    releases: tuple[object, ...] = ()


class Demo:
    """The sample as a Source: one look shows all there is of it, whole. `begins` and `until` are where its data begins
    and ends, and at `until` its clock stands."""

    points = Points()

    def __init__(self, path: Path | None = None) -> None:
        """path: another file of the same shape. Raises UnexpectedPayload naming what is missing in it."""
        source = files("adapters.github").joinpath("demo.json") if path is None else path
        sample = _parse(source.read_text("utf-8"))
        nodes = [parse_item(node, f"nodes[{index}]") for index, node in enumerate(sample.nodes)]
        listed = [
            parse(ReleaseNode, node, f"releases[{index}]") for index, node in enumerate(sample.releases)
        ]
        releases = [release for node in listed if (release := release_of(node)) is not None]
        self.repo = sample.repository
        self.until = sample.until
        self.begins = datetime.combine(sample.until.astimezone(ZONE), datetime.min.time(), ZONE).astimezone(
            sample.until.tzinfo
        )
        self._items = tuple(
            sorted((item_of(node, self.repo) for node in nodes), key=lambda item: item.number)
        )
        self._releases = tuple(sorted(releases, key=lambda release: release.published_at))

    async def describe(self, repo: str) -> tuple[str, bool]:
        """Its one repository, which is public. Raises BadInput for another."""
        self._know(repo)
        return self.repo, False

    async def updated_since(self, repo: str, since: datetime, keep: Keep, progress: Progress) -> Edge:
        """All of it, from whenever on. Raises BadInput for another repository."""
        del since
        self._know(repo)
        # as if read well after its end, so that it is whole for every window that ends with it
        await keep([Reading(item, "whole", self.until + timedelta(days=1)) for item in self._items])
        progress(len(self._items), len(self._items))
        pulls = sum(item.is_pull_request for item in self._items)
        return Edge(self.until, self.repo, False, len(self._items) - pulls, pulls, self._releases)

    async def updated_between(
        self, repo: str, since: datetime, until: datetime, keep: Keep, progress: Progress
    ) -> Found:
        """Nothing but that."""
        del repo, since, until, keep, progress
        return Found(0, 0)

    async def count_updated(self, repo: str, since: datetime, until: datetime) -> int:
        """None but those."""
        del repo, since, until
        return 0

    async def happened(
        self, repo: str, since: datetime, until: datetime, keep: Keep, progress: Progress
    ) -> Found:
        """Nothing but that."""
        del repo, since, until, keep, progress
        return Found(0, 0)

    async def read(self, repo: str, wanted: Sequence[Wanted], keep: Keep, progress: Progress) -> Looked:
        """Nothing: all that is known was told at once."""
        del repo, wanted, keep, progress
        return Looked()

    async def check(self, repo: str, wanted: Sequence[Wanted]) -> Looked:
        """Nothing changes."""
        del repo, wanted
        return Looked()

    async def numbered(self, repo: str, numbers: Sequence[int], keep: Keep) -> set[int]:
        """Nothing that is not known already."""
        del repo, numbers, keep
        return set()

    async def commits(self, repo: str, base: str, head: str) -> tuple[str, ...] | None:
        """None: the sample knows no commits."""
        del repo, base, head
        return None

    async def releases(self, repo: str, since: datetime) -> tuple[Release, ...]:
        """See `Source.releases`."""
        del repo
        return tuple(release for release in self._releases if release.published_at >= since)

    def _know(self, repo: str) -> None:
        if repo.lower() != self.repo.lower():
            raise BadInput("github.demo_repo", repo=repo, known=self.repo)


def _parse(text: str) -> _Sample:
    try:
        return _Sample.model_validate(json.loads(text))
    except ValidationError as error:
        raise UnexpectedPayload(".".join(map(str, error.errors()[0]["loc"]))) from None
