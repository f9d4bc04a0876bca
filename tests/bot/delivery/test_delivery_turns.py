"""Whose turn it is: many channels of one digest keep no other waiting, and a person goes before the schedule."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from adapters.queue import Job
from bot.delivery.feeding import ROOM, Feeding
from bot.delivery.ledger import entry
from bot.jobs import DELIVER, Jobs
from bot.processes.worker import run_worker
from tests.bot.delivery.scene import QUICK, day

if TYPE_CHECKING:
    from tests.bot.delivery.scene import Scene


async def test_ten_thousand_channels_of_one_digest_do_not_starve_anothers(scene: Scene) -> None:
    many = [f"s{number}-20260324T090000Z large" for number in range(10_000)]
    few = [f"s{number}-20260324T090000Z small" for number in range(10_000, 10_020)]
    async with scene.at(day(24, 9), is_synced=False) as process:
        delivering = process.services.delivering
        agenda = delivering.ledger.agenda
        await agenda.at(dict.fromkeys(many, day(24, 8)))  # which have waited for longer
        await agenda.at(dict.fromkeys(few, day(24, 9)))
        feeding = Feeding(
            delivering.ledger, Jobs(delivering.queue), delivering.queue, QUICK, process.services.now
        )
        await feeding()
        left = set(await agenda.due(process.services.now(), 50_000))
        handed_out = await delivering.queue.waiting("posts")

    assert handed_out == ROOM
    assert left.isdisjoint(few)
    assert len(left.intersection(many)) == 10_000 - (ROOM - len(few))


async def test_whom_a_person_waits_for_goes_before_all_that_is_due(scene: Scene) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe daily 09:00")
    async with scene.at(day(24, 8, 55)) as process:
        await process.settle()
        [row] = await process.history()
    scene.slack.fail("chat.postMessage", "msg_too_long")
    async with scene.at(day(24, 9)) as process:
        delivering = process.services.delivering
        await delivering.engine.deliver(row.id)
        [refused] = await process.history()
        queue = await delivering.queue.opened()
        due = [Job(DELIVER, f"s{number}-20260324T090000Z") for number in range(100, 5_100)]
        await queue.kick_many("posts", due)
        assert await delivering.book.retry(row.id)
        await delivering.ledger.agenda.done(entry(row))  # nothing but the person's wish hands it out
        working = asyncio.create_task(run_worker(queue, delivering.engine, {"people": 1, "posts": 1}))
        await scene.slack.until(lambda: bool(scene.posts()))
        waiting = await queue.waiting("posts")
        working.cancel()
        await asyncio.wait((working,))

    assert refused.state == "parked"
    assert waiting > 0
