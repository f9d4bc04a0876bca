"""The pages of items, topics, searches and questions over the mirror, as a visitor reads them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import httpx
from lxml import html  # type: ignore[import-untyped]

from adapters.web.app import web_app
from adapters.web.server import serve
from tests.bot.talk import REPO, talking

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.bot.running import Host


class _Ready:
    async def ready(self) -> dict[str, bool]:
        return {"store": True}


@asynccontextmanager
async def _visitor(host: Host) -> AsyncIterator[httpx.AsyncClient]:
    async with talking(host) as bot:
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        app = web_app(archive=bot.archive, readiness=_Ready())
        serving = asyncio.create_task(serve(app, "127.0.0.1", 0, listening=port.set_result))
        try:
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{await port}", timeout=30) as client:
                yield client
        finally:
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving


async def test_items_topics_and_searches_lead_to_each_other(host: Host) -> None:
    async with _visitor(host) as client:
        topics = await client.get(f"/{REPO}/topics")
        topic = await client.get("/topics/rocm", follow_redirects=True)
        search = await client.get(f"/{REPO}/search", params={"q": "rocm"})
        item = await client.get(f"/{REPO}/items/101")
        nothing = await client.get(f"/{REPO}/search", params={"q": "zzzzzz"})
        missing = await client.get(f"/{REPO}/items/99999")

    assert [each.status_code for each in (topics, topic, search, item, nothing)] == [200] * 5
    assert missing.status_code == 404
    assert topic.url.path == f"/{REPO}/topics/amd"
    for page in (topic, search):
        assert f'href="/{REPO}/items/101"' in page.text
    assert f'href="/{REPO}/topics/amd"' in topics.text
    assert f'href="/{REPO}/topics/amd"' in item.text
    assert html.fromstring(search.text).xpath("//mark")
    assert "Nothing found" in nothing.text


async def test_a_question_is_answered_in_the_page_and_in_a_stream_and_goes_on(host: Host) -> None:
    talk = {"talk": "t" * 22}
    async with _visitor(host) as client:
        page = await client.get(f"/{REPO}/ask", params={"q": "AMD PRs this week", **talk})
        stream = await client.get(f"/{REPO}/ask/stream", params={"q": "only merged ones", **talk})
        unknown = await client.get(f"/{REPO}/ask", params={"q": "help"})

    root = html.fromstring(page.text)
    assert page.status_code == 200
    assert f"/{REPO}/items/102" in root.xpath("//div[@class='answer']//a/@href")
    answer = stream.text.rpartition("event: answer")[2]
    assert f"/{REPO}/items/101" in answer
    assert f"/{REPO}/items/102" not in answer
    assert unknown.status_code == 400
