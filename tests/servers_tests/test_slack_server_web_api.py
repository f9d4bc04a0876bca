"""The tests' Slack answers the real SDK as Slack does: tokens, scopes, conversations, messages, faults, pace."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from tests.servers.slack import (
    ANN,
    APP_TOKEN,
    BEN,
    BOT,
    CLIENT_ID,
    CLIENT_SECRET,
    GENERAL,
    TEAM,
    slack_server,
)
from tests.servers_tests.slack_clients import client, error, refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.slack import SlackServer


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with slack_server() as server:
        yield server


async def test_it_is_there_at_once() -> None:
    took = []
    for _ in range(3):
        began = time.monotonic()
        async with slack_server() as slack:
            took.append(time.monotonic() - began)
            assert (await client(slack).auth_test())["user_id"] == BOT
    assert min(took) < 0.1


async def test_a_token_is_known_granted_and_alive(slack: SlackServer) -> None:
    assert await error(client(slack, "xoxb-unknown").auth_test()) == "invalid_auth"
    assert await error(client(slack, "").auth_test()) == "not_authed"
    assert (
        await error(client(slack, APP_TOKEN).chat_postMessage(channel=GENERAL, text="x"))
        == "not_allowed_token_type"
    )
    answer = await client(slack).auth_test()
    assert "chat:write" in answer.headers["X-OAuth-Scopes"].split(",")
    await client(slack).auth_revoke()
    assert await error(client(slack).auth_test()) == "token_revoked"


async def test_a_missing_scope_is_named(slack: SlackServer) -> None:
    slack.add_team("T0TWO", token="xoxb-two", scopes=["channels:read"])
    body = await refused(client(slack, "xoxb-two").chat_postMessage(channel="C0GENERAL0TWO", text="x"))
    assert (body["error"], body["needed"], body["provided"]) == (
        "missing_scope",
        "chat:write",
        "channels:read",
    )
    await client(slack, "xoxb-two").conversations_info(channel="C0GENERAL0TWO")
    assert slack.scopes_used == {"channels:read"}


async def test_an_unknown_method_is_one(slack: SlackServer) -> None:
    assert await error(client(slack).api_call("chat.shout")) == "unknown_method"


async def test_a_method_that_reads_forms_ignores_json(slack: SlackServer) -> None:
    call = client(slack).api_call("conversations.info", json={"channel": GENERAL})
    assert await error(call) == "channel_not_found"


async def test_a_message_is_posted_changed_and_deleted(slack: SlackServer) -> None:
    web = client(slack)
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "one"}}]
    posted = await web.chat_postMessage(channel=GENERAL, text="first", blocks=blocks, unfurl_links=False)
    [message] = slack.messages(GENERAL)
    assert (message.ts, message.text, message.blocks, message.unfurl) == (
        posted["ts"],
        "first",
        blocks,
        (False, True),
    )
    await web.chat_update(channel=GENERAL, ts=message.ts, text="second")
    assert (message.text, message.blocks, message.edits) == ("second", [], 1)
    await web.chat_update(channel=GENERAL, ts=message.ts, text="third", blocks=blocks)
    assert [version.text for version in message.versions] == ["first", "second", "third"]
    assert await error(web.chat_update(channel=GENERAL, ts=message.ts, text="x" * 4001)) == "msg_too_long"
    assert await error(web.chat_update(channel=GENERAL, ts="1.1", text="x")) == "message_not_found"
    await web.chat_delete(channel=GENERAL, ts=message.ts)
    assert slack.messages(GENERAL) == []
    assert await error(web.chat_delete(channel=GENERAL, ts=message.ts)) == "message_not_found"


async def test_another_s_message_is_not_the_app_s_to_change(slack: SlackServer) -> None:
    said = slack.say(GENERAL, "hello")
    assert (
        await error(client(slack).chat_update(channel=GENERAL, ts=said.ts, text="x")) == "cant_update_message"
    )
    assert await error(client(slack).chat_delete(channel=GENERAL, ts=said.ts)) == "cant_delete_message"
    assert (slack.by_bot(), slack.messages()) == ([], [said])


async def test_where_the_app_may_not_post(slack: SlackServer) -> None:
    slack.add_channel("C0OUT", is_member=False)
    slack.add_channel("C0SECRET", is_member=False, is_private=True)
    slack.add_channel("C0OLD", is_archived=True)

    async def refusal(channel: str) -> str:
        return await error(client(slack).chat_postMessage(channel=channel, text="x"))

    assert [await refusal(each) for each in ("C0OUT", "C0SECRET", "C0OLD", "C0NOWHERE")] == [
        "not_in_channel",
        "channel_not_found",
        "is_archived",
        "channel_not_found",
    ]


async def test_text_is_needed_and_cut(slack: SlackServer) -> None:
    assert await error(client(slack).api_call("chat.postMessage", json={"channel": GENERAL})) == "no_text"
    posted = await client(slack).chat_postMessage(channel=GENERAL, text="x" * 40_001)
    assert posted["response_metadata"]["warnings"] == ["message_truncated"]
    assert len(slack.messages(GENERAL)[0].text) == 40_000


async def test_only_one_sees_what_is_for_one(slack: SlackServer) -> None:
    await client(slack).chat_postEphemeral(channel=GENERAL, user=ANN, text="psst")
    assert slack.messages(GENERAL) == []
    assert [message.text for message in slack.ephemerals(ANN)] == ["psst"]
    slack.add_channel("C0SMALL").members.discard(BEN)
    call = client(slack).chat_postEphemeral(channel="C0SMALL", user=BEN, text="psst")
    assert await error(call) == "user_not_in_channel"


async def test_history_tells_metadata_only_to_who_asks(slack: SlackServer) -> None:
    web = client(slack)
    metadata = {"event_type": "digest", "event_payload": {"slot": "a"}}
    head = await web.chat_postMessage(channel=GENERAL, text="head", metadata=metadata)
    for each in "abc":
        await web.chat_postMessage(channel=GENERAL, text=each, thread_ts=head["ts"])
    plain = await web.conversations_history(channel=GENERAL)
    assert "metadata" not in plain["messages"][0]
    told = await web.conversations_history(channel=GENERAL, include_all_metadata=True)
    assert told["messages"][0]["metadata"] == metadata
    assert told["messages"][0]["reply_count"] == 3
    replies = await web.conversations_replies(channel=GENERAL, ts=head["ts"], limit=2)
    assert [each["text"] for each in replies["messages"]] == ["head", "a"]
    cursor = replies["response_metadata"]["next_cursor"]
    rest = await web.conversations_replies(channel=GENERAL, ts=head["ts"], cursor=cursor)
    assert [each["text"] for each in rest["messages"]] == ["b", "c"]
    assert await error(web.conversations_replies(channel=GENERAL, ts="1.1")) == "thread_not_found"
    nested = {"event_type": "digest", "event_payload": {"deep": {"deeper": {"deepest": 1}}}}
    call = web.chat_postMessage(channel=GENERAL, text="x", metadata=nested)
    assert await error(call) == "invalid_metadata_schema"


async def test_people_and_conversations_are_described(slack: SlackServer) -> None:
    web = client(slack)
    slack.add_user("U0GUEST", is_restricted=True)
    assert (await web.users_info(user=BEN, include_locale=True))["user"]["locale"] == "zh-CN"
    assert "locale" not in (await web.users_info(user=BEN))["user"]
    assert (await web.users_info(user="U0GUEST"))["user"]["is_restricted"]
    assert await error(web.users_info(user="U0NOBODY")) == "user_not_found"
    slack.add_channel("C0SHARED", is_ext_shared=True)
    assert (await web.conversations_info(channel="C0SHARED"))["channel"]["is_ext_shared"]
    opened = await web.conversations_open(users=[ANN])
    assert (await web.conversations_info(channel=opened["channel"]["id"]))["channel"]["is_im"]
    await web.chat_postMessage(channel=ANN, text="in the direct message")
    assert [message.channel for message in slack.messages()] == [opened["channel"]["id"]]


@pytest.mark.filterwarnings(
    "ignore:BasicAuth is deprecated:DeprecationWarning"
)  # the SDK's own use of aiohttp
async def test_a_code_is_exchanged_once_and_a_token_rotated(slack: SlackServer) -> None:
    slack.rotates_tokens = True
    web = client(slack, "")
    code = slack.authorize(scopes=["chat:write"])
    keys = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    granted = await web.oauth_v2_access(**keys, code=code)
    assert (granted["team"]["id"], granted["scope"], granted["expires_in"]) == (TEAM, "chat:write", 43_200)
    assert await error(web.oauth_v2_access(**keys, code=code)) == "code_already_used"
    assert (
        await error(web.oauth_v2_access(client_id=CLIENT_ID, client_secret="no", code="x"))
        == "bad_client_secret"
    )
    slack.advance(43_200)
    assert await error(client(slack, granted["access_token"]).auth_test()) == "token_expired"
    refresh = {"grant_type": "refresh_token", "refresh_token": granted["refresh_token"]}
    fresh = await web.oauth_v2_access(**keys, **refresh)
    await client(slack, fresh["access_token"]).auth_test()
    assert await error(web.oauth_v2_access(**keys, **refresh)) == "invalid_refresh_token"


async def test_a_fault_says_what_it_is_told_to(slack: SlackServer) -> None:
    web = client(slack)
    slack.fail("chat.postMessage", "fatal_error")
    assert await error(web.chat_postMessage(channel=GENERAL, text="x")) == "fatal_error"
    slack.fail("chat.postMessage", status=429, retry_after=7)
    with pytest.raises(SlackApiError) as limited:
        await web.chat_postMessage(channel=GENERAL, text="x")
    assert (limited.value.response.status_code, limited.value.response.headers["Retry-After"]) == (429, "7")
    slack.fail("chat.postMessage", status=503)
    with pytest.raises(SlackApiError):
        await web.chat_postMessage(channel=GENERAL, text="x")
    assert slack.messages() == []
    slack.fail("chat.postMessage", after_effect=True)
    with pytest.raises(aiohttp.ClientError):
        await web.chat_postMessage(channel=GENERAL, text="applied")
    slack.fail("chat.postMessage")
    with pytest.raises(aiohttp.ClientError):
        await web.chat_postMessage(channel=GENERAL, text="lost")
    assert [message.text for message in slack.messages()] == ["applied"]
    assert [call.status for call in slack.called("chat.postMessage")] == [200, 429, 503, 200, 0]


async def test_a_fault_holds_an_answer_back(slack: SlackServer) -> None:
    go = asyncio.Event()
    slack.fail("chat.postMessage", until=go)
    posting = asyncio.create_task(client(slack).chat_postMessage(channel=GENERAL, text="late"))
    await slack.until(lambda: slack.called("chat.postMessage"))
    assert slack.messages() == []
    go.set()
    await posting
    assert [message.text for message in slack.messages()] == ["late"]


async def test_what_comes_over_the_pace_is_counted_and_refused(slack: SlackServer) -> None:
    web = client(slack)
    for _ in range(4):
        await web.chat_postMessage(channel=GENERAL, text="x")
    assert slack.over_pace == 1
    slack.pace.is_enforced = True
    with pytest.raises(SlackApiError) as limited:
        await web.chat_postMessage(channel=GENERAL, text="x")
    assert limited.value.response["error"] == "ratelimited"
    assert int(limited.value.response.headers["Retry-After"]) >= 1
    slack.add_channel("C0OTHER")
    await web.chat_postMessage(channel="C0OTHER", text="x")
    assert len(slack.messages()) == 5


async def test_an_uninstalled_app_has_no_token(slack: SlackServer) -> None:
    slack.add_team("T0TWO", token="xoxb-two")
    sent = await slack.uninstall("T0TWO")
    assert sent.body["event"]["type"] == "app_uninstalled"
    assert await error(client(slack, "xoxb-two").auth_test()) == "account_inactive"
    await slack.revoke()
    assert await error(client(slack).auth_test()) == "token_revoked"
