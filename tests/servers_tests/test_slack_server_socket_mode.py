"""The tests' Slack over Socket Mode, heard by the real SDK; response URLs and what people do in messages and views."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from slack_sdk.errors import SlackRequestError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.servers.slack import ANN, BEN, GENERAL, slack_server
from tests.servers_tests.slack_clients import client, error, listening

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.slack import SlackServer

BUTTONS: list[dict[str, Any]] = [
    {
        "type": "actions",
        "block_id": "b",
        "elements": [
            {
                "type": "button",
                "action_id": "go",
                "value": value,
                "text": {"type": "plain_text", "text": value},
            }
            for value in ("one", "two")
        ],
    }
]
BUTTONS[0]["elements"][1]["action_id"] = "stay"


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with slack_server() as server:
        yield server


async def test_a_command_is_heard_and_acknowledged(slack: SlackServer) -> None:
    async with listening(slack) as ear:
        ear.payloads["slash_commands"] = {"text": "at work", "response_type": "ephemeral"}
        sent = await slack.command("/vllm-digest", "today", user=BEN)
        assert 0 < await sent.acked_after < 3
        assert await sent.payload == {"text": "at work", "response_type": "ephemeral"}
    assert ear.heard[0].payload["text"] == "today"
    assert [message.text for message in slack.ephemerals(BEN)] == ["at work"]
    assert slack.response_url_of(sent.response_url).uses == 0


async def test_what_is_not_acknowledged_comes_again(slack: SlackServer) -> None:
    slack.ack_s = 0.1
    async with listening(slack) as ear:
        ear.is_answering = False
        sent = await slack.mention(text="hello")
        await slack.until(lambda: sent.attempts == 2)
        ear.is_answering = True
        await slack.until(lambda: sent.is_acked)
    first, *again = ear.heard
    assert again
    assert {request.payload["event_id"] for request in ear.heard} == {sent.event_id}
    assert (first.retry_attempt, again[0].retry_attempt, again[0].retry_reason) == (0, 1, "timeout")
    assert first.envelope_id != again[0].envelope_id


async def test_slack_gives_up_after_three_more(slack: SlackServer) -> None:
    slack.ack_s = 0.02
    async with listening(slack) as ear:
        ear.is_answering = False
        sent = await slack.mention(text="hello")
        await slack.until(lambda: sent.gave_up)
    assert sent.attempts == 4


async def test_what_is_sent_while_nobody_listens_waits(slack: SlackServer) -> None:
    sent = await slack.direct(ANN, "hello")
    assert sent.attempts == 0
    async with listening(slack):
        await sent.acked()


async def test_a_lost_socket_is_made_anew_and_nothing_is_lost(slack: SlackServer) -> None:
    async with listening(slack) as ear:
        slack.sockets.drop()
        sent = await slack.mention(text="hello")
        await sent.acked()
        assert len(slack.sockets.connections) == 2
    assert len(ear.heard) == 1


async def test_a_disconnect_makes_the_app_connect_again(slack: SlackServer) -> None:
    async with listening(slack):
        await slack.sockets.disconnect("refresh_requested")
        await slack.until(lambda: len(slack.sockets.connections) == 2)
        await (await slack.mention(text="hello")).acked()


async def test_each_envelope_goes_to_one_of_several_connections(slack: SlackServer) -> None:
    async with listening(slack) as one, listening(slack) as two:
        for number in range(6):
            await (await slack.direct(ANN, str(number))).acked()
    assert len(one.heard) + len(two.heard) == 6
    assert one.heard
    assert two.heard
    assert slack.sockets.connections[0].pings > 0


async def test_a_connection_takes_an_app_token_and_a_ticket_once(slack: SlackServer) -> None:
    assert (
        await error(client(slack).apps_connections_open(app_token="xoxb-testsonly"))
        == "not_allowed_token_type"
    )
    url = (await client(slack, "").apps_connections_open(app_token="xapp-testsonly"))["url"]
    assert url.startswith(f"ws://127.0.0.1:{slack.port}/link/?ticket=")


async def test_a_button_is_pressed_where_it_is(slack: SlackServer) -> None:
    posted = await client(slack).chat_postMessage(channel=GENERAL, text="x", blocks=BUTTONS)
    async with listening(slack) as ear:
        await (await slack.press(slack.messages()[0], "go", user=BEN)).acked()
    body = ear.heard[0].payload
    assert (body["type"], body["user"]["id"], body["actions"][0]["value"]) == ("block_actions", BEN, "one")
    assert (body["container"]["message_ts"], body["message"]["ts"]) == (posted["ts"], posted["ts"])
    answer = await AsyncWebhookClient(body["response_url"]).send(
        text="done", replace_original=True, blocks=[]
    )
    assert answer.body == "ok"
    assert [message.text for message in slack.messages()] == ["done"]
    with pytest.raises(LookupError):
        await slack.press(slack.messages()[0], "go")


async def test_a_response_url_has_five_uses_and_half_an_hour(slack: SlackServer) -> None:
    url = slack.response_url(GENERAL, ANN)
    respond = AsyncWebhookClient(url, retry_handlers=[])
    await respond.send(text="1")
    for number in "234":
        assert (await respond.send(text=number, replace_original=True)).status_code == 200
    assert [[version.text for version in message.versions] for message in slack.ephemerals(ANN)] == [
        ["1", "2", "3", "4"]
    ]
    await respond.send(text="5", response_type="in_channel")
    assert [message.text for message in slack.messages(GENERAL)] == ["5"]
    used = await respond.send(text="6")
    assert (used.status_code, used.body) == (404, '{"ok": false, "error": "used_url"}')
    late = AsyncWebhookClient(slack.response_url(GENERAL, ANN), retry_handlers=[])
    slack.advance(30 * 60 + 1)
    assert (await late.send(text="x")).body == '{"ok": false, "error": "expired_url"}'
    assert slack.response_url_of(url).uses == 5


async def test_a_response_url_judges_blocks_and_deletes(slack: SlackServer) -> None:
    url = slack.response_url(GENERAL, ANN)
    respond = AsyncWebhookClient(url, retry_handlers=[])
    bad = await respond.send(text="x", blocks=[{"type": "marquee"}])
    assert bad.status_code == 400
    assert "unsupported type: marquee" in bad.body
    await respond.send(text="x")
    await respond.send(delete_original=True)
    assert slack.ephemerals(ANN) == []


MODAL: dict[str, Any] = {
    "type": "modal",
    "callback_id": "prefs",
    "title": {"type": "plain_text", "text": "T"},
    "submit": {"type": "plain_text", "text": "Save"},
    "notify_on_close": True,
    "blocks": [
        {
            "type": "input",
            "block_id": "lang",
            "label": {"type": "plain_text", "text": "L"},
            "element": {
                "type": "static_select",
                "action_id": "choice",
                "options": [
                    {"text": {"type": "plain_text", "text": each}, "value": each} for each in ("en", "zh")
                ],
            },
        },
        {
            "type": "input",
            "block_id": "zone",
            "optional": True,
            "label": {"type": "plain_text", "text": "Z"},
            "element": {"type": "plain_text_input", "action_id": "name", "initial_value": "UTC"},
        },
    ],
}


async def test_a_modal_is_filled_in_and_sent(slack: SlackServer) -> None:
    web = client(slack)
    await web.views_open(trigger_id=(await slack.command()).trigger_id, view=MODAL)
    [view] = slack.modals(ANN)
    async with listening(slack) as ear:
        ear.payloads["interactive"] = {"response_action": "errors", "errors": {"zone": "no"}}
        await (await slack.submit(view, {"choice": "zh"})).acked()
        assert slack.modals(ANN) == [view]
        ear.payloads["interactive"] = {"response_action": "update", "view": MODAL | {"callback_id": "again"}}
        await (await slack.submit(view, {"zone": {"name": "Asia/Shanghai"}})).acked()
        assert view.payload["callback_id"] == "again"
        ear.payloads["interactive"] = {"response_action": "update", "view": {"type": "modal"}}
        sent = await slack.submit(view)
        await sent.acked()
        assert sent.problem == "invalid_arguments"
        ear.payloads.clear()
        await (await slack.submit(view)).acked()
        await slack.until(lambda: not slack.modals(ANN))
        assert (await slack.close_view(view)) is not None
        with pytest.raises(LookupError):
            await slack.submit(view, {"colour": "red"})
    filled = [
        request.payload["view"]["state"]["values"]
        for request in ear.heard
        if request.payload.get("type") == "view_submission"
    ]
    assert filled[0]["lang"]["choice"]["selected_option"]["value"] == "zh"
    assert filled[0]["zone"]["name"]["value"] == "UTC"
    assert filled[1]["zone"]["name"]["value"] == "Asia/Shanghai"


async def test_shortcuts_homes_and_invitations_reach_the_app(slack: SlackServer) -> None:
    said = slack.say(GENERAL, "see https://github.com/vllm-project/vllm/pull/1")
    slack.add_channel("C0NEW", is_member=False)
    async with listening(slack) as ear:
        for sent in (
            await slack.shortcut("explain", said, user=BEN),
            await slack.shortcut("ask"),
            await slack.open_home(BEN),
            await slack.open_home(BEN, "messages"),
            await slack.join("C0NEW"),
            await slack.event(
                {"type": "message", "subtype": "bot_message", "channel": GENERAL, "bot_id": "B1"}
            ),
        ):
            await sent.acked()
    kinds = [request.payload.get("event", request.payload)["type"] for request in ear.heard]
    assert sorted(kinds) == sorted(
        [
            "message_action",
            "shortcut",
            "app_home_opened",
            "app_home_opened",
            "member_joined_channel",
            "message",
        ]
    )
    assert slack.is_member(slack.channels["C0NEW"])


async def test_the_app_hears_itself_in_a_direct_message(slack: SlackServer) -> None:
    async with listening(slack) as ear:
        await client(slack).chat_postMessage(channel=ANN, text="hi")
        await slack.until(lambda: ear.heard and slack.sent[-1].is_acked)
    assert ear.heard[0].payload["event"]["bot_id"] == "B0DIGEST"


async def test_two_hundred_at_once_are_served(slack: SlackServer) -> None:
    async with listening(slack) as ear:
        sent = [await slack.command(text=str(number)) for number in range(200)]
        await asyncio.gather(*(each.acked() for each in sent))
    assert len(ear.heard) == 200


async def test_the_app_hears_its_edits_in_a_direct_message(slack: SlackServer) -> None:
    web = client(slack)
    posted = await web.chat_postMessage(channel=ANN, text="hi")
    await web.chat_update(channel=posted["channel"], ts=posted["ts"], text="ho")
    await web.chat_delete(channel=posted["channel"], ts=posted["ts"])
    events = [sent.body["event"] for sent in slack.sent]
    assert [event.get("subtype") for event in events] == [None, "message_changed", "message_deleted"]
    assert (events[1]["message"]["text"], events[2]["previous_message"]["text"]) == ("ho", "ho")
    slack.echoes = False
    await web.chat_postMessage(channel=ANN, text="hi")
    assert len(slack.sent) == 3


async def test_a_stranger_speaks_in_a_shared_channel(slack: SlackServer) -> None:
    slack.add_channel("C0SHARED", is_ext_shared=True).members.add("U0FAR")
    slack.add_user("U0FAR", team="T0FAR")
    slack.say("C0SHARED", "see", user="U0FAR")
    posted = await client(slack).chat_postMessage(channel="C0SHARED", text="x", blocks=BUTTONS)
    mention = await slack.mention("C0SHARED", "U0FAR", "today")
    press = await slack.press(slack.messages("C0SHARED")[1], "go", user="U0FAR")
    assert (mention.body["team_id"], mention.body["is_ext_shared_channel"]) == ("T0TESTS", True)
    assert mention.body["event"]["user_team"] == "T0FAR"
    assert (press.body["team"]["id"], press.body["user"]["team_id"]) == ("T0TESTS", "T0FAR")
    assert press.body["message"]["ts"] == posted["ts"]
    assert (await client(slack).users_info(user="U0FAR"))["user"]["team_id"] == "T0FAR"


async def test_response_urls_and_uploads_fail_as_told(slack: SlackServer) -> None:
    slack.fail("response_url", status=503)
    respond = AsyncWebhookClient(slack.response_url(), retry_handlers=[])
    assert (await respond.send(text="x")).status_code == 503
    assert slack.ephemerals() == []
    slack.fail("upload", status=500)
    with pytest.raises(SlackRequestError):
        await client(slack).files_upload_v2(content=b"x", filename="a.md")
    assert [call.status for call in slack.called("upload")] == [500]
