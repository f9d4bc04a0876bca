"""What a process leaves half done that dies between two writes is done by whoever comes next. Each of these puts the
ledger into the state that such a death leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.delivery.batches import batch_of
from bot.delivery.ledger import entry
from summarizer.windows import Window
from tests.bot.delivery.scene import QUICK, day, dms, text_of

if TYPE_CHECKING:
    from bot.delivery.batches import Batch
    from bot.delivery.model import Delivery
    from tests.bot.delivery.scene import Process, Scene


async def batch_for(process: Process, row: Delivery) -> Batch:
    one = await process.services.delivering.registry.get(row.subscription)
    assert one is not None
    assert row.since is not None
    assert row.until is not None
    return batch_of(one, row.due, Window(row.since, row.until, one.tz))


async def test_what_was_made_ready_is_posted_although_the_agenda_never_named_it(scene: Scene) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe daily 09:00")
    async with scene.at(day(24, 8, 55)) as process:
        await process.settle()
        [row] = await process.history()
        ledger = process.services.delivering.ledger
        await ledger.agenda.done(entry(row))
        batch = await batch_for(process, row)
        await ledger.add_to_batch(batch, [row.id])
        await ledger.batches.soon(batch.key)
    async with scene.at(day(24, 9)) as process:
        await process.settle()

    assert row.state == "ready"
    assert len(scene.posts()) == 1


async def test_who_joins_a_batch_while_it_is_built_is_not_forgotten_with_it(scene: Scene) -> None:
    other = scene.slack.add_channel("releases").id
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe daily 09:00")
    async with scene.at(day(24, 8, 52)) as process:
        scheduling, ledger = process.services.delivering.scheduling, process.services.delivering.ledger
        await scheduling.planner.refresh()
        await scheduling.planner.plan()
        [key] = await ledger.batches.all()
        seen = await ledger.batch(key)
        assert seen is not None
        await process.say("subscribe daily 09:00", channel=other, channel_name="#releases")
        await scheduling.planner.refresh()
        await scheduling.planner.plan()
        await ledger.end_batch(seen)  # by whoever built it for the first one
        there = await ledger.batch(key)
        assert there is not None
    async with scene.at(day(24, 9)) as process:
        await process.settle()

    assert len(there.ids) == 2
    assert len(scene.posts()) == len(scene.posts(other)) == 1


async def test_what_was_planned_without_its_batch_is_built_even_when_later_ones_are_due(scene: Scene) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe hourly")
    async with scene.at(day(24, 8, 52)) as process:
        delivering = process.services.delivering
        await delivering.scheduling.planner.refresh()
        await delivering.scheduling.planner.plan()
        [key] = await delivering.ledger.batches.all()
        seen = await delivering.ledger.batch(key)
        assert seen is not None
        await delivering.ledger.end_batch(seen)
        await delivering.registry.replan("s1", day(24, 8))
    async with scene.at(day(24, 11, 30)) as process:
        await process.settle()
        rows = (await process.history())[::-1]

    assert [(row.since, row.until) for row in rows if row.state == "posted"] == [
        (day(24, 8), day(24, 9)),
        (day(24, 9), day(24, 11)),
    ]


async def test_what_somebody_looks_at_while_its_batch_is_built_is_built_afterwards(scene: Scene) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe daily 09:00")
    async with scene.at(day(24, 8, 55)) as process:
        delivering = process.services.delivering
        await delivering.scheduling.planner.refresh()
        await delivering.scheduling.planner.plan()
        [key] = await delivering.ledger.batches.all()
        async with delivering.ledger.hold("s1-20260324T090000Z", 5.0):
            await delivering.engine.prepare(key)
        [held] = await process.history()
        await delivering.engine.prepare(key)
        [built] = await process.history()

    assert (held.state, built.state) == ("due", "ready")


async def test_an_owner_is_told_of_a_suspension_although_whoever_suspended_died_before(scene: Scene) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe daily 09:00")
    async with scene.at(day(24, 8, 55)) as process:
        await process.settle()
        await process.services.delivering.registry.suspend("s1", "archived")
    for minute in (0, 1):
        async with scene.at(day(24, 9, minute)) as process:
            await process.settle()
    [told] = dms(scene)

    assert "s1" in text_of(told)


async def test_what_was_sent_stays_though_it_would_not_be_sent_any_more(scene: Scene) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe daily 09:00")
    async with scene.at(day(24, 9)) as process:
        await process.settle()
        [row] = await process.history()
        # as if its process had died before it could say that all of it is there
        await process.services.delivering.ledger.change(
            [row.id], lambda each: replace(each, state="ready", posted=0)
        )
        await process.services.delivering.ledger.agenda.soon(entry(row))
    [post] = scene.posts()
    before = [reply.ts for reply in scene.replies(post)]
    async with scene.at(
        day(24, 9, 1), PUBLIC_URL="https://digest.example"
    ) as process:  # no report is attached now
        await process.settle()
        [again] = await process.history()

    assert "file" in [part.name for part in row.parts]
    assert again.state == "posted"
    assert [reply.ts for reply in scene.replies(post)] == before


async def test_what_a_watch_wrote_is_posted_although_the_agenda_never_named_it(scene: Scene) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("watch topic:amd max:9999/h")
    async with scene.at(day(24, 9)) as process:
        delivering = process.services.delivering
        await delivering.engine.watch("w1")
        [row] = await process.history("w1")
        await delivering.ledger.agenda.done(entry(row))
    async with scene.at(day(24, 12)) as process:
        await process.watched("w1", until=day(24, 11, 59))
        rows = await process.history("w1")

    assert [each.state for each in rows] == ["posted", "posted"]
    assert sum("/101" in text_of(post) for post in scene.posts()) == 1


async def test_an_entry_of_the_agenda_whose_row_was_forgotten_goes(scene: Scene) -> None:
    async with scene.at(day(24, 9)) as process:
        delivering = process.services.delivering
        await delivering.ledger.agenda.at(
            {"s9-20260324T080000Z some-batch": day(24, 8), "n-s9-late ": day(24, 8)}
        )
        await delivering.scheduling.alarms()

        assert await delivering.ledger.agenda.all() == []


def test_a_dead_worker_is_replaced_in_less_than_a_minute() -> None:
    from bot.delivery.feeding import IDLE_S
    from bot.delivery.timings import Timings
    from bot.processes.leader import LOOK_S, TTL_S

    real = Timings()
    looks_s = LOOK_S + IDLE_S

    # the row of one who died before a send: free, and handed out again
    assert real.claim_s + real.kicked_s + looks_s < 60
    # in the middle of a send, which whoever takes over has to look for first
    assert real.claim_s < real.deadline_s
    assert real.deadline_s + real.quarantine_s + looks_s < 60
    # with the one that plans and feeds
    assert TTL_S + real.claim_s + real.kicked_s + looks_s < 60
    # a batch whose builder died
    assert TTL_S + real.rebuild_s + looks_s < 60
    assert QUICK.claim_s < real.claim_s
