"""The pages of kept digests, over the wire."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from adapters.web.site import Site
from summarizer.errors import StoreError
from summarizer.languages import load
from summarizer.pictures import NAMES
from summarizer.render import render
from tests.adapters.web.visiting import (
    ID,
    PATH,
    REPO,
    SECRET_REPO,
    Shelf,
    earlier,
    the_digest,
    visiting,
)
from tests.references import ITEMS, WINDOWS, digest_of, facts_of


async def test_a_kept_digest_is_a_page_in_the_visitors_language() -> None:
    async with visiting(Shelf()) as client:
        english = await client.get(PATH, headers={"Accept-Language": "en-GB,en;q=0.9,zh;q=0.5"})
        chinese = await client.get(PATH, headers={"Accept-Language": "fr, zh-TW;q=0.8, en;q=0.1"})
        asked = await client.get(f"{PATH}?lang=zh", headers={"Accept-Language": "en"})

    assert (english.status_code, english.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert '<html lang="en">' in english.text
    assert '<html lang="zh">' in chinese.text
    assert '<html lang="zh">' in asked.text
    assert f'href="/{REPO}?lang=zh"' in asked.text  # what was asked for goes along
    assert f'href="/{REPO}"' in chinese.text
    assert english.headers["vary"] == "Accept-Language, Accept-Encoding"


async def test_a_digest_is_shown_in_a_language_it_is_kept_in() -> None:
    async with visiting(Shelf(kept_in=("zh",))) as client:
        page = await client.get(f"{PATH}?lang=en")

    assert '<html lang="zh">' in page.text
    assert 'hreflang="en"' not in page.text


async def test_a_digest_is_there_as_markdown_json_and_pictures() -> None:
    digest = digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), "zh")
    async with visiting(Shelf()) as client:
        markdown = await client.get(f"{PATH}.md?lang=zh")
        as_json = await client.get(f"{PATH}.json?lang=zh")
        svg = await client.get(f"{PATH}/activity.svg?lang=zh")
        png = await client.get(f"{PATH}/activity.png?lang=zh")

    assert markdown.text == render(digest, "md", load("zh"))
    assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
    assert as_json.json() == json.loads(render(digest, "json", load("zh")))
    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert svg.text.startswith("<svg")
    assert png.headers["content-type"] == "image/png"
    assert png.content.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "suffix", ["", ".md", ".json", "/activity.svg", "/activity.png", "/charts/topics.png"]
)
async def test_what_a_browser_has_already_is_not_sent_again(suffix: str) -> None:
    async with visiting(Shelf()) as client:
        first = await client.get(PATH + suffix)
        tag = first.headers["etag"]
        again = await client.get(PATH + suffix, headers={"If-None-Match": f'"other", W/{tag}'})
        other = await client.get(f"{PATH}{suffix}?lang=zh", headers={"If-None-Match": tag})

    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert other.status_code == 200


@pytest.mark.parametrize("name", NAMES)
async def test_each_picture_is_a_file(name: str) -> None:
    async with visiting(Shelf()) as client:
        svg = await client.get(f"{PATH}/charts/{name}.svg?lang=zh")
        png = await client.get(f"{PATH}/charts/{name}.png?lang=zh")
        none = await client.get(f"{PATH}/charts/other.svg")

    assert svg.headers["content-type"].startswith("image/svg+xml")
    assert svg.text.startswith("<svg")
    assert png.content.startswith(b"\x89PNG")
    assert none.status_code == 404


async def test_every_address_of_ours_on_a_page_is_there() -> None:
    """But for pages of items, topics, searches, questions and feeds, which are others'."""
    others = ("/items/", "/topics", "/search", "/ask", "/feeds/", "/card.png")
    async with visiting(Shelf(listed=[earlier(the_digest(), 1)])) as client:
        page = (await client.get(PATH)).text
        told = {part.split('"')[0].replace("&amp;", "&") for part in re.split('(?:href|src)="', page)[1:]}
        ours = {url for url in told if url.startswith("/") and not any(other in url for other in others)}
        ours -= {f"/{REPO}/digests/{earlier(the_digest(), 1).id}"}  # which is listed alone
        answers = {url: (await client.get(url)).status_code for url in sorted(ours)}

    assert len(ours) > 10
    assert set(answers.values()) == {200}, answers


