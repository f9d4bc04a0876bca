"""Reading the archive in a browser: from the front page to a claim's evidence, and through the months and topics."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from tests.e2e.browsing import PR, REPO, Watch, needs_a_browser, visit

if TYPE_CHECKING:
    from playwright.async_api import Browser, Locator, Page

    from tests.e2e.browsing import Site

pytestmark = [needs_a_browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_reader_comes_from_the_front_page_to_what_a_claim_rests_on(
    chrome: Browser, site: Site
) -> None:
    async with visit(chrome, site.url) as page:
        await page.goto("/")
        await page.click(f"main a[href='/{REPO}'] >> nth=0")
        await page.click(".leads article:first-child h2 a")
        await expect(page).to_have_url(f"{site.url}{site.digest()}")
        await expect(page.locator("h1")).to_have_text("vLLM development report - 2026-03-23")

        for link in await page.locator(".contents a").all():
            await link.click()
            name = urlsplit(page.url).fragment
            assert name
            await expect(page.locator(f"section#{name} > h2")).to_be_in_viewport()

        evidence = page.locator("details.evidence").first
        await expect(evidence.locator("li").first).to_be_hidden()
        await evidence.locator("summary").click()
        await expect(evidence.locator("li").first).to_be_visible()
        number = (await evidence.locator("li a").first.inner_text()).removeprefix("#")
        await evidence.locator("li a").first.click()
        await expect(page).to_have_url(f"{site.url}/{REPO}/items/{number}")
        await page.click("section[aria-labelledby=mentions] li a[href*=daily]")
        await expect(page.locator("h1")).to_have_text("vLLM development report - 2026-03-23")
        await page.go_back()
        await expect(page).to_have_url(f"{site.url}/{REPO}/items/{number}")


async def test_the_calendar_and_the_neighbours_lead_from_day_to_day(chrome: Browser, site: Site) -> None:
    newest, middle, oldest = site.daily
    async with visit(chrome, site.url) as page:
        await page.goto(site.front)
        await page.click(".calendar td a:text-is('21')")
        await expect(page).to_have_url(f"{site.url}{site.digest(oldest)}")
        await page.click("a[rel=next]")
        await expect(page).to_have_url(f"{site.url}{site.digest(middle)}")
        await page.click(".pager a[rel=next]")
        await expect(page).to_have_url(f"{site.url}{site.digest(newest)}")
        await expect(page.locator(".pager a[rel=next]")).to_have_count(0)
        await page.click("a[rel=prev]")
        await expect(page).to_have_url(f"{site.url}{site.digest(middle)}")

        await page.click(".ways a >> nth=0")
        await expect(page.locator("h1")).to_have_text("March 2026")
        await page.click(".choices a:text-is('Weekly')")
        await expect(page.locator(".choices [aria-current]")).to_have_text("Weekly")
        await expect(page.locator(".listing .what a[href*='/daily-']")).to_have_count(0)
        await page.click(f".listing .what a[href*='{site.weekly[0]}']")
        await expect(page).to_have_url(f"{site.url}{site.digest(site.weekly[0])}")


async def test_a_topic_leads_to_its_items_week_by_week(chrome: Browser, site: Site) -> None:
    async with visit(chrome, site.url) as page:
        await page.goto(site.front)
        await page.click(".ways a >> nth=1")
        await page.click("main a:has-text('AMD/ROCm')")
        await expect(page.locator("h1")).to_have_text("AMD/ROCm")
        chart = page.locator("figure svg:visible")
        await expect(chart).to_have_count(1)
        await page.click(f"main a[href$='/items/{PR}'] >> nth=0")
        await expect(page.locator("h1")).to_have_text("[ROCm] Fix the paged attention kernel of MI355X")
        await page.click(".facts-of a >> nth=0")
        await expect(page.locator("h1")).to_contain_text("Whisper crashes on ROCm")


async def test_an_item_shows_who_did_what_and_what_it_is_worth(chrome: Browser, site: Site) -> None:
    async with visit(chrome, site.url) as page:
        await page.goto(f"{site.front}/items/{PR}")
        await expect(page.locator(".badge.merged").first).to_be_visible()
        await expect(page.locator("meter")).to_have_count(2)
        await expect(page.locator(".timeline .login:text-is('zoe')").first).to_be_visible()
        more = page.locator("details:has(.files)")
        await expect(more.locator("li").first).to_be_hidden()
        await more.locator("summary").click()
        await expect(page.locator(".files li:visible")).to_have_count(15)


async def test_every_feed_that_is_offered_is_there(chrome: Browser, site: Site) -> None:
    async with visit(chrome, site.url) as page:
        urls: set[str] = set()
        for address in (site.front, f"{site.front}/topics/amd", f"{site.digest()}?lang=zh"):
            await page.goto(address)
            urls |= await _addresses(page.locator("a[type], link[rel=alternate][type]"))
        assert len(urls) > 5
        for url in urls:
            assert (await page.request.get(url)).status == 200, url


async def test_what_an_address_points_to_is_taken_out_of_its_fold_and_shown(
    chrome: Browser, site: Site
) -> None:
    async with visit(chrome, site.url) as page:
        await page.goto(site.digest())
        anchor = page.locator("details.fold li[id]").last
        await expect(anchor).to_be_hidden()
        name = await anchor.get_attribute("id")
        await page.goto(f"{site.digest()}#{name}")
        await expect(page.locator(f"[id='{name}']")).to_be_in_viewport()


async def test_the_page_is_read_with_the_keyboard_alone(chrome: Browser, site: Site) -> None:
    async with visit(chrome, site.url) as page:
        await page.goto(site.digest())
        await page.keyboard.press("Tab")
        await expect(page.locator(".skip")).to_be_focused()
        await expect(page.locator(".skip")).to_be_in_viewport()
        await page.keyboard.press("Enter")
        assert urlsplit(page.url).fragment == "main"
        await page.keyboard.press("Tab")
        assert await _is_inside_main(page)


async def test_what_is_not_there_says_so_and_leads_back(chrome: Browser, site: Site) -> None:
    async with visit(chrome, site.url, watch=Watch(site.url)) as page:
        for address in ("/nobody/nothing", f"{site.front}/digests/none", f"{site.front}/items/999999"):
            response = await page.goto(address)
            assert response is not None
            assert response.status == 404
            await expect(page.locator("main")).to_be_visible()
            await page.click(".brand a >> nth=0")
            await expect(page).to_have_url(f"{site.url}/")


async def _addresses(links: Locator) -> set[str]:
    return set(await links.evaluate_all("each => each.map(link => link.href)"))


async def _is_inside_main(page: Page) -> bool:
    is_inside: bool = await page.evaluate("document.querySelector('main').contains(document.activeElement)")
    return is_inside
