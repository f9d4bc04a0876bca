"""The bundled sample as a source, in the shape of GitHub's own answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.github.demo import Demo
from adapters.github.errors import UnexpectedPayload
from summarizer.errors import BadInput
from summarizer.items import Event, Person

if TYPE_CHECKING:
    from pathlib import Path

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


def silent(_done: int, _total: int | None) -> None:
    pass


async def test_the_sample_is_complete_for_its_day(sample: Path) -> None:
    demo = Demo(sample)

    fetched = await demo.fetch("VLLM-project/vllm", DAY, UNTIL + timedelta(hours=1), silent)

    [item] = fetched.items
    assert (fetched.since, fetched.until) == (DAY, UNTIL)
    assert fetched.coverage.complete
    assert (item.number, item.author, item.labels, item.created_at) == (7, Person("ann"), ("rocm",), None)
    assert item.events == (Event("closed_unmerged", datetime(2025, 12, 10, 12, 33, tzinfo=UTC)),)
    assert [release.tag_name for release in fetched.releases] == ["v1"]


async def test_before_its_day_the_sample_knows_nothing_and_says_so(sample: Path) -> None:
    fetched = await Demo(sample).fetch(REPO, DAY - timedelta(days=1), DAY, silent)

    assert fetched.coverage.reasons == ("sample",)
    assert fetched.releases == ()


async def test_the_sample_is_of_one_repository(sample: Path) -> None:
    with pytest.raises(BadInput) as caught:
        await Demo(sample).fetch("other/repo", DAY, UNTIL, silent)

    assert caught.value.key == "github.demo_repo"


def test_a_sample_of_another_shape_is_refused_by_path(sample: Path) -> None:
    write(sample, [{**NODE, "title": None}])

    with pytest.raises(UnexpectedPayload) as caught:
        Demo(sample)

    assert caught.value.path == "nodes[0].title"
