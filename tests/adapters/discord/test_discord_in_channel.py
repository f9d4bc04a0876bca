"""In the channel: what is asked to stand where all read it, and what may not stand there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from adapters.chat.watching import Cadence
from adapters.discord import actions
from tests.adapters.discord.whole import (
    SECRET,
    buttons_of,
    granted,
    posted,
    quiet,
    result,
    told,
    whole,
    with_secrets,
)
from tests.servers.discord import BOT, GENERAL, GUILD, Permission

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer

ME = f"<@{BOT}>"
PUBLIC_THREAD = 11


async def test_a_digest_is_posted_for_all_with_its_chart(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        for person, title in ((server.ann, "vLLM development report"), (server.ben, "vLLM 开发动态报告")):
            asked = person.slash(GENERAL, "today", {"in": "channel"})
            await result(asked, title)
            (post,) = await posted(server, GENERAL, title)

            assert not asked.is_ephemeral
            assert post.only_for == 0
            assert [file.data[:4] for file in post.files] == [b"\x89PNG"]
            assert actions.THREAD in buttons_of(post)


async def test_an_answer_is_posted_too(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        question = {"question": "any AMD PRs this week?", "in": "channel"}
        await result(server.ann.slash(GENERAL, "ask", question), "#102")
        (post,) = await posted(server, GENERAL, "#102")
        await result(server.ann.slash(GENERAL, "why", {"item": "101", "in": "channel"}), "#101")
        await posted(server, GENERAL, "is in the digest of")

    assert actions.SHARE not in buttons_of(post)
    assert actions.FEEDBACK in buttons_of(post)


async def test_what_a_person_prefers_to_have_posted_comes_below_and_they_are_told(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        await result(server.ann.slash(GENERAL, "prefs", {"in": "channel"}))
        question = {"question": "any AMD PRs this week?"}
        for name, options, words in (("today", {}, "vLLM development report"), ("ask", question, "Yes: 2")):
            asked = server.ann.slash(GENERAL, name, options)
            await told(asked, "Posted in the channel.")
            (post,) = await posted(server, GENERAL, words)

            assert asked.is_ephemeral
            assert post.only_for == 0
        await result(server.ann.slash(GENERAL, "today", {"in": "me"}), "vLLM development report")

    assert len(server.by_bot(GENERAL)) == 2


async def test_it_is_posted_as_well_where_it_takes_no_time(host: Host, server: DiscordServer) -> None:
    async with whole(host, server, cadence=Cadence(first_s=60.0)):
        await result(server.ann.slash(GENERAL, "prefs", {"in": "channel"}))
        asked = server.ann.slash(GENERAL, "today")
        alone = await told(asked, "Posted in the channel.")
        (post,) = await posted(server, GENERAL, "vLLM development report")

    assert alone.only_for == server.ann.id
    assert post is not alone


async def test_it_stands_alone_in_a_direct_message(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        await result(server.ann.slash(server.ann.dm, "prefs", {"in": "channel"}))
        asked = server.ann.slash(server.ann.dm, "status")
        await result(asked, "Holds 10 items")

    assert "Posted in the channel" not in asked.text


# Where it may not write


@pytest.mark.parametrize(
    ("denied", "name"),
    [
        (Permission.SEND_MESSAGES, "Send Messages"),
        (Permission.READ_MESSAGE_HISTORY, "Read Message History"),
    ],
)
async def test_who_asks_where_it_may_not_write_is_told_which_permission_it_lacks_where(
    denied: Permission, name: str, host: Host, server: DiscordServer
) -> None:
    server.deny(GENERAL, denied)
    async with whole(host, server):
        server.ann.says(GENERAL, f"{ME} today")
        (told,) = await posted(server, server.ann.dm)
        await result(server.ben.slash(GENERAL, "status"))
        server.ben.says(GENERAL, f"{ME} today")
        (chinese,) = await posted(server, server.ben.dm)

    assert f"I lack the permission {name} there" in told.text
    assert "general" in told.text
    assert "general" in chinese.text
    assert "权限" in chinese.text
    assert server.by_bot(GENERAL) == []
    assert [each for each in server.called("POST /channels/*/messages") if each.status == 403] == []


async def test_a_thread_needs_a_permission_of_its_own(host: Host, server: DiscordServer) -> None:
    server.deny(GENERAL, Permission.SEND_MESSAGES_IN_THREADS)
    thread = server.add_channel(name="kernels", kind=PUBLIC_THREAD, parent=GENERAL)
    async with whole(host, server):
        server.ann.says(thread, f"{ME} today")
        (told,) = await posted(server, server.ann.dm)

    assert "Send Messages in Threads" in told.text
    assert "kernels" in told.text


async def test_where_it_was_refused_once_nothing_is_sent_any_more_and_commands_are_answered(
    host: Host, server: DiscordServer
) -> None:
    # for a reason that the permissions which the bot knows of do not tell
    missing = {"code": 50013, "message": "Missing Permissions"}
    refusal = server.fail(f"POST /channels/{GENERAL}/*", 403, missing, times=100)
    async with whole(host, server):
        server.ann.says(GENERAL, f"{ME} today")
        (told,) = await posted(server, server.ann.dm)
        refused = len(refusal.met)
        for count in (2, 3):
            server.ann.says(GENERAL, f"{ME} today")
            await posted(server, server.ann.dm, count=count)
        await result(server.ann.slash(GENERAL, "today", {"in": "channel"}), "vLLM development report")

    assert "lacks a permission in #general: Send Messages" in told.text
    assert 1 <= refused <= 2
    assert len(refusal.met) == refused
    assert server.invalid_requests == refused


async def test_who_takes_no_direct_messages_is_told_nothing_and_that_is_in_the_log(
    host: Host, server: DiscordServer
) -> None:
    server.users[server.ann.id].allows_dms = False
    server.deny(GENERAL, Permission.SEND_MESSAGES)
    async with whole(host, server):
        with capture_logs() as logs:
            server.ann.says(GENERAL, f"{ME} today")
            await quiet(server)
            await server.until(lambda: [each for each in server.calls if each.code == 50007])
            await quiet(server)

    (line,) = [each for each in logs if each["event"] == "nobody could be told"]
    assert line["error"] == "discord.no_dm"
    assert server.by_bot() == []


async def test_a_locked_thread_is_left_alone(host: Host, server: DiscordServer) -> None:
    thread = server.add_channel(name="kernels", kind=PUBLIC_THREAD, parent=GENERAL)
    async with whole(host, server):
        server.fail(f"POST /channels/{thread.id}/*", 400, {"code": 50083, "message": "archived"}, times=100)
        server.ann.says(thread, f"{ME} today")
        (told,) = await posted(server, server.ann.dm)

    assert "That thread is locked or archived" in told.text
    assert server.by_bot(thread.id) == []


# Private repositories


async def test_a_private_repository_of_a_server_is_told_in_its_channels_and_in_no_others(
    host: Host, server: DiscordServer
) -> None:
    elsewhere = server.add_guild(server.snowflake(), "Elsewhere")
    other = next(each.id for each in server.channels.values() if each.guild == elsewhere.id)
    async with whole(host, server, world=with_secrets(), **granted(f"discord:{GUILD}")):
        for line in (("today", {}), ("status", {}), ("why", {"item": "7"})):
            name, options = line
            told = await result(server.ann.slash(GENERAL, name, {**options, "repo": SECRET}))
            hidden = await result(server.ann.slash(other, name, {**options, "repo": SECRET}))

            assert "⚠️" not in told.text
            assert f"There is no repository {SECRET}" in hidden.text
        server.ann.says(GENERAL, f"{ME} status repo:{SECRET}")
        await posted(server, GENERAL, SECRET)
        server.ann.says(other, f"{ME} status repo:{SECRET}")
        await posted(server, other, f"There is no repository {SECRET}")


async def test_a_private_repository_of_a_person_is_told_in_their_direct_messages_alone(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server, world=with_secrets(), **granted(f"discord-user:{server.ann.id}")):
        told = await result(server.ann.slash(server.ann.dm, "today", {"repo": SECRET}))
        server.ann.says(server.ann.dm, f"why 7 repo:{SECRET}")
        await posted(server, server.ann.dm, "takeover")
        for options in ({}, {"in": "channel"}):
            hidden = await result(server.ann.slash(GENERAL, "today", {"repo": SECRET, **options}))
            assert f"There is no repository {SECRET}" in hidden.text
        server.ann.says(GENERAL, f"{ME} today repo:{SECRET}")
        await posted(server, GENERAL, f"There is no repository {SECRET}", 2)
        server.ben.says(server.ben.dm, f"today repo:{SECRET}")
        (refused,) = await posted(server, server.ben.dm)
        typing = server.ann.autocomplete(GENERAL, "today", "repo", "engine")
        await typing.until(lambda: typing.choices is not None)

    assert "engine" in told.text
    assert f"There is no repository {SECRET}" in refused.text
    assert typing.choices == []
    assert all("takeover" not in each.text for each in server.by_bot(GENERAL))


async def test_a_repository_that_is_refused_and_one_that_is_not_there_read_alike(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server, world=with_secrets()):
        refused = await result(server.ann.slash(GENERAL, "today", {"repo": SECRET}))
        absent = await result(server.ann.slash(GENERAL, "today", {"repo": "acme/absent"}))

    assert refused.text.replace(SECRET, "acme/absent") == absent.text
    assert buttons_of(refused) == buttons_of(absent)
