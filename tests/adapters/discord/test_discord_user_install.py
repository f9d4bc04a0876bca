"""The app of one person: used where the bot is no part of the conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.discord import actions
from tests.adapters.discord.whole import (
    SECRET,
    buttons_of,
    granted,
    result,
    told,
    whole,
    with_secrets,
    words_of,
)
from tests.servers.discord import GUILD, Permission

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer


def outside(server: DiscordServer, *, everybody_may: bool = True) -> int:
    """A channel of a server that the bot is not in, where Ben may use his own apps."""
    server.users[server.ben.id].has_installed = True
    guild = server.add_guild(server.snowflake(), "Elsewhere", has_bot=False)
    if not everybody_may:
        guild.roles[guild.id].permissions &= ~int(Permission.USE_EXTERNAL_APPS)
    return next(each.id for each in server.channels.values() if each.guild == guild.id)


async def test_it_answers_in_a_group_and_in_a_server_without_the_bot(
    host: Host, server: DiscordServer
) -> None:
    channel = outside(server)
    group = server.add_private(server.ann.id, server.ben.id, server.add_user().id)
    pair = server.add_private(server.ann.id, server.ben.id)
    async with whole(host, server):
        for where in (channel, group.id, pair.id):
            asked = server.ben.slash(where, "today")
            digest = await result(asked, "vLLM 开发动态报告")

            assert digest.only_for == server.ben.id
            assert asked.refused == []
            shown = await result(server.ben.slash(where, "today", {"in": "channel"}), "vLLM 开发动态报告")
            assert shown.only_for == 0

    assert [each for each in server.called("* /channels/*") if each.method != "GET"] == []


async def test_a_message_there_can_be_explained(host: Host, server: DiscordServer) -> None:
    channel = outside(server)
    async with whole(host, server):
        message = server.ann.says(channel, "https://github.com/vllm-project/vllm/pull/101")
        answer = await result(server.ben.explain(message), "#101")

    assert answer.only_for == server.ben.id


async def test_where_discord_hides_what_such_apps_answer_nothing_is_said_to_be_posted(
    host: Host, server: DiscordServer
) -> None:
    channel = outside(server, everybody_may=False)
    async with whole(host, server):
        for options in ({"in": "channel"}, {}):
            asked = server.ben.slash(channel, "today", options)
            digest = await result(asked, "vLLM 开发动态报告")
            if options:
                await told(asked, "只向你一人显示")
            assert actions.THREAD not in buttons_of(digest)
            assert "已发布到频道" not in asked.text
            assert {each.only_for for each in asked.messages} == {server.ben.id}
        pressed = server.ben.press(digest, actions.SHARE)
        refused = await result(pressed, "只向你一人显示")

    assert "已发布到频道" not in words_of(refused)
    assert server.by_bot() == []


async def test_a_private_repository_of_a_person_is_never_told_where_others_read_along(
    host: Host, server: DiscordServer
) -> None:
    server.users[server.ann.id].has_installed = True
    channel = outside(server)
    group = server.add_private(server.ann.id, server.ben.id, server.add_user().id)
    pair = server.add_private(server.ann.id, server.ben.id)
    grants = granted(f"discord-user:{server.ann.id}", f"discord:{GUILD}")
    async with whole(host, server, world=with_secrets(), **grants):
        await result(server.ann.slash(server.ann.dm, "today", {"repo": SECRET}), "engine")
        for where in (channel, group.id, pair.id):
            for name, more in (("today", {"in": "channel"}), ("today", {}), ("why", {"item": "7"})):
                refused = await result(server.ann.slash(where, name, {"repo": SECRET, **more}))
                assert f"There is no repository {SECRET}" in words_of(refused), (where, name, more)
            link = server.ben.says(where, f"https://github.com/{SECRET}/issues/7")
            refused = await result(server.ann.explain(link))
            assert f"There is no repository {SECRET}" in words_of(refused)

    shown = [
        each for each in server.all_messages if each.channel != server.ann.dm and each.author != server.ben.id
    ]
    assert all(
        "takeover" not in version.content + str(version.components)
        for each in shown
        for version in each.versions
    )


async def test_nobodys_settings_are_kept_for_a_group(host: Host, server: DiscordServer) -> None:
    server.users[server.ann.id].has_installed = True
    group = server.add_private(server.ann.id, server.ben.id, server.add_user().id)
    async with whole(host, server):
        for scope in ("channel", "server"):
            told = await result(server.ann.slash(group, "prefs", {"for": scope, "lang": "zh"}))
            assert "⚠️" in told.text, scope
        await result(server.ann.slash(group, "today"), "vLLM development report")


async def test_whoever_owns_a_server_without_the_bot_rules_neither_topics_nor_settings(
    host: Host, server: DiscordServer
) -> None:
    channel = outside(server)
    server.guilds[server.channels[channel].guild].owner = server.ben.id
    topic = {"key": "amd", "action": "add", "item": "104"}
    async with whole(host, server):
        mended = await result(server.ben.slash(channel, "topic", topic))
        for scope in ("channel", "server"):
            refused = await result(server.ben.slash(channel, "prefs", {"for": scope, "tz": "Asia/Tokyo"}))
            assert "⚠️" in refused.text, scope

    assert "已提议" in mended.text
