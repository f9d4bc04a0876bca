"""Texts as bytes: zstd with a dictionary that was trained on the repository's own texts.

A thread is short and threads resemble each other (templates, environment dumps, names), which a dictionary knows and
plain compression has to learn anew in each. Every frame names its dictionary, so old ones stay readable.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from summarizer.errors import StoreError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from adapters.store.connection import Connection

LEVEL = 3  # the higher ones take four times as long for a tenth less
SAMPLES = 400
"""Texts a dictionary is trained on: the first ones that are saved, some seconds into a first sync."""
SAMPLE_BYTES = 16_384
DICTIONARY_BYTES = 65_536

_ADOPT = """
if redis.call('HLEN', KEYS[1]) > 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
"""


class Texts:
    """Compresses and decompresses the texts of one repository."""

    def __init__(self, connection: Connection, key: str) -> None:
        """key: of the hash that holds the repository's dictionaries by id."""
        self._connection = connection
        self._key = key
        self._known: dict[int, zstd.ZstdDict] = {}
        self._compressor: zstd.ZstdCompressor | None = None
        self._samples: list[bytes] | None = None
        self._asked = False

    async def prepare(self, texts: list[bytes]) -> None:
        """Before `texts` are compressed: know the dictionary, or train one once there are enough to learn from."""
        if self._known:
            return
        if not self._asked:
            await self._load()
            self._asked = True
        if self._known:
            return
        self._samples = (self._samples or []) + [text[:SAMPLE_BYTES] for text in texts]
        if len(self._samples) >= SAMPLES:
            samples, self._samples = self._samples[:SAMPLES], []
            dictionary = await asyncio.to_thread(_trained, samples)
            if dictionary is not None:
                # another process may have been first; one dictionary is enough for all
                await self._connection.call(
                    "EVAL", _ADOPT, 1, self._key, dictionary.dict_id, dictionary.dict_content
                )
                await self._load()

    def compress(self, text: bytes) -> bytes:
        if self._compressor is None:
            newest = next(reversed(self._known.values()), None)
            self._compressor = zstd.ZstdCompressor(level=LEVEL, zstd_dict=newest)
        return self._compressor.compress(text, mode=zstd.ZstdCompressor.FLUSH_FRAME)

    async def ready(self, texts: list[bytes | None]) -> None:
        """Before `texts` are decompressed: know the dictionaries they need."""
        needed = {_dictionary_of(text) for text in texts if text}
        if not needed <= {0, *self._known}:
            await self._load()

    def decompress(self, text: bytes) -> bytes:
        """Raises StoreError `store.record` for bytes that are none of ours."""
        try:
            return zstd.decompress(text, zstd_dict=self._known.get(_dictionary_of(text)))
        except zstd.ZstdError as error:
            raise StoreError("store.record") from error

    async def _load(self) -> None:
        stored: dict[bytes, bytes] = await self._connection.call("HGETALL", self._key)
        for content in stored.values():
            dictionary = zstd.ZstdDict(content)
            self._known.setdefault(dictionary.dict_id, dictionary)
        if self._known:
            self._samples = None  # up to 6 MB, and another process may have learnt from its own
        self._compressor = None


def _dictionary_of(text: bytes) -> int:
    try:
        return zstd.get_frame_info(text).dictionary_id
    except zstd.ZstdError as error:
        raise StoreError("store.record") from error


def _trained(samples: list[bytes]) -> zstd.ZstdDict | None:
    """None when the samples have nothing in common to learn."""
    try:
        return zstd.train_dict(samples, DICTIONARY_BYTES)
    except (zstd.ZstdError, ValueError):
        return None
