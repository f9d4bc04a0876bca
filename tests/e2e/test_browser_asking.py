"""Searching and asking in a browser: with the script and without it, with a model and without one."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import pytest
from playwright.async_api import expect

from tests.e2e.browsing import PR, REPO, needs_a_browser, visit
from tests.servers.model.behaviours import Gated

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

    from tests.e2e.browsing import Site
    from tests.servers.model.server import ModelServer

pytestmark = [needs_a_browser, pytest.mark.asyncio(loop_scope="session")]

with_and_without_script = pytest.mark.parametrize("has_script", [True, False], ids=["script", "no script"])

FIRST: Final = f"#{PR} was opened by `amy`."
SECOND: Final = f"#{PR} was merged."


# Searching


@with_and_without_script
async def test_words_are_found_marked_and_lead_to_an_item(
    chrome: Browser, site: Site, has_script: bool
) -> None:
    async with visit(chrome, site.url, java_script_enabled=has_script) as page:
        await page.goto(site.front)
        await page.fill("form.find input[type=search]", "paged attention MI355X")
        await page.press("form.find input[type=search]", "Enter")
        await expect(page).to_have_url(f"{site.url}{site.front}/search?q=paged+attention+MI355X")
        await expect(page.locator("#q")).to_have_value("paged attention MI355X")
        first = page.locator(".results > li").first
        await expect(first.locator("mark").first).to_be_visible()
        await first.locator(".named").click()
        await expect(page).to_have_url(f"{site.url}{site.front}/items/{PR}")


@with_and_without_script
async def test_what_is_found_goes_on_on_a_next_page(chrome: Browser, site: Site, has_script: bool) -> None:
    async with visit(chrome, site.url, java_script_enabled=has_script) as page:
        await page.goto(f"{site.front}/search?lang=zh")
        await page.fill("#q", "rocm")
        await page.press("#q", "Enter")
        first = await page.locator(".results > li .named").all_inner_texts()
        await page.click("a[rel=next]")
        await expect(page.locator("html")).to_have_attribute("lang", "zh")
        await expect(page.locator("#q")).to_have_value("rocm")
        assert await page.locator(".results > li .named").all_inner_texts() != first
        await page.click("a[rel=prev]")
        assert await page.locator(".results > li .named").all_inner_texts() == first


@with_and_without_script
async def test_where_nothing_is_found_it_can_be_asked(chrome: Browser, site: Site, has_script: bool) -> None:
    async with visit(chrome, site.url, java_script_enabled=has_script) as page:
        await page.goto(f"{site.front}/search")
        await page.fill("#q", "zzzzzz")
        await page.click("form.asking button")
        await expect(page.locator("main")).to_contain_text("Nothing found")
        await expect(page.locator(".results > li")).to_have_count(0)
        await page.click(".instead a")
        assert page.url.startswith(f"{site.url}{site.front}/ask")


# Asking


@with_and_without_script
async def test_code_answers_and_the_talk_goes_on(chrome: Browser, site: Site, has_script: bool) -> None:
    async with visit(chrome, site.url, java_script_enabled=has_script) as page:
        await page.goto(f"{site.front}/ask")
        await _ask(page, "ROCm PRs by amy last week")
        answer = page.locator(".answer").last
        await expect(answer.locator(f"a[href='https://github.com/{REPO}/pull/{PR}']")).to_be_visible()
        await expect(page.locator(".question bdi")).to_have_text(["ROCm PRs by amy last week"])
        await _ask(page, "only open ones")
        await expect(page.locator(".question bdi").last).to_have_text("only open ones")
        await expect(answer).to_contain_text("amy")
        await expect(answer.locator("a[href*='/pull/']")).to_have_count(0)


async def test_an_answer_is_read_while_a_model_still_writes_it(
    chrome: Browser, site: Site, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    gated = _gated()
    async with _modelled(site, gated, model_server, monkeypatch) as url, visit(chrome, url) as page:
        await page.goto(f"{site.front}/ask")
        await _ask(page, f"explain #{PR}")
        answer = page.locator(".answer")
        await expect(answer).to_contain_text("was opened by amy")
        await expect(page.locator(".stop")).to_be_visible()
        await expect(page.locator(".progress")).not_to_be_empty()
        begun = await answer.inner_text()
        assert gated.was_open is None

        gated.gate.set()
        await expect(page.locator(".stop")).to_have_count(0)
        whole = await answer.inner_text()
        assert len(whole) > len(begun)
        assert "Explained by openai:tests-model" in whole
        await _ask(page, f"is #{PR} merged?")
        await expect(page.locator(".question")).to_have_count(2)
        await expect(answer.last).to_contain_text(f"#{PR}")


async def test_an_answer_that_is_stopped_stays_as_far_as_it_came(
    chrome: Browser, site: Site, model_server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    gated = _gated()
    async with _modelled(site, gated, model_server, monkeypatch) as url, visit(chrome, url) as page:
        await page.goto(f"{site.front}/ask")
        await _ask(page, f"explain #{PR}")
        await expect(page.locator(".answer")).to_contain_text("was opened by amy")
        await page.click(".stop")
        await expect(page.locator(".answer")).to_contain_text("Stopped.")
        await expect(page.locator(".answer")).to_contain_text("was opened by amy")
        await expect(page.locator(".stop")).to_have_count(0)
        gated.gate.set()
        await _ask(page, "AMD PRs this week")
        await expect(page.locator(".answer").last.locator("a").first).to_be_visible()


def _gated() -> Gated:
    """Writes two claims about PR, the second once its gate is opened."""
    text = json.dumps({"claims": [{"label": "", "text": said, "cites": [PR]} for said in (FIRST, SECOND)]})
    return Gated(text, text.index(SECOND))


@asynccontextmanager
async def _modelled(
    site: Site, behaviour: Gated, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[str]:
    """The address of the site with a model."""
    monkeypatch.setenv("OPENAI_BASE_URL", server.serve(behaviour))
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    async with site.beside(DIGEST_MODEL="openai:tests-model") as url:
        try:
            yield url
        finally:
            behaviour.gate.set()


async def _ask(page: Page, line: str) -> None:
    await page.fill("#q", line)
    await page.press("#q", "Enter")
