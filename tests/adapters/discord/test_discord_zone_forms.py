"""The note about the time zone: its form sets one, and what was asked is answered again in it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from adapters.chat.pressed import Pressed
from adapters.discord import actions
from summarizer import languages
from tests.adapters.discord.pressing import (
    Where,
    digest_in,
    forged,
    form_of,
    in_language,
    is_note,
    lang_of,
    langs,
    only_me,
    places,
    post,
    reader,
    told,
)
from tests.adapters.discord.whole import whole
from tests.servers.discord import Permission, walked

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer, Message, Modal, Person


async def note_to(person: Person) -> Message:
    """The word about the zone after the first answer."""
    message: Message = await person.server.until(
        lambda: next((each for each in person.sees() if is_note(each)), None)
    )
    return message


def chosen(form: Modal) -> list[str]:
    """What the menu opens on."""
    return [
        each["value"]
        for part in form.components
        for each in part["component"].get("options", ())
        if each.get("default")
    ]


@langs
@places
async def test_the_form_opens_on_the_zone_that_was_taken_sets_another_and_answers_again_in_it(
    host: Host, server: DiscordServer, lang: str, where: Where
) -> None:
    person = reader(server, lang)
    async with whole(host, server, DIGEST_TZ="Asia/Shanghai"):
        first = await digest_in(where, person)
        assert "Asia/Shanghai" in first.text
        note = await note_to(person)
        pressed = person.press(note, f"{actions.ZONE}#me")
        form = await form_of(pressed)
        assert chosen(form) == ["Asia/Shanghai"]
        assert in_language(form.title) == lang
        again = await told(person.submit(form, {"zone": "Asia/Tokyo"}), "Asia/Tokyo")

        assert again.only_for == person.id
        assert in_language(again.text) == lang
        assert "#101" in again.text
        later = await digest_in(where, person)
    assert "Asia/Tokyo" in later.text
    assert "Asia/Shanghai" in first.text  # a post is not changed


async def test_an_answer_is_given_again_in_the_zone_with_its_quoted_words(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server, DIGEST_TZ="Asia/Shanghai"):
        question = 'which PRs of this week say "tz:UTC or so"? tz:UTC'
        await post(server.ann, "any AMD PRs this week?")
        note = await note_to(server.ann)
        form = await form_of(server.ann.press(note, f"{actions.ZONE}#me"))
        assert chosen(form) == ["Asia/Shanghai"]
        again = await told(server.ann.submit(form, {"other": "UTC+9"}), "#101")
        mine = await only_me(server.ben, "ask", options={"question": question})

    assert again.only_for == server.ann.id
    assert mine.only_for == server.ben.id


@langs
async def test_a_channels_zone_is_set_by_who_manages_it_and_refused_to_others(
    host: Host, server: DiscordServer, lang: str
) -> None:
    person = reader(server, lang)
    role = server.add_role("managers", Permission.MANAGE_CHANNELS, members=(person.id,))
    async with whole(host, server):
        await post(person)
        note = await note_to(person)
        scopes = [
            each["custom_id"].split("|")[0]
            for each in walked(note.components)
            if str(each.get("custom_id", "")).startswith(actions.ZONE)
        ]
        assert "vd.zone#channel" in scopes
        form = await form_of(person.press(note, "vd.zone#channel"))
        if lang == "zh":
            server.guilds[note.guild].members[person.id].discard(role.id)
            refusal = await told(person.submit(form, {"zone": "Asia/Tokyo"}))
            assert "管理频道" in refusal.text
        else:
            await told(person.submit(form, {"zone": "Asia/Tokyo"}), "Asia/Tokyo")
        other = await post({"en": server.ben, "zh": server.ann}[lang])
    assert ("Asia/Tokyo" in other.text) is (lang == "en")


@langs
@pytest.mark.parametrize("filled", [{"zone": [], "other": ""}, {"other": "Nowhere/Atall"}])
async def test_a_zone_that_is_none_is_told_and_sets_nothing(
    host: Host, server: DiscordServer, lang: str, filled: dict[str, str]
) -> None:
    person = reader(server, lang)
    async with whole(host, server):
        await only_me(person)
        form = await form_of(person.press(await note_to(person), f"{actions.ZONE}#me"))
        refusal = await told(person.submit(form, filled))
        message = await only_me(person)

    assert languages.load(lang).text("chat.notice.failed") in refusal.text.replace("*", "")
    assert refusal.only_for == person.id
    assert "UTC" in message.text
    assert lang_of(person) == lang


async def test_the_zone_is_told_once_for_each_person(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        await only_me(server.ann)
        await note_to(server.ann)
        for _ in range(2):
            await only_me(server.ann)
        await post(server.ben)
        await note_to(server.ben)

    assert len([each for each in server.all_messages if is_note(each)]) == 2


async def test_the_form_opens_on_the_zone_that_was_taken_though_nothing_can_be_looked_up(
    host: Host, server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any, **__: Any) -> None:  # noqa: ANN401
        await asyncio.Event().wait()

    async with whole(host, server, DIGEST_TZ="Asia/Shanghai") as it:
        await only_me(server.ann)
        note = await note_to(server.ann)
        monkeypatch.setattr("adapters.discord.modals.AT_ONCE_S", 0.2)
        monkeypatch.setattr(it.services.desk, "preferences", never)
        form = await form_of(server.ann.press(note, f"{actions.ZONE}#me"))

    assert chosen(form) == ["Asia/Shanghai"]


async def test_a_zone_that_was_asked_by_a_choice_is_saved_and_nothing_is_asked_again(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server) as it:
        message = await only_me(server.ann, "help")
        carried = Pressed(section="me", line="2", tz="UTC")
        kept = actions.kept_of(actions.ZONE, carried)
        assert kept is not None
        await it.services.store.cache.put(f"discord pressed:{kept[0]}", kept[1].encode(), 60)
        pressed = server.ann.press(message, forged(message, actions.custom_id(actions.ZONE, carried)))
        saved = await told(server.ann.submit(await form_of(pressed), {"zone": "Asia/Tokyo"}))

    assert saved.text == languages.load("en").text("discord.said.zone", tz="Asia/Tokyo")
