"""Socket Mode: whenever Slack or the network ends a connection, no event is lost and none is answered twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.slack import sockets
from adapters.slack.errors import SlackError
from tests.adapters.slack.whole import until_posted, until_result, whole
from tests.servers.redis import until
from tests.servers.slack import ANN, BEN, GENERAL

if TYPE_CHECKING:
    from tests.adapters.slack.whole import Whole
    from tests.bot.running import Host
    from tests.servers.slack import Message, SlackServer


@pytest.fixture(autouse=True)
def _notices_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "PING_S", 0.1)


async def once_each(server: SlackServer, count: int) -> list[Message]:
    """The answers in the channel, when there is one to each of so many mentions, and to none a second one."""
    posted = await until_posted(server, GENERAL, count)
    await until_result(server, await server.command("/vllm-digest", "help"))
    asked = [each for each in server.messages(GENERAL) if not each.bot_id]
    assert sorted(each.thread_ts for each in server.by_bot(GENERAL)) == sorted(each.ts for each in asked)
    return posted


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
async def test_a_connection_that_slack_renews_loses_and_doubles_nothing(
    reason: str, host: Host, server: SlackServer
) -> None:
    async with whole(host, server) as bot:
        sent = [await server.mention(GENERAL, ANN, "help")]
        await server.sockets.disconnect(reason)
        sent += [await server.mention(GENERAL, user, "status") for user in (ANN, BEN)]
        await server.until(lambda: len(server.sockets.connections) > 1)
        sent += [await server.mention(GENERAL, user, "help") for user in (ANN, BEN)]
        await once_each(server, 5)
        await until(bot.slack.is_ready)

    assert all(each.is_acked for each in sent)


async def test_a_lost_connection_is_opened_again_and_what_was_said_meanwhile_is_answered(
    host: Host, server: SlackServer
) -> None:
    async with whole(host, server) as bot:
        server.sockets.drop()
        sent = [await server.mention(GENERAL, user, "help") for user in (ANN, BEN)]
        await server.until(lambda: server.sockets.open)
        await once_each(server, 2)
        await until(bot.slack.is_ready)

    assert [each.attempts for each in sent] == [1, 1]


async def test_an_event_whose_acknowledgement_is_lost_with_the_connection_is_answered_once(
    host: Host, server: SlackServer
) -> None:
    server.ack_s = 0.3
    async with whole(host, server):
        sent = await server.mention(GENERAL, ANN, "help")
        server.sockets.drop()
        await server.until(lambda: sent.is_acked)
        await once_each(server, 1)

    assert sent.attempts > 1


async def test_a_connection_lost_again_and_again_loses_and_doubles_nothing(
    host: Host, server: SlackServer
) -> None:
    server.ack_s = 0.3
    async with whole(host, server):
        for count in range(1, 4):
            await server.mention(GENERAL, BEN, "help")
            server.sockets.drop()
            await server.mention(GENERAL, ANN, "help")
            await server.until(lambda: server.sockets.open)
            await until_posted(server, GENERAL, 2 * count)
        await once_each(server, 6)


async def test_while_it_is_not_connected_it_is_not_ready(host: Host, server: SlackServer) -> None:
    async with whole(host, server) as bot:
        await until(bot.slack.is_ready)
        server.fail("apps.connections.open", "internal_error", times=1_000)
        server.sockets.drop()
        await until(lambda: _is_away(bot))
        server.faults.clear()
        await server.until(lambda: server.sockets.open)


async def _is_away(bot: Whole) -> bool:
    return not await bot.slack.is_ready()


@pytest.mark.parametrize("error", ["invalid_auth", "not_allowed_token_type", "missing_scope"])
async def test_a_token_that_opens_no_connection_is_said(error: str, host: Host, server: SlackServer) -> None:
    server.fail("apps.connections.open", error, times=1_000)
    async with whole(host, server, over="nothing", SLACK_APP_TOKEN="xapp-wrong", is_synced=False) as bot:
        assert bot.slack.sockets is not None
        with pytest.raises(SlackError) as refused:
            await bot.slack.sockets.run()

    assert refused.value.key == "slack.socket"
    assert "xapp-wrong" not in str(refused.value.values)
