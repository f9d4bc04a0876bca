"""The pictures that chats get: each drawn once for whoever asks, and drawn anew where the cache is away."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from adapters import charts as drawing
from adapters.store import open_store
from bot.charts import KEEP_S, Charts, key_of
from bot.forgetting import Forgetting
from summarizer.languages import load
from summarizer.pictures import panel_alt
from tests.references import ITEMS, WINDOWS, digest_of, facts_of
from tests.servers.redis.cut import cut_off
from tests.summarizer.test_pictures import week

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from adapters.store import Store
    from summarizer.digests import Digest
    from tests.bot.running import Host

NOW = WINDOWS["19:59:30-20:59"].until
PNG = b"\x89PNG\r\n\x1a\n"


def daily(lang: str = "en") -> Digest:
    return digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), lang)


def weekly(lang: str = "en") -> Digest:
    return replace(daily(lang), id="weekly-2026-W13-0123456789", edition="weekly", facts=week())


@asynccontextmanager
async def opened(host: Host) -> AsyncIterator[Store]:
    async with open_store(host.redis_url, host.folder) as store:
        yield store


@pytest.fixture(autouse=True)
def anew() -> None:
    """What this process drew before is forgotten."""
    drawing._drawn.cache_clear()


def draws() -> int:
    return drawing._drawn.cache_info().misses


@pytest.mark.parametrize("lang", ["en", "zh"])
async def test_a_chat_gets_a_picture_and_what_it_shows(host: Host, lang: str) -> None:
    async with opened(host) as store:
        for digest in (daily(lang), weekly(lang)):
            made = await Charts(store.cache).of(digest)

            assert made is not None
            assert made[0].startswith(PNG)
            assert made[1] == panel_alt(digest.facts, load(lang))


async def test_ten_channels_and_two_processes_have_it_drawn_once(host: Host) -> None:
    async with opened(host) as store, opened(host) as other:
        charts = Charts(store.cache)
        made = await asyncio.gather(*(charts.of(weekly()) for _ in range(10)))

        assert draws() == 1
        assert len({picture for each in made if each for picture in (each[0],)}) == 1

        drawing._drawn.cache_clear()
        assert await Charts(other.cache).of(weekly()) == made[0]
        assert draws() == 0


async def test_another_language_revision_or_content_is_another_picture(host: Host) -> None:
    async with opened(host) as store:
        charts = Charts(store.cache)
        first = weekly()
        told = replace(first, facts=replace(first.facts, files=()))
        for digest in (first, weekly("zh"), replace(first, revision=2), told):
            assert await charts.of(digest) is not None

        keys = await _keys(store)
        assert len(keys) == 4
        assert all(key.startswith("vllm-digest:cache:picture:vllm-project/vllm#") for key in keys)


async def test_a_picture_is_kept_for_a_week(host: Host) -> None:
    async with opened(host) as store:
        digest = weekly()
        await Charts(store.cache).of(digest)
        key = key_of(digest, panel_alt(digest.facts, load("en")))

        assert await store.cache.get(key) is not None
        left = await store.cache._connection.call("TTL", f"vllm-digest:cache:{key}")
        assert KEEP_S - 600 < left <= KEEP_S


async def test_without_its_cache_a_picture_is_drawn_anew(host: Host) -> None:
    socket = Path(host.redis_url.removeprefix("unix://"))
    async with (
        cut_off(socket) as way,
        open_store(host.redis_url, host.folder, cache_redis_url=way.url) as store,
    ):
        way.left = 0
        made = await Charts(store.cache).of(daily())

    assert made is not None
    assert made[0].startswith(PNG)


async def test_one_who_gives_up_does_not_take_it_from_the_others(host: Host) -> None:
    async with opened(host) as store:
        charts = Charts(store.cache)
        impatient = asyncio.create_task(charts.of(weekly()))
        patient = asyncio.create_task(charts.of(weekly()))
        await asyncio.sleep(0)
        impatient.cancel()

        assert await patient is not None
        assert draws() == 1


@pytest.mark.parametrize("of", ["repo", "item"])
async def test_what_is_forgotten_is_in_no_picture_any_more(host: Host, of: str) -> None:
    other = weekly()
    other = replace(other, facts=replace(other.facts, repo="acme/widgets"))

    async def discard() -> bool:
        return False

    async with opened(host) as store:
        charts = Charts(store.cache)
        await charts.of(weekly())
        await charts.of(other)
        forgetting = Forgetting(store, now=lambda: NOW, discard_index=discard, repos=[])
        await forgetting(of, "vllm-project/vllm" + ("#30356" if of == "item" else ""), load("en"))

        assert [key.split(":")[3].partition("#")[0] for key in await _keys(store)] == ["acme/widgets"]


async def _keys(store: Store) -> list[str]:
    return await store.forget_cached.keys("vllm-digest:cache:picture:")
