"""Showing: `test s3` shows the digest of the last complete period as it would be posted, to who may read it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.bot.subscriptions.counter import ALONE, ANN, BEN, counter
from tests.bot.talk import on, talked_about
from tests.servers.slack import TEAM

if TYPE_CHECKING:
    from tests.bot.running import Host

PRIVATE = "acme/engine"


async def test_it_is_of_the_last_complete_period_in_the_subscriptions_own_shape(host: Host) -> None:
    async with counter(host) as shop:
        await shop.say("subscribe weekly mon 10:00 lang:zh topic:amd sections:summary,topic-amd", ANN)
        reply = await shop.say("test s1", replace(BEN, lays_out=True, lang="en"))

    digest = reply.digest
    assert digest is not None
    assert (digest.facts.window.since, digest.facts.window.until) == (on(16, 0), on(23, 0))
    assert (digest.edition, digest.lang, reply.lang) == ("weekly", "zh", "zh")
    assert [section.id for section in digest.sections] == ["summary", "topic-amd"]
    assert reply.line == (
        "2026-03-16T00:00..2026-03-23T00:00 repo:vllm-project/vllm lang:zh tz:UTC edition:weekly topic:amd"
    )
    assert (reply.text, reply.in_channel) == ("", False)


async def test_a_due_of_this_very_moment_is_the_last_one(host: Host) -> None:
    async with counter(host) as shop:
        await shop.say("subscribe daily 12:00 cut:due", ANN)
        reply = await shop.say("test s1", replace(ANN, lays_out=True))

    assert reply.digest is not None
    assert (reply.digest.facts.window.since, reply.digest.facts.window.until) == (on(23, 12), on(24, 12))


async def test_where_nothing_is_laid_out_it_is_text(host: Host) -> None:
    async with counter(host) as shop:
        await shop.say("subscribe daily sections:summary", ANN)
        reply = await shop.say("test s1", ANN)

    lead, _, body = reply.text.partition("\n\n")
    assert lead == (
        "What **s1** would have posted for 2026-03-23 00:00 (UTC) ~ 2026-03-24 00:00 (UTC); only you see it."
    )
    assert body.startswith("# vLLM development report - 2026-03-23")
    assert "Hot discussions" not in body


async def test_what_a_channel_may_read_its_owner_may_not_read_elsewhere(host: Host) -> None:
    world = talked_about()
    world.repository(PRIVATE, private=True)
    async with counter(host, world=world, access=f"{PRIVATE}=slack:{TEAM}", is_synced=False) as shop:
        await shop.say(f"subscribe daily repo:{PRIVATE}", ANN)
        there = await shop.say("test s1", replace(ANN, lays_out=True))
        alone = await shop.refused("test s1", replace(ALONE, person="U0ANN"))

    assert there.digest is not None
    assert alone == "github.repo_not_found"


async def test_a_watch_has_no_digest(host: Host) -> None:
    async with counter(host, is_synced=False) as shop:
        await shop.say("watch topic:amd", ANN)

        assert await shop.refused("test w1", ANN) == "subscriptions.watch_test"
        assert await shop.refused("test s9", ANN) == "subscriptions.none"
