"""Pages of topics, over the wire."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lxml import html  # type: ignore[import-untyped]

from adapters.web.archive import TopicItem, TopicListed, TopicShown, TopicWeek
from adapters.web.doors import Doors
from adapters.web.topics import week_span
from summarizer.items import Person
from summarizer.languages import load
from tests.adapters.web.test_web_items import HOSTILE, ITEM
from tests.adapters.web.visiting import REPO, SECRET_REPO, Shelf, visiting

TZ = "Asia/Shanghai"
MONDAY = datetime(2025, 12, 7, 16, 0, tzinfo=UTC)  # 2025-12-08 in Shanghai
WEEK = timedelta(days=7)
TITLES = {"en": "AMD/ROCm", "zh": "AMD/ROCm 平台"}
TAGGED = replace(ITEM, number=30001, title="Only touches it", kind="issue", state="closed", url="")
SHOWN = TopicShown(
    "amd",
    TITLES,
    TZ,
    (
        TopicWeek(
            MONDAY,
            MONDAY + timedelta(days=2, hours=10),
            (
                TopicItem(ITEM, "about", MONDAY + timedelta(hours=3), "merged"),
                TopicItem(TAGGED, "tagged", MONDAY + timedelta(hours=2), ""),
            ),
            complete=True,
        ),
        TopicWeek(MONDAY - WEEK, MONDAY, (), complete=False),
    ),
    counts=tuple((MONDAY - WEEK * n, 3 + n, n) for n in reversed(range(12))),
    before="2025-12-01",
)
PATH = f"/{REPO}/topics/amd"


def _shelf(shown: TopicShown = SHOWN) -> Shelf:
    return Shelf(
        topics_listed=(TopicListed("amd", TITLES, 4, 2), TopicListed("cuda", {"en": "CUDA"}, 0, 0)),
        topics_shown={"amd": shown, "rocm": shown},
    )


async def test_topics_are_listed_with_what_the_last_days_brought() -> None:
    async with visiting(_shelf()) as client:
        english, chinese = await client.get(f"/{REPO}/topics"), await client.get(f"/{REPO}/topics?lang=zh")

    rows = html.fromstring(english.text).xpath("//tbody/tr")
    assert [[cell.text_content() for cell in row] for row in rows] == [
        ["AMD/ROCm amd", "4", "2"],
        ["CUDA cuda", "0", "0"],
    ]
    assert f'href="{PATH}"' in english.text
    assert f'href="{PATH}?lang=zh"' in chinese.text
    assert "AMD/ROCm 平台" in chinese.text


async def test_a_topics_items_are_told_by_week_about_and_tagged_apart() -> None:
    async with visiting(_shelf()) as client:
        page = await client.get(PATH)

    root = html.fromstring(page.text)
    this_week, last_week = root.xpath("//main//section")
    assert this_week.xpath("h2/text()")[0].strip() == "Week of Dec 8 – 14, 2025"
    assert "so far" in this_week.text_content()
    [about] = this_week.xpath("ul/li")
    assert "merged 2025-12-08 03:00" in about.text_content()
    assert about.xpath(".//a/@href") == [ITEM.url, f"/{REPO}/items/26701"]
    [tagged] = this_week.xpath("details//li")
    assert "commented or reviewed 2025-12-08 02:00" in tagged.text_content()
    assert "Nothing this week." in last_week.text_content()
    assert "does not hold all of this week" in last_week.text_content()
    assert f'href="{PATH}?before=2025-12-01"' in page.text
    for form, kind in (("atom", "application/atom+xml"), ("json", "application/feed+json")):
        [feed] = root.xpath(f"//head/link[@type='{kind}']/@href")
        assert feed == f"/{REPO}/feeds/topic-amd.en.{form}"
    assert root.xpath("//figure//*[name()='svg']")


async def test_a_busy_week_keeps_its_page_small() -> None:
    items = tuple(
        TopicItem(
            replace(
                ITEM, number=20000 + n, title=f"[Kernel] Title {n * n} of an item that is as long as many are"
            ),
            "about" if n % 3 else "tagged",
            MONDAY + timedelta(minutes=n),
            "opened",
        )
        for n in range(1200)
    )
    week = replace(SHOWN.weeks[0], items=items)
    async with visiting(_shelf(replace(SHOWN, weeks=(week,)))) as client:
        page = await client.get(PATH)

    assert "800 about it · 400 indirectly" in page.text
    assert "400 more entries" in page.text
    assert len(gzip.compress(page.content, 6)) < 60 * 1024


async def test_it_is_told_in_the_visitors_language() -> None:
    async with visiting(_shelf()) as client:
        page = await client.get(PATH, headers={"Accept-Language": "zh"})

    assert "2025年12月8日至14日" in page.text
    assert "1 条直接相关 · 1 条间接相关" in page.text


async def test_a_topic_without_a_repository_leads_to_the_first_that_may_be_read() -> None:
    async with visiting(_shelf(), doors=Doors(token="t" * 32)) as client:
        sent = await client.get("/topics/amd?lang=zh")
        strange = await client.get("/topics/%2F%2Fevil.example")

    assert (sent.status_code, sent.headers["location"]) == (302, f"{PATH}?lang=zh")
    assert sent.headers["cache-control"] == "no-store"
    assert strange.status_code in (302, 404)
    assert strange.headers.get("location", f"/{REPO}/").startswith(f"/{REPO}/")


async def test_an_alias_leads_to_the_key() -> None:
    async with visiting(_shelf()) as client:
        sent = await client.get(f"/{REPO}/topics/rocm?before=2025-12-01")

    assert (sent.status_code, sent.headers["location"]) == (302, f"{PATH}?before=2025-12-01")


@pytest.mark.parametrize(
    "path",
    [
        f"/{REPO}/topics/nothing",
        f"/{SECRET_REPO}/topics",
        f"/{SECRET_REPO}/topics/amd",
        "/nobody/nothing/topics",
        f"/{REPO}/topics/a%0ab",
        f"/{REPO}/topics/{'a' * 200}",
    ],
)
async def test_what_is_refused_looks_like_what_is_not_there(path: str) -> None:
    async with visiting(_shelf()) as client:
        answer, unknown = await client.get(path), await client.get("/no/where/at/all")

    assert (answer.status_code, answer.text) == (404, unknown.text)


async def test_whatever_strangers_wrote_is_text() -> None:
    item = replace(ITEM, title=HOSTILE, author=Person(HOSTILE), url="javascript:alert(1)")
    week = replace(SHOWN.weeks[0], items=(TopicItem(item, "about", MONDAY, HOSTILE),))
    async with visiting(_shelf(replace(SHOWN, titles={"en": HOSTILE}, weeks=(week,)))) as client:
        page = await client.get(PATH)

    root = html.fromstring(page.text)
    assert page.status_code == 200
    assert {script.text for script in root.xpath("//script")} == {None}
    assert not root.xpath("//img")
    assert not [url for url in root.xpath("//@href") if url.startswith("javascript")]
    assert "\u202e" not in page.text


@pytest.mark.parametrize(
    ("lang", "told"), [("en", "Dec 29, 2025 – Jan 4, 2026"), ("zh", "2025年12月29日至2026年1月4日")]
)
def test_a_week_is_told_by_its_days(lang: str, told: str) -> None:
    since = datetime(2025, 12, 28, 16, tzinfo=UTC)

    assert week_span(since, TZ, load(lang)) == told
