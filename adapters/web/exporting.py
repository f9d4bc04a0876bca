"""Exporting: the archive as files, for hosts that serve nothing else. The very pages that the web process serves are
asked for without a server, from those that lead to all others on.
"""

from __future__ import annotations

import asyncio
import posixpath
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, ClassVar, Final, Protocol, Self
from urllib.parse import quote, unquote, urlencode, urlsplit

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from adapters.web.app import serve_static
from adapters.web.cards import Cards
from adapters.web.digests import Digests
from adapters.web.feeds import Feeds
from adapters.web.front import Front
from adapters.web.robots import Robots
from adapters.web.site import Site
from adapters.web.topics import Topics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from adapters.web.archive import Archive

PAGES: Final = (Robots, Feeds, Cards, Topics, Digests, Front)
"""Those that are the same for everybody and need nobody to answer."""

AT_ONCE: Final = 8
"""Files that are made before others are handed out."""

_FILES: Final = (".md", ".json", ".svg", ".png", ".atom")


@dataclass(frozen=True, slots=True)
class StaticSite(Site):
    """A site of files, in which pages name each other's.

    has_cards: whether the pictures are drawn that others show beside a link, which take longer than all else. asked:
    what the web process is asked for to have each file, by its address here; it grows while pages are made. told: its
    addresses that nobody has asked for yet.
    """

    has_cards: bool = False
    asked: dict[str, str] = field(default_factory=dict)
    told: deque[str] = field(default_factory=deque)

    formats: ClassVar[tuple[str, ...]] = ()
    """A digest's Markdown and JSON would be more than all its pages; its pictures are in them."""

    is_static = True

    def digest_url(self, repo: str, digest_id: str, suffix: str = "", lang: str = "") -> str:
        if suffix == "/card.png" and not self.has_cards:
            return ""
        return Site.digest_url(self, repo, digest_id, suffix, lang)

    def item_url(self, repo: str, number: int, lang: str = "") -> str:
        """On GitHub, which leads on to a pull request: a page for each of them would be more than all others."""
        return f"https://github.com/{repo}/issues/{number}"

    def archive_url(self, repo: str, lang: str = "", *, month: str = "", edition: str = "") -> str:
        """By month alone: each edition's own would be most of the index pages."""
        return Site.archive_url(self, repo, lang, month=month)

    def topic_url(self, repo: str, key: str, lang: str = "", *, before: str = "") -> str:
        """The last weeks alone: those before them would be most of the site, and change with every late comment."""
        return "" if before else Site.topic_url(self, repo, key, lang)

    def search_url(self, repo: str, lang: str = "", *, q: str = "", page: int = 1) -> str:
        return ""

    def ask_url(self, repo: str, lang: str = "", *, q: str = "") -> str:
        return ""

    def feed_url(self, repo: str, name: str, lang: str, form: str) -> str:
        path = f"/{repo}/feeds/{quote(name)}.{lang}.{form}"
        return self._told(path, path)

    def _page(self, path: str, lang: str, **query: str) -> str:
        asked = {name: value for name, value in (("lang", lang), *query.items()) if value}
        wanted = f"{path}?{urlencode(asked)}" if asked else path
        marks = [f"{name}-{value}" for name, value in sorted(query.items()) if value]
        marks += [lang] if lang and lang != self.lang else []
        stem, ending = posixpath.splitext(path)
        if ending in _FILES and "/digests/" in path:
            return self._told(".".join([stem, *marks]) + ending, wanted)
        if path.count("/") in (1, 2) and path != "/about":  # the site's and a repository's are folders
            name = ".".join(["index", *marks])
            folder = path.rstrip("/")
            return self._told(f"{folder}/{name}.html" if marks else f"{folder}/", wanted)
        return self._told(".".join([path, *map(quote, marks)]) + ".html", wanted)

    def _static(self, name: str) -> str:
        address = Site._static(self, name)
        path = address.removeprefix(self.base)
        self._told(path, path)
        return address

    @classmethod
    def of(cls, site: Site, *, has_cards: bool = False) -> StaticSite:
        """The site as files, where nobody can sign in."""
        return cls(
            base=site.base,
            origin=site.origin,
            lang=site.lang,
            is_indexed=site.is_indexed,
            tz=site.tz,
            has_cards=has_cards,
        )

    def alike(self) -> StaticSite:
        """The same site, for another maker."""
        return replace(self, asked={}, told=deque())

    def begins(self) -> list[tuple[str, str]]:
        """The pages that lead to all others."""
        self.home_url()
        for path in ("/robots.txt", "/sitemap.xml"):
            self._told(path, path)
        return list(self.newly_told())

    def newly_told(self) -> tuple[tuple[str, str], ...]:
        """The addresses that were told since this was asked last, each with what is asked for to have it."""
        told: dict[str, str] = {}
        while self.told:
            address = self.told.popleft()
            told[address] = self.asked[address]
        return tuple(told.items())

    def _told(self, here: str, asked: str) -> str:
        address = f"{self.base}{here}"
        if address not in self.asked:
            self.asked[address] = asked
            self.told.append(address)  # twice at worst: pages are made in threads
        return address


