"""Taking back: a post that should not be there goes, with what stands below it, and it is written down who did it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.chat.delivering import Mark, TextPost
from bot.delivery.batches import delivery_id
from bot.delivery.ledger import Ledger
from bot.delivery.model import Delivery, PartState
from tests.bot.subscriptions.counter import ANN, BEN, Counter, counter
from tests.bot.talk import on
from tests.servers.slack import GENERAL, SlackServer, slack_server

if TYPE_CHECKING:
    from tests.bot.running import Host

DIGEST = "daily-2026-03-23-0123456789"


async def _posted(shop: Counter, id_: str, day: int) -> Delivery:
    """A delivery as the engine leaves it: its message is there, and is found by its link and its digest."""
    one = await shop.one(id_)
    courier, ledger = shop.couriers["slack"], Ledger(shop.services.store)
    [part, *_] = await courier.parts(TextPost("Nothing happened.", "en"), one.destination)
    sent = await courier.send(part, one.destination, Mark(id_, part.name), None)
    row = Delivery(
        delivery_id(id_, on(day)),
        id_,
        one.destination,
        on(day),
        state="posted",
        posted=1,
        parts=(PartState(part.name, "posted", part.hash, sent=sent),),
        digest_id=DIGEST,
    )
    await ledger.create([row])
    await ledger.deliveries.shown_as(f"slack {sent.channel} {sent.message}", row.id)
    return row


def _link(row: Delivery) -> str:
    assert row.root is not None
    return f"https://tests.slack.com/archives/{row.root.channel}/p{row.root.message.replace('.', '')}"


def _said(slack: SlackServer, channel: str) -> list[str]:
    return [each.ts for each in slack.messages(channel) if each.bot_id]


async def test_a_post_is_taken_back_by_its_link(host: Host) -> None:
    async with slack_server() as slack, counter(host, slack, is_synced=False) as shop:
        await shop.say("subscribe daily", ANN)
        kept, gone = await _posted(shop, "s1", 23), await _posted(shop, "s1", 24)
        elsewhere = replace(ANN, team="T0OTHER", workspace="T0OTHER")
        refused = [await shop.refused(f"retract {_link(gone)}", who) for who in (BEN, elsewhere)]
        before = _said(slack, GENERAL)
        told = await shop.say(f"retract {_link(gone)}", ANN)
        after = _said(slack, GENERAL)
        row = await shop.book.get(gone.id)

    assert refused == ["subscriptions.managers", "subscriptions.not_posted"]
    assert told.text == f"Taken back, with all below it: `{gone.id}` in #general."
    assert kept.root is not None
    assert (len(before), after) == (2, [kept.root.message])
    assert row is not None
    assert (row.state, row.by) == ("retracted", "slack-user:U0ANN")


async def test_a_digest_is_taken_back_wherever_it_was_posted(host: Host) -> None:
    async with slack_server() as slack, counter(host, slack, is_synced=False) as shop:
        slack.add_channel("C0AMDNEWS", "amd-news")
        await shop.say("subscribe daily", ANN)
        await shop.say("subscribe daily to:C0AMDNEWS", ANN)
        rows = [await _posted(shop, id_, 24) for id_ in ("s1", "s2")]
        told = await shop.say(f"retract {DIGEST}", ANN)
        left = _said(slack, GENERAL) + _said(slack, "C0AMDNEWS")

    assert told.text == (
        f"Taken back, with all below them: `{rows[0].id}` in #general, `{rows[1].id}` in #amd-news."
    )
    assert left == []


async def test_what_the_platform_does_not_take_back_is_told(host: Host) -> None:
    async with slack_server() as slack, counter(host, slack, is_synced=False) as shop:
        await shop.say("subscribe daily", ANN)
        row = await _posted(shop, "s1", 24)
        slack.fail("chat.delete", "not_in_channel", times=20)
        refused = await shop.refused(f"retract {_link(row)}", ANN)

    assert refused.startswith("slack.")
