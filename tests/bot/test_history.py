"""The mirror reaches back a stretch after another: nothing is read twice, nothing lost, and the end is known."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.chat import unwatched
from bot import history
from bot.grammar.expressions import Duration, Last, parse_range
from summarizer.errors import GitHubError
from tests.bot.scenes import DAY, HOUR, MINUTE, MORNING, REPO, uncounted, without_number
from tests.servers.github import faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bot.scenes import Scene
    from tests.servers.github import Repository
    from tests.servers.github.server import Request

NEW_NAME = "vllm-project/vllm-reborn"
SECOND = timedelta(seconds=1)


def daily(repository: Repository, days: int) -> None:
    """An issue on each of the days before MORNING."""
    for day in range(days, 0, -1):
        repository.open_issue(f"{day} days old", by="ann", at=MORNING - day * DAY)


def renamed(scene: Scene, new: str = NEW_NAME) -> None:
    """Give the repository another name; GitHub follows the old one."""
    world = scene.server.world
    repository = world.repositories[REPO]
    repository.name_with_owner = new
    world.repositories[new.lower()] = repository


def after_the_next_edge() -> Callable[[Request], bool]:
    """Fits every search after the look that ends the next stretch."""
    looks: list[Request] = []

    def fits(request: Request) -> bool:
        if request.operation == "edge":
            looks.append(request)
        return bool(looks) and request.operation == "counts"

    return fits


async def held(scene: Scene, repo: str = REPO) -> list[int]:
    return await scene.store.mirror.updated_since(repo)


# Stretches


async def test_a_stretch_is_kept_when_the_next_one_fails_and_reading_goes_on_there(scene: Scene) -> None:
    daily(scene.repository, 200)
    await scene.numbers_today()
    scene.server.faults.when(after_the_next_edge(), faults.unauthorized())

    with pytest.raises(GitHubError):
        await scene.sync.history.extend(REPO, MORNING - 40 * DAY, uncounted)
    reached = (await scene.store.states.load(REPO)).mirror_from
    scene.server.faults.clear()
    scene.server.requests.clear()
    state = await scene.sync.history.extend(REPO, MORNING - 40 * DAY, uncounted)

    assert reached is not None
    assert reached < MORNING - 6 * DAY
    assert state.reaches(MORNING - 40 * DAY)
    assert set(range(162, 202)) <= set(await held(scene))
    searched = " ".join(str(request.variables) for request in scene.server.requests)
    assert f"{reached - SECOND:%Y-%m-%dT%H:%M:%SZ}" in searched
    assert f"updated:{reached:%Y-%m-%dT%H:%M:%SZ}" not in searched


async def test_where_little_happened_stretches_grow_and_years_take_few_requests(scene: Scene) -> None:
    for year in range(1, 6):
        scene.repository.open_issue(f"{year} years old", by="ann", at=MORNING - year * 365 * DAY)
    await scene.numbers_today()
    scene.server.requests.clear()

    state = await scene.sync.history.extend(REPO, history.BEGINNING, uncounted)

    assert len(await held(scene)) == 6
    assert state.whole
    assert scene.operations().count("edge") <= 8
    assert len(scene.server.requests) <= 40


async def test_where_much_happened_stretches_shrink(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "STRETCH", 10)
    for hour in range(13 * 24):
        scene.repository.open_issue(f"{hour} hours old", by="ann", at=MORNING - DAY - hour * HOUR)
    await scene.numbers_today()
    read: list[int] = []

    await scene.sync.history.extend(REPO, MORNING - 12 * DAY, lambda done, _total: read.append(done))

    assert scene.operations().count("edge") > 6  # a look for each stretch: they hold some hours
    assert len(await held(scene)) == 11 * 24 + 2


async def test_items_that_move_while_a_stretch_is_read_are_not_lost(scene: Scene) -> None:
    daily(scene.repository, 28)
    await scene.numbers_today()
    moving = [scene.repository.threads[number] for number in range(3, 24)]

    def move(_request: object) -> None:
        scene.now += timedelta(seconds=2)
        if moving:
            moving.pop().comment(by="bob", at=scene.now, body="Still there?")

    scene.server.before_answer = move
    state = await scene.sync.history.extend(REPO, MORNING - 30 * DAY, uncounted)

    assert state.mirror_from == MORNING - 30 * DAY
    assert await held(scene) == sorted(scene.repository.threads)


async def test_what_the_edge_of_a_stretch_cannot_see_is_told_as_missing(scene: Scene) -> None:
    await scene.numbers_today()
    for number in range(130):  # more than a page of the listing shows
        scene.repository.open_issue(f"i{number}", by="ann", at=MORNING + HOUR + number * MINUTE)
    scene.now += 3 * DAY
    scene.server.faults.on("slices", faults.Fault("hidden", mangle=without_number(7)))

    state = await scene.sync.history.extend(REPO, MORNING - 3 * DAY, uncounted)

    assert [gap.missing for gap in state.gaps] == [1]
    window = parse_range("2026-03-24T00:00Z..2026-03-25T00:00Z")
    assert window is not None
    assert "items" in (await scene.sync.span(REPO, window, "UTC", unwatched)).coverage.reasons


# The end of history


async def test_a_mirror_that_holds_everything_is_whole_and_asks_for_no_more(scene: Scene) -> None:
    daily(scene.repository, 20)
    await scene.numbers_today()

    state = await scene.sync.history.extend(REPO, MORNING - 25 * DAY, uncounted)

    assert state.whole
    assert state.reaches(history.BEGINNING)
    assert await scene.requests_of(scene.sync.history.extend(REPO, history.BEGINNING, uncounted)) == 0


async def test_a_mirror_is_not_whole_while_anything_older_is_there(scene: Scene) -> None:
    daily(scene.repository, 20)
    await scene.numbers_today()

    state = await scene.sync.history.extend(REPO, MORNING - 10 * DAY, uncounted)

    assert not state.whole
    assert not state.reaches(MORNING - 11 * DAY)


# What goes with it


async def test_releases_are_known_as_far_back_as_the_items(scene: Scene) -> None:
    scene.repository.open_issue("Old", by="ann", at=MORNING - 60 * DAY)
    for day in range(50):
        scene.repository.release(f"v0.{day}", at=MORNING - day * DAY - HOUR)
    await scene.numbers_today()

    await scene.sync.history.extend(REPO, MORNING - 40 * DAY, uncounted)

    window = await scene.sync.span(REPO, Last(Duration(35, "d")), "UTC", unwatched)
    assert window.coverage.complete
    assert len(await scene.store.mirror.releases_between(REPO, MORNING - 35 * DAY, MORNING)) == 35


async def test_in_a_whole_mirror_so_are_releases_that_are_older_than_all_items(scene: Scene) -> None:
    daily(scene.repository, 20)
    for day in range(60):
        scene.repository.release(f"v0.{day}", at=MORNING - day * DAY - HOUR)
    await scene.numbers_today()

    state = await scene.sync.history.extend(REPO, MORNING - 25 * DAY, uncounted)

    assert state.whole
    assert len(await scene.store.mirror.releases(REPO)) == 60


# A new name


async def test_under_a_new_name_the_mirror_begins_anew_and_no_window_is_empty(scene: Scene) -> None:
    daily(scene.repository, 5)
    first = await scene.numbers_today()
    renamed(scene)
    issue = scene.repository.open_issue("After", by="bob", at=MORNING + MINUTE)
    scene.now += 5 * MINUTE

    again = await scene.numbers_today()
    week = await scene.sync.span(REPO, Last(Duration(6, "d")), "UTC", unwatched)

    assert again == [*first, issue.number]
    assert week.repo == NEW_NAME
    assert week.coverage.complete
    assert len(await held(scene, NEW_NAME)) == 7


async def test_a_new_name_that_is_found_out_in_a_stretch_is_followed(scene: Scene) -> None:
    daily(scene.repository, 20)
    await scene.numbers_today()
    renamed(scene)

    span = await scene.sync.span(REPO, Last(Duration(15, "d")), "UTC", unwatched)

    assert span.repo == NEW_NAME
    assert span.coverage.complete
    items = await scene.store.mirror.items_between(span.repo, span.window.since, span.window.until)
    assert len(items) == 16


async def test_a_repository_that_gets_its_old_name_back_is_mirrored_under_that(scene: Scene) -> None:
    await scene.numbers_today()
    renamed(scene)
    scene.now += 5 * MINUTE
    await scene.numbers_today()
    renamed(scene, REPO)
    scene.now += 5 * MINUTE

    assert await scene.numbers_today() == [1]
    assert (await scene.today()).repo == REPO
    assert (await scene.sync.span(NEW_NAME, Last(Duration(1, "d")), "UTC", unwatched)).repo == REPO
