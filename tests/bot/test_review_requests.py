"""The mirror knows who a pull request waits for, from GitHub into the store, as last seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.chat import unwatched
from tests.bot.scenes import DAY, HOUR, MINUTE, MORNING, REPO

if TYPE_CHECKING:
    from summarizer.items import Item
    from tests.bot.scenes import Scene
    from tests.servers.github import PullRequest


@pytest.fixture
def pull(scene: Scene) -> PullRequest:
    """A pull request that waits for zoe and for a team, and is bob's to look after."""
    pull = scene.repository.open_pr("Waits", by="ann", at=MORNING - HOUR, files=["a.py"])
    pull.request_review(of="zoe", at=MORNING - HOUR)
    pull.request_review(of=scene.server.world.team("vllm-project/rocm", "yan"), at=MORNING - HOUR)
    pull.assign("bob", at=MORNING - HOUR)
    return pull


async def known(scene: Scene, pull: PullRequest) -> Item:
    [record] = await scene.store.mirror.records(REPO, [pull.number], text=True)
    return record.item


async def test_reviewers_decision_and_assignees_are_mirrored(scene: Scene, pull: PullRequest) -> None:
    await scene.today()

    item = await known(scene, pull)

    assert item.review_requests == ("zoe", "vllm-project/rocm")
    assert (item.review_decision, item.assignees) == ("REVIEW_REQUIRED", ("bob",))


async def test_review_answers_the_request_to_its_author_and_to_their_team(
    scene: Scene, pull: PullRequest
) -> None:
    await scene.today()
    pull.review(by="yan", at=MORNING + MINUTE, state="COMMENTED")
    scene.now += 5 * MINUTE
    await scene.today()
    after_yan = await known(scene, pull)
    pull.review(by="zoe", at=MORNING + 6 * MINUTE)
    pull.unassign("bob", at=MORNING + 6 * MINUTE)
    scene.now += 5 * MINUTE
    await scene.today()
    after_zoe = await known(scene, pull)

    assert (after_yan.review_requests, after_yan.review_decision) == (("zoe",), "REVIEW_REQUIRED")
    assert (after_zoe.review_requests, after_zoe.review_decision) == ((), "APPROVED")
    assert after_zoe.assignees == ()


async def test_listing_that_saw_it_move_leaves_it_as_last_seen_until_it_is_read_again(
    scene: Scene, pull: PullRequest
) -> None:
    await scene.today()
    pull.withdraw_request(of="zoe", at=MORNING + MINUTE)
    scene.now += 5 * MINUTE
    await scene.sync.catch_up(REPO, MORNING, unwatched)
    listed = await known(scene, pull)
    await scene.today()
    read = await known(scene, pull)

    assert listed.updated_at == pull.updated_at
    assert listed.review_requests == ("zoe", "vllm-project/rocm")
    assert (listed.review_decision, listed.assignees) == ("REVIEW_REQUIRED", ("bob",))
    assert read.review_requests == ("vllm-project/rocm",)


async def test_it_outlives_the_text_and_the_listings_after_it(scene: Scene, pull: PullRequest) -> None:
    await scene.today()
    before = await known(scene, pull)

    await scene.store.mirror.drop_texts(REPO, scene.now + DAY, set())
    swept = await known(scene, pull)
    pull.label("bug", at=MORNING + MINUTE)
    scene.now += 5 * MINUTE
    await scene.sync.catch_up(REPO, MORNING, unwatched)
    listed = await known(scene, pull)

    assert (before.files, swept.files) == (("a.py",), None)
    assert listed.labels == ("bug",)
    for item in (swept, listed):
        assert item.review_requests == ("zoe", "vllm-project/rocm")
        assert (item.review_decision, item.assignees) == ("REVIEW_REQUIRED", ("bob",))


async def test_at_the_end_of_a_window_it_is_as_last_seen(scene: Scene, pull: PullRequest) -> None:
    pull.comment(by="cyd", at=MORNING + MINUTE)
    scene.now += 5 * MINUTE
    await scene.today()

    now = await known(scene, pull)
    then = now.as_of(MORNING)

    assert then is not None
    assert (len(now.comments), len(then.comments)) == (1, 0)
    assert then.review_requests == ("zoe", "vllm-project/rocm")
    assert (then.review_decision, then.assignees) == ("REVIEW_REQUIRED", ("bob",))
