"""Slack, Discord and the terminal over one desk, in one process: a digest is built once for all, and what fails of one
platform is no other's trouble."""

from __future__ import annotations

import asyncio
import logging
import re
import time
from contextlib import redirect_stdout
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from adapters.chat import work
from adapters.console import Terminal
from adapters.discord import gateway
from bot import supervisor
from tests.adapters.discord.whole import is_progress as is_discords_progress
from tests.adapters.discord.whole import result
from tests.adapters.held import holding
from tests.adapters.slack.whole import is_progress, shown, until_result, words_of
from tests.bot.together import Watched, served
from tests.servers.discord import APPLICATION, GENERAL, discord_server
from tests.servers.model.prompts import read
from tests.servers.redis import until
from tests.servers.slack import slack_server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.bot.running import Host
    from tests.bot.together import Served
    from tests.servers.discord import DiscordServer, Interaction
    from tests.servers.discord.gateway import Mode
    from tests.servers.model.server import ModelServer
    from tests.servers.slack import Sent, SlackServer

DAY = "2026-03-24"
TITLE = f"vLLM development report - {DAY}"
LINE = f"{DAY} tz:UTC lang:en"
MODEL = {"DIGEST_MODEL": "openai:tests-model"}
STOPPED = "The bot is being restarted"
WRONG_TOKEN = "testsonly.anothers.token"
SHARD = f"discord gateway {APPLICATION} 0/1"
ACKNOWLEDGED_S = 1.0
"""Of the three seconds that Slack and Discord wait, on a busy machine."""

_ITEM = re.compile(r"#(\d+)\b")

COUNTS = "1 merged · 2 new PRs · 1 PR closed unmerged · 1 new issue · 1 issue closed"
COUNTS_IN_MARKDOWN = "new issues 1 | closed issues 1 | new PRs 2 | merged PRs 1 | PRs closed unmerged 1"


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with slack_server() as server:
        yield server


@pytest.fixture
async def discord() -> AsyncIterator[DiscordServer]:
    async with discord_server() as server:
        yield server


