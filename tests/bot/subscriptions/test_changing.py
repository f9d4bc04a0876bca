"""Changing: what people do to subscriptions that are there, who may, and that it can be undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.chat import Offer
from adapters.chat.delivering import Destination
from bot.subscriptions.registry import EVERYWHERE
from tests.bot.subscriptions.counter import ALONE, ANN, BEN, KEEPER, Counter, counter
from tests.bot.talk import NOW, SHELL
from tests.servers.slack import GENERAL, TEAM, slack_server

if TYPE_CHECKING:
    from adapters.chat import Context
    from tests.bot.running import Host

DAY = timedelta(days=1)


async def _states(shop: Counter) -> dict[str, str]:
    return {each.id: each.state for each in await shop.registry.all()}


async def test_what_was_ended_can_be_had_back(host: Host) -> None:
    async with counter(host, is_synced=False) as shop:
        await shop.say("subscribe daily", ANN)
        ended = await shop.say("unsubscribe s1", ANN)
        gone = await _states(shop)
        twice = await shop.say("unsubscribe S1", ANN)
        back = await shop.say(ended.offers[0].line, ANN)
        there = await _states(shop)

    assert ended.text == (
        "**s1** has ended: daily 09:00, in this channel. `resume s1` brings it back within 30 days."
    )
    assert ended.offers == (Offer("undo", "resume s1"),)
    assert twice.text == (
        "**s1** has ended already: daily 09:00, in this channel. `resume s1` brings it back."
    )
    assert back.text.split("\n")[0] == "**s1** goes on: daily 09:00, in this channel."
    assert (gone, there) == ({}, {"s1": "active"})


async def test_what_has_a_twin_by_now_is_not_had_back(host: Host) -> None:
    async with counter(host, is_synced=False) as shop:
        await shop.say("subscribe daily", ANN)
        await shop.say("unsubscribe s1", ANN)
        await shop.say("subscribe daily", ANN)

        assert await shop.refused("resume s1", ANN) == "subscriptions.twin"


async def test_what_was_due_during_a_pause_is_not_posted_and_the_next_post_is_told(host: Host) -> None:
    async with counter(host, is_synced=False) as shop:
        await shop.say("subscribe daily", ANN)
        paused = await shop.say("pause s1", ANN)
        twice = await shop.say("pause s1", ANN)
        shop.now = NOW + 3 * DAY
        resumed = await shop.say("resume s1", ANN)
        one = await shop.one("s1")
        active = await shop.say("resume s1", ANN)

    assert paused.text == (
        "**s1** is paused: daily 09:00, in this channel. What is due meanwhile is not posted."
        " `resume s1` lets it go on."
    )
    assert paused.offers == (Offer("resume", "resume s1"),)
    assert twice.text.startswith("**s1** is paused already")
    assert resumed.text.split("\n")[1] == (
        "Next post: Sat 2026-03-28 09:00 (UTC), in 21 hours."
        " It covers 2026-03-27 00:00 (UTC) ~ 2026-03-28 00:00 (UTC)."
    )
    assert one.starts == NOW + 3 * DAY
    assert active.text.startswith("**s1** is active already")


async def test_what_we_suspended_is_caught_up_with_when_it_is_resumed(host: Host) -> None:
    async with counter(host, is_synced=False) as shop:
        await shop.say("subscribe daily", ANN)
        await shop.registry.suspend("s1", "archived")
        listed = await shop.say("subscriptions", ANN)
        shop.now = NOW + 3 * DAY
        await shop.say("resume s1", ANN)
        one = await shop.one("s1")

    assert listed.text.split("\n")[1] == (
        "- **s1** daily 09:00, in this channel · suspended: the channel is archived; unarchive it,"
        " or `move` it to another one, then `resume s1`"
    )
    assert (one.state, one.reason, one.starts) == ("active", "", NOW)


async def test_one_that_moves_posts_elsewhere_from_now_on(host: Host) -> None:
    async with slack_server() as slack, counter(host, slack, is_synced=False) as shop:
        slack.add_channel("C0AMDNEWS", "amd-news")
        await shop.say("subscribe daily", ANN)
        await shop.say("subscribe daily to:me", ANN)
        moved = await shop.say("move s1 to:#amd-news", ANN)
        one = await shop.one("s1")
        again = await shop.say("move s1 to:#amd-news", ANN)
        await shop.say("pause s1", ANN)
        paused = await shop.say("move s1 to:#general", ANN)
        refused = await shop.refused("move s1 to:me", ANN)

    assert again.text == "**s1** posts there already: daily 09:00, in #amd-news."
    assert paused.text.endswith("It is paused; `resume s1` lets it go on.")
    assert moved.text == "**s1** has moved: daily 09:00, in #amd-news from now on."
    assert one.destination == Destination("slack", TEAM, "C0AMDNEWS")
    assert refused == "subscriptions.twin"


OTHERS_CHANNEL = replace(BEN, channel="C0ELSEWHERE", channel_name="#elsewhere")


@pytest.mark.parametrize(
    ("who", "problem"),
    [
        (ANN, ""),
        (SHELL, ""),
        (replace(BEN, person="U0OWNER"), ""),
        (replace(ALONE, person="U0OWNER"), ""),
        (replace(BEN, manages_channel=True), ""),
        (BEN, "subscriptions.not_yours"),
        (ALONE, "subscriptions.none"),
        (OTHERS_CHANNEL, "subscriptions.none"),
        (replace(OTHERS_CHANNEL, manages_channel=True), "subscriptions.none"),
        (replace(OTHERS_CHANNEL, is_admin=True), ""),
        (replace(ANN, team="T0OTHER", workspace="T0OTHER"), "subscriptions.none"),
        (replace(ANN, surface="discord"), "subscriptions.none"),
        (replace(ANN, team="external", workspace="external"), "subscriptions.none"),
    ],
)
async def test_only_its_owner_and_who_rules_there_change_it(host: Host, who: Context, problem: str) -> None:
    async with counter(host, is_synced=False) as shop:
        await shop.say("subscribe daily", replace(ANN, person="U0OWNER"))
        for line in ("pause s1", "unsubscribe s1"):
            if problem:
                assert await shop.refused(line, who) == problem
            else:
                await shop.say(line, who)
        one = await shop.one("s1")

    assert one.state == ("active" if problem else "ended")


async def test_an_owner_who_rules_there_no_more_does_not_have_it_posted_again(host: Host) -> None:
    async with counter(host, is_synced=False) as shop:
        await shop.say("subscribe daily", ANN)
        no_more = replace(ANN, is_admin=False)
        await shop.say("pause s1", no_more)

        assert await shop.refused("resume s1", no_more) == "subscriptions.managers"


async def test_what_is_posted_to_a_person_is_theirs_alone(host: Host) -> None:
    async with counter(host, is_synced=False) as shop:
        await shop.say("subscribe daily", ALONE)
        refused = [await shop.refused(f"{verb} s1", ANN) for verb in ("pause", "test", "history")]
        await shop.say("pause s1", BEN)

    assert refused == ["subscriptions.none"] * 3


async def test_all_posts_of_a_workspace_are_stopped_by_those_who_manage(host: Host) -> None:
    async with counter(host, is_synced=False) as shop:
        refused = [await shop.refused("pause all", who) for who in (BEN, KEEPER)]
        stopped = await shop.say("pause all", ANN)
        twice = await shop.say("pause all", replace(ANN, channel="C0ELSEWHERE"))
        halts = dict(await shop.registry.halts())
        made = await shop.say("subscribe daily", ANN)
        elsewhere = await shop.say("subscriptions", KEEPER)
        resumed = await shop.say("resume all", ANN)
        none = await shop.say("resume all", ANN)
        left = dict(await shop.registry.halts())
        told = await shop.say("history", BEN)
        elsewhere_told = await shop.say("history", KEEPER)

    assert [line.partition("(UTC), ")[2] for line in told.text.split("\n")[4:]] == [
        "slack-user:U0ANN: let all posts go on",
        "slack-user:U0ANN: set up",
        "slack-user:U0ANN: stopped all posts",
    ]
    assert "Changes" not in elsewhere_told.text
    assert refused == ["subscriptions.managers"] * 2
    assert stopped.text == (
        "All posts in this workspace are stopped, those on their way as well. `resume all` lets them go on."
    )
    assert twice.text == "All posts in this workspace are stopped already, since Tue 2026-03-24 12:00 (UTC)."
    assert list(halts) == [f"slack:{TEAM}"]
    assert "All posts in this workspace are stopped since" in made.text
    assert "stopped" not in elsewhere.text
    assert resumed.text == "Posts in this workspace go on. Subscriptions that somebody paused stay so."
    assert (none.text, left) == ("Posts in this workspace were not stopped.", {})


async def test_the_shell_stops_them_everywhere_and_nobody_else_lets_them_go_on(host: Host) -> None:
    async with counter(host, is_synced=False) as shop:
        await shop.say("pause all", ANN)
        await shop.say("pause all", SHELL)
        in_chat = await shop.say("resume all", ANN)
        told = await shop.say("subscriptions", KEEPER)
        halts = list(await shop.registry.halts())
        await shop.say("pause all", ANN)
        in_shell = await shop.say("resume all", SHELL)

    assert in_chat.text.split("\n")[1].startswith("They stay stopped by whoever runs this bot")
    assert told.text.startswith("All posts in all places are stopped since")
    assert halts == [EVERYWHERE]
    assert in_shell.text.split("\n")[1] == f"Stopped by those who manage them, and still so: slack:{TEAM}."


async def test_where_no_workspace_is_told_nothing_is_stopped(host: Host) -> None:
    async with counter(host, managers="*", is_synced=False) as shop:
        alone = replace(KEEPER, team="", workspace="", channel="")
        assert await shop.refused("pause all", alone) == "subscriptions.no_team"
        assert await shop.refused("subscribe daily to:#general", alone) == "subscriptions.no_server"


async def test_every_change_is_kept_with_who_made_it(host: Host) -> None:
    async with slack_server() as slack, counter(host, slack, is_synced=False) as shop:
        await shop.say("subscribe daily", ANN)
        await shop.say("pause s1", ANN)
        await shop.say("resume s1", SHELL)
        await shop.say("move s1 to:me", ANN)
        await shop.registry.suspend("s1", "no_dm")
        await shop.say("unsubscribe s1", ANN)
        told = await shop.say("history s1", SHELL)

    made = told.text.split("\n")
    assert made[:3] == ["Posts:", "Nothing was due yet.", ""]
    assert [line.partition("(UTC), ")[2] for line in made[4:]] == [
        "slack-user:U0ANN: ended",
        "the bot: suspended (you take no direct messages from me; allow them in your privacy settings)",
        "slack-user:U0ANN: moved",
        "shell: resumed",
        "slack-user:U0ANN: paused",
        "slack-user:U0ANN: set up",
    ]
    assert GENERAL not in told.text
