"""Streams, uploads, status lines and views of the tests' Slack, asked by the real SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.servers.slack import ANN, BEN, GENERAL, TEAM, slack_server
from tests.servers_tests.slack_clients import client, error, refused

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.slack import SlackServer

PLAIN: dict[str, Any] = {"type": "plain_text", "text": "T"}
MODAL: dict[str, Any] = {"type": "modal", "title": PLAIN, "blocks": [{"type": "divider"}]}


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with slack_server() as server:
        yield server


async def test_the_sdk_s_stream_is_read_as_one_message(slack: SlackServer) -> None:
    asked = slack.say(GENERAL, "why?")
    stream = await client(slack).chat_stream(
        channel=GENERAL, thread_ts=asked.ts, recipient_team_id=TEAM, recipient_user_id=ANN, buffer_size=1
    )
    await stream.append(markdown_text="**one** ")
    await stream.append(markdown_text="two")
    [answer] = slack.thread(GENERAL, asked.ts)
    assert answer.is_streaming
    await stream.stop(blocks=[{"type": "divider"}])
    assert (answer.is_streaming, answer.markdown) == (False, "**one** two")
    assert [block["type"] for block in answer.blocks] == ["markdown", "divider"]


async def test_a_stream_in_a_channel_names_its_reader(slack: SlackServer) -> None:
    web = client(slack)
    where: dict[str, Any] = {"channel": GENERAL, "thread_ts": slack.say(GENERAL, "?").ts}
    assert await error(web.chat_startStream(**where)) == "missing_recipient_team_id"
    assert await error(web.chat_startStream(**where, recipient_team_id=TEAM)) == "missing_recipient_user_id"
    room = slack.dm_of(ANN).id
    await web.chat_startStream(channel=room, thread_ts=slack.say(room, "?").ts)


async def test_a_stream_ends_and_refuses_what_it_may_not_take(slack: SlackServer) -> None:
    web = client(slack)
    room = slack.dm_of(ANN).id
    started = await web.chat_startStream(channel=room, thread_ts=slack.say(room, "?").ts)
    here: dict[str, Any] = {"channel": room, "ts": started["ts"]}
    assert await error(web.chat_appendStream(**here, markdown_text="x" * 12_001)) == "msg_too_long"
    assert await error(web.chat_update(**here, text="x")) == "streaming_state_conflict"
    assert await error(web.chat_delete(**here)) == "cant_delete_message"
    await web.chat_appendStream(**here, markdown_text="x" * 12_000)
    slack.advance(301)
    assert await error(web.chat_appendStream(**here, markdown_text="x")) == "message_not_in_streaming_state"
    assert await error(web.chat_stopStream(**here)) == "message_not_in_streaming_state"
    await web.chat_update(**here, text="whole")


async def test_a_stream_goes_on_as_it_began(slack: SlackServer) -> None:
    web = client(slack)
    room = slack.dm_of(ANN).id
    started = await web.chat_startStream(channel=room, thread_ts=slack.say(room, "?").ts, markdown_text="a")
    here: dict[str, Any] = {"channel": room, "ts": started["ts"]}
    chunks: list[dict[str, Any]] = [{"type": "markdown_text", "text": "b"}]
    assert await error(web.chat_appendStream(**here, chunks=chunks)) == "streaming_mode_mismatch"
    both = web.chat_appendStream(**here, markdown_text="b", chunks=chunks)
    assert await error(both) == "cannot_provide_both_markdown_text_and_chunks"
    await web.chat_stopStream(**here, markdown_text="b")
    assert slack.thread(room, slack.messages(room)[0].ts)[0].text == "ab"


async def test_an_image_needs_a_file_that_is_ready(slack: SlackServer) -> None:
    web = client(slack)
    slack.infos_until_ready = 2
    uploaded = await web.files_upload_v2(content=b"PNG", filename="chart.png", alt_txt="a chart")
    file = uploaded["files"][0]["id"]
    blocks = [{"type": "image", "alt_text": "a chart", "slack_file": {"id": file}}]
    body = await refused(web.chat_postMessage(channel=GENERAL, text="x", blocks=blocks))
    assert body["response_metadata"]["messages"] == [
        "[ERROR] invalid slack file [json-pointer:/blocks/0/slack_file]"
    ]
    types = [(await web.files_info(file=file))["file"]["mimetype"] for _ in range(3)]
    assert types == ["", "", "image/png"]
    await web.chat_postMessage(channel=GENERAL, text="x", blocks=blocks)
    assert (slack.files[file].data, slack.files[file].alt) == (b"PNG", "a chart")


async def test_a_file_is_shared_below_a_message(slack: SlackServer) -> None:
    head = slack.say(GENERAL, "head")
    await client(slack).files_upload_v2(
        content="# Digest",
        filename="digest.md",
        channel=GENERAL,
        thread_ts=head.ts,
        initial_comment="all of it",
    )
    [shared] = slack.thread(GENERAL, head.ts)
    assert (shared.text, [slack.files[file].name for file in shared.files]) == ("all of it", ["digest.md"])


async def test_a_reply_takes_the_status_line_away(slack: SlackServer) -> None:
    web = client(slack)
    room = slack.dm_of(ANN).id
    asked = slack.say(room, "?")
    await web.assistant_threads_setStatus(
        channel_id=room, thread_ts=asked.ts, status="is reading", loading_messages=["one", "two"]
    )
    assert (slack.status(room, asked.ts), slack.statuses[0].loading) == ("is reading", ("one", "two"))
    await web.chat_postMessage(channel=room, thread_ts=asked.ts, text="so")
    assert slack.status(room, asked.ts) == ""
    await web.assistant_threads_setSuggestedPrompts(channel_id=room, prompts=[{"title": "t", "message": "m"}])
    assert slack.prompts[0].prompts == [{"title": "t", "message": "m"}]
    five = [{"title": "t", "message": "m"}] * 5
    assert (
        await error(web.assistant_threads_setSuggestedPrompts(channel_id=room, prompts=five))
        == "invalid_arguments"
    )


async def test_a_trigger_is_good_for_three_seconds_and_one_use(slack: SlackServer) -> None:
    web = client(slack)
    trigger = (await slack.command()).trigger_id
    opened = await web.views_open(trigger_id=trigger, view=MODAL)
    assert [view.id for view in slack.modals(ANN)] == [opened["view"]["id"]]
    assert await error(web.views_open(trigger_id=trigger, view=MODAL)) == "exchanged_trigger_id"
    assert await error(web.views_open(trigger_id="1.2.x", view=MODAL)) == "invalid_trigger_id"
    late = (await slack.command()).trigger_id
    slack.advance(3.1)
    assert await error(web.views_open(trigger_id=late, view=MODAL)) == "expired_trigger_id"


async def test_a_view_changed_meanwhile_is_not_overwritten(slack: SlackServer) -> None:
    web = client(slack)
    opened = await web.views_open(trigger_id=(await slack.command()).trigger_id, view=MODAL)
    old = {"view_id": opened["view"]["id"], "hash": opened["view"]["hash"]}
    await web.views_update(**old, view=MODAL)
    assert await error(web.views_update(**old, view=MODAL)) == "hash_conflict"
    [view] = slack.modals(ANN)
    assert len(view.versions) == 2
    await slack.close_view(view)
    assert await error(web.views_update(view_id=view.id, view=MODAL)) == "not_found"


async def test_three_modals_are_the_most(slack: SlackServer) -> None:
    web = client(slack)
    await web.views_open(trigger_id=(await slack.command()).trigger_id, view=MODAL)
    for _ in range(2):
        await web.views_push(trigger_id=(await slack.command()).trigger_id, view=MODAL)
    call = web.views_push(trigger_id=(await slack.command()).trigger_id, view=MODAL)
    assert await error(call) == "push_limit_reached"


async def test_a_view_keeps_its_sizes(slack: SlackServer) -> None:
    web = client(slack)

    async def faults(**changed: object) -> list[str]:
        trigger = (await slack.command()).trigger_id
        body = await refused(web.views_open(trigger_id=trigger, view=MODAL | changed))
        assert body["error"] == "invalid_arguments"
        return list(body["response_metadata"]["messages"])

    long = {"type": "plain_text", "text": "x" * 25}
    assert await faults(title=long) == [
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"
    ]
    assert await faults(private_metadata="x" * 3001) == [
        "[ERROR] must be less than 3001 characters [json-pointer:/view/private_metadata]"
    ]
    assert await faults(blocks=[{"type": "divider"}] * 101) == [
        "[ERROR] no more than 100 items allowed [json-pointer:/view/blocks]"
    ]
    assert await faults(blocks=[{"type": "markdown", "text": "x"}]) == [
        "[ERROR] unsupported type: markdown [json-pointer:/view/blocks/0/type]"
    ]


async def test_a_home_tab_is_published_for_one(slack: SlackServer) -> None:
    web = client(slack)
    home = {"type": "home", "blocks": [{"type": "divider"}]}
    first = await web.views_publish(user_id=BEN, view=home)
    await web.views_publish(user_id=BEN, view=home, hash=first["view"]["hash"])
    view = slack.home(BEN)
    assert view is not None
    assert len(view.versions) == 2
    assert slack.home(ANN) is None
