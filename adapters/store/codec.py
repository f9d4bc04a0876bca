"""Records as bytes: JSON of the frozen dataclasses, compressed where that pays.

A field that a record lacks takes its default and an unknown one is left out, so records outlive versions.
"""

from __future__ import annotations

import zlib
from functools import cached_property
from typing import Any, Generic, TypeVar

import msgspec
from pydantic import TypeAdapter, ValidationError

from summarizer.errors import StoreError

COMPRESS_FROM = 1024  # bytes; shorter JSON hardly shrinks

_ZLIB = b"\x78"  # how zlib's streams begin (RFC 1950); JSON of ours begins with a brace or a bracket

T = TypeVar("T")


class Codec(Generic[T]):
    """Records of one type. kind: the dataclass, or a tuple of it. level: how hard to compress, 1 to 9 as zlib's."""

    def __init__(self, kind: object, level: int = 6) -> None:
        self._kind: Any = kind
        self._level = level

    @cached_property
    def _adapter(self) -> TypeAdapter[T]:
        return TypeAdapter(self._kind)  # some 50 ms for an item, so only once something is loaded or saved

    def dump(self, record: T) -> bytes:
        data = self._adapter.dump_json(record, exclude_defaults=True)
        return data if len(data) < COMPRESS_FROM else zlib.compress(data, self._level)

    def load(self, data: bytes) -> T:
        """Raises StoreError `store.record` when the bytes are none of ours."""
        try:
            return self._adapter.validate_json(zlib.decompress(data) if data.startswith(_ZLIB) else data)
        except (zlib.error, ValidationError) as error:
            raise StoreError("store.record") from error


class SwiftCodec(Codec[T]):
    """Reads large records in half the time. Of fields that are a dataclass or something else it knows nothing."""

    @cached_property
    def _decoder(self) -> msgspec.json.Decoder[T]:
        return msgspec.json.Decoder(self._kind)

    def load(self, data: bytes) -> T:
        """See `Codec.load`."""
        try:
            return self._decoder.decode(zlib.decompress(data) if data.startswith(_ZLIB) else data)
        except (zlib.error, msgspec.MsgspecError) as error:
            raise StoreError("store.record") from error
