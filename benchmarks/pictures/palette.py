"""Palette: a screenshot as a PNG of at most 256 colours, a third of the size, without a library for images.

Source of the format: www.w3.org/TR/png-3, whose words are used.
"""

from __future__ import annotations

import zlib
from collections import Counter
from struct import pack, unpack
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_MOST: Final = 256
_CHANNELS: Final = {2: 3, 6: 4}
"""Colour type -> bytes of a pixel; alpha is dropped, since pages are opaque."""

Colour = tuple[int, ...]


def reduced(png: bytes) -> bytes:
    """The picture with its most frequent colours, rare ones as the nearest of those. Takes seconds.

    Raises ValueError for what no browser writes: another depth, interlacing, no PNG.
    """
    if not png.startswith(_SIGNATURE):
        raise ValueError("no PNG")
    chunks = list(_chunks(png))
    width, height, depth, colour, _, _, interlaced = unpack(">IIBBBBB", chunks[0][1])
    if depth != 8 or interlaced or colour not in _CHANNELS:
        raise ValueError("no screenshot")
    data = zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT"))
    lines = [
        _pixels(line, _CHANNELS[colour]) for line in _unfiltered(data, width * _CHANNELS[colour], colour)
    ]
    counted = Counter(pixel for line in lines for pixel in line)
    palette = [colour for colour, _ in counted.most_common(_MOST)]
    place = {colour: at for at, colour in enumerate(palette)}
    for each in counted:
        if each not in place:
            place[each] = min(range(len(palette)), key=lambda at: _distance(palette[at], each))
    body = b"".join(b"\0" + bytes(map(place.__getitem__, line)) for line in lines)
    return _SIGNATURE + b"".join(
        _chunk(name, content)
        for name, content in (
            (b"IHDR", pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            (b"PLTE", bytes(value for colour in palette for value in colour)),
            (b"IDAT", zlib.compress(body, 9)),
            (b"IEND", b""),
        )
    )


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(png):
        (length,) = unpack(">I", png[at : at + 4])
        yield png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        at += 12 + length


def _chunk(name: bytes, body: bytes) -> bytes:
    return pack(">I", len(body)) + name + body + pack(">I", zlib.crc32(name + body))


def _pixels(line: bytearray, channels: int) -> list[Colour]:
    return list(zip(*(line[each::channels] for each in range(3)), strict=True))


def _unfiltered(data: bytes, length: int, colour: int) -> Iterator[bytearray]:
    """Each scanline as its bytes."""
    back = _CHANNELS[colour]
    above = bytearray(length)
    for at in range(0, len(data), length + 1):
        kind, line = data[at], bytearray(data[at + 1 : at + 1 + length])
        if kind == 1:
            for i in range(back, length):
                line[i] = (line[i] + line[i - back]) & 255
        elif kind == 2:
            for i, up in enumerate(above):
                line[i] = (line[i] + up) & 255
        elif kind == 3:
            for i, up in enumerate(above):
                line[i] = (line[i] + ((line[i - back] if i >= back else 0) + up >> 1)) & 255
        elif kind == 4:
            for i, up in enumerate(above):
                left, corner = (line[i - back], above[i - back]) if i >= back else (0, 0)
                line[i] = (line[i] + _paeth(left, up, corner)) & 255
        yield line
        above = line


def _paeth(left: int, up: int, corner: int) -> int:
    to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if to_left <= to_up and to_left <= to_corner:
        return left
    return up if to_up <= to_corner else corner


def _distance(one: Colour, other: Colour) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
