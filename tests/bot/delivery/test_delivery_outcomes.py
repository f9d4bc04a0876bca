"""What is not complete is labelled and mended, what is not there is said, and silence raises an alarm."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.bot.delivery.scene import QUICK, day, text_of
from tests.servers.github import faults

if TYPE_CHECKING:
    from tests.bot.delivery.scene import Process, Scene

MINUTE = timedelta(minutes=1)
OPS = "C0OPS"


def away(process: Process) -> None:
    """GitHub fails from now on."""
    process.github.faults.always(faults.bad_gateway())


async def test_a_digest_waits_for_its_data_then_says_that_there_is_none_and_is_put_in_its_place(
    scene: Scene,
) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe hourly")
    async with scene.at(day(24, 9, 2), is_synced=False) as process:
        away(process)
        await process.settle(rounds=3)
        waiting = await process.history()
    assert scene.posts() == []
    async with scene.at(day(24, 9, 12), is_synced=False) as process:
        away(process)
        await process.settle(rounds=3)
        told = await process.history()
        [post] = scene.posts()
        said = text_of(post)
    async with scene.at(day(24, 9, 30)) as process:
        row = await process.posted()
        await process.settle(rounds=3)
        [mended] = await process.history()

    assert waiting[0].state == "building"
    assert told[0].outcome in ("unavailable", "partial")
    assert [each.ts for each in scene.posts()] == [post.ts]
    assert "⛔" in said
    assert "2026-03-24 08:00–09:00" in said
    assert text_of(scene.posts()[0]) != said
    assert (row.id, mended.outcome) == (told[0].id, "normal")
    assert mended.posted == 2
    assert len(scene.replies(post)) > 3


async def test_what_stays_unsaid_raises_one_alarm_for_the_channel_and_for_those_who_run_the_bot(
    scene: Scene,
) -> None:
    ops = scene.slack.add_channel("ops").id
    settings: dict[str, Any] = {"DIGEST_OPS_CHANNEL": f"slack:{next(iter(scene.slack.teams))}/{ops}"}
    async with scene.at(day(24, 8), **settings) as process:
        await process.say("subscribe daily 09:00")
    scene.slack.fail("chat.postMessage", status=429, retry_after=600, times=10_000)
    slow = replace(QUICK, first_pause_s=3600, longest_pause_s=3600)
    async with scene.at(day(24, 9), timings=slow, **settings) as process:
        await process.settle(rounds=4)
    scene.slack.faults.clear()
    for minutes in (14, 16, 31):
        async with scene.at(day(24, 9) + minutes * MINUTE, timings=slow, **settings) as process:
            told = await process.services.delivering.scheduling.alarms()
            await process.settle(rounds=3)
            assert told == (minutes == 16)

    [alarm] = scene.posts()
    [for_ops] = scene.posts(ops)
    assert "late" in text_of(alarm)
    assert "s1-20260324T090000Z" in text_of(for_ops)


async def test_what_became_known_too_late_is_carried_over_once(scene: Scene) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe hourly")
    async with scene.at(day(24, 9, 1)) as process:
        await process.settle()
    # GitHub tells of it only now
    scene.world.repository("vllm-project/vllm").open_issue(
        "[Bug]: Late to the party", by="eve", at=day(24, 8, 30), number=190
    )
    async with scene.at(day(24, 10, 1)) as process:
        await process.say("sync since:3h")
        await process.settle()
    async with scene.at(day(24, 11, 1)) as process:
        await process.settle()
    first, second, third = (
        text_of(post) + "".join(map(text_of, scene.replies(post))) for post in scene.posts()
    )

    assert "Late to the party" not in first
    assert "Late to the party" in second
    assert "Late to the party" not in third


async def test_a_watch_tells_items_as_they_happen_together_and_each_once(scene: Scene) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("watch topic:amd max:9999/h")
    for hour in (9, 10, 12):
        async with scene.at(day(24, hour)) as process:
            await process.watched("w1", until=day(24, hour) - MINUTE)
    told = [text_of(post) for post in scene.posts()]

    assert sum("/102" in each for each in told) == 1
    assert all("/103" not in each for each in told)
