"""The page of questions, over the wire: answers with the page, answers while they are written, and who may ask."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from lxml import html  # type: ignore[import-untyped]

from adapters.chat import Offer, Reply
from adapters.web.asking import MOST
from summarizer.errors import BadInput, StoreError
from summarizer.questions import Answer, Choice, Query
from tests.adapters.web.visiting import REPO, SECRET_REPO, Shelf, visiting

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx

    from adapters.web.archive import Asked, Visitor

ASK = f"/{REPO}/ask"
STREAM = f"{ASK}/stream"
PR = f"https://github.com/{REPO}/pull/26701"
TEXT = f"> AMD PRs\n\n**1 PR** was merged.\n\n- [#26701]({PR}) `W8A8` — merged"


@dataclass
class Slow(Shelf):
    """Shows the beginning of its answer, and the rest once it is let go on."""

    goes_on: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)

    async def ask(self, asked: Asked, visitor: Visitor) -> Reply:
        asked.progress("explain", 0, None)
        asked.show("**1 PR**")
        self.begun.set()
        try:
            await self.goes_on.wait()
        except asyncio.CancelledError:
            self.cancelled.set()
            raise
        return await super().ask(asked, visitor)


def _said(text: str = TEXT, **of_reply: object) -> Shelf:
    return Shelf(answer=lambda asked: Reply(text, "en", line=asked.line, **of_reply))  # type: ignore[arg-type]


async def _events(response: httpx.Response) -> AsyncIterator[tuple[str, str]]:
    name, data = "", []
    async for line in response.aiter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            data.append(line.removeprefix("data: "))
        elif not line and name:
            yield name, "\n".join(data)
            name, data = "", []


async def test_without_a_script_the_answer_comes_with_the_page() -> None:
    shelf = _said()
    async with visiting(shelf) as client:
        page = await client.get(ASK, params={"q": "any AMD PRs?", "talk": "t" * 22, "tz": "Asia/Shanghai"})

    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"].startswith("noindex")
    root = html.fromstring(page.text)
    assert root.xpath("//h2[@class='question']/bdi/text()") == ["any AMD PRs?"]
    assert root.xpath("//div[@class='answer']//strong/text()") == ["1 PR"]
    links = root.xpath("//div[@class='answer']//a/@href")
    assert links == [PR, f"/{REPO}/items/26701"]
    [asked] = shelf.asked
    assert (asked.line, asked.talk, asked.tz, asked.lang) == ("any AMD PRs?", "t" * 22, "Asia/Shanghai", "")
    assert root.xpath("//form[contains(@class,'asking')]/input[@name='talk']/@value") == ["t" * 22]


async def test_an_answer_that_takes_time_follows_the_page_it_belongs_to() -> None:
    shelf = Slow(answer=lambda asked: Reply(TEXT, "en", line=asked.line))
    async with visiting(shelf) as client, client.stream("GET", ASK, params={"q": "any AMD PRs?"}) as response:
        parts = response.aiter_text()
        head = ""
        while "any AMD PRs?</bdi></h2>" not in head:
            head += await anext(parts)
        assert "1 PR" not in head
        assert "Looking…" in head
        shelf.goes_on.set()
        page = head + "".join([part async for part in parts])

    assert page.rstrip().endswith("</html>")
    assert html.fromstring(page).xpath("//div[@class='answer']//strong/text()") == ["1 PR"]
    assert response.headers["content-type"].startswith("text/html")
    assert response.headers["content-security-policy"].startswith("default-src 'none'")


async def test_a_page_of_questions_says_what_can_be_asked_in_the_visitors_language() -> None:
    async with visiting(Shelf()) as client:
        english = await client.get(ASK)
        chinese = await client.get(ASK, headers={"Accept-Language": "zh-CN"})

    assert "any AMD PRs this week?" in english.text
    assert "本周有 AMD 的 PR 吗？" in chinese.text
    assert '<html lang="zh">' in chinese.text
    assert '<meta name="robots" content="noindex">' in english.text
    talks = [re.findall(r'name="talk" value="([^"]+)"', page.text)[0] for page in (english, chinese)]
    assert len(set(talks)) == 2
    assert min(map(len, talks)) >= 20


async def test_an_answer_is_sent_while_it_is_written() -> None:
    shelf = Slow(answer=lambda asked: Reply(TEXT, "en", line=asked.line))
    async with (
        visiting(shelf) as client,
        client.stream("GET", STREAM, params={"q": "any AMD PRs?"}) as response,
    ):
        events = _events(response)
        told = [await anext(events)]
        while len({name for name, _ in told}) < 2:
            told.append(await anext(events))
        assert dict(told)["part"] == "<p><strong>1 PR</strong></p>"
        assert "<span>Writing the answer…</span>" in dict(told)["progress"]
        shelf.goes_on.set()
        rest = [each async for each in events]

    assert response.headers["content-type"].startswith("text/event-stream")
    assert response.headers["cache-control"] == "no-store"
    assert [name for name, _ in rest] == ["answer"]
    assert f'href="{PR}"' in rest[0][1]
    assert "no model had a part" not in rest[0][1]


async def test_nobody_works_for_a_visitor_who_has_left() -> None:
    shelf = Slow()
    async with visiting(shelf) as client:
        async with client.stream("GET", STREAM, params={"q": "any AMD PRs?"}) as response:
            await anext(_events(response))
            assert not shelf.cancelled.is_set()
        async with asyncio.timeout(20):
            await shelf.cancelled.wait()

    assert shelf.asked == []


async def test_nobody_works_for_a_visitor_who_has_left_a_page_that_is_not_whole() -> None:
    shelf = Slow()
    async with visiting(shelf) as client:
        async with client.stream("GET", ASK, params={"q": "any AMD PRs?"}) as response:
            await anext(response.aiter_text())
        async with asyncio.timeout(20):
            await shelf.cancelled.wait()

    assert shelf.asked == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_another_site_has_nothing_answered(site: str) -> None:
    shelf = _said()
    async with visiting(shelf) as client:
        stream = await client.get(STREAM, params={"q": "x"}, headers={"Sec-Fetch-Site": site})
        page = await client.get(ASK, params={"q": "any AMD PRs?"}, headers={"Sec-Fetch-Site": site})
        head = await client.head(ASK, params={"q": "any AMD PRs?"})
        ahead = await client.get(ASK, params={"q": "x"}, headers={"Sec-Purpose": "prefetch;prerender"})

    assert shelf.asked == []
    assert (stream.status_code, page.status_code, head.status_code, ahead.status_code) == (403, 200, 200, 200)
    assert 'value="any AMD PRs?"' in page.text
    assert "came from another site" in page.text


async def test_a_visitors_own_browser_is_answered() -> None:
    shelf = _said()
    async with visiting(shelf) as client:
        for site in ("same-origin", "none"):
            stream = await client.get(STREAM, params={"q": "x"}, headers={"Sec-Fetch-Site": site})
            assert stream.status_code == 200
        posted = await client.post(STREAM, params={"q": "x"})
        empty = await client.get(STREAM)

    assert (posted.status_code, empty.status_code) == (405, 400)
    assert len(shelf.asked) == 2


@pytest.mark.parametrize("suffix", ["/ask", "/ask?q=x", "/ask/stream?q=x"])
async def test_a_repository_that_may_not_be_read_is_as_if_it_were_not_there(suffix: str) -> None:
    shelf = _said()
    async with visiting(shelf) as client:
        refused = await client.get(f"/{SECRET_REPO}{suffix}")
        unknown = await client.get(f"/nobody/nothing{suffix}")

    assert (refused.status_code, refused.text) == (404, unknown.text)
    assert shelf.asked == []


@pytest.mark.parametrize(
    ("problem", "status"),
    [
        (BadInput("rules.too_fast", seconds=9), 429),
        (BadInput("topics.unknown", topic="x", known=("amd",)), 400),
        (StoreError("store.unreachable"), 503),
    ],
)
async def test_what_goes_wrong_is_said_in_the_page_and_in_the_stream(
    problem: BadInput | StoreError, status: int
) -> None:
    shelf = _said("A sentence <b>that</b> helps.", problem=problem)
    async with visiting(shelf) as client:
        page = await client.get(ASK, params={"q": "any <i>AMD</i> PRs?"})
        stream = await client.get(STREAM, params={"q": "any AMD PRs?"})

    assert page.status_code == status
    assert stream.status_code == 200
    for text in (page.text, stream.text):
        assert "A sentence &lt;b&gt;that&lt;/b&gt; helps." in text
    assert "<i>" not in page.text


async def test_a_bug_is_told_with_its_reference_and_not_with_what_it_holds() -> None:
    def broken(asked: Asked) -> Reply:
        raise ValueError("secret-token")

    async with visiting(Shelf(answer=broken)) as client:
        page = await client.get(ASK, params={"q": "x"})
        stream = await client.get(STREAM, params={"q": "x"})

    assert page.status_code == 500
    for text in (page.text, stream.text):
        assert "reference" in text
        assert "secret-token" not in text


async def test_a_question_that_is_too_long_is_not_asked() -> None:
    shelf = _said()
    async with visiting(shelf) as client:
        page = await client.get(ASK, params={"q": "x" * (MOST + 1)})
        stream = await client.get(STREAM, params={"q": "x" * (MOST + 1)})

    assert (page.status_code, stream.status_code) == (400, 400)
    assert "at most 500 characters" in page.text
    assert shelf.asked == []


async def test_readings_and_offers_are_buttons_of_the_same_talk() -> None:
    choices = (Choice(Query(), "PRs <merged> today", 2), Choice(Query(), "PRs opened today", 3))
    answer = Answer("en", "", "Which one?", choices=choices)
    shelf = _said("Which one?", answer=answer, offers=(Offer("retry", "deliveries retry d1"),))
    async with visiting(shelf) as client:
        root = html.fromstring((await client.get(ASK, params={"q": "PRs today", "talk": "a" * 22})).text)

    [form] = root.xpath("//div[@class='answer']//form")
    assert form.get("action") == ASK
    assert form.xpath("input[@name='talk']/@value") == ["a" * 22]
    buttons = [(each.get("value"), each.text) for each in form.xpath(".//button")]
    assert buttons == [
        ("1", "PRs <merged> today"),
        ("2", "PRs opened today"),
        ("deliveries retry d1", "Try again"),
    ]
    assert "no model had a part" in root.text_content()


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)> \u202ejavascript:alert(1)"


async def test_whatever_is_asked_or_answered_is_text() -> None:
    async with visiting(_said(f"{HOSTILE} [x](javascript:alert(1)) [y](https://evil.example/)")) as client:
        page = await client.get(ASK, params={"q": HOSTILE, "talk": HOSTILE, "lang": HOSTILE, "tz": HOSTILE})
        stream = await client.get(STREAM, params={"q": HOSTILE})
        plain = _said(HOSTILE, format="text")
    async with visiting(plain) as client:
        as_text = await client.get(ASK, params={"q": "x"})

    for text in (page.text, stream.text, as_text.text):
        assert "<script>alert" not in text
        assert "<img" not in text
        assert "\u202e" not in text
        assert 'href="javascript' not in text
        assert "evil.example/" not in text.replace("[y](https://evil.example/)", "")
    scripts = html.fromstring(page.text).xpath("//script")
    assert {script.text for script in scripts} == {None}
