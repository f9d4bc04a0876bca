"""Growing: a model's answer is seen while it is written, and ends whole, whatever fails."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from adapters.slack import actions
from adapters.slack.growing import Growing
from adapters.slack.speakers import Spot
from adapters.slack.stream import MOST
from tests.adapters.slack.pressing import bot
from tests.adapters.slack.whole import actions_of, is_progress, words_of
from tests.servers.model.behaviours import Behaviour, Gated, Good, cut_off, refusing
from tests.servers.slack import ANN, TEAM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from typing import TypeAlias

    from adapters.slack.client import Slack
    from tests.bot.running import Host
    from tests.servers.model.server import ModelServer
    from tests.servers.slack import SlackServer
    from tests.servers.slack.records import Message

    Open: TypeAlias = Callable[[Behaviour], AbstractAsyncContextManager["SlackServer"]]

EXPLAIN = "explain AMD PRs this week"
CLAIMS = [
    {"label": "", "text": "#102 was opened by `amy`.", "cites": [102]},
    {"label": "", "text": "#101 was opened by `amy`.", "cites": [101]},
    {"label": "", "text": "#101 was merged.", "cites": [101]},
]
TEXT = json.dumps({"claims": CLAIMS})
LAST = "was merged."


@pytest.fixture
def modelled(
    host: Host, server: SlackServer, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> Open:
    """Opens a bot whose model behaves as told."""

    @asynccontextmanager
    async def opened(behaviour: Behaviour) -> AsyncIterator[SlackServer]:
        monkeypatch.setenv("OPENAI_BASE_URL", model_server.serve(behaviour))
        monkeypatch.setenv("OPENAI_API_KEY", "none")
        async with bot(host, server, DIGEST_MODEL="openai:tests-model"):
            yield server

    return opened


def held() -> Gated:
    """A model that tells its last claim once somebody has seen those before."""
    return Gated(TEXT, TEXT.index('{"label": "", "text": "#101 was merged'))


def answers(server: SlackServer, user: str = ANN) -> list[Message]:
    """What the bot said to somebody in its direct messages, but for what only tells of progress."""
    return [each for each in server.by_bot(server.dm_of(user).id) if not is_progress(each)]


def is_whole(messages: list[Message]) -> bool:
    return bool(messages) and any(actions.FEEDBACK in actions_of(each) for each in messages)


def assert_said_once(messages: list[Message]) -> None:
    """All that the model said, once, and below it what one thinks of it."""
    text = "\n".join(_once(each) for each in messages)
    assert text.replace("\\", "").count(LAST) == 1, text
    assert text.count("pull/102") >= 1
    assert [each for message in messages for each in actions_of(message)] == [actions.FEEDBACK]
    assert not any(each.is_streaming for each in messages)
    assert all(each.thread_ts for each in messages)


def _once(message: Message) -> str:
    """What a message says, not also what its notification repeats."""
    return words_of(message).removeprefix(message.text).removeprefix("\n" + message.markdown)


async def test_an_answer_is_seen_before_the_model_has_finished_and_ends_whole(modelled: Open) -> None:
    gated = held()
    async with modelled(gated) as server:
        await server.direct(ANN, EXPLAIN)
        await server.until(lambda: "opened by" in "".join(each.markdown for each in answers(server)), 8)
        [message] = answers(server)
        assert message.is_streaming
        assert LAST not in message.markdown
        gated.gate.set()
        await server.until(lambda: is_whole(answers(server)), 8)

        assert answers(server) == [message]
        assert_said_once([message])
        assert message.recipient in ((TEAM, ANN), ("", ""))
        for before, after in zip(message.versions, message.versions[1:], strict=False):
            assert after.text.startswith(before.text)
        await server.press(message, actions.FEEDBACK, user=ANN, value="positive")
        await server.until(lambda: server.ephemerals(ANN))
    assert server.pings() == []


async def test_an_answer_ends_whole_though_slack_closed_its_stream_in_between(modelled: Open) -> None:
    gated = held()
    async with modelled(gated) as server:
        await server.direct(ANN, EXPLAIN)
        await server.until(lambda: "opened by" in "".join(each.markdown for each in answers(server)), 8)
        server.advance(server.stream_lasts_s + 1)
        gated.gate.set()
        await server.until(lambda: is_whole(answers(server)), 8)

        assert len(answers(server)) == 1
        assert_said_once(answers(server))


@pytest.mark.parametrize(
    "error",
    [
        "missing_scope",
        "method_not_supported_for_channel_type",
        "internal_error",
        "channel_type_not_supported",
    ],
)
async def test_where_nothing_can_be_streamed_the_answer_comes_as_a_message(
    modelled: Open, error: str
) -> None:
    gated = held()
    async with modelled(gated) as server:
        server.fail("chat.startStream", error, times=99)
        await server.direct(ANN, EXPLAIN)
        await server.until(lambda: server.called("chat.startStream"), 20)
        gated.gate.set()
        await server.until(lambda: is_whole(answers(server)), 8)

        assert_said_once(answers(server))
        assert len(answers(server)) == 1


async def test_a_word_of_progress_that_had_to_be_a_message_is_gone_when_the_answer_is_there(
    modelled: Open,
) -> None:
    gated = held()
    async with modelled(gated) as server:
        server.fail("assistant.threads.setStatus", "missing_scope", times=99)
        await server.direct(ANN, EXPLAIN)
        await server.until(lambda: "opened by" in "".join(each.markdown for each in answers(server)), 8)
        gated.gate.set()
        await server.until(lambda: is_whole(answers(server)), 8)
        await server.until(lambda: len(server.by_bot(server.dm_of(ANN).id)) == 1)

        assert_said_once(answers(server))


@pytest.mark.parametrize("behaviour", [Good(), cut_off(), refusing()], ids=["good", "cut off", "refusing"])
async def test_an_answer_ends_whole_whatever_the_model_does(modelled: Open, behaviour: Behaviour) -> None:
    async with modelled(behaviour) as server:
        await server.direct(ANN, EXPLAIN)
        await server.until(lambda: is_whole(answers(server)), 8)

        said = "\n".join(map(_once, answers(server)))
        assert [each for message in answers(server) for each in actions_of(message)] == [actions.FEEDBACK]
    for number in (101, 102):
        assert f"/pull/{number}" in said


async def test_a_status_tells_what_is_done_and_goes_with_the_answer(modelled: Open) -> None:
    gated = held()
    async with modelled(gated) as server:
        await server.direct(ANN, EXPLAIN)
        await server.until(lambda: server.statuses, 20)
        gated.gate.set()
        await server.until(lambda: is_whole(answers(server)), 8)
        [message] = answers(server)

        await server.until(lambda: server.status(message.channel, message.thread_ts) == "")
        assert all(each.text == "" or each.text.endswith("…") or "/" in each.text for each in server.statuses)


# The stream alone, over the real client


SENTENCE = "The scheduler shares its cache, see [#101](https://github.com/vllm-project/vllm/pull/101). "


@pytest.fixture
def growing(server: SlackServer, slack: Slack) -> Callable[[], tuple[Growing, str]]:
    """Begins a reply in Ann's direct messages."""

    def begin() -> tuple[Growing, str]:
        channel = server.dm_of(ANN).id
        root = server.say(channel, "explain", user=ANN).ts
        spot = Spot(TEAM, None, ANN, channel, root)
        return Growing(slack, spot, root, ("https://github.com/",)), root

    return begin


