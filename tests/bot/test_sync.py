"""The mirror is brought up to what a window needs, and GitHub is asked for no more than that."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.chat import unwatched
from adapters.github.fetch import GitHub
from bot.grammar.expressions import Duration, Last, RelativeDay, parse_range
from bot.sync import Sync
from summarizer.errors import GitHubError
from tests.servers.github import World, faults, github_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.store import Store
    from tests.servers.github import GitHub as GitHubServer
    from tests.servers.github import Repository

REPO = "vllm-project/vllm"
TODAY = RelativeDay("today")
MORNING = datetime(2026, 3, 24, 9, 0, tzinfo=UTC)


class Scene:
    """A GitHub, a mirror and a clock that a test moves."""

    def __init__(self, server: GitHubServer, source: GitHub, store: Store) -> None:
        self.server = server
        self.store = store
        self.now = MORNING
        self.sync = Sync(source, store.mirror, now=lambda: self.now, every=timedelta(seconds=60))

    @property
    def repository(self) -> Repository:
        return self.server.world.repository(REPO)

    async def numbers_today(self) -> list[int]:
        span = await self.sync.span(REPO, TODAY, "UTC", unwatched)
        items = await self.store.mirror.items_between(REPO, span.window.since, span.window.until)
        return [item.number for item in items]

    async def requests_of(self, work: object) -> int:
        before = len(self.server.requests)
        await work  # type: ignore[misc]
        return len(self.server.requests) - before


@pytest.fixture
async def scene(store: Store) -> AsyncIterator[Scene]:
    world = World()
    world.repository(REPO).open_issue("First", by="ann", at=MORNING - timedelta(hours=1))
    held: list[Scene] = []

    def clock() -> datetime:
        return held[0].now if held else MORNING

    async with (
        github_server(world, clock=clock) as server,
        GitHub(server.url, server.token or "", now=clock) as source,
    ):
        held.append(Scene(server, source, store))
        yield held[0]


async def test_within_the_minute_nothing_is_asked_again(scene: Scene) -> None:
    assert await scene.requests_of(scene.numbers_today()) > 0

    scene.now += timedelta(seconds=59)

    assert await scene.requests_of(scene.numbers_today()) == 0


async def test_after_the_minute_what_is_new_is_seen(scene: Scene) -> None:
    first = await scene.numbers_today()
    issue = scene.repository.open_issue("Second", by="bob", at=MORNING + timedelta(minutes=2))
    scene.now += timedelta(minutes=4)

    assert await scene.numbers_today() == [*first, issue.number]


async def test_a_finished_day_is_never_asked_for_again_once_it_settled(scene: Scene) -> None:
    window = parse_range("2026-03-24T06:00..08:30")
    assert window is not None
    await scene.sync.span(REPO, window, "UTC", unwatched)

    scene.now += timedelta(days=30)

    assert await scene.requests_of(scene.sync.span(REPO, window, "UTC", unwatched)) == 0


async def test_a_window_that_ended_a_moment_ago_is_read_again_until_githubs_index_has_settled(
    scene: Scene,
) -> None:
    window = parse_range("2026-03-24T06:00..08:59")
    assert window is not None
    await scene.sync.span(REPO, window, "UTC", unwatched)

    scene.now += timedelta(minutes=3)

    assert await scene.requests_of(scene.sync.span(REPO, window, "UTC", unwatched)) > 0


async def test_a_clock_ahead_of_githubs_loses_nothing(scene: Scene) -> None:
    github_now = datetime.now(UTC)  # what the server's Date header tells
    scene.now = github_now + timedelta(minutes=7)
    issue = scene.repository.open_issue("Now", by="ann", at=github_now - timedelta(minutes=1))

    first = await scene.sync.span(REPO, Last(Duration(1, "h")), "UTC", unwatched)
    later = scene.repository.open_issue("A little later", by="bob", at=github_now + timedelta(seconds=1))
    scene.now += timedelta(minutes=3)
    await scene.sync.span(REPO, Last(Duration(1, "h")), "UTC", unwatched)

    assert first.window.until <= github_now + timedelta(seconds=60)
    assert await scene.store.mirror.item(REPO, issue.number) is not None
    assert await scene.store.mirror.item(REPO, later.number) is not None


async def test_a_window_that_is_not_over_by_githubs_clock_is_not_called_complete(scene: Scene) -> None:
    github_now = datetime.now(UTC).replace(microsecond=0)  # what the server's Date header tells
    scene.now = github_now + timedelta(minutes=20)
    start, end = github_now - timedelta(hours=1), github_now + timedelta(minutes=10)
    window = parse_range(f"{start:%Y-%m-%dT%H:%M}Z..{end:%Y-%m-%dT%H:%M}Z")
    assert window is not None

    span = await scene.sync.span(REPO, window, "UTC", unwatched)

    assert not span.coverage.complete
    assert not span.final


async def test_the_last_minutes_of_a_span_fetched_hastily_are_read_again_with_the_next_one(
    scene: Scene,
) -> None:
    first, second = parse_range("2026-03-24T08:00..09:00"), parse_range("2026-03-24T09:00..10:00")
    assert first is not None
    assert second is not None
    await scene.sync.span(REPO, first, "UTC", unwatched)
    missed = scene.repository.open_issue("Missed", by="bob", at=MORNING - timedelta(seconds=30))

    scene.now += timedelta(hours=2)
    await scene.sync.span(REPO, second, "UTC", unwatched)

    assert await scene.store.mirror.item(REPO, missed.number) is not None


async def test_equal_questions_at_the_same_time_share_one_fetch(scene: Scene) -> None:
    alone = await scene.requests_of(scene.numbers_today())
    scene.now += timedelta(minutes=5)
    again = await scene.requests_of(asyncio.gather(*(scene.numbers_today() for _ in range(20))))

    assert 0 < again <= alone


async def test_equal_windows_are_equal_to_the_second_they_were_synced_in(scene: Scene) -> None:
    scene.now += timedelta(seconds=41)

    span = await scene.sync.span(REPO, TODAY, "UTC", unwatched)

    assert span.window.until == MORNING
    assert span.window.so_far
    assert span.coverage.complete


async def test_a_failed_sync_leaves_what_was_there_and_the_next_one_mends_it(scene: Scene) -> None:
    first = await scene.numbers_today()
    reach = await scene.store.mirror.reach(REPO)
    issue = scene.repository.open_issue("Second", by="bob", at=MORNING + timedelta(minutes=2))
    scene.now += timedelta(minutes=4)
    scene.server.faults.next(faults.unauthorized())

    with pytest.raises(GitHubError):
        await scene.numbers_today()

    assert await scene.store.mirror.reach(REPO) == reach
    assert await scene.numbers_today() == [*first, issue.number]


async def test_whether_a_window_is_complete_is_known_without_asking(scene: Scene) -> None:
    span = await scene.sync.span(REPO, TODAY, "UTC", unwatched)
    before = RelativeDay("yesterday").resolve(now=scene.now, synced_until=scene.now, tz="UTC")

    assert await scene.sync.complete_over(REPO, span.window)
    assert not await scene.sync.complete_over(REPO, before)
