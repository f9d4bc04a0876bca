"""Subscribing with everything behind it: the form, the list at home, and what can be done to each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.slack import actions
from tests.adapters.slack.pressing import bot, only_me, told, until_modal, words_of_view
from tests.adapters.slack.test_slack_subscribing import filled, form_at_home, form_in_channel
from tests.adapters.slack.test_slack_subscribing_home import changed, opened_home
from tests.adapters.slack.whole import actions_of, until_posted, words_of
from tests.servers.slack import ANN, BEN, GENERAL

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.slack import SlackServer

NOW, UNDO = f"{actions.OFFER}#now-0", f"{actions.OFFER}#undo-1"


async def test_what_a_form_orders_stands_at_home_and_is_paused_ended_and_brought_back_there(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server):
        await server.submit(await form_in_channel(server), filled(topics=["amd"], quiet=["quiet"]))
        made = words_of_view(await until_modal(server, ANN, "s1"))
        home = await opened_home(server, ANN)
        listed = words_of(home)
        paused = await changed(server, home, f"{actions.OFFER}#pause", " is paused: ")
        ended = await changed(server, home, f"{actions.OFFER}#end", " has ended: ")
        again = await changed(server, home, f"{actions.OFFER}#undo-0", " goes on: ")
        strangers = words_of(await opened_home(server, BEN))

    assert "2026-03-24 09:00 (UTC-4)" in made
    assert "daily 09:00 topic:amd quiet-if-empty" in listed
    assert "#general" in listed
    assert "<!date^1774357200^" in listed  # 13:00 in UTC
    assert "in #general" in paused
    assert "#general · paused" in paused
    assert "#general · " not in ended
    assert "#general · active" in again
    assert "daily 09:00" not in strangers


async def test_a_person_orders_digests_for_themselves_and_tries_one_at_once(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server):
        await server.submit(await form_at_home(server, BEN), filled(schedule="weekly", lang="en"))
        done = await until_modal(server, BEN, "s1")
        await server.press(done, NOW)
        channel = server.dm_of(BEN).id
        await until_posted(server, channel, contains="2026 week 12")
        await server.press(done, UNDO)
        await server.until(lambda: actions_of(done) == [f"{actions.OFFER}#undo-0"])

    assert server.by_bot(GENERAL) == []


async def test_who_orders_the_same_again_is_told_in_the_form_and_may_change_it(
    host: Host, server: SlackServer
) -> None:
    async with bot(host, server):
        made = await only_me(server, ANN, "subscribe daily 09:00 lang:en tz:America/New_York")
        assert actions_of(made) == [NOW, UNDO]
        await server.submit(await form_in_channel(server))
        again = await until_modal(server, ANN, "There is one already")
        await server.submit(again, filled(at="10:00"))
        await until_modal(server, ANN, "s2")
        one = await told(server, await server.press(made, NOW), "2026-03-23")

    assert one.only_for == ANN
