"""Messages arrive once or not at all, and whoever posts is told which."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from adapters.slack.errors import Ambiguous, RateLimited, SlackError
from tests.adapters.slack.clients import Message, client, saying
from tests.servers.slack import ANN, BOT, BOT_TOKEN, GENERAL

if TYPE_CHECKING:
    from adapters.slack.blocks import Block
    from adapters.slack.client import Slack
    from tests.adapters.slack.clients import Clock
    from tests.servers.slack import SlackServer

POST = "chat.postMessage"
SECRET = "the merge of #41 is a secret"


async def test_a_post_carries_blocks_text_and_metadata_and_unfurls_nothing(
    slack: Slack, server: SlackServer
) -> None:
    metadata = {"event_type": "vllm_digest", "event_payload": {"digest": "daily-1"}}

    root = await slack.post(GENERAL, saying("hello"))
    ts = await slack.post(GENERAL, saying("more"), thread_ts=root, metadata=metadata)

    message = server.find(GENERAL, ts)
    assert message is not None
    assert (message.text, message.thread_ts, message.metadata) == ("more", root, metadata)
    assert message.blocks[0]["text"]["text"] == "more"
    assert message.unfurl == (False, False)


async def test_a_post_whose_answer_is_lost_is_not_sent_again(slack: Slack, server: SlackServer) -> None:
    server.fail(POST, after_effect=True)

    with pytest.raises(Ambiguous) as caught:
        await slack.post(GENERAL, saying("hello"), thread_ts="1.5")

    assert caught.value.key == "slack.ambiguous"
    assert (caught.value.method, caught.value.channel, caught.value.thread_ts) == (POST, GENERAL, "1.5")
    assert len(server.called(POST)) == 1


@pytest.mark.parametrize(
    "fault",
    [
        {"status": 503},
        {"status": 500},
        {"error": "internal_error"},
        {"error": "fatal_error"},
        {"error": "fatal_error", "status": 500},
    ],
)
async def test_a_failure_of_slacks_own_leaves_open_whether_it_posted(
    slack: Slack, server: SlackServer, fault: dict[str, object]
) -> None:
    server.fail(POST, **fault)  # type: ignore[arg-type]

    with pytest.raises(Ambiguous):
        await slack.post(GENERAL, saying("hello"))

    assert len(server.called(POST)) == 1


async def test_a_post_that_takes_too_long_may_have_been_carried_out(
    server: SlackServer, clock: Clock
) -> None:
    server.fail(POST, until=asyncio.Event())
    async with client(server, clock, timeout_s=0.1) as slack:
        with pytest.raises(Ambiguous):
            await slack.post(GENERAL, saying("hello"))


async def test_a_post_that_never_left_is_tried_again_and_is_not_ambiguous(
    server: SlackServer, clock: Clock
) -> None:
    with socket.socket() as listener:  # bound, but nobody listens
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/api/"
        async with client(server, clock, url=url) as slack:
            with pytest.raises(SlackError) as caught:
                await slack.post(GENERAL, saying("hello"))

    assert caught.value.key == "slack.unreachable"
    assert len(clock.waits) >= 2


async def test_a_pause_that_slack_asks_for_is_waited_out(
    slack: Slack, server: SlackServer, clock: Clock
) -> None:
    server.fail(POST, "ratelimited", retry_after=7)

    await slack.post(GENERAL, saying("hello"))

    assert clock.waits == [7.0]
    assert [message.text for message in server.all_messages] == ["hello"]


async def test_a_pause_longer_than_the_patience_is_told(
    slack: Slack, server: SlackServer, clock: Clock
) -> None:
    server.fail(POST, "ratelimited", retry_after=90)

    with pytest.raises(RateLimited) as caught:
        await slack.post(GENERAL, saying("hello"))

    assert caught.value.wait_s == 90
    assert clock.waits == []
    assert server.all_messages == []


async def test_what_is_of_use_at_once_only_does_not_wait(
    slack: Slack, server: SlackServer, clock: Clock
) -> None:
    ts = await slack.post(GENERAL, saying("hello"))
    server.fail("chat.update", "ratelimited", retry_after=3)

    with pytest.raises(RateLimited):
        await slack.update(GENERAL, ts, saying("step 1"), soon=True)
    with pytest.raises(RateLimited):
        await slack.update(GENERAL, ts, saying("step 2"), soon=True)
    assert clock.waits == []
    await slack.update(GENERAL, ts, saying("the answer"))

    assert len(server.called("chat.update")) == 2


async def test_blocks_that_slack_refuses_are_replaced_by_the_text(slack: Slack, server: SlackServer) -> None:
    with capture_logs() as logs:
        ts = await slack.post(GENERAL, saying(SECRET, {"type": "nonsense"}))

    message = server.find(GENERAL, ts)
    assert message is not None
    assert (message.text, message.blocks) == (SECRET, [])
    assert [
        (each["event"], each["method"], each["error"]) for each in logs if each["log_level"] != "info"
    ] == [("slack refused blocks", POST, "invalid_blocks")]
    assert SECRET not in str(logs)


async def test_blocks_that_are_too_long_are_replaced_by_the_text(slack: Slack, server: SlackServer) -> None:
    long: list[Block] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2_900}} for _ in range(6)
    ]

    ts = await slack.post(GENERAL, saying("hello", *long))

    message = server.find(GENERAL, ts)
    assert message is not None
    assert (message.text, message.blocks) == ("hello", [])


async def test_an_image_that_slack_cannot_show_yet_is_left_out(slack: Slack, server: SlackServer) -> None:
    image: Block = {"type": "image", "alt_text": "a chart", "slack_file": {"id": "F012345678"}}

    ts = await slack.post(GENERAL, saying("hello", image))

    message = server.find(GENERAL, ts)
    assert message is not None
    assert [block["type"] for block in message.blocks] == ["section"]


async def test_an_update_replaces_everything_even_when_blocks_are_refused(
    slack: Slack, server: SlackServer
) -> None:
    ts = await slack.post(GENERAL, saying("before"))

    await slack.update(GENERAL, ts, saying("after"))
    await slack.update(GENERAL, ts, saying("at last", {"type": "nonsense"}))

    message = server.find(GENERAL, ts)
    assert message is not None
    assert [version.text for version in message.versions] == ["before", "after", "at last"]
    assert message.blocks == []


async def test_an_update_is_sent_again_when_its_answer_is_lost(slack: Slack, server: SlackServer) -> None:
    ts = await slack.post(GENERAL, saying("before"))
    server.fail("chat.update", after_effect=True)

    await slack.update(GENERAL, ts, saying("after"))

    message = server.find(GENERAL, ts)
    assert message is not None
    assert message.text == "after"


async def test_a_long_text_is_cut_between_words_where_an_update_would_refuse_it(
    slack: Slack, server: SlackServer
) -> None:
    ts = await slack.post(GENERAL, saying("before"))

    await slack.update(GENERAL, ts, Message(blocks=saying("short").blocks, text="word " * 1_000))

    message = server.find(GENERAL, ts)
    assert message is not None
    assert message.text.endswith("word…")
    assert message.blocks[0]["text"]["text"] == "short"


async def test_a_message_that_is_gone_cannot_be_changed_and_is_deleted(
    slack: Slack, server: SlackServer
) -> None:
    ts = await slack.post(GENERAL, saying("hello"))
    await slack.delete(GENERAL, ts)
    await slack.delete(GENERAL, ts)

    with pytest.raises(SlackError) as caught:
        await slack.update(GENERAL, ts, saying("again"))

    assert server.find(GENERAL, ts) is None
    assert caught.value.key == "slack.message_gone"


async def test_a_direct_message_is_opened_once(slack: Slack, server: SlackServer) -> None:
    assert await slack.dm(ANN) == await slack.dm(ANN)

    assert len(server.called("conversations.open")) == 1


async def test_a_bot_gets_no_direct_message(slack: Slack) -> None:
    with pytest.raises(SlackError) as caught:
        await slack.dm(BOT)

    assert caught.value.key == "slack.no_dm"


@pytest.mark.parametrize(
    ("error", "key"),
    [
        ("token_revoked", "token_revoked"),
        ("account_inactive", "token_revoked"),
        ("invalid_auth", "bad_token"),
        ("restricted_action_read_only_channel", "restricted"),
        ("slack_connect_file_link_sharing_blocked", "external"),
        ("messages_tab_disabled", "messages_tab"),
        ("message_limit_exceeded", "message_limit"),
        ("as_user_not_supported", "refused"),
    ],
)
async def test_a_refusal_says_what_can_be_done(
    slack: Slack, server: SlackServer, error: str, key: str
) -> None:
    server.fail(POST, error)

    with pytest.raises(SlackError) as caught:
        await slack.post(GENERAL, saying("hello"))

    assert caught.value.key == f"slack.{key}"
    assert len(server.called(POST)) == 1


async def test_a_revoked_token_is_told_apart_from_a_wrong_one(server: SlackServer, clock: Clock) -> None:
    server.tokens[BOT_TOKEN].error = "token_revoked"
    async with client(server, clock) as revoked, client(server, clock, token="xoxb-wrong") as wrong:
        with pytest.raises(SlackError, match=r"slack\.token_revoked"):
            await revoked.post(GENERAL, saying("hello"))
        with pytest.raises(SlackError, match=r"slack\.bad_token"):
            await wrong.post(GENERAL, saying("hello"))


async def test_where_nothing_can_be_posted_is_told(slack: Slack, server: SlackServer) -> None:
    server.add_channel("C0OLD", is_archived=True)
    server.add_channel("C0ELSEWHERE", is_member=False)
    server.add_channel("C0HIDDEN", is_member=False, is_private=True)
    keys = {}
    for channel in ("C0OLD", "C0ELSEWHERE", "C0HIDDEN"):
        with pytest.raises(SlackError) as caught:
            await slack.post(channel, saying("hello"))
        keys[channel] = caught.value.key

    assert keys == {
        "C0OLD": "slack.channel_archived",
        "C0ELSEWHERE": "slack.not_in_channel",
        "C0HIDDEN": "slack.channel_gone",
    }


async def test_a_missing_scope_is_named(slack: Slack, server: SlackServer) -> None:
    token = server.tokens[BOT_TOKEN]
    token.scopes = token.scopes - {"chat:write"}

    with pytest.raises(SlackError) as caught:
        await slack.post(GENERAL, saying("hello"))

    assert (caught.value.key, caught.value.values) == ("slack.missing_scope", {"needed": "chat:write"})


async def test_neither_token_nor_words_are_in_errors_logs_or_reprs(
    slack: Slack, server: SlackServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    told = [repr(slack)]
    faults: tuple[dict[str, Any], ...] = (
        {"error": "no_text"},
        {"status": 502},
        {"error": "ratelimited", "retry_after": 90},
        {},
    )
    with capture_logs() as logs:
        for fault in faults:
            server.fail(POST, **fault)
            with pytest.raises(SlackError) as caught:
                await slack.post(GENERAL, saying(SECRET))
            told += [repr(caught.value), str(caught.value), str(caught.value.__dict__)]
            assert caught.value.__cause__ is None
            assert caught.value.__suppress_context__ or caught.value.__context__ is None

    told += [str(logs), caplog.text]
    assert not [each for each in told if "xoxb" in each or SECRET in each]


async def test_a_dialog_opens_changes_and_is_known_to_be_closed(slack: Slack, server: SlackServer) -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "One"}, "blocks": []}
    await slack.open_view(server.trigger(ANN, slack.team), view)
    [opened] = server.views
    old = opened.hash

    assert await slack.update_view(opened.id, view | {"private_metadata": "2"}, old)
    assert not await slack.update_view(opened.id, view, old)
    opened.is_open = False
    assert not await slack.update_view(opened.id, view)

    assert opened.payload["private_metadata"] == "2"


async def test_a_dialog_that_comes_too_late_is_told(slack: Slack, server: SlackServer) -> None:
    trigger = server.trigger(ANN, slack.team)
    server.advance(4)

    with pytest.raises(SlackError) as caught:
        await slack.open_view(
            trigger, {"type": "modal", "title": {"type": "plain_text", "text": "One"}, "blocks": []}
        )

    assert caught.value.key == "slack.trigger_expired"


async def test_home_status_and_prompts_are_shown(slack: Slack, server: SlackServer) -> None:
    dm = await slack.dm(ANN)
    root = server.add_message(dm, ANN, "hi").ts

    await slack.publish_home(ANN, {"type": "home", "blocks": []})
    await slack.status(dm, root, "is reading", ("looking", "counting"))
    await slack.prompts(dm, [("Today", "today")], "Ask me")

    assert [view.kind for view in server.views] == ["home"]
    assert [(each.text, each.loading) for each in server.statuses] == [
        ("is reading", ("looking", "counting"))
    ]
    assert [(each.prompts, each.title) for each in server.prompts] == [
        ([{"title": "Today", "message": "today"}], "Ask me")
    ]


async def test_who_we_are_comes_with_the_scopes(slack: Slack, server: SlackServer) -> None:
    me = await slack.me()

    assert (me.team, me.team_name, me.user) == (slack.team, "Tests", BOT)
    assert me.scopes == server.tokens[BOT_TOKEN].scopes
    assert me.url == "https://tests.slack.com/"
