"""Feeds of kept digests, as Atom (RFC 4287) and as JSON Feed 1.1: all of them, those of an edition or of a topic.

An entry is a digest in one language. Its id stays when the digest is corrected, when the site moves and when the digest
is kept in a further language, so that a reader shows what is new as unread, and nothing else.

Where the site does not know its own address, an Atom feed names pages relative to its own, as RFC 4287 lets it, and a
JSON Feed, which may not, names none outside of the text. The address that a request bears is never told: anybody can
make it up.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, cast

from starlette.exceptions import HTTPException
from starlette.routing import Route

from adapters.web.entries import Entry, entry_of, urn
from adapters.web.responding import page_of, standing_of, visitor_of
from adapters.web.walking import walk
from adapters.web.ways import ATOM, JSON
from summarizer import languages
from summarizer.escaping import fill
from summarizer.windows import EDITIONS, Edition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute

    from adapters.web.archive import Archive, Listed, Visitor
    from adapters.web.site import Site
    from summarizer.languages import Language

ENTRIES: Final = 30

LOOKED_AT: Final = 2_000
"""Kept digests that are looked through for those of a feed."""

REMEMBERED: Final = 300
"""Entries that are kept at hand: a new digest makes its own anew, and not those before it."""

_TYPES: Final = {"atom": ATOM, "json": JSON}
_NAME: Final = re.compile(
    rf"(?P<name>all|{'|'.join(EDITIONS)}|topic-(?P<topic>[a-z0-9][a-z0-9-]{{0,31}}))\.(?P<lang>[a-z]+)\.(?P<form>atom|json)"
)
_NEVER: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NO_CHARACTERS: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML has no place for (its "Char"), and half pairs, which are no text at all."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A feed, by its name. edition, topic: what it is limited to, None and "" for nothing."""

    name: str
    lang: str
    form: str
    edition: Edition | None = None
    topic: str = ""

    @classmethod
    def parse(cls, text: str) -> _Wanted | None:
        found = _NAME.fullmatch(text)
        if found is None or found["lang"] not in languages.codes():
            return None
        edition = cast("Edition", found["name"]) if found["name"] in EDITIONS else None
        return cls(found["name"], found["lang"], found["form"], edition, found["topic"] or "")

    def has(self, listed: Listed) -> bool:
        return (
            self.lang in listed.languages
            and self.edition in (None, listed.edition)
            and (not self.topic or self.topic in listed.topics)
        )


@dataclass(frozen=True, slots=True)
class _Feed:
    """What is told of a feed besides its entries. updated: as the feed tells it."""

    id: str
    title: str
    about: str
    updated: str
    home_url: str
    atom_url: str
    json_url: str


