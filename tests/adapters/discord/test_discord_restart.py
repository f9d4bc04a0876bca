"""Buttons, menus and forms of old messages: after a restart, without what was kept, and while something is away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from adapters.chat.pressed import Pressed
from adapters.discord import actions
from summarizer import languages
from tests.adapters.discord.pressing import (
    buttons,
    changed,
    crowded,
    direct,
    forged,
    form_of,
    id_of,
    in_language,
    is_note,
    langs,
    only_me,
    post,
    reader,
    said_in,
    told,
    until_said,
)
from tests.adapters.discord.test_discord_feedback import thumb
from tests.adapters.discord.test_discord_prefs import settings_of
from tests.adapters.discord.whole import whole
from tests.bot.running import Host
from tests.servers.discord import GENERAL
from tests.servers.redis.cut import cut_off

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.servers.discord import DiscordServer
    from tests.servers.redis.cut import Cut


@langs
async def test_all_that_could_be_pressed_can_be_after_a_restart(
    host: Host, server: DiscordServer, lang: str
) -> None:
    person, words = reader(server, lang), languages.load(lang)
    async with whole(host, server, world=crowded(30)):
        mine, all_read, own = await only_me(person), await post(person), await direct(person)
        page = await told(person.press(mine, actions.DETAILS))
        asked = await only_me(person, "ask", options={"question": "which PRs were closed"})
        settings = await settings_of(person, "me")
        note = next(each for each in person.sees() if is_note(each))
        open_form = await form_of(person.press(all_read, thumb(all_read, "unhelpful")))
    async with whole(host, server, world=crowded(30)) as it:
        assert (await told(person.press(all_read, actions.COPY))).only_for == person.id
        assert (await told(person.press(own, actions.FULL))).files
        await told(person.press(all_read, actions.THREAD), words.text("discord.said.thread"))
        edits = page.edits
        person.press(page, f"{actions.PAGE}#next")
        await changed(server, page, edits)
        edits = mine.edits
        person.press(mine, actions.OTHER_LANGUAGE)
        await changed(server, mine, edits)
        assert in_language(mine.text) != lang
        person.press(mine, actions.REFRESH)
        await server.until(lambda: mine.edits > edits + 1 and in_language(mine.text) != "", timeout=5)
        person.press(asked, "vd.choose#2")
        await server.until(lambda: actions.CHOOSE not in "".join(buttons(asked)))
        await told(person.submit(open_form, {"opinion": "wrong", "number": "1001"}))
        assert [each.number for each in await it.services.store.feedback.newest(5)] == [1001]
        assert (await form_of(person.press(settings, actions.PREFS))).is_open
        zone = await form_of(person.press(note, f"{actions.ZONE}#me"))
        assert "#10" in (await told(person.submit(zone, {"zone": "Asia/Tokyo"}), "Asia/Tokyo")).text
        person.says(GENERAL, f"<@{server.application}> only merged", reply_to=all_read)
        assert "#1001" in (await until_said(server, GENERAL, 2)).text


@langs
async def test_what_was_kept_for_a_button_and_has_gone_is_told(
    host: Host, server: DiscordServer, lang: str
) -> None:
    person = reader(server, lang)
    gone = languages.load(lang).text("errors.digest.gone").split("`")[0]
    async with whole(host, server) as it:
        mine, all_read = await only_me(person), await post(person)
        note = await server.until(lambda: next((each for each in person.sees() if is_note(each)), None))
        before = [each.text for each in (mine, all_read)]
        for message, action in ((mine, actions.REFRESH), (all_read, actions.REFRESH), (note, actions.ZONE)):
            key = actions.key_of(id_of(message, action))
            assert key
            await it.services.store.cache.put(f"discord pressed:{key}", b"", 60)
            pressed = person.press(message, id_of(message, action))
            refusal = await told(pressed)
            assert gone in refusal.text
            assert refusal.only_for == person.id
            assert pressed.modal is None
    assert [each.text for each in (mine, all_read)] == before


async def test_a_line_that_was_kept_by_no_version_does_what_its_presser_may_do_alone(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server, DIGEST_MANAGERS="admins") as it:
        message = await post(server.ben)
        texts = {}
        for place, line in enumerate(("sync", "run", "why #101", "today x:y")):
            key = f"{place:032}"
            data = actions.kept_of(actions.RETRY, Pressed(line=line))
            assert data is not None
            await it.services.store.cache.put(f"discord pressed:{key}", data[1].encode(), 60)
            answer = await told(server.ben.press(message, forged(message, f"{actions.ASK}#9|={key}")))
            server.ben.says(GENERAL, f"<@{server.application}> {line}")
            typed = await until_said(server, GENERAL, len(said_in(server, GENERAL)) + 1)
            texts[line] = (answer.text, typed.text)

    for line, (pressed_text, typed_text) in texts.items():
        assert pressed_text.partition("\n")[0] == typed_text.partition("\n")[0], line
    assert "digest" in texts["run"][0]


# While something is away


@pytest.fixture
async def cut(host: Host) -> AsyncIterator[Cut]:
    """The way to the store, which can be cut."""
    async with cut_off(Path(host.redis_url.removeprefix("unix://"))) as cut:
        yield cut


@langs
async def test_without_the_store_every_button_says_so_and_works_once_it_is_back(
    host: Host, server: DiscordServer, lang: str, cut: Cut, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.store.connection.RETRY_FOR_S", 0.1)
    person, words = reader(server, lang), languages.load(lang)
    async with whole(Host(cut.url, host.folder), server):
        all_read, mine, settings = await post(person), await only_me(person), await settings_of(person, "me")
        note = await server.until(lambda: next((each for each in person.sees() if is_note(each)), None))
        before = all_read.text
        cut.mend(0)
        presses = (
            (all_read, actions.DETAILS),
            (all_read, actions.COPY),
            (all_read, actions.REFRESH),
            (all_read, actions.THREAD),
            (all_read, thumb(all_read, "helpful")),
            (mine, actions.SHARE),
            (settings, actions.PREFS),
            (note, id_of(note, actions.ZONE)),
        )
        pressed = [person.press(message, action) for message, action in presses]
        refusals = [await told(each) for each in pressed]
        cut.mend()
        form = await form_of(person.press(settings, actions.PREFS))
        details = await told(person.press(all_read, actions.DETAILS))

    assert max([await each.acknowledged() for each in pressed]) < 3
    assert {each.only_for for each in refusals} == {person.id}
    assert {each.modal for each in pressed} == {None}
    assert {in_language(each.text) for each in refusals} == {lang}
    assert [each.text for each in refusals if "Redis" not in each.text] == []
    assert all_read.text == before
    assert form.title == words.text("chat.prefs.title")
    assert "#101" in details.text


async def test_what_discord_does_not_wait_for_any_longer_is_dropped_with_a_log_line(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        message, settings = await post(server.ann), await settings_of(server.ann, "me")
        form = await form_of(server.ann.press(settings, actions.PREFS))
        server.acknowledge_s = -1.0
        calls = len(server.calls)
        with capture_logs() as logs:
            server.ann.press(message, actions.DETAILS)
            server.ann.press(settings, actions.PREFS)
            server.ann.press(message, thumb(message, "unhelpful"))
            server.ann.submit(form, {"tz": "Asia/Tokyo"})
            await _until_callbacks(server, calls, 4)
            server.acknowledge_s = 3.0
            again = await form_of(server.ann.press(settings, actions.PREFS))

    assert len(_expired(logs)) == 4
    assert not [each for each in logs if each["log_level"] == "error"]
    assert "Asia/Tokyo" not in str(again.components)


def _expired(logs: list[Any]) -> list[Any]:
    return [each for each in logs if each["event"] == "interaction expired"]


async def _until_callbacks(server: DiscordServer, since: int, count: int) -> None:
    """Until Discord has answered so many first words."""
    await server.until(
        lambda: (
            len([call for call in server.calls[since:] if call.path.endswith("/callback") and call.status])
            == count
        )
    )


async def test_an_interaction_that_comes_twice_is_carried_out_once(host: Host, server: DiscordServer) -> None:
    with capture_logs() as logs:  # up to the end, when all of it has been done
        async with whole(host, server):
            message, settings = await post(server.ann), await settings_of(server.ann, "me")
            calls = len(server.calls)
            details = server.ann.press(message, actions.DETAILS)
            form = server.ann.press(settings, actions.PREFS)
            for each in (details, form):
                server.gateway.dispatch("INTERACTION_CREATE", each.payload, guild=each.guild)
            await told(details)
            await form_of(form)
            await _until_callbacks(server, calls, 4)
            before = len(server.all_messages)
            await told(server.ann.press(message, actions.COPY))

    # of the form nothing comes but itself
    assert [each["event"] for each in logs].count("event seen before") == 1
    assert len(server.all_messages) == before + 1


async def test_what_is_pressed_while_the_gateway_reconnects_is_answered_when_it_is_back(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        message, settings = await post(server.ann), await settings_of(server.ann, "me")
        # a press whose work is under way goes on by REST alone
        details = server.ann.press(message, actions.DETAILS)
        await details.acknowledged()
        server.gateway.drop()
        assert "#101" in (await told(details)).text
        copied = server.ann.press(message, actions.COPY)
        form = server.ann.press(settings, actions.PREFS)
        assert "#101" in (await copied.answered(timeout=10)).text
        await form.until(lambda: form.modal, timeout=10)

    assert server.gateway.resumes


async def test_what_comes_after_a_quarter_of_an_hour_is_dropped_with_a_log_line(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        message = await post(server.ann)
        before = len(server.all_messages)
        slow = server.hang("PATCH /webhooks/*")
        with capture_logs() as logs:
            pressed = server.ann.press(message, actions.DETAILS)
            await server.until(lambda: slow.met)
            server.advance(16 * 60)
            slow.release()
            await server.until(lambda: len(server.called("PATCH /webhooks/*")) == 2)
            copied = await told(server.ann.press(message, actions.COPY))

    assert {each.get("error") for each in logs if each["log_level"] == "warning"} == {"discord.expired"}
    assert not [each for each in logs if each["log_level"] == "error"]
    assert pressed.messages == []
    assert "#101" in copied.text
    assert len(server.all_messages) >= before
