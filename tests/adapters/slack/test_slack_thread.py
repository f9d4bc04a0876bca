"""Details in the thread: each section once, whoever asks, however often, and whatever fails meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.slack import actions
from bot.access import SHELL
from summarizer import languages
from tests.adapters.slack.pressing import (
    READERS,
    bot,
    crowded,
    direct,
    language_of,
    only_me,
    post,
    told,
    value_of,
)
from tests.adapters.slack.shown_digests import links_of_report
from tests.adapters.slack.whole import words_of
from tests.servers.slack import ANN, BEN, GENERAL, links_in

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.slack import SlackServer
    from tests.servers.slack.records import Message


def below(server: SlackServer, message: Message) -> list[Message]:
    """What the bot said in the thread that the post is in or begins, but for the post."""
    root = message.thread_ts or message.ts
    return [each for each in server.thread(message.channel, root) if each.bot_id and each is not message]


async def whole_thread(server: SlackServer, message: Message, at_least: int = 1) -> list[Message]:
    """The thread once its last part is there: how the digest came about."""
    last = ("Coverage:", "覆盖")
    await server.until(
        lambda: (
            len(found := below(server, message)) >= at_least
            and any(each in words_of(found[-1]) for each in last)
        )
    )
    return below(server, message)


@pytest.mark.parametrize("user", READERS)
@pytest.mark.parametrize("where", ["mentioned in a channel", "posted in a channel", "direct message"])
async def test_the_thread_holds_every_number_and_link_of_the_digest(
    host: Host, server: SlackServer, user: str, where: str
) -> None:
    async with bot(host, server, world=crowded()) as it:
        if where == "mentioned in a channel":
            message = await post(server, user)
        elif where == "direct message":
            message = await direct(server, user)
        else:
            await told(server, await server.press(await only_me(server, user), actions.SHARE))
            [message] = server.by_bot(GENERAL)
        await server.press(message, actions.THREAD, user=user)
        parts = await whole_thread(server, message)
        digest = await it.services.digests.open(value_of(message, actions.THREAD).handle, SHELL)

    assert {each.thread_ts for each in parts} == {message.thread_ts or message.ts}
    words = [words_of(each) for each in parts]
    titles = [each.title for each in digest.sections if each.id != "appendix"]
    assert [title for title in titles if not any(title in each for each in words)] == []
    shown = {link.url for each in parts for link in links_in(each.text, each.blocks)}
    assert {url for _, url in links_of_report(digest)} <= shown
    assert language_of(user) == digest.lang
    assert len(set(words)) == len(words)
    assert server.pings() == []


async def test_two_people_who_press_at_once_and_press_again_see_each_section_once_in_order(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server, world=crowded()), bot(host, server, world=crowded()):
        first, second = await post(server), await post(server)
        await server.press(first, actions.THREAD, user=ANN)
        expected = [each.text for each in await whole_thread(server, first)]

        sent = [await server.press(second, actions.THREAD, user=user) for user in (ANN, BEN, ANN, BEN)]
        parts = [each.text for each in await whole_thread(server, second, len(expected))]
        for each in sent:
            await each.acked()
        again = await told(server, await server.press(second, actions.THREAD, user=BEN))

        assert again.only_for == BEN
        assert again.text == languages.load("zh").text("chat.said.in_thread")
        assert parts == expected
        assert [each.text for each in below(server, second)] == expected


@pytest.mark.parametrize("part", [0, 3])
async def test_a_section_that_slack_refused_comes_when_somebody_presses_again(
    host: Host, server: SlackServer, part: int
) -> None:
    async with bot(host, server, world=crowded()):
        first, second = await post(server), await post(server)
        await server.press(first, actions.THREAD, user=ANN)
        expected = [each.text for each in await whole_thread(server, first)]

        server.fail(
            "chat.postMessage",
            "restricted_action",
            when=lambda call: (
                call.args["thread_ts"] == second.thread_ts and len(below(server, second)) == part
            ),
        )
        refusal = await told(server, await server.press(second, actions.THREAD, user=ANN))
        assert refusal.only_for == ANN
        assert len(below(server, second)) == part
        await server.press(second, actions.THREAD, user=BEN)

        assert [each.text for each in await whole_thread(server, second, len(expected))] == expected


async def test_a_section_whose_answer_was_lost_is_not_doubled_and_the_others_come_anyway(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server, world=crowded()):
        first, second = await post(server), await post(server)
        await server.press(first, actions.THREAD, user=ANN)
        expected = [each.text for each in await whole_thread(server, first)]

        server.fail(
            "chat.postMessage", status=500, after_effect=True, when=lambda _call: bool(below(server, second))
        )
        doubt = await told(server, await server.press(second, actions.THREAD, user=ANN))
        assert languages.load("en").text("errors.slack.ambiguous") in doubt.text
        again = await told(server, await server.press(second, actions.THREAD, user=ANN))

        assert again.text == languages.load("en").text("chat.said.in_thread")
        assert [each.text for each in below(server, second)] == expected


async def test_a_refresh_that_brings_nothing_new_brings_no_section_again(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server):
        message = await post(server, line="today topic:amd")
        await server.press(message, actions.THREAD, user=ANN)
        before = await whole_thread(server, message)
        handle = value_of(message, actions.THREAD).handle
        edits = message.edits
        await server.press(message, actions.REFRESH, user=ANN)
        await server.until(lambda: message.edits > edits)

        assert value_of(message, actions.THREAD).handle == handle  # nothing has happened since
        again = await told(server, await server.press(message, actions.THREAD, user=ANN))
        assert again.text == languages.load("en").text("chat.said.in_thread")
        assert below(server, message) == before
