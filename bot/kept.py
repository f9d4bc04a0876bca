"""Kept digests: those made on demand, in the cache, for the same question again and for whoever has one before them."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import structlog

from adapters.store.codec import Codec, SwiftCodec
from summarizer.digests import Digest
from summarizer.errors import StoreError

if TYPE_CHECKING:
    from adapters.store.cache import Cache
    from summarizer.facts import Facts
    from summarizer.items import Item

log = structlog.get_logger()

KEEP_S: Final = 7 * 24 * 3600
UNSETTLED_S: Final = 60
"""For how long a digest answers the same question again that may come out better: its data not settled, or its model
failing. Who has it before them can open it for as long as any other."""

AT_HAND: Final = 8
"""Digests that stay unpacked in this process: a channel that talks about one opens it again and again."""

MOST_SHARED: Final = 4_000
"""Items that digests have in common, some 10 KB each."""

MOST_FACTS: Final = 64
"""Facts that they have in common, some 300 KB each without the items."""

_DIGEST: Codec[Digest] = SwiftCodec(Digest, level=1)  # large and kept for days only: fast before small


class Kept:
    """By handle."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._at_hand: OrderedDict[bytes, Digest] = OrderedDict()
        self._shared: dict[tuple[str, int], Item] = {}
        self._facts: dict[tuple[object, ...], Facts] = {}

    async def put(self, handle: str, digest: Digest, *, settled: bool) -> None:
        """Keep it. Raises StoreError."""
        data = await asyncio.to_thread(_DIGEST.dump, digest)
        await self._cache.put(f"digest:{handle}", data, KEEP_S if settled else UNSETTLED_S)
        if not settled:
            await self._cache.put(f"shown:{handle}", data, KEEP_S)

    async def answering(self, handle: str) -> Digest | None:
        """The digest that answers the same question again. Raises StoreError."""
        return await self._load(f"digest:{handle}")

    async def shown(self, handle: str) -> Digest | None:
        """The digest that somebody has before them. Raises StoreError."""
        return await self.answering(handle) or await self._load(f"shown:{handle}")

    async def _load(self, key: str) -> Digest | None:
        data = await self._cache.get(key)
        if data is None:
            return None
        digest = self._at_hand.get(data)
        if digest is None:
            digest = await asyncio.to_thread(self._unpacked, data)
            if digest is None:
                return None
            self._at_hand[data] = digest
        self._at_hand.move_to_end(data)
        while len(self._at_hand) > AT_HAND:
            self._at_hand.popitem(last=False)
        return digest

    def _unpacked(self, data: bytes) -> Digest | None:
        """With the very items of digests that were unpacked before, where they are equal: they are nearly all that a
        digest holds, and what many channels are sent at one time tells mostly of the same ones."""
        digest = _loaded(data)
        if digest is None:
            return None
        facts = digest.facts
        if len(self._shared) + len(facts.items) > MOST_SHARED:
            self._shared = {}
        shared, items = self._shared, {}
        for number, item in facts.items.items():
            same = shared.get((facts.repo, number))
            if same != item:
                shared[facts.repo, number] = same = item
            items[number] = same
        facts = replace(facts, items=items)
        return replace(digest, facts=self._facts_like(facts))

    def _facts_like(self, facts: Facts) -> Facts:
        """Those of the same digest in another language, if they are the same."""
        key = (facts.repo, facts.window, facts.filters)
        same = self._facts.get(key)
        if same != facts:
            self._facts[key] = same = facts
        while len(self._facts) > MOST_FACTS:
            self._facts.pop(next(iter(self._facts)), None)
        return same


def _loaded(data: bytes) -> Digest | None:
    """None for another version's: it can be made again."""
    try:
        return _DIGEST.load(data)
    except StoreError as error:
        log.warning("kept digest unreadable", error=error.key)
        return None
