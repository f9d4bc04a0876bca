"""Who may use the bot, how often, and who rules it: the settings hold on every way in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.adapters.slack.whole import until_posted, until_result, whole, words_of
from tests.servers.slack import ANN, BEN, GENERAL, TEAM

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.slack import SlackServer


async def test_who_is_not_named_is_refused_on_every_way_in(host: Host, server: SlackServer) -> None:
    async with whole(host, server, DIGEST_USERS=f"slack-user:{ANN}"):
        sent = await server.command("/vllm-digest", "today", user=BEN)
        said = [await until_result(server, sent)]
        await server.mention(GENERAL, BEN, "today")
        said += await until_posted(server, GENERAL)
        await server.direct(BEN, "today")
        said += await until_posted(server, server.dm_of(BEN).id)
        sent = await server.command("/vllm-digest", "today", user=ANN)
        await until_result(server, sent, "vLLM development report")

    assert all("DIGEST_USERS" in words_of(each) for each in said)


async def test_a_workspace_that_is_named_may_in_its_channels(host: Host, server: SlackServer) -> None:
    async with whole(host, server, DIGEST_USERS=f"slack:{TEAM}"):
        sent = await server.command("/vllm-digest", "today", user=BEN)
        await until_result(server, sent, "vLLM 开发动态报告")


async def test_who_asks_too_often_is_told_when_they_may_again_and_others_go_on(
    host: Host, server: SlackServer
) -> None:
    async with whole(host, server, DIGEST_RATE_PER_USER="2/h"):
        for _ in range(2):
            await until_result(server, await server.command("/vllm-digest", "topics"), "AMD/ROCm")
        await until_result(
            server, await server.command("/vllm-digest", "topics"), "That was too much at once"
        )
        await until_result(server, await server.command("/vllm-digest", "topics", user=BEN), "AMD/ROCm")


@pytest.mark.parametrize(
    ("managers", "holds"), [("admins", True), (f"slack-user:{BEN}", False)], ids=["admins", "Ben"]
)
async def test_a_topic_of_who_rules_holds_and_that_of_others_is_a_proposal(
    managers: str, holds: bool, host: Host, server: SlackServer
) -> None:
    async with whole(host, server, DIGEST_MANAGERS=managers):
        for user in (ANN, BEN):
            sent = await server.command(
                "/vllm-digest",
                f'topic amd add 10{"1" if user == ANN else "2"} because:"it is for MI300 alone"',
                user=user,
            )
            message = await until_result(server, sent)
            rules = (user == ANN) == holds
            proposed = any(word in words_of(message) for word in ("Proposed", "已提议"))
            assert proposed != rules, words_of(message)
