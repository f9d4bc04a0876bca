"""Held against GitHub item by item, the mirror loses what is gone, finds what it lacks, and asks for little."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.chat import unwatched
from adapters.store.states import Gap
from bot import missing
from bot.grammar.expressions import Duration, Last
from bot.history import sync_turn
from bot.reconcile import Reconcile
from bot.upkeep import Upkeep
from summarizer.errors import GitHubError
from summarizer.items import Event, Item
from tests.bot.scenes import DAY, EVERY, HOUR, MINUTE, MORNING, REPO, uncounted, without_number
from tests.servers.github import faults

if TYPE_CHECKING:
    from tests.bot.scenes import Scene
    from tests.servers.github import Repository
    from tests.servers.github.server import Request

ELSEWHERE = "vllm-project/elsewhere"


def crowd(repository: Repository, items: int, *, days: int = 10) -> None:
    """So many issues and pull requests in turn, evenly over the days that end an hour before MORNING."""
    for index in range(items):
        at = MORNING - HOUR - days * DAY + index * days * DAY / items
        opened = repository.open_pr if index % 2 else repository.open_issue
        opened(f"i{index}", by="ann", at=at)


async def mirrored(scene: Scene, days: int) -> None:
    """Have the mirror hold the last days, then let an hour pass."""
    await scene.sync.catch_up(REPO, MORNING - HOUR, unwatched)
    await scene.sync.history.extend(REPO, MORNING - days * DAY, uncounted)
    scene.now += HOUR
    scene.server.requests.clear()


async def mirrored_whole(scene: Scene) -> None:
    """The same of all there is."""
    await mirrored(scene, 9_000)


async def held(scene: Scene) -> list[int]:
    return await scene.store.mirror.updated_since(REPO)


async def gaps(scene: Scene) -> tuple[Gap, ...]:
    return (await scene.store.states.load(REPO)).gaps


def arrive(scene: Scene, count: int) -> None:
    """Transfer issues here that were updated last before the mirror begins: they get the newest numbers."""
    elsewhere = scene.server.world.repository(ELSEWHERE)
    for index in range(count):
        issue = elsewhere.open_issue(f"arrived {index}", by="bob", at=MORNING - 900 * DAY)
        elsewhere.transfer(issue.number, scene.repository)


def one_more(answer: dict[str, Any]) -> None:
    """Have GitHub count an issue that is not there."""
    issues = answer["data"]["repository"]["issues"]
    if issues is not None:
        issues["totalCount"] += 1


def asked_numbers(scene: Scene) -> list[int]:
    """The numbers that were looked under."""
    return [
        value
        for request in scene.server.requests
        if request.operation == "numbered"
        for name, value in request.variables.items()
        if name not in ("owner", "name")
    ]


# What it costs


async def test_it_costs_about_a_request_for_each_hundred_items(scene: Scene) -> None:
    crowd(scene.repository, 3_000)
    await mirrored(scene, 20)

    found = await scene.reconcile()

    assert (found.checked, found.gone, found.found, found.missing) == (3_001, 0, 0, 0)
    assert scene.operations().count("checks") <= 36
    assert len(scene.server.requests) <= 44
    assert sum(request.cost for request in scene.server.requests) <= 48


async def test_an_item_that_is_missing_somewhere_is_found_in_few_requests(scene: Scene) -> None:
    scene.repository.open_issue("Out of reach", by="ann", at=MORNING - 90 * DAY)
    crowd(scene.repository, 1_200)
    scene.server.faults.on("slices", faults.Fault("hidden", mangle=without_number(400)))
    await mirrored(scene, 20)
    scene.server.faults.clear()
    assert [gap.missing for gap in await gaps(scene)] == [1]

    found = await scene.reconcile()

    assert (found.found, found.missing) == (1, 0)
    assert 400 in await held(scene)
    assert await gaps(scene) == ()
    searches = [name for name in scene.operations() if name in ("counts", "slices", "numbered")]
    assert len(searches) <= 16


async def test_with_nothing_missing_one_count_says_so(scene: Scene) -> None:
    scene.repository.open_issue("Out of reach", by="ann", at=MORNING - 90 * DAY)
    crowd(scene.repository, 200)
    await mirrored(scene, 20)

    await scene.reconcile()

    assert [name for name in scene.operations() if name in ("counts", "slices", "numbered")] == ["counts"]


async def test_what_was_confirmed_before_it_broke_off_is_not_asked_for_again(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd(scene.repository, 300)
    await mirrored(scene, 20)
    monkeypatch.setattr("bot.reconcile.CHECKED_AT_ONCE", 100)
    checks: list[object] = []

    def third(request: Request) -> bool:
        if request.operation == "checks":
            checks.append(request)
        return len(checks) > 4

    scene.server.faults.when(third, faults.unauthorized())
    with pytest.raises(GitHubError):
        await scene.reconcile()
    scene.server.faults.clear()
    scene.server.requests.clear()
    scene.now += 30 * MINUTE

    await scene.reconcile()

    assert 0 < sum(len(each.variables["ids"]) for each in checks_of(scene)) <= 110
    scene.now += DAY
    scene.server.requests.clear()
    await scene.reconcile()
    assert sum(len(each.variables["ids"]) for each in checks_of(scene)) == 301


def checks_of(scene: Scene) -> list[Request]:
    return [request for request in scene.server.requests if request.operation == "checks"]


# What is gone


async def test_what_was_deleted_or_transferred_is_buried_and_never_looked_under(scene: Scene) -> None:
    crowd(scene.repository, 20)
    await mirrored_whole(scene)
    scene.repository.delete(2)
    scene.repository.transfer(4, scene.server.world.repository(ELSEWHERE))
    scene.server.faults.on("edge", faults.Fault("one more", mangle=one_more))

    found = await scene.reconcile()

    assert found.gone == 2
    assert not {2, 4} & set(await held(scene))
    tombstones = await scene.store.mirror.tombstones(REPO)
    assert tombstones[2].startswith("deleted")
    assert tombstones[4].startswith("transferred")
    assert not {2, 4} & set(asked_numbers(scene))


async def test_a_deleted_release_is_forgotten_and_a_draft_of_long_ago_that_came_out_is_found(
    scene: Scene,
) -> None:
    for day in range(15):
        scene.repository.release(f"v0.{day}", at=MORNING - (20 - day) * DAY)
    draft = scene.repository.release("v1.0", at=MORNING - 100 * DAY, draft=True)
    await mirrored(scene, 20)
    draft.published_at = scene.now - MINUTE
    scene.repository.releases.remove(scene.repository.releases[3])

    await scene.reconcile()

    tags = [release.tag_name for release in await scene.store.mirror.releases(REPO)]
    assert "v0.3" not in tags
    assert tags[-1] == "v1.0"


async def test_what_only_a_file_told_of_is_looked_up_at_github(scene: Scene) -> None:
    crowd(scene.repository, 10)
    told = [(_told(number, MORNING - 2 * DAY), ("title", "created_at", "events")) for number in (3, 500, 501)]
    await scene.store.mirror.fill(REPO, told)
    await mirrored_whole(scene)

    found = await scene.reconcile()

    assert found.gone == 2
    assert await held(scene) == sorted(scene.repository.threads)
    item = await scene.store.mirror.item(REPO, 3)
    assert item is not None
    assert item.node_id


def _told(number: int, at: datetime) -> Item:
    url = f"https://github.com/{REPO}/issues/{number}"
    return Item(REPO, number, "issue", "Told", url, created_at=at, events=(Event("opened", at),))


# What is missing


async def test_a_whole_mirror_finds_by_its_number_what_no_search_shows(scene: Scene) -> None:
    crowd(scene.repository, 260)
    await mirrored_whole(scene)
    lost = scene.repository.open_issue("Lost", by="ann", at=MORNING - 10 * DAY)
    lost.lost_facets = {"created", "updated", "closed"}
    scene.repository.open_issue("Newer", by="ann", at=scene.now)

    found = await scene.reconcile()

    assert (found.found, found.missing) == (1, 0)
    assert lost.number in await held(scene)


@pytest.mark.parametrize("count", [1, 90])
async def test_what_was_transferred_here_is_found_behind_the_newest_number(scene: Scene, count: int) -> None:
    crowd(scene.repository, 260)
    await mirrored_whole(scene)
    arrive(scene, count)

    found = await scene.reconcile()

    assert (found.found, found.missing) == (count, 0)
    assert await held(scene) == sorted(scene.repository.threads)


async def test_numbers_of_discussions_are_looked_under_once(scene: Scene) -> None:
    scene.repository.last_number += 50  # discussions
    crowd(scene.repository, 10)
    await mirrored_whole(scene)
    scene.server.faults.on("edge", faults.Fault("one more", mangle=one_more))
    newest = max(scene.repository.threads)

    await scene.reconcile()
    first = asked_numbers(scene)
    scene.server.requests.clear()
    scene.now += DAY
    await scene.reconcile()

    assert set(range(2, 52)) <= set(first)
    assert min(asked_numbers(scene)) > newest


async def test_a_total_that_no_number_bears_out_is_no_alarm(scene: Scene) -> None:
    crowd(scene.repository, 10)
    await mirrored_whole(scene)
    scene.server.faults.on("edge", faults.Fault("one more", mangle=one_more))

    found = await scene.reconcile()

    assert found.missing == 0
    assert (await scene.today()).coverage.complete


async def test_a_total_that_not_every_number_was_looked_under_for_is_one(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(missing, "MOST_HOLES", 20)
    scene.repository.last_number += 50
    crowd(scene.repository, 10)
    await mirrored_whole(scene)
    scene.server.faults.on("edge", faults.Fault("one more", mangle=one_more))

    first = await scene.reconcile()
    scene.now += DAY
    await scene.reconcile()
    scene.now += DAY
    third = await scene.reconcile()

    assert (first.missing, third.missing) == (1, 0)


async def test_an_index_that_is_wrong_about_one_day_makes_no_other_day_partial(scene: Scene) -> None:
    crowd(scene.repository, 100, days=30)
    scene.repository.open_issue("Out of reach", by="ann", at=MORNING - 90 * DAY)
    scene.server.search_lag = timedelta(seconds=1)
    await mirrored(scene, 40)
    woken = scene.repository.threads[20]
    woken.comment(by="bob", at=scene.now - MINUTE)
    woken.history.pop()  # the index knows it as it was

    found = await scene.reconcile()

    assert found.missing == 1
    [gap] = await gaps(scene)
    assert gap.until < MORNING - DAY
    assert (await scene.today()).coverage.complete
    month = await scene.sync.span(REPO, Last(Duration(39, "d")), "UTC", unwatched)
    assert month.coverage.reasons == ("items",)


async def test_a_gap_that_is_found_meanwhile_stays_and_older_ones_go(scene: Scene) -> None:
    crowd(scene.repository, 260)
    await mirrored_whole(scene)
    older, newer = Gap(MORNING - 9 * DAY, MORNING - 8 * DAY, 2), Gap(MORNING, MORNING + HOUR, 3)
    await add_gap(scene, older)
    adding: list[asyncio.Task[None]] = []

    def meanwhile(request: Request) -> None:
        if request.operation == "numbered" and not adding:
            adding.append(asyncio.create_task(add_gap(scene, newer)))

    scene.server.before_answer = meanwhile
    arrive(scene, 1)
    await scene.reconcile()
    await asyncio.gather(*adding)

    assert await gaps(scene) == (newer,)


async def add_gap(scene: Scene, gap: Gap) -> None:
    async with scene.sync.turns.take(sync_turn(REPO)) as lease:
        await scene.store.states.change(
            REPO, lease.fence, lambda state: replace(state, gaps=(*state.gaps, gap))
        )


async def test_missing_items_are_looked_for_without_confirming_all_others(scene: Scene) -> None:
    scene.repository.open_issue("Out of reach", by="ann", at=MORNING - 90 * DAY)
    crowd(scene.repository, 300)
    scene.server.faults.on("slices", faults.Fault("hidden", mangle=without_number(100)))
    await mirrored(scene, 20)
    scene.server.faults.clear()

    assert await scene.reconciling().find(REPO) == 0

    assert 100 in await held(scene)
    assert "checks" not in scene.operations()


# Upkeep


def looking_after(scene: Scene) -> Upkeep:
    """The upkeep of another bot over the same store."""
    other = scene.another()
    reconcile = Reconcile(scene.source, scene.store, other, now=lambda: scene.now)
    return Upkeep(other, reconcile, scene.store, now=lambda: scene.now, every=EVERY, keep=180 * DAY)


async def test_of_several_bots_one_reconciles(scene: Scene) -> None:
    crowd(scene.repository, 300)
    await mirrored_whole(scene)

    await asyncio.gather(*(looking_after(scene).once(REPO) for _ in range(3)))

    asked = [node_id for each in checks_of(scene) for node_id in each.variables["ids"]]
    assert len(asked) > 200
    assert len(asked) == len(set(asked))


async def test_what_is_known_to_be_missing_is_found_within_the_hour(scene: Scene) -> None:
    crowd(scene.repository, 300)
    await mirrored_whole(scene)
    upkeep = looking_after(scene)
    await upkeep.once(REPO)
    scene.now += 3 * DAY
    for index in range(120):
        scene.repository.open_issue(f"later {index}", by="ann", at=scene.now - 2.5 * DAY + index * MINUTE)
    scene.server.faults.on("slices", faults.Fault("hidden", mangle=without_number(310)))
    state = await scene.sync.catch_up(REPO, scene.now, unwatched)
    scene.server.faults.clear()
    assert [gap.missing for gap in state.gaps] == [1]

    await add_reconciled(scene)
    scene.server.requests.clear()
    for _ in range(7):
        scene.now += 10 * MINUTE
        await upkeep.once(REPO)

    assert await gaps(scene) == ()
    assert 310 in await held(scene)
    assert checks_of(scene) == []


async def add_reconciled(scene: Scene) -> None:
    """Have the last reconcile be just over."""
    async with scene.sync.turns.take(sync_turn(REPO)) as lease:
        await scene.store.states.change(
            REPO, lease.fence, lambda state: replace(state, reconciled_at=scene.now)
        )
