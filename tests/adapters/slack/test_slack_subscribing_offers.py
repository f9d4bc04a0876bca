"""Offers: what stands below a reply can be pressed, by anybody, and is answered to them alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat import Offer, Reply
from adapters.chat.port import OfferName
from adapters.chat.pressed import Pressed
from adapters.slack import actions
from adapters.slack.actions import dump, load
from adapters.slack.layout.answer import plain
from summarizer import languages
from summarizer.errors import StoreError
from tests.adapters.slack.pressing import (
    bot,
    direct,
    in_language,
    only_me,
    post,
    told,
    with_value,
)
from tests.adapters.slack.seen_blocks import hostile, walk
from tests.adapters.slack.subscribed import Subscriptions
from tests.adapters.slack.whole import actions_of, until_posted, words_of
from tests.servers.slack import ANN, BEN, GENERAL
from tests.servers.slack.blocks import faults_of

if TYPE_CHECKING:
    from tests.bot.running import Host
    from tests.servers.slack import SlackServer

NOW, UNDO = f"{actions.OFFER}#now-0", f"{actions.OFFER}#undo-1"
DAILY = "subscribe daily 09:00 topic:amd"
NAMES = get_args(OfferName)


@given(st.lists(st.tuples(st.sampled_from(NAMES), hostile), max_size=30), st.sampled_from(["en", "zh"]))
def test_every_offer_that_fits_is_a_button_that_carries_its_line(
    offered: list[tuple[OfferName, str]], lang: str
) -> None:
    offers = tuple(Offer(name, line) for name, line in offered)
    (message,) = plain(Reply("Done.", lang, offers=offers), languages.load(lang))
    pressed = [each for each in walk(message.blocks) if each.get("type") == "button"]

    assert faults_of(list(message.blocks), files={}) == []
    assert [load(each["value"]).line for each in pressed] == [each.line for each in offers[:25]]


def test_offers_of_one_kind_are_told_apart_by_what_they_are_about() -> None:
    offers = (Offer("retry", "deliveries retry d7"), Offer("retry", "deliveries retry d9"))
    (message,) = plain(Reply("Two.", "en", offers=offers), languages.load("en"))

    assert [each["text"]["text"] for each in walk(message.blocks) if each.get("type") == "button"] == [
        "Try again d7",
        "Try again d9",
    ]


def test_an_offer_whose_line_has_no_room_is_left_out() -> None:
    offers = (Offer("edit", "x" * 3_000), Offer("undo", "unsubscribe s3"))
    (message,) = plain(Reply("Done.", "en", offers=offers), languages.load("en"))

    assert [each["action_id"] for each in walk(message.blocks) if each.get("type") == "button"] == [UNDO]


async def test_one_now_is_shown_beside_the_confirmation_to_who_pressed_alone(
    host: Host, server: SlackServer
) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of):
        made = await only_me(server, ANN, DAILY)
        assert actions_of(made) == [NOW, UNDO]
        one = await told(server, await server.press(made, NOW), "2026-03-23")

    assert one.only_for == ANN
    assert actions.DETAILS in actions_of(one)
    assert actions_of(made) == [NOW, UNDO]  # it is still there
    assert server.by_bot() == []


async def test_what_is_undone_takes_the_place_of_its_confirmation_and_can_be_brought_back(
    host: Host, server: SlackServer
) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of):
        made = await only_me(server, ANN, DAILY)
        await server.press(made, UNDO)
        await server.until(lambda: "resume s1" in words_of(made))

    assert before.kept == {}
    assert [line for line, _ in before.heard] == [DAILY, "unsubscribe s1"]
    assert actions_of(made) == [f"{actions.OFFER}#undo-0"]


async def test_below_a_reply_in_a_channel_everybody_presses_for_themselves(
    host: Host, server: SlackServer
) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of):
        made = await post(server, ANN, DAILY)
        one = await told(server, await server.press(made, NOW, user=BEN), "2026-03-23")
        refused = await told(server, await server.press(made, UNDO, user=BEN), "s1")

    assert (one.only_for, in_language(words_of(one))) == (BEN, "zh")
    assert refused.only_for == BEN
    assert actions_of(made) == [NOW, UNDO]
    assert server.by_bot(GENERAL) == [made]


async def test_in_a_direct_message_the_answer_stays(host: Host, server: SlackServer) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of):
        made = await direct(server, BEN, DAILY)
        channel = server.dm_of(BEN).id
        await server.press(made, NOW)
        *_, one = await until_posted(server, channel, 2, "2026-03-23")

    assert server.ephemerals() == []
    assert one.thread_ts
    assert [context.team for _, context in before.heard] == ["", ""]


async def test_what_went_wrong_is_told_beside_the_offers(host: Host, server: SlackServer) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of):
        made = await post(server, ANN, DAILY)
        before.failures.append(StoreError("store.lost"))
        sent = await server.press(made, NOW, user=BEN)
        await told(server, sent, languages.load("zh").text("errors.store.lost"))

    assert server.by_bot(GENERAL) == [made]


@pytest.mark.parametrize("value", ["{", dump(Pressed())])
async def test_an_offer_of_another_version_says_what_to_do(
    host: Host, server: SlackServer, value: str
) -> None:
    before = Subscriptions()
    async with bot(host, server, desk_of=before.of):
        made = with_value(await only_me(server, ANN, DAILY), NOW, value)
        await told(
            server, await server.press(made, NOW), languages.load("en").text("errors.digest.gone")[:20]
        )

    assert [line for line, _ in before.heard] == [DAILY]
