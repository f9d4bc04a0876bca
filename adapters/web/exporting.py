"""Exporting: the archive as files, for hosts that serve nothing else. The very pages that the web process serves are
asked for in this process, from those that lead to all others on.
"""

from __future__ import annotations

import asyncio
import posixpath
from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Final
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
    from collections.abc import AsyncIterator

    from adapters.web.archive import Archive

PAGES: Final = (Robots, Feeds, Cards, Topics, Digests, Front)
"""Those that are the same for everybody and need nobody to answer."""

AT_ONCE: Final = 4
_FILES: Final = (".md", ".json", ".svg", ".png", ".atom")


@dataclass(frozen=True, slots=True)
class StaticSite(Site):
    """A site of files, in which pages name each other's.

    has_cards: whether the pictures are drawn that others show beside a link, which take longer than all else. asked:
    what the web process is asked for to have each file, by its address here; it grows while pages are made.
    """

    has_cards: bool = False
    asked: dict[str, str] = field(default_factory=dict)

    is_static = True

    def digest_url(self, repo: str, digest_id: str, suffix: str = "", lang: str = "") -> str:
        if suffix == "/card.png" and not self.has_cards:
            return ""
        if suffix.endswith(".png") and suffix != "/card.png":
            suffix = suffix.removesuffix(".png") + ".svg"  # which needs no drawing
        return Site.digest_url(self, repo, digest_id, suffix, lang)

    def item_url(self, repo: str, number: int, lang: str = "") -> str:
        """On GitHub, which leads on to a pull request: a page for each of them would be more than all others."""
        return f"https://github.com/{repo}/issues/{number}"

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

    def _told(self, here: str, asked: str) -> str:
        address = f"{self.base}{here}"
        self.asked.setdefault(address, asked)
        return address


async def exported(archive: Archive, site: StaticSite) -> AsyncIterator[tuple[str, bytes]]:
    """Each file of the site: its path, without a slash at the beginning, and what is in it. Raises StoreError."""
    app = Starlette(
        routes=[
            Route("/static/{name}", serve_static),
            *(route for pages in PAGES for route in pages(archive, site).routes()),
        ]
    )
    site.home_url()
    site._told("/robots.txt", "/robots.txt")
    site._told("/sitemap.xml", "/sitemap.xml")
    waiting: deque[asyncio.Task[tuple[str, bytes | None]]] = deque()
    begun = 0
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://site.invalid") as client:

        async def file_of(address: str) -> tuple[str, bytes | None]:
            answer = await client.get(site.asked[address])
            content = answer.content if answer.status_code == httpx.codes.OK else None
            return _path(address.removeprefix(site.base)), content

        try:
            while True:
                for address in tuple(islice(site.asked, begun, begun + AT_ONCE - len(waiting))):
                    begun += 1
                    waiting.append(asyncio.create_task(file_of(address)))
                if not waiting:
                    return
                path, content = await waiting.popleft()
                if content is not None:
                    yield path, content
        finally:
            for task in waiting:
                task.cancel()


def _path(address: str) -> str:
    """The file of an address."""
    path = unquote(urlsplit(address).path).lstrip("/")
    return f"{path}index.html" if not path or path.endswith("/") else path
