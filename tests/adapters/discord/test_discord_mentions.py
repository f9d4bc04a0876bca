"""Mentions: what is said to the bot in a channel or a thread is answered below it; what is not, is not heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.discord import actions, lines
from tests.adapters.discord.whole import buttons_of, posted, quiet, result, whole
from tests.servers.discord import BOT, GENERAL, Version

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer

ME = f"<@{BOT}>"
PUBLIC_THREAD = 11


async def test_a_mention_is_answered_below_it_with_the_digest(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        asked = server.ann.says(GENERAL, f"{ME} today")
        (post,) = await posted(server, GENERAL, "vLLM development report")

    assert post.reference == asked.id
    assert post.is_v2
    assert [actions.THREAD in buttons_of(post), actions.FULL in buttons_of(post)] == [True, True]
    (chart,) = post.files
    assert chart.data.startswith(b"\x89PNG")
    assert chart.description
    assert server.typings == [GENERAL]
    assert not post.pings_author


@pytest.mark.parametrize(
    "text",
    ["what was merged today {me}?", "{me}what was merged today?", "<@!{id}> what was merged today?"],
)
async def test_the_mention_may_stand_anywhere_in_what_is_said(
    text: str, host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        asked = server.ann.says(GENERAL, text.format(me=ME, id=BOT))
        answer = (await posted(server, GENERAL, "#101"))[-1]

    assert answer.reference == asked.id
    assert actions.FEEDBACK in buttons_of(answer)


async def test_a_mention_alone_says_what_the_bot_can_do(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        server.ann.says(GENERAL, ME)
        (answer,) = await posted(server, GENERAL)

    assert "reads a busy GitHub repository" in answer.text
    assert answer.files == []


async def test_a_mention_speaks_the_language_that_the_person_used_last(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        server.ben.says(GENERAL, f"{ME} yesterday")
        await posted(server, GENERAL, "vLLM development report - 2026-03-23")
        await result(server.ben.slash(GENERAL, "status"), "现有 10 个条目")
        server.ben.says(GENERAL, f"{ME} today")
        await posted(server, GENERAL, "vLLM 开发动态报告 - 2026-03-24")
        server.ben.says(GENERAL, f"{ME} 今天 AMD 有哪些 PR？")
        await posted(server, GENERAL, "#102", 2)


async def test_a_thread_is_one_conversation_and_a_channel_is_none(host: Host, server: DiscordServer) -> None:
    thread = server.add_channel(name="kernels", kind=PUBLIC_THREAD, parent=GENERAL)
    async with whole(host, server):
        server.ann.says(thread, f"{ME} which PRs were opened today?")
        (first,) = await posted(server, thread.id, "2 PRs")
        server.ben.says(thread, f"{ME} only the AMD ones")
        second = (await posted(server, thread.id, "#102", 2))[-1]
        server.ben.says(GENERAL, f"{ME} only the AMD ones")
        third = (await posted(server, GENERAL))[-1]

    assert "#103" in first.text
    assert "#103" not in second.text
    assert "#102" not in third.text


async def test_a_thread_below_a_digest_goes_on_from_it(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        server.ann.says(GENERAL, f"{ME} today")
        (post,) = await posted(server, GENERAL, "vLLM development report")
        # which somebody begins in their client
        thread = server.add_channel(post.id, "today", kind=PUBLIC_THREAD, parent=GENERAL)
        server.tell_channel("THREAD_CREATE", thread)
        server.ben.says(thread, f"{ME} topic:amd")
        (refined,) = await posted(server, thread.id, "vLLM development report")

    assert "#103" in post.text
    assert "#103" not in refined.text
    assert "#102" in refined.text


async def test_what_is_said_to_others_is_not_heard(host: Host, server: DiscordServer) -> None:
    role = server.add_role("reporters", members=[BOT])
    webhook = server.add_user(name="hook", is_bot=True)
    other = server.person(server.add_user(name="other-bot", is_bot=True).id)
    async with whole(host, server):
        for text in (
            "today",
            f"<@&{role.id}> today",
            "@everyone today",
            "@here today",
            f"<@{server.ben.id}> today",
            f"\\<@{BOT}1> today",
        ):
            server.ann.says(GENERAL, text)
        other.says(GENERAL, f"{ME} today")
        server.person(webhook.id).says(GENERAL, f"{ME} today")
        await quiet(server)

    assert server.by_bot() == []
    assert server.typings == []


async def test_what_has_no_words_or_is_no_message_of_a_person_is_not_answered(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        for content, kind in (("", 0), ("   ", 0), (f"{ME} joined", 7), (f"{ME} today", 18)):
            version = Version(server.now(), content)
            server.tell_message(
                "MESSAGE_CREATE", server.add_message(GENERAL, server.ann.id, version, kind=kind)
            )
        await quiet(server)

    assert server.by_bot() == []


async def test_an_edit_and_a_deletion_are_not_answered(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        message = server.ann.says(GENERAL, "never mind")
        message.versions.append(Version(server.now(), f"{ME} today", pings=(ME,)))
        server.tell_message("MESSAGE_UPDATE", message)
        server.delete(message)
        await quiet(server)

    assert server.by_bot() == []


async def test_a_message_that_is_gone_by_then_is_answered_all_the_same(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        asked = server.ann.says(GENERAL, f"{ME} status")
        server.delete(asked)
        (answer,) = await posted(server, GENERAL, "Holds 10 items")

    assert answer.reference in (0, asked.id)


async def test_a_typing_that_is_not_taken_leaves_the_answer_alone(host: Host, server: DiscordServer) -> None:
    server.fail("POST /channels/{channel}/typing", 400, {"code": 50000, "message": "no"}, times=100)
    async with whole(host, server):
        server.ann.says(GENERAL, f"{ME} status")
        await posted(server, GENERAL, "Holds 10 items")


async def test_a_typing_that_is_not_answered_is_not_waited_for(
    host: Host, server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "TYPING_S", 0.05)
    held = server.hang("POST /channels/{channel}/typing")
    async with whole(host, server):
        server.ann.says(GENERAL, f"{ME} status")
        await posted(server, GENERAL, "Holds 10 items")
        held.release()
