"""Details in the thread: each section once, whoever asks, however often, where a thread can be made and where not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.discord import actions
from bot.access import SHELL
from summarizer import languages
from tests.adapters.discord.pressing import (
    answer_of,
    changed,
    crowded,
    direct,
    handle_of,
    in_language,
    langs,
    post,
    reader,
    said_in,
    told,
    until_said,
    urls,
)
from tests.adapters.discord.whole import whole
from tests.adapters.slack.shown_digests import links_of_report
from tests.servers.discord import FORUM, GENERAL, GUILD, Permission
from tests.servers.discord.records import PUBLIC_THREAD

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer


@langs
async def test_the_thread_is_made_from_the_post_and_holds_every_link_and_goes_on_from_it(
    host: Host, server: DiscordServer, lang: str
) -> None:
    person, words = reader(server, lang), languages.load(lang)
    async with whole(host, server, world=crowded()) as it:
        message = await post(person, "today topic:amd")
        digest = await it.services.digests.open(handle_of(message, actions.THREAD), SHELL)
        done = await told(person.press(message, actions.THREAD), words.text("discord.said.thread"))
        [thread] = server.threads(GENERAL)
        parts = said_in(server, thread.id)
        again = await told(person.press(message, actions.THREAD), words.text("discord.said.in_thread"))

        assert said_in(server, thread.id) == parts
        assert urls(done) == urls(again) == [f"https://discord.com/channels/{GUILD}/{thread.id}"]
        # who mentions the bot there goes on from the digest
        person.says(thread, f"<@{server.application}> only merged")
        answer = await until_said(server, thread.id, len(parts) + 1)
    assert thread.id == message.id
    whole_text = "\n".join(each.text for each in parts)
    assert [url for _, url in links_of_report(digest) if url not in whole_text] == []
    assert in_language(whole_text) == lang
    assert done.only_for == again.only_for == person.id
    assert "#1001" in answer.text
    assert "#1002" not in answer.text  # is not merged
    assert server.pings() == []


async def test_people_who_press_at_once_and_in_another_process_see_each_section_once_in_order(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server, world=crowded()):
        first = await post(server.ann)
        await told(server.ann.press(first, actions.THREAD))
        expected = [each.text for each in said_in(server, first.thread)]
        second = await post(server.ann)
        pressed = [person.press(second, actions.THREAD) for person in (server.ann, server.ben) * 2]
        for each in pressed:
            await told(each)
        await server.until(lambda: len(said_in(server, second.thread)) >= len(expected))
    async with whole(host, server, world=crowded()):
        for post_ in (first, second):
            in_thread = languages.load("zh").text("discord.said.in_thread")
            await told(server.ben.press(post_, actions.THREAD), in_thread)

    assert [each.text for each in said_in(server, first.thread)] == expected
    assert [each.text for each in said_in(server, second.thread)] == expected
    assert len(server.threads(GENERAL)) == 2


@pytest.mark.parametrize("where", ["thread", "forum", "direct message"])
async def test_where_no_thread_can_be_made_the_sections_come_below_the_post(
    host: Host, server: DiscordServer, where: str
) -> None:
    async with whole(host, server):
        if where == "direct message":
            message = await direct(server.ann)
            channel, guild = server.ann.dm, "@me"
        else:
            parent = server.add_channel(kind=FORUM).id if where == "forum" else GENERAL
            inside = server.add_channel(kind=PUBLIC_THREAD, parent=parent)
            server.tell_channel("THREAD_CREATE", inside)
            message = await post(server.ann, channel=inside.id)
            channel, guild = inside.id, str(GUILD)
        threads = len(server.threads())
        done = await told(server.ann.press(message, actions.THREAD))
        parts = said_in(server, channel)
        await told(
            server.ann.press(message, actions.THREAD), languages.load("en").text("discord.said.in_thread")
        )

    assert urls(done) == [f"https://discord.com/channels/{guild}/{channel}"]
    assert len(parts) > 2
    assert said_in(server, channel) == parts
    assert len(server.threads()) == threads


@langs
async def test_a_locked_thread_is_told_and_its_sections_come_once_it_is_open(
    host: Host, server: DiscordServer, lang: str
) -> None:
    person, words = reader(server, lang), languages.load(lang)
    async with whole(host, server):
        message = await post(person)
        inside = server.add_channel(message.id, kind=PUBLIC_THREAD, parent=GENERAL, is_locked=True)
        message.thread = inside.id
        server.tell_channel("THREAD_CREATE", inside)
        server.deny(GENERAL, Permission.MANAGE_THREADS)
        refusal = await told(person.press(message, actions.THREAD))

        assert words.text("errors.discord.locked") in refusal.text
        assert refusal.only_for == person.id
    assert said_in(server, inside.id) == []


async def test_in_slow_mode_the_thread_has_the_file_instead(host: Host, server: DiscordServer) -> None:
    async with whole(host, server, world=crowded()):
        message = await post(server.ann)
        server.channels[GENERAL].slow_s = 30
        await told(server.ann.press(message, actions.THREAD))
        [only] = said_in(server, message.thread)

    [file] = only.files
    assert file.name.endswith(".en.md")
    assert b"#1001" in file.data


async def test_a_section_that_discord_refused_comes_when_somebody_presses_again(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server, world=crowded()):
        first, second = await post(server.ann), await post(server.ann)
        await told(server.ann.press(first, actions.THREAD))
        expected = [each.text for each in said_in(server, first.thread)]
        server.fail(
            "POST /channels/*/messages",
            403,
            {"code": 200000, "message": "Message was blocked by AutoMod"},
            when=lambda _call: len(said_in(server, second.thread or second.id)) == 2,
        )
        refusal = await told(server.ann.press(second, actions.THREAD))
        assert refusal.only_for == server.ann.id
        assert len(said_in(server, second.thread)) == 2
        await told(server.ben.press(second, actions.THREAD))

    assert [each.text for each in said_in(server, second.thread)] == expected


async def test_a_thread_needs_a_permission_which_is_named(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        message = await post(server.ann)
        server.deny(GENERAL, Permission.CREATE_PUBLIC_THREADS)
        refusal = await told(server.ann.press(message, actions.THREAD))

    assert "Create Public Threads" in refusal.text
    assert server.threads() == []


async def test_an_ephemeral_digest_has_no_thread(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        message = await answer_of(server.ann.slash(GENERAL, "today"))

        with pytest.raises(ValueError, match="0 are called"):
            server.ann.press(message, actions.THREAD)


async def test_what_a_command_shows_to_all_has_a_thread_and_is_refreshed_as_a_post_is(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        message = await answer_of(server.ann.slash(GENERAL, "today", {"in": "channel"}))
        assert message.only_for == 0
        edits = message.edits
        server.ben.press(message, actions.REFRESH)
        await changed(server, message, edits)
        done = await told(server.ben.press(message, actions.THREAD))

        assert done.only_for == server.ben.id
    assert len(said_in(server, message.thread)) > 2


async def test_among_people_without_the_bot_the_file_comes_instead_of_the_thread_and_the_pages_open(
    host: Host, server: DiscordServer
) -> None:
    server.ann.user.has_installed = True
    between = server.add_private(server.ann.id, server.ben.id)
    async with whole(host, server):
        message = await answer_of(server.ann.slash(between, "today", {"in": "channel"}))
        report = await told(server.ann.press(message, actions.THREAD))
        details = await told(server.ann.press(message, actions.DETAILS))

    assert report.only_for == details.only_for == server.ann.id
    assert [file.name.endswith(".en.md") for file in report.files] == [True]
    assert "#101" in details.text


async def test_in_a_thread_of_several_digests_one_goes_on_from_that_whose_details_were_asked_for(
    host: Host, server: DiscordServer
) -> None:
    inside = server.add_channel(kind=PUBLIC_THREAD, parent=GENERAL)
    async with whole(host, server):
        first = await post(server.ann, "today topic:amd", channel=inside.id)
        await post(server.ann, "yesterday topic:nvidia", channel=inside.id)
        await told(server.ben.press(first, actions.THREAD))
        server.ben.says(inside, f"<@{server.application}> only merged")
        answer = await until_said(server, inside.id, len(said_in(server, inside.id)) + 1)

    assert "#101" in answer.text
