"""Subscribing in Discord, with everything behind it: from the command to the buttons below what was done."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.adapters.discord.pressing import answer_of, only_me, told
from tests.adapters.discord.whole import quiet, result, whole, words_of
from tests.servers.discord import GENERAL, GUILD, walked

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer, Message, Person

MORNING = {"schedule": "daily 09:00", "topic": "amd"}


def labels(message: Message) -> list[str]:
    return [str(each["label"]) for each in walked(message.components) if each["type"] == 2]


async def suggested(
    person: Person, command: str, option: str = "id", channel: int = GENERAL
) -> dict[str, str]:
    """The suggestions, value -> label."""
    typing = person.autocomplete(channel, command, option, "")
    await typing.acknowledged()
    return {each["value"]: each["name"] for each in typing.choices or ()}


async def test_a_subscription_is_made_shown_undone_and_taken_up_again(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        made = await only_me(server.ann, "subscribe", options=MORNING)
        assert "s1" in words_of(made)
        assert labels(made) == ["One now, only to me", "Undo"]
        assert list(await suggested(server.ann, "unsubscribe")) == ["s1"]

        shown = await told(server.ann.press(made, "One now, only to me"))
        assert shown.only_for == server.ann.id
        assert "vLLM development report - 2026-03-23" in words_of(shown)

        undone = await told(server.ann.press(made, "Undo"))
        assert await suggested(server.ann, "unsubscribe") == {}

        await told(server.ann.press(undone, "Undo"))
        assert list(await suggested(server.ann, "unsubscribe")) == ["s1"]
    assert server.by_bot() == []


async def test_what_is_suggested_tells_the_line_the_channel_and_the_state(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        await only_me(server.ann, "subscribe", options=MORNING)
        label = (await suggested(server.ann, "pause"))["s1"]
        assert label.startswith("s1 · daily 09:00")
        assert "topic:amd" in label
        assert label.endswith(" · #general")

        await result(server.ann.slash(GENERAL, "pause", {"id": "s1"}))

        assert (await suggested(server.ann, "resume"))["s1"].startswith("s1 · paused · daily 09:00")
        assert await suggested(server.ann, "pause") == {}


async def test_whoever_manages_nothing_subscribes_for_themselves_alone(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        refused = await only_me(server.ben, "subscribe", options=MORNING)
        assert labels(refused) == []
        assert await suggested(server.ann, "unsubscribe") == {}

        made = await only_me(server.ben, "subscribe", channel=server.ben.dm, options=MORNING)

        assert labels(made) == ["立即试发，仅自己可见", "撤销"]
        assert list(await suggested(server.ben, "unsubscribe", channel=server.ben.dm)) == ["s1"]
        assert await suggested(server.ann, "unsubscribe") == {}


async def test_a_subscription_can_go_to_another_channel(host: Host, server: DiscordServer) -> None:
    reports = server.add_channel(name="reports")
    async with whole(host, server):
        made = await only_me(server.ann, "subscribe", options={**MORNING, "channel": reports.id})
        assert "reports" in words_of(made)
        assert (await suggested(server.ann, "posts move"))["s1"].endswith("#reports")

        await result(server.ann.slash(GENERAL, "posts move", {"id": "s1", "channel": GENERAL}), "moved")

        assert (await suggested(server.ann, "posts move"))["s1"].endswith("#general")


async def test_an_identical_one_is_refused_with_the_first_ones_id(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        await only_me(server.ann, "subscribe", options=MORNING)

        again = await answer_of(server.ann.slash(GENERAL, "subscribe", MORNING))

        assert "s1" in words_of(again)
        assert list(await suggested(server.ann, "unsubscribe")) == ["s1"]


async def test_a_watch_is_ended_as_a_subscription_is(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        made = await only_me(server.ann, "watch", options={"topic": "amd", "max": 5})
        assert "w1" in words_of(made)
        assert labels(made) == ["Undo"]

        await result(server.ann.slash(GENERAL, "unsubscribe", {"id": "w1"}))

        assert await suggested(server.ann, "unsubscribe") == {}


async def test_subscriptions_of_a_channel_that_is_deleted_stop(host: Host, server: DiscordServer) -> None:
    reports = server.add_channel(name="reports")
    async with whole(host, server):
        await only_me(server.ann, "subscribe", options={**MORNING, "channel": reports.id})

        server.delete_channel(reports.id)
        await _until_stopped(server)

        assert "suspended" in (await suggested(server.ann, "resume"))["s1"]


async def test_subscriptions_of_a_server_that_removes_the_bot_stop(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        await only_me(server.ann, "subscribe", options=MORNING)

        server.remove_guild(GUILD)
        await result(server.ben.slash(server.ben.dm, "help"))
        server.join_guild(GUILD)
        await _until_stopped(server)

        await result(server.ann.slash(GENERAL, "resume", {"id": "s1"}))
        assert "s1" in await suggested(server.ann, "pause")


async def _until_stopped(server: DiscordServer) -> None:
    """What is stopped can be resumed. Raises TimeoutError."""
    async with asyncio.timeout(30):
        while "s1" not in await suggested(server.ann, "resume"):
            await quiet(server)
