"""An event is handled once: whoever gets it, however often it comes, unless handling it failed. Bots are not heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from structlog.testing import capture_logs

from adapters.slack import actions
from adapters.slack.lines import Lines
from tests.adapters.slack.whole import shown, until_posted, until_result, whole, words_of
from tests.servers.slack import ANN, BEN, BOT, BOT_ID, GENERAL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from tests.bot.running import Host
    from tests.servers.slack import SlackServer


async def quiet(server: SlackServer) -> None:
    """Everything that was sent before has been looked at: what came last is answered."""
    await until_result(server, await server.command("/vllm-digest", "help", user=BEN))


@pytest.mark.parametrize("way", ["mention", "direct"])
async def test_an_event_that_is_delivered_again_is_answered_once(
    way: str, host: Host, server: SlackServer
) -> None:
    async with whole(host, server):
        if way == "mention":
            sent, channel = await server.mention(GENERAL, ANN, "today"), GENERAL
        else:
            sent, channel = await server.direct(ANN, "today"), server.dm_of(ANN).id
        first = await server.again(sent)
        await until_posted(server, channel, contains="vLLM development report")
        second = await server.again(sent)
        for each in (first, second):
            await each.acked()
        await quiet(server)

    roots = [each for each in server.by_bot(channel) if "vLLM development report" in each.text]
    assert len(roots) == 1
    assert len(server.called("chat.postMessage")) <= 2


@pytest.mark.parametrize("kind", ["command", "shortcut", "button"])
async def test_what_a_person_did_once_is_answered_once(kind: str, host: Host, server: SlackServer) -> None:
    async with whole(host, server):
        message = server.say(GENERAL, "https://github.com/vllm-project/vllm/pull/101")
        if kind == "command":
            sent = await server.command("/vllm-digest", "status in:channel")
        elif kind == "shortcut":
            sent = await server.shortcut(actions.EXPLAIN, message)
        else:
            asked = await server.command("/vllm-digest", "today")
            sent = await server.press(await until_result(server, asked), actions.SHARE)
        again = await server.again(sent)
        await again.acked()
        await server.until(lambda: server.response_url_of(sent.response_url).uses)
        await quiet(server)
        if kind != "shortcut":
            await until_posted(server, GENERAL)

    if kind == "shortcut":
        results = [each for each in server.response_url_of(sent.response_url).posted if len(each.blocks) > 1]
        assert len(results) == 1
    else:
        assert len(server.by_bot(GENERAL)) == 1


async def test_two_bots_on_one_store_answer_an_event_once(host: Host, server: SlackServer) -> None:
    async with whole(host, server), whole(host, server, is_synced=False):
        sent = await server.mention(GENERAL, ANN, "today")
        again = [await server.again(sent) for _ in range(4)]
        for each in again:
            await each.acked()
        await until_posted(server, GENERAL, contains="vLLM development report")
        for _ in range(2):
            await quiet(server)
        used = {connection.number for connection in server.sockets.connections if connection.delivered}

    assert used == {1, 2}
    assert len(server.by_bot(GENERAL)) == 1


async def test_an_event_whose_handling_failed_is_handled_when_it_comes_again(
    host: Host, server: SlackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = Lines.mention
    failures = 1

    async def mention(self: Lines, body: Mapping[str, Any]) -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise RuntimeError("a bug")
        await handle(self, body)

    monkeypatch.setattr(Lines, "mention", mention)
    async with whole(host, server):
        with capture_logs() as logs:
            sent = await server.mention(GENERAL, ANN, "help")
            await sent.acked()
            await quiet(server)
            assert server.by_bot(GENERAL) == []
            await server.again(sent)
            await until_posted(server, GENERAL)
        again = await server.again(sent)
        await again.acked()
        await quiet(server)

    assert [each["event_id"] for each in logs if each["event"] == "bug"] == [sent.event_id]
    assert len(server.by_bot(GENERAL)) == 1


async def test_bots_are_not_heard_and_neither_is_its_own_voice(host: Host, server: SlackServer) -> None:
    direct = server.dm_of(ANN).id
    by_a_bot: list[dict[str, Any]] = [
        {"type": "app_mention", "channel": GENERAL, "bot_id": "B0OTHER", "user": "U0OTHERBOT"},
        {"type": "app_mention", "channel": GENERAL, "bot_id": BOT_ID, "user": BOT},
        {"type": "app_mention", "channel": GENERAL, "bot_profile": {"id": "B0OTHER"}, "user": "U0OTHERBOT"},
        {"type": "app_mention", "channel": GENERAL, "subtype": "bot_message", "bot_id": "B0OTHER"},
        {"type": "message", "channel_type": "im", "channel": direct, "bot_id": BOT_ID, "user": BOT},
        {"type": "message", "channel_type": "im", "channel": direct, "subtype": "bot_message"},
    ]
    async with whole(host, server):
        for inner in by_a_bot:
            sent = await server.event({**inner, "text": f"<@{BOT}> today", "ts": server.new_ts()})
            await sent.acked()
        await server.direct(ANN, "help")  # whose answer comes back as an event
        (answer,) = await until_posted(server, direct)
        await quiet(server)

    assert server.by_bot() == [answer]


@pytest.mark.parametrize(
    "inner",
    [
        {"type": "message", "subtype": "message_changed", "message": {"text": "today", "user": ANN}},
        {"type": "message", "subtype": "message_deleted", "previous_message": {"text": "today", "user": ANN}},
        {"type": "message", "subtype": "message_replied", "message": {"text": "today", "user": ANN}},
        {"type": "message", "subtype": "channel_join", "text": "has joined", "user": ANN},
    ],
    ids=lambda inner: inner["subtype"],
)
async def test_edits_and_deletions_are_not_answered(
    inner: dict[str, Any], host: Host, server: SlackServer
) -> None:
    async with whole(host, server):
        for channel_type, channel in (("im", server.dm_of(ANN).id), ("channel", GENERAL)):
            sent = await server.event(
                {**inner, "channel": channel, "channel_type": channel_type, "ts": server.new_ts()}
            )
            await sent.acked()
        await quiet(server)

    assert server.by_bot() == []


async def test_what_is_said_in_a_channel_to_others_is_not_answered(host: Host, server: SlackServer) -> None:
    async with whole(host, server):
        for kind in ("channel", "group", "mpim"):
            sent = await server.event(
                {
                    "type": "message",
                    "channel": GENERAL,
                    "channel_type": kind,
                    "user": ANN,
                    "text": "today",
                    "ts": server.new_ts(),
                }
            )
            await sent.acked()
        await server.mention(GENERAL, ANN, "help")
        (answer,) = await until_posted(server, GENERAL)
        sent = await server.event(
            {
                "type": "message",  # in a thread in which it has answered
                "channel": GENERAL,
                "channel_type": "channel",
                "user": ANN,
                "text": "today",
                "thread_ts": answer.thread_ts,
                "ts": server.new_ts(),
            }
        )
        await sent.acked()
        await quiet(server)

    assert server.by_bot() == [answer]


async def test_what_it_does_not_know_is_acknowledged_and_left_alone(host: Host, server: SlackServer) -> None:
    async with whole(host, server):
        sent = [
            await server.event({"type": "reaction_added", "user": ANN, "reaction": "eyes"}),
            await server.shortcut("of_another_version"),
            await server.command("/another", "today"),
        ]
        for each in sent:
            await each.acked()
            assert each.attempts == 1
        await quiet(server)
        assert shown(server, sent[2]) is None

    assert server.by_bot() == []
    assert words_of(server.ephemerals(BEN)[-1])
