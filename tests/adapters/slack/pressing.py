"""Pressing: the whole bot, quick enough for many messages in one channel, and what a press shows to whom."""

from __future__ import annotations

from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from adapters.slack import actions, tiers
from adapters.slack.tiers import Rate
from tests.adapters.slack.whole import is_progress, until_posted, until_result, whole, words_of
from tests.bot.talk import NOW, REPO
from tests.servers.github import World
from tests.servers.slack import ANN, BEN, GENERAL
from tests.servers.slack.payloads import element_in
from tests.servers.slack.records import Message, Version, View

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.chat.pressed import Pressed
    from tests.adapters.slack.whole import Whole
    from tests.bot.running import Host
    from tests.servers.slack import Sent, SlackServer

READERS = [pytest.param(ANN, id="en"), pytest.param(BEN, id="zh")]
"""Ann reads English, Ben Chinese."""

FAST = Rate(600_000, 10_000)


@asynccontextmanager
async def bot(host: Host, server: SlackServer, **more: Any) -> AsyncIterator[Whole]:  # noqa: ANN401 - see `whole`
    """See `whole`. Nobody waits for a channel's turn, which lets a message a second pass."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiers, "IN_ONE_CHANNEL", FAST)
        for method in ("chat.update", "views.update"):
            patch.setitem(tiers.RATES, method, FAST)
        async with whole(host, server, **more) as it:
            yield it


def crowded(count: int = 75) -> World:
    """A day on which more happened than a message or a page of a view holds."""
    world = World()
    repository = world.repository(REPO)
    words = "[ROCm] Rework how the scheduler and the attention backends share blocks of the cache, part"
    for place in range(count):
        at = NOW - timedelta(hours=9) + timedelta(minutes=6 * place)
        if place % 3:
            pull = repository.open_pr(f"{words} {place}", by=f"dev{place % 9}", at=at, number=1000 + place)
            if place % 3 == 1:
                pull.merge(by="max", at=at + timedelta(minutes=2))
        else:
            issue = repository.open_issue(
                f"[Bug]: It crashes on MI300, case {place}", by="cyd", at=at, number=1000 + place
            )
            issue.comment(by="max", at=at + timedelta(minutes=1), body=f"I see it as well, on {place}.")
    return world


async def only_me(
    server: SlackServer, user: str = ANN, line: str = "today", channel: str = GENERAL
) -> Message:
    """What a command is answered with."""
    return await until_result(server, await server.command("/vllm-digest", line, channel=channel, user=user))


async def post(server: SlackServer, user: str = ANN, line: str = "today", channel: str = GENERAL) -> Message:
    """What a mention in a channel is answered with."""
    before = len(server.by_bot(channel))
    await server.mention(channel, user, line)
    return (await until_posted(server, channel, before + 1))[-1]


async def direct(server: SlackServer, user: str = ANN, line: str = "today") -> Message:
    """What a direct message is answered with."""
    channel = server.dm_of(user).id
    before = len(server.by_bot(channel))
    await server.direct(user, line)
    return (await until_posted(server, channel, before + 1))[-1]


async def told(server: SlackServer, sent: Sent, contains: str = "") -> Message:
    """What a press shows beside the message to who pressed."""
    return await until_result(server, sent, contains)


async def until_changed(server: SlackServer, message: Message, edits: int = 0) -> Message:
    """The message, once it was changed and shows more than progress. edits: how often it had been before."""
    await server.until(lambda: message.edits > edits and not is_progress(message))
    return message


async def until_modal(server: SlackServer, user: str, contains: str = "") -> View:
    """The person's open view, once it holds that."""
    view: View = await server.until(
        lambda: next((view for view in server.modals(user) if contains in words_of_view(view)), None)
    )
    return view


def words_of_view(view: View) -> str:
    """All that a reader reads of it."""
    fake = Message("", "", "", [Version(0.0, view.payload["title"]["text"], tuple(view.blocks))])
    return words_of(fake)


def with_value(message: Message, action_id: str, value: str) -> Message:
    """The message as somebody's client may send it: with another value of a button."""
    blocks = [
        {**block, "elements": [_changed(each, action_id, value) for each in block["elements"]]}
        if block["type"] in ("actions", "context_actions")
        else block
        for block in message.blocks
    ]
    message.versions.append(Version(0.0, message.text, tuple(blocks)))
    return message


def _changed(element: dict[str, Any], action_id: str, value: str) -> dict[str, Any]:
    if element["action_id"] != action_id:
        return element
    if element["type"] != "feedback_buttons":
        return {**element, "value": value}
    return {**element, **{each: {**element[each], "value": value} for each in _THUMBS}}


_THUMBS = ("positive_button", "negative_button")


def in_language(text: str) -> str:
    """Which language a text is written in."""
    return "zh" if any("\u4e00" <= character <= "\u9fff" for character in text) else "en"


def language_of(user: str) -> str:
    return {ANN: "en", BEN: "zh"}[user]


def value_of(message: Message, action_id: str) -> Pressed:
    """What a button of the message carries."""
    element, _ = element_in(message.blocks, action_id, None)
    return actions.load(element["value"])


def value_of_feedback(message: Message) -> Pressed:
    """What the thumbs of the message carry."""
    element, _ = element_in(message.blocks, actions.FEEDBACK, None)
    return actions.load(element["positive_button"]["value"])


async def until_said(server: SlackServer, user: str, before: int) -> None:
    """Until the bot has written the person more than so many direct messages."""
    await server.until(lambda: len(server.by_bot(server.dm_of(user).id)) > before)