class Feeds:
    """Its routes, over what the archive lets a visitor read."""

    def __init__(self, archive: Archive, site: Site) -> None:
        self._archive = archive
        self._site = site
        self._entries: OrderedDict[tuple[object, ...], Entry | None] = OrderedDict()
        self._opening = asyncio.Lock()

    def routes(self) -> list[BaseRoute]:
        return [Route("/{owner}/{name}/feeds/{feed}", self._feed)]

    async def _feed(self, request: Request) -> Response:
        wanted = _Wanted.parse(request.path_params["feed"])
        if wanted is None:
            raise HTTPException(404)
        standing = await standing_of(request, self._archive)
        visitor = visitor_of(request)
        language = languages.load(wanted.lang)
        entries = await self._newest(standing.repo, wanted, language, visitor)
        topic = ""
        if wanted.topic:
            topic = entries[0].topic if entries else await self._topic(standing.repo, wanted, visitor)
        feed = self._about(standing.repo, wanted, language, topic, entries)
        write = _atom if wanted.form == "atom" else self._json
        body = await asyncio.to_thread(write, feed, entries, language)
        return page_of(
            request,
            _NO_CHARACTERS.sub("", body),
            _TYPES[wanted.form],
            standing=standing,
            of_archive=True,
        )

    async def _newest(
        self, repo: str, wanted: _Wanted, language: Language, visitor: Visitor
    ) -> Sequence[Entry]:
        entries: list[Entry] = []
        looked_at = 0
        async for listed in walk(self._archive, repo, visitor):
            looked_at += 1
            if wanted.has(listed) and (entry := await self._entry(listed, wanted, language, visitor)):
                entries.append(entry)
            if len(entries) == ENTRIES or looked_at == LOOKED_AT:
                break
        return entries

    async def _entry(
        self, listed: Listed, wanted: _Wanted, language: Language, visitor: Visitor
    ) -> Entry | None:
        """None where it has gone by now, or tells nothing of the topic."""
        updated = listed.kept.get(wanted.lang) or listed.kept_at or listed.until
        key = (listed.repo.lower(), listed.id, wanted.lang, wanted.topic, updated)
        async with self._opening:  # those who come together wait for the first
            if key in self._entries:
                self._entries.move_to_end(key)
                return self._entries[key]
            digest = await self._archive.open(listed.repo, listed.id, wanted.lang, visitor)
            if digest is None:
                return None
            entry = await asyncio.to_thread(
                entry_of,
                digest,
                language,
                self._site,
                repo=listed.repo,
                updated=updated,
                topic=wanted.topic,
            )
            self._entries[key] = entry
            if len(self._entries) > REMEMBERED:
                self._entries.popitem(last=False)
            return entry

    async def _topic(self, repo: str, wanted: _Wanted, visitor: Visitor) -> str:
        """The title of a topic that no digest tells of. Raises HTTPException 404 where there is no such topic."""
        for each in await self._archive.topics(repo, visitor):
            if each.key == wanted.topic:
                return each.titles.get(wanted.lang) or each.titles.get("en") or each.key
        raise HTTPException(404)

    def _about(
        self, repo: str, wanted: _Wanted, language: Language, topic: str, entries: Sequence[Entry]
    ) -> _Feed:
        site, lang = self._site, wanted.lang
        kind = "topic" if wanted.topic else wanted.name
        home = site.list_url(repo, lang)
        if wanted.topic:
            home = site.topic_url(repo, wanted.topic, lang)
        elif wanted.edition:
            home = site.archive_url(repo, lang, edition=wanted.edition)
        return _Feed(
            id=urn("feed", repo.lower(), wanted.name, lang),
            title=language.text(f"web.feed.title.{kind}", repo=repo, topic=topic),
            about=language.text(
                "web.feed.about_topic" if topic else "web.feed.about", repo=repo, topic=topic
            ),
            updated=at(max((entry.updated for entry in entries), default=_NEVER)),
            home_url=self._address(home),
            atom_url=self._address(site.feed_url(repo, wanted.name, lang, "atom")),
            json_url=self._address(site.feed_url(repo, wanted.name, lang, "json")),
        )

    def _address(self, url: str) -> str:
        return self._site.absolute(url) or url

    def _json(self, feed: _Feed, entries: Sequence[Entry], language: Language) -> str:
        is_known = bool(self._site.origin)
        told = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed.title,
            **({"home_page_url": feed.home_url, "feed_url": feed.json_url} if is_known else {}),
            "description": feed.about,
            "language": language.code,
            "authors": [{"name": "vllm-digest"}],
            "items": [
                {
                    "id": entry.id,
                    **({"url": entry.url} if is_known else {}),
                    "title": entry.title,
                    "summary": entry.summary,
                    "content_html": entry.content,
                    "date_published": at(entry.published),
                    "date_modified": at(entry.updated),
                    "tags": list(entry.tags),
                }
                for entry in entries
            ],
        }
        return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _atom(feed: _Feed, entries: Sequence[Entry], language: Language) -> str:
    return fill("feed.atom.jinja", feed=feed, entries=entries, language=language, at=at)


def at(instant: datetime) -> str:
    """As RFC 3339 writes it, in UTC and to the second."""
    return f"{instant.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