@dataclass(frozen=True, slots=True)
class Made:
    """A file: its path, without a slash at the beginning, and what is in it, None where there is nothing. told: further
    addresses that it names, each with what is asked for to have it."""

    path: str
    content: bytes | None
    told: tuple[tuple[str, str], ...]


class Making(Protocol):
    """Makes files of a site, in this process or in another."""

    async def make(self, wanted: Sequence[tuple[str, str]]) -> Sequence[Made]:
        """Those at these addresses, each with what is asked for to have it. Raises StoreError."""
        ...


class Maker:
    """Makes them here. An async context manager."""

    def __init__(self, archive: Archive, site: StaticSite) -> None:
        self._site = site
        app = Starlette(
            routes=[
                Route("/static/{name}", serve_static),
                *(route for pages in PAGES for route in pages(archive, site).routes()),
            ]
        )
        transport = httpx.ASGITransport(app)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://site.invalid")

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *how: object) -> None:
        await self._client.aclose()

    async def make(self, wanted: Sequence[tuple[str, str]]) -> Sequence[Made]:
        """See `Making`."""
        return [await self._made(address, asked) for address, asked in wanted]

    async def _made(self, address: str, asked: str) -> Made:
        answer = await self._client.get(asked)
        content = answer.content if answer.status_code == httpx.codes.OK else None
        return Made(_path(address.removeprefix(self._site.base)), content, self._site.newly_told())


async def exported(site: StaticSite, makers: Sequence[Making]) -> AsyncIterator[tuple[str, bytes]]:
    """Each file of the site, as `Made` has it, made by all of these at the same time. Raises StoreError."""
    waiting = deque(site.begins())
    known = {address for address, _ in waiting}
    free = list(makers)
    making: dict[asyncio.Task[Sequence[Made]], Making] = {}
    try:
        while waiting or making:
            while free and waiting:
                batch = [waiting.popleft() for _ in range(min(AT_ONCE, len(waiting)))]
                maker = free.pop()
                making[asyncio.create_task(maker.make(batch))] = maker
            done, _ = await asyncio.wait(making, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                free.append(making.pop(task))
                for made in task.result():
                    for each in made.told:
                        if each[0] not in known:
                            known.add(each[0])
                            # what is small and of the page that was made goes before further pages
                            (waiting.appendleft if each[0].endswith(_FILES) else waiting.append)(each)
                    if made.content is not None:
                        yield made.path, made.content
    finally:
        for task in making:
            task.cancel()


def _path(address: str) -> str:
    """The file of an address."""
    path = unquote(urlsplit(address).path).lstrip("/")
    return f"{path}index.html" if not path or path.endswith("/") else path
