"""What was not posted since a subscription was suspended is caught up with once it is resumed, whoever was to blame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.bot.delivery.scene import day, dms, text_of
from tests.servers.slack import GENERAL

if TYPE_CHECKING:
    from pathlib import Path

    from tests.bot.delivery.scene import Process, Scene

REPO = "vllm-project/vllm"


async def windows(process: Process, id_: str) -> list[object]:
    return [(row.since, row.until) for row in await process.history(id_) if row.state == "posted"]


async def test_all_of_a_workspace_whose_token_was_revoked_are_caught_up_with(scene: Scene) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe hourly")
        await process.say("subscribe hourly lang:zh")
    scene.slack.fail("*", "token_revoked", times=10_000)
    for hour in (9, 10):  # what was planned when it was revoked
        async with scene.at(day(24, hour, 1)) as process:
            await process.settle()
    scene.slack.faults.clear()
    async with scene.at(day(24, 11, 30)) as process:
        await process.say("resume s1")
        await process.say("resume s2")
        await process.settle()
        caught_up = [await windows(process, id_) for id_ in ("s1", "s2")]

    assert caught_up == [[(day(24, 8), day(24, 11))]] * 2


async def test_the_rest_of_a_digest_that_was_refused_between_its_parts_follows_after_resuming(
    scene: Scene,
) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe hourly")
    scene.slack.fail("chat.postMessage", "is_archived", when=lambda call: "thread_ts" in call.args)
    async with scene.at(day(24, 9, 1)) as process:
        await process.settle()
        [half] = await process.history()
    async with scene.at(day(24, 11, 30)) as process:
        await process.say("resume s1")
        await process.settle()
        rows = await windows(process, "s1")
    first, second = scene.posts()

    assert half.state == "parked"
    assert rows == [(day(24, 9), day(24, 11)), (day(24, 8), day(24, 9))]
    assert len(scene.replies(first)) > 3
    assert len(scene.replies(second)) > 3


async def test_a_watch_tells_after_resuming_what_it_could_not_post(scene: Scene) -> None:
    async with scene.at(day(24, 8)) as process:
        await process.say("watch topic:amd max:9999/h")
    await scene.slack.archive(GENERAL)
    async with scene.at(day(24, 9)) as process:
        await process.watched("w1", until=day(24, 8, 59))
    scene.slack.channels[GENERAL].is_archived = False
    async with scene.at(day(24, 9, 30)) as process:
        await process.say("resume w1")
        await process.watched("w1", until=day(24, 9, 29))

    assert sum("/101" in text_of(post) for post in scene.posts()) == 1


async def test_a_digest_of_a_repository_that_may_not_be_read_any_more_is_not_posted(scene: Scene) -> None:
    other = scene.slack.add_channel("releases").id
    scene.world.repository(REPO).is_private = True
    team = next(iter(scene.slack.teams))
    allowed: dict[str, Any] = {"DIGEST_ACCESS": f"{REPO}=slack:{team}+shell"}
    async with scene.at(day(24, 8), **allowed) as process:
        await process.say("subscribe daily 09:00")
        await process.say("subscribe daily 09:00", channel=other, channel_name="#releases")
    async with scene.at(day(24, 8, 55), **allowed) as process:
        await process.settle()
        built = await process.history()
    async with scene.at(day(24, 9), DIGEST_ACCESS=f"{REPO}=shell") as process:
        await process.settle()
        await process.settle()
        registry = process.services.delivering.registry
        states = [(one.state, one.reason) for one in await registry.all()]
    said = sorted(map(text_of, dms(scene)))

    assert built[0].state == "ready"
    assert scene.posts() == scene.posts(other) == []
    assert states == [("suspended", "repo")] * 2
    assert ["s1" in each or "s2" in each for each in said] == [True, True]


async def test_a_digest_that_is_not_to_be_built_for_a_channel_tells_its_owner(scene: Scene) -> None:
    scene.world.repository(REPO).is_private = True
    team = next(iter(scene.slack.teams))
    allowed: dict[str, Any] = {"DIGEST_ACCESS": f"{REPO}=slack:{team}+shell"}
    async with scene.at(day(24, 8), **allowed) as process:
        await process.say("subscribe hourly")
    async with scene.at(day(24, 9, 1), DIGEST_ACCESS=f"{REPO}=shell") as process:
        await process.settle()
    async with scene.at(day(24, 10, 30), **allowed) as process:
        await process.say("resume s1")
        await process.settle()
        caught_up = await windows(process, "s1")
    [told] = dms(scene)

    assert "s1" in text_of(told)
    assert caught_up == [(day(24, 8), day(24, 10))]


async def test_what_was_given_up_before_it_was_due_is_posted_if_that_is_mended_in_time(scene: Scene) -> None:
    scene.world.repository(REPO).is_private = True
    team = next(iter(scene.slack.teams))
    allowed: dict[str, Any] = {"DIGEST_ACCESS": f"{REPO}=slack:{team}+shell"}
    async with scene.at(day(24, 8), **allowed) as process:
        await process.say("subscribe daily 09:00")
    async with scene.at(day(24, 8, 55), DIGEST_ACCESS=f"{REPO}=shell") as process:
        await process.settle()
        [given_up] = await process.history()
    async with scene.at(day(24, 8, 57), **allowed) as process:
        await process.say("resume s1")
        await process.settle()
    async with scene.at(day(24, 9), **allowed) as process:
        await process.settle()

    assert given_up.state == "parked"
    assert len(scene.posts()) == 1


async def test_a_private_digest_is_not_posted_where_others_have_come_to_read_along(scene: Scene) -> None:
    scene.world.repository(REPO).is_private = True
    team = next(iter(scene.slack.teams))
    allowed: dict[str, Any] = {"DIGEST_ACCESS": f"{REPO}=slack:{team}+shell"}
    async with scene.at(day(24, 8), **allowed) as process:
        await process.say("subscribe daily 09:00")
    scene.slack.channels[GENERAL].is_ext_shared = True  # the app is told nothing
    async with scene.at(day(24, 9), **allowed) as process:
        await process.settle()
        [one] = await process.services.delivering.registry.all()

    assert scene.posts() == []
    assert (one.state, one.reason) == ("suspended", "repo")


async def test_a_digest_that_cannot_be_made_any_more_is_told_of_where_it_is_missed(
    scene: Scene, tmp_path: Path
) -> None:
    ops = scene.slack.add_channel("ops").id
    topics = tmp_path / "topics.toml"
    topics.write_text(
        '[[topic]]\nkey = "cuda"\ntitle = { en = "CUDA", zh = "CUDA" }\n'
        '[[topic.rule]]\non = "title"\nmatch = ["cuda"]\n'
    )
    async with scene.at(day(24, 8)) as process:
        await process.say("subscribe daily 09:00 topic:amd")
    settings: dict[str, Any] = {
        "DIGEST_TOPICS_FILE": topics,
        "DIGEST_TOPICS": "cuda",
        "DIGEST_OPS_CHANNEL": f"slack:{next(iter(scene.slack.teams))}/{ops}",
    }
    async with scene.at(day(24, 9), **settings) as process:
        await process.settle()
        [row] = await process.history()
        [told] = scene.posts()
        [for_ops] = scene.posts(ops)

    assert row.state == "parked"
    assert "could not be posted" in text_of(told)
    assert row.id in text_of(for_ops)
