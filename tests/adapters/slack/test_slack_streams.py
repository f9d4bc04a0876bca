"""Streams: whatever becomes of the stream, the whole answer is there once, with its buttons."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.slack.errors import SlackError
from adapters.slack.stream import MOST
from tests.adapters.slack.clients import Clock, client, slack_server
from tests.servers.slack import ANN, GENERAL, TEAM

if TYPE_CHECKING:
    from adapters.slack.client import Slack
    from adapters.slack.stream import Stream
    from tests.servers.slack import Message, SlackServer

START, APPEND, STOP, UPDATE = "chat.startStream", "chat.appendStream", "chat.stopStream", "chat.update"
BUTTONS = {
    "type": "actions",
    "elements": [{"type": "button", "action_id": "vd.x", "text": {"type": "plain_text", "text": "Good"}}],
}
PIECE = "a sentence of some length. " * 10


async def _stream(slack: Slack, server: SlackServer) -> Stream:
    root = server.add_message(GENERAL, ANN, "which PRs?")
    return await slack.stream(GENERAL, root.ts, team=TEAM, user=ANN)


def _answers(server: SlackServer) -> list[Message]:
    return [message for message in server.all_messages if message.bot_id and not message.is_deleted]


def _markdown(message: Message) -> str:
    return "".join(block["text"] for block in message.blocks if block["type"] == "markdown")


def _has_buttons(message: Message) -> bool:
    return [block["type"] for block in message.blocks].count("actions") == 1


async def test_an_answer_grows_and_ends_with_its_buttons(
    slack: Slack, server: SlackServer, clock: Clock
) -> None:
    stream = await _stream(slack, server)
    for _ in range(3):
        clock.now += 1
        assert await stream.append(PIECE) == ""
    [answer] = _answers(server)
    assert (answer.is_streaming, answer.recipient) == (True, (TEAM, ANN))
    assert _markdown(answer) == PIECE * 3

    ts = await stream.stop([BUTTONS], {"event_type": "vllm_digest", "event_payload": {"answer": "1"}})

    assert (ts, answer.is_streaming) == (answer.ts, False)
    assert answer.metadata is not None
    assert _has_buttons(answer)


async def test_small_pieces_are_collected(slack: Slack, server: SlackServer, clock: Clock) -> None:
    stream = await _stream(slack, server)
    for _ in range(60):
        await stream.append("word ")
        clock.now += 0.01

    assert len(server.called(START)) + len(server.called(APPEND)) <= 4
    await stream.stop()
    assert _markdown(_answers(server)[0]) == "word " * 60


async def test_a_short_answer_is_one_message(slack: Slack, server: SlackServer) -> None:
    stream = await _stream(slack, server)

    assert await stream.stop() == ""
    stream = await _stream(slack, server)
    server.fail(START, "ratelimited", retry_after=1)
    await stream.append("None.")
    ts = await stream.stop([BUTTONS])

    [answer] = _answers(server)
    assert answer.ts == ts
    assert (_markdown(answer), _has_buttons(answer)) == ("None.", True)
    assert answer.thread_ts


async def test_a_stream_that_slack_has_closed_goes_on_as_a_message_that_is_written_anew(
    slack: Slack, server: SlackServer, clock: Clock
) -> None:
    stream = await _stream(slack, server)
    await stream.append("first. ")
    server.advance(400)
    clock.now += 400
    for piece in ("second. ", "third. ", "fourth. "):
        await stream.append(piece)
        clock.now += 4
    [answer] = _answers(server)
    assert _markdown(answer).startswith("first. second. third. ")

    assert await stream.stop([BUTTONS]) == answer.ts

    assert _answers(server) == [answer]
    assert _markdown(answer) == "first. second. third. fourth. "
    assert _has_buttons(answer)


async def test_a_stream_that_slack_closes_before_its_end_is_completed(
    slack: Slack, server: SlackServer
) -> None:
    stream = await _stream(slack, server)
    await stream.append("first. ")
    await stream.append("second.")
    server.advance(400)

    await stream.stop([BUTTONS])

    [answer] = _answers(server)
    assert (_markdown(answer), _has_buttons(answer)) == ("first. second.", True)


@pytest.mark.parametrize("after_effect", [True, False])
@pytest.mark.parametrize("method", [APPEND, STOP])
async def test_a_lost_answer_to_a_part_neither_doubles_nor_loses_it(
    slack: Slack, server: SlackServer, clock: Clock, method: str, after_effect: bool
) -> None:
    stream = await _stream(slack, server)
    server.fail(method, after_effect=after_effect)
    for piece in ("first. ", "second. ", "third. "):
        await stream.append(piece)
        clock.now += 1

    await stream.stop([BUTTONS])

    [answer] = _answers(server)
    assert (_markdown(answer), answer.is_streaming) == ("first. second. third. ", False)
    assert _has_buttons(answer)


@pytest.mark.parametrize(
    "fault",
    [
        {"error": "channel_type_not_supported"},
        {"error": "missing_recipient_team_id"},
        {"error": "ratelimited", "retry_after": 60},
        {"status": 503},
    ],
)
async def test_where_nothing_can_be_streamed_the_answer_comes_whole(
    slack: Slack, server: SlackServer, clock: Clock, fault: dict[str, Any]
) -> None:
    server.fail(START, times=9, **fault)
    stream = await _stream(slack, server)
    for piece in ("first. ", "second. "):
        await stream.append(piece)
        clock.now += 1

    await stream.stop([BUTTONS])

    [answer] = _answers(server)
    assert (_markdown(answer), _has_buttons(answer)) == ("first. second. ", True)


async def test_where_nothing_can_be_said_at_all_that_is_told(slack: Slack, server: SlackServer) -> None:
    server.channels[GENERAL].is_archived = True
    stream = await _stream(slack, server)

    with pytest.raises(SlackError) as caught:
        await stream.append("first")

    assert caught.value.key == "slack.channel_archived"


async def test_a_part_that_has_no_turn_is_shown_with_the_next(
    slack: Slack, server: SlackServer, clock: Clock
) -> None:
    stream = await _stream(slack, server)
    await stream.append("first. ")
    clock.now += 1
    server.fail(APPEND, "ratelimited", retry_after=3)
    await stream.append("second. ")
    clock.now += 5
    await stream.append("third. ")

    [answer] = _answers(server)
    assert _markdown(answer) == "first. second. third. "
    assert clock.waits == []
    await stream.stop()


async def test_blocks_that_slack_refuses_do_not_keep_the_text_away(
    slack: Slack, server: SlackServer, clock: Clock
) -> None:
    stream = await _stream(slack, server)
    await stream.append("first. ")
    await stream.append("second.")
    await stream.stop([{"type": "nonsense"}])
    late = await _stream(slack, server)
    clock.now += 1
    await late.append("third.")
    server.advance(400)
    await late.stop([{"type": "nonsense"}])

    assert [_markdown(answer) for answer in _answers(server)] == ["first. second.", "third."]
    assert not [answer for answer in _answers(server) if answer.is_streaming]


async def test_what_is_over_stays_over(slack: Slack, server: SlackServer) -> None:
    stream = await _stream(slack, server)
    await stream.append("first.")
    ts = await stream.stop([BUTTONS])

    assert await stream.append("second.") == "second."
    assert await stream.stop([BUTTONS]) == ts
    [answer] = _answers(server)
    assert (_markdown(answer), _has_buttons(answer)) == ("first.", True)


async def test_an_end_that_failed_may_be_tried_again(slack: Slack, server: SlackServer, clock: Clock) -> None:
    stream = await _stream(slack, server)
    await stream.append("first. ")
    await stream.append("second.")
    server.fail(STOP, "ratelimited", retry_after=90)
    with pytest.raises(SlackError):
        await stream.stop([BUTTONS])

    clock.now += 90
    server.fail(STOP, "internal_error")
    await stream.stop([BUTTONS])

    [answer] = _answers(server)
    assert (_markdown(answer), _has_buttons(answer)) == ("first. second.", True)
    assert not answer.is_streaming


async def test_markdown_that_slack_refuses_arrives_as_text(
    slack: Slack, server: SlackServer, clock: Clock
) -> None:
    table = "| a | b |\n| --- | --- |\n| 1 | 2 |\n\n"
    stream = await _stream(slack, server)
    for piece in ("two tables\n\n", table, table):
        clock.now += 1
        await stream.append(piece)

    ts = await stream.stop([BUTTONS])

    answer = server.find(GENERAL, ts)
    assert answer is not None
    assert answer.text.count("| 1 | 2 |") == 2
    assert not answer.is_streaming


async def test_what_has_no_room_is_handed_back_in_whole_lines(
    slack: Slack, server: SlackServer, clock: Clock
) -> None:
    stream = await _stream(slack, server)
    lines = [f"line {number} with [a link](https://github.com/o/r/pull/{number})\n" for number in range(400)]
    left = []
    for line in lines:
        clock.now += 0.1
        if rest := await stream.append(line):
            left.append(rest)
    await stream.stop([BUTTONS])

    [answer] = _answers(server)
    assert _markdown(answer) + "".join(left) == "".join(lines)
    assert len(_markdown(answer)) > MOST - 100
    assert _has_buttons(answer)


async def test_a_cancelled_part_is_neither_lost_nor_doubled(
    slack: Slack, server: SlackServer, clock: Clock
) -> None:
    stream = await _stream(slack, server)
    await stream.append("first. ")
    clock.now += 1
    never = asyncio.Event()
    server.fail(APPEND, until=never)
    task = asyncio.create_task(stream.append("second. "))
    await server.until(lambda: server.called(APPEND))
    task.cancel()
    await asyncio.wait((task,))
    never.set()

    await stream.append("third.")
    await stream.stop([BUTTONS])

    [answer] = _answers(server)
    assert _markdown(answer) == "first. second. third."


async def test_text_beside_the_blocks_is_inert(slack: Slack, server: SlackServer) -> None:
    server.fail(START, "channel_type_not_supported")
    stream = await _stream(slack, server)
    await stream.append("see <!channel> and <@U0ANN>")
    await stream.stop()

    assert [ping for ping in server.pings() if ping.where != "markdown" and "text" in str(ping)] == []
    assert "<" not in _answers(server)[0].text


_FAULTS = st.lists(
    st.tuples(
        st.sampled_from([START, APPEND, STOP, UPDATE]),
        st.sampled_from([{}, {"after_effect": True}, {"error": "ratelimited"}, {"status": 500}]),
    ),
    max_size=2,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    pieces=st.lists(st.text("ab 字\n", min_size=1, max_size=60), min_size=1, max_size=6),
    pauses=st.lists(st.sampled_from([0.0, 0.3, 1.0, 400.0]), min_size=6, max_size=6),
    faults=_FAULTS,
)
def test_the_whole_answer_is_there_once_whatever_fails(
    pieces: list[str], pauses: list[float], faults: list[tuple[str, dict[str, Any]]]
) -> None:
    async def run() -> None:
        clock = Clock()
        async with slack_server() as server, client(server, clock) as slack:
            for method, fault in faults:
                server.fail(method, **fault)
            stream = await _stream(slack, server)
            for piece, pause in zip(pieces, pauses, strict=False):
                assert await stream.append(piece) == ""
                clock.now += pause
                server.advance(pause)
            ts = await stream.stop([BUTTONS])
            answer = server.find(GENERAL, ts)
            assert answer is not None
            assert _markdown(answer) == "".join(pieces)
            assert _has_buttons(answer)
            assert not answer.is_streaming

    asyncio.run(run())
