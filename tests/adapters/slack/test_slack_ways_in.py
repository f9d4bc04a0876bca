"""Every way in, through the real SDK: what is said there is answered there, in the person's language and zone."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from tests.servers.slack import ANN, BEN, BOT, GENERAL

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.slack import SlackServer

PULL = "https://github.com/vllm-project/vllm/pull/101"

LINES = (
    ("", "reads a busy GitHub repository", "替你阅读繁忙的 GitHub 仓库"),
    ("today", "vLLM development report - 2026-03-24", "vLLM 开发动态报告 - 2026-03-24"),
    ("今天", "vLLM development report - 2026-03-24", "vLLM 开发动态报告 - 2026-03-24"),
    ("week", "2026 week 13", "2026 第 13 周"),
    ("any AMD PRs this week?", "Yes: 2 AMD/ROCm PRs", "Yes: 2 AMD/ROCm PRs"),
    ("ask 今天合并了什么？", "#101", "#101"),
    ("explain #101", "was merged by", "was merged by"),
    ("why 101", "is in the digest of 2026-03-24", "在 2026-03-24 的摘要中"),
    ("help", "Digests", "报告"),
    ("status", "Holds 10 items", "现有 10 个条目"),
    ("topics", "AMD/ROCm (", "AMD/ROCm 生态（"),
    ("prefs", "Time zone: America/New_York", "时区：Asia/Shanghai"),
    ("toady", "Did you mean “today”?", "是否想写“today”？"),
    ("today lang:zh", "vLLM 开发动态报告", "vLLM 开发动态报告"),
    ("today repo:acme/absent", "There is no repository acme/absent", "没有仓库 acme/absent"),
)
"""A line, and what it is answered with in English and in Chinese; a question is answered in its own language."""


@pytest.mark.parametrize("user", [ANN, BEN])
async def test_each_kind_of_command_is_answered_to_who_typed_it_alone(
    user: str, host: Host, server: SlackServer
) -> None:
    async with whole(host, server):
        for line, english, chinese in LINES:
            sent = await server.command("/vllm-digest", line, user=user)
            await sent.acked()
            message = await until_result(server, sent)

            assert (english if user == ANN else chinese) in words_of(message), line
            assert message.only_for == user
            assert uses(server, sent) <= 4
            assert sent.problem == ""

    assert server.by_bot() == []
    assert server.pings() == []


@pytest.mark.parametrize(
    ("user", "zone", "name"), [(ANN, "(UTC-4)", "America/New_York"), (BEN, "(UTC+8)", "Asia/Shanghai")]
)
async def test_times_are_told_in_the_zone_of_who_asks_and_the_zone_is_named(
    user: str, zone: str, name: str, host: Host, server: SlackServer
) -> None:
    async with whole(host, server):
        for line in ("today", "any AMD PRs this week?", "status"):
            said = words_of(await until_result(server, await server.command("/vllm-digest", line, user=user)))
            assert zone in said

        digest = words_of(await until_result(server, await server.command("/vllm-digest", "week", user=user)))

    assert "<!date^" in digest
    assert name in digest


# Mentions


@pytest.mark.parametrize(("user", "title"), [(ANN, "vLLM development report"), (BEN, "vLLM 开发动态报告")])
async def test_a_mention_is_answered_in_its_thread_and_a_further_one_there_refines_it(
    user: str, title: str, host: Host, server: SlackServer
) -> None:
    async with whole(host, server):
        await server.mention(GENERAL, user, "today")
        (asked,) = server.messages(GENERAL)
        (first,) = await until_posted(server, GENERAL, contains=title)
        await server.mention(GENERAL, user, "topic:amd", thread_ts=asked.ts)
        _, refined = await until_posted(server, GENERAL, 2, title)

    assert first.thread_ts == refined.thread_ts == asked.ts
    assert "#103" in words_of(first)  # of NVIDIA's
    assert "#103" not in words_of(refined)
    assert "#102" in words_of(refined)
    assert actions.THREAD in actions_of(first)


async def test_a_question_in_a_thread_is_answered_there_and_what_follows_goes_on_from_it(
    host: Host, server: SlackServer
) -> None:
    async with whole(host, server):
        root = server.say(GENERAL, "What a week")
        await server.mention(GENERAL, ANN, "which PRs were opened today?", thread_ts=root.ts)
        (first,) = await until_posted(server, GENERAL)
        await server.mention(GENERAL, BEN, "only the AMD ones", thread_ts=root.ts)
        _, second = await until_posted(server, GENERAL, 2)
        await server.mention(GENERAL, BEN, "only the AMD ones")  # elsewhere nothing came before
        third = (await until_posted(server, GENERAL, 3))[-1]

    assert {first.thread_ts, second.thread_ts} == {root.ts}
    assert "2 PRs" in first.text
    assert "#103" in words_of(first)
    assert "#102" in words_of(second)
    assert "#103" not in words_of(second)
    assert third.thread_ts not in ("", root.ts)
    assert "#102" not in words_of(third)


async def test_a_mention_may_stand_anywhere_in_what_is_said(host: Host, server: SlackServer) -> None:
    async with whole(host, server):
        message = server.say(GENERAL, f"what was merged today <@{BOT}>?")
        inner = {
            "type": "app_mention",
            "user": ANN,
            "channel": GENERAL,
            "ts": message.ts,
            "text": message.text,
        }
        await server.event(inner)
        (reply,) = await until_posted(server, GENERAL)

    assert "#101" in words_of(reply)
    assert reply.thread_ts == message.ts


async def test_an_empty_mention_says_what_the_bot_can_do(host: Host, server: SlackServer) -> None:
    async with whole(host, server):
        await server.mention(GENERAL, BEN, "")
        (reply,) = await until_posted(server, GENERAL)

    assert "替你阅读繁忙的 GitHub 仓库" in words_of(reply)


# Direct messages


@pytest.mark.parametrize(("user", "title"), [(ANN, "vLLM development report"), (BEN, "vLLM 开发动态报告")])
async def test_a_direct_message_is_answered_with_the_digest_below_it(
    user: str, title: str, host: Host, server: SlackServer
) -> None:
    async with whole(host, server):
        await server.direct(user, "today")
        channel = server.dm_of(user).id
        (asked,) = [each for each in server.messages(channel) if each.author == user]
        digest = (await until_posted(server, channel, contains=title))[0]

    assert digest.thread_ts == asked.ts
    assert actions.FULL in actions_of(digest)
    assert server.status(channel, asked.ts) == ""


async def test_a_direct_message_goes_on_from_the_one_before(host: Host, server: SlackServer) -> None:
    async with whole(host, server):
        channel = server.dm_of(ANN).id
        await server.direct(ANN, "which PRs were opened today?")
        await until_posted(server, channel, contains="2 PRs")
        await server.direct(ANN, "only the AMD ones")
        answers = await until_posted(server, channel, 2)

    assert "#102" in words_of(answers[-1])
    assert "#103" not in words_of(answers[-1])


@pytest.mark.parametrize(("user", "words"), [(ANN, "There is no repository"), (BEN, "没有仓库")])
async def test_what_goes_wrong_is_said_in_the_direct_message(
    user: str, words: str, host: Host, server: SlackServer
) -> None:
    async with whole(host, server):
        await server.direct(user, "today repo:acme/absent")
        channel = server.dm_of(user).id
        said = (await until_posted(server, channel))[-1]

    assert words in words_of(said)
    assert server.status(channel, said.thread_ts) == ""


async def test_a_file_beside_the_line_is_no_reason_to_be_silent(host: Host, server: SlackServer) -> None:
    async with whole(host, server):
        await server.direct(ANN, "today", subtype="file_share", files=[{"id": "F1"}])
        await until_posted(server, server.dm_of(ANN).id, contains="vLLM development report")


# The agent's view, the home


@pytest.mark.parametrize(("user", "title"), [(ANN, "Today so far"), (BEN, "今天到目前为止")])
async def test_a_new_conversation_begins_with_prompts_that_are_answered(
    user: str, title: str, host: Host, server: SlackServer
) -> None:
    async with whole(host, server):
        await server.open_home(user, "messages")
        await server.until(lambda: server.prompts)
        (suggested,) = server.prompts
        assert title in [each["title"] for each in suggested.prompts]
        assert suggested.channel == server.dm_of(user).id
        for count, prompt in enumerate(suggested.prompts, 1):
            await server.direct(user, prompt["message"])
            said = await until_posted(server, server.dm_of(user).id, count)
            assert actions.RETRY not in actions_of(said[-1])
            assert "⚠️" not in words_of(said[-1])


@pytest.mark.parametrize(
    ("user", "words"),
    [
        (ANN, ("What I can do", "Your latest digests", "Your preferences", "Time zone: As in your profile")),
        (BEN, ("我能做什么", "最近的报告", "偏好", "时区：与个人资料一致")),
    ],
)
async def test_the_home_shows_what_it_can_do_the_latest_digests_and_the_preferences(
    user: str, words: tuple[str, ...], host: Host, server: SlackServer
) -> None:
    async with whole(host, server):
        await until_result(server, await server.command("/vllm-digest", "today", user=user))
        await server.open_home(user)
        await server.until(lambda: server.home(user))
        home = server.home(user)
        assert home is not None

    said = words_of(home)
    for each in words:
        assert each in said
    assert "2026-03-24" in said
    assert actions.PREFS in actions_of(home)


# The shortcut


@pytest.mark.parametrize(
    "text", [f"Look at <{PULL}|this one>", f"<{PULL}>", f"<{PULL}#issuecomment-1> and <{PULL[:-3]}102>"]
)
async def test_the_shortcut_explains_the_first_item_that_a_message_links_to(
    text: str, host: Host, server: SlackServer
) -> None:
    async with whole(host, server):
        message = server.say(GENERAL, text, user=BEN)
        sent = await server.shortcut(actions.EXPLAIN, message, user=ANN)
        await sent.acked()
        await server.until(lambda: "#101 was merged" in words_of(shown(server, sent) or message))
        answer = shown(server, sent)

    assert answer is not None
    assert answer.only_for == ANN
    assert message.edits == 0
    assert server.by_bot(GENERAL) == []


@pytest.mark.parametrize(
    ("user", "words"), [(ANN, "links to no pull request"), (BEN, "没有指向 GitHub 上 PR 或 Issue 的链接")]
)
async def test_the_shortcut_on_a_message_without_a_link_says_so(
    user: str, words: str, host: Host, server: SlackServer
) -> None:
    async with whole(host, server):
        message = server.say(GENERAL, "Look at <https://example.org/vllm-project/vllm/pull/101>")
        sent = await server.shortcut(actions.EXPLAIN, message, user=user)
        await server.until(lambda: shown(server, sent))
        answer = shown(server, sent)

    assert answer is not None
    assert words in words_of(answer)
    assert answer.only_for == user


async def test_a_post_of_the_bots_own_stays_when_the_shortcut_is_used_on_it(
    host: Host, server: SlackServer
) -> None:
    async with whole(host, server):
        await server.mention(GENERAL, ANN, "explain #101")
        (post,) = await until_posted(server, GENERAL)
        before = (post.text, post.blocks)
        sent = await server.shortcut(actions.EXPLAIN, post, user=BEN)
        answer = await until_result(server, sent)

    assert "由 max 合并" in words_of(answer)
    assert (post.text, post.blocks) == before


# The welcome


@pytest.mark.parametrize(("by", "words"), [(ANN, "Hello! I read vllm-project/vllm"), (BEN, "大家好！")])
async def test_a_channel_that_invites_the_bot_is_welcomed_once_in_the_language_of_who_did(
    by: str, words: str, host: Host, server: SlackServer
) -> None:
    server.add_channel("C0NEW", "new", is_member=False)
    async with whole(host, server):
        joined = await server.join("C0NEW", by=by)
        (welcome,) = await until_posted(server, "C0NEW", contains=words)
        again = await server.again(joined)
        other = await server.join("C0NEW", by=by, user=BEN)
        await again.acked()
        await other.acked()
        asked = await server.press(welcome, f"{actions.ASK}#0", user=by)
        await asked.acked()
        said = await until_posted(server, "C0NEW", 2, "2026-03-24")

    assert len(said) == 2


async def test_a_channel_that_only_people_join_is_told_nothing(host: Host, server: SlackServer) -> None:
    server.add_channel("C0NEW", "new")
    async with whole(host, server):
        await (await server.join("C0NEW", by=ANN, user=BEN)).acked()
        await until_result(server, await server.command("/vllm-digest", "help", channel="C0NEW"))

    assert server.by_bot("C0NEW") == []
