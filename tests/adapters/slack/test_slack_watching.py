"""Watching in Slack: no more words than a response URL has room for, and none after the answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.adapters.slack.pressing import bot, only_me, post
from tests.adapters.slack.whole import is_progress
from tests.servers.slack import GENERAL

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.slack import SlackServer


async def test_a_response_url_keeps_uses_for_the_answer_and_ends_with_it(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server):
        message = await only_me(server)
    assert not is_progress(message)
    [url] = server.response_urls.values()
    assert 1 <= url.uses <= 4
    assert not any("response_type" not in body for body in url.bodies)


async def test_a_channel_sees_one_message_that_changes_and_no_word_after_the_answer(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server):
        message = await post(server)
    assert server.by_bot(GENERAL) == [message]
    assert not is_progress(message)


async def test_a_word_that_hangs_comes_before_the_answer_or_not_at_all(
    host: Host, server: SlackServer
) -> None:
    gate = asyncio.Event()
    async with bot(host, server):
        server.fail("response_url", until=gate)
        sent = await server.command("/vllm-digest", "today")
        await sent.acked()
        await server.until(lambda: server.called("response_url"))
        gate.set()
        await server.until(lambda: any(not is_progress(each) for each in server.ephemerals()))
    assert not is_progress(server.ephemerals()[-1])
