"""How long a delivery goes on, and what becomes of one that cannot: it ends some day, and somebody is asked."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.bot.delivery.scene import QUICK, day, dms, text_of
from tests.servers.github import faults

if TYPE_CHECKING:
    from bot.delivery.model import Delivery
    from tests.bot.delivery.scene import Process, Scene
    from tests.servers.slack.records import Message

SHORT = replace(QUICK, deadline_s=0.4)
POST = "chat.postMessage"


async def subscribed(scene: Scene, line: str = "subscribe daily 09:00") -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say(line)


async def parked(process: Process, id_: str) -> None:
    """Go on with a delivery until it is parked. Raises TimeoutError."""
    delivering = process.services.delivering
    async with asyncio.timeout(30):
        while True:
            await delivering.engine.deliver(id_)
            row = await delivering.ledger.get(id_)
            assert row is not None
            if row.state == "parked":
                return
            await asyncio.sleep(0.05)  # deadlines take real time


async def planned(process: Process) -> None:
    """Wait until something is due. Raises TimeoutError."""
    async with asyncio.timeout(20):
        while True:
            if await process.history():
                return
            await asyncio.sleep(0.05)


def digests(row: Delivery, posts: list[Message]) -> list[Message]:
    """Those that are the delivery, and not about it."""
    return [post for post in posts if post.metadata and post.metadata["event_payload"]["delivery"] == row.id]


async def test_a_wait_that_a_platform_asked_for_holds_however_often_the_delivery_is_handed_out(
    scene: Scene,
) -> None:
    await subscribed(scene)
    scene.slack.fail(POST, status=429, retry_after=600, times=10)
    async with scene.at(day(24, 9)) as process:
        await process.settle(rounds=2)
        [row] = await process.history()
        for _ in range(3):
            await process.services.delivering.engine.deliver(row.id)
        [again] = await process.history()

    assert (row.state, row.attempts) == ("failed", 1)
    assert again == row


async def test_what_never_comes_to_a_clear_end_is_parked_after_a_day_and_can_be_tried_again(
    scene: Scene,
) -> None:
    await subscribed(scene)
    scene.slack.fail(POST, times=10_000)
    async with scene.at(day(24, 9), timings=SHORT) as process:
        await process.settle(rounds=3)
        [row] = await process.history()
    async with scene.at(day(25, 9, 1), timings=SHORT) as process:
        await parked(process, row.id)
        told = await process.services.delivering.book.troubled(None)
        scene.slack.faults.clear()
        assert await process.services.delivering.book.retry(row.id)
        async with asyncio.timeout(30):
            while (await process.history())[-1].state != "posted":
                await process.services.delivering.engine.deliver(row.id)
                await asyncio.sleep(0.05)

    assert row.state == "failed"
    assert row.id in [each.id for each in told]
    assert len(digests(row, scene.posts())) == 1


async def test_what_is_more_than_a_day_late_is_not_given_up_at_its_first_try(scene: Scene) -> None:
    await subscribed(scene, "subscribe weekly mon 09:00")
    scene.slack.fail(POST, status=429, retry_after=600, times=1)
    async with scene.at(day(31, 12)) as process:
        await process.settle(rounds=3)
        [row] = await process.history()

    assert (row.due, row.state, row.attempts) == (day(30, 9), "failed", 1)


async def test_a_github_that_hangs_keeps_nobody_from_being_told_that_there_is_nothing_yet(
    scene: Scene,
) -> None:
    await subscribed(scene, "subscribe hourly")
    async with scene.at(day(24, 9, 12), timings=replace(QUICK, build_s=0.3), is_synced=False) as process:
        process.github.faults.always(faults.slow(25))
        await process.settle(rounds=2)
        [row] = await process.history()
        process.github.faults.clear()

    assert (row.state, row.outcome) == ("posted", "unavailable")
    assert len(scene.posts()) == 1


async def test_what_was_unavailable_when_it_was_long_overdue_is_still_mended(scene: Scene) -> None:
    await subscribed(scene, "subscribe weekly mon 09:00")
    async with scene.at(day(31, 12), is_synced=False) as process:
        process.github.faults.always(faults.bad_gateway())
        await process.settle(rounds=2)
        [told] = await process.history()
    async with scene.at(day(31, 13)) as process:
        await process.posted()
        await process.settle(rounds=3)
        [mended] = await process.history()

    assert (told.state, told.outcome) == ("posted", "unavailable")
    assert (mended.posted, mended.outcome != "unavailable") == (2, True)
    assert len(scene.posts()) == 1


async def test_where_nobody_may_look_its_owner_is_asked_and_a_person_decides(scene: Scene) -> None:
    await subscribed(scene)
    scene.slack.fail(POST)  # which comes to no clear end, and had no effect
    scene.slack.fail("conversations.history", "missing_scope", times=10_000)
    async with scene.at(day(24, 9), timings=SHORT) as process:
        await process.settle(rounds=2)
        [row] = await process.history()
        await parked(process, row.id)
        await process.settle()
        asked = [text_of(each) for each in dms(scene)]
        posts = scene.posts()
        assert await process.services.delivering.book.retry(row.id)
        await process.posted()

    assert [f"deliveries retry {row.id}" in each for each in asked] == [True]
    assert digests(row, posts) == []
    assert len(digests(row, scene.posts())) == 1


async def test_a_retry_does_not_send_again_what_may_have_arrived_before_it_was_looked_for(
    scene: Scene,
) -> None:
    await subscribed(scene)
    scene.slack.fail(POST, after_effect=True)
    async with scene.at(day(24, 9), timings=SHORT) as process:
        await process.settle(rounds=2)
        [row] = await process.history()
        assert await process.services.delivering.book.retry(row.id)
        await process.posted()

    assert row.state == "failed"
    assert len(scene.posts()) == 1


async def test_a_digest_that_is_paused_between_its_parts_comes_to_its_end(scene: Scene) -> None:
    await subscribed(scene)
    scene.slack.fail(POST, when=lambda call: "thread_ts" in call.args)
    async with scene.at(day(24, 9), timings=SHORT) as process:
        await process.settle(rounds=2)
        [half] = await process.history()
        await process.say("pause s1")
        await process.posted()
    [post] = scene.posts()

    assert (half.state, half.root is not None) == ("failed", True)
    assert len(scene.replies(post)) > 3


async def test_one_subscription_that_cannot_be_planned_keeps_no_other_from_it(scene: Scene) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe daily 09:00")
        registry = process.services.delivering.registry
        [one] = await registry.all()
        # whose holidays a library knew once
        await registry.add(replace(one, id="", holidays="XX", name="unknown"), "shell")
    async with scene.at(day(24, 9)) as process:
        await process.settle()
        [row] = await process.history()

    assert row.state == "posted"


async def test_one_step_of_the_scheduler_that_fails_keeps_the_others_from_nothing(scene: Scene) -> None:
    async with scene.at(day(24, 8, 52)) as process:
        delivering, store = process.services.delivering, process.services.store
        await delivering.ledger.agenda.at({"nobody-knows-what": day(24, 8)})
        async with store.leases.hold("scheduler") as lease:
            assert lease is not None
            scheduling = asyncio.create_task(delivering.scheduling(lease))
            await asyncio.wait((scheduling,), timeout=1)  # as long as it takes to fail
            await process.say("subscribe daily 09:00")
            await planned(process)
            scheduling.cancel()
            await asyncio.wait((scheduling,))


async def test_what_people_call_their_subscriptions_is_no_markup_in_what_is_told_of_them(
    scene: Scene,
) -> None:
    await subscribed(scene, 'subscribe daily 09:00 name:"[win](https://evil.example) <!channel>"')
    scene.slack.fail(POST, status=429, retry_after=600, times=1)
    async with scene.at(day(24, 9, 16)) as process:
        await process.settle(rounds=2)
        assert await process.services.delivering.scheduling.alarms() == 1
        await process.settle(rounds=2)
    [alarm] = scene.posts()

    assert "late" in text_of(alarm)
    assert "'url': 'https://evil.example" not in text_of(alarm)
    assert scene.slack.pings() == []
