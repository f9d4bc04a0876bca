"""How pages look and behave anywhere: themes, paper, a phone, languages, an open console, and whoever reads by ear."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped]
from playwright.async_api import expect

from benchmarks.finding import made_items
from summarizer.counting import build_facts
from summarizer.items import Coverage, Seen
from summarizer.topics import load_topics
from summarizer.windows import Window
from tests.e2e.browsing import DAY, DESKTOP, NOW, PHONE, REPO, Watch, needs_a_browser, visit
from tests.references import digest_of

if TYPE_CHECKING:
    from playwright.async_api import Browser, Page

    from tests.e2e.browsing import Site

pytestmark = [needs_a_browser, pytest.mark.asyncio(loop_scope="session")]

LANGS: Final = ("en", "zh")
LARGEST: Final = 60 * 1024
TAP: Final = 24
"""CSS pixels, as WCAG 2.2 has them (2.5.8)."""


# Themes and paper


async def test_a_button_chooses_the_theme_and_the_browser_keeps_it(chrome: Browser, site: Site) -> None:
    async with visit(chrome, site.url, color_scheme="light") as page:
        await page.goto(site.front)
        button = page.locator(".theme button")
        seen = {}
        for _ in range(3):
            seen[await button.get_attribute("data-shows")] = (await _ground(page), await button.inner_text())
            await button.click()
        assert list(seen) == ["system", "light", "dark"]
        assert seen["system"] == seen["light"]
        assert seen["dark"][0] != seen["light"][0]

        await button.click()
        await button.click()
        await page.reload()
        assert await _ground(page) == seen["dark"][0]
        await page.goto(site.digest())
        assert await _ground(page) == seen["dark"][0]
        await expect(button).to_have_attribute("data-shows", "dark")


async def test_without_a_script_the_systems_theme_is_shown(chrome: Browser, site: Site) -> None:
    grounds = []
    for scheme in ("light", "dark"):
        async with visit(chrome, site.url, color_scheme=scheme, java_script_enabled=False) as page:
            await page.goto(site.front)
            await expect(page.locator(".theme button")).to_have_count(0)
            grounds.append(await _pixel(page))

    assert grounds[0] != grounds[1]


async def test_paper_gets_the_text_in_light_without_the_navigation(chrome: Browser, site: Site) -> None:
    async with visit(chrome, site.url, color_scheme="dark") as page:
        await page.goto(site.digest())
        await page.emulate_media(media="print")
        for hidden in ("header.site nav", ".contents", "footer.site nav"):
            await expect(page.locator(hidden).first).to_be_hidden()
        await expect(page.locator("h1")).to_be_visible()
        ink = await page.evaluate("getComputedStyle(document.querySelector('h1')).color")
        assert max(_rgb(ink)) < 80


# A phone


@pytest.mark.parametrize("lang", LANGS)
async def test_no_page_is_wider_than_a_phone(chrome: Browser, site: Site, lang: str) -> None:
    async with visit(chrome, site.url, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        for name, address in site.pages.items():
            await page.goto(_in(lang, address))
            wide = await page.evaluate("document.documentElement.scrollWidth")
            assert wide <= PHONE["width"], name
            sizes = await page.locator("header.site :is(a, button):visible").evaluate_all(
                "links => links.map(link => link.getBoundingClientRect())"
                ".map(box => Math.min(box.width, box.height))"
            )
            assert min(sizes) >= TAP, (name, sizes)


# Languages


async def test_the_switch_leads_to_the_same_page_in_the_other_language(chrome: Browser, site: Site) -> None:
    async with visit(chrome, site.url) as page:
        for name, address in site.pages.items():
            await page.goto(address)
            await expect(page.locator("html")).to_have_attribute("lang", "en")
            await page.click(".languages a")
            await expect(page.locator("html")).to_have_attribute("lang", "zh")
            assert urlsplit(page.url).path == urlsplit(address).path, name
            inside = await page.locator(".brand a, .ways a, main a[href^='/']").evaluate_all(
                "links => links.filter(link => !link.type && !link.closest('.languages'))"
                ".map(link => link.getAttribute('href'))"
                ".filter(href => !/[.](md|json|svg|png|atom)([?]|$)/.test(href))"
            )
            assert [href for href in inside if "lang=zh" not in href] == [], name


async def test_a_browser_that_prefers_chinese_gets_it(chrome: Browser, site: Site) -> None:
    async with visit(chrome, site.url, locale="zh-CN") as page:
        await page.goto(site.front)
        await expect(page.locator("html")).to_have_attribute("lang", "zh")
        await page.click(".leads h2 a >> nth=0")
        await expect(page.locator("h1")).to_contain_text("开发动态报告")


# The console, and whoever reads by ear


@pytest.mark.parametrize(("lang", "scheme"), [("en", "dark"), ("zh", "light")])
async def test_no_page_complains_or_asks_another_host(
    chrome: Browser, site: Site, lang: str, scheme: str
) -> None:
    watch = Watch(site.url)
    async with visit(chrome, site.url, watch=watch, color_scheme=scheme) as page:
        for address in site.pages.values():
            await page.goto(_in(lang, address), wait_until="load")

    assert watch.faults == []


async def test_axe_finds_no_fault_in_english(chrome: Browser, site: Site) -> None:
    found: list[str] = []
    async with visit(chrome, site.url) as page:
        for name, address in _small(site).items():
            await page.emulate_media(color_scheme="light")
            await page.set_viewport_size(DESKTOP)
            await page.goto(address)
            found += await _faults(page, f"{name}, desktop, light")
            await page.emulate_media(color_scheme="dark")
            await page.set_viewport_size(PHONE)
            found += await _faults(page, f"{name}, phone, dark")

    assert found == []


async def test_axe_finds_no_fault_in_chinese(chrome: Browser, site: Site) -> None:
    found: list[str] = []
    async with visit(chrome, site.url) as page:
        for at, (name, address) in enumerate(_small(site).items()):
            await page.emulate_media(color_scheme="dark" if at % 2 else "light")
            await page.set_viewport_size(DESKTOP if at % 2 else PHONE)
            await page.goto(_in("zh", address))
            found += await _faults(page, name)

    assert found == []


# Size


async def test_the_digest_of_a_busy_day_or_week_is_a_small_page(
    chrome: Browser, site: Site, busy_week: str
) -> None:
    async with visit(chrome, site.url) as page:
        for address in (site.digest(), site.digest(busy_week)):
            sent = 0
            session = await page.context.new_cdp_session(page)
            await session.send("Network.enable")

            def count(event: dict[str, float]) -> None:
                nonlocal sent
                sent += int(event["encodedDataLength"])

            session.on("Network.loadingFinished", count)
            await page.goto(address, wait_until="networkidle")
            assert 0 < sent < LARGEST, address


async def test_a_list_that_is_cut_there_is_whole_on_a_page_of_its_own(
    chrome: Browser, site: Site, busy_week: str
) -> None:
    async with visit(chrome, site.url) as page:
        await page.goto(site.digest(busy_week))
        cut = page.locator("details.fold:has(.rest)").first
        count = int(await cut.locator(".count").inner_text())
        await cut.locator("summary").click()
        assert await cut.locator(".items > li").count() < count
        await cut.locator(".rest a").click()
        await expect(page.locator(".items > li")).to_have_count(count)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def busy_week(site: Site) -> str:
    """The id of a digest of a thousand items, which is kept."""
    window = Window(NOW.replace(hour=0) - 15 * DAY, NOW.replace(hour=0) - 8 * DAY, "UTC")
    items = [
        item for item in made_items(Random(7)) if item.updated_at is None or item.updated_at >= window.since
    ]
    coverage = Coverage(Seen(len(items), len(items)), Seen(0, 0))
    facts = build_facts(
        repo=REPO, window=window, items=items, coverage=coverage, topics=load_topics(None).topics
    )
    assert len(facts.items) > 500
    digest = replace(digest_of(facts, "en"), id="weekly-2026-W11-0123456789", edition="weekly")
    await site.bot.editions.keep(digest)
    return digest.id


def _small(site: Site) -> dict[str, str]:
    """The pages, with little on each: axe looks at every element."""
    small = {
        "daily digest": site.digest(site.daily[2]),
        "list": f"{site.digest(site.daily[2])}/lists/prs_opened",
        "found": f"{site.front}/search?q=MI355X+whisper",
        "answer": f"{site.front}/ask?q=PRs+by+amy+last+week",
        "topic": f"{site.front}/topics/docs",
    }
    return {name: small.get(name, at) for name, at in site.pages.items() if name != "weekly digest"}


async def _faults(page: Page, where: str) -> list[str]:
    """What axe finds, whichever its impact."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(Axe().axe_script)
    violations = await page.evaluate(
        "axe.run({resultTypes: ['violations'], elementRef: false}).then(found => found.violations)"
    )
    return [
        f"{where}: {each['id']} ({each['impact']}) {node['target']} {node['html'][:160]}"
        for each in violations
        for node in each["nodes"][:3]
    ]


async def _ground(page: Page) -> str:
    ground: str = await page.evaluate("getComputedStyle(document.body).backgroundColor")
    return ground


async def _pixel(page: Page) -> bytes:
    """The page's corner, as it is painted."""
    return await page.screenshot(clip={"x": 0, "y": 200, "width": 4, "height": 4})


def _rgb(color: str) -> tuple[int, ...]:
    return tuple(int(part) for part in color.removeprefix("rgb(").removesuffix(")").split(","))


def _in(lang: str, address: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}lang={lang}"
