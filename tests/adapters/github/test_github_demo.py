"""The bundled sample as a source, in the shape of GitHub's own answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.github.demo import Demo
from adapters.github.errors import UnexpectedPayload
from adapters.source import Found, Looked, Points, Wanted
from summarizer.errors import BadInput
from summarizer.items import Event, Person
from tests.adapters.github.connecting import WEEK, silent

if TYPE_CHECKING:
    from pathlib import Path

    from tests.adapters.github.connecting import Kept

REPO = "vllm-project/vllm"
UNTIL = datetime(2025, 12, 10, 12, 59, tzinfo=UTC)
DAY = datetime(2025, 12, 9, 16, tzinfo=UTC)
NODE = {
    "__typename": "PullRequest",
    "number": 7,
    "title": "t",
    "url": "https://github.com/vllm-project/vllm/pull/7",
    "author": {"__typename": "User", "login": "ann"},
    "labels": {"nodes": [{"name": "rocm"}]},
    "pullState": "CLOSED",
    "createdAt": None,
    "closedAt": "2025-12-10T12:33:00Z",
}


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "sample.json"
    write(path, [NODE])
    return path


def write(path: Path, nodes: list[dict[str, Any]]) -> None:
    release = {"tagName": "v1", "url": "u", "publishedAt": "2025-12-10T10:00:00Z"}
    body = {"repository": REPO, "until": "2025-12-10T12:59:00Z", "nodes": nodes, "releases": [release]}
    path.write_text(json.dumps(body), "utf-8")


async def test_the_sample_is_told_at_once_and_whole_for_every_window_that_ends_with_it(
    sample: Path, kept: Kept
) -> None:
    demo = Demo(sample)
    told: list[tuple[int, int | None]] = []

    edge = await demo.updated_since(
        "VLLM-project/vllm", DAY, kept, lambda done, total: told.append((done, total))
    )

    [reading] = kept.readings
    item = reading.item
    assert (demo.repo, demo.begins, demo.until, edge.at) == (REPO, DAY, UNTIL, UNTIL)
    assert (edge.repo, edge.is_private, edge.issues, edge.pull_requests) == (REPO, False, 0, 1)
    assert edge.found.missing == 0
    assert (reading.part, reading.at > UNTIL) == ("whole", True)
    assert (item.number, item.author, item.labels, item.created_at) == (7, Person("ann"), ("rocm",), None)
    assert item.events == (Event("closed_unmerged", datetime(2025, 12, 10, 12, 33, tzinfo=UTC)),)
    assert [release.tag_name for release in edge.releases] == ["v1"]
    assert told == [(1, 1)]


async def test_beyond_that_the_sample_knows_nothing(sample: Path, kept: Kept) -> None:
    demo = Demo(sample)
    [known] = [Wanted(7, "", "pull_request")]

    assert await demo.updated_between(REPO, DAY - WEEK, DAY, kept, silent) == Found(0, 0)
    assert await demo.happened(REPO, DAY - WEEK, DAY, kept, silent) == Found(0, 0)
    assert await demo.count_updated(REPO, DAY - WEEK, UNTIL) == 0
    assert await demo.read(REPO, [known], kept, silent) == Looked()
    assert await demo.check(REPO, [known]) == Looked()
    assert await demo.numbered(REPO, [7, 8], kept) == set()
    assert kept.readings == []
    assert demo.points == Points()


async def test_its_releases_are_those_since_an_instant(sample: Path) -> None:
    demo = Demo(sample)
    published = datetime(2025, 12, 10, 10, tzinfo=UTC)

    assert [release.tag_name for release in await demo.releases(REPO, published)] == ["v1"]
    assert await demo.releases(REPO, published + timedelta(seconds=1)) == ()


async def test_the_sample_is_of_one_repository(sample: Path, kept: Kept) -> None:
    with pytest.raises(BadInput) as caught:
        await Demo(sample).updated_since("other/repo", DAY, kept, silent)

    assert caught.value.key == "github.demo_repo"


async def test_the_bundled_sample_is_the_day_of_the_reference_reports(kept: Kept) -> None:
    demo = Demo()

    edge = await demo.updated_since(REPO, demo.begins, kept, silent)

    assert (demo.repo, demo.begins, demo.until) == (REPO, DAY, UNTIL)
    assert len(kept.readings) == edge.issues + edge.pull_requests > 0
    assert any("rocm" in reading.item.labels for reading in kept.readings)


def test_a_sample_of_another_shape_is_refused_by_path(sample: Path) -> None:
    write(sample, [{**NODE, "title": None}])

    with pytest.raises(UnexpectedPayload) as caught:
        Demo(sample)

    assert caught.value.path == "nodes[0].title"
