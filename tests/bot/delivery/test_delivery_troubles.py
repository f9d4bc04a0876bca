"""What goes wrong while a digest is posted: nothing is lost, nothing is said twice, and somebody is told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.bot.delivery.scene import QUICK, day, dms, text_of
from tests.servers.slack import ANN, GENERAL

if TYPE_CHECKING:
    from tests.bot.delivery.scene import Scene

SHORT = replace(QUICK, deadline_s=0.4)


async def subscribed(scene: Scene, line: str = "subscribe daily 09:00") -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say(line)


def whole(scene: Scene) -> tuple[int, int]:
    """How many posts, and how many parts stand below the first; each part once."""
    posts = scene.posts()
    parts = [reply.metadata["event_payload"]["part"] for reply in scene.replies(posts[0]) if reply.metadata]
    assert len(parts) == len(set(parts))
    return len(posts), len(parts)


async def test_an_answer_that_was_lost_after_the_effect_is_looked_up_and_adopted(scene: Scene) -> None:
    await subscribed(scene)
    scene.slack.fail("chat.postMessage", after_effect=True, times=3)
    async with scene.at(day(24, 9), timings=SHORT) as process:
        await process.posted()

    posts, below = whole(scene)
    assert posts == 1
    assert below > 3


@pytest.mark.parametrize(
    "fault",
    [{"status": 500}, {"status": 429, "retry_after": 0}, {"error": "internal_error"}, {}],
    ids=["server-error", "rate-limit", "internal", "cut"],
)
async def test_what_failed_before_the_effect_is_sent_again(scene: Scene, fault: dict[str, object]) -> None:
    await subscribed(scene)
    scene.slack.fail("chat.postMessage", times=2, **fault)  # type: ignore[arg-type]
    async with scene.at(day(24, 9), timings=SHORT) as process:
        await process.posted()

    assert whole(scene)[0] == 1


async def test_an_archived_channel_suspends_and_its_owner_is_told_once(scene: Scene) -> None:
    await subscribed(scene)
    await subscribed(scene, "subscribe daily 09:00 lang:zh")
    await scene.slack.archive(GENERAL)
    for _ in range(2):
        async with scene.at(day(24, 9, 1)) as process:
            await process.settle()
            listed = await process.say("subscriptions")
    [told, other] = dms(scene)

    assert "archived" in listed.text
    assert "s1" in text_of(told)
    assert "s2" in text_of(other)
    assert "resume s1" in text_of(told)


async def test_after_resuming_one_digest_covers_all_that_was_missed(scene: Scene) -> None:
    await subscribed(scene, "subscribe hourly")
    await scene.slack.archive(GENERAL)
    async with scene.at(day(24, 9, 1)) as process:
        await process.settle()
    scene.slack.channels[GENERAL].is_archived = False
    async with scene.at(day(24, 11, 30)) as process:
        await process.say("resume s1")
        await process.settle()
        rows = await process.history()
    [posted] = [row for row in rows if row.state == "posted"]

    assert (posted.since, posted.until) == (day(24, 8), day(24, 11))
    assert len(scene.posts()) == 1


async def test_a_revoked_token_suspends_the_whole_workspace(scene: Scene) -> None:
    await subscribed(scene)
    await subscribed(scene, "subscribe daily 10:00")
    scene.slack.fail("*", "token_revoked", times=10_000)
    async with scene.at(day(24, 9, 1)) as process:
        await process.settle()
        states = [(one.state, one.reason) for one in await process.services.delivering.registry.all()]

    assert states == [("suspended", "revoked")] * 2


async def test_pausing_all_stops_every_post_at_once_and_resuming_lets_them_go(scene: Scene) -> None:
    await subscribed(scene)
    async with scene.at(day(24, 9)) as process:
        await process.say("pause all")
        await process.settle(rounds=2)
        assert scene.posts() == []
        await process.say("resume all")
        [row] = await process.history()
        await process.services.delivering.engine.deliver(row.id)

    assert len(scene.posts()) == 1


async def test_a_paused_subscription_says_nothing_and_takes_up_with_its_own_period(scene: Scene) -> None:
    await subscribed(scene, "subscribe hourly")
    async with scene.at(day(24, 8, 30)) as process:
        await process.say("pause s1")
    async with scene.at(day(24, 10, 30)) as process:
        await process.settle()
        assert scene.posts() == []
        await process.say("resume s1")
        await process.settle()
    async with scene.at(day(24, 11, 1)) as process:
        await process.settle()
        [row] = await process.history()

    assert (row.since, row.until) == (day(24, 10), day(24, 11))
    assert len(scene.posts()) == 1


async def test_a_retracted_post_is_gone_with_all_below_it(scene: Scene) -> None:
    await subscribed(scene)
    async with scene.at(day(24, 9)) as process:
        await process.settle()
        [post] = scene.posts()
        await process.say(f"retract https://tests.slack.com/archives/{GENERAL}/p{post.ts.replace('.', '')}")
        [row] = await process.history()

    assert scene.posts() == []
    assert scene.slack.thread(GENERAL, post.ts) == []
    assert (row.state, row.by) == ("retracted", f"slack-user:{ANN}")


async def test_downtime_is_caught_up_with_one_digest(scene: Scene) -> None:
    await subscribed(scene, "subscribe hourly")
    async with scene.at(day(24, 11, 30)) as process:
        await process.settle()
        rows = await process.history()
    [posted] = [row for row in rows if row.state == "posted"]

    assert (posted.since, posted.until) == (day(24, 8), day(24, 11))
    assert [row.state for row in rows].count("skipped") == 2
    assert len(scene.posts()) == 1
