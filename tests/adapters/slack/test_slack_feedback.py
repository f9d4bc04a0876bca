"""Feedback: what somebody thinks of a digest or an answer, from the thumb to what the shell lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from adapters.slack import actions
from summarizer import languages
from tests.adapters.slack.pressing import (
    READERS,
    bot,
    direct,
    in_language,
    language_of,
    only_me,
    post,
    told,
    until_modal,
    value_of_feedback,
    words_of_view,
)
from tests.adapters.slack.whole import words_of
from tests.bot.talk import REPO
from tests.servers.slack import ANN, BEN, TEAM

if TYPE_CHECKING:
    from adapters.store.feedback import FeedbackEntry
    from tests.adapters.slack.whole import Whole
    from tests.bot.running import Host
    from tests.servers.slack import SlackServer
    from tests.servers.slack.records import Message

QUESTION = "any AMD PRs this week?"


def filled(**values: str) -> dict[str, Any]:
    return {name: {actions.FIELD: value} for name, value in values.items()}


async def kept(it: Whole) -> list[FeedbackEntry]:
    """What is kept, newest first."""
    return list(await it.services.store.feedback.newest(10))


async def said_to(server: SlackServer, user: str, before: int) -> str:
    """What the bot then says to somebody alone."""
    channel = server.dm_of(user).id
    await server.until(lambda: len(server.by_bot(channel)) > before)
    return words_of(server.by_bot(channel)[-1])


@pytest.mark.parametrize("user", READERS)
async def test_what_helped_is_thanked_for_and_kept_with_its_digest(
    host: Host, server: SlackServer, user: str
) -> None:
    async with bot(host, server) as it:
        message = await post(server)
        sent = await server.press(message, actions.FEEDBACK, user=user, value="positive")
        thanks = await told(server, sent)
        [entry] = await kept(it)

    assert thanks.only_for == user
    assert thanks.text == languages.load(language_of(user)).text("chat.said.thanks")
    assert (entry.opinion, entry.about, entry.repo) == ("helpful", value_of_feedback(message).handle, REPO)
    assert (entry.team, user in entry.who) == (TEAM, True)


@pytest.mark.parametrize("user", READERS)
@pytest.mark.parametrize("where", ["channel", "direct message"])
async def test_what_is_wrong_is_kept_with_digest_section_number_and_reason_and_listed(
    host: Host, server: SlackServer, user: str, where: str
) -> None:
    async with bot(host, server) as it:
        message = await (post(server, user) if where == "channel" else direct(server, user))
        before = len(server.by_bot(server.dm_of(user).id))
        await server.press(message, actions.FEEDBACK, user=user, value="negative")
        form = await until_modal(server, user)
        assert in_language(words_of_view(form)) == language_of(user)
        values = filled(
            opinion="wrong", number="#101", section="topic-amd", reason="It was <@U1> *reverted*."
        )
        await server.submit(form, values)

        thanks = await said_to(server, user, before)
        await server.until(lambda: not server.modals(user))
        [entry] = await kept(it)
        listing = await it.services.feedback.listing("en")
    assert languages.load(language_of(user)).text("chat.said.thanks") in thanks
    assert (entry.opinion, entry.number, entry.section) == ("wrong", 101, "topic-amd")
    assert (entry.about, entry.revision) == (value_of_feedback(message).handle, 1)
    assert "reverted" in entry.reason
    for word in ("101", "topic-amd", "reverted", entry.about.partition(":")[0]):
        assert word in listing
    assert server.pings() == []


@pytest.mark.parametrize("user", READERS)
@pytest.mark.parametrize("number", ["", "abc", "0", "99999999999"])
async def test_what_is_wrong_without_a_number_is_asked_for_one_and_not_kept(
    host: Host, server: SlackServer, user: str, number: str
) -> None:
    async with bot(host, server) as it:
        message = await post(server, user)
        before = len(server.by_bot(server.dm_of(user).id))
        await server.press(message, actions.FEEDBACK, user=user, value="negative")
        form = await until_modal(server, user)
        sent = await server.submit(form, filled(opinion="wrong", number=number, reason="It is."))
        await sent.acked()

        payload = await sent.payload
        asked = {"number": languages.load(language_of(user)).text("errors.feedback.number")}
        assert payload == {"response_action": "errors", "errors": asked}
        assert server.modals(user) == [form]  # with what was written in it
        assert await kept(it) == []

        await server.submit(form, filled(opinion="wrong", number="101", reason="It is."))
        await said_to(server, user, before)
        assert [each.number for each in await kept(it)] == [101]
        await server.until(lambda: not server.modals(user))


@pytest.mark.parametrize("where", ["command", "thread", "direct message"])
async def test_an_answer_is_thought_about_as_none_of_a_digest(
    host: Host, server: SlackServer, where: str
) -> None:
    async with bot(host, server) as it:
        message = await _answer(server, where)
        before = len(server.by_bot(server.dm_of(ANN).id))
        await told(server, await server.press(message, actions.FEEDBACK, user=ANN, value="positive"))
        await server.press(message, actions.FEEDBACK, user=ANN, value="negative")
        form = await until_modal(server, ANN)
        with pytest.raises(LookupError):
            await server.submit(form, filled(section="summary"))
        await server.submit(form, filled(opinion="unhelpful", number="101", reason="Too long."))
        await said_to(server, ANN, before)
        entries = await kept(it)

    assert {(each.opinion, each.about, each.section) for each in entries} == {
        ("unhelpful", "", ""),
        ("helpful", "", ""),
    }


async def _answer(server: SlackServer, where: str) -> Message:
    if where == "command":
        return await only_me(server, line=f"ask {QUESTION}")
    return await (post(server, line=QUESTION) if where == "thread" else direct(server, line=QUESTION))


async def test_two_people_think_differently_of_one_post(host: Host, server: SlackServer) -> None:
    async with bot(host, server) as it:
        message = await post(server)
        for user in (ANN, BEN):
            await told(server, await server.press(message, actions.FEEDBACK, user=user, value="positive"))
        entries = await kept(it)

    assert len({each.who for each in entries}) == 2
    assert len({each.about for each in entries}) == 1
