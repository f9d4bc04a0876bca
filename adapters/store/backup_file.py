"""A backup as a file: a line that tells what it is, then records of keys, compressed, and a checksum of it all.

    vllm-digest backup 1 {"schema":2,"at":"2025-12-10T09:00:00Z","secrets":false}
    <one zstd stream: for each key its length (4 bytes) and a record in MessagePack; 0; a SHA-256 of all before it>

It holds values and not the server's own dumps, so it may be read into any server that speaks the protocol.
"""

from __future__ import annotations

import hashlib
import os
import sys
from contextlib import contextmanager, suppress
from datetime import datetime  # noqa: TC003 - msgspec reads the annotations
from secrets import token_hex
from typing import TYPE_CHECKING, BinaryIO, Final, Literal

import msgspec

from summarizer.errors import BadInput

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

FORMAT: Final = 1
LEVEL: Final = 3  # the texts are compressed already
MODE: Final = 0o600  # what people said and asked is in it

_MAGIC: Final = b"vllm-digest backup "
_LONGEST_LINE: Final = 4096
_LENGTH: Final = 4
_LONGEST_RECORD: Final = 1 << 30

Kind = Literal["hash", "set", "zset", "list", "string"]


class Header(msgspec.Struct, frozen=True):
    """What a backup is of. schema: the store's version. at: when it was begun. secrets: whether it holds them."""

    schema: int
    at: datetime
    secrets: bool


class Entry(msgspec.Struct, array_like=True, frozen=True):
    """A key with all of its value.

    expires_at: in milliseconds since 1970, 0 for never. items: the words behind the key in the command that writes it:
    fields and values of a hash, scores and members of a sorted set, the members of a set or a list, the string.
    """

    key: bytes
    kind: Kind
    expires_at: int
    items: list[bytes]


_ENCODER: Final = msgspec.msgpack.Encoder()
_ENTRY: Final = msgspec.msgpack.Decoder(Entry)
_HEADER: Final = msgspec.json.Decoder(Header)


class Writer:
    """A file on its way: it is there once it is finished, whole, or not at all. What was there before is then gone.

    Raises BadInput `backup.taken` where something else is there, `backup.unwritable`.
    """

    def __init__(self, path: Path, header: Header) -> None:
        if path.exists() and not _is_ours(path):
            raise BadInput("backup.taken", file=str(path))
        self._path = path
        self._partial = path.with_name(f".{path.name}.{token_hex(4)}")
        with _writing(path):
            self._file = os.fdopen(os.open(self._partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE), "wb")
        line = _MAGIC + b"%d " % FORMAT + msgspec.json.encode(header) + b"\n"
        self._sum = hashlib.sha256(line)
        with self._or_nothing():
            self._file.write(line)
            self._stream = zstd.ZstdFile(self._file, "wb", level=LEVEL)

    def put(self, entries: Iterable[Entry]) -> None:
        with self._or_nothing():
            for entry in entries:
                record = _ENCODER.encode(entry)
                self._write(len(record).to_bytes(_LENGTH, "big") + record)

    def finish(self) -> int:
        """Put the file in its place; its bytes."""
        with self._or_nothing():
            self._write(bytes(_LENGTH))
            self._stream.write(self._sum.digest())
            self._stream.close()
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._partial.replace(self._path)
            _sync_folder(self._path)
            return self._path.stat().st_size

    def abandon(self) -> None:
        """Leave nothing behind."""
        with suppress(OSError):
            self._file.close()
        self._partial.unlink(missing_ok=True)

    def _write(self, data: bytes) -> None:
        self._sum.update(data)
        self._stream.write(data)

    @contextmanager
    def _or_nothing(self) -> Iterator[None]:
        with _writing(self._path):
            try:
                yield
            except BaseException:
                self.abandon()
                raise


def read_header(path: Path) -> Header:
    """What a file is of. Raises BadInput: `backup.unreadable`, `backup.foreign` for what is no backup, `backup.format`
    for one of a newer version, `backup.broken`."""
    with _reading(path), path.open("rb") as file:
        return _header(file, path)[0]


def entries(path: Path) -> Iterator[Entry]:
    """The keys of a backup. That it is whole is known at its end only.

    Raises BadInput as `read_header` does, and `backup.broken` for a file that was cut or damaged.
    """
    with _reading(path), path.open("rb") as file:
        _, line = _header(file, path)
        checksum = hashlib.sha256(line)
        with zstd.ZstdFile(file) as stream:
            while length := int.from_bytes(head := _exactly(stream, _LENGTH, path), "big"):
                if length > _LONGEST_RECORD:
                    raise BadInput("backup.broken", file=str(path))
                record = _exactly(stream, length, path)
                checksum.update(head + record)
                yield _ENTRY.decode(record)
            checksum.update(head)
            if stream.read() != checksum.digest():
                raise BadInput("backup.broken", file=str(path))


def _header(file: BinaryIO, path: Path) -> tuple[Header, bytes]:
    """What the first line tells, and the line."""
    line = file.readline(_LONGEST_LINE)
    version, _, told = line.removeprefix(_MAGIC).partition(b" ")
    if not line.startswith(_MAGIC) or not version.isdigit():
        raise BadInput("backup.foreign", file=str(path))
    if int(version) > FORMAT:
        raise BadInput("backup.format", file=str(path))
    return _HEADER.decode(told), line


def _exactly(stream: zstd.ZstdFile, size: int, path: Path) -> bytes:
    found = stream.read(size)
    while len(found) < size:
        more = stream.read(size - len(found))
        if not more:
            raise BadInput("backup.broken", file=str(path))
        found += more
    return found


def _is_ours(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def _sync_folder(path: Path) -> None:
    """See that the file's name is on disk too."""
    folder = os.open(path.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BadInput("backup.unwritable", file=str(path), reason=error.strerror or str(error)) from error


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    try:
        yield
    except (EOFError, UnicodeDecodeError, zstd.ZstdError, msgspec.MsgspecError) as error:
        raise BadInput("backup.broken", file=str(path)) from error
    except OSError as error:
        raise BadInput("backup.unreadable", file=str(path), reason=error.strerror or str(error)) from error
