"""Views: the pages of a digest, however long it takes to open, and somebody's home and preferences."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from adapters.chat.pressed import Pressed
from adapters.slack import actions
from adapters.slack.actions import dump
from bot.access import SHELL
from summarizer import languages
from tests.adapters.slack.pressing import (
    READERS,
    bot,
    crowded,
    in_language,
    language_of,
    only_me,
    post,
    told,
    until_modal,
    until_said,
    value_of,
    with_value,
    words_of_view,
)
from tests.adapters.slack.shown_digests import links_of_report
from tests.adapters.slack.whole import words_of
from tests.servers.slack import ANN, BEN, GENERAL, links_in
from tests.servers.slack.payloads import element_in

if TYPE_CHECKING:
    from adapters.chat import Reply
    from tests.bot.running import Host
    from tests.servers.slack import SlackServer
    from tests.servers.slack.records import View

NEXT, PREVIOUS = f"{actions.PAGE}#next", f"{actions.PAGE}#previous"


def buttons(view: View) -> list[str]:
    return [
        each["action_id"] for block in view.blocks if block["type"] == "actions" for each in block["elements"]
    ]


async def turned(server: SlackServer, view: View, action: str) -> str:
    """What the view shows after the button."""
    before = len(view.versions)
    await server.press(view, action)
    await server.until(lambda: len(view.versions) > before)
    return words_of_view(view)


@pytest.mark.parametrize("user", READERS)
async def test_the_pages_reach_every_number_and_link_there_and_back(
    host: Host, server: SlackServer, user: str
) -> None:
    async with bot(host, server, world=crowded()) as it:
        message = await only_me(server, user)
        await server.press(message, actions.DETAILS)
        view = await until_modal(server, user)
        assert NEXT in buttons(view)
        pages, links = [words_of_view(view)], links_in("", view.blocks)
        while NEXT in buttons(view):
            pages.append(await turned(server, view, NEXT))
            links += links_in("", view.blocks)
        back = [pages[-1]]
        while PREVIOUS in buttons(view):
            back.append(await turned(server, view, PREVIOUS))
        digest = await it.services.digests.open(value_of(message, actions.DETAILS).handle, SHELL)

    assert len(pages) > 2
    assert len(set(pages)) == len(pages)
    assert back == pages[::-1]
    assert {url for _, url in links_of_report(digest)} <= {link.url for link in links}
    assert {in_language(page) for page in pages} == {language_of(user)}
    assert len(server.modals(user)) == 1


@pytest.mark.parametrize("user", READERS)
async def test_a_digest_that_opens_slowly_holds_its_place_until_it_is_there(
    host: Host, server: SlackServer, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot(host, server) as it:
        message = await only_me(server, user)
        slow = Slow(it.services.desk.open)
        monkeypatch.setattr(it.services.desk, "open", slow)
        await server.press(message, actions.DETAILS)
        waiting = languages.load(language_of(user)).text("chat.notice.wait")
        view = await until_modal(server, user, waiting)
        slow.gate.set()
        await server.until(lambda: "#101" in words_of_view(view))

    assert len(view.versions) == 2
    assert server.modals(user) == [view]


class Slow:
    """A store that answers when it is let."""

    def __init__(self, opened: object) -> None:
        self.opened = opened
        self.gate = asyncio.Event()

    async def __call__(self, *args: object, **more: object) -> Reply:
        await self.gate.wait()
        reply: Reply = await self.opened(*args, **more)  # type: ignore[operator]
        return reply


@pytest.mark.parametrize("user", READERS)
async def test_a_digest_that_has_gone_meanwhile_says_so_in_the_view_that_waited(
    host: Host, server: SlackServer, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with bot(host, server) as it:
        message = with_value(await only_me(server, user), actions.DETAILS, dump(Pressed(handle="gone")))
        slow = Slow(it.services.desk.open)
        monkeypatch.setattr(it.services.desk, "open", slow)
        await server.press(message, actions.DETAILS)
        view = await until_modal(server, user)
        slow.gate.set()
        await server.until(lambda: len(view.versions) == 2)

    assert "2025-12-10" in words_of_view(view)
    assert in_language(words_of_view(view)) == language_of(user)


async def test_a_dialog_that_slack_waits_for_no_longer_is_told_and_opens_at_the_next_press(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server):
        message = await only_me(server)
        server.trigger_s = -1.0
        refusal = await told(server, await server.press(message, actions.DETAILS))
        assert refusal.text == languages.load("en").text("errors.slack.trigger_expired")
        server.trigger_s = 3.0
        await server.press(message, actions.DETAILS)
        await until_modal(server, ANN, "#101")


async def test_a_page_that_was_turned_twice_at_once_is_the_one_that_came_first(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server, world=crowded()):
        await server.press(await only_me(server), actions.DETAILS)
        view = await until_modal(server, ANN)
        for sent in [await server.press(view, NEXT) for _ in range(2)]:
            await sent.acked()
        await server.until(lambda: len(server.called("views.update")) == 2)
        await server.until(lambda: all(call.status for call in server.called("views.update")))

    assert [call.error for call in server.called("views.update")] == ["", "hash_conflict"]
    assert len(view.versions) == 2


async def test_a_page_of_a_digest_that_has_gone_is_told_in_a_direct_message(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server, world=crowded()):
        await server.press(await only_me(server), actions.DETAILS)
        view = await until_modal(server, ANN)
        for value in ("{", dump(Pressed(handle="gone", page=3))):
            for block in view.payload["blocks"]:
                if block["type"] == "actions":
                    block["elements"][0]["value"] = value
            before = len(server.by_bot(server.dm_of(ANN).id))
            await server.press(view, NEXT)
            await until_said(server, ANN, before)

    assert "2025-12-10" in words_of(server.by_bot(server.dm_of(ANN).id)[-1])


# Home


async def opened_home(server: SlackServer, user: str, contains: str = "") -> View:
    await server.open_home(user)
    await server.until(
        lambda: (home := server.home(user)) is not None and contains in words_of_view_of_home(home)
    )
    home = server.home(user)
    assert home is not None
    return home


def words_of_view_of_home(view: View) -> str:
    titled = replace(view, payload={"title": {"text": ""}, **view.payload})
    return words_of_view(titled)


@pytest.mark.parametrize("user", READERS)
async def test_home_opens_the_digests_that_somebody_asked_for(
    host: Host, server: SlackServer, user: str
) -> None:
    async with bot(host, server):
        await only_me(server, user, line="yesterday")
        await post(server, user, line="today")
        home = await opened_home(server, user)
        for place, day in enumerate(("2026-03-24", "2026-03-23")):
            await server.press(home, f"{actions.DETAILS}#{place}")
            view = await until_modal(server, user, day)
            assert in_language(words_of_view(view)) == language_of(user)
            view.is_open = False

        stranger = await opened_home(server, {ANN: BEN, BEN: ANN}[user])
    assert in_language(words_of_view_of_home(home)) == language_of(user)
    assert "2026-03-24" in words_of_view_of_home(home)
    with pytest.raises(LookupError):
        element_in(stranger.blocks, f"{actions.DETAILS}#0", None)


async def test_saved_preferences_stand_at_home_and_apply(host: Host, server: SlackServer) -> None:
    async with bot(host, server):
        home = await opened_home(server, ANN)
        await server.press(home, actions.PREFS)
        form = await until_modal(server, ANN)
        before = len(home.versions)
        await server.submit(form, {"lang": {actions.FIELD: "zh"}, "tz": {actions.FIELD: "Asia/Tokyo"}})
        await server.until(lambda: len(home.versions) > before)

        told_at_home = words_of_view_of_home(home)
        message = await only_me(server, ANN)
    assert not server.modals(ANN)
    assert "Asia/Tokyo" in told_at_home
    assert in_language(message.text) == "zh"
    assert "Asia/Tokyo" in words_of(message)


async def test_a_form_that_is_sent_empty_changes_nothing(host: Host, server: SlackServer) -> None:
    async with bot(host, server):
        home = await opened_home(server, BEN)
        await server.press(home, actions.PREFS)
        form = await until_modal(server, BEN)
        before = words_of_view_of_home(home), len(home.versions)
        await server.submit(form, {})
        await server.until(lambda: len(home.versions) > before[1])

        assert words_of_view_of_home(home) == before[0]
        assert in_language((await only_me(server, BEN)).text) == "zh"
    assert server.by_bot(GENERAL) == []
