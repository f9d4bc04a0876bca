"""What is subscribed to is posted: once, when it is due, as it turned out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bot.delivery.scene import day, text_of

if TYPE_CHECKING:
    from tests.bot.delivery.scene import Scene


async def test_a_daily_digest_is_posted_at_its_minute_and_covers_the_day_before(scene: Scene) -> None:
    async with scene.at(day(24, 8)) as process:
        reply = await process.say("subscribe daily 09:00")
        await process.settle()

        assert "2026-03-24 09:00" in reply.text
        assert scene.posts() == []
    async with scene.at(day(24, 9)) as process:
        await process.settle()
        [post] = scene.posts()
        [row] = await process.history()

    assert "2026-03-23" in text_of(post)
    assert (row.state, row.outcome, row.due) == ("posted", "normal", day(24, 9))
    assert (row.since, row.until) == (day(23, 0), day(24, 0))
    assert post.metadata is not None
    assert post.metadata["event_payload"]["delivery"] == row.id


async def test_its_sections_stand_in_the_thread_each_once(scene: Scene) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe daily 09:00")
    for _ in range(2):  # another process looks as well
        async with scene.at(day(24, 9)) as process:
            await process.settle()
    [post] = scene.posts()
    names = [reply.metadata["event_payload"]["part"] for reply in scene.replies(post) if reply.metadata]

    assert len(names) > 3
    assert len(names) == len(set(names))


async def test_who_asks_in_the_thread_before_the_sections_are_there_asks_about_the_digest(
    scene: Scene,
) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe daily 09:00")
    async with scene.at(day(24, 9)) as process:
        await process.settle(rounds=1)
        [post] = scene.posts()
        below = scene.replies(post)
        thread = f"{post.channel}:{post.ts}"
        asked = await process.say("only issues", conversation=thread, is_command=False)
        await process.settle()
        again = await process.say("how many?", conversation=thread, is_command=False)

    assert below == []
    assert asked.digest is not None or asked.answer is not None
    assert "#106" in asked.text
    assert "#101" not in asked.text
    assert len(scene.replies(post)) > 3
    assert again.answer is not None
    assert again.answer.found is not None
    assert [match.number for match in again.answer.found.matches] == [106]


async def test_whoever_asks_below_a_digest_asks_about_its_window_wherever_they_are(scene: Scene) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe daily 09:00")
    async with scene.at(day(24, 9)) as process:
        await process.settle()
        [post] = scene.posts()
        [row] = await process.history()
        thread = f"{post.channel}:{post.ts}"
        far = {"conversation": thread, "is_command": False, "tz": "America/Los_Angeles"}
        first = await process.say("which of them are issues?", **far)
        then = await process.say("how many?", **far)

    for reply in (first, then):
        assert reply.answer is not None
        assert reply.answer.found is not None
        assert reply.answer.found.window is not None
        assert (reply.answer.found.window.since, reply.answer.found.window.until) == (row.since, row.until)


async def test_what_was_built_ahead_waits_for_its_minute(scene: Scene) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe daily 09:00")
    async with scene.at(day(24, 8, 55)) as process:
        await process.settle()
        [row] = await process.history()

    assert row.state == "ready"
    assert scene.posts() == []


async def test_windows_of_hourly_digests_join(scene: Scene) -> None:
    async with scene.at(day(24, 8, 30)) as process:
        await process.say("subscribe hourly")
    for hour in (9, 10, 11):
        async with scene.at(day(24, hour, 1)) as process:
            await process.settle()
            rows = (await process.history())[::-1]

    assert [row.state for row in rows] == ["posted"] * 3
    assert [(row.since, row.until) for row in rows] == [
        (day(24, 8), day(24, 9)),
        (day(24, 9), day(24, 10)),
        (day(24, 10), day(24, 11)),
    ]
    assert len(scene.posts()) == 3


async def test_two_channels_of_the_same_digest_share_one_build(scene: Scene) -> None:
    other = scene.slack.add_channel("releases").id
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe daily 09:00")
        await process.say("subscribe daily 09:00", channel=other, channel_name="#releases")
    async with scene.at(day(24, 9)) as process:
        await process.settle()
        rows = [(await process.history(id_))[0] for id_ in ("s1", "s2")]

    assert len(scene.posts()) == len(scene.posts(other)) == 1
    assert rows[0].batch == rows[1].batch
    assert rows[0].handle == rows[1].handle


async def test_a_quiet_day_is_one_line_or_nothing(scene: Scene) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe daily 09:00 label:nobody-uses-it")
        await process.say("subscribe daily 09:00 label:nobody-uses-it quiet-if-empty")
    async with scene.at(day(24, 9)) as process:
        await process.settle()
        told, silent = [(await process.history(id_))[0] for id_ in ("s1", "s2")]

    [post] = scene.posts()
    assert (told.state, silent.state) == ("posted", "skipped")
    assert scene.replies(post) == []


async def test_only_the_sections_that_are_wanted_are_posted(scene: Scene) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe daily 09:00 sections:summary")
        await process.say("subscribe daily 09:00 lang:zh")
    async with scene.at(day(24, 9)) as process:
        await process.settle()
    few, all_of_them = sorted(scene.posts(), key=lambda post: len(scene.replies(post)))

    assert len(scene.replies(few)) < len(scene.replies(all_of_them))
    assert "开发" in text_of(all_of_them)


async def test_what_the_settings_say_holds_where_a_line_does_not(scene: Scene) -> None:
    async with scene.at(day(24, 8), DIGEST_HOLIDAYS="CN", DIGEST_CATCHUP="skip") as process:
        await process.say("subscribe daily 09:00")
        await process.say("subscribe daily 09:00 holidays:none catchup:newest")
        await process.say("subscribe daily 09:00 holidays:US")
        made = await process.services.delivering.registry.all()

    assert [(one.holidays, one.catchup) for one in made] == [("CN", "skip"), ("", "newest"), ("US", "skip")]
