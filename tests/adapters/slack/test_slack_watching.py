"""Watching: the word of progress comes neither for quick work nor too often, and never after the answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from adapters.slack.errors import SlackError
from adapters.slack.watching import Cadence, watched
from summarizer import languages
from tests.adapters.slack.pressing import bot, only_me, post
from tests.adapters.slack.whole import is_progress
from tests.servers.slack import GENERAL

if TYPE_CHECKING:
    from adapters.slack.blocks import Message
    from tests.bot.running import Host
    from tests.servers.slack import SlackServer

AT_ONCE = Cadence(first_s=0.0, every_s=0.0)


class Heard:
    """What somebody was told; `more` is set with each word."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.more = asyncio.Event()

    async def __call__(self, message: Message) -> None:
        self.told.append(message.text)
        self.more.set()

    async def next(self) -> None:
        async with asyncio.timeout(5):
            await self.more.wait()
        self.more.clear()


async def test_quick_work_needs_no_word() -> None:
    heard = Heard()
    async with watched(heard, "en", Cadence(first_s=60.0)) as progress:
        progress("fetch", 1, 2)
    assert heard.told == []


async def test_a_word_names_the_step_and_how_far_it_is_in_the_readers_language() -> None:
    for lang in ("en", "zh"):
        heard = Heard()
        async with watched(heard, lang, AT_ONCE) as progress:
            await heard.next()
            progress("assess", 3, 10)
            await heard.next()
        assert languages.load(lang).text("chat.progress.assess", count="3/10", n=10) in heard.told[-1]


async def test_no_more_words_come_than_there_is_room_for_and_none_where_nothing_moves() -> None:
    heard = Heard()
    async with watched(heard, "en", Cadence(0.0, 0.0, most=3)) as progress:
        for place in range(3):
            await heard.next()
            progress("write", place + 1, 9)
        for _ in range(20):
            await asyncio.sleep(0)
    assert len(heard.told) == 3

    still = Heard()
    async with watched(still, "en", AT_ONCE):
        await still.next()
        for _ in range(20):
            await asyncio.sleep(0)
    assert len(still.told) == 1


async def test_words_that_cannot_be_told_do_not_stop_the_work() -> None:
    tries = 0

    async def refuse(_message: Message) -> None:
        nonlocal tries
        tries += 1
        raise SlackError("slack.unreachable")

    async with watched(refuse, "en", AT_ONCE) as progress:
        for place in range(20):
            progress("write", place, 20)
            await asyncio.sleep(0)
    assert tries == 1


async def test_a_response_url_keeps_uses_for_the_answer_and_ends_with_it(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server):
        message = await only_me(server)
    assert not is_progress(message)
    [url] = server.response_urls.values()
    assert 1 <= url.uses <= 4
    assert not any("response_type" not in body for body in url.bodies)


async def test_a_channel_sees_one_message_that_changes_and_no_word_after_the_answer(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server):
        message = await post(server)
    assert server.by_bot(GENERAL) == [message]
    assert not is_progress(message)


async def test_a_word_that_hangs_comes_before_the_answer_or_not_at_all(
    host: Host, server: SlackServer
) -> None:
    gate = asyncio.Event()
    async with bot(host, server):
        server.fail("response_url", until=gate)
        sent = await server.command("/vllm-digest", "today")
        await sent.acked()
        await server.until(lambda: server.called("response_url"))
        gate.set()
        await server.until(lambda: any(not is_progress(each) for each in server.ephemerals()))
    assert not is_progress(server.ephemerals()[-1])
