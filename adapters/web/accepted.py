"""What a browser accepts: which language to speak with a visitor."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST = 20
"""So many languages of a header are looked at."""


def preferred(accept_language: str, offered: Sequence[str], otherwise: str) -> str:
    """The best of the `offered` codes for an `Accept-Language` header, `otherwise` where none will do.

    "zh-TW" is served by "zh" (RFC 4647, lookup). "*" asks for nothing in particular.
    """
    ranges = []
    for place, part in enumerate(accept_language.split(",")[:_MOST]):
        tag, _, parameters = part.strip().partition(";")
        ranges.append((-_quality(parameters), place, tag.strip().lower()))
    for negative, _, tag in sorted(ranges):
        while tag and negative < 0:
            if tag in offered:
                return tag
            tag = tag.rpartition("-")[0]
    return otherwise


def _quality(parameters: str) -> float:
    """The `q` of a language range, 1 where none is told, 0 where it is no number."""
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    try:
        quality = float(value) if name.strip().lower() == "q" else 0.0
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0
