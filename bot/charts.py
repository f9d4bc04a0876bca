"""The pictures of digests, as chat platforms take them: each drawn once, for all channels and processes."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import TYPE_CHECKING, Final

import structlog

from adapters.charts import ChartError, drawing, png
from summarizer import languages
from summarizer.errors import StoreError
from summarizer.pictures import panel, panel_alt

if TYPE_CHECKING:
    from adapters.store.cache import Cache
    from summarizer.digests import Digest

log = structlog.get_logger()

KEEP_S: Final = 7 * 24 * 3600

NAME: Final = "panel"
"""Which of a digest's pictures chats get."""


class Charts:
    """Kept in the cache by digest, revision, language, and what draws; a cache that is away is gone without."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._drawing: dict[str, asyncio.Task[bytes | None]] = {}

    async def of(self, digest: Digest) -> tuple[bytes, str] | None:
        """A PNG and what it shows in words; None where it cannot be drawn, since a digest is one without it."""
        alt = await asyncio.to_thread(panel_alt, digest.facts, languages.load(digest.lang))
        key = key_of(digest, alt)
        drawn = self._drawing.get(key)
        if drawn is None:
            drawn = self._drawing[key] = asyncio.create_task(self._drawn(key, digest), name="chart")
            drawn.add_done_callback(lambda _: self._drawing.pop(key, None))
        # one who gives up does not take it from the others
        picture = await asyncio.shield(drawn)
        return None if picture is None else (picture, alt)

    async def _drawn(self, key: str, digest: Digest) -> bytes | None:
        try:
            kept = await self._cache.get(key)
        except StoreError as error:
            log.warning("chart not looked up", error=error.key)
            kept = None
        if kept is not None:
            return kept
        made = await chart_of(digest)
        if made is None:
            return None
        picture, _ = made
        try:
            await self._cache.put(key, picture, KEEP_S)
        except StoreError as error:
            log.warning("chart not kept", error=error.key)
        return picture


async def chart_of(digest: Digest) -> tuple[bytes, str] | None:
    """The same, drawn anew."""
    svg, alt = await asyncio.to_thread(panel, digest.facts, languages.load(digest.lang))
    try:
        return await png(svg), alt
    except ChartError as error:
        log.warning("chart not drawn", error=str(error))
        return None


def key_of(digest: Digest, alt: str) -> str:
    """Begins with the repository, whose pictures go when it is forgotten. A digest that is asked for again may tell of
    more by then without being another: what it shows in words is in the key as well."""
    told = sha256(alt.encode()).hexdigest()[:8]
    of = f"{digest.facts.repo.lower()}#{digest.id}:{digest.revision}:{digest.lang}"
    return f"picture:{of}:{NAME}:{drawing()}:{told}"