async def test_a_page_tells_those_who_link_to_it() -> None:
    async with visiting(Shelf(), site=Site(origin="https://digests.example")) as client:
        page = (await client.get(f"{PATH}?lang=en")).text

    address = f"https://digests.example{PATH}"
    assert f'<link rel="canonical" href="{address}?lang=en">' in page
    assert f'<link rel="alternate" hreflang="zh" href="{address}?lang=zh">' in page
    assert f'<link rel="alternate" hreflang="x-default" href="{address}">' in page
    assert f'<meta property="og:image" content="{address}/card.png?lang=en">' in page
    assert '<meta name="twitter:card" content="summary_large_image">' in page
    assert '<meta property="og:description" content="Statistics: new issues 0 | ' in page
    assert (
        f'type="application/atom+xml" title="{REPO}: daily digests" href="/{REPO}/feeds/daily.en.atom"'
        in page
    )


async def test_nothing_absolute_is_told_where_the_sites_address_is_not_known() -> None:
    async with visiting(Shelf()) as client:
        page = (await client.get(PATH)).text

    assert "og:image" not in page
    assert "og:url" not in page
    assert '<meta name="twitter:card" content="summary">' in page


async def test_a_digest_leads_to_those_before_and_after_it_of_the_same_kind() -> None:
    shelf = Shelf()
    day_before, before_that, day_after = (earlier(the_digest(), days) for days in (1, 2, -1))
    filtered = replace(earlier(the_digest(), 0), id="daily-filtered-0", filters=("topic:amd",))
    weekly = replace(earlier(the_digest(), 0), id="weekly-0", edition="weekly", until=day_before.until)
    shelf.listed = [
        replace(day_before, titles={"zh": "昨天"}), before_that, day_after, filtered, weekly,
    ]  # fmt: skip
    async with visiting(shelf) as client:
        page = (await client.get(f"{PATH}?lang=en")).text
        shelf.listed, shelf.stamp = [], "2"
        without = (await client.get(f"{PATH}?lang=en")).text

    assert f'<a class="older" href="/{REPO}/digests/{day_before.id}?lang=zh" rel="prev">' in page
    assert '<bdi lang="zh">昨天</bdi>' in page
    assert f'<a class="newer" href="/{REPO}/digests/{day_after.id}?lang=en" rel="next">' in page
    for other in (before_that, filtered, weekly):
        assert other.id not in page
    assert 'rel="prev"' not in without


async def test_a_list_of_a_digest_has_a_page() -> None:
    async with visiting(Shelf()) as client:
        page = await client.get(f"{PATH}/lists/prs_merged?lang=zh")
        nothing = [await client.get(f"{PATH}/lists/{name}") for name in ("releases", "other")]

    assert "<h1>已合并 PR" in page.text
    assert f'href="{PATH}?lang=zh"' in page.text
    assert [answer.status_code for answer in nothing] == [404, 404]


@pytest.mark.parametrize(
    "path",
    [
        f"/{SECRET_REPO}",
        f"/{SECRET_REPO}/digests/{ID}",
        "/nobody/nothing",
        f"/nobody/nothing/digests/{ID}",
        f"/nobody/nothing/digests/{ID}.md",
        f"/{REPO}/digests/daily-2025-12-11-0123456789",
        f"/{REPO}/digests/{ID}.txt",
        f"/{REPO}/digests/{ID}/lists/other",
        f"/{SECRET_REPO}/digests",
        "/nobody/nothing/digests?month=2025-12",
        f"/{REPO}/digests/..%2f..%2fetc",
        "/-/x",
        "/a%0ab/x",
        "/vllm-project/vllm/",
        "/static/other.css",
        "/" + "a/" * 500,
    ],
)
async def test_what_is_refused_looks_like_what_is_not_there(path: str) -> None:
    async with visiting(Shelf()) as client:
        answer = await client.get(path)
        unknown = await client.get("/no/where/at/all")

    assert answer.status_code == 404
    assert answer.text == unknown.text
    assert {k: v for k, v in answer.headers.items() if k != "date"} == {
        k: v for k, v in unknown.headers.items() if k != "date"
    }


async def test_a_store_that_does_not_answer_is_told_in_the_visitors_language() -> None:
    async with visiting(Shelf(failure=StoreError("store.unreachable"))) as client:
        answer = await client.get(PATH, headers={"Accept-Language": "zh-CN"})

    assert answer.status_code == 503
    assert "暂时无法读取存档" in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


async def test_pages_know_the_path_they_are_served_under() -> None:
    async with visiting(Shelf(), site=Site(base="/digests")) as client:
        page = (await client.get(PATH)).text

    assert 'href="/digests/static/style.css?v=' in page
    assert f'href="/digests{PATH}.md?lang=en"' in page
