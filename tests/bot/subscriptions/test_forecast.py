"""The forecast: what a run will take, measured where such digests were made, else estimated, never made up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from summarizer.digests import Generation
from summarizer.models import ChatModels, ModelSettings
from summarizer.spending import Price
from tests.bot.subscriptions.counter import ANN, Counter, counter
from tests.bot.talk import on

if TYPE_CHECKING:
    from tests.bot.running import Host

WRITER, JUDGE = "openai:writer", "openai:judge"
PRICES = {WRITER: Price(1.0, 10.0), JUDGE: Price(0.1, 1.0)}


def _models() -> ChatModels:
    """Two models that nobody asks anything."""
    models = ChatModels.open(
        ModelSettings(WRITER, JUDGE, base_url="http://127.0.0.1:9/v1", api_key="none", prices=PRICES)
    )
    assert models is not None
    return models


async def _told(shop: Counter, line: str) -> str:
    reply = await shop.say(line, ANN)
    [cost] = [part for part in reply.text.split("\n") if "run takes" in part or "costs nothing" in part]
    return cost


async def _kept(shop: Counter, day: int, line: str, made: Generation) -> None:
    """An edition that was made that way."""
    reply = await shop.services.commands(f"2026-03-{day} {line}", replace(ANN, lays_out=True))
    assert reply.digest is not None, reply.text
    await shop.services.editions.keep(replace(reply.digest, generation=made))


async def test_it_is_measured_by_digests_of_the_same_kind(host: Host) -> None:
    async with _models() as models, counter(host, models=models, prices=PRICES) as shop:
        for day, tokens in ((20, 10_000), (21, 20_000), (22, 30_000), (23, 40_000)):
            await _kept(shop, day, "", Generation(WRITER, "full", tokens, 1_000, tokens / 1_000_000))
        await _kept(shop, 23, "topic:amd", Generation(WRITER, "full", 777, 0, None))
        whole = await _told(shop, "subscribe daily")
        amd = await _told(shop, "subscribe daily topic:amd")

    shared = "Channels with the same digest share it."
    assert whole == f"A run takes about 31,000 tokens, $0.03, by what such digests took lately. {shared}"
    assert amd == f"A run takes about 780 tokens, cost unknown, by what such digests took lately. {shared}"


async def test_digests_that_tell_no_tokens_measure_nothing(host: Host) -> None:
    async with _models() as models, counter(host, models=models, prices=PRICES) as shop:
        await _kept(shop, 23, "", Generation("offline", "extraction"))
        told = await _told(shop, "subscribe daily")

    assert "an estimate for the" in told


async def test_without_any_it_is_estimated_by_what_moved_lately(host: Host) -> None:
    async with _models() as models, counter(host, models=models, prices=PRICES) as shop:
        daily = await _told(shop, "subscribe daily")
        amd = await _told(shop, "subscribe daily topic:amd")
        monthly = await _told(shop, "subscribe monthly")

    assert daily.startswith("A run takes about 27,000 tokens, $0.074: an estimate for the 2 items that move")
    assert amd.startswith("A run takes about 25,000 tokens, $0.073: an estimate for the 1 item that moves")
    assert "an estimate for the 40 items" in monthly


async def test_an_unknown_price_is_no_cost(host: Host) -> None:
    async with _models() as models, counter(host, models=models, prices={WRITER: PRICES[WRITER]}) as shop:
        told = await _told(shop, "subscribe daily")

    assert "27,000 tokens, cost unknown: an estimate" in told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("subscribe daily", "What a run takes is not known yet: no such period has been looked at."),
        ("watch topic:amd", "It costs nothing: no model is asked for it."),
    ],
)
async def test_what_nobody_can_know_is_said_so(host: Host, line: str, told: str) -> None:
    async with _models() as models, counter(host, models=models, is_synced=False) as shop:
        assert told in (await shop.say(line, ANN)).text


async def test_it_asks_github_and_the_model_nothing(host: Host) -> None:
    async with _models() as models, counter(host, models=models, prices=PRICES) as shop:
        await shop.say("subscribe daily", ANN)
        before = len(shop.github.requests)
        await shop.say("subscribe weekly", ANN)

    assert len(shop.github.requests) == before
    assert on(24) < shop.now
