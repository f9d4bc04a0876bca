"""Pictures of the web archive: the pages themselves, as the web process serves them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from adapters.chat import Context
from bot.serving import Readiness, web_of
from bot.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.settings import Settings
    from bot.wiring import Services

REPO: Final = "vllm-project/vllm"


@dataclass(frozen=True, slots=True)
class Page:
    """path: of the page; `{digest}` is the newest one's. width, height: of what is seen of it."""

    path: str
    width: int = 1080
    height: int = 1000
    is_dark: bool = False


PAGES: Final[Mapping[str, Page]] = {
    "web-front": Page(f"/{REPO}?lang=en", height=880),
    "web-digest": Page(f"/{REPO}/digests/{{digest}}?lang=en", height=1180),
    "web-digest-zh": Page(f"/{REPO}/digests/{{digest}}?lang=zh", width=500, height=980, is_dark=True),
    "web-item": Page(f"/{REPO}/items/30062?lang=en", height=900),
    "web-ask": Page(f"/{REPO}/ask?lang=en&q=any+AMD+PRs+today%3F", height=760),
}


@asynccontextmanager
async def serving(settings: Settings, services: Services) -> AsyncIterator[str]:
    """The address of a web process with the digests that the pages show, kept in both languages."""
    for lang in ("en", "zh"):
        reply = await services.commands("2025-12-10", Context("terminal", lang=lang))
        assert reply.digest is not None, reply.text
        await services.editions.keep(reply.digest)
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serve = web_of(settings, services, None, Readiness(services, Supervisor(), {}), port.set_result)
    running = asyncio.ensure_future(serve("127.0.0.1", 0))
    try:
        yield f"http://127.0.0.1:{await port}"
    finally:
        running.cancel()
        await asyncio.wait((running,))


async def address(url: str, page: Page, services: Services) -> str:
    """Where the page is."""
    [newest, *_] = await services.store.editions.newest(REPO, 1)
    return url + page.path.format(digest=newest.id)
