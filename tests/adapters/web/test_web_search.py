"""The search page, over the wire."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from lxml import html  # type: ignore[import-untyped]

from adapters.web.archive import SearchShown
from adapters.web.highlighting import Highlighter
from summarizer.errors import BadInput
from summarizer.items import Coverage, Person, Seen
from summarizer.questions import Found, Match, Query
from summarizer.topics import Ledger, Reason, Topic
from tests.adapters.web.test_web_items import HOSTILE, ITEM
from tests.adapters.web.visiting import REPO, SECRET_REPO, Shelf, the_digest, visiting

if TYPE_CHECKING:
    from summarizer.items import Item

PATH = f"/{REPO}/search"
NOW = datetime(2025, 12, 10, 12, tzinfo=UTC)
WHOLE = Coverage(Seen(100, 100), Seen(1, 1))
AMD = Topic("amd", {"en": "AMD/ROCm", "zh": "AMD"}, (), ())


def _found(*items: Item, page: int = 1, pages: int = 1, **of_found: object) -> SearchShown:
    numbers = tuple(item.number for item in items)
    reasons = dict.fromkeys(numbers, (Reason("title", "ROCm", "about"),))
    found = Found(
        query=Query(words=("aiter", "linear|gemm")),
        repo=REPO,
        window=None,
        matches=tuple(Match(number) for number in numbers),
        items={item.number: item for item in items},
        now=NOW,
        searched=1234,
        coverage=WHOLE,
        ledgers={"amd": Ledger(AMD, numbers, (), reasons, len(numbers))},
    )
    found = replace(found, **of_found)  # type: ignore[arg-type]
    return SearchShown("aiter linear", found, page, pages, digests=(the_digest(),))


async def test_results_show_the_words_that_were_looked_for() -> None:
    shelf = Shelf(found=lambda _words, page: _found(ITEM, page=page, pages=3))
    async with visiting(shelf) as client:
        page = await client.get(PATH, params={"q": "aiter linear", "page": "2"})

    root = html.fromstring(page.text)
    [row] = root.xpath("//ul[contains(@class,'results')]/li")
    assert row.xpath(".//bdi/mark/text()") == ["AITER"]
    assert row.xpath("p/mark/text()") == ["linear", "AITER"]
    assert row.xpath(".//a/@href") == [ITEM.url, f"/{REPO}/items/26701", f"/{REPO}/topics/amd"]
    words = " ".join(row.text_content().split())
    assert "there. PR · gronsti-amd · opened 2025-12-09 10:00 · merged 2025-12-09 11:30 · AMD/ROCm" in words
    assert root.xpath("//nav[@class='pager']/a/@href") == [
        f"{PATH}?q=aiter+linear",
        f"{PATH}?q=aiter+linear&page=3",
    ]
    assert root.xpath("//input[@name='q']/@value") == ["aiter linear"]
    assert page.headers["x-robots-tag"].startswith("noindex")
    assert "1 result for “aiter linear” · page 2 of 3" in page.text
    assert f"/{REPO}/ask?q=aiter+linear" in page.text
    assert root.xpath("//h2[.='Digests']")


async def test_an_empty_search_says_what_can_be_looked_for() -> None:
    async with visiting(Shelf()) as client:
        english, chinese = await client.get(PATH), await client.get(f"{PATH}?lang=zh&q=++")

    assert (english.status_code, chinese.status_code) == (200, 200)
    assert "hold all the words, in any form" in english.text
    assert f'href="{PATH}?q=prefix+cache"' in english.text
    assert "查找标题、正文" in chinese.text


async def test_nothing_found_is_said_with_what_was_looked_through_and_what_comes_near() -> None:
    shown = _found(items={ITEM.number: ITEM}, near=(ITEM.number,))
    async with visiting(Shelf(found=lambda _words, _page: shown)) as client:
        page = await client.get(PATH, params={"q": "aiter linear"})

    assert "Nothing found" in page.text
    assert "1234 items were looked through for “aiter linear”." in page.text
    assert f'href="/{REPO}/items/26701"' in page.text
    assert "there may be more" not in page.text


async def test_what_is_not_held_is_said() -> None:
    coverage = Coverage(Seen(None, 3), Seen(None, 0), ("items",))
    async with visiting(Shelf(found=lambda _words, _page: _found(ITEM, coverage=coverage))) as client:
        page = await client.get(PATH, params={"q": "aiter"})

    assert "there may be more" in page.text


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (BadInput("rules.too_fast", seconds=9), 429),
        (BadInput("topics.unknown", topic="<i>x", known=("amd",)), 400),
    ],
)
async def test_what_cannot_be_looked_for_is_said(problem: BadInput, status: int) -> None:
    def refused(_words: str, _page: int) -> SearchShown | None:
        raise problem

    async with visiting(Shelf(found=refused)) as client:
        page = await client.get(PATH, params={"q": "topic:x"})

    root = html.fromstring(page.text)
    assert page.status_code == status
    assert root.xpath("//p[@role='alert']/text()")
    assert root.xpath("//input[@name='q']/@value") == ["topic:x"]
    assert "<i>" not in page.text


@pytest.mark.parametrize("page", ["0", "-1", "x", "1e9", "99999999999999999999", "٣"])
async def test_a_page_that_is_none_is_the_first(page: str) -> None:
    asked: list[int] = []

    def found(_words: str, number: int) -> SearchShown:
        asked.append(number)
        return _found(ITEM)

    async with visiting(Shelf(found=found)) as client:
        answer = await client.get(PATH, params={"q": "x", "page": page})

    assert (answer.status_code, asked) == (200, [1])


async def test_a_repository_that_may_not_be_read_is_as_if_it_were_not_there() -> None:
    async with visiting(Shelf()) as client:
        refused, unknown = (
            await client.get(f"/{SECRET_REPO}/search?q=x"),
            await client.get("/nobody/nothing/search?q=x"),
        )

    assert (refused.status_code, refused.text) == (404, unknown.text)


async def test_whatever_strangers_wrote_is_text() -> None:
    item = replace(
        ITEM, title=f"aiter {HOSTILE}", body=f"aiter {HOSTILE}", author=Person(HOSTILE), url="javascript:x"
    )
    async with visiting(Shelf(found=lambda _words, _page: _found(item))) as client:
        page = await client.get(PATH, params={"q": f"aiter {HOSTILE}"})

    root = html.fromstring(page.text)
    assert {script.text for script in root.xpath("//script")} == {None}
    assert not root.xpath("//img")
    assert not [url for url in root.xpath("//@href") if url.startswith("javascript")]
    assert root.xpath("//mark/text()") == ["aiter", "aiter"]
    assert "\u202e" not in page.text


@pytest.mark.parametrize(
    ("words", "text", "marked"),
    [
        (
            ("crash",),
            "It crashes, a crash; no Xcrash",
            "It <mark>crashes</mark>, a <mark>crash</mark>; no Xcrash",
        ),
        (("caching",), "the cached block caches", "the <mark>cached</mark> block <mark>caches</mark>"),
        (("显存",), "显存不足时", "<mark>显存</mark>不足时"),
        (("v0.11.0",), "since v0.11.0", "since <mark>v0.11.0</mark>"),
        ((".*",), "a.*b & c", "a<mark>.*</mark>b &amp; c"),
        ((), "nothing & no", "nothing &amp; no"),
    ],
)
def test_words_are_marked_in_any_form(words: tuple[str, ...], text: str, marked: str) -> None:
    assert Highlighter(Query(words=words)).marked(text) == marked


def test_a_phrase_is_marked_as_it_stands() -> None:
    highlighter = Highlighter(Query(phrases=("illegal memory",)))

    assert highlighter.marked("An illegal  memory access") == "An <mark>illegal  memory</mark> access"
    assert highlighter.excerpt(["no", "x " * 200 + "illegal memory" + " y" * 200]).count("<mark>") == 1


async def test_of_what_is_far_too_long_no_more_is_repeated_than_a_page_holds() -> None:
    def refused(words: str, _page: int) -> SearchShown | None:
        raise BadInput("archive.too_long", most=len(words) - 1)

    async with visiting(Shelf(found=refused)) as client:
        answer = await client.get(PATH, params={"q": "长" * 5_000})

    assert answer.status_code == 400
    assert len(answer.content) < 60_000


async def test_a_digest_that_ended_at_midnight_is_told_by_the_day_before() -> None:
    kept = replace(the_digest(), until=datetime(2026, 3, 24, tzinfo=UTC))
    found = replace(_found(ITEM), digests=(kept,))
    async with visiting(Shelf(found=lambda _words, _page: found)) as client:
        page = await client.get(PATH, params={"q": "x"})

    assert html.fromstring(page.text).xpath("//span[@class='day']/text()") == ["2026-03-23"]
