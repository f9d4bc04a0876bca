"""Subscribing by a form: opened from the welcome or at home, said as a line, and what it comes to told in its place."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from structlog.testing import capture_logs

from adapters.slack import actions
from adapters.slack.speakers import EXTERNAL
from summarizer import languages
from summarizer.errors import BadInput, StoreError
from tests.adapters.slack.pressing import (
    READERS,
    bot,
    in_language,
    language_of,
    only_me,
    post,
    until_modal,
    words_of_view,
)
from tests.adapters.slack.subscribed import Subscriptions
from tests.adapters.slack.whole import actions_of, until_posted, words_of
from tests.servers.slack import ANN, BEN, GENERAL

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.slack import SlackServer
    from tests.servers.slack.records import Message, View

NOW, UNDO = f"{actions.OFFER}#now-0", f"{actions.OFFER}#undo-1"


def filled(**values: object) -> dict[str, Any]:
    return {name: {actions.FIELD: value} for name, value in values.items()}


def begins(view: View) -> dict[str, Any]:
    """What its inputs begin with."""
    found = {}
    for block in view.blocks:
        if block["type"] == "input":
            element = block["element"]
            chosen = element.get("initial_option", {}).get("value")
            several = [each["value"] for each in element.get("initial_options", ())]
            other = [element[key] for key in element if key.startswith("initial_") and "option" not in key]
            found[block["block_id"]] = chosen or several or (other[0] if other else None)
    return found


async def welcomed(server: SlackServer, by: str = ANN) -> Message:
    """The welcome in #general."""
    await server.join(GENERAL, by=by)
    (message,) = await until_posted(server, GENERAL)
    return message


async def form_in_channel(server: SlackServer, user: str = ANN) -> View:
    """The form, as the welcome's button opens it."""
    await server.press(await welcomed(server), actions.SUBSCRIBE, user=user)
    return await until_modal(server, user)


async def form_at_home(server: SlackServer, user: str = ANN) -> View:
    await server.open_home(user)
    home = await server.until(lambda: server.home(user))
    await server.press(home, actions.SUBSCRIBE, user=user)
    return await until_modal(server, user)


async def test_the_welcomes_button_subscribes_that_channel_and_says_so_in_the_forms_place(
    host: Host, server: SlackServer
) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of):
        form = await form_in_channel(server)
        assert begins(form) == {
            "channel": GENERAL,
            "schedule": "daily",
            "at": "09:00",
            "days": None,
            "topics": None,
            "lang": "en",
            "tz": "America/New_York",
            "quiet": None,
            "hush": None,
        }
        sent = await server.submit(form, filled(topics=["amd"], days=["mon", "fri"], quiet=["quiet"]))
        assert await sent.acked_after < 3
        done = await until_modal(server, ANN, "s1")

    [(line, context)] = before.heard
    assert line == ("subscribe daily 09:00 on mon,fri topic:amd lang:en tz:America/New_York quiet-if-empty")
    assert (context.channel, context.person, context.as_written) == (GENERAL, ANN, True)
    assert done.id == form.id
    assert actions_of(done) == [NOW, UNDO]
    assert [each.text for each in server.by_bot(GENERAL)] != []
    assert server.pings() == []


async def test_at_home_a_channel_is_chosen_and_the_list_there_shows_what_came_of_it(
    host: Host, server: SlackServer
) -> None:
    server.add_channel("C0AMD", "amd")
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of):
        form = await form_at_home(server)
        home = server.home(ANN)
        assert home is not None
        assert begins(form)["channel"] is None
        versions = len(home.versions)
        await server.submit(form, filled(channel="C0AMD", schedule="weekly", days=["tue"], at="07:30"))
        await until_modal(server, ANN, "s1")
        await server.until(lambda: len(home.versions) > versions)

    [(line, _)] = before.heard
    assert line == "subscribe weekly tue 07:30 lang:en tz:America/New_York to:<#C0AMD>"
    assert "weekly tue 07:30" in words_of(home)
    assert f"{actions.OFFER}#pause" in actions_of(home)


@pytest.mark.parametrize("user", READERS)
async def test_without_a_channel_the_digests_come_to_who_ordered_them_alone(
    host: Host, server: SlackServer, user: str
) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of):
        form = await form_at_home(server, user)
        await server.submit(form, filled(schedule="every 6h", hush="22-8"))
        done = await until_modal(server, user, "s1")

    [(line, context)] = before.heard
    assert line.startswith(f"subscribe every 6h lang:{language_of(user)} ")
    assert line.endswith(" hush:22-8")
    assert (context.team, context.channel, context.person) == ("", "", user)
    assert in_language(words_of_view(done)) == language_of(user)
    assert [place for place, _ in before.kept.values()] == [("", user)]


async def test_who_may_not_subscribe_the_channel_is_offered_direct_messages_alone(
    host: Host, server: SlackServer
) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of):
        form = await form_in_channel(server, BEN)
        assert "channel" not in begins(form)
        assert languages.load("zh").text("chat.subscribing.only_you") in words_of_view(form)
        await server.submit(form)
        await until_modal(server, BEN, "s1")

    [(line, context)] = before.heard
    assert "to:" not in line
    assert (context.team, context.person) == ("", BEN)


async def test_at_home_who_may_not_subscribe_the_chosen_channel_is_told_so(
    host: Host, server: SlackServer
) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of):
        form = await form_at_home(server, BEN)
        await server.submit(form, filled(channel=GENERAL))
        again = await until_modal(server, BEN, languages.load("zh").text("errors.subscriptions.managers"))

    assert begins(again)["channel"] == GENERAL
    assert before.kept == {}


