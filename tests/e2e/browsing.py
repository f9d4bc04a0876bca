"""A browser, and an archive for it to read: a real store, the tests' GitHub, kept digests, served on loopback.

A browser is looked for in one place, here; where there is none, tests that need one are skipped and say why.
"""

from __future__ import annotations

import asyncio
import shutil
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pytest
from playwright.async_api import async_playwright, expect

from adapters.chat import Context
from adapters.store.embedded import embedded_server
from benchmarks.generate import generate_day
from bot.serving import Readiness, web_of
from bot.settings import load_settings
from bot.supervisor import Supervisor
from bot.wiring import Services, open_services
from tests.servers.github import File, GitHub, World, github_server
from tests.servers.redis import until_stopped

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from playwright.async_api import (
        Browser,
        BrowserContext,
        ConsoleMessage,
        Page,
        Request,
        Response,
        ViewportSize,
    )

    from summarizer.digests import Digest

CHROMIUM: Final = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None
)

ARGS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip

needs_a_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="NO BROWSER: the pages are not tested; install the package `chromium`"
)

expect.set_options(timeout=20_000)  # a browser beside other tests is slow

REPO: Final = "vllm-project/vllm"
OTHER: Final = "vllm-project/vllm-ascend"
"""It has no digest yet."""

NOW: Final = datetime(2026, 3, 24, 12, 0, tzinfo=UTC)
"""A Tuesday noon."""

BUSY: Final = date(2026, 3, 23)
"""The day on which most happens."""

PR: Final = 101
ISSUE: Final = 105
"""They are of items of which much is known."""

LINES: Final = (
    "2026-03-22", "2026-03-22 lang:zh", "2026-03-23", "2026-03-23 lang:zh", "2026-03-21", "2026-03-21 lang:zh",
    "week last", "week last lang:zh",
)  # fmt: skip
"""The digests that are kept."""

DESKTOP: Final[ViewportSize] = {"width": 1280, "height": 900}
PHONE: Final[ViewportSize] = {"width": 390, "height": 844}

DAY: Final = timedelta(days=1)
_SHELL: Final = Context("shell", lang="en", tz="UTC")


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Of this machine."""
    async with async_playwright() as playwright:
        opened = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        try:
            yield opened
        finally:
            await opened.close()


@dataclass
class Watch:
    """What goes wrong on pages. site: where they are; whatever else is asked for is wrong as well."""

    site: str
    faults: list[str] = field(default_factory=list)
    dialogs: int = 0

    def over(self, page: Page) -> None:
        """Watch a page."""
        page.on("console", self._said)
        page.on("pageerror", lambda error: self._fault(page, str(error)))
        page.on("requestfailed", lambda request: self._failed(page, request))
        page.on("response", lambda response: self._came(page, response))
        page.on("request", lambda request: self._asked(page, request.url))

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._fault(message.page, f"{message.type}: {message.text}")

    def _failed(self, page: Page, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # we had gone on before it came
            self._fault(page, f"{request.url} {request.failure}")

    def _came(self, page: Page, response: Response) -> None:
        if response.status >= 400:
            self._fault(page, f"{response.url} {response.status}")

    def _asked(self, page: Page, url: str) -> None:
        if not url.startswith((f"{self.site}/", "data:")):
            self._fault(page, f"asked for {url}")

    def _fault(self, page: Page | None, text: str) -> None:
        self.faults.append(f"{urlsplit(page.url).path if page else ''} {text}")


@dataclass(frozen=True)
class Site:
    """An archive that is served. daily, weekly: ids of digests of it, newest first. url: without a final slash."""

    url: str
    bot: Services
    world: World
    github: GitHub
    folder: Path
    redis_url: str
    daily: tuple[str, ...] = ()
    weekly: tuple[str, ...] = ()

    @property
    def front(self) -> str:
        return f"/{REPO}"

    def digest(self, digest_id: str = "") -> str:
        return f"/{REPO}/digests/{digest_id or self.daily[0]}"

    @property
    def pages(self) -> dict[str, str]:
        """One address of every kind of page."""
        return {
            "home": "/",
            "front": self.front,
            "empty front": f"/{OTHER}",
            "archive": f"{self.front}/digests",
            "daily digest": self.digest(),
            "weekly digest": self.digest(self.weekly[0]),
            "list": f"{self.digest(self.weekly[0])}/lists/prs_opened",
            "pull request": f"{self.front}/items/{PR}",
            "issue": f"{self.front}/items/{ISSUE}",
            "topics": f"{self.front}/topics",
            "topic": f"{self.front}/topics/amd",
            "search": f"{self.front}/search",
            "found": f"{self.front}/search?q=rocm",
            "not found": f"{self.front}/search?q=zzzzzz",
            "ask": f"{self.front}/ask",
            "answer": f"{self.front}/ask?q=AMD+PRs+this+week",
            "about": "/about",
        }

    @asynccontextmanager
    async def beside(self, **settings: object) -> AsyncIterator[str]:
        """The address of another process over the same store, with further settings."""
        async with _process(self.github, self.folder, self.redis_url, **settings) as (url, _):
            yield url


@asynccontextmanager
async def served(world: World, folder: Path, digests: Sequence[str]) -> AsyncIterator[Site]:
    """An archive of a world's last month. digests: lines such as "yesterday lang:zh", whose digests are kept."""
    async with AsyncExitStack() as stack:
        stack.push_async_callback(until_stopped, folder / "store")
        socket = await stack.enter_async_context(embedded_server(folder / "store", grace_s=0))
        github = await stack.enter_async_context(github_server(world, clock=lambda: NOW))
        redis_url = f"unix://{socket}"
        url, bot = await stack.enter_async_context(_process(github, folder, redis_url))
        for repository in world.repositories:
            synced = await bot.commands(f"sync since:30d repo:{repository}", _SHELL)
            assert synced.problem is None, synced.text
        kept: list[Digest] = []
        for line in digests:
            reply = await bot.commands(line, _SHELL)
            assert reply.digest is not None, reply.text
            await bot.editions.keep(reply.digest)
            kept.append(reply.digest)
        kept.sort(key=lambda digest: digest.facts.window.until, reverse=True)

        def ids(edition: str) -> tuple[str, ...]:
            return tuple(dict.fromkeys(digest.id for digest in kept if digest.edition == edition))

        yield Site(url, bot, world, github, folder, redis_url, ids("daily"), ids("weekly"))