CLOSING: list[dict[str, Any]] = [
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "the end"}]},
]


@pytest.mark.parametrize("paragraphs", [1, 3, 40, 400])
async def test_what_has_no_room_in_one_message_is_handed_back_whole(
    growing: Callable[[], tuple[Growing, str]], server: SlackServer, paragraphs: int
) -> None:
    it, _ = growing()
    text = "\n\n".join(f"{place}. {SENTENCE * 3}" for place in range(paragraphs))
    for end in range(0, len(text), 700):
        it.show(text[:end])
        if end % 2_100 == 0:
            await server.until(lambda: True)
    left = await it.finish(text, CLOSING)

    shown = "".join(each.markdown or each.text for each in server.by_bot())
    assert text.endswith(left)
    assert all(len(each.markdown) <= MOST for each in server.by_bot())
    for place in range(paragraphs):
        start = f"{place}. The scheduler"
        assert (start in left) != (
            start.replace(".", "\\.", 1) in shown or f"\n\n{start}" in f"\n\n{shown}"
        ), place


async def test_one_paragraph_that_has_no_room_at_all_is_handed_back_and_nothing_stands_there(
    growing: Callable[[], tuple[Growing, str]], server: SlackServer
) -> None:
    it, _ = growing()
    text = f"{SENTENCE * 200}\n\nThe end."
    it.show(text)
    left = await it.finish(text, CLOSING)

    assert left == text
    assert server.by_bot() == []
