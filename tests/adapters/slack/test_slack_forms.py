"""The form of preferences: it shows what is set, and what is saved takes its place, at home and in what is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from adapters.slack import actions
from summarizer import languages
from tests.adapters.slack.pressing import READERS, bot, direct, language_of, until_modal, words_of_view
from tests.adapters.slack.whole import words_of
from tests.servers.slack import ANN

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.slack import SlackServer
    from tests.servers.slack.records import View


def filled(**values: str) -> dict[str, Any]:
    return {name: {actions.FIELD: value} for name, value in values.items()}


async def form_of(server: SlackServer, user: str = ANN) -> View:
    """The form, as the button at home opens it."""
    await server.open_home(user)
    home = await server.until(lambda: server.home(user))
    await server.press(home, actions.PREFS, user=user)
    return await until_modal(server, user)


async def saved(server: SlackServer, form: View, user: str = ANN, **values: str) -> str:
    """What the home says once that was saved."""
    home = server.home(user)
    assert home is not None
    before = len(home.versions)
    await server.submit(form, filled(**values))
    await server.until(lambda: len(home.versions) > before)
    await server.until(lambda: not server.modals(user))
    return words_of(home)


def shown(form: View) -> dict[str, str]:
    """What the menus begin with."""
    return {
        block["block_id"]: block["element"]["initial_option"]["value"]
        for block in form.blocks
        if block["type"] == "input"
    }


async def test_the_form_shows_what_was_set_and_unsets_one_thing_alone(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server):
        await direct(server, line="iam octocat")
        await direct(server, line="prefs topic:amd tz:Asia/Kathmandu in:channel -label:ci")
        form = await form_of(server)
        assert shown(form) == {
            "lang": "-",
            "tz": "Asia/Kathmandu",
            "topic": "amd",
            "in": "channel",
            "repo": "-",
        }
        home = await saved(server, form, topic="-", lang="en")
        again = shown(await form_of(server))
        told = words_of(await direct(server, line="prefs"))

    assert (again["topic"], again["lang"], again["tz"]) == ("-", "en", "Asia/Kathmandu")
    words = languages.load("en")
    assert words.text("chat.prefs.otherwise.topic") in home
    assert words.text("chat.prefs.places.channel") in home
    for left in ("-label:ci", "octocat"):  # which the form does not show
        assert left in home
        assert left in told


@pytest.mark.parametrize("user", READERS)
async def test_home_tells_preferences_without_the_words_of_the_grammar(
    host: Host, server: SlackServer, user: str
) -> None:
    async with bot(host, server):
        form = await form_of(server, user)
        assert set(shown(form).values()) == {"-"}
        home = await saved(server, form, user, **{"in": "channel"})

    words = languages.load(language_of(user))
    assert words.text("chat.prefs.places.channel") in home
    assert words.text("chat.prefs.names.in") in words_of_view(form)
    told = home.partition(words.text("chat.home.prefs"))[2]
    assert not any(raw in told for raw in ("in:channel", "lang:", "prefs", "`"))
