"""Who may use the bot, how often, and who rules it: the settings hold on every way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.adapters.discord.whole import posted, result, whole, words_of
from tests.servers.discord import ANN, BEN, BOT, GENERAL, GUILD, Permission

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer

ME = f"<@{BOT}>"


async def test_who_is_not_named_is_refused_on_every_way_in(host: Host, server: DiscordServer) -> None:
    async with whole(host, server, DIGEST_USERS=f"discord-user:{ANN}"):
        link = server.ann.says(GENERAL, "https://github.com/vllm-project/vllm/pull/101")
        said = [
            await result(server.ben.slash(GENERAL, "today")),
            await result(server.ben.slash(GENERAL, "prefs", {"for": "channel"})),
            await result(server.ben.explain(link)),
        ]
        server.ben.says(GENERAL, f"{ME} today")
        said += await posted(server, GENERAL)
        server.ben.says(server.ben.dm, "today")
        said += await posted(server, server.ben.dm)
        typing = server.ben.autocomplete(GENERAL, "today", "repo")
        await typing.until(lambda: typing.choices is not None)
        await result(server.ann.slash(GENERAL, "today"), "vLLM development report")

    assert len(said) == 5
    assert all("DIGEST_USERS" in words_of(each) for each in said)
    assert typing.choices == []


async def test_a_server_that_is_named_may_in_its_channels(host: Host, server: DiscordServer) -> None:
    elsewhere = server.add_guild(server.snowflake(), "Elsewhere")
    other = next(each.id for each in server.channels.values() if each.guild == elsewhere.id)
    async with whole(host, server, DIGEST_USERS=f"discord:{GUILD}"):
        await result(server.ben.slash(GENERAL, "today"), "vLLM 开发动态报告")
        await result(server.ben.slash(other, "today"), "DIGEST_USERS")
        await result(server.ben.slash(server.ben.dm, "today"), "DIGEST_USERS")


async def test_who_asks_too_often_is_told_when_they_may_again_and_others_go_on(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server, DIGEST_RATE_PER_USER="2/h"):
        for _ in range(2):
            await result(server.ann.slash(GENERAL, "topics"), "AMD/ROCm")
        await result(server.ann.slash(GENERAL, "topics"), "That was too much at once")
        server.ann.says(GENERAL, f"{ME} topics")
        await posted(server, GENERAL, "That was too much at once")
        await result(server.ben.slash(GENERAL, "topics"), "AMD/ROCm")


@pytest.mark.parametrize(
    ("managers", "holds"), [("admins", True), (f"discord-user:{BEN}", False)], ids=["admins", "Ben"]
)
async def test_a_topic_of_who_rules_holds_and_that_of_others_is_a_proposal(
    managers: str, holds: bool, host: Host, server: DiscordServer
) -> None:
    async with whole(host, server, DIGEST_MANAGERS=managers):
        for person, item in ((server.ann, "101"), (server.ben, "102")):
            options = {"key": "amd", "action": "add", "item": item, "because": "it is for MI300 alone"}
            message = await result(person.slash(GENERAL, "topic", options))
            rules = (person.id == ANN) == holds

            assert any(word in message.text for word in ("Proposed", "已提议")) != rules, message.text


async def test_a_channels_settings_are_changed_by_who_manages_it_and_hold_for_others(
    host: Host, server: DiscordServer
) -> None:
    change = {"for": "channel", "tz": "Asia/Tokyo", "lang": "en"}
    async with whole(host, server):
        refused = await result(server.ben.slash(GENERAL, "prefs", change))
        server.allow(GENERAL, Permission.MANAGE_CHANNELS, who=BEN)
        saved = await result(server.ben.slash(GENERAL, "prefs", change), "Asia/Tokyo")
        server.ann.says(GENERAL, f"{ME} today")
        (post,) = await posted(server, GENERAL, "vLLM development report")
        elsewhere = server.add_channel(name="other")
        server.tell_channel("CHANNEL_CREATE", elsewhere)
        server.ann.says(elsewhere, f"{ME} today")
        (other,) = await posted(server, elsewhere.id, "vLLM development report")

    assert "⚠️" in refused.text
    assert "管理频道" in refused.text
    assert saved.only_for == BEN
    assert "Asia/Tokyo" in post.text
    assert "Asia/Tokyo" not in other.text


async def test_a_servers_settings_are_changed_by_who_manages_it(host: Host, server: DiscordServer) -> None:
    change = {"for": "server", "lang": "zh"}
    async with whole(host, server):
        refused = await result(server.ben.slash(GENERAL, "prefs", change, locale="en-US"))
        await result(server.ann.slash(GENERAL, "prefs", change))
        person = server.person(server.add_user(name="cyd").id)
        person.says(GENERAL, f"{ME} today")
        await posted(server, GENERAL, "vLLM 开发动态报告")
        nowhere = await result(server.ann.slash(server.ann.dm, "prefs", change))

    assert "Manage Server" in refused.text
    assert "⚠️" in nowhere.text
