"""The bundled sample as a source: GraphQL nodes in `demo.json`, read by the same mapping as GitHub's
answers."""

from __future__ import annotations

import json
from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, ValidationError

from adapters.github.errors import UnexpectedPayload
from adapters.github.mapping import item_of, release_of
from adapters.github.nodes import Instant, ReleaseNode, parse, parse_item
from adapters.source import Fetched
from summarizer.errors import BadInput
from summarizer.items import Coverage, Seen

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.source import Progress

ZONE = ZoneInfo("Asia/Shanghai")
"""The sample holds the day of this zone on which it ends, up to that end."""


class _Sample(BaseModel):
    model_config = ConfigDict(frozen=True)

    repository: str
    until: Instant
    nodes: tuple[object, ...]
    releases: tuple[object, ...] = ()


class Demo:
    """The sample as a Source; `until` is where its data ends, and so where its clock stands."""

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
        self.since = datetime.combine(sample.until.astimezone(ZONE), datetime.min.time(), ZONE).astimezone(
            sample.until.tzinfo
        )
        self._items = tuple(
            sorted((item_of(node, self.repo) for node in nodes), key=lambda item: item.number)
        )
        self._releases = tuple(sorted(releases, key=lambda release: release.published_at))

    async def fetch(self, repo: str, since: datetime, until: datetime, progress: Progress) -> Fetched:
        """See `Source.fetch`; what lies outside the sample's day is not known. Raises BadInput for another
        repository."""
        if repo.lower() != self.repo.lower():
            raise BadInput("github.demo_repo", repo=repo, known=self.repo)
        progress(len(self._items), len(self._items))
        inside = self.since <= since < self.until
        until = max(min(until, self.until), since) if inside else until
        items, comments = len(self._items), sum(len(item.comments) for item in self._items)
        coverage = Coverage(
            Seen(items if inside else None, items),
            Seen(comments if inside else None, comments),
            () if inside else ("sample",),
        )
        return Fetched(
            items=self._items,
            releases=tuple(release for release in self._releases if since <= release.published_at < until),
            coverage=coverage,
            since=since,
            until=until,
            at=self.until,
        )


def _parse(text: str) -> _Sample:
    try:
        return _Sample.model_validate(json.loads(text))
    except ValidationError as error:
        raise UnexpectedPayload(".".join(map(str, error.errors()[0]["loc"]))) from None
