"""What is asked to stand in the channel: posted for all where it may, and where it may not, what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from adapters.slack import actions
from tests.adapters.slack.whole import (
    actions_of,
    shown,
    until_posted,
    until_result,
    uses,
    whole,
    words_of,
)
from tests.bot.talk import HOUR, NOW, talked_about
from tests.servers.slack import ANN, BEN, GENERAL, TEAM

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.github import World
    from tests.servers.slack import SlackServer

SECRET = "acme/engine"
GRANTED: dict[str, Any] = {"DIGEST_ACCESS": f"{SECRET}=slack:{TEAM}+slack-user:{ANN}"}


def with_secrets() -> World:
    world = talked_about()
    world.repository(SECRET, private=True).open_issue("Plan the takeover", by="ann", at=NOW - HOUR, number=7)
    return world


@pytest.mark.parametrize(
    ("user", "title", "posted"),
    [
        (ANN, "vLLM development report", "Posted in the channel"),
        (BEN, "vLLM 开发动态报告", "已发布到频道"),
    ],
)
async def test_a_digest_is_posted_with_its_chart_and_who_asked_is_told(
    user: str, title: str, posted: str, host: Host, server: SlackServer
) -> None:
    async with whole(host, server):
        sent = await server.command("/vllm-digest", "today in:channel", user=user)
        message = await until_result(server, sent, posted)
        (post,) = await until_posted(server, GENERAL, contains=title)

    assert post.thread_ts == ""
    (image,) = [block for block in post.blocks if block["type"] == "image"]
    assert server.files[image["slack_file"]["id"]].data
    assert actions.THREAD in actions_of(post)
    assert message.only_for == user
    assert uses(server, sent) <= 4


async def test_a_post_without_its_chart_is_better_than_none(host: Host, server: SlackServer) -> None:
    server.fail("files.getUploadURLExternal", "missing_scope", times=10, needed="files:write")
    async with whole(host, server):
        await server.command("/vllm-digest", "today in:channel")
        (post,) = await until_posted(server, GENERAL, contains="vLLM development report")

    assert "image" not in [block["type"] for block in post.blocks]


async def test_an_answer_and_the_status_are_posted_too(host: Host, server: SlackServer) -> None:
    async with whole(host, server):
        for count, (line, words) in enumerate(
            (("any AMD PRs this week? in:channel", "#102"), ("status in:channel", "Holds 10 items")), 1
        ):
            sent = await server.command("/vllm-digest", line)
            await until_result(server, sent, "Posted in the channel")
            await until_posted(server, GENERAL, count, words)


async def test_a_thread_below_a_post_goes_on_from_it(host: Host, server: SlackServer) -> None:
    async with whole(host, server):
        await server.command("/vllm-digest", "today in:channel")
        (post,) = await until_posted(server, GENERAL, contains="vLLM development report")
        await server.mention(GENERAL, BEN, "topic:amd lang:en", thread_ts=post.ts)
        _, refined = await until_posted(server, GENERAL, 2, "vLLM development report")

    assert refined.thread_ts == post.ts
    assert "#103" not in words_of(refined)


async def test_an_error_is_told_to_who_typed_it_alone(host: Host, server: SlackServer) -> None:
    async with whole(host, server):
        sent = await server.command("/vllm-digest", "today repo:acme/absent in:channel")
        await until_result(server, sent, "There is no repository acme/absent")

    assert server.by_bot(GENERAL) == []


@pytest.mark.parametrize(
    ("channel", "english", "chinese"),
    [
        ({"is_member": False}, "Invite it there with /invite", "/invite"),
        ({"is_archived": True}, "That channel is archived", "已归档"),
        ({"is_member": False, "is_private": True}, "/invite", "/invite"),
    ],
    ids=["not a member", "archived", "private"],
)
@pytest.mark.parametrize("user", [ANN, BEN])
async def test_where_it_may_not_post_it_says_what_to_do(
    user: str, channel: dict[str, Any], english: str, chinese: str, host: Host, server: SlackServer
) -> None:
    server.add_channel("C0OTHER", "other", **channel)
    async with whole(host, server):
        sent = await server.command("/vllm-digest", "today in:channel", channel="C0OTHER", user=user)
        message = await until_result(server, sent, "⚠️")

    assert (english if user == ANN else chinese) in words_of(message)
    # what was made is shown to who asked
    assert any(actions.SHARE in actions_of(each) for each in server.ephemerals(user, "C0OTHER"))
    assert server.by_bot() == []


async def test_a_scope_that_is_missing_is_named(host: Host, server: SlackServer) -> None:
    server.fail("chat.postMessage", "missing_scope", times=10, needed="chat:write")
    async with whole(host, server):
        sent = await server.command("/vllm-digest", "today in:channel")
        message = await until_result(server, sent, "⚠️")

    assert "chat:write" in words_of(message)
    assert "reinstall" in words_of(message)


# Private repositories


@pytest.mark.parametrize("line", ["today", "any issues today?", "explain #7", "status"])
async def test_a_private_repository_is_told_to_its_team_and_in_its_channels(
    line: str, host: Host, server: SlackServer
) -> None:
    async with whole(host, server, world=with_secrets(), **GRANTED):
        alone = await server.command("/vllm-digest", f"{line} repo:{SECRET}", user=BEN)
        message = await until_result(server, alone)
        assert "⚠️" not in words_of(message)
        await server.command("/vllm-digest", f"{line} repo:{SECRET} in:channel", user=BEN)
        (post,) = await until_posted(server, GENERAL)
        await server.mention(GENERAL, BEN, f"{line} repo:{SECRET}")
        posts = await until_posted(server, GENERAL, 2)

    for each in (message, post, posts[-1]):
        assert "engine" in words_of(each) or "Plan the takeover" in words_of(each)


@pytest.mark.parametrize("line", ["today", "any issues today?", "explain #7", "status", "why 7"])
async def test_a_private_repository_is_never_told_where_another_organization_reads_along(
    line: str, host: Host, server: SlackServer
) -> None:
    server.add_channel("C0SHARED", "shared", is_ext_shared=True)
    async with whole(host, server, world=with_secrets(), **GRANTED):
        await until_result(server, await server.command("/vllm-digest", f"today repo:{SECRET}"))  # it is kept
        sent = await server.command("/vllm-digest", f"{line} repo:{SECRET} in:channel", channel="C0SHARED")
        await until_result(server, sent)  # refused, or shown to her alone, who may read it
        assert server.by_bot("C0SHARED") == []
        await server.mention("C0SHARED", ANN, f"{line} repo:{SECRET}")
        (said,) = await until_posted(server, "C0SHARED")

    assert "There is no repository acme/engine" in words_of(said)
    assert "takeover" not in words_of(said)


async def test_what_everybody_may_read_is_posted_there(host: Host, server: SlackServer) -> None:
    server.add_channel("C0SHARED", "shared", is_ext_shared=True)
    async with whole(host, server):
        for count, line in enumerate(("today", "any AMD PRs this week?"), 1):
            sent = await server.command("/vllm-digest", f"{line} in:channel", channel="C0SHARED")
            await until_result(server, sent, "Posted in the channel")
            await until_posted(server, "C0SHARED", count, "#102")
        sent = await server.command("/vllm-digest", "status in:channel", channel="C0SHARED")
        await until_result(server, sent, "Holds 10 items")

    assert len(server.by_bot("C0SHARED")) == 2


async def test_what_a_person_prefers_to_have_posted_is_not_told_to_others_either(
    host: Host, server: SlackServer
) -> None:
    server.add_channel("C0SHARED", "shared", is_ext_shared=True)
    async with whole(host, server, world=with_secrets(), **GRANTED):
        await until_result(server, await server.command("/vllm-digest", f"prefs in:channel repo:{SECRET}"))
        for line in ("today", "any issues today?", "explain #7", "status"):
            sent = await server.command("/vllm-digest", line, channel="C0SHARED")
            await until_result(server, sent)

    assert server.by_bot("C0SHARED") == []


async def test_somebody_of_another_organization_is_told_of_no_private_repository(
    host: Host, server: SlackServer
) -> None:
    server.add_user("U0OUT", "out", team="T0OTHER", is_stranger=True)
    server.add_channel("C0SHARED", "shared", is_ext_shared=True)
    server.channels["C0SHARED"].members.add("U0OUT")
    async with whole(host, server, world=with_secrets(), **GRANTED):
        for line in ("today", "any issues today?", "status"):
            sent = await server.command(
                "/vllm-digest", f"{line} repo:{SECRET}", channel="C0SHARED", user="U0OUT"
            )
            message = await until_result(server, sent)
            assert "There is no repository acme/engine" in words_of(message)
        sent = await server.command("/vllm-digest", "today", channel="C0SHARED", user="U0OUT")
        await until_result(server, sent, "vLLM development report")


async def test_in_a_direct_message_those_alone_are_told_whom_the_settings_name(
    host: Host, server: SlackServer
) -> None:
    async with whole(host, server, world=with_secrets(), **GRANTED):
        await server.direct(BEN, f"today repo:{SECRET}")
        refused = (await until_posted(server, server.dm_of(BEN).id))[-1]
        await server.direct(ANN, f"today repo:{SECRET}")
        told = (await until_posted(server, server.dm_of(ANN).id))[0]
        sent = await server.command(
            "/vllm-digest", f"today repo:{SECRET}", channel=server.dm_of(BEN).id, user=BEN
        )
        await until_result(server, sent)
        other = shown(server, sent)

    assert "没有仓库 acme/engine" in words_of(refused)
    assert "engine development report" in words_of(told)
    assert other is not None
    assert "没有仓库 acme/engine" in words_of(other)
