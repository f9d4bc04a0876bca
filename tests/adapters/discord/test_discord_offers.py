"""Offers: what stands below a reply can be pressed, by anybody, and is answered to them alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat import Offer
from adapters.chat.pressed import Pressed
from adapters.discord import actions
from adapters.discord.layout.offers import offered
from summarizer import languages
from tests.adapters.discord.before_desk import BeforeDesk
from tests.adapters.discord.pressing import buttons, direct, only_me, post, said_in, told
from tests.adapters.discord.whole import whole
from tests.servers.discord import GENERAL, walked

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.discord import DiscordServer, Message

PUBLIC_THREAD: Final = 11
OFFERS: Final = (Offer("now", "help today"), Offer("undo", "help week"))


def labels(message: Message) -> list[str]:
    return [str(each["label"]) for each in walked(message.components) if each["type"] == 2]


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=120),
    st.sampled_from(["undo", "retry"]),
)
def test_a_line_comes_back_as_it_was(line: str, name: str) -> None:
    (row,) = offered((Offer(name, line),), languages.load("en"))  # type: ignore[arg-type]
    (button,) = row

    made = actions.custom_id(button.action, button.pressed)
    kept = actions.kept_of(button.action, button.pressed)

    assert len(made) <= 100
    assert actions.action_of(made) == actions.OFFER
    assert Pressed(line=line) == (actions.read(made) if kept is None else actions.read_kept(kept[1]))


@pytest.mark.parametrize("line", ["unsubscribe s3", "test s12", "deliveries retry s3-20251210T0900"])
def test_a_short_line_needs_nothing_that_is_kept(line: str) -> None:
    assert actions.kept_of(f"{actions.OFFER}#0", Pressed(line=line)) is None


def test_offers_stand_five_in_a_row_and_no_more_than_discord_takes() -> None:
    rows = offered([Offer("retry", f"deliveries retry d-{n}") for n in range(40)], languages.load("zh"))

    assert [len(row) for row in rows] == [5] * 5
    assert offered((), languages.load("en")) == ()


async def test_an_offer_is_pressed_below_a_command_and_answered_to_who_pressed(
    host: Host, server: DiscordServer
) -> None:
    before = BeforeDesk(offers=OFFERS)
    async with whole(host, server, desk_of=before.of):
        reply = await only_me(server.ann, "status")
        assert labels(reply) == ["One now, only to me", "Undo"]

        answered = await told(server.ann.press(reply, "Undo"), "week")

    line, context = before.heard[-1]
    assert (line, context.is_command, context.person) == ("help week", True, str(server.ann.id))
    assert answered.only_for == server.ann.id
    assert server.by_bot() == []


async def test_everybody_presses_for_themselves_below_a_reply_in_the_channel(
    host: Host, server: DiscordServer
) -> None:
    before = BeforeDesk(offers=OFFERS)
    async with whole(host, server, desk_of=before.of):
        reply = await post(server.ann, "status")
        assert buttons(reply) == [f"{actions.OFFER}#0", f"{actions.OFFER}#1"]
        shown = reply.text, reply.edits

        answered = await told(server.ben.press(reply, "Undo"))

        assert answered.only_for == server.ben.id
        assert labels(answered) == ["立即试发，仅自己可见", "撤销"]
        assert said_in(server, GENERAL) == [reply]

    assert before.heard[-1][1].person == str(server.ben.id)
    assert (reply.text, reply.edits) == shown


async def test_an_offer_is_answered_in_a_direct_message(host: Host, server: DiscordServer) -> None:
    before = BeforeDesk(offers=OFFERS)
    async with whole(host, server, desk_of=before.of):
        reply = await direct(server.ann, "status")

        await told(server.ann.press(reply, "Undo"), "week")

    line, context = before.heard[-1]
    assert (line, context.team, context.channel) == ("help week", "", "")


async def test_an_offer_outlives_the_bot_that_made_it(host: Host, server: DiscordServer) -> None:
    before = BeforeDesk(offers=OFFERS)
    async with whole(host, server, desk_of=before.of):
        reply = await post(server.ann, "status")
    async with whole(host, server, is_synced=False, desk_of=before.of):
        await told(server.ann.press(reply, "Undo"), "week")


async def test_the_channel_is_known_by_its_name(host: Host, server: DiscordServer) -> None:
    thread = server.add_channel(name="kernels", kind=PUBLIC_THREAD, parent=GENERAL)
    before = BeforeDesk()
    async with whole(host, server, desk_of=before.of):
        await only_me(server.ann, "status")
        await only_me(server.ann, "status", channel=thread.id)
        await post(server.ann, "status")
        await direct(server.ann, "status")

    assert [context.channel_name for _, context in before.heard] == ["#general"] * 3 + [""]
