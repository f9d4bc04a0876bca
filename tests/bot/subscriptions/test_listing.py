"""Listing: what is told of subscriptions, to whom, and what became of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.chat import Subscribed
from bot.delivery.batches import delivery_id
from bot.delivery.ledger import Ledger
from bot.delivery.model import Delivery
from bot.subscriptions.listing import MOST
from tests.bot.subscriptions.counter import ALONE, ANN, BEN, Counter, counter
from tests.bot.talk import NOW, SHELL, on

if TYPE_CHECKING:
    from tests.bot.running import Host

ELSEWHERE = replace(ANN, channel="C0ELSEWHERE", channel_name="#elsewhere")
"""A channel that only its members know of."""


async def _some(shop: Counter) -> None:
    """s1 elsewhere, s2 and the watch w3 in #general, s4 to Ben."""
    await shop.say("subscribe weekly mon 10:00 label:secret", ELSEWHERE)
    await shop.say("subscribe daily topic:amd repo:vllm-project/vllm", ANN)
    await shop.say("watch topic:amd max:5/h", ANN)
    await shop.say("subscribe hourly", ALONE)


async def test_the_channels_own_come_first_with_their_next_posts(host: Host) -> None:
    async with counter(host, is_synced=False) as shop:
        none = await shop.say("subscriptions", ANN)
        await _some(shop)
        await shop.say("pause s2", ANN)
        told = await shop.say("subscriptions", ANN)

    assert none.text == (
        "There is no subscription here yet. Write for example `subscribe daily 09:00 topic:amd`."
    )
    assert told.text.split("\n") == [
        "3 subscriptions:",
        "- **s2** daily 09:00 topic:amd, in this channel · paused; `resume s2` lets it go on",
        "- **w3** topic:amd, in this channel · items as they happen, at most 5 messages an hour",
        (
            "- **s1** weekly mon 10:00 label:secret, in #elsewhere · next Mon 2026-03-30 10:00 (UTC),"
            " in 6 days"
        ),
    ]


async def test_who_does_not_manage_sees_the_channels_and_their_own(host: Host) -> None:
    async with counter(host, is_synced=False) as shop:
        await _some(shop)
        in_channel = await shop.commands.listed(BEN)
        alone = await shop.commands.listed(ALONE)
        other = replace(ANN, team="T0OTHER", workspace="T0OTHER", person="U0OTHER")
        outside = await shop.commands.listed(other)
        everywhere = await shop.commands.listed(SHELL)

    assert [each.id for each in in_channel] == ["s2", "w3", "s4"]
    assert [each.id for each in alone] == ["s4"]
    assert outside == []
    assert [each.id for each in everywhere] == ["s1", "s2", "w3", "s4"]


async def test_platforms_get_them_as_a_list_of_their_own(host: Host) -> None:
    async with counter(host, is_synced=False) as shop:
        await _some(shop)
        await shop.registry.suspend("w3", "gone")
        first, second, *_ = await shop.commands.listed(BEN)
        alone = await shop.commands.listed(ALONE)

    assert first == Subscribed("s2", "daily 09:00 topic:amd", "#general", "active", on(25, 9))
    assert second == Subscribed("w3", "topic:amd", "#general", "suspended", None)
    assert alone == [Subscribed("s4", "hourly", "to you alone", "active", NOW + timedelta(hours=1))]


async def test_a_long_list_is_cut_and_the_rest_counted(host: Host) -> None:
    async with counter(host, is_synced=False) as shop:
        for minute in range(MOST + 2):
            await shop.say(f"subscribe daily 10:{minute:02}", ANN)
        told = await shop.say("subscriptions", ANN)

    lines = told.text.split("\n")
    assert (lines[0], len(lines)) == (f"{MOST + 2} subscriptions:", MOST + 2)
    assert lines[-1].startswith("2 more; ")


async def _delivered(shop: Counter, id_: str, day: int, **changes: object) -> Delivery:
    one = await shop.one(id_)
    due = on(day)
    row = Delivery(delivery_id(id_, due), id_, one.destination, due, **changes)  # type: ignore[arg-type]
    await Ledger(shop.services.store).create([row])
    return row


async def test_the_history_tells_what_became_of_each_due(host: Host) -> None:
    async with counter(host, is_synced=False) as shop:
        await shop.say("subscribe daily", ANN)
        await shop.say("watch topic:amd", ANN)
        await _delivered(shop, "s1", 19, state="posted", outcome="normal", posted_at=on(19))
        await _delivered(shop, "s1", 20, state="posted", outcome="partial", posted_at=on(20))
        await _delivered(shop, "s1", 21, state="retracted", by="slack-user:U0ANN")
        await _delivered(shop, "s1", 22, state="failed", attempts=2, next_try=on(22, 10))
        await _delivered(shop, "s1", 23, state="parked", attempts=1)
        await _delivered(shop, "s1", 24, state="skipped", why="quiet")
        told = await shop.say("history s1", BEN)
        every = await shop.say("history", BEN)

    assert told.text.split("\n")[1:7] == [
        "- Tue 2026-03-24 09:00 (UTC): no post, for nothing happened",
        "- Mon 2026-03-23 09:00 (UTC): parked after 1 try",
        "- Sun 2026-03-22 09:00 (UTC): failed 2 times, tried again Sun 2026-03-22 10:00 (UTC)",
        "- Sat 2026-03-21 09:00 (UTC): taken back by slack-user:U0ANN",
        "- Fri 2026-03-20 09:00 (UTC): posted Fri 2026-03-20 09:00 (UTC), partial",
        "- Thu 2026-03-19 09:00 (UTC): posted Thu 2026-03-19 09:00 (UTC), complete",
    ]
    assert every.text.split("\n")[1:4] == [
        f"- **s1** {line.removeprefix('- ')}" for line in told.text.split("\n")[1:4]
    ]
    assert "- **w2** Tue 2026-03-24 12:00 (UTC), slack-user:U0ANN: set up" in every.text


async def test_those_who_manage_see_what_is_stuck_and_have_it_tried_again(host: Host) -> None:
    async with counter(host, is_synced=False) as shop:
        await shop.say("subscribe daily", ANN)
        none = await shop.say("deliveries", ANN)
        row = await _delivered(
            shop, "s1", 24, state="parked", attempts=3, why="Slack says <!channel>.", handle="h"
        )
        await Ledger(shop.services.store).deliveries.trouble(row.id, is_over=False)
        refused = await shop.refused("deliveries", BEN)
        elsewhere = replace(ANN, team="T0OTHER", workspace="T0OTHER")
        others = await shop.say("deliveries", elsewhere)
        not_theirs = await shop.refused(f"deliveries retry {row.id}", elsewhere)
        told = await shop.say("deliveries", ANN)
        again = await shop.say(told.offers[0].line, ANN)
        twice = await shop.refused(f"deliveries retry {row.id}", ANN)
        kept = await shop.book.get(row.id)

    assert none.text == others.text == "No delivery is late, failed or parked."
    assert (refused, not_theirs, twice) == (
        "subscriptions.managers",
        "subscriptions.no_delivery",
        "subscriptions.no_delivery",
    )
    assert told.text.split("\n")[:2] == [
        "1 delivery needs a look:",
        (
            "- `s1-20260324T090000Z` in #general, due Tue 2026-03-24 09:00 (UTC): parked after 3 tries."
            " Slack says \\<!channel>."
        ),
    ]
    assert again.text == "`s1-20260324T090000Z` is tried again now."
    assert kept is not None
    assert kept.state == "ready"
