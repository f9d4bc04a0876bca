"""The web app on a loopback port, with an archive from memory."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx

from adapters.chat import Reply
from adapters.web.app import web_app
from adapters.web.archive import (
    Asked,
    ItemShown,
    Listed,
    SearchShown,
    Standing,
    TopicListed,
    TopicShown,
    Trends,
    Visitor,
)
from adapters.web.server import serve
from summarizer.digests import Digest
from tests.references import ITEMS, WINDOWS, digest_of, facts_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence
    from datetime import datetime

    from starlette.routing import BaseRoute

    from adapters.web.doors import Doors
    from adapters.web.rates import Rates
    from adapters.web.site import Site
    from summarizer.windows import Edition

REPO = "vllm-project/vllm"
ID = "daily-2025-12-10-0123456789"
PATH = f"/{REPO}/digests/{ID}"
SECRET_REPO = "acme/secret"


@dataclass
class Shelf:
    """An archive of one repository, with one digest in each of `kept_in`. SECRET_REPO is there for whoever signed in.

    digests: further ones, by id and language, of those that are `listed`. failure: raised instead. checks: what is
    ready. stamp: of the repository. The rest is told as it is given here.
    """

    kept_in: tuple[str, ...] = ("en", "zh")
    failure: Exception | None = None
    checks: dict[str, bool] = field(default_factory=lambda: {"store": True, "slack": True})
    stamp: str = "1"
    listed: list[Listed] = field(default_factory=list)
    digests: dict[tuple[str, str], Digest] = field(default_factory=dict)
    items: dict[int, ItemShown] = field(default_factory=dict)
    topics_listed: tuple[TopicListed, ...] = ()
    topics_shown: dict[str, TopicShown] = field(default_factory=dict)
    trends_shown: Trends | None = None
    found: Callable[[str, int], SearchShown | None] = lambda _words, _page: None
    answer: Callable[[Asked], Reply] = lambda asked: Reply(f"Asked: {asked.line}", "en", line=asked.line)
    asked: list[Asked] = field(default_factory=list)
    opened: int = 0

    def at_hand(self, repo: str, visitor: Visitor) -> Standing | None:
        if repo.lower() == REPO or (repo.lower() == SECRET_REPO and visitor.is_signed_in):
            name = repo.lower()
            return Standing(name, self.stamp, self.stamp, None, None, None, None, name == REPO)
        return None

    async def standing(self, repo: str, visitor: Visitor) -> Standing | None:
        self._fail()
        return self.at_hand(repo, visitor)

    async def repos(self, visitor: Visitor) -> Sequence[Standing]:
        self._fail()
        return [each for repo in (REPO, SECRET_REPO) if (each := self.at_hand(repo, visitor))]

    async def newest(
        self,
        repo: str,
        visitor: Visitor,
        *,
        edition: Edition | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        limit: int = 100,
    ) -> Sequence[Listed]:
        self._fail()
        if self.at_hand(repo, visitor) is None:
            return ()
        kept = [*self.listed, *([the_digest(self.kept_in)] if self.kept_in and repo.lower() == REPO else [])]
        kept.sort(key=lambda each: each.until, reverse=True)
        return [
            each
            for each in kept
            if edition in (None, each.edition)
            and (since is None or since <= each.until)
            and (until is None or each.until < until)
        ][:limit]

    async def languages(self, repo: str, digest_id: str, visitor: Visitor) -> Sequence[str]:
        self._fail()
        if further := [lang for kept, lang in self.digests if kept == digest_id]:
            return further
        return self.kept_in if (repo.lower(), digest_id) == (REPO, ID) else ()

    async def open(self, repo: str, digest_id: str, lang: str, visitor: Visitor) -> Digest | None:
        self.opened += 1
        if (digest_id, lang) in self.digests:
            return self.digests[digest_id, lang]
        if (repo.lower(), digest_id) != (REPO, ID) or lang not in self.kept_in:
            return None
        return digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), lang)

    async def item(self, repo: str, number: int, visitor: Visitor) -> ItemShown | None:
        if self.at_hand(repo, visitor) is None:
            return None
        return self.items.get(number) or ItemShown(repo, number, None, missing="unknown")

    async def trends(self, repo: str, visitor: Visitor) -> Trends | None:
        return self.trends_shown

    async def topics(self, repo: str, visitor: Visitor) -> Sequence[TopicListed]:
        return self.topics_listed

    async def topic(self, repo: str, key: str, visitor: Visitor, *, before: str = "") -> TopicShown | None:
        return self.topics_shown.get(key)

    async def search(self, repo: str, words: str, visitor: Visitor, *, page: int = 1) -> SearchShown | None:
        return self.found(words, page)

    async def ask(self, asked: Asked, visitor: Visitor) -> Reply:
        self.asked.append(asked)
        return self.answer(asked)

    async def ready(self) -> Mapping[str, bool]:
        self._fail()
        return self.checks

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


def the_digest(kept_in: Sequence[str] = ("en", "zh")) -> Listed:
    """The one of the shelf, as lists tell it."""
    digests = {lang: digest_of(facts_of(ITEMS, WINDOWS["19:59:30-20:59"]), lang) for lang in kept_in}
    window = digests[kept_in[0]].facts.window
    return Listed(
        repo=REPO,
        id=ID,
        edition="daily",
        titles={lang: digest.title for lang, digest in digests.items()},
        until=window.until,
        since=window.since,
        kept_at=window.until + timedelta(minutes=5),
        counts={"prs_opened": 2, "prs_merged": 3, "prs_closed_unmerged": 1},
        topics=("amd",),
    )


def earlier(listed: Listed, days: int) -> Listed:
    """Another digest, of so many days before."""
    back = timedelta(days=days)
    assert listed.since is not None
    assert listed.kept_at is not None
    return replace(
        listed,
        id=f"daily-{days}-0123456789",
        until=listed.until - back,
        since=listed.since - back,
        kept_at=listed.kept_at - back,
    )


@asynccontextmanager
async def visiting(
    shelf: Shelf,
    *,
    extra_routes: Sequence[BaseRoute] = (),
    site: Site | None = None,
    doors: Doors | None = None,
    rates: Rates | None = None,
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser before the app, until the block ends."""
    app = web_app(
        archive=shelf, readiness=shelf, extra_routes=extra_routes, site=site, doors=doors, rates=rates
    )
    port: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve(app, "127.0.0.1", 0, listening=port.set_result))
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{await port}") as client:
            yield client
    finally:
        serving.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await serving
