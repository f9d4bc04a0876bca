"""The pages of kept digests, over the wire."""

from __future__ import annotations

import json

import pytest

from adapters.web.site import Site
from summarizer.errors import StoreError
from summarizer.languages import load
from summarizer.render import render
from tests.adapters.web.visiting import ID, PATH, REPO, SECRET_REPO, Shelf, visiting
from tests.references import ITEMS, WINDOWS, digest_of, facts_of


async def test_a_kept_digest_is_a_page_in_the_visitors_language() -> None:
    async with visiting(Shelf()) as client:
        english = await client.get(PATH, headers={"Accept-Language": "en-GB,en;q=0.9,zh;q=0.5"})
        chinese = await client.get(PATH, headers={"Accept-Language": "fr, zh-TW;q=0.8, en;q=0.1"})
        asked = await client.get(f"{PATH}?lang=zh", headers={"Accept-Language": "en"})

    assert (english.status_code, english.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert '<html lang="en">' in english.text
    assert '<html lang="zh">' in chinese.text
    assert asked.text == chinese.text
    assert english.headers["vary"] == "Accept-Language"


async def test_a_digest_is_shown_in_a_language_it_is_kept_in() -> None:
    async with visiting(Shelf(kept_in=("zh",))) as client:
        page = await client.get(f"{PATH}?lang=en")

    assert '<html lang="zh">' in page.text
    assert "hreflang" not in page.text


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


@pytest.mark.parametrize("suffix", ["", ".md", ".json", "/activity.svg", "/activity.png"])
async def test_what_a_browser_has_already_is_not_sent_again(suffix: str) -> None:
    async with visiting(Shelf()) as client:
        first = await client.get(PATH + suffix)
        tag = first.headers["etag"]
        again = await client.get(PATH + suffix, headers={"If-None-Match": f'"other", W/{tag}'})
        other = await client.get(f"{PATH}{suffix}?lang=zh", headers={"If-None-Match": tag})

    assert first.headers["cache-control"] == "no-cache"
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert other.status_code == 200


async def test_every_address_on_a_page_is_there() -> None:
    async with visiting(Shelf()) as client:
        page = (await client.get(PATH)).text
        ours = {part.split('"')[0] for part in page.split('href="')[1:] if part.startswith("/")}
        answers = [await client.get(url.replace("&amp;", "&")) for url in ours]

    assert len(ours) == 6  # the style sheet, the list, the other language, three formats
    assert [answer.status_code for answer in answers] == [200] * 6


async def test_lists_lead_to_the_kept_digests() -> None:
    async with visiting(Shelf()) as client:
        everything = await client.get("/", headers={"Accept-Language": "zh"})
        of_repo = await client.get(f"/{REPO}")
        empty = await client.get("/", headers={"Accept-Language": "en"})

    for page in (everything, of_repo, empty):
        assert page.status_code == 200
        assert f'href="{PATH}"' in page.text
        assert f'href="{PATH}?lang=zh"' in page.text
    assert "<h1>已保存的报告</h1>" in everything.text
    assert f"<h1>Kept digests of {REPO}</h1>" in of_repo.text


async def test_a_site_without_digests_says_so() -> None:
    async with visiting(Shelf(kept_in=())) as client:
        page = await client.get("/")

    assert (page.status_code, "No digest is kept here yet." in page.text) == (200, True)


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
