"""Details: the pages of a digest, turned there and back, by the menu, and when one is not there any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.chat.pressed import Pressed
from adapters.discord import actions
from bot.access import SHELL
from summarizer import languages
from tests.adapters.discord.pressing import (
    Where,
    buttons,
    changed,
    crowded,
    digest_in,
    forged,
    handle_of,
    in_language,
    langs,
    only_me,
    post,
    reader,
    told,
)
from tests.adapters.discord.whole import whole
from tests.adapters.slack.shown_digests import links_of_report
from tests.servers.discord import GENERAL, walked

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer, Message, Person

NEXT, PREVIOUS, JUMP = f"{actions.PAGE}#next", f"{actions.PAGE}#previous", f"{actions.PAGE}#jump"


async def turned(person: Person, page: Message, button: str) -> str:
    """What the message shows after the button."""
    edits = page.edits
    person.press(page, button)
    return (await changed(person.server, page, edits)).text


@pytest.mark.parametrize(("lang", "where"), [("en", "mention"), ("zh", "slash"), ("zh", "direct")])
async def test_the_pages_reach_every_number_and_link_there_and_back(
    host: Host, server: DiscordServer, lang: str, where: Where
) -> None:
    person = reader(server, lang)
    async with whole(host, server, world=crowded(30)) as it:
        message = await digest_in(where, person)
        digest = await it.services.digests.open(handle_of(message, actions.DETAILS), SHELL)
        page = await told(person.press(message, actions.DETAILS))
        pages = [page.text]
        while NEXT in buttons(page):
            pages.append(await turned(person, page, NEXT))
        back = [pages[-1]]
        while PREVIOUS in buttons(page):
            back.append(await turned(person, page, PREVIOUS))

    assert page.only_for == person.id
    assert len(set(pages)) == len(pages) > 2
    assert back == pages[::-1]
    assert [url for _, url in links_of_report(digest) if not any(url in text for text in pages)] == []
    assert {in_language(text) for text in pages} == {lang}


@langs
async def test_the_menu_leads_to_the_page_that_a_section_begins_on(
    host: Host, server: DiscordServer, lang: str
) -> None:
    person = reader(server, lang)
    async with whole(host, server, world=crowded(30)):
        page = await told(person.press(await only_me(person), actions.DETAILS))
        [menu] = [each for each in walked(page.components) if each["type"] == 3]
        for option in (menu["options"][-1], menu["options"][0]):
            edits = page.edits
            person.choose(page, JUMP, option["value"])
            await changed(server, page, edits)

            assert option["label"] in page.text.replace("\\", "")
    assert len(server.ephemerals(person.id)) >= 2
    assert server.by_bot(GENERAL) == []


@pytest.mark.parametrize("place", [40, 99_999_999])
async def test_a_page_that_is_not_there_any_more_becomes_the_nearest(
    host: Host, server: DiscordServer, place: int
) -> None:
    async with whole(host, server, world=crowded(30)):
        message = await only_me(server.ann)
        page = await told(server.ann.press(message, actions.DETAILS))
        while NEXT in buttons(page):
            last = await turned(server.ann, page, NEXT)
        gone = actions.custom_id(actions.PAGE, Pressed(handle_of(message, actions.DETAILS), page=place))
        await turned(server.ann, page, PREVIOUS)

        assert await turned(server.ann, page, forged(page, gone)) == last


@langs
async def test_the_pages_of_a_digest_that_has_gone_stay_and_who_turns_them_is_told(
    host: Host, server: DiscordServer, lang: str
) -> None:
    person = reader(server, lang)
    async with whole(host, server, world=crowded(30)):
        page = await told(person.press(await post(person), actions.DETAILS))
        before = page.text
        for action in (actions.PAGE, actions.DETAILS):
            gone = forged(page, actions.custom_id(f"{action}#gone", Pressed("gone", page=1)))
            refusal = await told(person.press(page, gone))

            assert refusal.only_for == person.id
            assert languages.load(lang).text("errors.digest.gone").split("`")[0] in refusal.text
    assert page.text == before
