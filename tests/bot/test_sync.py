"""The mirror is brought up to what a window needs, and GitHub is asked for no more than that."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.chat import unwatched
from adapters.github.errors import RepoNotFound
from adapters.store.states import Glance
from adapters.unconnected import Unconnected
from bot import sync
from bot.access import SHELL, Access, Principal
from bot.grammar.expressions import Duration, Last, RelativeDay, parse_range
from bot.sync import Sync
from summarizer.errors import GitHubError
from tests.bot.scenes import DAY, EVERY, HOUR, MINUTE, MORNING, REPO, TODAY, uncounted, without_number
from tests.servers.github import PullRequest, faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bot.scenes import Scene

# How often GitHub is asked


async def test_within_the_minute_nothing_is_asked_again(scene: Scene) -> None:
    assert await scene.requests_of(scene.numbers_today()) > 0

    scene.now += timedelta(seconds=59)

    assert await scene.requests_of(scene.numbers_today()) == 0


async def test_with_nothing_new_a_sync_is_one_request(scene: Scene) -> None:
    await scene.numbers_today()

    scene.now += 5 * MINUTE

    assert await scene.requests_of(scene.sync.catch_up(REPO, MORNING, unwatched)) == 1


async def test_after_the_minute_what_is_new_is_seen(scene: Scene) -> None:
    first = await scene.numbers_today()
    issue = scene.repository.open_issue("Second", by="bob", at=MORNING + 2 * MINUTE)
    scene.now += 4 * MINUTE

    assert await scene.numbers_today() == [*first, issue.number]


async def test_what_happens_in_the_watermarks_own_second_is_seen_by_the_next_sync(scene: Scene) -> None:
    await scene.numbers_today()
    state = await scene.store.states.load(REPO)
    assert state.synced_until is not None
    issue = scene.repository.open_issue("In that second", by="bob", at=state.synced_until)
    scene.now += 2 * MINUTE

    assert issue.number in await scene.numbers_today()


async def test_a_finished_window_is_never_asked_for_again(scene: Scene) -> None:
    window = parse_range("2026-03-24T06:00..08:30")
    assert window is not None
    await scene.sync.span(REPO, window, "UTC", unwatched)

    assert await scene.requests_of(scene.sync.span(REPO, window, "UTC", unwatched)) == 0


async def test_before_a_digest_its_items_are_confirmed_by_their_ids_alone(scene: Scene) -> None:
    window = parse_range("2026-03-24T06:00..08:30")
    assert window is not None
    await scene.sync.span(REPO, window, "UTC", unwatched)
    scene.now += DAY
    await scene.sync.catch_up(REPO, scene.now, unwatched)
    scene.server.requests.clear()

    await scene.sync.span(REPO, window, "UTC", unwatched)

    assert scene.operations() == ["checks"]


async def test_equal_questions_at_the_same_time_share_one_sync(scene: Scene) -> None:
    alone = await scene.requests_of(scene.numbers_today())
    scene.now += 5 * MINUTE
    again = await scene.requests_of(asyncio.gather(*(scene.numbers_today() for _ in range(20))))

    assert 0 < again <= alone


async def test_several_bots_over_one_store_sync_a_repository_once(scene: Scene) -> None:
    await scene.numbers_today()
    scene.now += 5 * MINUTE
    bots = [scene.another() for _ in range(5)]

    await asyncio.gather(*(bot.catch_up(REPO, MORNING, unwatched) for bot in bots))

    assert scene.operations().count("edge") == 2  # the first one, and one for all five


async def test_history_that_is_filled_in_is_not_read_again(scene: Scene) -> None:
    for day in range(1, 30):
        scene.repository.open_issue(f"{day} days old", by="ann", at=MORNING - day * DAY)
    await scene.numbers_today()
    await scene.sync.history.extend(REPO, MORNING - 20 * DAY, uncounted)
    scene.server.requests.clear()

    span = await scene.sync.span(REPO, Last(Duration(10, "d")), "UTC", unwatched)

    assert span.coverage.complete
    assert "slices" not in scene.operations()


# What a window holds, and what it says it lacks


async def test_threads_that_are_months_old_are_seen_when_they_are_talked_in(scene: Scene) -> None:
    old = scene.repository.open_issue("RFC", by="ann", at=MORNING - 90 * DAY)
    old.comment(by="bob", at=MORNING - MINUTE)
    await scene.numbers_today()

    assert old.number in await scene.numbers_today()


async def test_a_close_and_a_reopening_between_two_syncs_are_both_seen(scene: Scene) -> None:
    pull = scene.repository.open_pr("Wavering", by="ann", at=MORNING - 2 * HOUR)
    await scene.numbers_today()
    pull.close(by="ann", at=MORNING + MINUTE)
    pull.reopen(by="ann", at=MORNING + 2 * MINUTE)
    scene.now += 5 * MINUTE
    await scene.today()

    item = await scene.store.mirror.item(REPO, pull.number)

    assert item is not None
    assert [event.name for event in item.events] == ["opened", "closed_unmerged", "reopened"]


async def test_a_deleted_item_a_transferred_one_and_a_deleted_comment_are_noticed(scene: Scene) -> None:
    talked = scene.repository.open_issue("Talked in", by="ann", at=MORNING - HOUR)
    remark = talked.comment(by="bob", at=MORNING - HOUR, body="never mind")
    deleted = scene.repository.open_issue("Deleted", by="ann", at=MORNING - HOUR)
    moved = scene.repository.open_issue("Moved", by="ann", at=MORNING - HOUR)
    assert {deleted.number, moved.number} <= set(await scene.numbers_today())
    talked.delete_comment(remark)
    scene.repository.delete(deleted.number)
    scene.repository.transfer(moved.number, scene.server.world.repository("vllm-project/other"))
    number = 4
    scene.now += 2 * MINUTE

    assert await scene.numbers_today() == [1, talked.number]
    item = await scene.store.mirror.item(REPO, talked.number)
    assert item is not None
    assert item.comments == ()
    tombstones = await scene.store.mirror.tombstones(REPO)
    assert tombstones[deleted.number].startswith("deleted")
    assert tombstones[number].startswith("transferred")


async def test_a_clock_ahead_of_githubs_loses_nothing(scene: Scene) -> None:
    github_now = MORNING
    scene.server.date = lambda: github_now
    scene.now = github_now + 7 * MINUTE
    issue = scene.repository.open_issue("Now", by="ann", at=github_now - MINUTE)

    first = await scene.sync.span(REPO, Last(Duration(1, "h")), "UTC", unwatched)
    later = scene.repository.open_issue("A little later", by="bob", at=github_now + timedelta(seconds=1))
    scene.now += 3 * MINUTE
    await scene.sync.span(REPO, Last(Duration(1, "h")), "UTC", unwatched)

    assert first.window.until <= github_now
    assert await scene.store.mirror.item(REPO, issue.number) is not None
    assert await scene.store.mirror.item(REPO, later.number) is not None


async def test_a_window_that_is_not_over_by_githubs_clock_is_not_called_complete(scene: Scene) -> None:
    scene.server.date = lambda: MORNING
    scene.now = MORNING + 20 * MINUTE
    window = parse_range("2026-03-24T08:00Z..2026-03-24T09:10Z")
    assert window is not None

    span = await scene.sync.span(REPO, window, "UTC", unwatched)

    assert span.coverage.reasons == ("stale",)
    assert not span.final


async def test_a_clock_that_stands_in_the_past_tells_what_was_known_then(scene: Scene) -> None:
    scene.server.date = lambda: MORNING + 40 * DAY
    early = scene.repository.open_issue("Talked in later", by="ann", at=MORNING - 2 * HOUR)
    early.comment(by="bob", at=MORNING + 20 * DAY)
    for day in range(1, 40):
        scene.repository.open_issue(f"{day} days later", by="ann", at=MORNING + day * DAY)

    span = await scene.today()
    again = await scene.requests_of(scene.today())

    items = await scene.store.mirror.items_between(REPO, span.window.since, span.window.until)
    assert [item.number for item in items] == [1, early.number]
    assert span.window.until == MORNING.replace(second=0)
    assert span.coverage.complete
    assert again == 0


async def test_equal_windows_are_equal_to_the_second_they_were_synced_in(scene: Scene) -> None:
    span = await scene.today()

    assert span.window.until == MORNING.replace(second=0)
    assert span.window.so_far
    assert span.coverage.complete


async def test_whether_a_window_is_complete_is_known_without_asking(scene: Scene) -> None:
    span = await scene.today()
    before = RelativeDay("yesterday").resolve(now=scene.now, synced_until=scene.now, tz="UTC")

    assert await scene.sync.complete_over(REPO, span.window)
    assert not await scene.sync.complete_over(REPO, before)


async def test_of_a_far_past_too_large_to_read_the_window_itself_is_told_and_what_that_cannot_show(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "AFFORDABLE", 20)  # where eight thousand items would take a minute to make
    then = MORNING - 60 * DAY
    for number in range(30):
        scene.repository.open_issue(f"i{number}", by="ann", at=then - DAY).comment(
            by="bob", at=MORNING - 30 * DAY
        )
    opened = scene.repository.open_issue("opened then", by="ann", at=then + HOUR)
    opened.comment(by="bob", at=MORNING - HOUR)
    window = parse_range(f"{then:%Y-%m-%d}..{then:%Y-%m-%d}")
    assert window is not None

    span = await scene.sync.span(REPO, window, "UTC", unwatched)
    again = await scene.sync.span(REPO, window, "UTC", unwatched)

    items = await scene.store.mirror.items_between(REPO, span.window.since, span.window.until)
    assert opened.number in [item.number for item in items]
    assert span.coverage.reasons[0] == "old_comments"
    assert not span.final
    assert again.coverage == span.coverage

    await scene.sync.history.extend(REPO, then - DAY, uncounted)

    assert (await scene.sync.span(REPO, window, "UTC", unwatched)).coverage.complete


# When GitHub fails


async def test_a_refused_token_leaves_what_was_there_and_the_next_sync_mends_it(scene: Scene) -> None:
    first = await scene.numbers_today()
    state = await scene.store.states.load(REPO)
    issue = scene.repository.open_issue("Second", by="bob", at=MORNING + 2 * MINUTE)
    scene.now += 4 * MINUTE
    scene.server.faults.next(faults.unauthorized())

    with pytest.raises(GitHubError):
        await scene.numbers_today()

    assert await scene.store.states.load(REPO) == state
    assert await scene.numbers_today() == [*first, issue.number]


async def test_while_github_fails_the_window_is_told_as_far_as_it_is_known_and_says_so(scene: Scene) -> None:
    await scene.numbers_today()
    scene.now += 10 * MINUTE
    scene.server.faults.always(faults.unavailable())

    span = await scene.today()

    assert span.window.until == MORNING.replace(second=0)
    assert span.coverage.reasons == ("stale",)
    assert not span.final


async def test_a_mirror_that_was_never_filled_cannot_hide_that_github_fails(scene: Scene) -> None:
    scene.server.faults.always(faults.bad_gateway())

    with pytest.raises(GitHubError):
        await scene.today()


async def test_threads_that_could_not_be_read_are_told_of_and_read_later(scene: Scene) -> None:
    pull = scene.repository.open_pr("Unread", by="ann", at=MORNING - HOUR)
    scene.server.faults.on("pull_request_details", faults.gateway_timeout())

    span = await scene.today()

    assert span.coverage.reasons == ("threads",)
    assert span.coverage.comments.expected is None
    scene.server.faults.clear()
    pull.review(by="bob", at=MORNING + MINUTE)
    scene.now += 3 * MINUTE
    assert (await scene.today()).coverage.complete


async def test_a_cold_start_that_breaks_off_is_gone_on_with(scene: Scene) -> None:
    for number in range(40):
        scene.repository.open_issue(f"i{number}", by="ann", at=MORNING - HOUR)
    scene.server.faults.on("issue_details", faults.unauthorized(), times=2)

    with pytest.raises(GitHubError):
        await scene.today()

    assert (await scene.today()).coverage.complete
    assert len(await scene.numbers_today()) == 41


async def test_items_that_the_index_counts_and_does_not_show_make_the_window_partial_until_they_are_seen(
    scene: Scene,
) -> None:
    for number in range(130):  # more than a page of the listing shows
        scene.repository.open_issue(f"i{number}", by="ann", at=MORNING - 3 * DAY + number * MINUTE)
    scene.server.faults.on("slices", faults.Fault("hidden", mangle=without_number(7)))
    week = Last(Duration(7, "d"))

    span = await scene.sync.span(REPO, week, "UTC", unwatched)

    assert span.coverage.reasons == ("items",)
    assert span.coverage.items.expected == 1  # the number that is missing
    scene.server.faults.clear()
    found = await scene.reconcile()
    assert (found.found, found.missing) == (1, 0)
    assert (await scene.sync.span(REPO, week, "UTC", unwatched)).coverage.complete


async def test_what_was_merged_is_known_by_its_merge_commit(scene: Scene) -> None:
    pull = scene.repository.open_pr("Merged", by="ann", at=MORNING - HOUR)
    pull.merge(by="bob", at=MORNING - MINUTE)
    assert isinstance(pull, PullRequest)

    await scene.today()

    item = await scene.store.mirror.item(REPO, pull.number)
    assert item is not None
    assert item.merge_commit == pull.merge_commit


# Who may read


async def of_a_file(scene: Scene) -> None:
    """Have the store know of the repository by a file alone."""
    glance = Glance(MORNING - 9 * DAY, MORNING - 8 * DAY, ("imported",))
    await scene.store.states.change(REPO, 1, lambda state: state.with_glance(glance))


async def test_whether_a_repository_that_only_a_file_told_of_is_private_is_for_github_to_say(
    scene: Scene,
) -> None:
    await of_a_file(scene)
    scene.repository.is_private = True
    outsider = Access().gate(Principal("slack", "T0123"), REPO)

    with pytest.raises(RepoNotFound):
        await scene.sync.admit(REPO, outsider)
    with pytest.raises(RepoNotFound):
        await scene.sync.span(REPO, TODAY, "UTC", unwatched, outsider)


async def test_what_has_become_private_since_the_last_sync_is_not_told(scene: Scene) -> None:
    outsider = Access().gate(Principal("slack", "T0123"), REPO)
    await scene.sync.span(REPO, TODAY, "UTC", unwatched, outsider)
    scene.repository.is_private = True
    scene.now += 5 * MINUTE

    with pytest.raises(RepoNotFound):
        await scene.sync.span(REPO, TODAY, "UTC", unwatched, outsider)


async def test_without_a_token_what_a_file_told_is_for_everyone_who_has_it(scene: Scene) -> None:
    await of_a_file(scene)
    unconnected = Sync(Unconnected(), scene.store, now=lambda: scene.now, every=EVERY)
    then = parse_range(f"{MORNING - 9 * DAY + HOUR:%Y-%m-%dT%H:%MZ}..{MORNING - 8 * DAY:%Y-%m-%dT%H:%MZ}")
    assert then is not None

    span = await unconnected.span(REPO, then, "UTC", unwatched, Access().gate(SHELL, REPO))

    assert span.coverage.reasons == ("imported",)


# Glances at the far past


async def test_a_file_is_no_reason_not_to_look_at_github(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "AFFORDABLE", 20)
    then = MORNING - 60 * DAY
    for number in range(30):
        scene.repository.open_issue(f"i{number}", by="ann", at=then + number * MINUTE)
    day = Glance(then - DAY, then + DAY, ("imported",))
    await scene.store.states.change(REPO, 1, lambda state: state.with_glance(day))
    window = parse_range(f"{then:%Y-%m-%dT%H:%MZ}..{then + HOUR:%Y-%m-%dT%H:%MZ}")
    assert window is not None

    span = await scene.sync.span(REPO, window, "UTC", unwatched)

    assert span.coverage.reasons == ("old_comments",)
    items = await scene.store.mirror.items_between(REPO, span.window.since, span.window.until)
    assert len(items) == 30


async def test_what_a_period_that_goes_on_lacks_is_told_alike_a_minute_later(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync, "AFFORDABLE", 20)
    for number in range(30):
        scene.repository.open_issue(f"i{number}", by="ann", at=MORNING - 60 * DAY + number * MINUTE)
    since = parse_range(f"{MORNING - 70 * DAY:%Y-%m-%d}..{MORNING:%Y-%m-%d}")
    assert since is not None
    first = await scene.sync.span(REPO, since, "UTC", unwatched)
    scene.now += 5 * MINUTE
    scene.server.requests.clear()

    later = await scene.sync.span(REPO, since, "UTC", unwatched)

    assert first.coverage.reasons == later.coverage.reasons == ("old_comments",)
    assert "slices" not in scene.operations()


async def test_of_many_glances_the_last_ones_are_remembered(scene: Scene) -> None:
    state = await scene.store.states.load(REPO)
    for day in range(200):
        since = MORNING - day * DAY
        state = state.with_glance(Glance(since, since + DAY, ("old_comments",)))
    state = state.with_glance(Glance(MORNING - 400 * DAY, MORNING - 399 * DAY, ("imported",)))

    assert len(state.glances) == 51
    assert state.glanced_at(MORNING - 199 * DAY, MORNING - 198 * DAY) is not None
    assert state.glanced_at(MORNING - 100 * DAY, MORNING - 99 * DAY) is None


# What GitHub never shows


async def test_a_thread_that_github_never_shows_is_asked_for_ever_more_rarely(scene: Scene) -> None:
    stuck = scene.repository.open_issue("Stuck", by="ann", at=MORNING - HOUR)
    scene.server.faults.on("issue_details", faults.Fault("one item", mangle=without_item(stuck.id)))
    await scene.today()
    scene.server.requests.clear()

    for _ in range(40):
        scene.now += 3 * MINUTE
        assert (await scene.today()).coverage.reasons == ("threads",)

    tries = [each for each in scene.server.requests if each.operation == "issue_details"]
    assert 3 <= len(tries) <= 8 * 4  # pauses of 1, 2, 4 ... 60 minutes; some requests each time
    assert scene.operations().count("edge") == 40


async def test_a_thread_that_github_would_not_show_is_asked_for_at_once_when_it_moves(scene: Scene) -> None:
    stuck = scene.repository.open_issue("Stuck", by="ann", at=MORNING - HOUR)
    scene.server.faults.on("issue_details", faults.Fault("one item", mangle=without_item(stuck.id)))
    for _ in range(10):
        await scene.today()
        scene.now += MINUTE
    scene.server.faults.clear()
    assert (await scene.today()).coverage.reasons == ("threads",)
    stuck.comment(by="bob", at=scene.now, body="Now?")
    scene.now += 2 * MINUTE

    assert (await scene.today()).coverage.complete


def without_item(node_id: str) -> Callable[[dict[str, Any]], None]:
    """What makes a page fail on one item."""

    def mangle(answer: dict[str, Any]) -> None:
        nodes = answer["data"]["nodes"]
        for index, node in enumerate(nodes):
            if node is not None and node["id"] == node_id:
                nodes[index] = None

    return mangle
