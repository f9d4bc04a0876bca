"""The web app on a loopback port, with editions from memory."""

from __future__ import annotations

import asyncio
import contextlib
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from adapters.web.app import web_app
from adapters.web.editions import Listed
from adapters.web.server import serve
from tests.references import ITEMS, WINDOWS, digest_of, facts_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from starlette.routing import BaseRoute

    from adapters.web.site import Site
    from summarizer.digests import Digest

REPO = "vllm-project/vllm"
ID = "daily-2025-12-10-0123456789"
PATH = f"/{REPO}/digests/{ID}"
SECRET_REPO = "acme/secret"


@dataclass
class Shelf:
    """Editions of one digest, in each of `kept_in`; those of SECRET_REPO are refused, and so are not there. failure:
    raised instead. checks: what is ready."""

    kept_in: tuple[str, ...] = ("en", "zh")
    failure: Exception | None = None
    checks: dict[str, bool] = field(default_factory=lambda: {"store": True, "slack": True})

    async def newest(self, repo: str | None) -> Sequence[Listed]:
        self._fail()
        digest = digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), "en")
        listed = Listed(REPO, ID, digest.title, digest.facts.window.until, self.kept_in)
        return [listed] if repo in (None, REPO) and self.kept_in else []

    async def languages(self, repo: str, digest_id: str) -> Sequence[str]:
        self._fail()
        return self.kept_in if (repo, digest_id) == (REPO, ID) else ()

    async def open(self, repo: str, digest_id: str, lang: str) -> Digest | None:
        if (repo, digest_id) != (REPO, ID) or lang not in self.kept_in:
            return None
        return digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), lang)

    async def ready(self) -> Mapping[str, bool]:
        self._fail()
        return self.checks

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


@asynccontextmanager
async def visiting(
    shelf: Shelf, *, extra_routes: Sequence[BaseRoute] = (), site: Site | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser before the app, until the block ends."""
    app = web_app(editions=shelf, readiness=shelf, extra_routes=extra_routes, site=site)
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(app, "127.0.0.1", 0, listening=port.set_result))
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{await port}") as client:
            yield client
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
