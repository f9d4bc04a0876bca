"""Transport compression of the gateway: `zlib-stream` and `zstd-stream`."""

from __future__ import annotations

import sys
import zlib
from typing import Protocol

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


class Compressor(Protocol):
    def compress(self, data: bytes) -> bytes: ...


class Plain:
    def compress(self, data: bytes) -> bytes:
        return data


class Zlib:
    """One stream for a connection, flushed after each payload: it ends in 00 00 FF FF."""

    def __init__(self) -> None:
        self._stream = zlib.compressobj()

    def compress(self, data: bytes) -> bytes:
        return self._stream.compress(data) + self._stream.flush(zlib.Z_SYNC_FLUSH)


class Zstd:
    """One stream for a connection, flushed after each payload."""

    def __init__(self) -> None:
        self._stream = zstd.ZstdCompressor()

    def compress(self, data: bytes) -> bytes:
        return self._stream.compress(data, mode=zstd.ZstdCompressor.FLUSH_BLOCK)


def compressor(name: str) -> Compressor:
    """name: as in the query, "" for none."""
    if name == "zlib-stream":
        return Zlib()
    return Zstd() if name == "zstd-stream" else Plain()