@pytest.fixture(autouse=True)
def _soon_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed is tried again at once."""
    for module in (supervisor, gateway):
        monkeypatch.setattr(module, "FIRST_PAUSE_S", 0.05)


async def connected(slack: SlackServer, discord: DiscordServer) -> None:
    await slack.until(lambda: slack.sockets.open, timeout=20)
    await discord.until(lambda: discord.gateway.is_ready, timeout=20)


async def answered_in_slack(slack: SlackServer) -> str:
    """What Slack shows of the day, having been acknowledged in time."""
    sent = await slack.command("/vllm-digest", LINE)
    assert await sent.acked() < ACKNOWLEDGED_S
    return words_of(await until_result(slack, sent, TITLE))


async def answered_in_discord(discord: DiscordServer) -> str:
    asked = discord.ann.slash(GENERAL, "date", {"when": DAY})
    assert await asked.acknowledged() < ACKNOWLEDGED_S
    return (await result(asked, TITLE)).text


async def are_told_of_progress(slack: SlackServer, sent: Sent, asked: Interaction) -> None:
    """Wait until both have been told that it is worked on."""
    await slack.until(lambda: (told := shown(slack, sent)) is not None and is_progress(told), timeout=20)
    await asked.until(lambda: asked.messages and is_discords_progress(asked.messages[-1]), timeout=20)


def items(text: str) -> set[str]:
    return set(_ITEM.findall(text))


async def test_a_digest_that_all_three_ask_for_at_once_is_built_once(
    host: Host,
    slack: SlackServer,
    discord: DiscordServer,
    model_server: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen, watched = StringIO(), Watched()
    with holding(model_server, monkeypatch) as (held, url):
        async with served(host, slack, discord, **MODEL) as process:
            await connected(slack, discord)
            terminal = Terminal(process.services.commands, watched, lang="en", history=None)
            with redirect_stdout(screen):
                typed = asyncio.create_task(terminal.say(LINE))
                sent = await slack.command("/vllm-digest", LINE)
                asked = discord.ann.slash(GENERAL, "date", {"when": DAY})
                await are_told_of_progress(slack, sent, asked)
                await watched.is_asked()
                built_before = process.logged(event="built")
                held.let_go()
                assert await typed is None
            in_slack = await until_result(slack, sent, TITLE)
            in_discord = await result(asked, TITLE)

    assert built_before == []
    assert len(process.logged(event="built")) == 1
    assert [read(call["messages"][-1]["content"]).section for call in model_server.asked(url)].count(
        "summary"
    ) == 1

    assert "rich_text" in {block["type"] for block in in_slack.blocks}
    assert in_discord.is_v2
    assert "<t:" in in_discord.text
    assert screen.getvalue().startswith(f"# {TITLE}\n")

    assert COUNTS in words_of(in_slack)
    assert COUNTS in in_discord.text
    assert COUNTS_IN_MARKDOWN in screen.getvalue()
    told = [items(text) for text in (words_of(in_slack), in_discord.text, screen.getvalue())]
    assert told == [{"101", "102", "103", "104", "105", "106"}] * 3


async def test_with_a_wrong_discord_token_slack_goes_on_and_the_token_is_told_to_nobody(
    host: Host, slack: SlackServer, discord: DiscordServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with served(host, slack, discord, DISCORD_TOKEN=WRONG_TOKEN) as process:
        await until_failed(process, "discord")
        await slack.until(lambda: slack.sockets.open)
        answer = await answered_in_slack(slack)
        checks = await process.checks()
        failures = process.logged(service="discord")

    assert COUNTS in answer
    assert checks == {"web": True, "slack": True, "discord": False, "store": True}
    assert {(line["event"], line["log_level"], line["error"]) for line in failures} == {
        ("service failed", "error", "discord.bad_token")
    }
    assert all("exc_info" not in line for line in process.logs)
    assert WRONG_TOKEN not in f"{process.logs} {caplog.text}"
    assert not discord.identifies


@pytest.mark.parametrize("mode", ["refusing", "mute"])
async def test_while_the_gateway_is_dead_slack_goes_on_and_discord_comes_back_by_itself(
    mode: Mode, host: Host, slack: SlackServer, discord: DiscordServer
) -> None:
    discord.gateway.mode = mode
    async with served(host, slack, discord) as process:
        await until_dead(process, discord)
        await slack.until(lambda: slack.sockets.open)
        in_slack = await answered_in_slack(slack)
        checks = await process.checks()

        discord.gateway.mode = "open"
        discord.gateway.drop()
        await connected(slack, discord)
        in_discord = await answered_in_discord(discord)
        await process.until_checked(slack=True, discord=True)

    assert checks == {"web": True, "slack": True, "discord": False, "store": True}
    assert COUNTS in in_slack
    assert COUNTS in in_discord
    assert all("exc_info" not in line for line in process.logs)


async def test_while_all_of_discord_is_away_slack_goes_on(
    host: Host, slack: SlackServer, discord: DiscordServer
) -> None:
    async with served(host, slack, discord) as process:
        await connected(slack, discord)
        away = discord.drop("*", times=1_000_000)
        discord.gateway.mode = "refusing"
        discord.gateway.drop()
        await process.until_checked(discord=False)
        in_slack = await answered_in_slack(slack)
        checks = await process.checks()

        away.left = 0
        discord.gateway.mode = "open"
        await connected(slack, discord)
        in_discord = await answered_in_discord(discord)

    assert checks == {"web": True, "slack": True, "discord": False, "store": True}
    assert COUNTS in in_slack
    assert COUNTS in in_discord
    assert all("exc_info" not in line for line in process.logs)


async def test_without_discord_at_the_start_it_is_tried_again_until_it_is_there(
    host: Host, slack: SlackServer, discord: DiscordServer
) -> None:
    away = discord.drop("*", times=1_000_000)
    async with served(host, slack, discord) as process:
        await until_failed(process, "discord")
        in_slack = await answered_in_slack(slack)

        away.left = 0
        await connected(slack, discord)
        in_discord = await answered_in_discord(discord)

    assert COUNTS in in_slack
    assert COUNTS in in_discord
    assert {line["error"] for line in process.logged(event="service failed")} == {"discord.unreachable"}


async def test_a_slack_that_lets_nobody_in_is_nothing_to_discord(
    host: Host, slack: SlackServer, discord: DiscordServer
) -> None:
    slack.fail("apps.connections.open", "invalid_auth", times=1_000_000)
    async with served(host, slack, discord) as process:
        await until_failed(process, "slack")
        await discord.until(lambda: discord.gateway.is_ready)
        answer = await answered_in_discord(discord)
        await process.until_checked(slack=False, discord=True)

        slack.faults.clear()
        await connected(slack, discord)
        in_slack = await answered_in_slack(slack)

    assert COUNTS in answer
    assert COUNTS in in_slack


async def test_at_a_stop_who_waits_is_told_that_the_bot_is_being_restarted(
    host: Host,
    slack: SlackServer,
    discord: DiscordServer,
    model_server: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(work, "LEAVE_S", 1.0)
    with holding(model_server, monkeypatch):
        async with served(host, slack, discord, **MODEL) as process:
            await connected(slack, discord)
            sent = await slack.command("/vllm-digest", LINE)
            asked = discord.ann.slash(GENERAL, "date", {"when": DAY})
            await are_told_of_progress(slack, sent, asked)
            process.tell_to_stop()
            told_at = time.monotonic()
            await process.stopped()
            took = time.monotonic() - told_at
            told = shown(slack, sent)

    assert STOPPED in asked.text
    assert told is not None
    assert STOPPED in words_of(told)
    assert took < 2 * work.LEAVE_S  # neither platform waits for the other


async def test_at_a_stop_another_process_may_connect_while_what_was_asked_is_still_answered(
    host: Host,
    slack: SlackServer,
    discord: DiscordServer,
    model_server: ModelServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with holding(model_server, monkeypatch) as (held, _):
        async with served(host, slack, discord, **MODEL) as process:
            await connected(slack, discord)
            sent = await slack.command("/vllm-digest", LINE)
            asked = discord.ann.slash(GENERAL, "date", {"when": DAY})
            await are_told_of_progress(slack, sent, asked)
            process.tell_to_stop()
            is_free = await process.services.store.leases.wait_free(SHARD, 5)
            still_told = asked.text
            held.let_go()
            await process.stopped()

    assert is_free
    assert TITLE not in still_told
    assert TITLE in asked.text
    assert TITLE in words_of(await until_result(slack, sent))


async def until_failed(process: Served, service: str) -> None:
    async def failed() -> bool:
        return bool(process.logged(event="service failed", service=service))

    await until(failed)


async def until_dead(process: Served, discord: DiscordServer) -> None:
    """Wait until a connection was refused, or is kept waiting."""

    async def dead() -> bool:
        return bool(process.logged(event="gateway lost") or discord.gateway.opened)

    await until(dead)
