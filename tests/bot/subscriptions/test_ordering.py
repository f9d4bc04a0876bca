"""Ordering: what is said back, where it will be posted, who may have it posted, and what cannot be ordered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.chat import Context, Offer
from adapters.chat.delivering import Destination
from bot.access import Principal
from bot.grammar.commands import Hours, Schedule
from bot.grammar.expressions import Time
from bot.subscriptions.ordering import MOST_OF_A_PERSON
from summarizer.filters import Filter
from tests.bot.running import Host
from tests.bot.subscriptions.counter import ALONE, ANN, BEN, KEEPER, counter
from tests.bot.talk import SHELL, TERMINAL, talked_about
from tests.servers.redis.valkey import running
from tests.servers.slack import GENERAL, TEAM, slack_server

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE = "acme/engine"
HERE = Destination("slack", TEAM, GENERAL)


async def test_it_is_told_when_it_posts_what_it_covers_and_what_that_costs(host: Host) -> None:
    async with counter(host) as shop:
        reply = await shop.say("subscribe daily 09:00 topic:amd quiet-if-empty", ANN)

    covers = "It covers 2026-03-24 00:00 (UTC) ~ 2026-03-25 00:00 (UTC)."
    assert reply.text.split("\n") == [
        "**s1** is set up: daily 09:00 topic:amd quiet-if-empty, in this channel.",
        f"First post: Wed 2026-03-25 09:00 (UTC), in 21 hours. {covers}",
        "Then: Thu 2026-03-26 09:00 (UTC), Fri 2026-03-27 09:00 (UTC).",
        "A run costs nothing: no model is set.",
    ]
    assert reply.offers == (Offer("now", "test s1"), Offer("undo", "unsubscribe s1"))
    assert shop.woken == 1


async def test_what_is_not_on_disk_yet_is_said_so(tmp_path: Path) -> None:
    with running(tmp_path / "server", appendonly="no") as node:
        async with counter(Host(node.url, tmp_path), is_synced=False) as shop:
            reply = await shop.say("subscribe daily", ANN)

    assert reply.text.split("\n")[-1].startswith("Saved, not yet on disk: ")


async def test_it_is_told_in_the_language_and_zone_of_who_asks(host: Host) -> None:
    async with counter(host) as shop:
        reply = await shop.say("订阅 每周一 10:00", replace(ANN, lang="zh", tz="Asia/Shanghai"))
        one = await shop.one("s1")

    covers = "内容为 2026-03-23 00:00 (UTC+8) ~ 2026-03-30 00:00 (UTC+8)。"
    assert reply.text.split("\n") == [
        "**s1** 已设好：weekly mon 10:00，发到本频道。",
        f"首次发布：2026-03-30 周一 10:00（UTC+8），6 天后。{covers}",
        "之后：2026-04-06 周一 10:00（UTC+8）、2026-04-13 周一 10:00（UTC+8）。",
        "每次不花费用：没有设置模型。",
    ]
    assert (one.lang, one.tz, one.edition, one.cut) == ("zh", "Asia/Shanghai", "weekly", "day")


async def test_all_that_the_line_says_is_kept(host: Host) -> None:
    async with counter(host) as shop:
        await shop.say(
            "subscribe daily 18:00 cut:due label:rocm,amd -label:ci topic:ROCm tz:Asia/Tokyo lang:zh edition:weekly"
            ' sections:topic-rocm,SUMMARY hush:22-7 holidays:cn catchup:skip name:"Evening one" quiet-if-empty',
            ANN,
        )
        one = await shop.one("s1")

    assert one.schedule == Schedule("daily", at=Time(18, 0))
    assert one.filters == (
        Filter("label", ("rocm", "amd")),
        Filter("label", ("ci",), negated=True),
        Filter("topic", ("amd",)),
    )
    assert (one.tz, one.lang, one.edition, one.cut) == ("Asia/Tokyo", "zh", "weekly", "due")
    assert (one.sections, one.hush, one.holidays) == (("summary", "topic-amd"), Hours(22, 7), "CN")
    assert (one.catchup, one.name, one.quiet_if_empty) == ("skip", "Evening one", True)
    assert (one.owner, one.repo, one.destination) == ("slack-user:U0ANN", "vllm-project/vllm", HERE)
    assert one.created_at == one.starts == shop.now


async def test_the_same_said_otherwise_is_refused_with_the_id_of_the_first(host: Host) -> None:
    async with counter(host) as shop:
        await shop.say("subscribe daily topic:amd label:a,b sections:hot,summary", ANN)
        same = (
            "subscribe daily 09:00 label:b,a topic:rocm sections:summary,hot name:Mine repo:vLLM-project/VLLM"
        )
        refused = await shop.refused(same, replace(ANN, person="U0EVE"))
        others = [
            await shop.say(f"{same} {more}", ANN) for more in ("lang:zh", "quiet-if-empty", "importance:5")
        ]
        await shop.say("unsubscribe s1", ANN)
        again = await shop.say(same, ANN)

    assert refused == "subscriptions.twin"
    assert [reply.text[:6] for reply in others] == ["**s2**", "**s3**", "**s4**"]
    assert again.text.startswith("**s5** ")


async def test_a_watch_says_how_often_it_speaks_at_most(host: Host) -> None:
    async with counter(host) as shop:
        default = await shop.say("watch topic:rocm", ANN)
        chosen = await shop.say("watch label:quantization max:1/h hush:22-7", ANN)
        kept = await shop.one("w1")

    assert default.text.split("\n") == [
        "**w1** is set up: items with topic:amd as they happen, in this channel, at most 6 messages an hour.",
        "It costs nothing: no model is asked for it.",
    ]
    assert "hush:22-7 as they happen, in this channel, at most 1 message an hour." in chosen.text
    assert default.offers == (Offer("undo", "unwatch w1"),)
    assert (kept.is_watch, kept.max_per_hour, kept.schedule) == (True, 6, None)


# --- where


async def test_a_channel_is_named_by_id_by_link_or_by_name(host: Host) -> None:
    async with slack_server() as slack, counter(host, slack) as shop:
        slack.add_channel("C0AMDNEWS", "amd-news", is_private=True)
        slack.add_channel("C0FARAWAY", "far", is_member=False)
        for hour, to in enumerate(
            ("C0AMDNEWS", "<#C0AMDNEWS|amd-news>", "#amd-news", f"<#{GENERAL}|general>")
        ):
            await shop.say(f"subscribe daily {hour:02}:00 to:{to}", ANN)
        places = [each.destination for each in await shop.registry.all()]
        missing = [await shop.refused(f"subscribe daily to:{to}", ANN) for to in ("#far", "#nowhere")]

    assert [(place.channel, place.name) for place in places] == [
        *[("C0AMDNEWS", "#amd-news")] * 3,
        (GENERAL, "#general"),
    ]
    assert missing == ["subscriptions.no_channel"] * 2


async def test_a_channel_that_the_bot_is_not_in_is_not_subscribed_from_within(host: Host) -> None:
    async with slack_server() as slack, counter(host, slack, is_synced=False) as shop:
        slack.add_channel("C0FARAWAY", "far", is_member=False)
        slack.add_channel("C0SHAREDONE", "with-partners", is_ext_shared=True)
        refused = await shop.refused("subscribe daily", replace(ANN, channel="C0FARAWAY"))
        # a slash command tells neither the name of a private channel nor who else is in it
        await shop.say("subscribe daily", replace(ANN, channel="C0SHAREDONE", channel_name=""))
        one = await shop.one("s1")

    assert refused == "subscriptions.not_in_channel"
    assert (one.destination.name, one.destination.is_shared) == ("#with-partners", True)


async def test_in_a_direct_message_it_is_posted_to_who_asks(host: Host) -> None:
    async with counter(host) as shop:
        reply = await shop.say("subscribe daily", ALONE)
        await shop.say("subscribe weekly to:me", BEN)
        await shop.say("subscribe daily", replace(KEEPER, team="", workspace="", channel=""))
        places = [each.destination for each in await shop.registry.all()]
        readers = [each.reader for each in await shop.registry.all()]

    assert "daily 09:00, to you alone." in reply.text
    assert places == [
        *[Destination("slack", TEAM, person="U0BEN")] * 2,
        Destination("discord", person="3"),
    ]
    assert readers == [Principal("slack-user", "U0BEN")] * 2 + [Principal("discord-user", "3")]


async def test_below_a_message_only_where_that_is_said(host: Host) -> None:
    in_thread = replace(ANN, thread="1700000000.000100")
    async with counter(host) as shop:
        await shop.say("subscribe daily", in_thread)
        await shop.say("subscribe daily to:thread", in_thread)
        refused = await shop.refused("subscribe daily 10:00 to:thread", ANN)
        threads = [each.destination.thread for each in await shop.registry.all()]

    assert (threads, refused) == (["", "1700000000.000100"], "subscriptions.no_thread")


async def test_the_shell_says_where(host: Host) -> None:
    async with slack_server() as slack, counter(host, slack) as shop:
        for hour, to in enumerate(
            (
                f"slack:{TEAM}/{GENERAL}",
                f"slack:{TEAM}/#general",
                "#general",
                f"slack:{TEAM}/@U0BEN",
                "discord:42/@7",
                "terminal",
            )
        ):
            await shop.say(f"subscribe daily {hour:02}:00 to:{to}", SHELL)
        places = [str(each.destination) for each in await shop.registry.all()]
        refused = [
            await shop.refused(f"subscribe daily {to}", context)
            for context in (SHELL, TERMINAL)
            for to in ("", "to:slack:nothing", "to:discord:x/2", "to:slack:T1/@x", "to:me", "to:discord:1/2")
        ]

    assert places == [*[f"slack:{TEAM}/{GENERAL}"] * 3, f"slack:{TEAM}/@U0BEN", "discord:@7", "terminal:"]
    each_time = [*["subscriptions.where"] * 4, "subscriptions.no_channel", "subscriptions.no_platform"]
    assert refused == each_time * 2


@pytest.mark.parametrize(
    "context",
    [
        Context("discord", team="external", person="1", channel="5"),
        Context("discord", team="8", person="1"),  # a server that the bot is not on
        Context(
            "slack", team="external", workspace="external", person="U0FAR", channel=GENERAL, is_admin=True
        ),
    ],
)
async def test_where_the_bot_is_no_member_nothing_is_posted(host: Host, context: Context) -> None:
    async with counter(host, managers="*") as shop:
        assert await shop.refused("subscribe daily", context) == "subscriptions.nowhere"


# --- who


@pytest.mark.parametrize(
    ("who", "managers", "may"),
    [
        (ANN, "admins", True),
        (BEN, "admins", False),
        (BEN, "slack-user:U0BEN", True),
        (BEN, "*", True),
        (ANN, "slack-user:U0BEN", False),
        (KEEPER, "admins", True),
        (replace(KEEPER, manages_channel=False), "admins", False),
        (ALONE, "admins", True),
    ],
)
async def test_for_a_channel_only_who_rules_it_subscribes(
    host: Host, who: Context, managers: str, *, may: bool
) -> None:
    async with counter(host, managers=managers, is_synced=False) as shop:
        told = await shop.commands.may(who)
        outcome = "" if may else await shop.refused("subscribe daily", who)
        if may:
            await shop.say("subscribe daily", who)

    assert told is may
    assert outcome == ("" if may else "subscriptions.managers")


async def test_for_another_channel_only_managers_subscribe(host: Host) -> None:
    async with slack_server() as slack, counter(host, slack) as shop:
        slack.add_channel("C0AMDNEWS", "amd")
        keeper = replace(BEN, manages_channel=True)
        own = await shop.say("subscribe daily", keeper)
        refused = [await shop.refused("subscribe daily to:C0AMDNEWS", who) for who in (keeper, ALONE)]

    assert own.text.startswith("**s1** ")
    assert refused == ["subscriptions.managers"] * 2


async def test_nobody_fills_the_store_with_posts_to_themselves(host: Host) -> None:
    async with counter(host, is_synced=False) as shop:
        for minute in range(MOST_OF_A_PERSON):
            await shop.say(f"subscribe daily 09:{minute:02}", ALONE)
        refused = await shop.refused("subscribe weekly", ALONE)
        await shop.say("subscribe weekly", ANN)

    assert refused == "subscriptions.full"


# --- what may be read, and what cannot be


async def test_a_private_repository_goes_only_where_it_may_be_read(host: Host) -> None:
    world = talked_about()
    world.repository(PRIVATE, private=True)
    line = f"subscribe daily repo:{PRIVATE}"
    async with counter(host, world=world, access=f"{PRIVATE}=slack:{TEAM}", is_synced=False) as shop:
        granted = await shop.say(line, ANN)
        refused = [
            await shop.refused(line, who)
            for who in (ALONE, KEEPER, replace(ANN, team="external", channel="C0SHAREDONE"))
        ]
        unknown = await shop.refused("subscribe daily repo:acme/absent", ANN)

    assert granted.text.startswith(f"**s1** is set up: daily 09:00 repo:{PRIVATE}")
    assert refused == [unknown] * 3


async def test_what_others_read_along_is_not_read_by_the_workspace(host: Host) -> None:
    async with slack_server() as slack, counter(host, slack) as shop:
        slack.add_channel("C0SHAREDONE", "with-partners", is_ext_shared=True)
        await shop.say("subscribe daily", replace(ANN, team="external", channel="C0SHAREDONE"))
        await shop.say("subscribe weekly to:C0SHAREDONE", ANN)
        both = await shop.registry.all()

    assert [each.destination for each in both] == [Destination("slack", TEAM, "C0SHAREDONE")] * 2
    assert [each.reader for each in both] == [Principal("slack", "external")] * 2


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("subscribe daily sections:nope", "subscriptions.section"),
        ("subscribe weekly sections:hot", "subscriptions.section"),
        ("subscribe daily sections:topic-moe", "subscriptions.section"),
        ("subscribe daily holidays:XX", "schedule.country"),
        ("subscribe daily 03:00 hush:22-8", "schedule.never"),
        ('subscribe cron:"61 9 * * *"', "schedule.cron"),
        ("subscribe daily max:5/h", "option.not_here"),
        ("watch topic:amd sections:summary", "option.not_here"),
        ("watch topic:amd cut:day", "option.not_here"),
        ("watch topic:amd edition:weekly", "option.not_here"),
        ("watch topic:amd quiet-if-empty", "option.not_here"),
        ("watch topic:amd holidays:CN", "option.not_here"),
        ("watch topic:amd importance:7", "subscriptions.watch_importance"),
        ("test s1 name:x", "option.not_here"),
        ("pause s1 topic:amd", "option.not_here"),
        ("move s1 to:#general name:x", "option.not_here"),
    ],
)
async def test_what_cannot_be_ordered_is_said_before_anything_is_kept(
    host: Host, line: str, problem: str
) -> None:
    async with counter(host, is_synced=False) as shop:
        refused = await shop.refused(line, ANN)
        kept = await shop.registry.all()

    assert (refused, kept, shop.woken) == (problem, [], 0)


async def test_the_sections_of_all_topics_are_named_together(host: Host) -> None:
    async with counter(host, is_synced=False) as shop:
        await shop.say("subscribe daily sections:topic-*,summary", ANN)
        one = await shop.one("s1")

    assert one.sections == ("summary", "topic-*")