async def test_a_channel_that_others_read_along_is_subscribed_for_all_of_them(
    host: Host, server: SlackServer
) -> None:
    server.channels[GENERAL].is_ext_shared = True
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of):
        await server.submit(await form_in_channel(server))
        await until_modal(server, ANN, "s1")

    [(_, context)] = before.heard
    assert (context.team, context.channel) == (EXTERNAL, GENERAL)


async def test_what_makes_no_sense_is_said_beside_its_input_and_nothing_is_ordered(
    host: Host, server: SlackServer
) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of):
        form = await form_in_channel(server)
        sent = await server.submit(form, filled(hush="late"))
        said = await sent.payload
        words = languages.load("en")
        assert said == {
            "response_action": "errors",
            "errors": {"hush": words.text("chat.subscribing.hours")},
        }

    assert sent.problem == ""
    assert form.is_open
    assert before.heard == []


async def test_what_is_refused_brings_the_form_back_as_it_was_filled_in_with_the_reason(
    host: Host, server: SlackServer
) -> None:
    before = Subscriptions(failures=[BadInput("subscriptions.twin", id="s7")])
    async with bot(host, server, desk_of=before.of):
        form = await form_in_channel(server)
        chosen = filled(
            schedule="monthly", at="10:00", topics=["amd"], quiet=["quiet"], hush="22-8", lang="zh"
        )
        await server.submit(form, chosen)
        again = await until_modal(server, ANN, "s7")
        assert begins(again) == {
            "channel": GENERAL,
            "schedule": "monthly",
            "at": "10:00",
            "days": None,
            "topics": ["amd"],
            "lang": "zh",
            "tz": "America/New_York",
            "quiet": ["quiet"],
            "hush": "22-8",
        }
        await server.submit(again, filled(at="11:00"))
        await until_modal(server, ANN, "s1")

    assert [line.partition(" lang:")[0] for line, _ in before.heard] == [
        "subscribe monthly 10:00 topic:amd",
        "subscribe monthly 11:00 topic:amd",
    ]
    assert [context.channel for _, context in before.heard] == [GENERAL, GENERAL]


async def test_whoever_waits_is_told_of_a_bug_too(host: Host, server: SlackServer) -> None:
    before = Subscriptions(failures=[RuntimeError("broken")])
    async with bot(host, server, desk_of=before.of):
        form = await form_in_channel(server)
        with capture_logs() as logs:
            await server.submit(form)
            again = await until_modal(server, ANN, "on our side")

    (bug,) = [each for each in logs if each["event"] == "bug"]
    assert bug["reference"] in words_of_view(again)
    assert "broken" not in words_of_view(again)


@pytest.mark.parametrize("fails", [False, True])
async def test_who_closes_the_form_meanwhile_is_told_in_a_direct_message(
    host: Host, server: SlackServer, fails: bool
) -> None:
    before = Subscriptions(holds=asyncio.Event(), failures=[StoreError("store.lost")] if fails else [])
    async with bot(host, server, desk_of=before.of):
        form = await form_in_channel(server)
        await server.submit(form)
        waiting = await until_modal(server, ANN, languages.load("en").text("chat.subscribing.wait"))
        await server.close_view(waiting)
        assert before.holds is not None
        before.holds.set()
        said = languages.load("en").text("errors.store.lost") if fails else "s1"
        (told,) = await until_posted(server, server.dm_of(ANN).id, contains=said)

    assert server.modals(ANN) == []
    assert actions_of(told) == ([] if fails else [NOW, UNDO])


async def test_a_form_that_cannot_be_opened_says_why(host: Host, server: SlackServer) -> None:
    class Away(Subscriptions):
        async def may_subscribe(self, context: object) -> bool:
            raise StoreError("store.lost")

    before = Away()
    async with bot(host, server, desk_of=before.of):
        await server.press(await welcomed(server), actions.SUBSCRIBE, user=ANN)
        await until_modal(server, ANN, languages.load("en").text("errors.store.lost"))


async def test_a_form_sent_twice_orders_once(host: Host, server: SlackServer) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of):
        form = await form_in_channel(server)
        sent = await server.submit(form)
        await until_modal(server, ANN, "s1")
        await (await server.again(sent)).acked()
        await only_me(server, ANN, "status")

    assert len(before.heard) == 1


# What the form's confirmation offers


async def test_one_now_comes_as_a_direct_message_and_undo_takes_the_confirmations_place(
    host: Host, server: SlackServer
) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of):
        await server.submit(await form_in_channel(server))
        done = await until_modal(server, ANN, "s1")
        await server.press(done, NOW)
        await until_posted(server, server.dm_of(ANN).id, contains="2026-03-23")
        await server.press(done, UNDO)
        await until_modal(server, ANN, "resume s1")

    assert before.kept == {}
    assert len(server.by_bot(GENERAL)) == 1  # the welcome


# Where a line was said


async def test_a_line_is_known_to_be_of_its_channel_and_of_its_thread(
    host: Host, server: SlackServer
) -> None:
    server.add_channel("C0SECRET", "secret", is_private=True)
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of):
        await only_me(server, ANN, "subscriptions")
        await only_me(server, ANN, "subscriptions", channel="C0SECRET")
        await post(server, ANN, "subscriptions")
        root = server.say(GENERAL, "What a week")
        await server.mention(GENERAL, ANN, "subscriptions", thread_ts=root.ts)
        await until_posted(server, GENERAL, 2)

    assert [(each.channel, each.channel_name, each.thread) for _, each in before.heard] == [
        (GENERAL, "#general", ""),
        ("C0SECRET", "", ""),
        (GENERAL, "", ""),
        (GENERAL, "", root.ts),
    ]