@asynccontextmanager
async def _process(
    github: GitHub, folder: Path, redis_url: str, **settings: object
) -> AsyncIterator[tuple[str, Services]]:
    chosen = load_settings(
        **{
            "REDIS_URL": redis_url,
            "DIGEST_STATE_DIR": folder,
            "DIGEST_TZ": "UTC",
            "DIGEST_AT": NOW.isoformat(),
            "DIGEST_REPOS": f"{REPO},{OTHER}",
            "GITHUB_TOKEN": github.token,
            "GITHUB_GRAPHQL_URL": github.url,
            "DIGEST_RATE_PER_USER": "1000/s",
            "WEB_RATE": "1000/s",
            **settings,
        }
    )
    async with open_services(chosen, demo=False, one_shot=False) as services:
        port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        serve = web_of(chosen, services, None, Readiness(services, Supervisor(), {}), port.set_result)
        serving = asyncio.ensure_future(serve("127.0.0.1", 0))
        try:
            yield f"http://127.0.0.1:{await port}", services
        finally:
            serving.cancel()
            with suppress(asyncio.CancelledError):
                await serving


@asynccontextmanager
async def visit(
    chrome: Browser,
    url: str,
    *,
    watch: Watch | None = None,
    **options: Any,  # noqa: ANN401 - Playwright's
) -> AsyncIterator[Page]:
    """A page of a visitor who was never here. options: of the context. Nothing may go wrong that `watch` sees."""
    context: BrowserContext = await chrome.new_context(
        base_url=url, **{"locale": "en-GB", "viewport": DESKTOP, "timezone_id": "Asia/Shanghai", **options}
    )
    own = watch or Watch(url)
    context.set_default_timeout(20_000)
    try:
        page = await context.new_page()
        own.over(page)
        yield page
    finally:
        await context.close()
    if watch is None:
        assert own.faults == []


def lively() -> World:
    """A busy day, some weeks of quiet ones before, and a few items of which everything is known."""
    world = generate_day(7, BUSY, background=100)
    repository = world.repository(REPO)
    for back in range(2, 29):
        at = NOW - back * DAY
        pull = repository.open_pr(f"[Docs] Explain part {back} of the scheduler", by="zoe", at=at)
        if back % 2:
            pull.merge(by="max", at=at + DAY / 2)
        issue = repository.open_issue(
            f"[Bug]: Wrong logits with {back} GPUs", by="cyd", at=at, labels=["bug"]
        )
        if back % 3 == 0:
            issue.close(by="max", at=at + DAY / 3)
    at = NOW - 3 * DAY
    issue = repository.open_issue(
        "[Bug]: Whisper crashes on ROCm with `--tensor-parallel-size 2`",
        by="cyd",
        at=at,
        number=ISSUE,
        labels=["bug", "rocm"],
        reactions=9,
        body="Starting the server with two GPUs ends in a segmentation fault on MI300.",
    )
    pull = repository.open_pr(
        "[ROCm] Fix the paged attention kernel of MI355X",
        by="amy",
        at=at,
        number=PR,
        labels=["rocm", "ready", "v1"],
        body="The kernel read beyond the last block, which crashed Whisper. Closes #105.",
        files=[
            File(f"csrc/rocm/attention_{part}.cu", additions=12 * part, deletions=part)
            for part in range(1, 16)
        ],
        closes=[issue],
    )
    pull.request_review(of="zoe", at=at)
    pull.review(state="APPROVED", by="zoe", at=at + DAY / 4, body="Looks right, thanks.")
    for hour in range(6):
        pull.comment(by="max", at=at + DAY / 3, body=f"Run {hour}: `throughput` is {hour} % higher.")
    pull.merge(by="max", at=NOW - 2 * DAY)
    issue.close(by="max", at=NOW - 2 * DAY)
    world.repository(OTHER).open_issue("[Bug]: No device is found", by="dan", at=at)
    return world
