"""What is done is acknowledged whatever else goes on; then comes a word of progress, then the answer in its place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from structlog.testing import capture_logs

from adapters.chat import work
from adapters.chat.watching import Cadence
from adapters.discord import actions
from adapters.store import connection
from bot.commands import Commands
from bot.desk import Desk
from tests.adapters.discord.whole import buttons_of, is_progress, posted, result, told, whole, words_of
from tests.adapters.held import holding
from tests.servers.discord import BOT, GENERAL
from tests.servers.redis.cut import cut_off

if TYPE_CHECKING:
    from adapters.chat import Context, Reply
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer, Interaction
    from tests.servers.model.server import ModelServer

ME: Final = f"<@{BOT}>"
MODEL: Final[dict[str, Any]] = {"DIGEST_MODEL": "openai:tests-model"}
AT_ONCE_S: Final = 1.0
"""Discord waits three; a busy machine should not make a test fail."""


def everything(server: DiscordServer) -> list[Interaction]:
    """Something over each way in that Discord waits for, by Ben; a mention and a direct message beside it."""
    message = server.ann.says(GENERAL, "https://github.com/vllm-project/vllm/pull/101")
    server.ben.says(GENERAL, f"{ME} help")
    server.ben.says(server.ben.dm, "help")
    return [
        server.ben.slash(GENERAL, "help"),
        server.ben.slash(GENERAL, "status", {}),
        server.ben.slash(GENERAL, "prefs", {"for": "channel"}),
        server.ben.slash(GENERAL, "date", {"when": "nonsense"}),
        server.ben.explain(message),
    ]


async def all_acknowledged(asked: list[Interaction]) -> None:
    for each in asked:
        assert await each.acknowledged() < AT_ONCE_S
    assert [each.refused for each in asked] == [[] for _ in asked]


# Acknowledged while ...


async def test_a_digest_for_somebody_else_that_waits_for_its_model_holds_nobody_up(
    host: Host, server: DiscordServer, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with holding(model_server, monkeypatch) as (held, url):
        async with whole(host, server, **MODEL):
            slow = server.ann.slash(GENERAL, "today")
            await model_server.was_asked(url)
            await all_acknowledged([slow, *everything(server)])
            await result(server.ben.slash(GENERAL, "status"), "现有 10 个条目")
            waiting = [is_progress(each) for each in slow.messages]
            held.let_go()
            await result(slow, "vLLM development report")

    assert all(waiting)


async def test_a_github_that_hangs_holds_nobody_up(
    host: Host, server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "LEAVE_S", 0.0)
    async with whole(host, server, is_synced=False) as bot:
        bot.github.latency_s = 60.0
        slow = server.ann.slash(GENERAL, "today")
        await all_acknowledged([slow, *everything(server)])
        await result(server.ben.slash(GENERAL, "topics"), "AMD/ROCm")
        await told(slow, "")
        assert all(is_progress(each) for each in slow.messages)


async def test_a_discord_that_hangs_holds_no_acknowledgement_up(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        held = [server.hang("* /webhooks/*"), server.hang("POST /channels/*")]
        asked = everything(server)
        await all_acknowledged(asked)
        for each in held:
            each.release()
        await result(asked[0], "替你阅读")
        await posted(server, GENERAL)


async def test_a_store_that_is_away_holds_no_acknowledgement_up_and_is_said(
    host: Host, server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "RETRY_FOR_S", 0.1)
    async with cut_off(_socket(host)) as cut, whole(host, server, REDIS_URL=cut.url):
        cut.left = 0
        await all_acknowledged(everything(server))
        said = await result(server.ben.slash(GENERAL, "today"), "⚠️")
        cut.mend()
        await result(server.ben.slash(GENERAL, "today"), "vLLM 开发动态报告")

    assert "Redis" in said.text
    assert actions.RETRY in buttons_of(said)


def _socket(host: Host) -> Path:
    return Path(host.redis_url.removeprefix("unix://"))


@pytest.mark.parametrize("how", ["closed", "cut", "asked to come again", "invalid"])
async def test_what_is_done_while_the_gateway_reconnects_is_acknowledged_in_time(
    how: str, host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        match how:
            case "closed":
                server.gateway.disconnect()
            case "cut":
                server.gateway.drop()
            case "asked to come again":
                server.gateway.reconnect()
            case _:
                server.gateway.invalidate(resumable=True)
        asked = server.ben.slash(GENERAL, "status")
        assert await asked.acknowledged() < server.acknowledge_s
        await result(asked, "现有 10 个条目")
        server.ben.says(GENERAL, f"{ME} status")
        await posted(server, GENERAL, "现有 10 个条目")

    assert len(server.identifies) == 1


async def test_what_was_begun_is_answered_though_the_gateway_is_gone(
    host: Host, server: DiscordServer, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with holding(model_server, monkeypatch) as (held, url):
        async with whole(host, server, **MODEL):
            asked = server.ann.slash(GENERAL, "today")
            server.ann.says(GENERAL, f"{ME} yesterday")
            await model_server.was_asked(url)
            server.gateway.mode = "refusing"
            server.gateway.drop()
            held.let_go()
            await result(asked, "vLLM development report")
            await posted(server, GENERAL, "vLLM development report")


# Progress, then the answer in its place


async def test_a_command_shows_how_far_it_is_and_then_the_answer_in_the_same_place(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server, is_synced=False):
        asked = server.ben.slash(GENERAL, "today")
        message = await result(asked, "vLLM 开发动态报告")

    thinking, *steps, _ = message.versions
    assert asked.original is message
    assert thinking.flags & 128
    assert steps
    assert all(each.components[0]["content"].startswith("-# ") for each in steps)
    assert all(each.allowed_mentions == {"parse": []} for each in message.versions[1:])


async def test_a_mention_is_answered_where_its_progress_stood(host: Host, server: DiscordServer) -> None:
    async with whole(host, server, is_synced=False):
        server.ann.says(GENERAL, f"{ME} today")
        (post,) = await posted(server, GENERAL, "vLLM development report")
        server.ann.says(GENERAL, f"{ME} explain #101")
        (answer,) = await posted(server, GENERAL, "was merged by")

    for each in (post, answer):
        assert each.edits >= 1
        assert each.versions[0].components[0]["content"].startswith("-# ")
    assert [len(each.files) for each in (post, answer)] == [1, 0]


async def test_what_is_done_soon_needs_no_word_of_progress(host: Host, server: DiscordServer) -> None:
    async with whole(host, server, cadence=Cadence(first_s=60.0)):
        server.ann.says(GENERAL, f"{ME} status")
        (answer,) = await posted(server, GENERAL, "Holds 10 items")
        asked = server.ann.slash(GENERAL, "status")
        message = await result(asked, "Holds 10 items")

    assert answer.edits == 0
    assert message.edits == 1  # of "thinking"


async def test_a_progress_that_somebody_deletes_is_followed_by_the_answer(
    host: Host, server: DiscordServer, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with holding(model_server, monkeypatch) as (held, url):
        async with whole(host, server, **MODEL):
            server.ann.says(GENERAL, f"{ME} today")
            await model_server.was_asked(url)
            (progress,) = await server.until(lambda: server.by_bot(GENERAL))
            server.delete(progress)
            held.let_go()
            (post,) = await posted(server, GENERAL, "vLLM development report")

    assert post is not progress
    assert post.files


async def test_a_command_whose_place_somebody_deletes_is_answered_below(
    host: Host, server: DiscordServer, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with holding(model_server, monkeypatch) as (held, url):
        async with whole(host, server, **MODEL):
            asked = server.ann.slash(GENERAL, "today", {"in": "channel"})
            await model_server.was_asked(url)
            await server.until(lambda: asked.messages)
            (progress,) = asked.messages
            server.delete(progress)
            held.let_go()
            (post,) = await posted(server, GENERAL, "vLLM development report")

    assert post is not progress
    assert post.files


# When it fails


async def test_a_failure_stands_where_the_progress_stood_and_its_button_tries_again(
    host: Host, server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with whole(host, server):
        for person, words, button in (
            (server.ann, "That did not work", "Try again"),
            (server.ben, "未能完成", "重试"),
        ):
            with monkeypatch.context() as broken:
                _breaks(broken)
                asked = person.slash(GENERAL, "status")
                message = await result(asked, words)
            pressed = person.press(message, button)
            await pressed.acknowledged()
            same = await told(pressed, "vllm-project/vllm")

            assert message is same is asked.original
            assert actions.RETRY not in buttons_of(message)


async def test_a_bug_is_told_with_a_reference_that_the_log_has_too(
    host: Host, server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with whole(host, server):
        _breaks(monkeypatch)
        with capture_logs() as logs:
            alone = await result(server.ann.slash(GENERAL, "today"), "the reference")
            server.ann.says(GENERAL, f"{ME} today")
            (post,) = await posted(server, GENERAL, "the reference")
            server.ann.says(server.ann.dm, "today")
            (said,) = await posted(server, server.ann.dm, "the reference")

    references = [each["reference"] for each in logs if each["event"] == "bug"]
    assert len(set(references)) == 3
    for message, reference in zip((alone, post, said), references, strict=True):
        assert reference in words_of(message)
        assert "secret" not in message.text


async def test_a_bug_in_what_is_said_at_once_is_told_too(
    host: Host, server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_self: Desk, _context: Context, *, scope: str) -> None:
        raise RuntimeError(f"a secret detail of {scope}")

    monkeypatch.setattr(Desk, "preferences", broken)
    async with whole(host, server):
        with capture_logs() as logs:
            message = await result(server.ann.slash(GENERAL, "prefs", {"for": "channel"}), "the reference")

    (line,) = [each for each in logs if each["event"] == "bug"]
    assert line["reference"] in words_of(message)
    assert "secret" not in message.text


async def test_the_retry_of_a_mention_answers_in_its_place(
    host: Host, server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with whole(host, server):
        with monkeypatch.context() as broken:
            _breaks(broken)
            server.ann.says(GENERAL, f"{ME} today lang:en")
            (post,) = await posted(server, GENERAL, "the reference")
        server.ben.press(post, actions.RETRY)
        (same,) = await posted(server, GENERAL, "vLLM development report")

    assert same is post
    assert actions.RETRY not in buttons_of(same)


async def test_a_bot_that_is_stopped_says_so_to_whoever_waits(
    host: Host, server: DiscordServer, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "LEAVE_S", 0.0)
    with holding(model_server, monkeypatch) as (_, url):
        async with whole(host, server, **MODEL):
            asked = server.ben.slash(GENERAL, "today")
            await model_server.was_asked(url)
        (message,) = asked.messages

    assert "正在重启" in message.text
    assert buttons_of(message) == [actions.RETRY]


def _breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a command does from now on is a bug."""

    async def broken(_self: Commands, _line: str, _context: Context) -> Reply:
        raise RuntimeError("a secret detail")

    monkeypatch.setattr(Commands, "__call__", broken)
