"""The tests' Slack fails as Slack fails between two processes: late, half, and with a history that lags."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import aiohttp
import pytest

from tests.servers.slack import BEN, BOT, GENERAL, TEAM, slack_server
from tests.servers_tests.slack_clients import client, error

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.slack import SlackServer

METADATA = {"event_type": "test", "event_payload": {"part": "post"}}


@pytest.fixture
async def slack() -> AsyncIterator[SlackServer]:
    async with slack_server() as server:
        yield server


async def test_an_effect_comes_late_and_the_connection_is_cut_at_once(slack: SlackServer) -> None:
    done = asyncio.Event()
    slack.fail("chat.postMessage", late=done)
    with pytest.raises(aiohttp.ClientError):
        await client(slack).chat_postMessage(channel=GENERAL, text="late")
    assert slack.messages() == []
    assert len(slack.late_effects) == 1
    await client(slack).chat_postMessage(channel=GENERAL, text="in time")

    done.set()
    await slack.until(lambda: len(slack.messages()) == 2)
    assert [message.text for message in slack.messages()] == ["in time", "late"]


async def test_an_effect_comes_some_seconds_late_behind_an_error_of_slacks(slack: SlackServer) -> None:
    slack.fail("chat.postMessage", status=500, late=0.01)
    with pytest.raises(Exception, match="500"):
        await client(slack).chat_postMessage(channel=GENERAL, text="late")

    await slack.until(slack.messages)


async def test_what_comes_late_is_judged_by_what_is_there_then(slack: SlackServer) -> None:
    done = asyncio.Event()
    slack.fail("chat.postMessage", late=done)
    with pytest.raises(aiohttp.ClientError):
        await client(slack).chat_postMessage(channel=GENERAL, text="late")
    slack.archive_channel(GENERAL)
    done.set()
    await slack.until(lambda: slack.called("chat.postMessage")[-1].error)

    assert slack.messages() == []


async def test_a_server_that_closes_waits_for_no_late_effect() -> None:
    async with slack_server() as slack:
        slack.fail("chat.postMessage", late=3600.0)
        with pytest.raises(aiohttp.ClientError):
            await client(slack).chat_postMessage(channel=GENERAL, text="late")

    assert slack.late_effects == set()
    assert slack.messages() == []


async def test_history_lags_by_the_servers_clock(slack: SlackServer) -> None:
    web = client(slack)
    slack.history_lags_s = 30.0
    root = await web.chat_postMessage(channel=GENERAL, text="hello", metadata=METADATA)
    ts = root["ts"]
    await web.chat_postMessage(channel=GENERAL, text="below", thread_ts=ts)

    async def told() -> tuple[list[str], list[str]]:
        history = await web.conversations_history(channel=GENERAL)
        replies = await web.conversations_replies(channel=GENERAL, ts=ts)
        return [each["text"] for each in history["messages"]], [each["text"] for each in replies["messages"]]

    assert await told() == ([], ["hello"])
    slack.advance(31)
    assert await told() == (["hello"], ["hello", "below"])


async def test_it_fails_at_random_as_often_as_it_is_told(slack: SlackServer) -> None:
    draw = random.Random(1)
    slack.fail("chat.postMessage", status=500, times=10**9, when=lambda _call: draw.random() < 0.5)
    answers = []
    for place in range(40):
        try:
            await client(slack).chat_postMessage(channel=GENERAL, text=f"{place}")
            answers.append(True)
        except Exception:  # noqa: BLE001 - of whichever kind
            answers.append(False)

    assert 8 < sum(answers) < 32
    assert len(slack.messages()) == sum(answers)


async def test_all_that_took_effect_is_written_down_in_its_order(slack: SlackServer) -> None:
    web = client(slack)
    posted = await web.chat_postMessage(channel=GENERAL, text="one", metadata=METADATA)
    below = await web.chat_postMessage(channel=GENERAL, text="two", thread_ts=posted["ts"])
    again = {"event_type": "test", "event_payload": {"part": "post", "revision": 2}}
    await web.chat_update(channel=GENERAL, ts=posted["ts"], text="three", metadata=again)
    await web.chat_update(channel=GENERAL, ts=posted["ts"], text="four")
    await web.chat_delete(channel=GENERAL, ts=below["ts"])
    await error(web.chat_postMessage(channel="C0NOWHERE", text="five"))
    await web.chat_postEphemeral(channel=GENERAL, user=BEN, text="six")

    told = [(each.kind, each.text, each.thread_ts, each.metadata) for each in slack.effects]
    assert told == [
        ("posted", "one", "", METADATA),
        ("posted", "two", posted["ts"], None),
        ("edited", "three", "", again),
        ("edited", "four", "", again),
        ("deleted", "two", posted["ts"], None),
    ]
    assert {(each.channel, each.author) for each in slack.effects} == {(GENERAL, BOT)}
    assert [each.at for each in slack.effects] == sorted(each.at for each in slack.effects)


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("archive_channel", "is_archived"),
        ("delete_channel", "channel_not_found"),
        ("remove_bot", "not_in_channel"),
    ],
)
async def test_a_channel_goes_and_the_app_is_told_nothing(slack: SlackServer, how: str, said: str) -> None:
    getattr(slack, how)(GENERAL)

    assert await error(client(slack).chat_postMessage(channel=GENERAL, text="hello")) == said
    assert slack.sent == []


@pytest.mark.parametrize(
    ("deed", "event", "private"),
    [
        ("archive", "channel_archive", "group_archive"),
        ("drop", "channel_deleted", "group_deleted"),
        ("expel", "channel_left", "group_left"),
    ],
)
async def test_a_channel_goes_and_the_app_is_told(
    slack: SlackServer, deed: str, event: str, private: str
) -> None:
    slack.add_channel("C0PRIVATE", is_private=True)
    told = [await getattr(slack, deed)(channel) for channel in (GENERAL, "C0PRIVATE")]

    assert [each.body["event"]["type"] for each in told] == [event, private]
    assert await error(client(slack).chat_postMessage(channel=GENERAL, text="hello"))


async def test_tokens_end_and_the_app_is_told_nothing(slack: SlackServer) -> None:
    slack.end_tokens(TEAM, "account_inactive")

    assert await error(client(slack).auth_test()) == "account_inactive"
    assert slack.sent == []


async def test_a_bot_lists_the_channels_that_it_is_in(slack: SlackServer) -> None:
    slack.add_channel("C0PRIVATE", "private", is_private=True)
    slack.add_channel("C0OLD", "old", is_archived=True)
    slack.add_channel("C0OTHER", "other", is_member=False)
    slack.dm_of(BEN)
    web = client(slack)

    async def named(**asked: object) -> list[str]:
        return [each["name"] for each in (await web.users_conversations(**asked))["channels"]]  # type: ignore[arg-type]

    kinds = "public_channel,private_channel"
    assert await named() == ["general", "old"]
    assert await named(types=kinds, exclude_archived=True) == ["general", "private"]
    first = await web.users_conversations(types=kinds, limit=2)
    cursor = first["response_metadata"]["next_cursor"]
    assert await named(types=kinds, limit=2, cursor=cursor) == ["old"]
    assert await error(web.users_conversations(types="channels")) == "invalid_types"


async def test_a_file_is_deleted_with_its_message(slack: SlackServer) -> None:
    web = client(slack)
    await web.files_upload_v2(channel=GENERAL, content="report", filename="report.md")
    [file] = slack.files
    await web.files_delete(file=file)

    assert slack.messages() == []
    assert await error(web.files_delete(file=file)) == "file_deleted"
    assert await error(web.files_info(file=file)) == "file_not_found"
