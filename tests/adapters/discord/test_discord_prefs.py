"""Prefs: the form of one's own defaults, a channel's and a server's, and who may change them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from adapters.discord import actions
from summarizer import languages
from tests.adapters.discord.pressing import form_of, in_language, langs, only_me, post, reader, told
from tests.adapters.discord.whole import SECRET, granted, whole, with_secrets
from tests.bot.talk import REPO
from tests.servers.discord import GENERAL, Permission

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer, Message, Modal, Person


async def settings_of(person: Person, scope: str, channel: int = GENERAL) -> Message:
    """What the command of prefs tells, with the button that changes it."""
    return await only_me(person, "prefs", channel, {"for": scope})


def shown(form: Modal) -> dict[str, Any]:
    """What each input of the form holds when it opens."""
    found: dict[str, Any] = {}
    for label in form.components:
        part = label["component"]
        chosen = [each["value"] for each in part.get("options", ()) if each.get("default")]
        found[part["custom_id"]] = chosen if "options" in part else part.get("value", "")
    return found


@langs
async def test_what_one_saves_is_shown_by_the_form_and_applies(
    host: Host, server: DiscordServer, lang: str
) -> None:
    person, other = reader(server, lang), {"en": "zh", "zh": "en"}[lang]
    async with whole(host, server):
        form = await form_of(person.press(await settings_of(person, "me"), actions.PREFS))
        assert in_language(form.title) == lang
        saved = await told(
            person.submit(form, {"lang": other, "tz": "Asia/Tokyo", "topic": ["amd"], "in": "me"})
        )
        assert languages.load(other).text("discord.said.saved") in saved.text
        assert saved.only_for == person.id

        again = await form_of(person.press(await settings_of(person, "me"), actions.PREFS))
        message = await only_me(person)
    assert shown(again) == shown(again) | {
        "lang": [other],
        "tz": "Asia/Tokyo",
        "topic": ["amd"],
        "in": ["me"],
    }
    assert in_language(message.text) == other
    assert "Asia/Tokyo" in message.text
    assert "#103" not in message.text  # none of the topic's


async def test_a_form_that_is_sent_as_it_opened_changes_nothing(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        first = await form_of(server.ann.press(await settings_of(server.ann, "me"), actions.PREFS))
        await told(server.ann.submit(first, {"tz": "Asia/Tokyo", "topic": ["amd", "moe"]}))
        before = await form_of(server.ann.press(await settings_of(server.ann, "me"), actions.PREFS))
        expected = shown(before)
        await told(server.ann.submit(before, {}))
        after = await form_of(server.ann.press(await settings_of(server.ann, "me"), actions.PREFS))

    assert shown(after) == expected
    assert expected["tz"] == "Asia/Tokyo"


@langs
@pytest.mark.parametrize("scope", ["channel", "server"])
async def test_who_manages_a_place_sets_it_for_those_who_have_set_nothing(
    host: Host, server: DiscordServer, lang: str, scope: str
) -> None:
    person, words = reader(server, lang), languages.load(lang)
    server.add_role("managers", Permission.MANAGE_CHANNELS | Permission.MANAGE_GUILD, members=(person.id,))
    async with whole(host, server, DIGEST_MANAGERS="admins"):
        form = await form_of(person.press(await settings_of(person, scope), actions.PREFS))
        assert form.title == words.text(f"discord.prefs.title.{scope}")
        saved = await told(person.submit(form, {"tz": "Asia/Tokyo"}))
        assert words.text("discord.said.saved") in saved.text

        message = await post({"en": server.ben, "zh": server.ann}[lang])
        again = await form_of(person.press(await settings_of(person, scope), actions.PREFS))
    assert "Asia/Tokyo" in message.text
    assert shown(again)["tz"] == "Asia/Tokyo"
    assert set(shown(again)) == {"lang", "tz"}


@pytest.mark.parametrize(("scope", "permission"), [("channel", "管理频道"), ("server", "管理服务器")])
async def test_who_may_not_is_told_which_permission_they_lack(
    host: Host, server: DiscordServer, scope: str, permission: str
) -> None:
    async with whole(host, server, DIGEST_MANAGERS="admins"):
        form = await form_of(server.ben.press(await settings_of(server.ben, scope), actions.PREFS))
        refusal = await told(server.ben.submit(form, {"tz": "Asia/Tokyo"}))
        message = await post(server.ann)

    assert refusal.only_for == server.ben.id
    assert permission in refusal.text
    assert "Asia/Tokyo" not in message.text


@langs
async def test_settings_that_cannot_be_read_in_time_open_no_form_that_would_wipe_them(
    host: Host, server: DiscordServer, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = reader(server, lang)

    async def never(*_: Any, **__: Any) -> None:  # noqa: ANN401
        await asyncio.Event().wait()

    async with whole(host, server) as it:
        message = await settings_of(person, "me")
        with monkeypatch.context() as patch:
            patch.setattr("adapters.discord.modals.AT_ONCE_S", 0.05)
            patch.setattr(it.services.desk, "preferences", never)
            pressed = person.press(message, actions.PREFS)
            refusal = await told(pressed)
        assert pressed.modal is None
        form = await form_of(person.press(message, actions.PREFS))

    assert languages.load(lang).text("errors.discord.form_late") in refusal.text
    assert refusal.only_for == person.id
    assert form.title == languages.load(lang).text("chat.prefs.title")


async def test_a_bug_behind_a_form_is_told_with_its_reference(
    host: Host, server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: Any, **__: Any) -> None:  # noqa: ANN401
        raise RuntimeError("no secrets here")

    async with whole(host, server) as it:
        form = await form_of(server.ann.press(await settings_of(server.ann, "me"), actions.PREFS))
        monkeypatch.setattr(it.services.desk, "prefer", broken)
        with capture_logs() as logs:
            refusal = await told(server.ann.submit(form, {"tz": "Asia/Tokyo"}))

    [bug] = [each for each in logs if each["event"] == "bug"]
    assert bug["reference"] in refusal.text
    assert "secrets" not in refusal.text
    assert refusal.only_for == server.ann.id


async def test_a_form_is_given_up_while_discord_still_waits(
    host: Host, server: DiscordServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(*_: Any, **__: Any) -> Any:  # noqa: ANN401
        await asyncio.Event().wait()

    async with whole(host, server) as it:
        message = await settings_of(server.ann, "me")
        monkeypatch.setattr(it.services.commands, "language", never)
        monkeypatch.setattr(it.services.desk, "preferences", never)
        pressed = server.ann.press(message, actions.PREFS)

        assert await pressed.acknowledged() < 2.5
    assert pressed.modal is None


async def test_the_form_names_no_repository_that_one_may_not_read(host: Host, server: DiscordServer) -> None:
    settings = {"DIGEST_REPOS": f"{REPO},{SECRET}", **granted(f"discord-user:{server.ann.id}")}
    async with whole(host, server, world=with_secrets(), **settings):
        in_channel = await form_of(server.ann.press(await settings_of(server.ann, "me"), actions.PREFS))
        await only_me(server.ann, "today", server.ann.dm, {"repo": SECRET})  # which has it looked at
        mine = await settings_of(server.ann, "me", server.ann.dm)
        alone = await form_of(server.ann.press(mine, actions.PREFS))

    assert REPO in str(in_channel.components)
    assert SECRET not in str(in_channel.components)
    assert SECRET in str(alone.components)
