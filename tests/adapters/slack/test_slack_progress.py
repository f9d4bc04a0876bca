"""What is said is acknowledged whatever else goes on; then comes a word of progress, then the answer in its place."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from adapters.chat import work
from adapters.slack import actions
from adapters.store import connection
from bot.commands import Commands
from tests.adapters.held import holding
from tests.adapters.slack.whole import (
    actions_of,
    is_progress,
    shown,
    until_posted,
    until_result,
    uses,
    whole,
    words_of,
)
from tests.servers.redis.cut import cut_off
from tests.servers.slack import ANN, BEN, GENERAL

if TYPE_CHECKING:
    from adapters.chat import Context, Reply
    from tests.bot.running import Host
    from tests.servers.model.server import ModelServer
    from tests.servers.slack import Sent, SlackServer

MODEL: dict[str, Any] = {"DIGEST_MODEL": "openai:tests-model"}


async def everything(server: SlackServer) -> list[Sent]:
    """Something over each way in, by Ben."""
    message = server.say(GENERAL, "https://github.com/vllm-project/vllm/pull/101")
    return [
        await server.command("/vllm-digest", "help", user=BEN),
        await server.mention(GENERAL, BEN, "help"),
        await server.direct(BEN, "help"),
        await server.shortcut(actions.EXPLAIN, message, user=BEN),
        await server.open_home(BEN),
        await server.join(GENERAL),
    ]


async def all_acked(sent: list[Sent]) -> None:
    for each in sent:
        await each.acked()
    assert [each.attempts for each in sent] == [1] * len(sent)


# Acknowledged while ...


async def test_a_digest_for_somebody_else_that_waits_for_its_model_holds_nobody_up(
    host: Host, server: SlackServer, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with holding(model_server, monkeypatch) as (held, url):
        async with whole(host, server, **MODEL):
            slow = await server.command("/vllm-digest", "today", user=ANN)
            await model_server.was_asked(url)
            await all_acked([slow, *await everything(server)])
            told = await until_result(server, await server.command("/vllm-digest", "status", user=BEN))
            waiting = shown(server, slow)
            assert waiting is not None
            assert is_progress(waiting)
            held.let_go()
            await until_result(server, slow, "vLLM development report")

    assert "现有 10 个条目" in words_of(told)


async def test_a_slack_that_hangs_holds_no_acknowledgement_up(host: Host, server: SlackServer) -> None:
    async with whole(host, server):
        answers_again = asyncio.Event()
        server.fail("*", times=1_000, until=answers_again)
        sent = await everything(server)
        await all_acked(sent)
        answers_again.set()
        await until_result(server, sent[0], "替你阅读")
        await until_posted(server, GENERAL)


async def test_a_store_that_is_away_holds_no_acknowledgement_up_and_is_said(
    host: Host, server: SlackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "RETRY_FOR_S", 0.1)
    async with cut_off(_socket(host)) as cut, whole(host, server, REDIS_URL=cut.url):
        cut.left = 0
        sent = await everything(server)
        await all_acked(sent)
        digest = await server.command("/vllm-digest", "today", user=BEN)
        said = await until_result(server, digest)
        cut.mend()
        assert actions.RETRY in actions_of(said)
        assert "⚠️" in words_of(said)
        again = await server.press(said, actions.RETRY, user=BEN)
        await again.acked()
        await server.until(lambda: "vLLM 开发动态报告" in words_of(said))


def _socket(host: Host) -> Path:
    return Path(host.redis_url.removeprefix("unix://"))


# Progress, then the answer in its place


async def test_a_command_shows_how_far_it_is_and_then_the_answer_in_the_same_place(
    host: Host, server: SlackServer
) -> None:
    async with whole(host, server, is_synced=False):
        sent = await server.command("/vllm-digest", "today", user=BEN)
        message = await until_result(server, sent, "vLLM 开发动态报告")

    url = server.response_url_of(sent.response_url)
    assert len(url.posted) == 1
    steps = message.versions[:-1]
    assert 1 <= len(steps) <= 3
    assert {tuple(block["type"] for block in step.blocks) for step in steps} == {("context",)}
    assert all(step.text.strip() for step in steps)
    assert url.uses <= 4


async def test_a_long_answer_tells_of_three_steps_at_most_and_the_fourth_use_is_the_result(
    host: Host, server: SlackServer
) -> None:
    async with whole(host, server, is_synced=False):
        for line in ("last 30d", "sync since:90d", "last 20d", "explain #103"):
            sent = await server.command("/vllm-digest", line)
            message = await until_result(server, sent)
            assert uses(server, sent) == message.edits + 1 <= 4


async def test_a_mention_is_answered_where_its_progress_stood(host: Host, server: SlackServer) -> None:
    async with whole(host, server, is_synced=False):
        await server.mention(GENERAL, ANN, "today")
        (post,) = await until_posted(server, GENERAL, contains="vLLM development report")

    assert post.edits >= 1
    assert [block["type"] for block in post.versions[0].blocks] == ["context"]


async def test_a_direct_message_has_a_status_while_it_is_worked_on(
    host: Host, server: SlackServer, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with holding(model_server, monkeypatch) as (held, url):
        async with whole(host, server, **MODEL):
            channel = server.dm_of(BEN).id
            await server.direct(BEN, "今天")
            (asked,) = server.messages(channel)
            await model_server.was_asked(url)
            await server.until(lambda: server.status(channel, asked.ts))
            assert server.by_bot(channel) == []
            held.let_go()
            await until_posted(server, channel, contains="vLLM 开发动态报告")
            await server.until(lambda: not server.status(channel, asked.ts))


async def test_where_slack_has_no_status_for_it_a_message_tells_the_progress(
    host: Host, server: SlackServer
) -> None:
    server.fail("assistant.threads.setStatus", "missing_scope", times=100, needed="assistant:write")
    async with whole(host, server, is_synced=False):
        await server.direct(ANN, "today")
        channel = server.dm_of(ANN).id
        posted = await until_posted(server, channel, contains="vLLM development report")

    assert len(posted) == 1
    assert posted[0].edits >= 1


async def test_an_answer_of_the_model_is_streamed_into_a_direct_message(
    host: Host, server: SlackServer, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with holding(model_server, monkeypatch) as (held, url):
        async with whole(host, server, **MODEL):
            channel = server.dm_of(ANN).id
            await server.direct(ANN, "explain #102")
            await model_server.was_asked(url)
            await server.until(lambda: any(each.is_streaming for each in server.by_bot(channel)))
            (growing,) = server.by_bot(channel)
            held.let_go()
            await server.until(lambda: not growing.is_streaming)
            await server.until(lambda: actions.FEEDBACK in actions_of(growing))

    assert growing.markdown.count("Tune MI300 GEMMs") >= 1
    assert "https://github.com/vllm-project/vllm/pull/102" in growing.markdown


# When it fails


@pytest.mark.parametrize(
    ("user", "words", "button"), [(ANN, "That did not work", "Try again"), (BEN, "未能完成", "重试")]
)
async def test_a_failure_stands_where_the_progress_stood_and_its_button_tries_again(
    user: str, words: str, button: str, host: Host, server: SlackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with whole(host, server):
        with monkeypatch.context() as broken:
            _breaks(broken)
            for line in ("today", "status"):
                sent = await server.command("/vllm-digest", line, user=user)
                message = await until_result(server, sent, words)
                assert button in words_of(message)
        pressed = await server.press(message, actions.RETRY, user=user)
        await pressed.acked()
        await server.until(lambda: "vllm-project/vllm" in words_of(message) and not is_progress(message))

    assert actions.RETRY not in actions_of(message)


@pytest.mark.parametrize(("user", "words"), [(ANN, "the reference"), (BEN, "编号")])
async def test_a_bug_is_told_with_a_reference_that_the_log_has_too(
    user: str, words: str, host: Host, server: SlackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with whole(host, server):
        _breaks(monkeypatch)
        with capture_logs() as logs:
            sent = await server.command("/vllm-digest", "today", user=user)
            alone = await until_result(server, sent, words)
            await server.mention(GENERAL, user, "today")
            (post,) = await until_posted(server, GENERAL, contains=words)
            await server.direct(user, "today")
            said = (await until_posted(server, server.dm_of(user).id, contains=words))[-1]

    references = [each["reference"] for each in logs if each["event"] == "bug"]
    assert len(set(references)) == 3
    for message, reference in zip((alone, post, said), references, strict=True):
        assert reference in words_of(message)
        assert "secret" not in words_of(message)


async def test_the_retry_of_a_mention_answers_in_its_place(
    host: Host, server: SlackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with whole(host, server):
        with monkeypatch.context() as broken:
            _breaks(broken)
            await server.mention(GENERAL, ANN, "today")
            (post,) = await until_posted(server, GENERAL, contains="the reference")
        await server.press(post, actions.RETRY, user=BEN)
        (same,) = await until_posted(server, GENERAL, contains="2026-03-24")

    assert same is post
    assert actions.RETRY not in actions_of(same)


async def test_what_was_typed_wrong_has_no_button_to_try_again(host: Host, server: SlackServer) -> None:
    async with whole(host, server):
        for line in ("toady", "today repo:nothing", "2026-13-01", "today topic:nothing"):
            message = await until_result(server, await server.command("/vllm-digest", line), "⚠️")
            assert actions.RETRY not in actions_of(message)


async def test_a_bot_that_is_stopped_says_so_to_whoever_waits(
    host: Host, server: SlackServer, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "LEAVE_S", 0.0)
    with holding(model_server, monkeypatch) as (_, url):
        async with whole(host, server, **MODEL):
            sent = await server.command("/vllm-digest", "today", user=BEN)
            await model_server.was_asked(url)
        message = shown(server, sent)

    assert message is not None
    assert "正在重启" in words_of(message)
    assert actions.RETRY in actions_of(message)


async def test_an_answer_that_may_be_there_is_not_replaced_by_the_doubt(
    host: Host, server: SlackServer
) -> None:
    async with whole(host, server, is_synced=False):
        server.fail("response_url", when=lambda call: len(call.args["blocks"]) > 2, after_effect=True)
        sent = await server.command("/vllm-digest", "last 30d")
        doubt = await until_result(server, sent, "Slack did not say")

    answer, _ = server.response_url_of(sent.response_url).posted
    assert "vLLM development report" in answer.text
    assert actions.RETRY in actions_of(doubt)
    assert uses(server, sent) <= 5


def _breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a command does from now on is a bug."""

    async def broken(_self: Commands, _line: str, _context: Context) -> Reply:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(Commands, "__call__", broken)
