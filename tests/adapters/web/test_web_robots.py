"""What crawlers may have, over the wire."""

from __future__ import annotations

from dataclasses import replace
from urllib.robotparser import RobotFileParser

import pytest
from lxml import etree  # type: ignore[import-untyped]

from adapters.web import robots
from adapters.web.archive import TopicListed
from adapters.web.doors import Doors
from adapters.web.site import Site
from tests.adapters.web.visiting import ID, PATH, REPO, SECRET_REPO, Shelf, earlier, the_digest, visiting

OPEN = Site(origin="https://digest.example.org", base="/archive", is_indexed=True)
NS = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def shelf() -> Shelf:
    return Shelf(
        listed=[earlier(the_digest(), 1)], topics_listed=(TopicListed("amd", {"en": "AMD/ROCm"}, 3, 1),)
    )


def places(sitemap: bytes) -> dict[str, str]:
    """Address -> when it changed."""
    return {
        each.findtext(f"{NS}loc"): each.findtext(f"{NS}lastmod", "") for each in etree.fromstring(sitemap)
    }


async def test_a_site_is_closed_to_search_engines_unless_it_is_opened() -> None:
    async with visiting(shelf(), site=Site(origin="https://digest.example.org")) as client:
        answer = await client.get("/robots.txt")
        sitemap = await client.get("/sitemap.xml")

    assert answer.text == "User-agent: *\nDisallow: /\n"
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert sitemap.status_code == 404


async def test_an_open_site_keeps_crawlers_from_what_costs_much() -> None:
    async with visiting(shelf(), site=OPEN) as client:
        answer = await client.get("/robots.txt")

    assert answer.text.splitlines() == [
        "User-agent: *",
        "Disallow: /archive/api/",
        "Disallow: /archive/metrics",
        "Disallow: /archive/sign-in",
        "Disallow: /archive/*/*/search",
        "Disallow: /archive/*/*/ask",
        "Allow: /",
        "",
        "Sitemap: https://digest.example.org/archive/sitemap.xml",
    ]
    assert "x-robots-tag" not in answer.headers
    read = RobotFileParser()
    read.parse(answer.text.splitlines())
    assert read.can_fetch("anyone", f"/archive{PATH}")
    assert not read.can_fetch("anyone", "/archive/api/v1/repos")


async def test_the_map_names_what_everybody_may_read() -> None:
    async with visiting(shelf(), site=OPEN) as client:
        answer = await client.get("/sitemap.xml")

    assert answer.headers["content-type"] == "application/xml"
    home = "https://digest.example.org/archive"
    assert places(answer.content) == {
        f"{home}/": "",
        f"{home}/{REPO}": "",
        f"{home}/{REPO}/digests": "",
        f"{home}/{REPO}/topics": "",
        f"{home}/{REPO}/topics/amd": "",
        f"{home}/{REPO}/digests/{ID}": "2025-12-10T13:04:00Z",
        f"{home}/{REPO}/digests/daily-1-0123456789": "2025-12-09T13:04:00Z",
    }


async def test_the_map_follows_what_is_kept() -> None:
    kept = shelf()
    async with visiting(kept, site=OPEN) as client:
        before = await client.get("/sitemap.xml")
        again = await client.get("/sitemap.xml", headers={"If-None-Match": before.headers["etag"]})
        kept.listed.append(replace(earlier(the_digest(), 2), kept={"en": the_digest().until}))
        kept.stamp = "2"
        after = await client.get("/sitemap.xml")

    assert again.status_code == 304
    [new] = set(places(after.content)) - set(places(before.content))
    assert places(after.content)[new] == "2025-12-10T12:59:00Z"


async def test_a_repository_that_not_everybody_may_read_is_on_nobodys_map() -> None:
    async with visiting(shelf(), site=OPEN, doors=Doors(token="t" * 32)) as client:
        answer = await client.get("/sitemap.xml", auth=("", "t" * 32))

    assert SECRET_REPO not in answer.text
    assert REPO in answer.text


async def test_a_map_has_no_more_than_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robots, "MOST", 6)
    async with visiting(shelf(), site=OPEN) as client:
        answer = await client.get("/sitemap.xml")

    assert len(places(answer.content)) == 6


@pytest.mark.parametrize("site", [Site(is_indexed=True), Site(origin="https://digest.example.org")])
async def test_there_is_no_map_where_it_can_tell_nothing(site: Site) -> None:
    async with visiting(shelf(), site=site) as client:
        answer = await client.get("/sitemap.xml")
        robots_txt = await client.get("/robots.txt")

    assert answer.status_code == 404
    assert "Sitemap" not in robots_txt.text
