"""Feedback: what somebody thinks of a digest or an answer, from the thumb to what the shell lists."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from adapters.discord import actions
from summarizer import languages
from tests.adapters.discord.pressing import (
    Where,
    digest_in,
    form_of,
    handle_of,
    in_language,
    langs,
    only_me,
    places,
    post,
    reader,
    told,
)
from tests.adapters.discord.whole import whole
from tests.bot.talk import REPO
from tests.servers.discord import GUILD, walked

if TYPE_CHECKING:
    from adapters.store.feedback import FeedbackEntry
    from tests.adapters.discord.whole import Whole
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer, Message, Modal

QUESTION = {"en": "any AMD PRs this week?", "zh": "本周有 AMD 的 PR 吗？"}


async def kept(it: Whole) -> list[FeedbackEntry]:
    """What is kept, newest first."""
    return list(await it.services.store.feedback.newest(10))


def thumb(message: Message, opinion: str) -> str:
    """The custom id of a thumb."""
    [custom_id] = [
        each["custom_id"]
        for each in walked(message.components)
        if str(each.get("custom_id", "")).startswith(actions.FEEDBACK)
        and str(each["custom_id"]).endswith(f"|{opinion}")
    ]
    return str(custom_id)


def labels(form: Modal) -> str:
    return form.title + "".join(each.get("label", "") for each in form.components)


@langs
@pytest.mark.parametrize("where", ["mention", "direct"])
async def test_what_helped_is_thanked_for_and_kept_with_its_digest(
    host: Host, server: DiscordServer, lang: str, where: Where
) -> None:
    person = reader(server, lang)
    async with whole(host, server) as it:
        message = await digest_in(where, person)
        pressed = person.press(message, thumb(message, "helpful"))
        thanks = await told(pressed)
        [entry] = await kept(it)

    assert thanks.only_for == person.id
    assert languages.load(lang).text("chat.said.thanks") in thanks.text
    assert (entry.opinion, entry.about, entry.repo) == ("helpful", handle_of(message, actions.COPY), REPO)
    assert (entry.team, str(person.id) in entry.who) == (str(GUILD) if where == "mention" else "", True)


@langs
@pytest.mark.parametrize("where", ["mention", "direct"])
async def test_what_is_wrong_is_kept_with_digest_section_number_and_reason_and_listed(
    host: Host, server: DiscordServer, lang: str, where: Where
) -> None:
    person = reader(server, lang)
    async with whole(host, server) as it:
        message = await digest_in(where, person)
        form = await form_of(person.press(message, thumb(message, "unhelpful")))
        assert in_language(labels(form)) == lang
        values = {"opinion": "wrong", "number": "#101", "section": "topic-amd", "reason": "It was <@1> *re*."}
        thanks = await told(person.submit(form, values))
        [entry] = await kept(it)
        listing = await it.services.feedback.listing("en")

    assert languages.load(lang).text("chat.said.thanks") in thanks.text
    assert thanks.only_for == person.id
    assert (entry.opinion, entry.number, entry.section) == ("wrong", 101, "topic-amd")
    assert (entry.about, entry.revision) == (handle_of(message, actions.COPY), 1)
    for word in ("101", "topic-amd", "It was", entry.about.partition(":")[0]):
        assert word in listing
    assert server.pings() == []


@langs
@pytest.mark.parametrize("number", ["", "abc"])
async def test_what_is_wrong_without_a_number_is_given_back_and_the_form_opens_again(
    host: Host, server: DiscordServer, lang: str, number: str
) -> None:
    person, words = reader(server, lang), languages.load(lang)
    reason = "It is @everyone **not**\nmerged, see <@1>."
    async with whole(host, server) as it:
        message = await post(person)
        form = await form_of(person.press(message, thumb(message, "unhelpful")))
        refusal = await told(person.submit(form, {"opinion": "wrong", "number": number, "reason": reason}))
        assert words.text("errors.feedback.number") in refusal.text
        assert f"```\n{reason}\n```" in refusal.text
        assert refusal.only_for == person.id
        assert await kept(it) == []

        again = await form_of(person.press(refusal, thumb(refusal, "unhelpful")))
        await told(person.submit(again, {"opinion": "wrong", "number": "101", "reason": reason}))
        [entry] = await kept(it)
    assert (entry.number, entry.about) == (101, handle_of(message, actions.COPY))
    assert server.pings() == []


@langs
@places
async def test_an_answer_is_thought_about_as_none_of_a_digest(
    host: Host, server: DiscordServer, lang: str, where: Where
) -> None:
    person = reader(server, lang)
    async with whole(host, server) as it:
        if where == "slash":
            message = await only_me(person, "ask", options={"question": QUESTION[lang]})
        else:
            message = await digest_in(where, person, QUESTION[lang])
        await told(person.press(message, thumb(message, "helpful")))
        form = await form_of(person.press(message, thumb(message, "unhelpful")))
        with pytest.raises(ValueError, match="section"):
            person.submit(form, {"section": "summary"})
        await told(person.submit(form, {"opinion": "unhelpful", "number": "101", "reason": "Too long."}))
        entries = await kept(it)

    assert {(each.opinion, each.about, each.section) for each in entries} == {
        ("unhelpful", "", ""),
        ("helpful", "", ""),
    }


async def test_two_people_think_differently_of_one_post(host: Host, server: DiscordServer) -> None:
    async with whole(host, server) as it:
        message = await post(server.ann)
        for person in (server.ann, server.ben):
            await told(person.press(message, thumb(message, "helpful")))
        entries = await kept(it)

    assert len({each.who for each in entries}) == 2
    assert len({each.about for each in entries}) == 1


async def test_sections_that_cannot_be_looked_up_in_time_leave_the_form_without_them(
    host: Host, server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any, **__: Any) -> None:  # noqa: ANN401
        await asyncio.Event().wait()

    async with whole(host, server) as it:
        message = await post(server.ann)
        monkeypatch.setattr(it.services.desk, "open", never)
        monkeypatch.setattr("adapters.discord.modals.AT_ONCE_S", 0.05)
        pressed = server.ann.press(message, thumb(message, "unhelpful"))
        form = await form_of(pressed)
        thanks = await told(server.ann.submit(form, {"reason": "Too slow."}))

    assert "section" not in str(form.components)
    assert languages.load("en").text("chat.said.thanks") in thanks.text
