"""The buttons below a digest and an answer, pressed by people who read English and Chinese, where each kind stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.discord import actions
from bot.access import SHELL
from summarizer import languages
from tests.adapters.discord.pressing import (
    Where,
    buttons,
    changed,
    digest_in,
    handle_of,
    in_language,
    langs,
    only_me,
    places,
    post,
    reader,
    told,
    urls,
)
from tests.adapters.discord.whole import whole
from tests.bot.talk import REPO
from tests.servers.discord import GENERAL

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer, Interaction, Message

IN_POST = [
    "vd.details",
    "vd.thread",
    "vd.language",
    "vd.full",
    "vd.refresh",
    "vd.feedback",
    "vd.feedback",
    "vd.copy",
]
IN_EPHEMERAL = ["vd.details", "vd.full", "vd.share", "vd.language", "vd.refresh"]


def assert_whole(text: str) -> None:
    """The day's four pull requests and the issue that move on it are all there, and their links."""
    for number, kind in {101: "pull", 102: "pull", 103: "pull", 104: "pull", 105: "issues"}.items():
        assert f"#{number}" in text
        assert f"https://github.com/{REPO}/{kind}/{number}" in text


@langs
@places
async def test_the_buttons_of_each_place_do_what_they_say(
    host: Host, server: DiscordServer, lang: str, where: Where
) -> None:
    person = reader(server, lang)
    async with whole(host, server):
        message = await digest_in(where, person)
        assert buttons(message) == (IN_EPHEMERAL if where == "slash" else IN_POST)
        before = message.text
        details = await told(person.press(message, actions.DETAILS))
        report = await told(person.press(message, actions.FULL))

        assert details.only_for == report.only_for == person.id
        assert_whole(details.text)
        assert in_language(details.text) == lang
        [file] = report.files
        assert file.name.endswith(f".{lang}.md")
        assert_whole(file.data.decode())
        if where != "slash":
            copy = await told(person.press(message, actions.COPY))
            assert copy.only_for == person.id
            assert "#101" in copy.text
        assert message.text == before
        assert server.pings() == []


# Other language


@langs
async def test_what_one_person_reads_changes_its_language_in_its_place(
    host: Host, server: DiscordServer, lang: str
) -> None:
    person, other = reader(server, lang), {"en": "zh", "zh": "en"}[lang]
    async with whole(host, server):
        message = await only_me(person)
        for expected in (other, lang):
            edits = message.edits
            person.press(message, actions.OTHER_LANGUAGE)
            await changed(server, message, edits)
            assert in_language(message.text) == expected
            assert buttons(message) == IN_EPHEMERAL
    assert server.by_bot(GENERAL) == []


@pytest.mark.parametrize("where", ["mention", "direct"])
async def test_a_post_keeps_its_language_and_who_pressed_reads_theirs(
    host: Host, server: DiscordServer, where: Where
) -> None:
    async with whole(host, server):
        message = await digest_in(where, server.ann)
        before = message.text
        presser = server.ben if where == "mention" else server.ann
        mine = await told(presser.press(message, actions.OTHER_LANGUAGE))

        assert (mine.only_for, in_language(mine.text)) == (presser.id, "zh")
        assert buttons(mine) == IN_EPHEMERAL
        presser.press(mine, actions.OTHER_LANGUAGE)
        await server.until(lambda: in_language(mine.text) == "en")
    assert message.text == before


# Answers


@langs
@places
async def test_a_choice_answers_what_was_asked_back(
    host: Host, server: DiscordServer, lang: str, where: Where
) -> None:
    person = reader(server, lang)
    async with whole(host, server):
        if where == "slash":
            message = await only_me(person, "ask", options={"question": "which PRs were closed"})
        else:
            message = await digest_in(where, person, "which PRs were closed")
        assert [each for each in buttons(message) if each.startswith(actions.CHOOSE)] == [
            "vd.choose#1",
            "vd.choose#2",
        ]
        pressed = person.press(message, "vd.choose#2")
        answer = await server_answer(server, pressed, where, message)

    assert "#104" in answer.text
    assert not [each for each in buttons(answer) if each.startswith(actions.CHOOSE)]
    assert actions.SHARE not in buttons(answer)  # nobody else was asked "2"
    if where == "slash":
        assert answer is message
        assert server.by_bot(GENERAL) == []
    else:
        assert answer.only_for == 0
        assert buttons(message)[:2] == ["vd.choose#1", "vd.choose#2"]


async def server_answer(
    server: DiscordServer, pressed: Interaction, where: Where, message: Message
) -> Message:
    if where != "slash":
        return await told(pressed, "#101")
    await server.until(lambda: "#101" in message.text)
    return message


@langs
async def test_an_answer_is_shared_with_the_channel_once(
    host: Host, server: DiscordServer, lang: str
) -> None:
    person = reader(server, lang)
    question = {"en": "any AMD PRs this week?", "zh": "本周有 AMD 的 PR 吗？"}[lang]
    async with whole(host, server):
        message = await only_me(person, "ask", options={"question": question})
        assert server.by_bot(GENERAL) == []
        first = person.press(message, actions.SHARE)
        assert (await told(first, languages.load(lang).text("chat.said.posted"))).only_for == person.id

        [shared] = server.by_bot(GENERAL)
    assert "#101" in shared.text
    assert in_language(shared.text) == lang
    assert [each.split("#")[0] for each in buttons(shared)] == [actions.FEEDBACK, actions.FEEDBACK]
    assert server.pings() == []


async def test_the_full_report_of_a_kept_edition_is_a_link_to_its_page(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server, PUBLIC_URL="https://digest.example.org") as it:
        handle = handle_of(await post(server.ann, "yesterday"), actions.COPY)
        kept = await it.services.digests.open(handle, SHELL)
        await it.services.editions.keep(kept)
        message = await post(server.ann, "yesterday")

    assert actions.FULL not in buttons(message)
    assert urls(message) == [f"https://digest.example.org/{REPO}/digests/{kept.id}?lang=en"]
