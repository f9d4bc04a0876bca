"""The script of the page of questions, in a browser: answers grow, talks go on, and what breaks is said."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from adapters.chat import Reply
from summarizer.questions import Answer, Choice, Query
from tests.adapters.web.visiting import REPO, Shelf, visiting
from tests.e2e.browsing import browser, needs_a_browser

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Page, Route

    from adapters.web.archive import Asked, Visitor

PR = f"https://github.com/{REPO}/pull/26701"
TEXT = f"**1 PR** was merged.\n\n- [#26701]({PR}) <script>document.title = 'broken'</script>"

pytestmark = needs_a_browser


@dataclass
class Told(Shelf):
    """Shows the beginning of each answer, and the rest once it is let go on."""

    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    stopped: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, asked: Asked, visitor: Visitor) -> Reply:
        asked.show("**1 PR** so far")
        try:
            await self.goes_on.wait()
        except asyncio.CancelledError:
            self.stopped.set()
            raise
        return await super().ask(asked, visitor)


@pytest.fixture
async def shelf() -> Told:
    choices = (Choice(Query(), "PRs merged today", 2), Choice(Query(), "PRs opened today", 3))
    answer = Answer("en", "", "1 PR was merged.", choices=choices)
    return Told(answer=lambda asked: Reply(TEXT, "en", line=asked.line, answer=answer))


@pytest.fixture
async def page(shelf: Told) -> AsyncIterator[Page]:
    """The page of questions, on which nothing may go wrong unnoticed."""
    faults: list[str] = []
    async with visiting(shelf) as client, browser() as chrome:
        page = await chrome.new_page(base_url=str(client.base_url), timezone_id="Asia/Shanghai")
        page.on("pageerror", lambda error: faults.append(str(error)))
        await page.goto(f"/{REPO}/ask")
        yield page
    assert faults == []


async def _ask(page: Page, line: str) -> None:
    await page.fill("#q", line)
    await page.press("#q", "Enter")


async def test_an_answer_grows_and_the_talk_goes_on(page: Page, shelf: Told) -> None:
    await _ask(page, "any AMD PRs?")
    await expect(page.locator(".answer")).to_have_text("1 PR so far")
    await expect(page.locator(".stop")).to_be_visible()
    shelf.goes_on.set()
    await expect(page.locator(".answer a").first).to_have_attribute("href", PR)
    await expect(page.locator(".stop")).to_have_count(0)
    await page.click(".chips button >> nth=0")
    await expect(page.locator(".question bdi")).to_have_text(["any AMD PRs?", "PRs merged today"])
    await expect(page.locator(".answer a.beside")).to_have_count(2)

    assert [(asked.line, asked.tz) for asked in shelf.asked] == [
        ("any AMD PRs?", "Asia/Shanghai"),
        ("1", "Asia/Shanghai"),
    ]
    assert len({asked.talk for asked in shelf.asked}) == 1
    assert await page.title() != "broken"
    assert page.url.endswith("/ask")


async def test_an_example_is_asked_and_can_be_stopped(page: Page, shelf: Told) -> None:
    await page.click(".examples a >> nth=0")
    await expect(page.locator(".answer")).to_have_text("1 PR so far")
    await page.click(".stop")
    await expect(page.locator(".answer")).to_contain_text("Stopped.")
    async with asyncio.timeout(20):
        await shelf.stopped.wait()

    assert shelf.asked == []


async def test_a_connection_that_drops_is_taken_up_once_and_then_said(page: Page, shelf: Told) -> None:
    shelf.goes_on.set()
    tries = 0

    async def drop_first(route: Route) -> None:
        nonlocal tries
        tries += 1
        await (route.abort("connectionreset") if tries == 1 else route.continue_())

    await page.route("**/ask/stream**", drop_first)
    await _ask(page, "any AMD PRs?")
    await expect(page.locator(".answer a").first).to_be_visible()
    await page.unroute("**/ask/stream**")
    await page.route("**/ask/stream**", lambda route: route.abort("connectionreset"))
    await _ask(page, "and merged?")
    await expect(page.locator(".problem")).to_contain_text("The connection was lost")
    await page.unroute("**/ask/stream**")
    await page.click("text=Try again")
    await expect(page.locator(".turn >> nth=2").locator(".answer a").first).to_be_visible()

    assert [asked.line for asked in shelf.asked] == ["any AMD PRs?", "and merged?"]
