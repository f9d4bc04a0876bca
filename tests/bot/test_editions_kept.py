"""Kept digests over a real store: what is news to a feed's reader, and that what the API tells is what it promises."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import feedparser  # type: ignore[import-untyped]
import httpx

from adapters.web.app import web_app
from adapters.web.site import Site
from bot.access import Access
from bot.editions import Editions
from tests.adapters.web.apichecks import addresses, check, described
from tests.adapters.web.feedforms import check_atom, check_json_feed
from tests.adapters.web.visiting import Shelf
from tests.bot.archive.reading import kept
from tests.bot.talk import NOW, REPO, talking
from tests.references import ITEMS, WINDOWS, digest_of, facts_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from adapters.store import Store
    from bot.wiring import Services
    from tests.bot.running import Host

FACTS = facts_of(ITEMS, WINDOWS["19:59:30-20:59"])
END = FACTS.window.until
MINUTE = timedelta(minutes=1)


class Clock:
    """A minute later each time."""

    def __init__(self) -> None:
        self._at = END

    def __call__(self) -> datetime:
        self._at += MINUTE
        return self._at


@asynccontextmanager
async def browsing(bot: Services) -> AsyncIterator[httpx.AsyncClient]:
    app = web_app(archive=bot.archive, readiness=Shelf(), site=Site(origin="https://digest.example.org"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def test_what_is_kept_anew_just_as_it_was_is_no_news(store: Store) -> None:
    editions = Editions(store, Access.parse(""), public_url=None, now=Clock())
    english, chinese = digest_of(FACTS, "en"), digest_of(FACTS, "zh")

    async def minutes() -> dict[str, float]:
        [listed] = await store.editions.newest(FACTS.repo, 10)
        return {lang: (at - END) / MINUTE for lang, at in listed.kept.items()}

    await editions.keep(english)
    await editions.keep(english)
    await editions.keep(replace(english, generation=replace(english.generation, cached=True)))
    once = await minutes()
    await editions.keep(chinese)
    twice = await minutes()
    await editions.keep(replace(english, revision=2))
    corrected = await minutes()

    assert once == {"en": 1}
    assert (twice["en"], corrected["zh"]) == (1, twice["zh"])
    assert corrected["en"] > twice["zh"]


async def test_feeds_of_a_real_archive_tell_what_is_kept(host: Host) -> None:
    async with talking(host) as bot, browsing(bot) as client:
        digest = await kept(bot, "today")
        found = {}
        for name in ("all.en", "daily.en", "weekly.en", "topic-amd.en", "all.zh"):
            atom = await client.get(f"/{REPO}/feeds/{name}.atom")
            check_atom(atom.content)
            as_json = await client.get(f"/{REPO}/feeds/{name}.json")
            check_json_feed(as_json.json())
            found[name] = feedparser.parse(atom.content)
        page = await client.get(found["all.en"].entries[0].link.removeprefix("https://digest.example.org"))

    [entry] = found["all.en"].entries
    assert (entry.published, page.status_code) == (f"{digest.facts.window.until:%Y-%m-%dT%H:%M:%SZ}", 200)
    assert [len(each.entries) for each in found.values()] == [1, 1, 0, 1, 0]
    assert "#102" in found["topic-amd.en"].entries[0].content[0].value


async def test_the_api_over_a_real_archive_keeps_what_its_schemas_promise(host: Host) -> None:
    async with talking(host) as bot, browsing(bot) as client:
        digest = await kept(bot, "today")
        document = await described(client)
        for name, address in addresses(document, id=digest.id, number=102, q="any AMD PRs this week?"):
            answer = await client.get(address)
            assert answer.status_code == 200, (address, answer.text)
            check(answer.json(), name, document)
        listed = (await client.get(f"/api/v1/repos/{REPO}/digests")).json()

    assert [each["id"] for each in listed["digests"]] == [digest.id]
    assert listed["digests"][0]["counts"]["prs_opened"] == digest.facts.counts.prs_opened
    assert listed["digests"][0]["kept_at"].startswith(f"{NOW:%Y-%m-%d}")
