"""Refresh and Try again: a window that is not over yet, brought up to now in its place."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from adapters.discord import actions
from tests.adapters.discord.pressing import (
    Where,
    buttons,
    changed,
    digest_in,
    forged,
    handle_of,
    in_language,
    langs,
    only_me,
    places,
    post,
    reader,
    said_in,
    told,
    until_said,
)
from tests.adapters.discord.whole import is_progress, whole
from tests.bot.talk import NOW, REPO, talked_about
from tests.servers.discord import GENERAL

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer


@langs
@places
async def test_a_refresh_updates_the_digest_in_its_place(
    host: Host, server: DiscordServer, lang: str, where: Where
) -> None:
    person, world = reader(server, lang), talked_about()
    async with whole(host, server):
        message = await digest_in(where, person)
        old = handle_of(message, actions.DETAILS)
        assert actions.REFRESH in buttons(message)
    world.repositories[REPO].open_pr("[ROCm] Arrived late", by="amy", at=NOW + timedelta(hours=1), number=107)
    async with whole(host, server, world=world, at=NOW + timedelta(hours=2)):
        edits, files = message.edits, message.files
        person.press(message, actions.REFRESH)
        await changed(server, message, edits)

        details = await told(person.press(message, actions.DETAILS))
    assert "#107" in details.text
    assert handle_of(message, actions.DETAILS) != old
    assert in_language(message.text) == lang
    assert len(said_in(server, message.channel)) == (0 if where == "slash" else 1)
    if where != "slash":
        assert [file.name for file in message.files] != [file.name for file in files]
        assert len(message.files) == len(files) == 1
    assert server.pings() == []


async def test_a_post_is_whole_until_it_is_refreshed_and_replies_go_on_from_the_new_one(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        message = await post(server.ann)
        edits = message.edits
        server.ben.press(message, actions.REFRESH)
        await changed(server, message, edits)
        assert not any(is_progress_text(version.components) for version in message.versions[edits + 1 :])
        assert in_language(message.text) == "en"  # though Ben reads Chinese
        server.ann.says(GENERAL, f"<@{server.application}> only merged", reply_to=message)
        answer = await until_said(server, GENERAL, 2)

    assert "#101" in answer.text
    assert "#105" not in answer.text


async def test_a_post_that_somebody_refreshes_is_not_limited_by_what_they_have_set_for_themselves(
    host: Host, server: DiscordServer
) -> None:
    async with whole(host, server):
        message = await post(server.ann)
        before, edits = message.text, message.edits
        await only_me(server.ben, "prefs", options={"topic": "amd"})
        server.ben.press(message, actions.REFRESH)
        await changed(server, message, edits)

    assert message.text == before


def is_progress_text(components: object) -> bool:
    return "░" in str(components) or "█" in str(components)


@pytest.mark.parametrize("where", ["mention", "direct"])
async def test_a_refresh_that_fails_is_told_to_who_pressed_and_leaves_the_digest_there(
    host: Host, server: DiscordServer, where: Where
) -> None:
    async with whole(host, server) as it:
        message = await digest_in(where, server.ann)
        before = message.text
        await it.services.store.cache.put("discord pressed:" + "0" * 32, b'{"line":"release v9.9"}', 60)
        refusal = await told(server.ann.press(message, forged(message, f"{actions.REFRESH}#x|=" + "0" * 32)))

    assert refusal.only_for == server.ann.id
    assert "no releases" in refusal.text
    assert message.text == before
    assert not is_progress(message)


async def test_a_window_that_is_over_offers_no_refresh(host: Host, server: DiscordServer) -> None:
    async with whole(host, server):
        mine, all_read = await only_me(server.ann, "yesterday"), await post(server.ann, "yesterday")

    assert actions.REFRESH not in [*buttons(mine), *buttons(all_read)]


@langs
@places
async def test_what_failed_is_tried_again_in_its_place(
    host: Host, server: DiscordServer, lang: str, where: Where
) -> None:
    person = reader(server, lang)
    async with whole(host, server, is_synced=False) as it:
        token, it.github.token = it.github.token, "another"
        message = await digest_in(where, person)
        assert buttons(message) == [actions.RETRY]
        assert in_language(message.text) == lang
        it.github.token = token
        edits = message.edits
        person.press(message, actions.RETRY)
        await changed(server, message, edits)

    assert actions.DETAILS in buttons(message)
    assert in_language(message.text) == lang
    assert len(said_in(server, message.channel)) == (0 if where == "slash" else 1)
